package io.github.klaviyoexport.internal.source.jdbc;

import static java.util.stream.Collectors.joining;

import io.github.klaviyoexport.internal.text.VisibleText;
import io.github.klaviyoexport.profile.CustomerProfile;
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
  private String lastId = "(the one before)";
  private long number;

  /** Two rows, one after the other, of which only the database knows whether their keys differ. */
  private record Neighbours(RowKey key, String id, String next) {}

  /**
   * Creates rows of which none has been read.
   *
   * @param after where the row stands that the first one follows; {@code null} for all rows
   */
  RowsInPages(JdbcSettings settings, String segment, @Nullable RowPosition after) {
    this.settings = settings;
    this.segment = segment;
    this.query = new Restriction(settings, segment);
    this.last = after == null ? null : after.key();
    this.number = after == null ? 0 : after.rows();
  }

  @Override
  public void prepare(Visit visit) throws SQLException, IOException {
    Dialect known = visit.dialect();
    Columns found = query.prepare(visit, known);
    dialect = known;
    columns = found;
    requireNoNulls(visit, found, known);
    RowKey after = last;
    if (after != null && hasShared(visit, after, 2)) {
      throw shared(lastId, "(another)");
    }
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
    List<Neighbours> alike = new ArrayList<>();
    // One row more than is given: one with the same key would not be seen again.
    ResultSet page = rows(visit, behind(last, ">", size + 1), last, size + 1);
    boolean more = false;
    while (!more && page.next()) {
      RowKey key = known.key(page);
      CustomerProfile customer = known.profile(page, number + 1, segment);
      RowKey before = last;
      if (before != null) {
        requireOrder(before, key, customer);
        if (!before.surelyDiffersFrom(key)) {
          alike.add(new Neighbours(before, lastId, customer.id()));
        }
      }
      more = block.size() == size;
      if (!more) {
        number++;
        block.add(customer, new RowPosition(key, number));
        last = key;
        lastId = customer.id();
      }
    }
    visit.readToEnd();
    requireDifferent(visit, alike);
    return more;
  }

  /** Fails if two rows of a page have one key for the database: one query asks of all of them. */
  private void requireDifferent(Visit visit, List<Neighbours> alike)
      throws SQLException, IOException {
    if (alike.isEmpty() || !hasShared(visit, alike.get(0).key(), settings.pageSize() + 2)) {
      return;
    }
    for (Neighbours two : alike) {
      if (hasShared(visit, two.key(), 2)) {
        throw shared(two.id(), two.next());
      }
    }
  }

  /** Returns whether some of the first rows from a key on have one key for the database. */
  private boolean hasShared(Visit visit, RowKey key, int rows) throws SQLException {
    SegmentQuery page = behind(key, ">=", rows);
    SegmentQuery shared =
        new SegmentQuery(
            "select 1 from (\n"
                + page.sql()
                + "\n) q group by "
                + String.join(", ", keyNames())
                + " having count(*) > 1",
            page.names());
    boolean any = rows(visit, shared, key, 1).next();
    visit.readToEnd();
    return any;
  }

  private ResultSet rows(Visit visit, SegmentQuery asked, @Nullable RowKey key, int rows)
      throws SQLException {
    List<Object> values = new ArrayList<>(query.values());
    if (key != null) {
      boolean twice = !Objects.requireNonNull(dialect).comparesRows();
      for (int i = 0; i < key.values().size(); i++) {
        values.add(key.values().get(i));
        if (twice && i < key.values().size() - 1) {
          values.add(key.values().get(i));
        }
      }
    }
    return visit.query(asked, segment, values, rows, 0);
  }

  /**
   * Returns the query for the first rows behind a key.
   *
   * @param than {@code >}, or {@code >=} for those with the key too
   */
  private SegmentQuery behind(@Nullable RowKey key, String than, int rows) {
    Dialect spoken = Objects.requireNonNull(dialect);
    List<String> names = keyNames();
    String condition = "";
    if (key != null) {
      condition = spoken.comparesRows() ? asRow(names, than) : writtenOut(names, 0, than);
    }
    return query.where(condition, String.join(", ", names), spoken.first(rows));
  }

  private List<String> keyNames() {
    Dialect spoken = Objects.requireNonNull(dialect);
    return Objects.requireNonNull(columns).key().stream()
        .map(column -> "q." + spoken.quoted(column.name()))
        .toList();
  }

  private static String asRow(List<String> names, String than) {
    return names.stream().collect(joining(", ", "(", ") "))
        + than
        + names.stream().map(name -> "?").collect(joining(", ", " (", ")"));
  }

  /** Returns the same as conditions on single columns, of which an index serves the first. */
  private static String writtenOut(List<String> names, int column, String than) {
    String name = names.get(column);
    return column == names.size() - 1
        ? name + " " + than + " ?"
        : "("
            + name
            + " >= ? and ("
            + name
            + " > ? or "
            + writtenOut(names, column + 1, than)
            + "))";
  }

  private void requireOrder(RowKey before, RowKey key, CustomerProfile customer)
      throws IOException {
    int order = before.compareTo(key);
    if (order == 0) {
      throw shared(lastId, customer.id());
    }
    if (order > 0) {
      throw new IOException(
          "Behind the customer "
              + CustomerProfile.idAsText(lastId)
              + " the database gives the customer "
              + CustomerProfile.idAsText(customer.id())
              + ", which is not the order of "
              + columnNames()
              + ": order by columns of which it compares values as they are.");
    }
  }

  private IOException shared(String one, String other) {
    return new IOException(
        "There are two customers with the same key in the order of "
            + columnNames()
            + ", "
            + CustomerProfile.idAsText(one)
            + " and "
            + CustomerProfile.idAsText(other)
            + ", so that one could be passed over: name columns with orderedBy(...) that together"
            + " are different for each, the id after the others.");
  }

  private String columnNames() {
    return settings.order().stream().map(VisibleText::quoted).collect(joining(", "));
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
