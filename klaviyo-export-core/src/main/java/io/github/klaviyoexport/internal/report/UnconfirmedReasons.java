package io.github.klaviyoexport.internal.report;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.Job;
import io.github.klaviyoexport.ExportReport.JobStatus;
import io.github.klaviyoexport.Outcome.Why;
import io.github.klaviyoexport.internal.text.InWords;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Why profiles are unconfirmed, by the figures of a report. */
public final class UnconfirmedReasons {
  private UnconfirmedReasons() {}

  /** Returns why profiles of a job are unconfirmed that was in a state when it was last seen. */
  public static Why of(JobStatus status) {
    return switch (status) {
      case RUNNING -> Why.JOB_RUNNING;
      case COMPLETE -> Why.NOT_NAMED;
      case UNREAD -> Why.JOB_UNREAD;
      case CANCELLED -> Why.JOB_CANCELLED;
      case LOST -> Why.JOB_LOST;
    };
  }

  /** Returns how many profiles are unconfirmed for each reason that there is. */
  static Map<Why, Long> of(ExportReport report) {
    Map<Why, Long> reasons = new EnumMap<>(Why.class);
    long unanswered = report.profiles().unconfirmed() - report.profiles().unsent();
    for (Job job : report.jobs()) {
      add(reasons, of(job.status()), open(job));
      unanswered -= open(job);
    }
    add(reasons, Why.UNSENT, report.profiles().unsent());
    add(reasons, Why.UNANSWERED, unanswered);
    return reasons;
  }

  private static void add(Map<Why, Long> reasons, Why why, long profiles) {
    if (profiles > 0) {
      reasons.merge(why, profiles, Long::sum);
    }
  }

  /** Returns how many profiles of a job are unconfirmed. */
  private static long open(Job job) {
    return (long) job.profiles() - job.accepted() - job.rejected();
  }

  /** Returns why profiles are unconfirmed, in a clause for each reason. */
  static List<String> clauses(ExportReport report) {
    List<String> clauses = new ArrayList<>();
    of(report).forEach((why, profiles) -> clauses.add(clause(why, profiles) + jobs(why, report)));
    return clauses;
  }

  /** Returns why profiles are unconfirmed, in one clause; empty if none is. */
  public static String inWords(ExportReport report) {
    return String.join("; ", clauses(report));
  }

  private static String clause(Why why, long profiles) {
    String one = why.advice().replaceFirst(", so that .*", "");
    String clause =
        profiles == 1 ? one : one.replaceFirst("^is ", "are ").replaceFirst("^was ", "were ");
    return InWords.number(profiles) + " " + clause;
  }

  private static String jobs(Why why, ExportReport report) {
    List<String> ids =
        report.jobs().stream()
            .filter(job -> open(job) > 0 && of(job.status()) == why)
            .map(Job::id)
            .toList();
    return switch (ids.size()) {
      case 0 -> "";
      case 1 -> " (" + ids.get(0) + ")";
      default -> " (" + ids.get(0) + " and " + InWords.number(ids.size() - 1) + " more)";
    };
  }
}
