package io.github.klaviyoexport.catalog;

import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.internal.run.ExportRules;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.Segment;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is decided about a saved export: what goes where, and when.
 *
 * {@snippet class="io.github.klaviyoexport.catalog.CatalogExamplesTest" region="export"}
 *
 * <p>Several segments go to the list in one run, one after the other; a customer who is in more
 * than one of them is sent once.
 *
 * <p>Every method with an argument returns a new definition. Whether a definition is complete is
 * checked when it is {@linkplain Catalog#save saved}. Definitions are immutable, equal when all
 * they hold is equal, and safe for use by many threads.
 */
public final class ExportDefinition {
  private static final int MAX_SEGMENTS = 50;

  private final String name;
  private final @Nullable String connection;
  private final @Nullable ListId listId;
  private final @Nullable String listName;
  private final List<Segment> segments;
  private final @Nullable FieldMapping mapping;
  private final SyncMode mode;
  private final double maxLeavers;
  private final long limit;
  private final Schedule schedule;

  /** What a definition is made from. */
  private static final class Draft {
    private String name;
    private @Nullable String connection;
    private @Nullable ListId listId;
    private @Nullable String listName;
    private List<Segment> segments = List.of();
    private @Nullable FieldMapping mapping;
    private SyncMode mode = SyncMode.UPSERT;
    private double maxLeavers = ExportRules.MAX_LEAVERS;
    private long limit = ExportRules.LIMIT;
    private Schedule schedule = Schedule.everyRefresh();

    Draft(String name) {
      this.name = name;
    }
  }

  private ExportDefinition(Draft draft) {
    this.name = draft.name;
    this.connection = draft.connection;
    this.listId = draft.listId;
    this.listName = draft.listName;
    this.segments = draft.segments;
    this.mapping = draft.mapping;
    this.mode = draft.mode;
    this.maxLeavers = draft.maxLeavers;
    this.limit = draft.limit;
    this.schedule = draft.schedule;
  }

  private ExportDefinition with(Consumer<Draft> change) {
    Draft draft = new Draft(name);
    draft.connection = connection;
    draft.listId = listId;
    draft.listName = listName;
    draft.segments = segments;
    draft.mapping = mapping;
    draft.mode = mode;
    draft.maxLeavers = maxLeavers;
    draft.limit = limit;
    draft.schedule = schedule;
    change.accept(draft);
    return new ExportDefinition(draft);
  }

  /**
   * Starts the definition of an export.
   *
   * @throws IllegalArgumentException if the name is blank, longer than 200 characters or holds
   *     control characters
   */
  public static ExportDefinition named(String name) {
    return new ExportDefinition(new Draft(NameRule.checked(name, "An export")));
  }

  /**
   * Returns this under another name.
   *
   * @throws IllegalArgumentException as for {@link #named}
   */
  public ExportDefinition name(String name) {
    NameRule.checked(name, "An export");
    return with(draft -> draft.name = name);
  }

  /** Returns this through the connection of the given id. */
  public ExportDefinition connection(String id) {
    Objects.requireNonNull(id, "id");
    return with(draft -> draft.connection = id);
  }

  /** Returns this without a connection: it keeps everything else, and does not run. */
  public ExportDefinition detached() {
    return with(draft -> draft.connection = null);
  }

  /** Returns this into the list of the given id. */
  public ExportDefinition list(ListId list) {
    Objects.requireNonNull(list, "list");
    return with(
        draft -> {
          draft.listId = list;
          draft.listName = null;
        });
  }

  /**
   * Returns this into the list of exactly the given name, which is looked up whenever the
   * definition is saved.
   *
   * @throws IllegalArgumentException as for {@link #named}
   */
  public ExportDefinition listNamed(String list) {
    NameRule.checked(list, "A list");
    return with(
        draft -> {
          draft.listId = null;
          draft.listName = list;
        });
  }

  /**
   * Returns this with the segments of the given names, in the given order.
   *
   * @throws IllegalArgumentException if a segment stands twice, or there are more than 50
   */
  public ExportDefinition segments(String... names) {
    return segments(Arrays.stream(names).map(Segment::named).toList());
  }

  /**
   * Returns this with the given segments, in the given order.
   *
   * @throws IllegalArgumentException if a segment stands twice, or there are more than 50
   */
  public ExportDefinition segments(List<Segment> segments) {
    List<Segment> copy = List.copyOf(segments);
    if (copy.size() > MAX_SEGMENTS) {
      throw new IllegalArgumentException(
          "An export takes at most " + MAX_SEGMENTS + " segments; it has " + copy.size() + ".");
    }
    HashSet<Segment> different = new HashSet<>();
    for (Segment segment : copy) {
      if (!different.add(segment)) {
        throw new IllegalArgumentException(
            "The segment " + segment + " stands twice in the export: name it once.");
      }
    }
    return with(draft -> draft.segments = copy);
  }

  /** Returns this with another mapping. */
  public ExportDefinition mapping(FieldMapping mapping) {
    Objects.requireNonNull(mapping, "mapping");
    return with(draft -> draft.mapping = mapping);
  }

  /** Returns this in another mode: {@link SyncMode#MIRROR} also removes leavers from the list. */
  public ExportDefinition mode(SyncMode mode) {
    Objects.requireNonNull(mode, "mode");
    return with(draft -> draft.mode = mode);
  }

  /**
   * Returns this with another share of the list's members that a mirror may remove.
   *
   * @throws IllegalArgumentException if it is not from 0 to 1
   */
  public ExportDefinition maxLeavers(double share) {
    ExportRules.checkedMaxLeavers(share);
    return with(draft -> draft.maxLeavers = share);
  }

  /**
   * Returns this with another limit of profiles.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  public ExportDefinition limit(long profiles) {
    ExportRules.checkedLimit(profiles);
    return with(draft -> draft.limit = profiles);
  }

  /** Returns this on another schedule. */
  public ExportDefinition schedule(Schedule schedule) {
    Objects.requireNonNull(schedule, "schedule");
    return with(draft -> draft.schedule = schedule);
  }

  /** Returns the name that people know the export by. */
  public String name() {
    return name;
  }

  /** Returns the id of the connection; {@code null} when there is none, and no run. */
  public @Nullable String connection() {
    return connection;
  }

  /** Returns the list when it was given by its id, else {@code null}. */
  public @Nullable ListId listId() {
    return listId;
  }

  /** Returns the list when it was given by its name, else {@code null}. */
  public @Nullable String listName() {
    return listName;
  }

  /** Returns the segments that are exported; none at first; unmodifiable. */
  public List<Segment> segments() {
    return segments;
  }

  /**
   * Returns which fields become which, the email's at least; {@code null} until that is decided.
   */
  public @Nullable FieldMapping mapping() {
    return mapping;
  }

  /**
   * Returns what a run does with the members that the list has already; {@link SyncMode#UPSERT} by
   * default.
   */
  public SyncMode mode() {
    return mode;
  }

  /**
   * Returns the largest share of the list's members that a run removes as leavers, if it is a
   * {@link SyncMode#MIRROR}; 0.2 by default.
   */
  public double maxLeavers() {
    return maxLeavers;
  }

  /** Returns the most profiles that a run may read; 100,000 by default. */
  public long limit() {
    return limit;
  }

  /** Returns when the export runs; with every refresh by default. */
  public Schedule schedule() {
    return schedule;
  }

  private List<@Nullable Object> parts() {
    return Arrays.asList(
        name, connection, listId, listName, segments, mapping, mode, maxLeavers, limit, schedule);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ExportDefinition that && parts().equals(that.parts());
  }

  @Override
  public int hashCode() {
    return parts().hashCode();
  }

  /** Returns what goes where, and when, in one line. */
  @Override
  public String toString() {
    return "ExportDefinition['"
        + name
        + "', segments "
        + segments
        + ", mode "
        + mode
        + ", schedule "
        + schedule
        + "]";
  }
}
