package io.github.klaviyoexport.journal;

import static io.github.klaviyoexport.internal.jdbc.Transactions.prepare;
import static io.github.klaviyoexport.internal.jdbc.Transactions.update;

import io.github.klaviyoexport.internal.hold.RowHold;
import io.github.klaviyoexport.internal.jdbc.StoreDatabase;
import io.github.klaviyoexport.time.TimeSource;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Consumer;

/** A log of a {@link JdbcJournal}. */
final class JdbcLog implements JournalLog {
  /** Lines can be megabytes long. */
  private static final int LINES_FETCHED = 8;

  private final StoreDatabase database;
  private final JdbcTables tables;
  private final String key;
  private final RowHold hold;
  private long lines;

  private JdbcLog(StoreDatabase database, JdbcTables tables, String key, RowHold hold) {
    this.database = database;
    this.tables = tables;
    this.key = key;
    this.hold = hold;
  }

  /** Opens a log, making its row if there is none. */
  static JdbcLog open(
      StoreDatabase database, JdbcTables tables, TimeSource time, String key, Duration silence)
      throws IOException {
    RowHold hold = RowHold.take(database, tables.log, time, key, silence);
    JdbcLog log = new JdbcLog(database, tables, key, hold);
    try {
      log.lines = database.transact("open the log " + key, log::lastLine);
      return log;
    } catch (IOException | RuntimeException | Error failure) {
      try {
        hold.close();
      } catch (IOException unclosed) {
        failure.addSuppressed(unclosed);
      }
      throw failure;
    }
  }

  private long lastLine(Connection connection) throws SQLException {
    String sql = "SELECT MAX(seq) FROM " + tables.line + " WHERE log_key = ?";
    try (PreparedStatement select = prepare(connection, sql, key);
        ResultSet row = select.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  @Override
  public void replay(Consumer<String> line) throws IOException {
    hold.requireOpen();
    String sql = "SELECT line FROM " + tables.line + " WHERE log_key = ? ORDER BY seq";
    database.carryOut(
        "read the log " + key,
        connection -> {
          try (PreparedStatement select = prepare(connection, sql, key)) {
            select.setFetchSize(LINES_FETCHED);
            try (ResultSet rows = select.executeQuery()) {
              while (rows.next()) {
                line.accept(rows.getString(1));
              }
            }
          }
        });
  }

  @Override
  public void append(String line) throws IOException {
    LogRules.requireLine(line);
    hold.write(connection -> insert(connection, lines + 1, line));
    lines++;
  }

  @Override
  public void restart(String line) throws IOException {
    LogRules.requireLine(line);
    hold.write(
        connection -> {
          update(connection, "DELETE FROM " + tables.line + " WHERE log_key = ?", key);
          insert(connection, 1, line);
        });
    lines = 1;
  }

  /**
   * Deletes all lines; returns whether there were any. The row that counts the holders stays, so
   * that one of before can write no more.
   */
  boolean delete() throws IOException {
    boolean any = lines > 0;
    hold.write(
        connection -> update(connection, "DELETE FROM " + tables.line + " WHERE log_key = ?", key));
    lines = 0;
    return any;
  }

  private void insert(Connection connection, long number, String line) throws SQLException {
    String sql = "INSERT INTO " + tables.line + " (log_key, seq, line) VALUES (?, ?, ?)";
    try {
      update(connection, sql, key, number, line);
    } catch (SQLException e) {
      SQLException quiet =
          new SQLException(
              "What the database said is left out, because it may quote the line.",
              e.getSQLState(),
              e.getErrorCode());
      quiet.setStackTrace(e.getStackTrace());
      throw quiet;
    }
  }

  @Override
  public void keepAlive() throws IOException {
    hold.keepAlive();
  }

  @Override
  public void close() throws IOException {
    hold.close();
  }
}
