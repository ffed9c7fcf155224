package io.github.klaviyoexport.internal.source.jdbc;

import io.github.klaviyoexport.internal.text.VisibleText;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The query around a segment's own that gives a part of its rows: those that changed from a moment
 * on, those that follow a row, or none.
 */
final class Restriction {
  private final JdbcSettings settings;
  private final String segment;
  private List<Object> values = List.of();
  private String since = "";

  Restriction(JdbcSettings settings, String segment) {
    this.settings = settings;
    this.segment = segment;
  }

  /** Looks which columns there are, and returns them. */
  Columns prepare(Visit visit, Dialect dialect) throws SQLException, IOException {
    ResultSet none = visit.query(within("1 = 0", "", ""), segment, List.of(), 1, 1);
    Columns columns = Columns.of(none.getMetaData(), dialect, settings);
    visit.readToEnd();
    Instant moment = settings.since();
    String name = settings.modifiedAt();
    if (moment != null && name != null) {
      SqlColumn column = columns.named(name, "that says when a customer changed last");
      String quoted = "q." + dialect.quoted(column.name());
      // Of a row without a time it is not known that it did not change.
      since = "(" + quoted + " >= ? or " + quoted + " is null)";
      values = List.of(asStored(moment, column));
    }
    return columns;
  }

  private Object asStored(Instant moment, SqlColumn column) throws IOException {
    ZoneId zone = settings.zone();
    return switch (column.type()) {
      case DATE_TIME_WITH_ZONE -> moment.atOffset(ZoneOffset.UTC);
      case POINT_IN_TIME -> moment;
      case LOCAL_DATE_TIME -> LocalDateTime.ofInstant(moment, zone(zone, column));
      case DATE -> LocalDateTime.ofInstant(moment, zone(zone, column)).toLocalDate();
      default ->
          throw new IOException(
              "The column "
                  + VisibleText.quoted(column.name())
                  + " is to say when a customer changed last, and is of type "
                  + column.typeName()
                  + ": it must hold timestamps or dates.");
    };
  }

  private static ZoneId zone(@Nullable ZoneId zone, SqlColumn column) throws IOException {
    if (zone == null) {
      throw new IOException(
          "The column "
              + VisibleText.quoted(column.name())
              + " is of type "
              + column.typeName()
              + ", which has no time zone: say which one is meant with modifiedAt(column, zone).");
    }
    return zone;
  }

  /**
   * Returns the query for rows that changed, if that is asked for, and more.
   *
   * @param condition what else must be so of a row; empty if nothing must
   * @param order the columns of the order; empty if there is none
   * @param end what ends the query; empty if nothing does
   */
  SegmentQuery where(String condition, String order, String end) {
    String both =
        since.isEmpty() || condition.isEmpty() ? since + condition : since + " and " + condition;
    return within(both, order, end);
  }

  private SegmentQuery within(String condition, String order, String end) {
    SegmentQuery query = settings.query();
    // On lines of its own: the query may end with a comment.
    return new SegmentQuery(
        "select * from (\n"
            + query.sql()
            + "\n) q"
            + (condition.isEmpty() ? "" : " where " + condition)
            + (order.isEmpty() ? "" : " order by " + order)
            + end,
        query.names());
  }

  /** Returns the values of the parameters before those of a condition, but for segment names. */
  List<Object> values() {
    return values;
  }
}
