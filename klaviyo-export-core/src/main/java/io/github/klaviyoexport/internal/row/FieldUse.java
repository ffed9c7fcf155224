package io.github.klaviyoexport.internal.row;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The use of the mapped fields in the profiles read so far: which of them profiles have, which held
 * a value, and how many values could not be sent.
 *
 * <p>It speaks of fields by the source's names. Belongs to one thread.
 */
public final class FieldUse {
  private final List<Column> columns = new ArrayList<>();
  private Map<String, Figures> before = Map.of();
  private boolean known = true;

  /** The use of one column; of two that are filled from one field, each has its own. */
  static final class Tracker {
    private boolean present;
    private boolean valued;
    private long values;
    private long lost;

    /** Takes down that there are profiles with the field. */
    void present() {
      present = true;
    }

    /** Counts a value that was to be written into a row. */
    void value() {
      values++;
    }

    /** Counts one of those values that could not be written. */
    void lost() {
      lost++;
    }

    /** Returns whether the field held a value in any profile. */
    boolean isValued() {
      return valued || values > 0;
    }

    /** Takes down that the field held a value, in a profile that did not become a row. */
    void valued() {
      valued = true;
    }
  }

  /** The counts as they were at one time. Made once and filled again and again. */
  public static final class Mark {
    private long[] values = {};
    private long[] lost = {};
  }

  /**
   * What is known of a field that profiles have.
   *
   * @param valued whether it held a value in any profile
   * @param values how many values were to be written into rows
   * @param lost how many of those could not be written
   */
  public record Figures(boolean valued, long values, long lost) {
    private Figures and(Figures other) {
      return new Figures(
          valued || other.valued, Math.max(values, other.values), Math.max(lost, other.lost));
    }

    private Figures after(@Nullable Figures earlier) {
      return earlier == null
          ? this
          : new Figures(valued || earlier.valued, values + earlier.values, lost + earlier.lost);
    }
  }

  /** Follows a column from now on. */
  void follow(Column column) {
    columns.add(column);
  }

  /**
   * Takes up what a previous run has found by where this one goes on.
   *
   * @param figures by the field's name; {@code null} if that run did not write it down
   */
  public void restore(@Nullable Map<String, Figures> figures) {
    known = figures != null;
    before = Objects.requireNonNullElse(figures, Map.of());
  }

  /** Puts the counts of now into a mark. */
  public void mark(Mark now) {
    int size = columns.size();
    if (now.values.length != size) {
      now.values = new long[size];
      now.lost = new long[size];
    }
    for (int i = 0; i < size; i++) {
      Tracker use = columns.get(i).use;
      now.values[i] = use.values;
      now.lost[i] = use.lost;
    }
  }

  /** Takes back what was counted since a mark; which fields have a value stays known. */
  public void returnTo(Mark mark) {
    for (int i = 0; i < columns.size(); i++) {
      Tracker use = columns.get(i).use;
      use.valued = use.isValued();
      use.values = i < mark.values.length ? mark.values[i] : 0;
      use.lost = i < mark.lost.length ? mark.lost[i] : 0;
    }
  }

  /**
   * Returns the figures of the fields that profiles have, by name; {@code null} if it is not known
   * which those are.
   */
  public @Nullable Map<String, Figures> figures() {
    if (!known) {
      return null;
    }
    Map<String, Figures> now = new LinkedHashMap<>();
    for (Column column : columns) {
      Tracker use = column.use;
      if (use.present) {
        now.merge(column.source, new Figures(use.isValued(), use.values, use.lost), Figures::and);
      }
    }
    before.forEach((field, earlier) -> now.merge(field, earlier, Figures::after));
    return now;
  }

  /**
   * Returns whether no profile read so far has the field; {@code false} as long as that is not
   * known.
   */
  public boolean isMissing(String field) {
    if (!known || before.containsKey(field)) {
      return false;
    }
    for (Column column : columns) {
      if (column.source.equals(field) && column.use.present) {
        return false;
      }
    }
    return true;
  }

  /** Returns the mapped fields that no profile read so far has, as far as that is known. */
  public List<String> missing() {
    List<String> missing = new ArrayList<>();
    for (String field : names()) {
      if (isMissing(field)) {
        missing.add(field);
      }
    }
    return List.copyOf(missing);
  }

  /** Returns the mapped fields that profiles have, always without a value, as far as known. */
  public List<String> empty() {
    Map<String, Figures> figures = figures();
    if (figures == null) {
      return List.of();
    }
    List<String> empty = new ArrayList<>();
    for (String field : names()) {
      Figures found = figures.get(field);
      if (found != null && !found.valued()) {
        empty.add(field);
      }
    }
    return List.copyOf(empty);
  }

  private Set<String> names() {
    Set<String> names = new LinkedHashSet<>();
    for (Column column : columns) {
      names.add(column.source);
    }
    return names;
  }
}
