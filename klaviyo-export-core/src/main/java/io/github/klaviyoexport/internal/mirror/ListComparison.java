package io.github.klaviyoexport.internal.mirror;

import io.github.klaviyoexport.internal.api.ListMember;
import io.github.klaviyoexport.internal.mirror.MemberMatcher.Verdict;
import io.github.klaviyoexport.internal.run.Phase;
import io.github.klaviyoexport.internal.run.RunContext;
import io.github.klaviyoexport.internal.run.SegmentReading;
import io.github.klaviyoexport.internal.run.SourceFailure;
import io.github.klaviyoexport.internal.run.StopCause;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.ProfileField;
import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The comparison of a list with a segment, which removes no member: the segment's customers are
 * met, then the list is read, and each member is a customer or not. Which customers are no members,
 * a {@link MembershipCheck} tells, over another reading of the segment.
 *
 * <p>Kept are fingerprints, 10 to 14 bytes an identifier of a customer and as much a member.
 */
public final class ListComparison {
  private static final int PROFILES_AT_ONCE = 256;

  private final RunContext run;
  private final Instant since;
  private final MemberMatcher segment;
  private final Leavers unexpected;
  private final Leavers undecided;
  private final JudgedMembers judged = new JudgedMembers();
  private long customers;

  /**
   * Creates a comparison that has met no customer.
   *
   * @param since members that join after this are not told as unexpected: the segment may have them
   *     later
   */
  public ListComparison(RunContext run, Instant since) {
    this.run = run;
    this.since = since;
    this.segment =
        new MemberMatcher(
            run.settings().mapping(), run.fingerprint(), run.settings().maxUnreadable());
    this.unexpected = none();
    this.undecided = none();
  }

  private Leavers none() {
    return new Leavers(run.settings().mapping(), run.fingerprint(), run.spill(), Long.MAX_VALUE);
  }

  /** Meets a customer of the segment. */
  public void meet(CustomerProfile customer) {
    segment.add(customer);
  }

  /** Returns the reading of the segment to its end, which meets every customer. */
  public Phase segment(SegmentReading reading, @Nullable CustomerProfile first) {
    return new Phase() {
      private boolean unread = first != null;

      @Override
      public void begin() {
        if (first != null) {
          take(first);
        }
      }

      @Override
      public boolean work() {
        boolean reads = false;
        try {
          for (int i = 0; i < PROFILES_AT_ONCE && mayRead(); i++) {
            read();
            reads = true;
          }
        } catch (SourceFailure failure) {
          run.end(run.sourceFailed(failure, customers));
        }
        return reads;
      }

      private boolean mayRead() {
        return unread
            && !run.hasStopped()
            && reading.isReady(run.settings().limit() - customers + 1);
      }

      private void read() throws SourceFailure {
        CustomerProfile customer = reading.next();
        if (customer == null) {
          unread = false;
          reading.close();
        } else if (customers == run.settings().limit()) {
          run.end(StopCause.limitExceeded(run.settings().limit(), "it has more"));
        } else {
          take(customer);
        }
      }

      private void take(CustomerProfile customer) {
        run.recorder().searching(++customers, 0, 0);
        meet(customer);
      }

      @Override
      public boolean isOver() {
        return !unread || run.hasStopped();
      }
    };
  }

  /** Returns the reading of the list's members, the last step. */
  public Phase members() {
    return new Phase() {
      private boolean read;

      @Override
      public void begin() {
        new MemberPages(
                run,
                ListComparison.this::judge,
                () -> {
                  unexpected.close();
                  undecided.close();
                  read = true;
                })
            .begin();
      }

      @Override
      public boolean isOver() {
        return read || run.hasStopped();
      }
    };
  }

  private void judge(ListMember member) {
    Verdict shown = segment.of(member);
    if (shown == Verdict.LEAVER
        && member.joinedAt() != null
        && !member.joinedAt().isBefore(since)) {
      shown = Verdict.CUSTOMER;
    }
    Verdict verdict = judged.take(run.fingerprint().of(ProfileField.PROPERTY, member.id()), shown);
    if (verdict == Verdict.LEAVER) {
      unexpected.add(member);
    } else {
      unexpected.takeBack(member.id());
    }
    if (verdict == Verdict.UNDECIDED) {
      undecided.add(member);
    } else {
      undecided.takeBack(member.id());
    }
    run.recorder().searching(customers, judged.members(), unexpected.found());
  }

  /** Returns what the list has shown, when it is read. */
  public ListView view() {
    return new ListView(segment, judged, run.fingerprint().another(), this::takeBack);
  }

  private void takeBack(String profile) {
    unexpected.takeBack(profile);
    undecided.takeBack(profile);
  }

  /** Returns how many members the list has. */
  public long membersRead() {
    return judged.members();
  }

  /** Returns how many of them may be customers that cannot be recognised. */
  public long undecided() {
    return undecided.found();
  }

  /** Returns how many customers may be members that cannot be told from them. */
  public long unreadable() {
    return segment.unreadable();
  }

  /** Returns how many members are no customers. */
  public long unexpected() {
    return unexpected.found();
  }

  /** Passes on Klaviyo's id of each of those; once. */
  public void eachUnexpected(Consumer<String> member) {
    each(unexpected, member);
  }

  /** Passes on Klaviyo's id of each member that is undecided; once. */
  public void eachUndecided(Consumer<String> member) {
    each(undecided, member);
  }

  private static void each(Leavers members, Consumer<String> member) {
    for (Leavers.Block block = members.next(); block != null; block = members.next()) {
      block.ids().forEach(member);
    }
  }
}
