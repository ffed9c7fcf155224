package io.github.klaviyoexport.internal.source.jdbc;

import static java.util.stream.Collectors.joining;

import io.github.klaviyoexport.internal.text.VisibleText;
import io.github.klaviyoexport.profile.FieldNames;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a query in the order of a key, a page at a time: each page is a query of its own that
 * begins behind the last row of the page before, so that between them nothing is kept open.
 */
final class RowsInPages implements Rows {
  private final JdbcSettings settings;
  private final String segment;
  private final Restriction query;
  private @Nullable Columns columns;
  private @Nullable Dialect dialect;
  private @Nullable RowKey last;
  private long number;

  /**
   * Creates rows of which none has been read.
   *
   * @param after the key of the row that the first one follows; {@code null} for all rows
   */
  RowsInPages(JdbcSettings settings, String segment, @Nullable RowKey after) {
    this.settings = settings;
    this.segment = segment;
    this.query = new Restriction(settings, segment);
    this.last = after;
  }

  @Override
  public void prepare(Visit visit) throws SQLException, IOException {
    Dialect known = visit.dialect();
    Columns found = query.prepare(visit, known);
    dialect = known;
    columns = found;
    requireNoNulls(visit, found, known);
  }

  /**
   * Fails if a row has no place in the order: no condition on the key would find it. The database
   * is asked whatever the driver says of a column, which is what its table says: an outer join
   * leaves values out of columns that hold no nulls.
   */
  private void requireNoNulls(Visit visit, Columns found, Dialect known)
      throws SQLException, IOException {
    String isNull =
        found.key().stream()
            .map(column -> "q." + known.quoted(column.name()) + " is null")
            .collect(joining(" or ", "(", ")"));
    ResultSet row = visit.query(query.where(isNull, "", ""), segment, query.values(), 1, 1);
    if (row.next()) {
      found.key(row);
    }
    visit.readToEnd();
  }

  @Override
  public boolean read(Visit visit, Block block) throws SQLException, IOException {
    Columns known = Objects.requireNonNull(columns);
    int size = settings.pageSize();
    ResultSet page = page(visit, known, size + 1);
    for (int i = 0; i < size && page.next(); i++) {
      RowKey key = known.key(page);
      requireOrder(key);
      block.add(known.profile(page, key, ++number), key);
      last = key;
    }
    // One row more than is given: one with the same key would not be seen again.
    boolean more = page.next();
    if (more) {
      requireOrder(known.key(page));
    }
    visit.readToEnd();
    return more;
  }

  private ResultSet page(Visit visit, Columns known, int rows) throws SQLException {
    Dialect spoken = Objects.requireNonNull(dialect);
    List<String> names =
        known.key().stream().map(column -> "q." + spoken.quoted(column.name())).toList();
    List<Object> values = new ArrayList<>(query.values());
    String condition = "";
    RowKey after = last;
    if (after != null) {
      condition = spoken.comparesRows() ? asRow(names) : writtenOut(names, 0);
      for (int i = 0; i < names.size(); i++) {
        values.add(after.values().get(i));
        if (!spoken.comparesRows() && i < names.size() - 1) {
          values.add(after.values().get(i));
        }
      }
    }
    SegmentQuery asked = query.where(condition, String.join(", ", names), spoken.first(rows));
    return visit.query(asked, segment, values, rows, 0);
  }

  private static String asRow(List<String> names) {
    return names.stream().collect(joining(", ", "(", ")"))
        + " > "
        + names.stream().map(name -> "?").collect(joining(", ", "(", ")"));
  }

  /** Returns the same as conditions on single columns, of which an index serves the first. */
  private static String writtenOut(List<String> names, int column) {
    String name = names.get(column);
    return column == names.size() - 1
        ? name + " > ?"
        : "(" + name + " >= ? and (" + name + " > ? or " + writtenOut(names, column + 1) + "))";
  }

  private void requireOrder(RowKey key) throws IOException {
    int order = last == null ? -1 : last.compareTo(key);
    if (order < 0) {
      return;
    }
    String columnNames = settings.order().stream().map(VisibleText::quoted).collect(joining(", "));
    throw new IOException(
        order == 0
            ? "There are two customers with the key "
                + key
                + " in the order of "
                + columnNames
                + ", so that one could be passed over: name columns with orderedBy(...) that"
                + " together are different for each, the id after the others."
            : "Behind the key "
                + last
                + " the database gives the key "
                + key
                + ", which is not the order of "
                + columnNames
                + ": order by columns of which it compares values as they are.");
  }

  @Override
  public boolean needsVisitBetween() {
    return false;
  }

  @Override
  public FieldNames fields() {
    return Objects.requireNonNull(columns).fields();
  }
}
