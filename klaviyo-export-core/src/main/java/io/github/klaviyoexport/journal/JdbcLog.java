package io.github.klaviyoexport.journal;

import static io.github.klaviyoexport.internal.jdbc.Transactions.prepare;
import static io.github.klaviyoexport.internal.jdbc.Transactions.update;

import io.github.klaviyoexport.internal.hold.LogHolder;
import io.github.klaviyoexport.internal.jdbc.Transactions.Work;
import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.journal.JournalDatabase.FailedException;
import io.github.klaviyoexport.time.TimeSource;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * A log of a {@link JdbcJournal}.
 *
 * <p>Its row in the table of logs names the holder. Taking the log over counts the row's token up.
 * Every write begins by renewing the row under the token it knows: if the log has been taken over,
 * that finds no row; if not, it keeps the log from being taken over until the write is committed.
 * So a holder that was wrongly taken for dead can write no more.
 */
final class JdbcLog implements JournalLog {
  /**
   * How long a holder may be silent that does not say otherwise, by the clock of the database,
   * which is one for all.
   */
  static final Duration SILENCE = Duration.ofMinutes(2);

  private static final Duration LONGEST_RENEWAL = Duration.ofSeconds(20);

  /** For two tries, which are ten seconds apart. */
  private static final Duration SHORTEST_WORRY = Duration.ofSeconds(15);

  private static final Duration LONGEST_WORRY = Duration.ofDays(1);

  /** How long to wait for one that is stopped in the midst of a transaction. */
  private static final Duration LOCKED = Duration.ofSeconds(10);

  /** Lines can be megabytes long. */
  private static final int LINES_FETCHED = 8;

  private final JournalDatabase database;
  private final JdbcTables tables;
  private final TimeSource time;
  private final String key;
  private final Duration silence;
  private final long renewalNanos;
  private final long worryNanos;
  private final long token;
  private long lines;
  private long renewed;
  private long tried;
  private boolean failed;
  private boolean closed;

  private JdbcLog(
      JournalDatabase database,
      JdbcTables tables,
      TimeSource time,
      String key,
      Duration silence,
      long token,
      long lines) {
    this.database = database;
    this.tables = tables;
    this.time = time;
    this.key = key;
    this.silence = silence;
    this.renewalNanos = shorter(LONGEST_RENEWAL, silence.dividedBy(4)).toNanos();
    this.worryNanos =
        shorter(LONGEST_WORRY, longer(SHORTEST_WORRY, silence.dividedBy(2))).toNanos();
    this.token = token;
    this.lines = lines;
    this.renewed = time.nanoTime();
    this.tried = renewed;
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? other : one;
  }

  /** Opens a log, making its row if there is none. */
  static JdbcLog open(
      JournalDatabase database, JdbcTables tables, TimeSource time, String key, Duration silence)
      throws IOException {
    Work<JdbcLog, IOException> take =
        connection -> take(connection, database, tables, time, key, silence);
    String aim = "open the log " + key;
    try {
      return database.transact(aim, take);
    } catch (FailedException e) {
      if (e.isLocked()) {
        throw held(e);
      }
      if (!e.isDuplicate()) {
        throw e;
      }
      // Another process made the row of this new log at the same time.
      return database.transact(aim, take);
    }
  }

  /** Returns the failure to meet a holder that is in the midst of a transaction, and stopped. */
  private static LogHeldException held(FailedException locked) {
    LogHeldException held =
        new LogHeldException("a process that is in the midst of a transaction", LOCKED);
    held.initCause(locked);
    return held;
  }

  private static JdbcLog take(
      Connection connection,
      JournalDatabase database,
      JdbcTables tables,
      TimeSource time,
      String key,
      Duration silence)
      throws SQLException, IOException {
    // Locks the row, in whatever dialect.
    String lock = "UPDATE " + tables.log + " SET token = token WHERE log_key = ?";
    if (update(connection, lock, key) == 0) {
      String make = "INSERT INTO " + tables.log + " (log_key, token) VALUES (?, 0)";
      update(connection, make, key);
    }
    long token = requireFree(connection, tables, key) + 1;
    String take =
        "UPDATE "
            + tables.log
            + " SET holder = ?, token = ?, taken_at = CURRENT_TIMESTAMP,"
            + " renewed_at = CURRENT_TIMESTAMP WHERE log_key = ?";
    String holder = LogHolder.written(silence.equals(SILENCE) ? null : silence, null);
    update(connection, take, holder, token, key);
    long last = lastLine(connection, tables, key);
    return new JdbcLog(database, tables, time, key, silence, token, last);
  }

  /** Returns the token of the last holder, if its hold has ended. */
  private static long requireFree(Connection connection, JdbcTables tables, String key)
      throws SQLException, LogHeldException {
    String sql =
        "SELECT token, holder, taken_at, renewed_at, CURRENT_TIMESTAMP FROM "
            + tables.log
            + " WHERE log_key = ?";
    try (PreparedStatement select = prepare(connection, sql, key);
        ResultSet row = select.executeQuery()) {
      row.next();
      long token = row.getLong(1);
      String written = row.getString(2);
      if (written == null) {
        return token;
      }
      LogHolder holder = LogHolder.read(written);
      Duration longest = holder.silence() == null ? SILENCE : holder.silence();
      Duration silent =
          Duration.between(row.getTimestamp(4).toInstant(), row.getTimestamp(5).toInstant());
      // A hold that is renewed in the future is one of a clock that was wrong, and is not renewed
      // now.
      if (silent.abs().compareTo(longest) < 0) {
        Instant taken = row.getTimestamp(3).toInstant();
        throw new LogHeldException(holder.since(taken), longest.minus(silent));
      }
      return token;
    }
  }

  private static long lastLine(Connection connection, JdbcTables tables, String key)
      throws SQLException {
    String sql = "SELECT MAX(seq) FROM " + tables.line + " WHERE log_key = ?";
    try (PreparedStatement select = prepare(connection, sql, key);
        ResultSet row = select.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  @Override
  public void replay(Consumer<String> line) throws IOException {
    requireOpen();
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
    write(connection -> insert(connection, lines + 1, line));
    lines++;
  }

  @Override
  public void restart(String line) throws IOException {
    LogRules.requireLine(line);
    write(
        connection -> {
          update(connection, "DELETE FROM " + tables.line + " WHERE log_key = ?", key);
          insert(connection, 1, line);
        });
    lines = 1;
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

  private interface Write {
    void run(Connection connection) throws SQLException;
  }

  private void write(Write write) throws IOException {
    requireOpen();
    if (failed) {
      throw new IOException(
          "An earlier write to the log " + key + " failed: close the log and open it again.");
    }
    // A commit that fails may have happened all the same; only opening the log again tells.
    failed = true;
    long now = time.nanoTime();
    database.carryOut(
        "write to the log " + key,
        connection -> {
          renew(connection);
          write.run(connection);
        });
    failed = false;
    renewed = now;
    tried = now;
  }

  @Override
  public void keepAlive() throws IOException {
    requireOpen();
    long now = time.nanoTime();
    if (now - tried < renewalNanos) {
      return;
    }
    tried = now;
    try {
      database.carryOut("say that its export is alive", this::renew);
      renewed = now;
    } catch (FailedException e) {
      // The hold outlasts a hiccup of the database, and there is time for another try.
      if (now - renewed >= worryNanos) {
        throw e;
      }
    }
  }

  private void renew(Connection connection) throws SQLException, IOException {
    String sql =
        "UPDATE "
            + tables.log
            + " SET renewed_at = CURRENT_TIMESTAMP WHERE log_key = ? AND token = ?";
    if (update(connection, sql, key, token) == 0) {
      throw new IOException(
          "The log "
              + key
              + " was taken over by another process, because nothing was heard from this one for "
              + InWords.duration(silence)
              + ": this export stops here, and the other goes on from what is written.");
    }
  }

  private void requireOpen() throws IOException {
    if (closed) {
      throw new IOException("This log is closed: open it again.");
    }
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    String sql = "UPDATE " + tables.log + " SET holder = NULL WHERE log_key = ? AND token = ?";
    database.carryOut(
        "let go of the log "
            + key
            + " before its hold ends by itself in "
            + (silence.equals(SILENCE) ? "two minutes" : silence.toSeconds() + " seconds"),
        connection -> update(connection, sql, key, token));
  }
}
