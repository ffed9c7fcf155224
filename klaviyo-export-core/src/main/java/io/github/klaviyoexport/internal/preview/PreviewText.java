package io.github.klaviyoexport.internal.preview;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.ExportPreview;
import io.github.klaviyoexport.ExportPreview.CallCount;
import io.github.klaviyoexport.ExportPreview.Members;
import io.github.klaviyoexport.ExportReport.FieldCount;
import io.github.klaviyoexport.ExportReport.Leavers;
import io.github.klaviyoexport.ExportReport.SegmentCount;
import io.github.klaviyoexport.internal.json.IndentedJson;
import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.profile.Rejection.Reason;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.TreeMap;

/** The forms in which a preview leaves the program: for people, and as JSON. */
public final class PreviewText {
  private PreviewText() {}

  /** Returns a preview in a few lines. */
  public static String summary(ExportPreview preview) {
    StringBuilder text = new StringBuilder();
    text.append("Preview of segment ").append(preview.segment());
    text.append(" to list ").append(preview.list()).append(", ").append(preview.mode());
    text.append(", looked at for ").append(InWords.duration(preview.took())).append('\n');
    line(
        text,
        "%,d read = %,d to send + %,d unchanged + %,d rejected + %s",
        preview.profiles().read(),
        preview.profiles().toSend(),
        preview.profiles().unchanged(),
        preview.profiles().rejected(),
        InWords.count(preview.profiles().duplicates(), "duplicate"));
    for (SegmentCount count : preview.profiles().bySegment()) {
      line(
          text,
          "segment %s: %,d read, %s, %,d rejected",
          count.segment(),
          count.read(),
          InWords.count(count.duplicates(), "duplicate"),
          count.rejected());
    }
    members(text, preview.members());
    if (preview.mode().removesLeavers()) {
      leavers(text, preview.leavers());
    }
    new TreeMap<>(preview.rejections().reasons())
        .forEach((reason, count) -> line(text, "%,d x %s: %s", count, reason, reason.advice()));
    preview
        .notices()
        .missingFields()
        .forEach(field -> line(text, "no profile has the mapped field '%s'", field));
    preview
        .notices()
        .emptyFields()
        .forEach(field -> line(text, "the mapped field '%s' is always empty", field));
    preview
        .notices()
        .emptySegments()
        .forEach(segment -> line(text, "segment %s is empty", segment));
    line(
        text,
        "a run needs %s of %s, and at least %s in %s",
        InWords.count(preview.work().batches(), "batch", "batches"),
        InWords.count(preview.work().bytes(), "byte"),
        InWords.count(preview.work().callsInAll(), "call"),
        InWords.duration(preview.work().leastTime()));
    if (preview.stopReason() != null) {
      line(
          text,
          "a run would stop, %s: %s",
          preview.stopReason(),
          String.valueOf(preview.stopAdvice()));
    }
    line(
        text,
        "nothing was changed; the look took %s",
        InWords.count(preview.traffic().calls(), "call"));
    return text.toString().stripTrailing();
  }

  private static void members(StringBuilder text, Members members) {
    if (members.isKnown()) {
      line(
          text,
          "the list has %s: %s, %s, and %s",
          InWords.count(members.members(), "member"),
          InWords.count(members.additions().orElse(0), "addition"),
          InWords.count(members.updates().orElse(0), "update"),
          members.isWhole()
              ? InWords.count(members.others(), "member") + " not in the segment"
              : "others who are not told, because the source gives a part of the segment only");
    } else if (members.additions().isPresent()) {
      line(
          text,
          "the list's members were not read; as remembered: %s, %s",
          InWords.count(members.additions().getAsLong(), "addition"),
          InWords.count(members.updates().orElse(0), "update"));
    } else {
      line(text, "the list's members were not read: additions and updates are not told apart");
    }
    line(
        text,
        "at most %s may be new to the account%s",
        InWords.count(members.newProfilesAtMost(), "profile"),
        members.known().isPresent()
            ? "; "
                + InWords.count(members.known().getAsLong(), "more is", "more are")
                + " known there"
            : " (an upper bound: Klaviyo was not asked which it knows)");
  }

  private static void leavers(StringBuilder text, Leavers leavers) {
    line(
        text,
        "%s, %s of the list's members",
        InWords.count(leavers.found(), "leaver"),
        percent(leavers.found(), leavers.members()));
    if (leavers.kept() != null) {
      line(text, "no leaver would be removed, because %s", leavers.kept().advice());
    }
    if (leavers.undecided() > 0) {
      line(
          text,
          "%s that may be customers whose email address or phone number cannot be read",
          InWords.count(leavers.undecided(), "member would stay", "members would stay"));
    }
  }

  /** Returns a share in per cent, as in {@code 12.5 %}. */
  static String percent(long part, long whole) {
    return whole == 0
        ? "0 %"
        : BigDecimal.valueOf(part)
                .movePointRight(2)
                .divide(BigDecimal.valueOf(whole), 1, RoundingMode.HALF_UP)
                .stripTrailingZeros()
                .toPlainString()
            + " %";
  }

  private static void line(StringBuilder text, String pattern, Object... values) {
    text.append("  ").append(String.format(Locale.ROOT, pattern, values)).append('\n');
  }

  /** Returns a preview as one JSON object. */
  public static String json(ExportPreview preview) {
    ObjectNode root = IndentedJson.object();
    root.put("segment", preview.segment().name());
    root.put("list", preview.list().value());
    root.put("mode", preview.mode().name());
    root.put("started_at", preview.startedAt().toString());
    root.put("took_ms", preview.took().toMillis());
    root.put("read", preview.profiles().read());
    root.put("to_send", preview.profiles().toSend());
    root.put("unchanged", preview.profiles().unchanged());
    root.put("rejected", preview.profiles().rejected());
    root.put("duplicates", preview.profiles().duplicates());
    root.put("rejected_fields", preview.rejections().fields());
    root.put(
        "shared_with_another",
        preview.rejections().reasons().getOrDefault(Reason.SHARED_WITH_ANOTHER, 0L));
    Members members = preview.members();
    root.put("members_read", members.isKnown());
    root.put("members", members.members());
    root.put("whole", members.isWhole());
    put(root, "additions", members.additions());
    put(root, "updates", members.updates());
    root.put("other_members", members.others());
    put(root, "known_profiles", members.known());
    root.put("new_profiles_at_most", members.newProfilesAtMost());
    Leavers leavers = preview.leavers();
    root.put("leavers", leavers.found());
    root.put("undecided", leavers.undecided());
    root.put("unreadable_customers", leavers.unreadable());
    root.put("leavers_kept", leavers.kept() == null ? null : leavers.kept().name());
    root.put("batches", preview.work().batches());
    root.put("bytes", preview.work().bytes());
    root.put("least_time_ms", preview.work().leastTime().toMillis());
    ArrayNode calls = root.putArray("calls");
    for (CallCount count : preview.work().calls()) {
      calls
          .addObject()
          .put("operation", count.operation())
          .put("calls", count.calls())
          .put("least_time_ms", count.leastTime().toMillis())
          .put("is_least", count.isLeast());
    }
    ObjectNode reasons = root.putObject("reasons");
    new TreeMap<>(preview.rejections().reasons())
        .forEach((reason, count) -> reasons.put(reason.name(), count));
    ArrayNode byField = root.putArray("rejections_by_field");
    for (FieldCount count : preview.rejections().byField()) {
      byField
          .addObject()
          .put("field", count.field())
          .put("scope", count.scope().name())
          .put("reason", count.reason().name())
          .put("type", count.type())
          .put("count", count.count());
    }
    ArrayNode bySegment = root.putArray("by_segment");
    for (SegmentCount count : preview.profiles().bySegment()) {
      bySegment
          .addObject()
          .put("segment", count.segment().name())
          .put("read", count.read())
          .put("duplicates", count.duplicates())
          .put("rejected", count.rejected());
    }
    preview.notices().missingFields().forEach(root.putArray("missing_fields")::add);
    preview.notices().emptyFields().forEach(root.putArray("empty_fields")::add);
    preview.notices().emptySegments().forEach(root.putArray("empty_segments")::add);
    root.put("stop_reason", preview.stopReason() == null ? null : preview.stopReason().name());
    root.put("stop_advice", preview.stopAdvice());
    root.put("calls_made", preview.traffic().calls());
    return IndentedJson.write(root);
  }

  private static void put(ObjectNode node, String name, OptionalLong value) {
    if (value.isPresent()) {
      node.put(name, value.getAsLong());
    } else {
      node.putNull(name);
    }
  }
}
