package io.github.klaviyoexport.internal.catalog.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.catalog.CatalogStore.Kind;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.internal.catalog.store.ExportState.Open;

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
    put(to, "scheduled_up_to", value.scheduledUpTo());
    Open open = value.open();
    if (open != null) {
      ObjectNode node = to.putObject("open");
      node.put("run", open.runId());
      node.put("trigger", open.trigger().name());
      node.put("started_by", open.startedBy());
      node.put("queued_at", open.queuedAt().toString());
      node.put("attempt", open.attempt());
      node.put("connection", open.connection());
      node.put("holder", open.owner());
      node.put("held_until", open.leasedUntil().toString());
      put(node, "retry_at", open.retryAt());
      put(node, "cancelled_by", open.cancelledBy());
      put(node, "cancel_reason", open.cancelReason());
    }
  }

  @Override
  ExportState read(JsonReader from, String id, long version) throws DamagedException {
    JsonReader open = from.objectOrNull("open");
    return new ExportState(
        id,
        from.timeOrNull("scheduled_up_to"),
        open == null
            ? null
            : new Open(
                open.text("run"),
                open.value("trigger", RunRecord.Trigger::valueOf),
                open.text("started_by"),
                open.time("queued_at"),
                (int) open.number("attempt"),
                open.text("connection"),
                open.text("holder"),
                open.time("held_until"),
                open.timeOrNull("retry_at"),
                open.textOrNull("cancelled_by"),
                open.textOrNull("cancel_reason")),
        version);
  }
}
