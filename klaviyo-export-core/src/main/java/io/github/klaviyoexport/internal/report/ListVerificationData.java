package io.github.klaviyoexport.internal.report;

import io.github.klaviyoexport.ExportReport.Traffic;
import io.github.klaviyoexport.ListVerification;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.source.Segment;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A comparison of a list with a segment, as a value. */
public record ListVerificationData(
    Segment segment,
    ListId list,
    Instant startedAt,
    Duration took,
    long customers,
    long rejected,
    long members,
    boolean isWhole,
    long missing,
    long unexpected,
    long undecided,
    List<String> missingCustomers,
    List<String> unexpectedMembers,
    List<String> undecidedMembers,
    Traffic traffic)
    implements ListVerification {
  /** Copies what it is given. */
  public ListVerificationData {
    missingCustomers = List.copyOf(missingCustomers);
    unexpectedMembers = List.copyOf(unexpectedMembers);
    undecidedMembers = List.copyOf(undecidedMembers);
  }

  @Override
  public boolean isEqual() {
    return isWhole && missing == 0 && unexpected == 0 && undecided == 0;
  }

  @Override
  public String toJson() {
    return VerificationText.json(this);
  }

  @Override
  public String toString() {
    return VerificationText.summary(this);
  }
}
