package io.github.klaviyoexport.internal.source.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A stay at the database: a connection that is lent, reads in one transaction, and goes back as it
 * came, with nothing open.
 *
 * <p>It belongs to one thread, but for {@link #cancel} and {@link #abort}.
 */
final class Visit {
  /** A connection that says nothing for longer than a query may take, and this, is broken. */
  private static final int GRACE_MILLIS = 15_000;

  private final Connection connection;
  private final Duration timeout;
  private final boolean autoCommit;
  private boolean readOnlyBefore = true;
  private int networkTimeoutBefore = -1;
  private volatile @Nullable PreparedStatement statement;
  private int statementTimeoutBefore;
  private boolean unread;

  private Visit(Connection connection, Duration timeout) throws SQLException {
    this.connection = connection;
    this.timeout = timeout;
    this.autoCommit = connection.getAutoCommit();
  }

  /** Begins a visit with a connection of the data source. */
  static Visit begin(DataSource dataSource, Duration timeout) throws SQLException {
    Connection connection = dataSource.getConnection();
    Visit visit;
    try {
      visit = new Visit(connection, timeout);
    } catch (SQLException | RuntimeException failure) {
      connection.close();
      throw failure;
    }
    try {
      visit.settle();
      return visit;
    } catch (SQLException | RuntimeException failure) {
      visit.leave();
      throw failure;
    }
  }

  private void settle() throws SQLException {
    limitWaiting();
    // Before the transaction begins, within which some drivers allow no change of it. It is a
    // hint; what is read is rolled back at the end all the same.
    quietly(
        () -> {
          if (!connection.isReadOnly()) {
            connection.setReadOnly(true);
            readOnlyBefore = false;
          }
        });
    if (autoCommit) {
      // PostgreSQL's driver fetches all rows at once when each statement commits.
      connection.setAutoCommit(false);
    }
  }

  private void limitWaiting() {
    quietly(
        () -> {
          int before = connection.getNetworkTimeout();
          connection.setNetworkTimeout(
              Runnable::run, (int) Math.min(Integer.MAX_VALUE, timeout.toMillis() + GRACE_MILLIS));
          networkTimeoutBefore = before;
        });
  }

  Dialect dialect() throws SQLException {
    return Dialect.of(connection.getMetaData());
  }

  /**
   * Runs a query; the one before it is closed.
   *
   * @param segment the value of the query's first parameters
   * @param values those of the others
   * @param fetchSize how many rows the driver fetches at once
   * @param maxRows after how many rows the result ends; 0 for all
   */
  ResultSet query(
      SegmentQuery query, String segment, List<Object> values, int fetchSize, int maxRows)
      throws SQLException {
    PreparedStatement prepared = prepare(query, segment, values);
    if (maxRows > 0) {
      quietly(() -> prepared.setMaxRows(maxRows));
    }
    quietly(() -> prepared.setFetchSize(fetchSize));
    unread = true;
    return prepared.executeQuery();
  }

  /** Runs a statement that gives no rows; the one before it is closed. */
  void execute(SegmentQuery command, String segment, List<Object> values) throws SQLException {
    prepare(command, segment, values).execute();
  }

  private PreparedStatement prepare(SegmentQuery query, String segment, List<Object> values)
      throws SQLException {
    closeStatement();
    PreparedStatement prepared =
        connection.prepareStatement(
            query.sql(), ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY);
    statement = prepared;
    statementTimeoutBefore = -1;
    quietly(
        () -> {
          // The driver of H2 keeps it with the connection.
          int before = prepared.getQueryTimeout();
          prepared.setQueryTimeout((int) Math.max(1, timeout.toSeconds()));
          statementTimeoutBefore = before;
        });
    int parameter = 1;
    for (int name = 0; name < query.names(); name++) {
      prepared.setString(parameter++, segment);
    }
    for (Object value : values) {
      KeyValue.bind(prepared, parameter++, value);
    }
    return prepared;
  }

  /** Notes that the last result has been read to its end. */
  void readToEnd() {
    unread = false;
  }

  /** Ends the query that is being run; the thread that runs it sees it fail. */
  void cancel() {
    PreparedStatement running = statement;
    try {
      if (running != null) {
        running.cancel();
      }
    } catch (SQLException | RuntimeException ended) {
      // It has ended by itself, or does so at its time limit.
    }
  }

  /** Breaks the connection, when cancelling does not help. */
  void abort() {
    quietly(() -> connection.abort(Runnable::run));
  }

  /** Gives the connection back. Nothing that fails meanwhile keeps it from that. */
  void leave() {
    if (unread) {
      // To close a result that streams, some drivers read it to its end first.
      cancel();
    }
    quietly(this::closeStatement);
    quietly(connection::rollback);
    if (!readOnlyBefore) {
      quietly(() -> connection.setReadOnly(false));
    }
    if (autoCommit) {
      quietly(() -> connection.setAutoCommit(true));
    }
    if (networkTimeoutBefore >= 0) {
      quietly(() -> connection.setNetworkTimeout(Runnable::run, networkTimeoutBefore));
    }
    quietly(connection::close);
  }

  private void closeStatement() throws SQLException {
    PreparedStatement done = statement;
    statement = null;
    if (done != null) {
      if (statementTimeoutBefore >= 0) {
        quietly(() -> done.setQueryTimeout(statementTimeoutBefore));
      }
      done.close();
    }
  }

  /** What reading can do without. */
  private interface Step {
    void run() throws SQLException;
  }

  /** Does what some drivers cannot, and none can whose connection is broken: that shows else. */
  private static void quietly(Step step) {
    try {
      step.run();
    } catch (SQLException | RuntimeException | AbstractMethodError cannot) {
      // A connection that is broken is the pool's to replace.
    }
  }
}
