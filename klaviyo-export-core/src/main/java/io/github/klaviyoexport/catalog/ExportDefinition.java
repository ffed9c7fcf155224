package io.github.klaviyoexport.catalog;

import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.Segment;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What somebody decides about a saved export: what goes where, and when.
 *
 * <pre>{@code
 * ExportDefinition.named("VIPs for the newsletter")
 *     .connection(klaviyo.id())
 *     .listNamed("VIP")                       // or .list(ListId.of("Y6nRLr"))
 *     .segments("vip-eu", "vip-us")
 *     .mapping(FieldMapping.email("EMailAddress").firstName("FirstName"))
 *     .mode(SyncMode.MIRROR)                   // leavers leave the list
 *     .schedule(Schedule.daily("Europe/Helsinki", LocalTime.of(6, 0)));
 * }</pre>
 *
 * <p>Several segments go to the list in one run, one after the other; a customer who is in more
 * than one of them is sent once.
 *
 * <p>Immutable; every method with an argument returns a new one. That it is complete is checked
 * when it is {@linkplain Catalog#save saved}.
 *
 * @param name what people know the export by
 * @param connection the id of its connection; {@code null} when it has none, and does not run
 * @param listId the list, when it was given by its id, else {@code null}
 * @param listName the list, when it was given by its name, else {@code null}
 * @param segments what is exported; unmodifiable
 * @param mapping which fields become which, the email's at least; {@code null} until it is given
 * @param mode what a run does with the members that the list has already; {@link SyncMode#UPSERT}
 *     unless said otherwise
 * @param maxLeavers the largest share of the list's members that a run removes as leavers, if it is
 *     a {@link SyncMode#MIRROR}; 0.2 unless said otherwise
 * @param limit the most profiles a run may read; 100,000 unless said otherwise
 * @param schedule when it runs; with every refresh unless said otherwise
 */
public record ExportDefinition(
    String name,
    @Nullable String connection,
    @Nullable ListId listId,
    @Nullable String listName,
    List<Segment> segments,
    @Nullable FieldMapping mapping,
    SyncMode mode,
    double maxLeavers,
    long limit,
    Schedule schedule) {

  private static final int MAX_SEGMENTS = 50;

  /**
   * Checks each part by itself.
   *
   * @throws IllegalArgumentException if a name is blank or holds control characters, a segment
   *     stands twice, there are more than 50, the limit is not positive, or the share of leavers
   *     not from 0 to 1
   */
  public ExportDefinition {
    Names.checked(name, "An export");
    if (listName != null) {
      Names.checked(listName, "A list");
    }
    segments = List.copyOf(segments);
    if (segments.size() > MAX_SEGMENTS) {
      throw new IllegalArgumentException(
          "An export takes at most " + MAX_SEGMENTS + " segments; it has " + segments.size() + ".");
    }
    HashSet<Segment> different = new HashSet<>();
    for (Segment segment : segments) {
      if (!different.add(segment)) {
        throw new IllegalArgumentException(
            "The segment " + segment + " stands twice in the export: name it once.");
      }
    }
    Objects.requireNonNull(mode, "mode");
    if (!(maxLeavers >= 0 && maxLeavers <= 1)) {
      throw new IllegalArgumentException(
          "The largest share of leavers must be from 0 to 1; it is " + maxLeavers + ".");
    }
    if (limit < 1) {
      throw new IllegalArgumentException(
          "The limit must be 1 profile or more; it is " + limit + ".");
    }
    Objects.requireNonNull(schedule, "schedule");
  }

  /** Starts the definition of an export. */
  public static ExportDefinition named(String name) {
    return new ExportDefinition(
        name,
        null,
        null,
        null,
        List.of(),
        null,
        SyncMode.UPSERT,
        0.2,
        100_000,
        Schedule.everyRefresh());
  }

  /** Under another name. */
  public ExportDefinition name(String name) {
    return new ExportDefinition(
        name, connection, listId, listName, segments, mapping, mode, maxLeavers, limit, schedule);
  }

  /** Through the connection of that id. */
  public ExportDefinition connection(String id) {
    return new ExportDefinition(
        name,
        Objects.requireNonNull(id, "id"),
        listId,
        listName,
        segments,
        mapping,
        mode,
        maxLeavers,
        limit,
        schedule);
  }

  /** Without a connection: it keeps everything else, and does not run. */
  public ExportDefinition detached() {
    return new ExportDefinition(
        name, null, listId, listName, segments, mapping, mode, maxLeavers, limit, schedule);
  }

  /** Into the list of that id. */
  public ExportDefinition list(ListId list) {
    return new ExportDefinition(
        name,
        connection,
        Objects.requireNonNull(list, "list"),
        null,
        segments,
        mapping,
        mode,
        maxLeavers,
        limit,
        schedule);
  }

  /** Into the list of exactly that name, looked up whenever the definition is saved. */
  public ExportDefinition listNamed(String list) {
    return new ExportDefinition(
        name,
        connection,
        null,
        Objects.requireNonNull(list, "list"),
        segments,
        mapping,
        mode,
        maxLeavers,
        limit,
        schedule);
  }

  /** Of these segments, in this order. */
  public ExportDefinition segments(String... names) {
    return segments(Arrays.stream(names).map(Segment::named).toList());
  }

  /** Of these segments, in this order. */
  public ExportDefinition segments(List<Segment> segments) {
    return new ExportDefinition(
        name, connection, listId, listName, segments, mapping, mode, maxLeavers, limit, schedule);
  }

  /** With this mapping. */
  public ExportDefinition mapping(FieldMapping mapping) {
    return new ExportDefinition(
        name,
        connection,
        listId,
        listName,
        segments,
        Objects.requireNonNull(mapping, "mapping"),
        mode,
        maxLeavers,
        limit,
        schedule);
  }

  /** In this mode: {@link SyncMode#MIRROR} also removes leavers from the list. */
  public ExportDefinition mode(SyncMode mode) {
    return new ExportDefinition(
        name, connection, listId, listName, segments, mapping, mode, maxLeavers, limit, schedule);
  }

  /** With another share of the list's members that a mirror may remove. */
  public ExportDefinition maxLeavers(double share) {
    return new ExportDefinition(
        name, connection, listId, listName, segments, mapping, mode, share, limit, schedule);
  }

  /** With another limit of profiles. */
  public ExportDefinition limit(long profiles) {
    return new ExportDefinition(
        name,
        connection,
        listId,
        listName,
        segments,
        mapping,
        mode,
        maxLeavers,
        profiles,
        schedule);
  }

  /** On another schedule. */
  public ExportDefinition schedule(Schedule schedule) {
    return new ExportDefinition(
        name, connection, listId, listName, segments, mapping, mode, maxLeavers, limit, schedule);
  }
}
