package io.github.klaviyoexport.internal.catalog.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.ExportProgress;
import io.github.klaviyoexport.catalog.CatalogStore.Kind;
import io.github.klaviyoexport.internal.catalog.store.ExportState.Open;
import io.github.klaviyoexport.internal.json.JsonDocument;
import io.github.klaviyoexport.internal.json.JsonReader;
import io.github.klaviyoexport.internal.json.UnreadableException;
import io.github.klaviyoexport.internal.report.ProgressData;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The format of what is going on with an export. */
final class StateFormat extends CatalogFormat<ExportState> {
  StateFormat() {
    super(Kind.STATE);
  }

  @Override
  public String id(ExportState value) {
    return value.exportId();
  }

  @Override
  public long version(ExportState value) {
    return value.version();
  }

  @Override
  void write(ExportState value, ObjectNode to) {
    JsonDocument.put(to, "scheduled_up_to", value.scheduledUpTo());
    write(value.open(), "open", to);
    write(value.next(), "next", to);
    if (value.progress() != null) {
      write(value.progress(), to.putObject("progress"));
    }
    value.rest().forEach(to::set);
  }

  private static void write(ExportProgress progress, ObjectNode to) {
    progress.size().ifPresent(size -> to.put("size", size));
    to.put("read", progress.read());
    to.put("sent", progress.sent());
    to.put("accepted", progress.accepted());
    to.put("unchanged", progress.unchanged());
    to.put("rejected", progress.rejected());
    to.put("duplicates", progress.duplicates());
    to.put("elapsed_ms", progress.elapsed().toMillis());
  }

  private static void write(@Nullable Open open, String name, ObjectNode to) {
    if (open != null) {
      ObjectNode node = to.putObject(name);
      node.put("run", open.runId());
      node.put("trigger", open.trigger().name());
      node.put("started_by", open.startedBy());
      node.put("queued_at", open.queuedAt().toString());
      node.put("attempt", open.attempt());
      node.put("connection", open.connection());
      node.put("holder", open.owner());
      node.put("held_until", open.leasedUntil().toString());
      JsonDocument.put(node, "retry_at", open.retryAt());
      if (open.waiting()) {
        node.put("waiting", true);
      }
      if (open.journaled()) {
        node.put("journaled", true);
      }
      JsonDocument.put(node, "cancelled_by", open.cancelledBy());
      JsonDocument.put(node, "cancel_reason", open.cancelReason());
      open.rest().forEach(node::set);
    }
  }

  @Override
  ExportState read(JsonReader from, String id, long version) throws UnreadableException {
    JsonDocument.checkFormat(from);
    Instant scheduledUpTo = from.timeOrNull("scheduled_up_to");
    JsonReader open = from.objectOrNull("open");
    JsonReader next = from.objectOrNull("next");
    JsonReader progress = from.objectOrNull("progress");
    // Other than what is decided about an export, this is kept though it is not known: an export
    // whose state is left alone runs on no process of this version.
    return new ExportState(
        id,
        scheduledUpTo,
        open == null ? null : open(open),
        next == null ? null : open(next),
        progress == null ? null : progress(progress),
        from.rest(),
        version);
  }

  private static ExportProgress progress(JsonReader from) throws UnreadableException {
    return new ProgressData(
        from.has("size") ? OptionalLong.of(from.number("size")) : OptionalLong.empty(),
        from.numberOr("read", 0),
        from.numberOr("sent", 0),
        from.numberOr("accepted", 0),
        from.numberOr("unchanged", 0),
        from.numberOr("rejected", 0),
        from.numberOr("duplicates", 0),
        0,
        0,
        0,
        0,
        Optional.empty(),
        Duration.ofMillis(from.numberOr("elapsed_ms", 0)));
  }

  private static Open open(JsonReader from) throws UnreadableException {
    return new Open(
        from.text("run"),
        from.value("trigger", RunFormat::trigger),
        from.text("started_by"),
        from.time("queued_at"),
        (int) from.number("attempt"),
        from.text("connection"),
        from.text("holder"),
        from.time("held_until"),
        from.timeOrNull("retry_at"),
        Boolean.TRUE.equals(from.flagOrNull("waiting")),
        Boolean.TRUE.equals(from.flagOrNull("journaled")),
        from.textOrNull("cancelled_by"),
        from.textOrNull("cancel_reason"),
        from.rest());
  }
}
