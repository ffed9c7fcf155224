package io.github.klaviyoexport.internal.source.jdbc;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a source of segments in a database has been told.
 *
 * @param query gives a segment's customers
 * @param countQuery gives how many there are; {@code null} if that is not known
 * @param segmentsQuery gives the names of all segments; {@code null} if they are not known
 * @param idColumn the column of the customers' ids
 * @param order the columns to read in the order of; empty to read in one pass
 * @param pageSize how many rows are fetched at once
 * @param timeout how long a query may take
 * @param modifiedAt the column that says when a customer changed last, if there is one
 * @param zone the zone of that column's times, if they tell none
 * @param since the moment from which on a change counts; {@code null} for all customers
 */
public record JdbcSettings(
    SegmentQuery query,
    @Nullable SegmentQuery countQuery,
    @Nullable SegmentQuery segmentsQuery,
    String idColumn,
    List<String> order,
    int pageSize,
    Duration timeout,
    @Nullable String modifiedAt,
    @Nullable ZoneId zone,
    @Nullable Instant since) {

  /** Copies the order. */
  public JdbcSettings {
    order = List.copyOf(order);
  }

  /** Returns settings of which only the query is not what it is by default. */
  public static JdbcSettings of(SegmentQuery query) {
    return new JdbcSettings(
        query, null, null, "id", List.of(), 1_000, Duration.ofMinutes(5), null, null, null);
  }

  /** Returns the same with another count query. */
  public JdbcSettings withCountQuery(SegmentQuery other) {
    return new JdbcSettings(
        query, other, segmentsQuery, idColumn, order, pageSize, timeout, modifiedAt, zone, since);
  }

  /** Returns the same with another query for the names of segments. */
  public JdbcSettings withSegmentsQuery(SegmentQuery other) {
    return new JdbcSettings(
        query, countQuery, other, idColumn, order, pageSize, timeout, modifiedAt, zone, since);
  }

  /** Returns the same with another id column. */
  public JdbcSettings withIdColumn(String other) {
    return new JdbcSettings(
        query, countQuery, segmentsQuery, other, order, pageSize, timeout, modifiedAt, zone, since);
  }

  /** Returns the same in another order. */
  public JdbcSettings withOrder(List<String> other) {
    return new JdbcSettings(
        query,
        countQuery,
        segmentsQuery,
        idColumn,
        other,
        pageSize,
        timeout,
        modifiedAt,
        zone,
        since);
  }

  /** Returns the same in pages of another size. */
  public JdbcSettings withPageSize(int other) {
    return new JdbcSettings(
        query, countQuery, segmentsQuery, idColumn, order, other, timeout, modifiedAt, zone, since);
  }

  /** Returns the same with another time limit. */
  public JdbcSettings withTimeout(Duration other) {
    return new JdbcSettings(
        query,
        countQuery,
        segmentsQuery,
        idColumn,
        order,
        pageSize,
        other,
        modifiedAt,
        zone,
        since);
  }

  /** Returns the same with another column of changes. */
  public JdbcSettings withModifiedAt(String column, @Nullable ZoneId zone) {
    return new JdbcSettings(
        query, countQuery, segmentsQuery, idColumn, order, pageSize, timeout, column, zone, since);
  }

  /** Returns the same with nothing but what changed from a moment on. */
  public JdbcSettings withSince(Instant other) {
    return new JdbcSettings(
        query,
        countQuery,
        segmentsQuery,
        idColumn,
        order,
        pageSize,
        timeout,
        modifiedAt,
        zone,
        other);
  }
}
