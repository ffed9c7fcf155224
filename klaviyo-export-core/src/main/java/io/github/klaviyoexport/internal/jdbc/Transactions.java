package io.github.klaviyoexport.internal.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ConcurrentModificationException;
import java.util.Objects;
import javax.sql.DataSource;

/**
 * Transactions on a database. Each takes a connection, gives it back as it was, and is either
 * committed when it returns or not at all.
 *
 * <p>They see what others have committed when they come to it (read committed), whatever isolation
 * a connection has: who waits for a row wants to read it as it is then.
 *
 * <p>A process that is stopped in the midst of a transaction, and not dead, keeps the rows it has
 * locked, and others wait for them without end. So PostgreSQL is told to end a transaction that is
 * idle for 15 seconds, and to wait 5 seconds for a row at most.
 */
public final class Transactions {
  private static final String POSTGRESQL = "PostgreSQL";
  private static final Duration LONGEST_IDLE = Duration.ofSeconds(15);

  private final DataSource dataSource;
  private final String beginning;

  /** Creates transactions on the connections of a data source. */
  public Transactions(DataSource dataSource) {
    this(dataSource, LONGEST_IDLE);
  }

  /**
   * Creates transactions on the connections of a data source.
   *
   * @param longestIdle how long one may do nothing until PostgreSQL ends it, instead of 15 seconds
   */
  public Transactions(DataSource dataSource, Duration longestIdle) {
    this.dataSource = Objects.requireNonNull(dataSource, "dataSource");
    // All of it ends with the transaction: a pool gets its connection back as it was.
    this.beginning =
        "SET TRANSACTION ISOLATION LEVEL READ COMMITTED;"
            + " SET LOCAL idle_in_transaction_session_timeout = "
            + longestIdle.toMillis()
            + "; SET LOCAL lock_timeout = 5000";
  }

  /**
   * What is done in a transaction.
   *
   * @param <T> what comes of it
   * @param <X> what it may throw beside what the database does
   */
  public interface Work<T, X extends Exception> {
    /** Does it. */
    T run(Connection connection) throws SQLException, X;
  }

  /**
   * Runs a transaction.
   *
   * @throws SQLException if the database fails; when it cannot even undo what was done, that is
   *     suppressed in what was thrown first
   */
  public <T, X extends Exception> T transact(Work<T, X> work) throws SQLException, X {
    try (Connection connection = dataSource.getConnection()) {
      State before = new State(connection);
      connection.setAutoCommit(false);
      T result;
      try {
        begin(connection, before);
        result = work.run(connection);
        connection.commit();
      } catch (Throwable failure) {
        undo(connection, before, failure);
        throw failure;
      }
      before.restore(connection);
      return result;
    }
  }

  /** How a connection was before a transaction. */
  private static final class State {
    private final boolean autoCommit;

    /** Of PostgreSQL it is not asked for, which would take a statement. */
    private final int isolation;

    State(Connection connection) throws SQLException {
      autoCommit = connection.getAutoCommit();
      isolation =
          isPostgres(connection)
              ? Connection.TRANSACTION_READ_COMMITTED
              : connection.getTransactionIsolation();
    }

    void restore(Connection connection) throws SQLException {
      if (isolation != Connection.TRANSACTION_READ_COMMITTED) {
        connection.setTransactionIsolation(isolation);
      }
      connection.setAutoCommit(autoCommit);
    }
  }

  private void begin(Connection connection, State before) throws SQLException {
    if (isPostgres(connection)) {
      try (Statement statement = connection.createStatement()) {
        statement.execute(beginning);
      }
    } else if (before.isolation != Connection.TRANSACTION_READ_COMMITTED) {
      connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
    }
  }

  /** Returns whether a connection leads to PostgreSQL. */
  public static boolean isPostgres(Connection connection) throws SQLException {
    return POSTGRESQL.equals(connection.getMetaData().getDatabaseProductName());
  }

  private static void undo(Connection connection, State before, Throwable why) {
    try {
      connection.rollback();
      // Only now: going back to auto-commit would commit what is not rolled back.
      before.restore(connection);
    } catch (SQLException | RuntimeException failure) {
      why.addSuppressed(failure);
    }
  }

  /** Runs a statement and returns how many rows it changed. */
  public static int update(Connection connection, String sql, Object... values)
      throws SQLException {
    try (PreparedStatement statement = prepare(connection, sql, values)) {
      return statement.executeUpdate();
    }
  }

  /** Prepares a statement with its values. */
  public static PreparedStatement prepare(Connection connection, String sql, Object... values)
      throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    try {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      return statement;
    } catch (SQLException | RuntimeException failure) {
      statement.close();
      throw failure;
    }
  }

  /** Returns whether the database has no such table, or does not let us see it. */
  public static boolean isMissingTable(SQLException failure) {
    return state(failure).startsWith("42") || state(failure).startsWith("S0");
  }

  /**
   * Returns whether a row is there already: a constraint is broken, and ours are all about that.
   */
  public static boolean isDuplicate(SQLException failure) {
    return state(failure).startsWith("23");
  }

  /** Returns whether a row is locked by another transaction, which does not end. */
  public static boolean isLocked(SQLException failure) {
    // PostgreSQL's, and H2's.
    return state(failure).equals("55P03") || state(failure).equals("HYT00");
  }

  /** Returns whether a transaction met another one and may go through if it is run again. */
  public static boolean isConflict(SQLException failure) {
    // The standard's class, and H2's; which may also look at tables while another makes some.
    return state(failure).startsWith("40")
        || state(failure).equals("90131")
        || failure.getCause() instanceof ConcurrentModificationException;
  }

  /** Returns whether the connection may only read. */
  public static boolean isReadOnly(SQLException failure) {
    return state(failure).equals("25006");
  }

  private static String state(SQLException failure) {
    return String.valueOf(failure.getSQLState());
  }
}
