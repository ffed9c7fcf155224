package io.github.klaviyoexport.internal.mirror;

import io.github.klaviyoexport.ExportReport.Leavers.Kept;
import io.github.klaviyoexport.internal.api.ListMember;
import io.github.klaviyoexport.internal.run.Phase;
import io.github.klaviyoexport.internal.run.RunContext;
import io.github.klaviyoexport.internal.run.SegmentReading;
import io.github.klaviyoexport.internal.run.StopCause;
import io.github.klaviyoexport.profile.CustomerProfile;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The search for leavers before a mirror sends anything: the segment is read to its end, then the
 * list; a member that is in the list only is a leaver.
 *
 * <p>That comes first so that nothing has happened yet when there are more leavers than may be. A
 * run that imported first would find its own profiles among the members, and stay below the share
 * of them as soon as it is repeated.
 */
public final class LeaverSearch implements Phase {
  private static final int PROFILES_AT_ONCE = 256;

  private final RunContext run;
  private final SegmentReading reading;
  private final MemberMatcher segment;
  private final CustomerProfile first;
  private final Instant startedAt;
  private boolean isReading;
  private boolean decided;
  private long customers;
  private long members;
  private long undecided;
  private @Nullable Leavers found;

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
    this.segment = new MemberMatcher(run.settings().mapping(), run.fingerprint());
    this.first = first;
    this.startedAt = startedAt;
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

  /** Reads the segment on for a while. */
  @Override
  public boolean work() {
    if (!isReading) {
      return false;
    }
    try {
      for (int i = 0; i < PROFILES_AT_ONCE && isReading && !run.hasStopped(); i++) {
        read();
      }
    } catch (IOException | RuntimeException failure) {
      run.end(run.sourceFailed(failure, customers));
    }
    return true;
  }

  private void read() throws IOException {
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
    customers++;
    segment.add(customer);
  }

  private void readMembers() {
    if (segment.recognizable() == 0 && segment.inDoubt() == 0) {
      run.end(StopCause.emptySegment(customers));
    } else if (segment.telling().isEmpty()) {
      run.recorder().leaversKept(Kept.UNREADABLE);
      decided = true;
    } else {
      Leavers leavers =
          new Leavers(run.settings().mapping(), run.fingerprint(), run.spill(), segment.telling());
      new MemberPages(run, member -> judge(member, leavers), () -> decide(leavers)).begin();
    }
  }

  private void judge(ListMember member, Leavers leavers) {
    members++;
    switch (segment.of(member)) {
      case LEAVER -> {
        // A member that has joined since may come from where the segment will have it too, later.
        if (member.joinedAt() == null || member.joinedAt().isBefore(startedAt)) {
          leavers.add(member);
        }
      }
      case UNDECIDED -> undecided++;
      case CUSTOMER -> {}
    }
  }

  private void decide(Leavers leavers) {
    leavers.close();
    run.recorder().listRead(members, undecided, leavers.found());
    double share = run.settings().maxLeavers();
    BigDecimal most = BigDecimal.valueOf(share).multiply(BigDecimal.valueOf(members));
    if (BigDecimal.valueOf(leavers.found()).compareTo(most) > 0) {
      run.end(StopCause.tooManyLeavers(leavers.found(), members, share));
    } else {
      found = leavers;
      decided = true;
    }
  }
}
