package io.github.klaviyoexport.catalog;

import io.github.klaviyoexport.Sending;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.internal.catalog.store.CatalogJson;
import io.github.klaviyoexport.internal.run.ExportRules;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.Segment;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
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
  private final double maxUnreadable;
  private final OptionalDouble maxRejected;
  private final long limit;
  private final double maxSizeChange;
  private final Duration maxWaitForPriorJobs;
  private final Sending sending;
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
    private double maxUnreadable = ExportRules.MAX_UNREADABLE;
    private OptionalDouble maxRejected = OptionalDouble.empty();
    private long limit = ExportRules.LIMIT;
    private double maxSizeChange = ExportRules.MAX_SIZE_CHANGE;
    private Duration maxWaitForPriorJobs = ExportRules.PRIOR_WAIT;
    private Sending sending = Sending.EVERYTHING;
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
    this.maxUnreadable = draft.maxUnreadable;
    this.maxRejected = draft.maxRejected;
    this.limit = draft.limit;
    this.maxSizeChange = draft.maxSizeChange;
    this.maxWaitForPriorJobs = draft.maxWaitForPriorJobs;
    this.sending = draft.sending;
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
    draft.maxUnreadable = maxUnreadable;
    draft.maxRejected = maxRejected;
    draft.limit = limit;
    draft.maxSizeChange = maxSizeChange;
    draft.maxWaitForPriorJobs = maxWaitForPriorJobs;
    draft.sending = sending;
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
   * Reads a definition from JSON, as {@link #toJson} writes it; what is left out is as by default.
   * {@link SavedExport#toJson} is read too: what it says besides is passed over.
   *
   * {@snippet class="io.github.klaviyoexport.catalog.CatalogExamplesTest" region="json"}
   *
   * @throws IllegalArgumentException as for {@link ConnectionDefinition#fromJson}, and if it is of
   *     an export that could {@linkplain SavedExport#notRunnableHere not be run} where it was
   *     written, so that something may be missing
   */
  public static ExportDefinition fromJson(String json) {
    return CatalogJson.exportDefinition(json);
  }

  /**
   * Returns the definition as JSON, an object, to be kept or sent. The catalog's store writes the
   * same, beside what it knows of the export.
   *
   * @throws IllegalStateException as for {@link FieldMapping#toJson}
   */
  public String toJson() {
    return CatalogJson.write(this);
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

  /**
   * Returns this with another share of the segment's customers that cannot be read with which a
   * mirror still removes members that may be such customers.
   *
   * @throws IllegalArgumentException if it is not from 0 to 1
   */
  public ExportDefinition maxUnreadable(double share) {
    ExportRules.checkedMaxUnreadable(share);
    return with(draft -> draft.maxUnreadable = share);
  }

  /**
   * Returns this with another share of profiles that a run may reject.
   *
   * @throws IllegalArgumentException if it is not from 0 to 1
   */
  public ExportDefinition maxRejected(double share) {
    ExportRules.checkedMaxRejected(share);
    return with(draft -> draft.maxRejected = OptionalDouble.of(share));
  }

  /**
   * Returns this for a segment that may become another number of times larger or smaller; that
   * counts where the catalog has a {@linkplain Catalog.Builder#memory memory}.
   *
   * @throws IllegalArgumentException if it is less than 1, or infinite
   */
  public ExportDefinition maxSizeChange(double times) {
    ExportRules.checkedMaxSizeChange(times);
    if (Double.isInfinite(times)) {
      throw new IllegalArgumentException(
          "How many times larger or smaller a segment may be must be a number, 1000000 for any.");
    }
    return with(draft -> draft.maxSizeChange = times);
  }

  /**
   * Returns this with another wait for jobs that an earlier run has left with Klaviyo.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public ExportDefinition maxWaitForPriorJobs(Duration atMost) {
    ExportRules.checkedPriorWait(atMost);
    return with(draft -> draft.maxWaitForPriorJobs = atMost);
  }

  /**
   * Returns this for runs that send other profiles: {@link Sending#CHANGED_ONLY} sends only what
   * has changed, where the catalog has a {@linkplain Catalog.Builder#memory memory}; without one
   * everything is sent.
   */
  public ExportDefinition sending(Sending which) {
    Objects.requireNonNull(which, "which");
    return with(draft -> draft.sending = which);
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

  /**
   * Returns the largest share of the segment's customers that cannot be read with which a mirror
   * removes members that may be such customers; 0.05 by default.
   */
  public double maxUnreadable() {
    return maxUnreadable;
  }

  /**
   * Returns the largest share of profiles that a run may reject; empty by default, which is half of
   * them, once that is 10 profiles or more.
   */
  public OptionalDouble maxRejected() {
    return maxRejected;
  }

  /** Returns how many times larger or smaller than last time the segment may be; 10 by default. */
  public double maxSizeChange() {
    return maxSizeChange;
  }

  /** Returns how long a run waits for jobs of an earlier one; an hour by default. */
  public Duration maxWaitForPriorJobs() {
    return maxWaitForPriorJobs;
  }

  /** Returns which profiles are sent; {@link Sending#EVERYTHING} by default. */
  public Sending sending() {
    return sending;
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
        name,
        connection,
        listId,
        listName,
        segments,
        mapping,
        mode,
        maxLeavers,
        maxUnreadable,
        maxRejected,
        limit,
        maxSizeChange,
        maxWaitForPriorJobs,
        sending,
        schedule);
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
