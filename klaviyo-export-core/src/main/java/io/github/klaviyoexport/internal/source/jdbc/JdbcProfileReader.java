package io.github.klaviyoexport.internal.source.jdbc;

import io.github.klaviyoexport.internal.text.NamesToChoose;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.Segment;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The reader of the customers of one segment in a database.
 *
 * <p>It may be closed by another thread than the one that reads, which drivers do not let be
 * interrupted: the query that is being run is then cancelled.
 */
public final class JdbcProfileReader implements ProfileReader {
  private static final int SEGMENTS_AT_ONCE = 1_000;

  /** How long a query may take to notice that it is cancelled. */
  private static final int SECONDS_TO_CANCEL = 5;

  private final DataSource dataSource;
  private final JdbcSettings settings;
  private final Segment segment;
  private final Rows rows;
  private final Block block = new Block();
  private boolean unread = true;
  private OptionalLong size = OptionalLong.empty();

  /** Guards what follows. */
  private final Object lock = new Object();

  private @Nullable Visit visit;

  /** What is counted down when the work at the database ends; {@code null} while there is none. */
  private @Nullable CountDownLatch working;

  private boolean closed;

  private JdbcProfileReader(
      DataSource dataSource, JdbcSettings settings, Segment segment, Rows rows) {
    this.dataSource = dataSource;
    this.settings = settings;
    this.segment = segment;
    this.rows = rows;
  }

  /**
   * Opens a segment, and reads its first rows.
   *
   * @param position where to begin; {@code null} for the start
   */
  public static JdbcProfileReader open(
      DataSource dataSource, JdbcSettings settings, Segment segment, @Nullable String position)
      throws IOException {
    Rows rows;
    if (!settings.order().isEmpty()) {
      RowPosition after = position == null ? null : RowPosition.parse(position, settings.order());
      rows = new RowsInPages(settings, segment.name(), after);
    } else if (position == null) {
      rows = new RowsInOnePass(settings, segment.name());
    } else {
      throw new IOException(
          "The segment is read in one pass, which cannot begin at a position: name the columns to"
              + " order by with orderedBy(...), as when the export was begun, or start it over.");
    }
    JdbcProfileReader reader = new JdbcProfileReader(dataSource, settings, segment, rows);
    reader.work(begun -> reader.begin(begun, position == null));
    return reader;
  }

  private void begin(Visit begun, boolean atStart) throws SQLException, IOException {
    SegmentQuery segmentsQuery = settings.segmentsQuery();
    if (segmentsQuery != null) {
      requireKnown(begun, segmentsQuery);
    }
    SegmentQuery countQuery = settings.countQuery();
    if (countQuery != null && settings.since() == null) {
      size = OptionalLong.of(count(begun, countQuery));
    }
    rows.prepare(begun);
    unread = rows.read(begun, block);
    if (block.isEmpty()
        && atStart
        && segmentsQuery == null
        && settings.since() == null
        && settings.query().namesSegment()) {
      throw new IOException(
          "The query gives no customer of the segment '"
              + segment
              + "': check its name. If segments may be empty, say with segmentsQuery(...) which"
              + " there are.");
    }
  }

  private void requireKnown(Visit begun, SegmentQuery query) throws SQLException, IOException {
    List<String> names = new ArrayList<>();
    ResultSet segments = begun.query(query, segment.name(), List.of(), SEGMENTS_AT_ONCE, 0);
    while (segments.next()) {
      String name = segments.getString(1);
      if (segment.name().equals(name)) {
        return;
      }
      if (name != null && names.size() < SEGMENTS_AT_ONCE) {
        names.add(name);
      }
    }
    begun.readToEnd();
    throw new IOException(
        "There is no segment "
            + new NamesToChoose(names, Map.of(), "").missing(segment.name())
            + " among the "
            + names.size()
            + " that the database has: check its name.");
  }

  private long count(Visit begun, SegmentQuery query) throws SQLException, IOException {
    ResultSet row = begun.query(query, segment.name(), List.of(), 1, 1);
    long count = row.next() ? row.getLong(1) : -1;
    begun.readToEnd();
    if (count < 0) {
      throw new IOException(
          "The count query gives no number: have it give one row with one, as select count(*)"
              + " does.");
    }
    return count;
  }

  @Override
  public @Nullable CustomerProfile next() throws IOException {
    if (block.isEmpty() && unread) {
      block.clear();
      work(at -> unread = rows.read(at, block));
    }
    return block.isEmpty() ? null : block.next();
  }

  /** What is done at the database. */
  private interface Work {
    void at(Visit visit) throws SQLException, IOException;
  }

  /** Does something at the database, with the visit that goes on or another. */
  private void work(Work work) throws IOException {
    boolean done = false;
    startWork();
    try {
      work.at(visit());
      done = true;
    } catch (SQLException failure) {
      throw told(failure);
    } finally {
      endWork(done && unread && rows.needsVisitBetween());
    }
  }

  private void startWork() throws IOException {
    synchronized (lock) {
      if (closed) {
        throw new IOException(
            "The segment '" + segment + "' is closed and cannot be read on: open it again.");
      }
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedIOException("The reading of '" + segment + "' was interrupted.");
      }
      working = new CountDownLatch(1);
    }
  }

  private Visit visit() throws SQLException, IOException {
    synchronized (lock) {
      if (visit != null) {
        return visit;
      }
    }
    // Outside of the lock: a pool may take its time.
    Visit begun = Visit.begin(dataSource, settings.timeout());
    synchronized (lock) {
      visit = begun;
      if (closed) {
        throw closedMeanwhile();
      }
    }
    return begun;
  }

  private IOException told(SQLException failure) {
    synchronized (lock) {
      return closed
          ? closedMeanwhile()
          : JdbcFailure.of(failure, "the segment '" + segment + "' was read", settings.timeout());
    }
  }

  private InterruptedIOException closedMeanwhile() {
    return new InterruptedIOException(
        "The segment '" + segment + "' was closed while it was read.");
  }

  private void endWork(boolean stays) {
    synchronized (lock) {
      if (closed || !stays) {
        leave();
      }
      Objects.requireNonNull(working).countDown();
      working = null;
    }
  }

  private void leave() {
    Visit ended = visit;
    visit = null;
    if (ended != null) {
      ended.leave();
    }
  }

  @Override
  public OptionalLong size() {
    return size;
  }

  @Override
  public Optional<FieldNames> fields() {
    return Optional.of(rows.fields());
  }

  @Override
  public boolean isWhole() {
    return settings.since() == null;
  }

  @Override
  public Optional<String> position() {
    RowPosition position = block.lastPosition();
    return position == null
        ? Optional.empty()
        : Optional.ofNullable(position.write(settings.order(), settings.idColumn()));
  }

  /**
   * Gives the connection back. If another thread is reading, its query is cancelled, and the
   * connection broken if that does not help within 5 seconds.
   */
  @Override
  public void close() {
    CountDownLatch ending;
    synchronized (lock) {
      closed = true;
      ending = working;
      if (ending == null) {
        leave();
      } else if (visit != null) {
        // In the lock, so that the connection is nobody else's yet.
        visit.cancel();
      }
    }
    if (ending != null && !ends(ending)) {
      synchronized (lock) {
        if (working != null && visit != null) {
          visit.abort();
        }
      }
    }
  }

  private static boolean ends(CountDownLatch ending) {
    try {
      return ending.await(SECONDS_TO_CANCEL, TimeUnit.SECONDS);
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Returns the segment; never a value. */
  @Override
  public String toString() {
    return "JdbcProfileReader[" + segment + "]";
  }
}
