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

  private final Restriction query;
  private final JdbcSettings settings;
  private final String segment;
  private @Nullable Columns columns;
  private @Nullable ResultSet result;
  private long number;

  RowsInOnePass(JdbcSettings settings, String segment) {
    this.settings = settings;
    this.segment = segment;
    this.query = new Restriction(settings, segment);
  }

  @Override
  public void prepare(Visit visit) throws SQLException, IOException {
    Dialect dialect = visit.dialect();
    SegmentQuery asked = settings.query();
    List<Object> values = List.of();
    if (settings.since() != null) {
      query.prepare(visit, dialect);
      asked = query.where("", "", "");
      values = query.values();
    }
    ResultSet all = visit.query(asked, segment, values, dialect.fetchSize(settings.pageSize()), 0);
    columns = Columns.of(all.getMetaData(), dialect, settings);
    result = all;
  }

  @Override
  public boolean read(Visit visit, Block block) throws SQLException {
    ResultSet all = Objects.requireNonNull(result);
    Columns known = Objects.requireNonNull(columns);
    for (int i = 0; i < ROWS_AT_ONCE; i++) {
      if (!all.next()) {
        visit.readToEnd();
        return false;
      }
      block.add(known.profile(all, null, ++number), null);
    }
    return true;
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
