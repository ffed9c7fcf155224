package io.github.klaviyoexport.internal.mirror;

import io.github.klaviyoexport.ExportReport.Leavers.Kept;
import io.github.klaviyoexport.Outcome.Why;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.internal.api.ListMember;
import io.github.klaviyoexport.internal.memory.Remembered;
import io.github.klaviyoexport.internal.memory.RememberedMember;
import io.github.klaviyoexport.internal.mirror.MemberMatcher.Verdict;
import io.github.klaviyoexport.internal.row.CustomerIdentifiers;
import io.github.klaviyoexport.internal.row.Identifier;
import io.github.klaviyoexport.internal.run.Phase;
import io.github.klaviyoexport.internal.run.RunContext;
import io.github.klaviyoexport.internal.run.SegmentReading;
import io.github.klaviyoexport.internal.run.SourceFailure;
import io.github.klaviyoexport.internal.run.StopCause;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.ProfileField;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The search for leavers before a mirror sends anything: the segment is read to its end, then the
 * list; a member that is in the list only is a leaver. A member may be shown under another address
 * than the segment has, so if there are any leavers, the customers whose address no member shows
 * are looked up: a member that has such an address is no leaver.
 *
 * <p>That comes first so that nothing has happened yet when there are more leavers than may be. A
 * run that imported first would find its own profiles among the members, and stay below the share
 * of them as soon as it is repeated.
 */
public final class LeaverSearch implements Phase {
  /**
   * How many addresses are kept from the first reading of the segment, some 4 MB of them, for the
   * time of the search. The addresses of a larger segment are read again when they are needed.
   */
  static final int MAX_ADDRESSES_KEPT = 50_000;

  private static final int PROFILES_AT_ONCE = 256;

  /**
   * How long after it was imported a customer may show in the list, or join it, who does not yet:
   * Klaviyo has been seen to take a day.
   */
  private static final Duration SHOWN_WITHIN = Duration.ofDays(2);

  private final RunContext run;
  private final SegmentReading reading;
  private final MemberMatcher segment;
  private final CustomerProfile first;
  private final Instant startedAt;
  private final boolean onlyOurs;
  private final Set<Long> staying = new HashSet<>();
  private final BitSet identifiedIn = new BitSet();
  private boolean isReading;
  private boolean decided;
  private boolean isDue;
  private long customers;
  private JudgedMembers judged = new JudgedMembers();
  private boolean fromMemory;
  private boolean sumHolds;
  private boolean listRead;
  private boolean awaited;
  private long counted;
  private boolean isCounted;
  private @Nullable List<String> addresses = new ArrayList<>();
  private @Nullable AddressReader unasked;
  private @Nullable ProfileLookup lookup;
  private @Nullable Leavers found;
  private long beforeLookup;

  /** What reads the addresses of the segment's customers, one after the other. */
  private interface AddressReader {
    /** Returns whether the next customer can be asked for. */
    boolean isReady();

    /** Passes the next address on, if the next customer has one; returns false after the last. */
    boolean ask(ProfileLookup lookup) throws SourceFailure;
  }

  /**
   * Creates a search.
   *
   * @param reading the segment, opened
   * @param first its first profile
   * @param startedAt a moment before it was opened
   */
  public LeaverSearch(
      RunContext run, SegmentReading reading, CustomerProfile first, Instant startedAt) {
    this.run = run;
    this.reading = reading;
    this.segment =
        new MemberMatcher(
            run.settings().mapping(), run.fingerprint(), run.settings().maxUnreadable());
    this.first = first;
    this.startedAt = startedAt;
    this.onlyOurs = run.settings().mode() == SyncMode.TRACKED;
  }

  @Override
  public void begin() {
    isReading = true;
    take(first);
  }

  @Override
  public boolean isOver() {
    return decided || run.hasStopped();
  }

  /**
   * Returns the leavers, when the search is over; {@code null} if none may be removed because
   * customers cannot be read.
   */
  public @Nullable Leavers found() {
    return found;
  }

  /** Returns what the list has shown, when the search is over; {@code null} if it was not read. */
  public @Nullable ListView view() {
    Leavers leavers = found;
    return leavers == null || fromMemory
        ? null
        : new ListView(segment, judged, run.fingerprint().another(), leavers::takeBack);
  }

  /** Returns how many members were found to be customers that they do not show. */
  public long shownOtherwise() {
    return found == null ? 0 : beforeLookup - found.found();
  }

  /** Returns how many customers the segment had. */
  public long customers() {
    return customers;
  }

  /**
   * Returns whether customers are remembered as members who are in neither segment nor list,
   * because they may show late, so that the memory does not know how many members there are.
   */
  public boolean awaits() {
    return awaited;
  }

  /**
   * Returns which of the customers that are remembered and not in the segment stay in the list, by
   * their fingerprints.
   */
  public LongPredicate staying() {
    return staying::contains;
  }

  /** Reads the segment on for a while. */
  @Override
  public boolean work() {
    if (!isReading && !mayAsk()) {
      return false;
    }
    boolean worked = false;
    try {
      for (int i = 0; i < PROFILES_AT_ONCE && mayRead(); i++) {
        read();
        worked = true;
      }
      for (int i = 0; i < PROFILES_AT_ONCE && mayAsk() && !run.hasStopped(); i++) {
        ask();
        worked = true;
      }
    } catch (SourceFailure failure) {
      run.end(
          run.sourceFailed(failure, customers)
              .with("The segment was being read for leavers then, before anything is sent"));
    }
    return worked;
  }

  private boolean mayRead() {
    return isReading
        && !run.hasStopped()
        && reading.isReady(run.settings().limit() - customers + 1);
  }

  private void read() throws SourceFailure {
    CustomerProfile customer = reading.next();
    if (customer == null) {
      isReading = false;
      reading.close();
      readMembers();
    } else if (customers == run.settings().limit()) {
      run.end(StopCause.limitExceeded(run.settings().limit(), "it has more"));
    } else {
      take(customer);
    }
  }

  private void take(CustomerProfile customer) {
    run.recorder().searching(++customers, 0, 0);
    long identified = segment.recognizable() + segment.inDoubt();
    String address = segment.add(customer);
    run.memory().meet(segment.remembered());
    if (segment.recognizable() + segment.inDoubt() > identified) {
      identifiedIn.set(reading.part());
    }
    if (address != null && addresses != null) {
      addresses.add(address);
      if (addresses.size() > MAX_ADDRESSES_KEPT) {
        addresses = null;
      }
    }
  }

  private void readMembers() {
    if (segment.recognizable() == 0 && segment.inDoubt() == 0) {
      run.end(StopCause.emptySegment(customers));
    } else if (!reading.without(identifiedIn).isEmpty()) {
      run.end(StopCause.emptySegments(reading.without(identifiedIn)));
    } else if (segment.keepsAll()) {
      run.recorder().unreadable(segment.unreadable());
      run.recorder().leaversKept(Kept.UNREADABLE);
      decided = true;
    } else {
      Remembered memory = run.memory().remembered();
      if (memory == null || !askMemory(memory)) {
        readList();
      }
    }
  }

  private Leavers nobody() {
    return new Leavers(
        run.settings().mapping(), run.fingerprint(), run.spill(), segment.mostInDoubt());
  }

  /** Reads the whole list. */
  private void readList() {
    fromMemory = false;
    judged = new JudgedMembers();
    Leavers leavers = nobody();
    new MemberPages(
            run,
            member -> {
              run.memory().list(member.identifiers());
              judge(member, leavers);
            },
            () -> {
              run.memory().listRead();
              lookUp(leavers);
            })
        .begin();
  }

  /** Looks at the members that the memory leaves in question, if that may do. */
  private boolean askMemory(Remembered memory) {
    Leavers leavers = nobody();
    RememberedMembers members =
        new RememberedMembers(
            run,
            memory,
            onlyOurs,
            new RememberedMembers.Result() {
              @Override
              public void unmet(ListMember member, RememberedMember remembered) {
                judgeRemembered(member, remembered, leavers);
              }

              @Override
              public boolean absent(RememberedMember remembered) {
                // Once forgotten, it would be nobody's: a member who never leaves.
                boolean mayShow =
                    onlyOurs
                        && !memory.isMet(remembered.fingerprint())
                        && remembered.wasSentSince(startedAt.minus(SHOWN_WITHIN));
                if (mayShow) {
                  awaited = true;
                  staying.add(remembered.fingerprint());
                }
                return mayShow;
              }

              @Override
              public void joined(ListMember member) {
                if (!onlyOurs) {
                  judge(member, leavers);
                }
              }

              @Override
              public void ended(long all, boolean isCount, boolean complete) {
                counted = all;
                isCounted = isCount;
                sumHolds = complete;
                if (onlyOurs) {
                  run.recorder().notOurs(Math.max(0, all - memory.members()));
                  seeWhoIsMissing(complete, leavers);
                } else if (complete) {
                  lookUp(leavers);
                } else {
                  readList();
                }
              }
            });
    if (!onlyOurs && !members.isWorthIt()) {
      return false;
    }
    fromMemory = true;
    isDue = members.isDue();
    members.begin();
    return true;
  }

  private void judgeRemembered(ListMember member, RememberedMember remembered, Leavers leavers) {
    Instant joined = member.joinedAt();
    if (onlyOurs && (joined == null || !remembered.wasAddedBy(joined))) {
      if (joined == null) {
        staying.add(remembered.fingerprint());
      }
      return;
    }
    ListMember known = RememberedMembers.withSent(member, remembered);
    if (judge(known, leavers) != Verdict.LEAVER) {
      staying.add(remembered.fingerprint());
    }
  }

  /** Reads the list where our own may be missing in it and would not be sent again. */
  private void seeWhoIsMissing(boolean complete, Leavers leavers) {
    if (complete && !isDue || !run.memory().leavesOut()) {
      lookUp(leavers);
      return;
    }
    new MemberPages(
            run,
            member -> run.memory().list(member.identifiers()),
            () -> {
              run.memory().listRead();
              listRead = true;
              lookUp(leavers);
            })
        .begin();
  }

  private Verdict judge(ListMember member, Leavers leavers) {
    Verdict shown = segment.of(member);
    if (shown == Verdict.LEAVER && hasJoinedSince(member)) {
      // It may come from where the segment will have it too, later.
      shown = Verdict.CUSTOMER;
    }
    Verdict verdict = judged.take(run.fingerprint().of(ProfileField.PROPERTY, member.id()), shown);
    if (verdict == Verdict.LEAVER) {
      leavers.add(member);
    } else {
      leavers.takeBack(member.id());
    }
    run.recorder().searching(customers, judged.members(), leavers.found());
    return verdict;
  }

  private boolean hasJoinedSince(ListMember member) {
    return member.joinedAt() != null && !member.joinedAt().isBefore(startedAt);
  }

  /** Looks up whose addresses those are that no member shows, if it makes a difference. */
  private void lookUp(Leavers leavers) {
    leavers.close();
    beforeLookup = leavers.found();
    if (leavers.found() == 0 || segment.unmetAddresses() == 0) {
      decide(leavers);
      return;
    }
    lookup = new ProfileLookup(run, leavers::takeBack, () -> decide(leavers));
    unasked = addresses == null ? readingAgain() : from(addresses);
  }

  private AddressReader from(List<String> kept) {
    return new AddressReader() {
      private int next;

      @Override
      public boolean isReady() {
        return true;
      }

      @Override
      public boolean ask(ProfileLookup to) {
        if (next == kept.size()) {
          return false;
        }
        askFor(kept.get(next++), to);
        return true;
      }
    };
  }

  private AddressReader readingAgain() {
    CustomerIdentifiers identifiers = new CustomerIdentifiers(run.settings().mapping());
    reading.open(null, false);
    return new AddressReader() {
      @Override
      public boolean isReady() {
        return reading.isReady(Long.MAX_VALUE);
      }

      @Override
      public boolean ask(ProfileLookup to) throws SourceFailure {
        CustomerProfile customer = reading.next();
        if (customer == null) {
          reading.close();
          return false;
        }
        identifiers.look(customer);
        String address = identifiers.address();
        if (address != null) {
          askFor(address, to);
        }
        return true;
      }
    };
  }

  private void askFor(String address, ProfileLookup to) {
    if (segment.isUnmet(address) && !isMemberOfItsOwn(address)) {
      to.add(address);
    }
  }

  /**
   * Returns whether memory tells that a customer is a member of its own, so that no leaver has its
   * address: the list has shown it, or the members are as many as are remembered. Else two
   * customers who are remembered may be one profile, which shows the address of one.
   */
  private boolean isMemberOfItsOwn(String address) {
    Identifier email = Identifier.of(ProfileField.EMAIL, address);
    return fromMemory
        && (sumHolds && run.memory().knows(List.of(email)) || run.memory().isListed(email));
  }

  /** Returns whether it is known of each remembered customer which member it is. */
  private boolean isMemoryProven(@Nullable Remembered memory) {
    boolean empty = memory == null || memory.members() + memory.uncertain() == 0;
    return isCounted && (sumHolds || listRead || empty);
  }

  private boolean mayAsk() {
    return unasked != null && lookup != null && lookup.hasRoom() && unasked.isReady();
  }

  private void ask() throws SourceFailure {
    if (unasked != null && lookup != null && !unasked.ask(lookup)) {
      unasked = null;
      addresses = null;
      lookup.complete();
    }
  }

  private void decide(Leavers leavers) {
    run.recorder().unreadable(segment.unreadable());
    long members = fromMemory ? counted : judged.members();
    run.recorder().listRead(members, judged.undecided(), leavers.found());
    Remembered memory = run.memory().remembered();
    if (!fromMemory || isMemoryProven(memory)) {
      run.memory().looked(members);
    }
    double share = run.settings().maxLeavers();
    long ours = onlyOurs && memory != null ? memory.members() : members;
    BigDecimal most = BigDecimal.valueOf(share).multiply(BigDecimal.valueOf(ours));
    if (BigDecimal.valueOf(leavers.found()).compareTo(most) > 0) {
      run.end(StopCause.tooManyLeavers(leavers.found(), ours, share));
      if (run.recorder().outcomes().areAsked()) {
        leavers.tellKept(run.recorder().outcomes(), Why.STOPPED);
      }
    } else {
      found = leavers;
      decided = true;
    }
  }
}
