package io.github.klaviyoexport.internal.export;

import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ListVerification;
import io.github.klaviyoexport.VerificationListener;
import io.github.klaviyoexport.internal.keys.Fingerprint;
import io.github.klaviyoexport.internal.keys.SeenIdentifiers;
import io.github.klaviyoexport.internal.keys.SegmentSketch;
import io.github.klaviyoexport.internal.mirror.LateMembers;
import io.github.klaviyoexport.internal.mirror.ListComparison;
import io.github.klaviyoexport.internal.mirror.MembershipCheck;
import io.github.klaviyoexport.internal.record.RunCounts;
import io.github.klaviyoexport.internal.report.TrafficData;
import io.github.klaviyoexport.internal.run.CustomerCheck;
import io.github.klaviyoexport.internal.run.Phase;
import io.github.klaviyoexport.internal.run.RunContext;
import io.github.klaviyoexport.internal.run.RunMemory;
import io.github.klaviyoexport.internal.run.SegmentReading;
import io.github.klaviyoexport.internal.upload.Rehearsal;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.ProfileField;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Scope;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The proof at the end of a run: the list is read back and compared with what was sent.
 *
 * <p>The customers are met while they are sent. Then the list is read, and the segment once more to
 * name those that are missing; customers that were not in it when it was sent are passed over, and
 * so are those that Klaviyo has rejected, which the report tells already. Since Klaviyo may take a
 * moment to show new members, it is asked again for those that are missing before they are told.
 *
 * <p>A customer costs as much as in a mirror, and 10 to 14 bytes more.
 */
final class Reconciliation {
  private final RunContext run;
  private final Fingerprint fingerprint;
  private final Refusals refusals;
  private final ListComparison comparison;
  private final SeenIdentifiers sent = new SeenIdentifiers();
  private @Nullable ListVerification verification;

  /** A listener that keeps by fingerprint whom Klaviyo has rejected. */
  static final class Refusals implements ExportListener {
    private final Fingerprint fingerprint = SegmentSketch.create().fingerprint();
    private final SeenIdentifiers customers = new SeenIdentifiers();

    @Override
    public void rejected(Rejection rejection) {
      String customer = rejection.customerId();
      if (rejection.scope() == Scope.PROFILE && customer != null) {
        customers.add(fingerprint.of(ProfileField.PROPERTY, customer));
      }
    }

    boolean has(String customer) {
      return customers.contains(fingerprint.of(ProfileField.PROPERTY, customer));
    }
  }

  /**
   * Creates the proof of a run that has sent nothing yet.
   *
   * @param startedAt when the run began: who joins the list after it is not unexpected
   */
  Reconciliation(RunContext run, Refusals refusals, List<Rejection> before, Instant startedAt) {
    this.run = run;
    this.fingerprint = run.fingerprint().another();
    this.refusals = refusals;
    this.comparison = new ListComparison(run, startedAt);
    before.forEach(refusals::rejected);
  }

  /** Meets a customer that is sent. */
  void meet(CustomerProfile customer) {
    comparison.meet(customer);
    sent.add(fingerprint.of(ProfileField.PROPERTY, customer.id()));
  }

  /**
   * Reads the list back and compares.
   *
   * @param open opens the segment anew and returns its first profile
   * @param through goes through a phase
   * @param metAll whether all customers were met while they were sent; else they are met first
   * @param traffic returns what the run has taken of network and quota
   */
  void compare(
      SegmentReading reading,
      Supplier<@Nullable CustomerProfile> open,
      Consumer<Phase> through,
      boolean metAll,
      Supplier<TrafficData> traffic) {
    Instant began = run.loop().time().now();
    long beganNanos = run.loop().time().nanoTime();
    if (!metAll) {
      through.accept(comparison.segment(reading, open.get()));
    }
    through.accept(comparison.members());
    Differences found = new Differences(new VerificationListener() {});
    LateMembers late = new LateMembers(run);
    RunCounts counts = new RunCounts();
    CustomerProfile first = open.get();
    long customers = 0;
    if (first != null) {
      MembershipCheck check =
          new MembershipCheck(
              run,
              comparison.view(),
              true,
              (customer, address) -> {
                boolean concerns =
                    (!metAll || sent.contains(fingerprint.of(ProfileField.PROPERTY, customer)))
                        && !refusals.has(customer);
                if (concerns && !late.add(customer, address)) {
                  found.missing(customer, address);
                }
              });
      Rehearsal rehearsal = rehearsal(reading, first, counts, check);
      through.accept(rehearsal);
      customers = rehearsal.rows();
    }
    through.accept(late);
    if (!run.hasStopped()) {
      late.missing().forEach(customer -> found.missing(customer, null));
      boolean whole = reading.isWhole();
      if (whole) {
        found.members(comparison);
      }
      verification =
          found.verification(
              run.plan(),
              began,
              Duration.ofNanos(run.loop().time().nanoTime() - beganNanos),
              customers,
              counts.profilesRejected(),
              comparison,
              whole,
              traffic.get());
    }
  }

  private Rehearsal rehearsal(
      SegmentReading reading, CustomerProfile first, RunCounts counts, CustomerCheck check) {
    return new Rehearsal(
        run, reading, first, counts, SegmentSketch.create(), RunMemory.none(), check);
  }

  /** Returns the proof; {@code null} as long as there is none. */
  @Nullable ListVerification verification() {
    return verification;
  }
}
