package io.github.klaviyoexport.internal.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import javax.sql.DataSource;

/**
 * Transactions on a database. Each takes a connection, gives it back as it was, and is either
 * committed when it returns or not at all.
 *
 * <p>A process that is stopped in the midst of a transaction, and not dead, keeps the rows it has
 * locked, and others wait for them without end. So PostgreSQL is told to end a transaction that is
 * idle for 15 seconds, and to wait 5 seconds for a row at most.
 */
public final class Transactions {
  private static final String POSTGRESQL = "PostgreSQL";
  private static final String BOUNDS =
      "SET LOCAL idle_in_transaction_session_timeout = '15s'; SET LOCAL lock_timeout = '5s'";

  private final DataSource dataSource;

  /** Creates transactions on the connections of a data source. */
  public Transactions(DataSource dataSource) {
    this.dataSource = Objects.requireNonNull(dataSource, "dataSource");
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
      boolean autoCommit = connection.getAutoCommit();
      connection.setAutoCommit(false);
      T result;
      try {
        bound(connection);
        result = work.run(connection);
        connection.commit();
      } catch (Throwable failure) {
        undo(connection, autoCommit, failure);
        throw failure;
      }
      connection.setAutoCommit(autoCommit);
      return result;
    }
  }

  private static void bound(Connection connection) throws SQLException {
    if (POSTGRESQL.equals(connection.getMetaData().getDatabaseProductName())) {
      try (Statement statement = connection.createStatement()) {
        statement.execute(BOUNDS);
      }
    }
  }

  private static void undo(Connection connection, boolean autoCommit, Throwable why) {
    try {
      connection.rollback();
      // Only now: going back to auto-commit would commit what is not rolled back.
      connection.setAutoCommit(autoCommit);
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

  private static String state(SQLException failure) {
    return String.valueOf(failure.getSQLState());
  }
}
