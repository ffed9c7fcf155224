package io.github.klaviyoexport.internal.source.jdbc;

import io.github.klaviyoexport.profile.FieldNames;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The rows of one query, in the order in which the database gives them. */
final class RowsInOnePass implements Rows {
  /** So many are given without asking whether the reader has been closed meanwhile. */
  private static final int ROWS_AT_ONCE = 100;

  private static final String CURSOR = "klaviyo_export_rows";

  private final JdbcSettings settings;
  private final String segment;
  private boolean byCursor;
  private @Nullable Columns columns;
  private @Nullable ResultSet result;
  private int rowsOfResult;
  private long number;

  RowsInOnePass(JdbcSettings settings, String segment) {
    this.settings = settings;
    this.segment = segment;
  }

  @Override
  public void prepare(Visit visit) throws SQLException, IOException {
    Dialect dialect = visit.dialect();
    SegmentQuery query = settings.query();
    List<Object> values = List.of();
    if (settings.since() != null) {
      Restriction restriction = new Restriction(settings, segment);
      restriction.prepare(visit, dialect);
      query = restriction.where("", "", "");
      values = restriction.values();
    }
    // The driver of PostgreSQL neither cancels nor limits in time what it fetches by itself.
    byCursor = dialect.isPostgres();
    ResultSet first;
    if (byCursor) {
      String declaration = "declare " + CURSOR + " no scroll cursor for\n" + query.sql();
      visit.execute(new SegmentQuery(declaration, query.names()), segment, values);
      first = fetch(visit);
    } else {
      first = visit.query(query, segment, values, dialect.fetchSize(settings.pageSize()), 0);
    }
    columns = Columns.of(first.getMetaData(), dialect, settings);
    result = first;
  }

  private ResultSet fetch(Visit visit) throws SQLException {
    int rows = settings.pageSize();
    rowsOfResult = 0;
    return visit.query(
        new SegmentQuery("fetch forward " + rows + " from " + CURSOR, 0),
        segment,
        List.of(),
        rows,
        0);
  }

  @Override
  public boolean read(Visit visit, Block block) throws SQLException {
    Columns known = Objects.requireNonNull(columns);
    for (int i = 0; i < ROWS_AT_ONCE; i++) {
      ResultSet row = next(visit);
      if (row == null) {
        visit.readToEnd();
        return false;
      }
      block.add(known.profile(row, ++number, segment), null);
    }
    return true;
  }

  /** Moves on to the next row; returns what holds it, or {@code null} after the last. */
  private @Nullable ResultSet next(Visit visit) throws SQLException {
    ResultSet rows = Objects.requireNonNull(result);
    if (!rows.next()) {
      if (!byCursor || rowsOfResult < settings.pageSize()) {
        return null;
      }
      rows = fetch(visit);
      result = rows;
      if (!rows.next()) {
        return null;
      }
    }
    rowsOfResult++;
    return rows;
  }

  @Override
  public boolean needsVisitBetween() {
    return true;
  }

  @Override
  public FieldNames fields() {
    return Objects.requireNonNull(columns).fields();
  }
}
