package io.github.klaviyoexport.internal.export;

import io.github.klaviyoexport.ExportPreview;
import io.github.klaviyoexport.ExportPreview.CallCount;
import io.github.klaviyoexport.PreviewOptions;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.internal.api.ListMember;
import io.github.klaviyoexport.internal.call.Calls;
import io.github.klaviyoexport.internal.call.Endpoint;
import io.github.klaviyoexport.internal.keys.SegmentSketch;
import io.github.klaviyoexport.internal.memory.Remembered;
import io.github.klaviyoexport.internal.mirror.LeaverSearch;
import io.github.klaviyoexport.internal.mirror.ListComparison;
import io.github.klaviyoexport.internal.mirror.ListView;
import io.github.klaviyoexport.internal.mirror.MembershipCheck;
import io.github.klaviyoexport.internal.preview.PreviewData;
import io.github.klaviyoexport.internal.preview.PreviewMembersData;
import io.github.klaviyoexport.internal.preview.PreviewProfilesData;
import io.github.klaviyoexport.internal.preview.PreviewWorkData;
import io.github.klaviyoexport.internal.record.RunCounts;
import io.github.klaviyoexport.internal.report.CallCountData;
import io.github.klaviyoexport.internal.report.LeaversData;
import io.github.klaviyoexport.internal.report.NoticesData;
import io.github.klaviyoexport.internal.report.RejectionsData;
import io.github.klaviyoexport.internal.run.ExportPlan;
import io.github.klaviyoexport.internal.run.ListCheck;
import io.github.klaviyoexport.internal.run.RunMemory;
import io.github.klaviyoexport.internal.run.SizeGuard;
import io.github.klaviyoexport.internal.run.StopCause;
import io.github.klaviyoexport.internal.upload.Rehearsal;
import io.github.klaviyoexport.profile.CustomerProfile;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The look that makes a preview: everything that a run reads and checks, in the same order and by
 * the same code, and nothing that it sends.
 *
 * <p>What would stop a run for what is found in it is told and does not stop the look. What keeps a
 * run from reading on stops the look as well.
 */
public final class PreviewLook implements Look<PreviewData> {
  private final ExportPlan plan;
  private final PreviewOptions options;
  private final PreviewData.Following following;
  private final SegmentSketch sketch = SegmentSketch.create();
  private @Nullable LeaverSearch search;
  private @Nullable ListComparison comparison;

  /** Creates a look, for one time; what it shows is run among these exports. */
  private PreviewLook(ExportPlan plan, PreviewOptions options, RunningExports exports) {
    this.plan = plan;
    this.options = options;
    this.following =
        maxDrift ->
            exports.run(
                exports.takePreviewed(plan, new PreviewedSegment(sketch, maxDrift)), () -> {});
  }

  /** Looks at what an export would do. */
  public static ExportPreview preview(
      RunningExports exports, ExportPlan plan, PreviewOptions options) {
    // The guards of leavers and of the size are told, not stopped at.
    ExportPlan looked =
        new ExportPlan(
            plan.segment(),
            plan.listRef(),
            plan.settings().maxLeavers(1).maxSizeChange(Double.POSITIVE_INFINITY));
    return exports.look(new PreviewLook(plan, options, exports), looked);
  }

  @Override
  public String what() {
    return "The preview";
  }

  @Override
  public boolean remembers() {
    return true;
  }

  @Override
  public @Nullable PreviewData at(LookRun run) {
    boolean mirrors = plan.settings().mode().removesLeavers();
    Remembered remembered = run.context().memory().remembered();
    long unmet = remembered == null ? 0 : remembered.unmet();
    CustomerProfile first = run.open();
    if (first == null && mirrors && stopCause(run) == null) {
      run.context().end(StopCause.emptySegment(0));
    }
    run.goThrough(new ListCheck(run.context()));
    if (first != null && mirrors) {
      search = new LeaverSearch(run.context(), run.reading(), first, run.startedAt());
      run.goThrough(search);
      first = run.open();
    } else if (options.isReadingMembers()) {
      comparison = new ListComparison(run.context(), run.startedAt());
      run.goThrough(comparison.segment(run.reading(), first));
      run.goThrough(comparison.members());
      first = run.open();
    }
    Effort effort = new Effort(run.context().klaviyo().calls());
    ListView list = list();
    MembershipCheck check =
        new MembershipCheck(
            run.context(), list, options.isLookingUpProfiles(), (customer, address) -> {});
    Rehearsal rehearsal = null;
    if (first != null) {
      rehearsal =
          new Rehearsal(
              run.context(),
              run.reading(),
              first,
              run.counts(),
              sketch,
              run.context().memory(),
              check);
      run.goThrough(rehearsal);
    }
    if (stopCause(run) != null) {
      return null;
    }
    OptionalLong met =
        remembered == null ? OptionalLong.empty() : OptionalLong.of(unmet - remembered.unmet());
    return data(run, rehearsal, check, list != null, met, effort);
  }

  private static @Nullable StopCause stopCause(LookRun run) {
    return run.stopCause();
  }

  private @Nullable ListView list() {
    return search != null ? search.view() : comparison != null ? comparison.view() : null;
  }

  private PreviewData data(
      LookRun run,
      @Nullable Rehearsal rehearsal,
      MembershipCheck check,
      boolean listRead,
      OptionalLong met,
      Effort effort) {
    RunCounts counts = run.counts();
    run.counts().emptySegments(run.reading().empty());
    long toSend = rehearsal == null ? 0 : rehearsal.rows();
    LeaversData leavers = (LeaversData) counts.leavers().counts();
    PreviewMembersData members =
        members(run, leavers, toSend, counts.profilesUnchanged(), check, listRead, met);
    StopCause stop = stop(run, leavers, rehearsal);
    effort.imports(rehearsal == null ? 0 : rehearsal.batches());
    effort.removals(stop == null && leavers.kept() == null ? leavers.found() : 0);
    return new PreviewData(
        plan.segment(),
        run.context().list(),
        plan.settings().mode(),
        run.startedAt(),
        run.took(),
        new PreviewProfilesData(
            counts.profilesRead(),
            toSend,
            counts.profilesUnchanged(),
            counts.profilesRejected(),
            counts.profilesDuplicate(),
            counts.bySegment().counts()),
        new RejectionsData(
            counts.fieldsRejected(), counts.reasons(), counts.byField(), counts.rejections()),
        new NoticesData(
            counts.missingFields(),
            counts.emptyFields(),
            counts.hasEmailIds(),
            counts.emptySegments(),
            null,
            null),
        members,
        leavers,
        new PreviewWorkData(
            rehearsal == null ? 0 : rehearsal.batches(),
            rehearsal == null ? 0 : rehearsal.bytes(),
            effort.counts()),
        run.traffic(),
        stop == null ? null : stop.reason(),
        stop == null ? null : stop.advice(),
        PreviewData.MAX_DRIFT,
        following);
  }

  private PreviewMembersData members(
      LookRun run,
      LeaversData leavers,
      long toSend,
      long unchanged,
      MembershipCheck check,
      boolean listRead,
      OptionalLong met) {
    long known = options.isLookingUpProfiles() ? check.known() : 0;
    OptionalLong existing =
        options.isLookingUpProfiles() ? OptionalLong.of(known) : OptionalLong.empty();
    if (!listRead && met.isPresent()) {
      // Who is remembered was a member when Klaviyo confirmed it.
      long additions = Math.max(0, toSend + unchanged - met.getAsLong());
      return new PreviewMembersData(
          leavers.members() > 0,
          run.reading().isWhole(),
          leavers.members(),
          OptionalLong.of(additions),
          OptionalLong.of(toSend - additions),
          leavers.found() + leavers.undecided(),
          existing,
          Math.max(0, Math.min(additions, toSend - known)));
    }
    if (!listRead) {
      return new PreviewMembersData(
          false,
          run.reading().isWhole(),
          0,
          OptionalLong.empty(),
          OptionalLong.empty(),
          0,
          existing,
          Math.max(0, toSend - known));
    }
    long otherwise = check.shownOtherwise();
    if (search != null && !options.isLookingUpProfiles()) {
      otherwise = search.shownOtherwise();
    }
    long updates = Math.min(toSend, check.shown() + otherwise);
    long additions = toSend - updates;
    return new PreviewMembersData(
        true,
        run.reading().isWhole(),
        search != null ? leavers.members() : comparison == null ? 0 : comparison.membersRead(),
        OptionalLong.of(additions),
        OptionalLong.of(updates),
        search != null
            ? leavers.found() + leavers.undecided()
            : comparison == null || !run.reading().isWhole()
                ? 0
                : comparison.unexpected() + comparison.undecided(),
        existing,
        Math.max(0, additions - known));
  }

  private @Nullable StopCause stop(
      LookRun run, LeaversData leavers, @Nullable Rehearsal rehearsal) {
    double share = plan.settings().maxLeavers();
    Remembered remembered = run.context().memory().remembered();
    long ours =
        remembered != null && plan.settings().mode() == SyncMode.TRACKED
            ? remembered.members()
            : leavers.members();
    BigDecimal most = BigDecimal.valueOf(share).multiply(BigDecimal.valueOf(ours));
    if (BigDecimal.valueOf(leavers.found()).compareTo(most) > 0) {
      return StopCause.tooManyLeavers(leavers.found(), ours, share);
    }
    StopCause size = size(run);
    return size != null || rehearsal == null ? size : rehearsal.wouldStop();
  }

  /** Returns why a run would stop for the size of the segment, as far as it would know it. */
  private @Nullable StopCause size(LookRun run) {
    if (!run.reading().isWhole()) {
      return null;
    }
    SizeGuard guard =
        new RunMemory(run.context().memory().remembered(), plan.settings(), "", failed -> {})
            .sizeGuard();
    long read = run.counts().profilesRead();
    if (run.reading().size().isPresent() || plan.settings().mode().removesLeavers()) {
      return guard.check(read);
    }
    return read > guard.most() ? guard.exceeded() : null;
  }

  /** The calls that a run makes, and the least time that they take under the quota. */
  private static final class Effort {
    private final Calls calls;
    private final List<CallCount> counts = new ArrayList<>();

    /** Counts what has been read by now as what a run reads as well. */
    Effort(Calls calls) {
      this.calls = calls;
      for (Endpoint endpoint :
          List.of(Endpoint.GET_LIST, Endpoint.GET_MEMBERS, Endpoint.FIND_PROFILES)) {
        add(endpoint, calls.traffic().exchanges(endpoint), true);
      }
    }

    void imports(int batches) {
      add(Endpoint.IMPORT_PROFILES, batches, true);
      add(Endpoint.LIST_JOBS, batches > 0 ? 1 : 0, false);
    }

    void removals(long leavers) {
      long most = ListMember.MAX_REMOVED_AT_ONCE;
      add(Endpoint.REMOVE_MEMBERS, (leavers + most - 1) / most, true);
    }

    private void add(Endpoint endpoint, long number, boolean isForeseen) {
      if (number > 0) {
        Duration least = calls.leastTime(endpoint, number);
        counts.add(new CallCountData(endpoint.words(), number, least, !isForeseen));
      }
    }

    List<CallCount> counts() {
      return counts;
    }
  }
}
