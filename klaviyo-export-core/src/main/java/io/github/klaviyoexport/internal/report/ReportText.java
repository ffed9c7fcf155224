package io.github.klaviyoexport.internal.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.FieldCount;
import io.github.klaviyoexport.ExportReport.Leavers;
import io.github.klaviyoexport.ExportReport.Notices;
import io.github.klaviyoexport.ExportReport.SegmentCount;
import io.github.klaviyoexport.internal.json.IndentedJson;
import io.github.klaviyoexport.internal.text.EmailShape;
import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.internal.text.InvisibleCharacters;
import io.github.klaviyoexport.klaviyo.OptInProcess;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import io.github.klaviyoexport.profile.Rejection.Scope;
import java.time.Instant;
import java.time.LocalDate;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The forms in which a report leaves the program: for people, as JSON, as CSV. */
public final class ReportText {
  /** The header line of rejections as CSV. */
  public static final String REJECTIONS_HEADER =
      "customer_id,scope,field,reason,code,other_customer_id\r\n";

  /** The header line of rejections as CSV for spreadsheets: ids may differ from the source's. */
  public static final String SHOWN_REJECTIONS_HEADER = "shown_" + REJECTIONS_HEADER;

  /** What formulas and commands begin with, also in full width. */
  private static final String BEGINS_FORMULA = "=+-@|%\t\r\n\uFF1D\uFF0B\uFF0D\uFF20";

  private static final Pattern HALF_PAIR = Pattern.compile("\\p{Cs}");

  private static final int FIELDS_PER_REASON = 5;

  private ReportText() {}

  /** Returns the figures of a report in a clause. */
  public static String counts(ExportReport report) {
    String counts =
        InWords.number(report.profiles().read())
            + " read = "
            + InWords.number(report.profiles().accepted())
            + " accepted + "
            + unchanged(report.profiles().unchanged())
            + InWords.number(report.profiles().rejected())
            + " rejected + "
            + InWords.count(report.profiles().duplicates(), "duplicate")
            + " + "
            + InWords.number(report.profiles().unconfirmed())
            + " unconfirmed";
    if (report.profiles().unsent() > 0) {
      counts += format(" (%,d of them never sent)", report.profiles().unsent());
    }
    return report.mode().removesLeavers() ? counts + "; " + leavers(report.leavers()) : counts;
  }

  /** Returns the figure of those unchanged, which is there only where there are any. */
  private static String unchanged(long profiles) {
    return profiles == 0 ? "" : format("%,d unchanged + ", profiles);
  }

  private static String leavers(Leavers leavers) {
    return InWords.number(leavers.removed())
        + " of "
        + InWords.count(leavers.found(), "leaver")
        + " removed";
  }

  /** Returns a report in a few lines. */
  public static String summary(ExportReport report) {
    StringBuilder text = new StringBuilder();
    text.append("Segment ").append(report.segment());
    text.append(report.list() == null ? " to a list not found" : " to list " + report.list());
    text.append(", ").append(InWords.duration(report.took())).append('\n');
    text.append("  ").append(counts(report)).append('\n');
    if (report.jobs().isEmpty() && report.profiles().unchanged() > 0 && report.isConfirmed()) {
      text.append("  nothing that can be sent has changed, so no profile was sent\n");
    }
    for (SegmentCount count : report.profiles().bySegment()) {
      text.append(
          format(
              "  segment %s: %,d read, %s, %,d rejected before sending\n",
              count.segment(),
              count.read(),
              InWords.count(count.duplicates(), "duplicate"),
              count.rejected()));
    }
    UnconfirmedReasons.clauses(report)
        .forEach(clause -> text.append("  unconfirmed: ").append(clause).append('\n'));
    withAll(report.rejections().reasons())
        .forEach(
            (reason, count) -> {
              if (count > 0) {
                text.append(format("  %,d x %s: %s\n", count, reason, reason.advice()));
                text.append(byField(report, reason));
              }
            });
    if (report.rejections().fields() > 0) {
      text.append(
          format(
              "  %s left out of profiles that were delivered\n",
              InWords.count(report.rejections().fields(), "field")));
    }
    if (report.mode().removesLeavers()) {
      text.append(mirrored(report.leavers()));
    }
    text.append(noticed(report.notices()));
    if (report.verification() != null) {
      text.append("  read back: ");
      text.append(VerificationText.counts(report.verification())).append('\n');
    }
    if (report.stopReason() != null) {
      text.append("  stopped before its end: ").append(report.stopReason()).append('\n');
    }
    text.append(
        format(
            "  %s, %s, %s sent, paced %s, rate-limited %s",
            InWords.count(report.jobs().size(), "job"),
            InWords.count(report.traffic().calls(), "call"),
            InWords.count(report.traffic().bytesSent(), "byte"),
            InWords.duration(report.traffic().paced()),
            InWords.count(report.traffic().rateLimited(), "time")));
    if (report.traffic().rateLimited() > 0) {
      text.append(", told to wait up to ")
          .append(InWords.duration(report.traffic().longestRetryAfter()));
    }
    return text.toString();
  }

  private static String byField(ExportReport report, Reason reason) {
    List<FieldCount> counts =
        report.rejections().byField().stream()
            .filter(count -> count.reason() == reason && count.field() != null)
            .toList();
    StringBuilder text = new StringBuilder();
    for (FieldCount count : counts.subList(0, Math.min(counts.size(), FIELDS_PER_REASON))) {
      text.append("      ").append(count.field()).append(": ");
      text.append(
          count.scope() == Scope.PROFILE
              ? InWords.count(count.count(), "profile") + " rejected"
              : InWords.number(count.count()) + " not sent");
      if (count.type() != null) {
        text.append(", unsupported type ").append(count.type());
      }
      String words = FieldCountData.words(count, report.rejections().first());
      if (words != null) {
        text.append(", for example: ").append(words);
      }
      text.append('\n');
    }
    if (counts.size() > FIELDS_PER_REASON) {
      text.append(format("      and %,d more\n", counts.size() - FIELDS_PER_REASON));
    }
    return text.toString();
  }

  /** Returns a sentence for people about segments that were empty. */
  public static String emptySegments(List<String> names) {
    return (names.size() == 1 ? "Segment " : "Segments ")
        + String.join(", ", names)
        + (names.size() == 1 ? " was" : " were")
        + " empty: check the source.";
  }

  private static String noticed(Notices notices) {
    StringBuilder text = new StringBuilder();
    for (String segment : notices.emptySegments()) {
      text.append("  segment ").append(segment).append(" was empty\n");
    }
    for (String field : notices.missingFields()) {
      text.append("  no profile had the mapped field '").append(field).append("'\n");
    }
    for (String field : notices.emptyFields()) {
      text.append("  the mapped field '").append(field).append("' was always empty\n");
    }
    if (notices.newList() != null) {
      text.append("  the list ").append(newList(notices.newList())).append('\n');
    }
    if (notices.emailIds()) {
      text.append("  customers have ids that are email addresses: give them others\n");
    }
    if (notices.revisionSupportEnds() != null) {
      text.append("  ").append(revisionEnds(notices.revisionSupportEnds())).append('\n');
    }
    return text.toString();
  }

  /** Returns how a list came to be that is new, as a clause about it. */
  static String newList(OptInProcess process) {
    return "was made by this export, with "
        + (process == OptInProcess.SINGLE ? "single" : "double")
        + " opt-in";
  }

  /** Returns that Klaviyo will not know this library much longer, as a clause. */
  public static String revisionEnds(LocalDate supportEnds) {
    return "Klaviyo supports the revision of its API that this version of the library speaks until "
        + supportEnds
        + ": use a newer version before that day";
  }

  private static String mirrored(Leavers leavers) {
    String text =
        format(
            "  %s in the list before, %,d of them not in the segment\n",
            InWords.count(leavers.members(), "member was", "members were"), leavers.found());
    if (leavers.kept() != null) {
      String nobody = leavers.removed() == 0 ? "nobody" : "nobody else";
      text += "  " + nobody + " was removed, because " + leavers.kept().advice() + "\n";
    }
    if (leavers.undecided() > 0) {
      text +=
          format(
              "  %s that may be customers whose email address or phone number cannot be read\n",
              InWords.count(leavers.undecided(), "member stays", "members stay"));
    }
    if (leavers.notOurs() > 0) {
      text +=
          format(
              "  %s added by others, and left alone\n",
              InWords.count(leavers.notOurs(), "member was", "members were"));
    }
    if (leavers.unreadable() > 0) {
      text +=
          format(
              "  %s cannot be told from members, because their email address or phone number cannot"
                  + " be read: as many of those that stay or were removed may be theirs\n",
              InWords.count(leavers.unreadable(), "customer"));
    }
    return text;
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }

  private static Map<Reason, Long> withAll(Map<Reason, Long> reasons) {
    Map<Reason, Long> all = new EnumMap<>(Reason.class);
    for (Reason reason : Reason.values()) {
      all.put(reason, reasons.getOrDefault(reason, 0L));
    }
    return all;
  }

  /** Returns a report as one JSON object. */
  public static String json(ExportReport report) {
    ObjectNode root = IndentedJson.object();
    figures(report).forEach(root::putPOJO);
    ObjectNode reasons = root.putObject("reasons");
    withAll(report.rejections().reasons())
        .forEach(
            (reason, count) -> {
              if (count > 0) {
                reasons.put(reason.name(), count);
              }
            });
    ObjectNode unconfirmedReasons = root.putObject("unconfirmed_reasons");
    UnconfirmedReasons.of(report)
        .forEach((why, count) -> unconfirmedReasons.put(why.name(), count));
    ArrayNode byField = root.putArray("rejections_by_field");
    for (FieldCount count : report.rejections().byField()) {
      byField
          .addObject()
          .put("field", count.field())
          .put("scope", count.scope().name())
          .put("reason", count.reason().name())
          .put("type", count.type())
          .put("count", count.count());
    }
    root.put("confirmed", report.isConfirmed());
    root.put("clean", report.isClean());
    root.put("stop_reason", report.stopReason() == null ? null : report.stopReason().name());
    ArrayNode missing = root.putArray("missing_fields");
    report.notices().missingFields().forEach(missing::add);
    ArrayNode empty = root.putArray("empty_fields");
    report.notices().emptyFields().forEach(empty::add);
    root.put("email_ids", report.notices().emailIds());
    LocalDate supportEnds = report.notices().revisionSupportEnds();
    root.put("revision_support_ends", supportEnds == null ? null : supportEnds.toString());
    ArrayNode emptySegments = root.putArray("empty_segments");
    report.notices().emptySegments().forEach(emptySegments::add);
    root.put(
        "new_list", report.notices().newList() == null ? null : report.notices().newList().name());
    ArrayNode bySegment = root.putArray("by_segment");
    for (SegmentCount count : report.profiles().bySegment()) {
      bySegment
          .addObject()
          .put("segment", count.segment().name())
          .put("read", count.read())
          .put("duplicates", count.duplicates())
          .put("rejected", count.rejected());
    }
    if (report.verification() != null) {
      root.set("verification", VerificationText.node(report.verification()));
    }
    ArrayNode unconfirmed = root.putArray("unconfirmed_customers");
    report.unconfirmedCustomers().forEach(customer -> unconfirmed.add(EmailShape.shown(customer)));
    ArrayNode jobs = root.putArray("jobs");
    for (ExportReport.Job job : report.jobs()) {
      ObjectNode node = jobs.addObject();
      node.put("id", job.id())
          .put("status", job.status().name())
          .put("profiles", job.profiles())
          .put("accepted", job.accepted())
          .put("rejected", job.rejected());
      putKnown(node, "made_at", job.madeAt());
      putKnown(node, "ended_at", job.endedAt());
    }
    ArrayNode waits = root.putArray("waits");
    for (ExportReport.Wait wait : report.traffic().waits()) {
      waits
          .addObject()
          .put("from", wait.from().toString())
          .put("until", wait.until().toString())
          .put("waited_ms", wait.waited().toMillis());
    }
    ArrayNode rejections = root.putArray("rejections");
    for (Rejection rejection : report.rejections().first()) {
      rejections.add(node(rejection, EmailShape::shown));
    }
    return IndentedJson.write(root);
  }

  private static void putKnown(ObjectNode node, String name, @Nullable Instant moment) {
    if (moment != null) {
      node.put(name, moment.toString());
    }
  }

  private static ObjectNode node(Rejection rejection, UnaryOperator<String> shown) {
    String customer = rejection.customerId();
    String other = rejection.otherCustomerId();
    ObjectNode node = IndentedJson.object();
    node.put("customer_id", customer == null ? null : shown.apply(customer))
        .put("scope", rejection.scope().name())
        .put("field", rejection.field())
        .put("reason", rejection.reason().name())
        .put("code", rejection.code());
    if (rejection.type() != null) {
      node.put("type", rejection.type());
    }
    if (other != null) {
      node.put("other_customer_id", shown.apply(other));
    }
    return node;
  }

  /** Returns one rejection as a line of JSON. */
  public static String jsonLine(Rejection rejection) {
    // UTF-8 has no half of a surrogate pair, so it is escaped.
    return HALF_PAIR
            .matcher(node(rejection, UnaryOperator.identity()).toString())
            .replaceAll(half -> "\\\\u" + Integer.toHexString(half.group().charAt(0)))
        + "\n";
  }

  /** Returns the figures of a report as CSV: a header line and one line. */
  public static String csv(ExportReport report) {
    Map<String, Object> figures = figures(report);
    return figures.keySet().stream().collect(Collectors.joining(",", "", "\r\n"))
        + figures.values().stream()
            .map(value -> value.equals("") ? "" : spreadsheetField(value.toString()))
            .collect(Collectors.joining(",", "", "\r\n"));
  }

  private static Map<String, Object> figures(ExportReport report) {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("run", report.run());
    figures.put("segment", report.segment().name());
    figures.put("list", report.list() == null ? "" : report.list().value());
    figures.put("mode", report.mode().name());
    figures.put("started_at", report.startedAt().toString());
    figures.put("took_ms", report.took().toMillis());
    figures.put("read", report.profiles().read());
    figures.put("accepted", report.profiles().accepted());
    figures.put("unchanged", report.profiles().unchanged());
    figures.put("rejected", report.profiles().rejected());
    figures.put("duplicates", report.profiles().duplicates());
    figures.put("unconfirmed", report.profiles().unconfirmed());
    figures.put("unsent", report.profiles().unsent());
    figures.put("rejected_fields", report.rejections().fields());
    figures.put("members", report.leavers().members());
    figures.put("leavers", report.leavers().found());
    figures.put("removed", report.leavers().removed());
    figures.put("undecided", report.leavers().undecided());
    figures.put("unreadable_customers", report.leavers().unreadable());
    figures.put("not_ours", report.leavers().notOurs());
    figures.put(
        "leavers_kept", report.leavers().kept() == null ? "" : report.leavers().kept().name());
    figures.put("calls", report.traffic().calls());
    figures.put("bytes_sent", report.traffic().bytesSent());
    figures.put("rate_limited", report.traffic().rateLimited());
    figures.put("paced_ms", report.traffic().paced().toMillis());
    figures.put("longest_retry_after_ms", report.traffic().longestRetryAfter().toMillis());
    return figures;
  }

  /** Returns rejections as CSV, header first. */
  public static String rejectionsCsv(List<Rejection> rejections) {
    return rejections.stream()
        .map(ReportText::csvLine)
        .collect(Collectors.joining("", REJECTIONS_HEADER, ""));
  }

  /** Returns rejections as CSV that no spreadsheet runs as formulas, header first. */
  public static String rejectionsSpreadsheetCsv(List<Rejection> rejections) {
    return rejections.stream()
        .map(ReportText::spreadsheetLine)
        .collect(Collectors.joining("", REJECTIONS_HEADER, ""));
  }

  /** Returns one rejection as a line of CSV, its id and names byte for byte. */
  public static String csvLine(Rejection rejection) {
    return line(rejection, ReportText::csvField);
  }

  /** Returns one rejection as a line of CSV that no spreadsheet runs as a formula. */
  public static String spreadsheetLine(Rejection rejection) {
    return line(rejection, ReportText::spreadsheetField);
  }

  private static String line(Rejection rejection, Function<@Nullable String, String> field) {
    return field.apply(rejection.customerId())
        + ","
        + rejection.scope()
        + ","
        + field.apply(rejection.field())
        + ","
        + rejection.reason()
        + ","
        + field.apply(rejection.code())
        + ","
        + field.apply(rejection.otherCustomerId())
        + "\r\n";
  }

  /** Quotes as RFC 4180 asks, and what some readers would cut: white space at an end. */
  static String csvField(@Nullable String value) {
    if (value == null) {
      return "";
    }
    boolean plain =
        value.equals(value.strip())
            && !value.isEmpty()
            && value.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return plain ? value : "\"" + value.replace("\"", "\"\"") + "\"";
  }

  /** Puts an apostrophe before what a spreadsheet would run: OWASP's "CSV injection". */
  static String spreadsheetField(@Nullable String value) {
    // Some spreadsheets take off what is invisible before they look.
    return value != null
            && (beginsFormula(value) || beginsFormula(InvisibleCharacters.strip(value)))
        ? csvField("'" + value)
        : csvField(value);
  }

  private static boolean beginsFormula(String text) {
    return !text.isEmpty() && BEGINS_FORMULA.indexOf(text.charAt(0)) >= 0;
  }
}
