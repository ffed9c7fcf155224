package io.github.klaviyoexport.internal.mirror;

import io.github.klaviyoexport.ExportReport.Leavers.Kept;
import io.github.klaviyoexport.internal.api.ListMember;
import io.github.klaviyoexport.internal.export.SegmentRun;
import io.github.klaviyoexport.internal.run.SegmentReading;
import io.github.klaviyoexport.internal.run.StopCause;
import io.github.klaviyoexport.profile.CustomerProfile;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;

/**
 * The look at segment and list before a mirror sends anything: the segment is read to its end, then
 * the list, and who is in the list only is a leaver.
 *
 * <p>That comes first so that nothing has happened yet when there are more leavers than may be. A
 * run that imported first would find its own profiles among the members, and stay below the share
 * of them as soon as it is repeated.
 */
public final class LeaverSearch {
  private static final int PROFILES_AT_ONCE = 256;

  private final SegmentRun run;
  private final SegmentReading reading;
  private final MemberMatcher segment;
  private final Instant startedAt;
  private boolean isReading = true;
  private long customers;
  private long members;
  private long undecided;

  /**
   * A survey that begins now.
   *
   * @param reading the segment, opened
   * @param first its first profile
   * @param startedAt a moment before it was opened
   */
  public LeaverSearch(
      SegmentRun run, SegmentReading reading, CustomerProfile first, Instant startedAt) {
    this.run = run;
    this.reading = reading;
    this.segment = new MemberMatcher(run.plan().mapping(), run.fingerprint());
    this.startedAt = startedAt;
    take(first);
  }

  /** Whether the segment is being read. */
  public boolean isReading() {
    return isReading;
  }

  /** Reads on for a while. */
  public void read() {
    try {
      for (int i = 0; i < PROFILES_AT_ONCE && isReading; i++) {
        CustomerProfile customer = reading.next();
        if (customer == null) {
          isReading = false;
          reading.close();
          compare();
        } else if (customers == run.plan().limit()) {
          run.end(StopCause.limitExceeded(run.plan().limit(), "it has more"));
          return;
        } else {
          take(customer);
        }
      }
    } catch (IOException | RuntimeException failure) {
      run.end(run.sourceFailed(failure, customers));
    }
  }

  private void take(CustomerProfile customer) {
    customers++;
    segment.add(customer);
  }

  private void compare() {
    if (segment.recognizable() == 0 && segment.inDoubt() == 0) {
      run.end(StopCause.emptySegment(customers));
    } else if (segment.telling().isEmpty()) {
      run.ledger().leaversKept(Kept.UNREADABLE);
      run.surveyed(null);
    } else {
      Leavers found =
          new Leavers(run.plan().mapping(), run.fingerprint(), run.keyStore(), segment.telling());
      new MemberPages(run, member -> compare(member, found), () -> decide(found)).begin();
    }
  }

  private void compare(ListMember member, Leavers found) {
    members++;
    switch (segment.of(member)) {
      case LEAVER -> {
        // Who has joined since may come from where the segment will have them too, next time.
        if (member.joinedAt() == null || member.joinedAt().isBefore(startedAt)) {
          found.add(member);
        }
      }
      case UNDECIDED -> undecided++;
      case CUSTOMER -> {}
    }
  }

  private void decide(Leavers found) {
    found.close();
    run.ledger().listRead(members, undecided, found.found());
    BigDecimal most =
        BigDecimal.valueOf(run.plan().maxLeavers()).multiply(BigDecimal.valueOf(members));
    if (BigDecimal.valueOf(found.found()).compareTo(most) > 0) {
      run.end(StopCause.tooManyLeavers(found.found(), members, run.plan().maxLeavers()));
    } else {
      run.surveyed(found);
    }
  }
}
