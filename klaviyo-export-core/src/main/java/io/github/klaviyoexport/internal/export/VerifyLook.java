package io.github.klaviyoexport.internal.export;

import io.github.klaviyoexport.ListVerification;
import io.github.klaviyoexport.VerificationListener;
import io.github.klaviyoexport.internal.keys.SegmentSketch;
import io.github.klaviyoexport.internal.mirror.ListComparison;
import io.github.klaviyoexport.internal.mirror.MembershipCheck;
import io.github.klaviyoexport.internal.run.ExportPlan;
import io.github.klaviyoexport.internal.run.ListCheck;
import io.github.klaviyoexport.internal.run.RunMemory;
import io.github.klaviyoexport.internal.upload.Rehearsal;
import io.github.klaviyoexport.profile.CustomerProfile;

/**
 * The look that compares a list with a segment. The segment is read twice: once to know its
 * customers, and once more, when the list is read, to find those that are missing. Of a part of a
 * segment only these are told: everybody else in the list may be in the rest of it.
 */
public final class VerifyLook implements Look<ListVerification> {
  private final ExportPlan plan;
  private final VerificationListener listener;

  private VerifyLook(ExportPlan plan, VerificationListener listener) {
    this.plan = plan;
    this.listener = listener;
  }

  /** Tells how the plan's list differs from its segment. */
  public static ListVerification verify(
      RunningExports exports, ExportPlan plan, VerificationListener listener) {
    return exports.look(new VerifyLook(plan, listener), plan);
  }

  @Override
  public String what() {
    return "The verification";
  }

  @Override
  public boolean remembers() {
    return false;
  }

  @Override
  public ListVerification at(LookRun run) {
    CustomerProfile first = run.open();
    run.goThrough(new ListCheck(run.context()));
    ListComparison comparison = new ListComparison(run.context(), run.startedAt());
    run.goThrough(comparison.segment(run.reading(), first));
    run.goThrough(comparison.members());
    Differences found = new Differences(listener);
    long customers = 0;
    first = first == null ? null : run.open();
    if (first != null) {
      MembershipCheck check =
          new MembershipCheck(run.context(), comparison.view(), true, found::missing);
      Rehearsal rehearsal =
          new Rehearsal(
              run.context(),
              run.reading(),
              first,
              run.counts(),
              SegmentSketch.create(),
              RunMemory.none(),
              check);
      run.goThrough(rehearsal);
      customers = rehearsal.rows();
    }
    boolean whole = run.reading().isWhole();
    if (whole && run.stopCause() == null) {
      found.members(comparison);
    }
    return found.verification(
        plan,
        run.startedAt(),
        run.took(),
        customers,
        run.counts().profilesRejected(),
        comparison,
        whole,
        run.traffic());
  }
}
