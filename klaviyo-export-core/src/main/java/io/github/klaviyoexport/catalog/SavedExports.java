package io.github.klaviyoexport.catalog;

import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.internal.api.ListInfo;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.time.TimeSource;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The saved exports: checked whenever they are saved, and not run by it. */
final class SavedExports {
  private final Documents<SavedExport> exports;
  private final Documents<Connection> connections;
  private final ProfileSource source;
  private final Accounts accounts;
  private final Runs runs;
  private final TimeSource time;

  SavedExports(
      Documents<SavedExport> exports,
      Documents<Connection> connections,
      ProfileSource source,
      Accounts accounts,
      Runs runs,
      TimeSource time) {
    this.exports = exports;
    this.connections = connections;
    this.source = source;
    this.accounts = accounts;
    this.runs = runs;
    this.time = time;
  }

  static CatalogException unknown(String id) {
    return new CatalogException(
        Reason.UNKNOWN_ID,
        "There is no export "
            + id
            + ": it may have been removed. The list of exports shows those that are there.");
  }

  SavedExport find(String id) {
    return exports.find(id).orElseThrow(() -> unknown(id));
  }

  /** The connection of an export, for asking who may manage it. */
  @Nullable Connection connectionOf(ExportDefinition definition) {
    String id = definition.connection();
    return id == null ? null : connections.findReadable(id).orElse(null);
  }

  SavedExport save(Actor actor, ExportDefinition definition) {
    if (definition.connection() == null) {
      throw incomplete(definition, List.of("a connection"));
    }
    ListInfo list = check(actor, definition);
    Instant now = time.now();
    return keep(
        new SavedExport(
            Ids.of(definition.name()),
            definition,
            ListId.of(list.id()),
            list.name(),
            now,
            actor.name(),
            now,
            0));
  }

  SavedExport edit(Actor actor, SavedExport seen, ExportDefinition changed) {
    SavedExport current = find(seen.id());
    Permissions.manages(actor, "edit exports", connectionOf(current.definition()));
    if (current.version() != seen.version()) {
      throw Connections.changedMeanwhile(
          "Export '" + current.name() + "' (" + current.id() + ")",
          current.changedBy(),
          current.changedAt());
    }
    return store(actor, current, changed);
  }

  private SavedExport store(Actor actor, SavedExport current, ExportDefinition changed) {
    ExportDefinition before = current.definition();
    Instant now = time.now();
    ListId list = current.list();
    String listName = current.listName();
    if (changed.connection() != null) {
      ListInfo found = check(actor, changed);
      list = ListId.of(found.id());
      listName = found.name();
    } else if (!Objects.equals(changed.listId(), before.listId())
        || !Objects.equals(changed.listName(), before.listName())) {
      throw new CatalogException(
          Reason.DETACHED,
          "Export '"
              + current.name()
              + "' has no connection, so another list cannot be looked up: attach a connection"
              + " first.");
    }
    boolean rescheduled =
        !changed.schedule().equals(before.schedule())
            || !Objects.equals(changed.connection(), before.connection());
    return keep(
        new SavedExport(
            current.id(),
            changed,
            list,
            listName,
            rescheduled ? now : current.scheduledSince(),
            actor.name(),
            now,
            current.version()));
  }

  SavedExport duplicate(Actor actor, SavedExport original, String name) {
    ExportDefinition copy = original.definition().name(name);
    Instant now = time.now();
    return store(
        actor,
        new SavedExport(
            Ids.of(name), copy, original.list(), original.listName(), now, actor.name(), now, 0),
        copy);
  }

  SavedExport detach(Actor actor, SavedExport export) {
    SavedExport detached = store(actor, export, export.definition().detached());
    runs.stops().stop(export.id(), null, actor, "its connection was detached");
    runs.stops().awaitStop(export.id(), null);
    return detached;
  }

  SavedExport attach(Actor actor, SavedExport export, String connection) {
    return store(actor, export, export.definition().connection(connection));
  }

  void remove(Actor actor, SavedExport export) {
    if (!exports.remove(export)) {
      throw Connections.changedMeanwhile(
          "Export '" + export.name() + "' (" + export.id() + ")", null, null);
    }
    runs.stops().stop(export.id(), null, actor, "the export was removed");
    runs.stops().awaitStop(export.id(), null);
    runs.forget(export.id());
  }

  private SavedExport keep(SavedExport export) {
    SavedExport kept =
        exports
            .put(export)
            .orElseThrow(
                () ->
                    Connections.changedMeanwhile(
                        "Export '" + export.name() + "' (" + export.id() + ")", null, null));
    String connection = kept.definition().connection();
    if (connection != null) {
      try {
        // It may have been removed while the export was checked; who removes it looks again, too.
        Connections.usable(connections, connection);
      } catch (CatalogException gone) {
        exports.put(
            new SavedExport(
                kept.id(),
                kept.definition().detached(),
                kept.list(),
                kept.listName(),
                kept.scheduledSince(),
                kept.changedBy(),
                kept.changedAt(),
                kept.version()));
        throw new CatalogException(
            gone.reason(), gone.getMessage() + " The export was saved without it.", gone);
      }
    }
    return kept;
  }

  /** Checks all that can be checked without running it; says which list it means. */
  private ListInfo check(Actor actor, ExportDefinition definition) {
    List<String> missing = new ArrayList<>();
    if (definition.listId() == null && definition.listName() == null) {
      missing.add("a list");
    }
    if (definition.segments().isEmpty()) {
      missing.add("a segment");
    }
    FieldMapping mapping = definition.mapping();
    if (mapping == null) {
      missing.add("a mapping, which says at least which field holds the email address");
    }
    if (mapping == null || !missing.isEmpty()) {
      throw incomplete(definition, missing);
    }
    String id = Objects.requireNonNull(definition.connection());
    Connection connection = connections.find(id).orElseThrow(() -> Connections.unknown(id));
    Permissions.manages(actor, "save exports", connection);
    Connections.usable(connections, id);
    for (Segment segment : definition.segments()) {
      check(segment, mapping);
    }
    try {
      return accounts.findList(connection, definition);
    } catch (CatalogException failure) {
      throw failure.toldTo(actor);
    }
  }

  private static CatalogException incomplete(ExportDefinition definition, List<String> missing) {
    return new CatalogException(
        Reason.INCOMPLETE,
        "Export '" + definition.name() + "' lacks " + String.join(" and ", missing) + ".");
  }

  private void check(Segment segment, FieldMapping mapping) {
    try (ProfileReader reader = source.open(segment)) {
      reader.fields().ifPresent(mapping::checkAgainst);
    } catch (IllegalArgumentException unfit) {
      throw new CatalogException(
          Reason.MAPPING_UNFIT, "Segment " + segment + ": " + unfit.getMessage(), unfit);
    } catch (IOException failure) {
      throw new CatalogException(
          Reason.SEGMENT_UNREADABLE,
          "The source cannot open segment "
              + segment
              + " ("
              + failure.getMessage()
              + "): choose another segment, or mend the source.",
          failure);
    }
  }
}
