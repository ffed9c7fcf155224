package io.github.klaviyoexport.internal.source.jdbc;

import io.github.klaviyoexport.source.AvailableSegment;
import io.github.klaviyoexport.source.Segment;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import javax.sql.DataSource;

/** The segments that a database says there are. */
public final class SegmentList {
  private static final int AT_ONCE = 1_000;

  private SegmentList() {}

  /**
   * Reads the list.
   *
   * @throws IOException if there is no query for it, or it fails
   */
  public static List<AvailableSegment> read(DataSource dataSource, JdbcSettings settings)
      throws IOException {
    SegmentQuery query = settings.segmentsQuery();
    if (query == null) {
      throw new IOException(
          "It is not known which segments the database has: name a query with"
              + " segmentsQuery(...).");
    }
    if (query.namesSegment()) {
      throw new IOException(
          "The query for segments names :segment, so it gives one and no list: leave it out.");
    }
    try {
      Visit visit = Visit.begin(dataSource, settings.timeout());
      try {
        List<AvailableSegment> segments = read(visit.query(query, "", List.of(), AT_ONCE, 0));
        visit.readToEnd();
        return segments;
      } finally {
        visit.leave();
      }
    } catch (SQLException failure) {
      throw JdbcFailure.of(failure, "the segments were listed", settings.timeout());
    }
  }

  private static List<AvailableSegment> read(ResultSet rows) throws SQLException {
    boolean withSizes = rows.getMetaData().getColumnCount() > 1;
    List<AvailableSegment> segments = new ArrayList<>();
    while (rows.next()) {
      String name = rows.getString(1);
      if (name == null || name.isBlank()) {
        continue; // It cannot be asked for.
      }
      long size = withSizes ? rows.getLong(2) : -1;
      segments.add(
          new AvailableSegment(
              Segment.named(name),
              size < 0 || withSizes && rows.wasNull()
                  ? OptionalLong.empty()
                  : OptionalLong.of(size)));
    }
    return segments;
  }
}
