package io.github.klaviyoexport.internal.catalog;

import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.catalog.Actor;
import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.catalog.ExportDefinition;
import io.github.klaviyoexport.catalog.SavedExport;
import io.github.klaviyoexport.internal.api.ListInfo;
import io.github.klaviyoexport.internal.catalog.Repository.Listing;
import io.github.klaviyoexport.internal.catalog.Repository.Unread;
import io.github.klaviyoexport.internal.catalog.host.AccessFailedException;
import io.github.klaviyoexport.internal.catalog.host.ConnectionAccess;
import io.github.klaviyoexport.internal.catalog.host.SourceAccess;
import io.github.klaviyoexport.internal.catalog.store.CatalogFormats;
import io.github.klaviyoexport.internal.catalog.store.ConnectionData;
import io.github.klaviyoexport.internal.catalog.store.SavedExportData;
import io.github.klaviyoexport.internal.catalog.store.ScheduleZone;
import io.github.klaviyoexport.internal.catalog.store.UnreadExport;
import io.github.klaviyoexport.internal.json.MappingFormat;
import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.AvailableSegment;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.time.TimeSource;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The saved exports: checked whenever they are saved, and not run by it. */
public final class SavedExports {
  /** Why an export cannot have its connection, and not only cannot be told now. */
  private static final Set<Reason> UNUSABLE =
      EnumSet.of(
          Reason.UNKNOWN_ID,
          Reason.BEING_REMOVED,
          Reason.NOT_ACCEPTED,
          Reason.NOT_CONNECTED,
          Reason.OTHER_MIRROR);

  /** Why a segment and a mapping do not go together. */
  private static final Set<Reason> UNFIT =
      EnumSet.of(Reason.SEGMENT_UNREADABLE, Reason.MAPPING_UNFIT);

  private final Repository<SavedExportData> exports;
  private final ExportRights rights;
  private final UsableConnections connections;
  private final SourceAccess source;
  private final ConnectionAccess access;
  private final Runs runs;
  private final Obstacles obstacles;
  private final ListRivals rivals;
  private final SavedMemories memories;
  private final TimeSource time;

  /** Creates the managing of the exports that are kept. */
  public SavedExports(
      Repository<SavedExportData> exports,
      UsableConnections connections,
      SourceAccess source,
      ConnectionAccess access,
      Runs runs,
      Obstacles obstacles,
      SavedMemories memories,
      TimeSource time) {
    this.exports = exports;
    this.rights = new ExportRights(exports, connections);
    this.connections = connections;
    this.source = source;
    this.access = access;
    this.runs = runs;
    this.obstacles = obstacles;
    this.rivals = new ListRivals(exports, connections);
    this.memories = memories;
    this.time = time;
  }

  /** Returns who may manage which export. */
  ExportRights rights() {
    return rights;
  }

  /** Returns all exports as the actor may see them, ordered by id. */
  public List<SavedExport> list(Actor actor) {
    Listing<SavedExportData> listing = exports.listing("");
    List<SavedExport> all = new ArrayList<>();
    for (SavedExportData export : obstacles.marked(rivals.marked(listing.values()))) {
      all.add(Obstacles.toldTo(actor, export));
    }
    for (Unread unread : listing.unread()) {
      all.add(inPart(actor, unread));
    }
    all.sort(Comparator.comparing(SavedExport::id));
    return List.copyOf(all);
  }

  /**
   * Returns an export as the actor may see it.
   *
   * @throws CatalogException if there is none
   */
  public SavedExport show(Actor actor, String id) {
    Optional<Unread> unread = exports.findUnread(id);
    if (unread.isPresent()) {
      return inPart(actor, unread.get());
    }
    SavedExportData export = rights.find(actor, id);
    return Obstacles.toldTo(
        actor, obstacles.marked(List.of(export.warning(rivals.warning(export)))).get(0));
  }

  private static UnreadExport inPart(Actor actor, Unread unread) {
    UnreadExport export = CatalogFormats.exportInPart(unread.entry(), unread.advice());
    String what = "Export " + export.words() + " cannot be run";
    return export.why(Obstacles.toldTo(actor, what, unread.advice()));
  }

  /** Returns the connection of an export; {@code null} when there is none. */
  @Nullable ConnectionData connectionOf(ExportDefinition definition) {
    return connections.findOrNull(definition.connection());
  }

  /**
   * Checks that an export has a connection that can be read here.
   *
   * @throws CatalogException if not
   */
  void checkAttached(SavedExportData export) {
    String connection = export.definition().connection();
    if (connection == null) {
      throw new CatalogException(
          Reason.DETACHED, "Export " + export.words() + " has no connection: attach one.");
    }
    connections.find(connection);
  }

  /** Returns the segments that the source lists, by name. */
  public List<AvailableSegment> segments() {
    return source.segments();
  }

  /** Checks and saves a new export. */
  public SavedExportData save(Actor actor, ExportDefinition definition) {
    if (Objects.requireNonNull(definition, "definition").connection() == null) {
      throw incomplete(definition, List.of("a connection"));
    }
    Checked checked = check(actor, definition, true, true);
    String id = ReadableId.of(definition.name());
    exports.checkNameIsFree(id, definition.name(), SavedExportData::name);
    return keep(
        actor,
        SavedExportData.made(
            id,
            definition,
            ListId.of(checked.list().id()),
            checked.list().name(),
            actor,
            time.now()),
        checked.tooLarge());
  }

  /** Changes an export, after the same checks; one that loses its connection is detached. */
  public SavedExportData edit(Actor actor, SavedExport seen, ExportDefinition changed) {
    Objects.requireNonNull(seen, "seen");
    Objects.requireNonNull(changed, "definition");
    SavedExportData current = rights.find(actor, seen.id());
    rights.checkManages(actor, "edit exports", current);
    if (current.version() != seen.version()) {
      throw Repository.changedMeanwhile(
          "Export " + current.words(), current.changedBy(), current.changedAt());
    }
    return changed.connection() == null && current.definition().connection() != null
        ? detach(actor, current, changed)
        : store(actor, current, changed);
  }

  private SavedExportData store(Actor actor, SavedExportData current, ExportDefinition changed) {
    ExportDefinition before = current.definition();
    Instant now = time.now();
    ListId list = current.list();
    String listName = current.listName();
    String tooLarge = null;
    if (changed.connection() != null) {
      boolean reads = readsOtherwise(current, changed);
      Checked checked = check(actor, changed, reads || changed.limit() != before.limit(), reads);
      list = ListId.of(checked.list().id());
      listName = checked.list().name();
      tooLarge = checked.tooLarge();
    } else if (!Objects.equals(changed.listId(), before.listId())
        || !Objects.equals(changed.listName(), before.listName())) {
      throw new CatalogException(
          Reason.DETACHED,
          "Export '"
              + current.name()
              + "' has no connection, so another list cannot be looked up: attach a connection"
              + " first.");
    }
    exports.checkNameIsFree(current.id(), changed.name(), SavedExportData::name);
    SavedExportData next = current.changed(changed, list, listName, actor, now);
    return keep(
        actor,
        current.version() == 0 ? next : next.formerMemories(memories.former(current, next)),
        tooLarge);
  }

  /** Returns whether a change is of what an export reads, or begins to run it by itself. */
  private static boolean readsOtherwise(SavedExportData current, ExportDefinition changed) {
    ExportDefinition before = current.definition();
    return current.version() == 0
        || !current.isActive() && changed.schedule().isActive()
        || !changed.segments().equals(before.segments())
        || !Objects.equals(changed.mapping(), before.mapping());
  }

  /** Saves a copy under another name. */
  public SavedExportData duplicate(Actor actor, String id, String name) {
    Objects.requireNonNull(name, "name");
    SavedExportData original = rights.managed(actor, "duplicate exports", id);
    SavedExportData copy = original.copied(ReadableId.of(name), name, actor, time.now());
    boolean mirrors = copy.definition().mode() == SyncMode.MIRROR;
    // Two mirrors cannot share a list: the copy waits for one of its own.
    return store(actor, copy, mirrors ? copy.definition().detached() : copy.definition());
  }

  /** Takes the connection from an export, and stops its run. */
  public SavedExportData detach(Actor actor, String id) {
    SavedExportData export = rights.managed(actor, "detach exports", id);
    return detach(actor, export, export.definition().detached());
  }

  private SavedExportData detach(Actor actor, SavedExportData export, ExportDefinition without) {
    runs.cancellation().checkReadable(export.id());
    SavedExportData detached = store(actor, export, without);
    stopDetached(actor, export.id());
    return detached;
  }

  /** Gives an export a connection. */
  public SavedExportData attach(Actor actor, String id, String connection) {
    Objects.requireNonNull(connection, "connectionId");
    SavedExportData export = rights.managed(actor, "attach exports", id);
    return store(actor, export, export.definition().connection(connection));
  }

  /** Removes an export, also one that cannot be read here if the actor administers. */
  public void remove(Actor actor, String id) {
    Permissions.contributes(actor, "remove exports");
    if (!removeUnread(actor, id)) {
      remove(actor, rights.managed(actor, "remove exports", id));
    }
  }

  /**
   * Removes an export and what it remembers, and stops its run. The export itself goes last, and
   * has no connection until then, so that it can be removed again when something fails.
   */
  private void remove(Actor actor, SavedExportData export) {
    runs.cancellation().checkReadable(export.id());
    SavedExportData left =
        export.definition().connection() == null ? export : put(export.detached());
    end(actor, left.id());
    memories.forget(left, () -> exports.list(""));
    runs.forget(left.id());
    if (!exports.remove(left)) {
      throw Repository.changedMeanwhile("Export " + left.words(), null, null);
    }
  }

  /**
   * Removes an export that cannot be read here, with what it is known to remember, and stops its
   * run; for administrators.
   *
   * @return whether there is such an export
   */
  private boolean removeUnread(Actor actor, String id) {
    Optional<Unread> unread = exports.findUnread(id);
    if (unread.isEmpty() || actor.role() != Actor.Role.ADMINISTRATOR) {
      return false;
    }
    runs.cancellation().checkReadable(id);
    end(actor, id);
    memories.forget(
        CatalogFormats.exportInPart(unread.get().entry(), unread.get().advice()),
        () -> exports.list(""));
    if (!exports.remove(unread.get())) {
      throw Repository.changedMeanwhile("Export " + id, null, null);
    }
    // Another process may have begun one until then.
    end(actor, id);
    runs.forget(id);
    return true;
  }

  private void end(Actor actor, String id) {
    String why = "the export was removed";
    stop(actor, id, why);
    runs.cancellation().endLeft(id, why);
  }

  private void stopDetached(Actor actor, String id) {
    stop(actor, id, "its connection was detached");
  }

  private void stop(Actor actor, String id, String why) {
    runs.cancellation().cancel(id, null, actor, why);
    runs.cancellation().awaitStop(id, null);
  }

  /**
   * Keeps an export.
   *
   * @param tooLarge what is to be said of its segments' size, if anything
   */
  private SavedExportData keep(Actor actor, SavedExportData export, @Nullable String tooLarge) {
    FieldMapping mapping = export.definition().mapping();
    String unwritable = mapping == null ? null : MappingFormat.whyUnwritable(mapping);
    if (unwritable != null) {
      throw new CatalogException(
          Reason.MAPPING_UNFIT,
          "Export '" + export.name() + "' cannot be saved: " + unwritable + ".");
    }
    rivals.check(export);
    SavedExportData kept = withoutFormer(put(export));
    String connection = kept.definition().connection();
    if (connection != null) {
      try {
        // Both may have come about while the export was checked: a removal looks again, too.
        connections.usable(connection);
        rivals.check(kept);
      } catch (CatalogException late) {
        if (!UNUSABLE.contains(late.reason())) {
          return kept.warning(rivals.warning(kept));
        }
        boolean detached = exports.put(kept.detached()).isPresent();
        if (detached) {
          stopDetached(actor, kept.id());
        }
        throw new CatalogException(
            late.reason(),
            late.getMessage()
                + (detached
                    ? " The export was saved without a connection."
                    : " The export was saved, and changed since: see how it is now."),
            late);
      }
    }
    String rivalry = rivals.warning(kept);
    return kept.warning(
        rivalry == null || tooLarge == null
            ? (rivalry == null ? tooLarge : rivalry)
            : rivalry + " " + tooLarge);
  }

  private SavedExportData put(SavedExportData export) {
    return exports
        .put(export)
        .orElseThrow(
            () -> {
              SavedExportData now = exports.findReadable(export.id()).orElse(null);
              return Repository.changedMeanwhile(
                  "Export " + export.words(),
                  now == null ? null : now.changedBy(),
                  now == null ? null : now.changedAt());
            });
  }

  /**
   * Forgets what is remembered of the segments and lists that an export had before. While a run may
   * use it, or where that fails, it is left to the next change or the removal.
   */
  private SavedExportData withoutFormer(SavedExportData export) {
    List<String> former = export.formerMemories();
    try {
      if (former.isEmpty() || runs.cancellation().isGoingOn(export.id())) {
        return export;
      }
      List<String> left = memories.forgetFormer(export, () -> exports.list(""));
      return left.equals(former) ? export : exports.put(export.formerMemories(left)).orElse(export);
    } catch (CatalogException failure) {
      return export;
    }
  }

  /** What checking an export has found: its list, and whether it is too large for its limit. */
  private record Checked(ListInfo list, @Nullable String tooLarge) {}

  /**
   * Checks all that can be checked without running it.
   *
   * @param looks whether its segments are looked at
   * @param mustFit whether it is refused if they cannot be read, or do not fit its mapping
   */
  private Checked check(Actor actor, ExportDefinition definition, boolean looks, boolean mustFit) {
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
    Optional<ZoneId> zone = definition.schedule().zone();
    if (zone.isPresent() && !ScheduleZone.isRegion(zone.get())) {
      throw new CatalogException(
          Reason.INCOMPLETE,
          "Export '"
              + definition.name()
              + "' needs another schedule. "
              + ScheduleZone.advice(zone.get().getId()));
    }
    String id = Objects.requireNonNull(definition.connection());
    if (actor.role() != Actor.Role.ADMINISTRATOR) {
      Permissions.manages(actor, "save exports", rights.readable(actor, "save exports", id));
    }
    ConnectionData connection = connections.usable(id);
    long size = looks ? size(definition.segments(), mapping, mustFit) : 0;
    String tooLarge =
        size <= definition.limit()
            ? null
            : "Its segments have "
                + InWords.number(size)
                + " customers, more than the "
                + InWords.number(definition.limit())
                + " that it may export: raise its limit, or it will stop before it sends anything.";
    try {
      return new Checked(access.findList(connection, definition), tooLarge);
    } catch (AccessFailedException failure) {
      throw failure.toldTo(actor);
    }
  }

  private static CatalogException incomplete(ExportDefinition definition, List<String> missing) {
    return new CatalogException(
        Reason.INCOMPLETE,
        "Export '" + definition.name() + "' lacks " + String.join(" and ", missing) + ".");
  }

  /** Returns how many customers some segments have, as far as that is known. */
  private long size(List<Segment> segments, FieldMapping mapping, boolean mustFit) {
    long size = 0;
    for (Segment segment : segments) {
      try {
        size += check(segment, mapping);
      } catch (CatalogException unfit) {
        if (mustFit || !UNFIT.contains(unfit.reason())) {
          throw unfit;
        }
      }
    }
    return size;
  }

  /** Returns how many customers a segment has, as far as that is known. */
  private long check(Segment segment, FieldMapping mapping) {
    SourceAccess.Opened opened = source.open(segment);
    try {
      opened.fields().ifPresent(mapping::checkAgainst);
    } catch (IllegalArgumentException unfit) {
      throw new CatalogException(
          Reason.MAPPING_UNFIT, "Segment " + segment + ": " + unfit.getMessage(), unfit);
    }
    return opened.size();
  }
}
