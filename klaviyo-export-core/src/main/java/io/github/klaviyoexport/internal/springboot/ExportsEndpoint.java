package io.github.klaviyoexport.internal.springboot;

import io.github.klaviyoexport.catalog.Actor;
import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.SavedExport;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/**
 * The actuator endpoint {@code klaviyoexport}: the exports that run and ended last in this process,
 * Klaviyo's last word, and the catalog with the last run of each saved export. It shows ids, names
 * of segments and exports, and counts; nothing personal and no key.
 */
@Endpoint(id = "klaviyoexport")
final class ExportsEndpoint {
  private static final Actor ACTUATOR = Actor.viewer("actuator");

  private final ExportActivity activity;
  private final @Nullable Catalog catalog;

  ExportsEndpoint(ExportActivity activity, @Nullable Catalog catalog) {
    this.activity = activity;
    this.catalog = catalog;
  }

  /** Returns all of it, in values that every writer of JSON knows. */
  @ReadOperation
  public Map<String, Object> exports() {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("running", activity.runs().running());
    shown.put("ended", activity.runs().ended());
    shown.put("klaviyo", activity.lastWord().details());
    if (catalog != null) {
      shown.put("catalog", shown(catalog));
    }
    return shown;
  }

  private static Map<String, Object> shown(Catalog catalog) {
    Map<String, Object> shown = new LinkedHashMap<>();
    try {
      shown.put(
          "exports",
          catalog.exports(ACTUATOR).stream().map(export -> shown(catalog, export)).toList());
      catalog.nextDue().ifPresent(due -> shown.put("nextDue", due.toString()));
    } catch (CatalogException unreadable) {
      shown.put("unreadable", unreadable.reason().name());
    }
    return shown;
  }

  private static Map<String, Object> shown(Catalog catalog, SavedExport export) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("id", export.id());
    shown.put("name", export.name());
    shown.put("active", export.isActive());
    shown.put("runnableHere", export.notRunnableHere().isEmpty());
    List<RunRecord> history = catalog.history(ACTUATOR, export.id());
    if (!history.isEmpty()) {
      shown.put("lastRun", shown(history.get(0)));
    }
    return shown;
  }

  private static Map<String, Object> shown(RunRecord run) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("id", run.id());
    shown.put("status", run.status().name());
    shown.put("trigger", run.trigger().name());
    shown.put("attempt", run.attempt());
    shown.put("queuedAt", run.queuedAt().toString());
    put(shown, "endedAt", run.endedAt());
    put(shown, "retryAt", run.retryAt());
    run.progress()
        .ifPresent(
            progress -> {
              shown.put("read", progress.read());
              shown.put("accepted", progress.accepted());
              shown.put("rejected", progress.rejected());
            });
    return shown;
  }

  private static void put(Map<String, Object> shown, String name, @Nullable Object value) {
    if (value != null) {
      shown.put(name, value.toString());
    }
  }
}
