package io.github.klaviyoexport.internal.source.jdbc;

import java.io.IOException;
import java.sql.SQLException;
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

  /** What is meant by a state, or by the two characters that states of one class begin with. */
  private static final Map<String, String> MEANINGS =
      Map.ofEntries(
          Map.entry("08", "it cannot be reached, or the connection broke: run the export again"),
          Map.entry("22", "it cannot compute or convert a value: correct the query"),
          Map.entry("25006", "the query would change data, and is to read only"),
          Map.entry("28", "it refused the login: check user and password"),
          Map.entry("40", "it gave way to another transaction: run the export again"),
          Map.entry("42", "it does not take the query: run it in the database's own console"),
          Map.entry("42501", "its user may not read what the query names: grant that"),
          Map.entry("42701", TWO_COLUMNS),
          Map.entry("42703", NO_COLUMN),
          Map.entry("42P01", NO_TABLE),
          Map.entry("42S02", NO_TABLE),
          Map.entry("42S04", NO_TABLE),
          Map.entry("42S21", TWO_COLUMNS),
          Map.entry("42S22", NO_COLUMN),
          Map.entry("53", "it has no connection or memory left: run the export again later"),
          Map.entry("S0", "it does not take the query: run it in the database's own console"));

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
  static IOException of(SQLException failure, String doing, Duration timeout) {
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

  private static String meaning(SQLException failure, Duration timeout) {
    String state = String.valueOf(failure.getSQLState());
    if (failure instanceof SQLTransientConnectionException) {
      return "no connection was to be had in time: give the pool more, or run fewer exports at once";
    }
    if (isEnded(failure, state)) {
      return "a query was ended, most likely by its time limit of "
          + timeout
          + ": give the database an index on the columns that it is ordered by, or raise the limit"
          + " with queryTimeout(...)";
    }
    String sqlServer = SQL_SERVER.get(failure.getErrorCode());
    if (sqlServer != null && state.startsWith("S0")) {
      return sqlServer;
    }
    String exact = MEANINGS.get(state);
    return exact != null
        ? exact
        : MEANINGS.getOrDefault(
            state.substring(0, Math.min(2, state.length())), "see its log for what happened");
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
    return state.startsWith("08") || isEnded(failure, state);
  }

  /** Returns what drivers and documentation call the failure. */
  static String code(SQLException failure) {
    String state = failure.getSQLState();
    return (state == null ? "no SQLState" : "SQLState " + state)
        + ", vendor code "
        + failure.getErrorCode();
  }
}
