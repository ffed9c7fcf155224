package io.github.klaviyoexport.testkit;

import io.github.klaviyoexport.ListVerification;
import io.github.klaviyoexport.internal.report.ListVerificationData;
import io.github.klaviyoexport.internal.report.TrafficData;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.source.Segment;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * A comparison of a list with a segment that was never made, to test code that reads it.
 *
 * {@snippet class="io.github.klaviyoexport.testkit.SampleValuesTest" region="verification"}
 *
 * <p>Its figures add up: members are the customers who are not missing, with those who are
 * unexpected or undecided. By default the list is {@code Y6nRLr} and looking took 10 seconds from 1
 * September 2026 at 8:00 UTC. Instances are immutable and safe for use by many threads.
 */
public final class SampleVerification {
  private final Segment segment;
  private final ListId list;
  private final long customers;
  private final long rejected;
  private final List<String> missing;
  private final List<String> unexpected;
  private final List<String> undecided;

  private SampleVerification(
      Segment segment,
      ListId list,
      long customers,
      long rejected,
      List<String> missing,
      List<String> unexpected,
      List<String> undecided) {
    this.segment = segment;
    this.list = list;
    this.customers = customers;
    this.rejected = rejected;
    this.missing = missing;
    this.unexpected = unexpected;
    this.undecided = undecided;
  }

  /** Creates a comparison with a segment of so many customers, all of whom are members. */
  public static SampleVerification of(String segment, long customers) {
    SampleFigures.notNegative("customers", customers);
    return new SampleVerification(
        Segment.named(segment), ListId.of("Y6nRLr"), customers, 0, List.of(), List.of(), List.of());
  }

  /** Has the list be that one. */
  public SampleVerification list(ListId list) {
    Objects.requireNonNull(list, "list: pass the id of a list, such as ListId.of(\"Y6nRLr\").");
    return new SampleVerification(
        segment, list, customers, rejected, missing, unexpected, undecided);
  }

  /** Has so many customers besides who cannot be members, since an export rejects them. */
  public SampleVerification rejected(long customers) {
    SampleFigures.notNegative("rejected customers", customers);
    return new SampleVerification(
        segment, list, this.customers, customers, missing, unexpected, undecided);
  }

  /**
   * Has these customers missing from the list.
   *
   * @throws IllegalArgumentException if there are more than the segment has
   */
  public SampleVerification missing(String... customerIds) {
    if (customerIds.length > customers) {
      throw new IllegalArgumentException(
          "More customers cannot be missing than the segment has: name fewer, or pass a larger"
              + " number to of(...).");
    }
    return new SampleVerification(
        segment, list, customers, rejected, List.of(customerIds), unexpected, undecided);
  }

  /** Has these members, by Klaviyo's ids of their profiles, who are not in the segment. */
  public SampleVerification unexpected(String... profileIds) {
    return new SampleVerification(
        segment, list, customers, rejected, missing, List.of(profileIds), undecided);
  }

  /** Has these members, by Klaviyo's ids of their profiles, who may be in the segment or not. */
  public SampleVerification undecided(String... profileIds) {
    return new SampleVerification(
        segment, list, customers, rejected, missing, unexpected, List.of(profileIds));
  }

  /** Returns the comparison. */
  public ListVerification verification() {
    return new ListVerificationData(
        segment,
        list,
        Instant.parse("2026-09-01T08:00:00Z"),
        Duration.ofSeconds(10),
        customers,
        rejected,
        customers - missing.size() + unexpected.size() + undecided.size(),
        true,
        missing.size(),
        unexpected.size(),
        undecided.size(),
        kept(missing),
        kept(unexpected),
        kept(undecided),
        new TrafficData(3, 0, 0, Duration.ZERO, Duration.ZERO));
  }

  private static List<String> kept(List<String> ids) {
    return ids.subList(0, Math.min(ListVerification.MAX_IDS, ids.size()));
  }

  /** Returns the figures; no personal data. */
  @Override
  public String toString() {
    return "SampleVerification[" + verification() + "]";
  }
}
