package io.github.klaviyoexport.internal.jdbc;

import io.github.klaviyoexport.journal.JdbcJournal;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * Transactions on the database of a {@link JdbcJournal}. Each takes a connection, gives it back as
 * it was, and is either committed when it returns or not at all.
 */
public final class Transactions {
  private final DataSource dataSource;

  public Transactions(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  /** What is done in a transaction. */
  public interface Work<T> {
    T run(Connection connection) throws SQLException, IOException;
  }

  /** The same where nothing comes of it. */
  public interface Action {
    void run(Connection connection) throws SQLException, IOException;
  }

  /** Like {@link #transact}, without a result. */
  public void carryOut(String aim, Action action) throws IOException {
    transact(
        aim,
        connection -> {
          action.run(connection);
          return true;
        });
  }

  /**
   * Runs a transaction.
   *
   * @param aim what it is for, as in "the journal could not ..."
   * @throws FailedException if the database fails
   */
  public <T> T transact(String aim, Work<T> work) throws IOException {
    try (Connection connection = dataSource.getConnection()) {
      boolean autoCommit = connection.getAutoCommit();
      connection.setAutoCommit(false);
      T result;
      try {
        result = work.run(connection);
        connection.commit();
      } catch (Throwable e) {
        undo(connection, autoCommit, e);
        throw e;
      }
      connection.setAutoCommit(autoCommit);
      return result;
    } catch (SQLException e) {
      throw new FailedException(aim, e);
    }
  }

  private static void undo(Connection connection, boolean autoCommit, Throwable why) {
    try {
      connection.rollback();
      // Only now: going back to auto-commit would commit what is not rolled back.
      connection.setAutoCommit(autoCommit);
    } catch (SQLException e) {
      why.addSuppressed(e);
    }
  }

  /** Runs a statement and says how many rows it changed. */
  public static int update(Connection connection, String sql, Object... values)
      throws SQLException {
    try (PreparedStatement statement = prepare(connection, sql, values)) {
      return statement.executeUpdate();
    }
  }

  public static PreparedStatement prepare(Connection connection, String sql, Object... values)
      throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    try {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      return statement;
    } catch (SQLException | RuntimeException e) {
      statement.close();
      throw e;
    }
  }

  /** A transaction that the database did not carry out, or did not say so. */
  public static final class FailedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String state;

    FailedException(String aim, SQLException cause) {
      super(
          "The journal could not "
              + aim
              + ", because its database failed (SQL state "
              + cause.getSQLState()
              + ", code "
              + cause.getErrorCode()
              + "): see to the database, then run the export again; it goes on from what is"
              + " written.",
          cause);
      this.state = String.valueOf(cause.getSQLState());
    }

    /** The database has no such table, or does not let us see it. */
    public boolean isMissingTable() {
      return state.startsWith("42") || state.startsWith("S0");
    }

    /** The row is there already. */
    public boolean isDuplicate() {
      return state.startsWith("23");
    }
  }
}
