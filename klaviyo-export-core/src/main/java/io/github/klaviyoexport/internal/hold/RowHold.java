package io.github.klaviyoexport.internal.hold;

import static io.github.klaviyoexport.internal.jdbc.Transactions.prepare;
import static io.github.klaviyoexport.internal.jdbc.Transactions.update;

import io.github.klaviyoexport.internal.jdbc.StoreDatabase;
import io.github.klaviyoexport.internal.jdbc.StoreDatabase.Action;
import io.github.klaviyoexport.internal.jdbc.StoreDatabase.FailedException;
import io.github.klaviyoexport.internal.jdbc.Transactions.Work;
import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.journal.LogHeldException;
import io.github.klaviyoexport.time.TimeSource;
import java.io.Closeable;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;

/**
 * A hold on a log in a database.
 *
 * <p>The log's row in the table of logs names the holder. Taking the log over counts the row's
 * token up. Every write begins by renewing the row under the token it knows: if the log has been
 * taken over, that finds no row; if not, it keeps the log from being taken over until the write is
 * committed. So a holder that was wrongly taken for dead can write no more.
 *
 * <p>Belongs to one thread.
 */
public final class RowHold implements Closeable {
  /**
   * How long a holder may be silent that does not say otherwise, by the clock of the database,
   * which is one for all.
   */
  public static final Duration SILENCE = Duration.ofMinutes(2);

  private static final Duration LONGEST_RENEWAL = Duration.ofSeconds(20);

  /** For two tries, which are ten seconds apart. */
  private static final Duration SHORTEST_WORRY = Duration.ofSeconds(15);

  private static final Duration LONGEST_WORRY = Duration.ofDays(1);

  /** How long to wait for one that is stopped in the midst of a transaction. */
  private static final Duration LOCKED = Duration.ofSeconds(10);

  private final StoreDatabase database;
  private final String table;
  private final TimeSource time;
  private final String key;
  private final Duration silence;
  private final long renewalNanos;
  private final long worryNanos;
  private final long token;
  private long renewed;
  private long tried;
  private boolean failed;
  private boolean closed;

  private RowHold(
      StoreDatabase database,
      String table,
      TimeSource time,
      String key,
      Duration silence,
      long token) {
    this.database = database;
    this.table = table;
    this.time = time;
    this.key = key;
    this.silence = silence;
    this.renewalNanos = shorter(LONGEST_RENEWAL, silence.dividedBy(4)).toNanos();
    this.worryNanos =
        shorter(LONGEST_WORRY, longer(SHORTEST_WORRY, silence.dividedBy(2))).toNanos();
    this.token = token;
    this.renewed = time.nanoTime();
    this.tried = renewed;
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? other : one;
  }

  /**
   * Takes a log, making its row if there is none.
   *
   * @param table the table of logs
   * @param time only tells when to renew
   * @throws LogHeldException if it is taken
   */
  public static RowHold take(
      StoreDatabase database, String table, TimeSource time, String key, Duration silence)
      throws IOException {
    Work<RowHold, IOException> take =
        connection -> take(connection, database, table, time, key, silence);
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

  private static RowHold take(
      Connection connection,
      StoreDatabase database,
      String table,
      TimeSource time,
      String key,
      Duration silence)
      throws SQLException, IOException {
    // Locks the row, in whatever dialect.
    String lock = "UPDATE " + table + " SET token = token WHERE log_key = ?";
    if (update(connection, lock, key) == 0) {
      String make = "INSERT INTO " + table + " (log_key, token) VALUES (?, 0)";
      update(connection, make, key);
    }
    long token = requireFree(connection, table, key) + 1;
    String take =
        "UPDATE "
            + table
            + " SET holder = ?, token = ?, taken_at = CURRENT_TIMESTAMP,"
            + " renewed_at = CURRENT_TIMESTAMP WHERE log_key = ?";
    String holder = LogHolder.written(silence.equals(SILENCE) ? null : silence, null);
    update(connection, take, holder, token, key);
    return new RowHold(database, table, time, key, silence, token);
  }

  /** Returns the token of the last holder, if its hold has ended. */
  private static long requireFree(Connection connection, String table, String key)
      throws SQLException, LogHeldException {
    String sql =
        "SELECT token, holder, taken_at, renewed_at, CURRENT_TIMESTAMP FROM "
            + table
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

  /**
   * Runs a write, which nothing else can write in the midst of. Once one has failed no more are.
   */
  public void write(Action write) throws IOException {
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

  /** Shows that its holder is alive, when that is due. */
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
        "UPDATE " + table + " SET renewed_at = CURRENT_TIMESTAMP WHERE log_key = ? AND token = ?";
    if (update(connection, sql, key, token) == 0) {
      throw new IOException(
          "The log "
              + key
              + " was taken over by another process, because nothing was heard from this one for "
              + InWords.duration(silence)
              + ": this export stops here, and the other goes on from what is written.");
    }
  }

  /** Requires that it was not let go. */
  public void requireOpen() throws IOException {
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
    String sql = "UPDATE " + table + " SET holder = NULL WHERE log_key = ? AND token = ?";
    database.carryOut(
        "let go of the log "
            + key
            + " before its hold ends by itself in "
            + (silence.equals(SILENCE) ? "two minutes" : InWords.duration(silence)),
        connection -> update(connection, sql, key, token));
  }
}
