package io.github.klaviyoexport.internal.row;

import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.profile.MappedField;
import io.github.klaviyoexport.profile.OtherFields;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The columns of the fields that no line of a mapping names, as profiles turn out to have them. */
final class OtherColumns {
  private static final Column[] NONE = {};

  private final @Nullable OtherFields others;
  private final Consumer<Column> found;
  private final Map<String, Column> columns = new LinkedHashMap<>();
  private Column[] all = NONE;

  /**
   * Creates the columns of what {@code others} takes; none if it is {@code null}.
   *
   * @param found is told of each column when profiles have it for the first time
   */
  OtherColumns(@Nullable OtherFields others, Consumer<Column> found) {
    this.others = others;
    this.found = found;
  }

  /** Looks up which fields profiles of those names have, and where. */
  void locate(FieldNames names) {
    if (others == null) {
      return;
    }
    for (String name : names.names()) {
      if (!columns.containsKey(name) && others.takes(name, names)) {
        MappedField line = others.line(name);
        Column column = line == null ? Column.unfit(name) : Column.of(line);
        columns.put(name, column);
        found.accept(column);
      }
    }
    all = columns.values().toArray(NONE);
    for (Column column : all) {
      column.locate(names);
    }
  }

  /** Returns the columns of all fields that profiles had so far. */
  Column[] all() {
    return all;
  }
}
