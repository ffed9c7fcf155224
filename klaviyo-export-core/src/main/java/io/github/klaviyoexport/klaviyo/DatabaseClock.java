package io.github.klaviyoexport.klaviyo;

import io.github.klaviyoexport.internal.jdbc.Transactions;
import io.github.klaviyoexport.time.TimeSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;

/**
 * The clock of a database, by which processes on several hosts tell the same time.
 *
 * <p>It is read from the database now and then, in a transaction that does nothing else, and goes
 * by this JVM's in between. It is right to within half the time that one statement takes.
 */
final class DatabaseClock implements JdbcPermits.Clock {
  private static final int READINGS = 3;
  private static final long READ_EVERY_NANOS = Duration.ofMinutes(1).toNanos();
  private static final long NANOS_PER_MILLI = Duration.ofMillis(1).toNanos();

  private final Transactions transactions;
  private final TimeSource time = TimeSource.system();
  private boolean read;
  private long readAt;
  private long millisAtRead;

  DatabaseClock(Transactions transactions) {
    this.transactions = transactions;
  }

  @Override
  public synchronized void readIfDue() throws SQLException {
    if (!read || time.nanoTime() - readAt > READ_EVERY_NANOS) {
      read();
    }
  }

  @Override
  public synchronized long millis() {
    return millisAtRead + (time.nanoTime() - readAt) / NANOS_PER_MILLI;
  }

  private void read() throws SQLException {
    long quickest = Long.MAX_VALUE;
    for (int i = 0; i < READINGS; i++) {
      Reading reading = transactions.transact(this::reading);
      if (reading.took < quickest) {
        quickest = reading.took;
        readAt = reading.before + reading.took / 2;
        millisAtRead = reading.millis;
      }
    }
    read = true;
  }

  /** What the clock has said, and when and for how long it was asked. */
  private record Reading(long before, long took, long millis) {}

  /**
   * Reads it within a transaction, so that what it takes to get a connection, which differs from
   * host to host, makes no difference.
   */
  private Reading reading(Connection connection) throws SQLException {
    // In PostgreSQL, the other one is the time at which the transaction began.
    String now = Transactions.isPostgres(connection) ? "clock_timestamp()" : "CURRENT_TIMESTAMP";
    try (PreparedStatement select =
        Transactions.prepare(
            connection, "SELECT EXTRACT(EPOCH FROM " + now + ") AS epoch_seconds")) {
      long before = time.nanoTime();
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        long millis = rows.getBigDecimal(1).movePointRight(3).longValue();
        return new Reading(before, time.nanoTime() - before, millis);
      }
    }
  }
}
