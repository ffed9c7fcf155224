package io.github.klaviyoexport.internal.catalog.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.catalog.CatalogStore.Kind;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.RunStatus;
import io.github.klaviyoexport.internal.report.FieldCountData;
import io.github.klaviyoexport.internal.report.JobData;
import io.github.klaviyoexport.internal.report.LeaversData;
import io.github.klaviyoexport.internal.report.NoticesData;
import io.github.klaviyoexport.internal.report.ProfilesData;
import io.github.klaviyoexport.internal.report.RejectionsData;
import io.github.klaviyoexport.internal.report.ReportData;
import io.github.klaviyoexport.internal.report.TrafficData;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.source.Segment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The format of runs, with their reports. */
final class RunFormat extends CatalogFormat<RunData> {
  RunFormat() {
    super(Kind.RUN);
  }

  @Override
  public String id(RunData value) {
    return value.id();
  }

  @Override
  public long version(RunData value) {
    return value.version();
  }

  @Override
  void write(RunData value, ObjectNode to) {
    to.put("export", value.exportId());
    to.put("export_name", value.exportName());
    to.put("trigger", value.trigger().name());
    to.put("started_by", value.startedBy());
    to.put("status", value.status().name());
    to.put("attempt", value.attempt());
    to.put("queued_at", value.queuedAt().toString());
    put(to, "started_at", value.startedAt());
    put(to, "ended_at", value.endedAt());
    put(to, "retry_at", value.retryAt());
    put(to, "message", value.message());
    put(to, "details", value.details());
    if (value.report() != null) {
      try {
        to.set("report", MAPPER.readTree(value.report().toJson()));
      } catch (JsonProcessingException impossible) {
        throw new IllegalStateException("A report is no JSON.", impossible);
      }
    }
  }

  @Override
  RunData read(JsonReader from, String id, long version) throws DamagedException {
    JsonReader report = from.objectOrNull("report");
    return new RunData(
        id,
        from.text("export"),
        from.text("export_name"),
        from.value("trigger", RunRecord.Trigger::valueOf),
        from.text("started_by"),
        from.value("status", RunStatus::valueOf),
        (int) from.number("attempt"),
        from.time("queued_at"),
        from.timeOrNull("started_at"),
        from.timeOrNull("ended_at"),
        from.timeOrNull("retry_at"),
        from.textOrNull("message"),
        from.textOrNull("details"),
        report == null ? null : report(report),
        version);
  }

  private static ExportReport report(JsonReader from) throws DamagedException {
    List<ExportReport.Job> jobs = new ArrayList<>();
    for (JsonReader job : from.objects("jobs")) {
      jobs.add(
          new JobData(
              job.text("id"),
              job.value("status", ExportReport.JobStatus::valueOf),
              (int) job.number("profiles"),
              (int) job.number("accepted"),
              (int) job.number("rejected")));
    }
    List<Rejection> rejections = new ArrayList<>();
    for (JsonReader rejection : from.objects("rejections")) {
      rejections.add(
          new Rejection(
              rejection.textOrNull("customer_id"),
              rejection.value("scope", Rejection.Scope::valueOf),
              rejection.textOrNull("field"),
              rejection.value("reason", Rejection.Reason::valueOf),
              rejection.textOrNull("code"),
              rejection.textOrNull("type")));
    }
    Map<Rejection.Reason, Long> reasons = new EnumMap<>(Rejection.Reason.class);
    JsonReader counts = from.object("reasons");
    for (Rejection.Reason reason : Rejection.Reason.values()) {
      if (counts.has(reason.name())) {
        reasons.put(reason, counts.number(reason.name()));
      }
    }
    return new ReportData(
        from.text("run"),
        from.value("segment", Segment::named),
        from.value("list", ListId::of),
        mode(from),
        from.time("started_at"),
        Duration.ofMillis(from.number("took_ms")),
        new ProfilesData(
            from.number("read"),
            from.number("accepted"),
            from.number("rejected"),
            from.number("duplicates"),
            from.number("unconfirmed"),
            from.number("unsent")),
        new RejectionsData(from.number("rejected_fields"), reasons, byField(from), rejections),
        from.values("unconfirmed_customers", customer -> customer),
        jobs,
        new LeaversData(
            from.numberOr("members", 0),
            from.numberOr("leavers", 0),
            from.numberOr("removed", 0),
            from.numberOr("undecided", 0),
            from.numberOr("unreadable_customers", 0),
            from.textOrNull("leavers_kept") == null || from.text("leavers_kept").isEmpty()
                ? null
                : from.value("leavers_kept", ExportReport.Leavers.Kept::valueOf)),
        new TrafficData(
            from.number("calls"),
            from.number("bytes_sent"),
            from.number("rate_limited"),
            Duration.ofMillis(from.number("paced_ms")),
            Duration.ofMillis(from.number("longest_retry_after_ms"))),
        new NoticesData(
            names(from, "missing_fields"),
            names(from, "empty_fields"),
            Boolean.TRUE.equals(from.flagOrNull("email_ids"))),
        from.valueOrNull("stop_reason", ExportException.Reason::valueOf));
  }

  /** Reads names that reports of before do not have. */
  private static List<String> names(JsonReader from, String name) throws DamagedException {
    return from.has(name) ? from.values(name, field -> field) : List.of();
  }

  /** Reads counts that reports of before do not have. */
  private static List<ExportReport.FieldCount> byField(JsonReader from) throws DamagedException {
    List<ExportReport.FieldCount> counts = new ArrayList<>();
    if (from.has("rejections_by_field")) {
      for (JsonReader count : from.objects("rejections_by_field")) {
        counts.add(
            new FieldCountData(
                count.textOrNull("field"),
                count.value("scope", Rejection.Scope::valueOf),
                count.value("reason", Rejection.Reason::valueOf),
                count.textOrNull("type"),
                count.number("count")));
      }
    }
    return counts;
  }
}
