package io.github.klaviyoexport.internal.catalog.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ListVerification;
import io.github.klaviyoexport.catalog.CatalogStore.Kind;
import io.github.klaviyoexport.catalog.RunRecord.Trigger;
import io.github.klaviyoexport.catalog.RunStatus;
import io.github.klaviyoexport.internal.json.JsonDocument;
import io.github.klaviyoexport.internal.json.JsonReader;
import io.github.klaviyoexport.internal.json.UnreadableException;
import io.github.klaviyoexport.internal.report.FieldCountData;
import io.github.klaviyoexport.internal.report.JobData;
import io.github.klaviyoexport.internal.report.LeaversData;
import io.github.klaviyoexport.internal.report.ListVerificationData;
import io.github.klaviyoexport.internal.report.NoticesData;
import io.github.klaviyoexport.internal.report.ProfilesData;
import io.github.klaviyoexport.internal.report.RejectionsData;
import io.github.klaviyoexport.internal.report.ReportData;
import io.github.klaviyoexport.internal.report.SegmentCountData;
import io.github.klaviyoexport.internal.report.TrafficData;
import io.github.klaviyoexport.internal.report.WaitData;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.klaviyo.OptInProcess;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.source.Segment;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The format of runs, with their reports. */
final class RunFormat extends CatalogFormat<RunData> {
  private static final Pattern STAMP =
      Pattern.compile(
          "^.*\\.([0-9]{4})(0[1-9]|1[0-2])([0-2][0-9])t([01][0-9]|2[0-3])([0-5][0-9])([0-5][0-9])z.*$");

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
    JsonDocument.put(to, "started_at", value.startedAt());
    JsonDocument.put(to, "ended_at", value.endedAt());
    JsonDocument.put(to, "retry_at", value.retryAt());
    JsonDocument.put(to, "message", value.message());
    JsonDocument.put(to, "details", value.details());
    if (value.report() != null) {
      to.set("report", parsed(value.report().toJson()));
    }
  }

  /** Returns JSON of ours as a part of other JSON. */
  static JsonNode parsed(String json) {
    try {
      return MAPPER.readTree(json);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("What the library wrote is no JSON.", impossible);
    }
  }

  @Override
  public @Nullable String unread(RunData value) {
    return value.unread();
  }

  /** Reads what can be read: a history shows a run of another version as far as it knows it. */
  @Override
  RunData read(JsonReader from, String id, long version) {
    Unread unread = new Unread();
    unread.or(null, () -> newer(from));
    RunData run =
        new RunData(
            id,
            unread.or(exportOf(id), () -> from.text("export")),
            unread.or(exportOf(id), () -> from.text("export_name")),
            unread.or(Trigger.UNKNOWN, () -> from.value("trigger", RunFormat::trigger)),
            unread.or("", () -> from.text("started_by")),
            unread.or(RunStatus.UNKNOWN, () -> from.value("status", RunFormat::status)),
            unread.or(0, () -> (int) from.number("attempt")),
            unread.or(timeOf(id), () -> from.time("queued_at")),
            unread.<@Nullable Instant>or(null, () -> from.timeOrNull("started_at")),
            unread.<@Nullable Instant>or(null, () -> from.timeOrNull("ended_at")),
            unread.<@Nullable Instant>or(null, () -> from.timeOrNull("retry_at")),
            unread.<@Nullable String>or(null, () -> from.textOrNull("message")),
            unread.<@Nullable String>or(null, () -> from.textOrNull("details")),
            unread.<@Nullable ExportReport>or(null, () -> reportOrNull(from)),
            null,
            null,
            version);
    unread.or(
        null,
        () -> {
          from.checkAllKnown();
          return null;
        });
    return run.unread(unread.why);
  }

  /** The first thing that could not be read. */
  private static final class Unread {
    private @Nullable String why;

    interface Part<V extends @Nullable Object> {
      V read() throws UnreadableException;
    }

    <V extends @Nullable Object> V or(V otherwise, Part<? extends V> part) {
      String here;
      try {
        return part.read();
      } catch (UnreadableException unknown) {
        here = unknown.getMessage();
      } catch (RuntimeException invalid) {
        here = "it holds a value that this version does not know";
      }
      why = why == null ? here : why;
      return otherwise;
    }
  }

  private static @Nullable Object newer(JsonReader from) throws UnreadableException {
    JsonDocument.checkFormat(from);
    return null;
  }

  /** Returns the id of the export that a run's id begins with. */
  static String exportOf(String id) {
    int end = id.lastIndexOf('.');
    return end < 0 ? id : id.substring(0, end);
  }

  /** Returns the moment that a run's id ends with, or the earliest there is. */
  static Instant timeOf(String id) {
    Matcher stamp = STAMP.matcher(id);
    try {
      return stamp.find() ? Instant.parse(stamp.replaceFirst("$1-$2-$3T$4:$5:$6Z")) : Instant.EPOCH;
    } catch (DateTimeParseException noDay) {
      return Instant.EPOCH;
    }
  }

  static Trigger trigger(String name) {
    return known(Trigger.valueOf(name), Trigger.UNKNOWN);
  }

  private static RunStatus status(String name) {
    return known(RunStatus.valueOf(name), RunStatus.UNKNOWN);
  }

  private static <E extends Enum<E>> E known(E constant, E unknown) {
    if (constant == unknown) {
      throw new IllegalArgumentException("It says of itself that it is not known.");
    }
    return constant;
  }

  private static @Nullable ExportReport reportOrNull(JsonReader from) throws UnreadableException {
    JsonReader report = from.objectOrNull("report");
    return report == null ? null : report(report);
  }

  private static ExportReport report(JsonReader from) throws UnreadableException {
    List<ExportReport.Job> jobs = new ArrayList<>();
    for (JsonReader job : from.objects("jobs")) {
      jobs.add(
          new JobData(
              job.text("id"),
              job.value("status", ExportReport.JobStatus::valueOf),
              (int) job.number("profiles"),
              (int) job.number("accepted"),
              (int) job.number("rejected"),
              job.timeOrNull("made_at"),
              job.timeOrNull("ended_at")));
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
              rejection.textOrNull("type"),
              rejection.textOrNull("other_customer_id")));
    }
    Map<Rejection.Reason, Long> reasons = new EnumMap<>(Rejection.Reason.class);
    JsonReader counts = from.object("reasons");
    for (Rejection.Reason reason : Rejection.Reason.values()) {
      if (counts.has(reason.name())) {
        reasons.put(reason, counts.number(reason.name()));
      }
    }
    // They follow from the other figures, and are read to be known.
    from.has("unconfirmed_reasons");
    from.flagOrNull("confirmed");
    from.flagOrNull("clean");
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
            from.numberOr("unchanged", 0),
            from.number("rejected"),
            from.number("duplicates"),
            from.number("unconfirmed"),
            from.number("unsent"),
            bySegment(from)),
        new RejectionsData(from.number("rejected_fields"), reasons, byField(from), rejections),
        from.values("unconfirmed_customers", customer -> customer),
        jobs,
        new LeaversData(
            from.numberOr("members", 0),
            from.numberOr("leavers", 0),
            from.numberOr("removed", 0),
            from.numberOr("undecided", 0),
            from.numberOr("unreadable_customers", 0),
            from.numberOr("not_ours", 0),
            from.textOrNull("leavers_kept") == null || from.text("leavers_kept").isEmpty()
                ? null
                : from.value("leavers_kept", ExportReport.Leavers.Kept::valueOf)),
        traffic(from),
        new NoticesData(
            names(from, "missing_fields"),
            names(from, "empty_fields"),
            Boolean.TRUE.equals(from.flagOrNull("email_ids")),
            names(from, "empty_segments"),
            from.valueOrNull("revision_support_ends", LocalDate::parse),
            from.has("new_list") ? from.valueOrNull("new_list", OptInProcess::valueOf) : null),
        from.valueOrNull("stop_reason", ExportException.Reason::valueOf),
        verification(from.objectOrNull("verification")));
  }

  /** Reads the comparison with the list, which most reports do not have. */
  private static @Nullable ListVerification verification(@Nullable JsonReader from)
      throws UnreadableException {
    if (from == null) {
      return null;
    }
    // It follows from the other figures, and is read to be known.
    from.flagOrNull("equal");
    return new ListVerificationData(
        from.value("segment", Segment::named),
        from.value("list", ListId::of),
        from.time("started_at"),
        Duration.ofMillis(from.number("took_ms")),
        from.number("customers"),
        from.number("rejected"),
        from.number("members"),
        !Boolean.FALSE.equals(from.flagOrNull("whole")),
        from.number("missing"),
        from.number("unexpected"),
        from.number("undecided"),
        from.values("missing_customers", customer -> customer),
        from.values("unexpected_members", member -> member),
        from.values("undecided_members", member -> member),
        traffic(from));
  }

  private static TrafficData traffic(JsonReader from) throws UnreadableException {
    return new TrafficData(
        from.number("calls"),
        from.number("bytes_sent"),
        from.number("rate_limited"),
        Duration.ofMillis(from.number("paced_ms")),
        Duration.ofMillis(from.number("longest_retry_after_ms")),
        from.has("waits") ? waits(from) : List.of());
  }

  /** Reads names that reports of before do not have. */
  private static List<String> names(JsonReader from, String name) throws UnreadableException {
    return from.has(name) ? from.values(name, field -> field) : List.of();
  }

  /** Reads times that reports of before do not have. */
  private static List<ExportReport.Wait> waits(JsonReader from) throws UnreadableException {
    List<ExportReport.Wait> waits = new ArrayList<>();
    if (from.has("waits")) {
      for (JsonReader wait : from.objects("waits")) {
        waits.add(
            new WaitData(
                wait.time("from"),
                wait.time("until"),
                Duration.ofMillis(wait.number("waited_ms"))));
      }
    }
    return waits;
  }

  /** Reads counts that reports of before do not have. */
  private static List<ExportReport.SegmentCount> bySegment(JsonReader from)
      throws UnreadableException {
    List<ExportReport.SegmentCount> counts = new ArrayList<>();
    if (from.has("by_segment")) {
      for (JsonReader count : from.objects("by_segment")) {
        counts.add(
            new SegmentCountData(
                count.value("segment", Segment::named),
                count.number("read"),
                count.number("duplicates"),
                count.number("rejected")));
      }
    }
    return counts;
  }

  /** Reads counts that reports of before do not have. */
  private static List<ExportReport.FieldCount> byField(JsonReader from) throws UnreadableException {
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
