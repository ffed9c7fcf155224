package io.github.klaviyoexport.source;

import io.github.klaviyoexport.internal.source.SortedProfiles;
import io.github.klaviyoexport.internal.source.jdbc.JdbcProfileReader;
import io.github.klaviyoexport.internal.source.jdbc.JdbcSettings;
import io.github.klaviyoexport.internal.source.jdbc.SegmentList;
import io.github.klaviyoexport.internal.source.jdbc.SegmentQuery;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A source of segments that a query gives, one customer a row.
 *
 * {@snippet class="io.github.klaviyoexport.source.JdbcExamplesTest" region="source"}
 *
 * <p>The columns are the fields, under the names that the query gives them. Where {@code :segment}
 * stands in the query, outside of quotes and comments, the segment's name is bound as a parameter;
 * a query without it gives the same customers under every name.
 *
 * <h2>In pages, or in one pass</h2>
 *
 * <p>{@link #orderedBy Ordered} by columns that together are different for each customer, a segment
 * is read a page at a time. Each page is a query of its own, read into memory at once; between two
 * pages no connection is held, however slow Klaviyo is, and an export that is resumed goes on where
 * it stood. The query is made a part of another, so it must have no {@code order by} of its own.
 * This is the way to be preferred.
 *
 * <p>A page costs what finding its rows costs: next to nothing where the query picks rows of tables
 * by an index, and all of it where the query groups, sorts or calls functions that are not stable,
 * and in H2, which makes no use of the index there. Then take large {@linkplain #pageSize pages},
 * or one pass.
 *
 * <p>Without an order, the query is run once and its rows are streamed. Then a connection and its
 * transaction stay open until the last row is read, which takes as long as sending them does, and a
 * resumed export reads from the start. That is right where the query is costly and cannot be helped
 * by an index, and the export is short. Either way memory stays the same whatever the segment's
 * size, with what these drivers ask for:
 *
 * <table>
 * <caption>What each database needs for one pass; pages need an index</caption>
 * <tr><th>database</th><th>is told here</th><th>is yours to see to</th></tr>
 * <tr><td>PostgreSQL</td><td>a cursor, in place of all rows at once</td>
 *     <td>nothing</td></tr>
 * <tr><td>MySQL (Connector/J)</td><td>the fetch size that makes it stream row by row</td>
 *     <td>{@code net_write_timeout}, 60 seconds by default, must be longer than Klaviyo ever makes
 *     an export wait</td></tr>
 * <tr><td>MariaDB</td><td>a fetch size</td><td>the same</td></tr>
 * <tr><td>SQL Server</td><td>a result that is read forward only</td>
 *     <td>{@code responseBuffering} must stay {@code adaptive}, as it is by default</td></tr>
 * <tr><td>Oracle, Db2</td><td>a fetch size, in place of 10 rows at a time</td>
 *     <td>nothing</td></tr>
 * <tr><td>H2</td><td>a fetch size</td>
 *     <td>{@code LAZY_QUERY_EXECUTION=1} in the URL, or the database keeps the whole result</td></tr>
 * <tr><td>DuckDB</td><td>a fetch size</td>
 *     <td>{@code jdbc_stream_results=true} among the connection's properties</td></tr>
 * </table>
 *
 * <p>A connection is asked to be read only, reads in one transaction, which is rolled back, and
 * goes back as it came: so it does after a failure and after a cancelled export, whose query is
 * cancelled too. A query may take {@linkplain #queryTimeout 5 minutes} by default.
 *
 * <h2>What SQL's types become</h2>
 *
 * <table>
 * <caption>SQL's types</caption>
 * <tr><th>in the database</th><th>in the profile</th></tr>
 * <tr><td>numbers of every kind</td><td>numbers, exact ones exactly; {@code money} of PostgreSQL
 *     as its text</td></tr>
 * <tr><td>{@code boolean}, {@code bit}, {@code bit(1)}, {@code tinyint(1)} of MySQL</td>
 *     <td>booleans</td></tr>
 * <tr><td>{@code timestamp with time zone}, {@code timestamptz}, {@code datetimeoffset}, {@code
 *     timestamp} of MySQL</td><td>points in time</td></tr>
 * <tr><td>{@code timestamp}, {@code datetime}</td><td>local times, in the mapping's zone</td></tr>
 * <tr><td>{@code date}, {@code time}</td><td>dates, times of day</td></tr>
 * <tr><td>arrays, also of arrays</td><td>lists</td></tr>
 * <tr><td>{@code json}, {@code jsonb}</td><td>maps, lists and what is in them</td></tr>
 * <tr><td>{@code uuid}, enums, {@code inet}, {@code xml}, intervals and all else with a text</td>
 *     <td>text</td></tr>
 * <tr><td>{@code clob}</td><td>text of at most 100,000 characters</td></tr>
 * <tr><td>{@code blob}, {@code bytea}, {@code varbinary}</td><td>refused: the field is {@linkplain
 *     io.github.klaviyoexport.profile.Unreadable unreadable}</td></tr>
 * </table>
 *
 * <p>A value that cannot be read costs its field: the rejection names the customer, the column, its
 * type and the reason. A row whose id is missing is set aside, named by its number, counted from
 * where reading began, and the segment: {@code row 17 of vip}.
 *
 * <h2>What stops it</h2>
 *
 * <p>Refused when a segment is opened, before anything is sent: a query that the database does not
 * take, two columns of one name, no id column, an order by a column that is not in the result,
 * holds nulls or is of another type, an unknown segment. It stops while it reads when the database
 * fails, and when two customers have the same key. Messages have the SQLState, the vendor's code
 * and advice, and name customers by their ids; a driver's own words are not passed on, because they
 * may quote values.
 *
 * <p>A name of which there is no customer is an unknown segment, unless the {@linkplain
 * #segmentsQuery names of segments} can be looked up: only then may a segment be empty.
 *
 * <p>A table that changes while it is read in pages gives each customer that is in it all the time
 * exactly once, as long as values of the order never change: order by an id. Instances are
 * immutable and safe for use by many threads; every method returns a new one.
 */
public final class JdbcSource implements PositionedSource, ListingSource {
  private static final int MAX_PAGE_SIZE = 100_000;

  private final DataSource dataSource;
  private final JdbcSettings settings;
  private final boolean sortedByEmail;

  private JdbcSource(DataSource dataSource, JdbcSettings settings, boolean sortedByEmail) {
    this.dataSource = dataSource;
    this.settings = settings;
    this.sortedByEmail = sortedByEmail;
  }

  /**
   * Creates a source of what a query gives.
   *
   * @param query one statement that gives a row for each customer, with {@code :segment} where the
   *     segment's name goes
   * @throws IllegalArgumentException if the query is blank, or has a parameter of another kind
   */
  public static JdbcSource of(DataSource dataSource, String query) {
    Objects.requireNonNull(dataSource, "dataSource");
    return new JdbcSource(dataSource, JdbcSettings.of(SegmentQuery.of(query)), false);
  }

  /**
   * Sets the column that holds the customer's id: {@code id} by default. Upper and lower case
   * matter only where names differ in nothing else.
   */
  public JdbcSource idColumn(String column) {
    return with(settings.withIdColumn(Objects.requireNonNull(column, "column")));
  }

  /**
   * Has segments read in pages, in the order of columns that the query gives: of the id, or of
   * others and then the id.
   *
   * <p>Together they must be different for each customer and never change; none may be null. Whole
   * and decimal numbers, text, UUIDs, dates and timestamps will do. What is text only here, such as
   * an enum or {@code citext} of PostgreSQL, will when the query gives it as {@code cast(... as
   * text)}. In SQL Server, text should be of type {@code nvarchar}, or the connection have {@code
   * sendStringParametersAsUnicode=false}.
   *
   * <p>The database decides which keys are different: its collation may hold {@code b1} and {@code
   * B1} for the same. It is asked once a page where neighbours differ in nothing but letters, signs
   * or characters beyond ASCII. When a segment is opened, it is asked for rows without a key: that
   * costs next to nothing where it has an index or knows that there can be none, and else, as
   * behind an outer join, one pass over the query's rows.
   *
   * <p>An export that is resumed goes on behind the key of the last customer, which therefore
   * stands in the journal. Text other than the id, and an email address, gets into no journal: such
   * an order has no positions, and a resumed export reads from the start and passes over what is
   * settled. Numbers, dates and timestamps do, so order by none that is personal, such as a date of
   * birth.
   *
   * @throws IllegalArgumentException if there is no column, or one stands twice
   */
  public JdbcSource orderedBy(String... columns) {
    List<String> order = List.of(columns);
    if (order.isEmpty() || order.stream().distinct().count() < order.size()) {
      throw new IllegalArgumentException(
          "An order takes one column or several different ones: name the id, for example.");
    }
    return with(settings.withOrder(order));
  }

  /**
   * Sets how many rows are fetched at once, and are in a page: 1,000 by default. Where rows are
   * very large, fewer take less memory; where each page is costly, more cost less.
   *
   * @throws IllegalArgumentException if it is not between 1 and 100,000
   */
  public JdbcSource pageSize(int rows) {
    if (rows < 1 || rows > MAX_PAGE_SIZE) {
      throw new IllegalArgumentException(
          "A page has between 1 and 100,000 rows, not " + rows + ".");
    }
    return with(settings.withPageSize(rows));
  }

  /**
   * Sets a query that gives the number of a segment's customers, so that a segment over the
   * export's limit is refused before anything is sent, and progress has a whole.
   *
   * @param query one statement such as {@code select count(*) from customers where segment =
   *     :segment}
   * @throws IllegalArgumentException as for {@link #of}
   */
  public JdbcSource countQuery(String query) {
    return with(settings.withCountQuery(SegmentQuery.of(query)));
  }

  /**
   * Sets a query that gives the names of all segments in its first column, so that one without
   * customers is told from one that there is not, and that {@link #segments()} can list them. A
   * second column, if there is one, holds how many customers each has.
   *
   * @param query one statement such as {@code select name, size from segments}
   * @throws IllegalArgumentException as for {@link #of}
   */
  public JdbcSource segmentsQuery(String query) {
    return with(settings.withSegmentsQuery(SegmentQuery.of(query)));
  }

  /**
   * Sets how long a query may take, the first rows included: 5 minutes by default. A connection on
   * which nothing is heard for 15 seconds longer is given up.
   *
   * @param timeout at least a second
   * @throws IllegalArgumentException if it is shorter than a second or longer than a day
   */
  public JdbcSource queryTimeout(Duration timeout) {
    if (timeout.compareTo(Duration.ofSeconds(1)) < 0 || timeout.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException(
          "The time limit of a query is between a second and a day, not " + timeout + ".");
    }
    return with(settings.withTimeout(timeout));
  }

  /** Sets the column that says when a customer changed last, with a time zone. */
  public JdbcSource modifiedAt(String column) {
    return with(settings.withModifiedAt(Objects.requireNonNull(column, "column"), null));
  }

  /**
   * Sets the column that says when a customer changed last, a date or a timestamp without a time
   * zone.
   *
   * @param zone the time zone that is meant
   */
  public JdbcSource modifiedAt(String column, ZoneId zone) {
    Objects.requireNonNull(zone, "zone");
    return with(settings.withModifiedAt(Objects.requireNonNull(column, "column"), zone));
  }

  /**
   * Returns the source of those customers of each segment that changed at that moment or later, or
   * of whom it is not known; the others are not read.
   *
   * <p>Keep the moment at which an export began ({@link
   * io.github.klaviyoexport.ExportReport#startedAt()}) when its report is confirmed, and pass it to
   * the next, less the time that a transaction and a wrong clock may take: five minutes, for
   * example. What is sent twice does no harm. A customer who no longer belongs to the segment is
   * not among those that changed, so a mirror of them is refused: run one of the whole segment now
   * and then.
   *
   * @throws IllegalStateException if it is not known where that stands: see {@link #modifiedAt}
   */
  public JdbcSource changedSince(Instant moment) {
    Objects.requireNonNull(moment, "moment");
    if (settings.modifiedAt() == null) {
      throw new IllegalStateException(
          "It is not known when a customer changed: name the column with modifiedAt(...).");
    }
    return with(settings.withSince(moment));
  }

  /**
   * Says that the rows of each segment are sorted by email address, so that an export of the email
   * address alone takes the same memory however large a segment is: see {@link
   * ProfileReader#isSortedByEmail()} for the order, which the export checks as it reads.
   *
   * <p>They are when the query, read in one pass, ends with {@code order by lower(trim(email))
   * collate "C"} in PostgreSQL, or another collation of bytes elsewhere, or is {@linkplain
   * #orderedBy ordered by} such a column and then the id:
   *
   * {@snippet class="io.github.klaviyoexport.source.JdbcExamplesTest" region="sorted"}
   *
   * <p>An address gets into no journal, so such an order has no positions: a resumed export reads
   * from the start, and holds 10 to 14 bytes for each profile that was settled before. A customer
   * whose address changes while pages are read may be met twice or not at all; one pass sees all of
   * them as they were at its start.
   */
  public JdbcSource sortedByEmail() {
    return new JdbcSource(dataSource, settings, true);
  }

  private JdbcSource with(JdbcSettings other) {
    return new JdbcSource(dataSource, other, sortedByEmail);
  }

  /**
   * Returns the segments that the {@linkplain #segmentsQuery query for them} gives.
   *
   * @throws IOException if there is no such query, or it fails
   */
  @Override
  public List<AvailableSegment> segments() throws IOException {
    return SegmentList.read(dataSource, settings);
  }

  @Override
  public ProfileReader open(Segment segment) throws IOException {
    return open(segment, null);
  }

  /**
   * Opens a segment behind a profile that was read before.
   *
   * @throws IOException as for {@link #open}, and if the position is none in the order of this
   *     source, or it has none
   */
  @Override
  public ProfileReader openAt(Segment segment, String position) throws IOException {
    return open(segment, Objects.requireNonNull(position, "position"));
  }

  private ProfileReader open(Segment segment, @Nullable String position) throws IOException {
    return SortedProfiles.of(
        JdbcProfileReader.open(dataSource, settings, segment, position), sortedByEmail);
  }

  /** Returns the order; never the query or a value. */
  @Override
  public String toString() {
    return settings.order().isEmpty()
        ? "JdbcSource[in one pass]"
        : "JdbcSource[ordered by " + String.join(", ", settings.order()) + "]";
  }
}
