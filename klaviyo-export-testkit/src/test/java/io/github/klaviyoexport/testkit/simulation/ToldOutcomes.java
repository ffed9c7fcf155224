package io.github.klaviyoexport.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.Job;
import io.github.klaviyoexport.ExportReport.JobStatus;
import io.github.klaviyoexport.Outcome;
import io.github.klaviyoexport.Outcome.Kind;
import io.github.klaviyoexport.profile.Rejection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What is told of every profile, as a file would keep it that is on the disk only when the export
 * says so: what a process had not come to say before it died is not in it.
 */
final class ToldOutcomes {
  /** Of each run what is kept of its profiles: of each the last that was said. */
  private final Map<String, Map<String, Outcome>> runs = new HashMap<>();

  /** Hears one process. */
  final class Process implements ExportListener {
    private final Lifeline lifeline;
    private final List<Outcome> told = new ArrayList<>();
    private final List<Outcome> safe = new ArrayList<>();

    Process(Lifeline lifeline) {
      this.lifeline = lifeline;
    }

    @Override
    public void outcome(Outcome outcome) {
      // What a listener throws is not heard of, so all is looked at in the end.
      told.add(outcome);
    }

    @Override
    public void outcomesTold() {
      if (!lifeline.isCut()) {
        safe.addAll(told.subList(safe.size(), told.size()));
      }
    }

    /**
     * What was told agrees with the report, of this process and of all that went on with its run.
     */
    void check(ExportReport report, boolean resumed) {
      Set<String> customers = new HashSet<>();
      for (Outcome outcome : told) {
        Canaries.assertNoneIn(outcome.toString());
        boolean member = outcome.kind() == Kind.LEFT || outcome.kind() == Kind.KEPT;
        assertThat(customers.add((member ? "member " : "customer ") + outcome.id()))
            .as("told once: " + outcome)
            .isTrue();
      }
      Map<String, Outcome> kept = runs.computeIfAbsent(report.run(), run -> new LinkedHashMap<>());
      safe.forEach(outcome -> kept.put(outcome.id(), outcome));
      if (!resumed) {
        assertEqual(told, report);
      }
      if (report.stopReason() == null && !lifeline.isCut()) {
        assertEqual(kept.values(), report);
      }
      assertThat(told.stream().filter(outcome -> outcome.kind() == Kind.LEFT).count())
          .as("left")
          .isLessThanOrEqualTo(report.leavers().removed());
    }

    private void assertEqual(Iterable<Outcome> outcomes, ExportReport report) {
      long accepted = report.profiles().accepted();
      long rejected = report.profiles().rejected();
      long unconfirmed = report.profiles().unconfirmed();
      for (Job job : report.jobs()) {
        // Where Klaviyo counts without naming, nobody is said to be accepted.
        long named = countIn(outcomes, job, Kind.REJECTED);
        if (job.status() == JobStatus.COMPLETE && named < job.rejected()) {
          accepted -= job.accepted();
          rejected -= job.rejected() - named;
          unconfirmed += job.profiles() - named;
          assertThat(countIn(outcomes, job, Kind.UNCONFIRMED)).isEqualTo(job.profiles() - named);
        }
      }
      assertThat(count(outcomes, Kind.ACCEPTED)).as("accepted").isEqualTo(accepted);
      assertThat(count(outcomes, Kind.REJECTED)).as("rejected").isEqualTo(rejected);
      assertThat(count(outcomes, Kind.UNCONFIRMED)).as("unconfirmed").isEqualTo(unconfirmed);
      assertThat(count(outcomes, Kind.DUPLICATE))
          .as("duplicates")
          .isEqualTo(report.profiles().duplicates());
      long fields = 0;
      for (Outcome outcome : outcomes) {
        fields += outcome.kind() == Kind.ACCEPTED ? outcome.fieldsLeftOut().size() : 0;
        assertThat(outcome.fieldsLeftOut())
            .allMatch(field -> outcome.id().equals(field.customerId()))
            .allMatch(field -> field.scope() == Rejection.Scope.FIELD);
      }
      assertThat(fields).isLessThanOrEqualTo(report.rejections().fields());
    }
  }

  private static long count(Iterable<Outcome> outcomes, Kind kind) {
    long count = 0;
    for (Outcome outcome : outcomes) {
      count += outcome.kind() == kind ? 1 : 0;
    }
    return count;
  }

  private static long countIn(Iterable<Outcome> outcomes, Job job, Kind kind) {
    long count = 0;
    for (Outcome outcome : outcomes) {
      count += outcome.kind() == kind && Objects.equals(outcome.job(), job.id()) ? 1 : 0;
    }
    return count;
  }
}
