package io.github.klaviyoexport.internal.source.jdbc;

import io.github.klaviyoexport.internal.text.InWords;
import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Map;

/**
 * What a failure of a database means, without the driver's words: they may quote values of rows.
 */
final class JdbcFailure {
  private static final String TWO_COLUMNS =
      "the query gives two columns of one name: name each once, with 'as'";
  private static final String NO_TABLE =
      "the query names a table that is not there or not to be seen: check its name and schema";
  private static final String NO_COLUMN =
      "the query names a column that is not there: check its name";

  private static final String STOPPED =
      "it was stopped, is starting or ended the connection: try again";
  private static final String TRANSACTION_TOO_LONG =
      "it ended a transaction that waited or took too long, as reading in one pass may: read in"
          + " pages, with orderedBy(...)";
  private static final String CANNOT =
      "it or its driver cannot do what is asked: simplify the query, or use a newer driver";

  /** What is meant by a state, or by the characters that states of one kind begin with. */
  private static final Map<String, String> MEANINGS =
      Map.ofEntries(
          Map.entry("0A", CANNOT),
          Map.entry("08", "it cannot be reached, or the connection broke: try again"),
          Map.entry("22", "it cannot compute or convert a value: correct the query"),
          Map.entry("25006", "the query would change data, and is to read only"),
          Map.entry("25P03", TRANSACTION_TOO_LONG),
          Map.entry("25P04", TRANSACTION_TOO_LONG),
          Map.entry("28", "it refused the login: check user and password"),
          Map.entry("40", "it gave way to another transaction: try again"),
          Map.entry("42", "it does not take the query: run it in the database's own console"),
          Map.entry("42501", "its user may not read what the query names: grant that"),
          Map.entry("42701", TWO_COLUMNS),
          Map.entry("42703", NO_COLUMN),
          Map.entry("42P01", NO_TABLE),
          Map.entry("42S02", NO_TABLE),
          Map.entry("42S04", NO_TABLE),
          Map.entry("42S21", TWO_COLUMNS),
          Map.entry("42S22", NO_COLUMN),
          Map.entry("53", "it has no connection or memory left: try again later"),
          Map.entry("57P", STOPPED),
          Map.entry("S0", "it does not take the query: run it in the database's own console"));

  /** How many characters of a state mean something, the most first. */
  private static final int[] LENGTHS = {5, 3, 2};

  /** What SQL Server means, which has one state for much. */
  private static final Map<Integer, String> SQL_SERVER =
      Map.of(
          207, NO_COLUMN,
          208, NO_TABLE,
          1033, "the query has an 'order by' of its own: take it out",
          8156, TWO_COLUMNS);

  private JdbcFailure() {}

  /**
   * Returns the failure as it may be told.
   *
   * @param doing what was being done, as in {@code the segment 'vip-eu' was read}
   */
  static IOException of(SQLException thrown, String doing, Duration timeout) {
    SQLException failure = withState(thrown);
    return new IOException(
        "The database failed while "
            + doing
            + ": "
            + meaning(failure, timeout)
            + " ("
            + code(failure)
            + ", "
            + failure.getClass().getName()
            + "; the driver's words may quote values and are not shown).");
  }

  /** Returns the first with a state: a pool's own may have none, and be caused by one that has. */
  private static SQLException withState(SQLException failure) {
    for (Throwable each : failure) {
      if (each instanceof SQLException stated && stated.getSQLState() != null) {
        return stated;
      }
    }
    return failure;
  }

  private static String meaning(SQLException failure, Duration timeout) {
    String state = String.valueOf(failure.getSQLState());
    String sqlServer = SQL_SERVER.get(failure.getErrorCode());
    if (sqlServer != null && state.startsWith("S0")) {
      return sqlServer;
    }
    for (int length : LENGTHS) {
      String known = MEANINGS.get(state.substring(0, Math.min(length, state.length())));
      if (known != null) {
        return known;
      }
    }
    if (isEnded(failure, state)) {
      return "a query was ended, most likely by its time limit of "
          + InWords.duration(timeout)
          + ": give the database an index on the columns that it is ordered by, or raise the limit"
          + " with queryTimeout(...)";
    }
    if (failure.getSQLState() == null && failure instanceof SQLTransientConnectionException) {
      return "no connection was to be had in time: give the pool more, or run fewer exports at once";
    }
    return failure instanceof SQLFeatureNotSupportedException
        ? CANNOT
        : "see its log for what happened";
  }

  private static boolean isEnded(SQLException failure, String state) {
    return failure instanceof SQLTimeoutException
        || state.equals("57014")
        || state.equals("HY008")
        || state.equals("HYT00")
        || state.equals("70100");
  }

  /** Returns whether it is of the connection rather than of a value that was read from it. */
  static boolean isOfConnection(SQLException failure) {
    String state = String.valueOf(failure.getSQLState());
    return state.startsWith("08")
        || state.startsWith("25P")
        || state.startsWith("57P")
        || isEnded(failure, state);
  }

  /** Returns what drivers and documentation call the failure. */
  static String code(SQLException failure) {
    String state = failure.getSQLState();
    return (state == null ? "no SQLState" : "SQLState " + state)
        + ", vendor code "
        + failure.getErrorCode();
  }
}
