package io.github.klaviyoexport.klaviyo;

import io.github.klaviyoexport.internal.jdbc.TablePrefix;
import io.github.klaviyoexport.internal.jdbc.Transactions;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Permits in a database: processes on any number of hosts keep the quota of one Klaviyo account
 * together, and use it up.
 *
 * {@snippet class="io.github.klaviyoexport.klaviyo.JdbcPermitsTest" region="permits"}
 *
 * <p>Made for PostgreSQL and H2. There is a row for each account and operation, which is locked for
 * each permit: Klaviyo takes a few calls a second, so being exact costs nothing. A process that
 * dies holds no lock, and what it had under way is forgotten 30 seconds later. All times are those
 * of the database's clock.
 *
 * <p>The table {@code klaviyo_export_permits} is made on first use; where the user of the database
 * may not do that, an {@link IOException} shows the statement for an administrator. It holds the
 * name of the account, operations and times, and nothing else. A connection is taken from the data
 * source for each operation and given back before it returns, in the state it had. Give the data
 * source a time limit of a few seconds for its connections and statements: an export waits for it
 * before each call.
 *
 * <p>Instances are safe for use by many threads.
 */
public final class JdbcPermits implements PermitSource {
  private static final Pattern ACCOUNT = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}");
  private static final String TABLE = "permits";

  /** A row is locked for some milliseconds, by a process that runs. */
  private static final Duration LONGEST_IDLE = Duration.ofSeconds(2);

  private static final int MOST_TRIES = 10;
  private static final int TRIES_TO_MAKE = 3;

  private final Transactions transactions;
  private final String account;
  private final String table;
  private final Clock clock;
  private volatile boolean tableIsThere;

  /** A clock that all processes share. */
  interface Clock {
    /** Reads the time from where it is kept, if it has not been lately. */
    void readIfDue() throws SQLException;

    /** Returns the time in milliseconds since 1970, without asking anything for it. */
    long millis();
  }

  private JdbcPermits(Transactions transactions, String account, String table, Clock clock) {
    this.transactions = transactions;
    this.account = account;
    this.table = table;
    this.clock = clock;
  }

  /**
   * Creates the permits of an account in the database that a data source connects to.
   *
   * @param account a name for the account, the same in every process that calls it, and another for
   *     each account: 1 to 64 characters of letters, digits, {@code _}, {@code .} and {@code -}. It
   *     is written in the database, so it must not be the key
   * @throws IllegalArgumentException if the name is not like that
   */
  public static JdbcPermits on(DataSource dataSource, String account) {
    if (!ACCOUNT.matcher(Objects.requireNonNull(account, "account")).matches()
        || account.startsWith("pk_")) {
      throw new IllegalArgumentException(
          "The account needs a name of your own, 1 to 64 letters, digits, _, . and -, such as"
              + " shop-eu: the same in every process that calls the account, and no API key.");
    }
    Transactions transactions = new Transactions(dataSource, LONGEST_IDLE);
    return new JdbcPermits(
        transactions, account, "klaviyo_export_" + TABLE, new DatabaseClock(transactions));
  }

  /**
   * Returns the same permits with another name for their table, which is {@code permits} behind the
   * prefix.
   *
   * @param prefix {@code klaviyo_export_} by default; up to 30 characters of {@code a-z}, {@code
   *     0-9} and {@code _}, and before them, if you like, a schema and a dot
   * @throws IllegalArgumentException if it is not like that
   */
  public JdbcPermits tablePrefix(String prefix) {
    return new JdbcPermits(transactions, account, TablePrefix.checked(prefix) + TABLE, clock);
  }

  /** Returns the same permits by another clock. */
  JdbcPermits clock(Clock clock) {
    return new JdbcPermits(transactions, account, table, clock);
  }

  @Override
  public Permit ask(String operation, List<Window> windows) throws IOException {
    return withLog(operation, (log, now) -> log.ask(windows, now));
  }

  @Override
  public void answered(String operation, long permit) throws IOException {
    withLog(
        operation,
        (log, now) -> {
          log.answered(permit, now);
          return true;
        });
  }

  @Override
  public void close(String operation, Duration wait) throws IOException {
    withLog(
        operation,
        (log, now) -> {
          log.close(now + wait.toMillis());
          return true;
        });
  }

  /** What is done with the log of an operation, which is written back afterwards. */
  private interface Use<T> {
    T of(PermitLog log, long now);
  }

  private <T> T withLog(String operation, Use<T> use) throws IOException {
    try {
      requireTable();
      // Not under the row's lock, since it may take another connection.
      clock.readIfDue();
      Optional<T> result = changeAtLast(operation, use);
      if (result.isEmpty()) {
        add(operation);
        result = changeAtLast(operation, use);
      }
      return result.orElseThrow();
    } catch (SQLException failure) {
      throw new IOException(
          "The permits for Klaviyo's quota cannot be had, because " + reason(failure), failure);
    }
  }

  private static String reason(SQLException failure) {
    if (Transactions.isReadOnly(failure)) {
      return "the connections to their database are read only: they need a data source that may"
          + " write, to the primary";
    }
    if (Transactions.isLocked(failure)) {
      return "another process holds their row, or their table, for more than 5 seconds";
    }
    return "their database failed (SQL state "
        + failure.getSQLState()
        + ", code "
        + failure.getErrorCode()
        + ")";
  }

  /** Changes the log, and tries again where a database lets one of two changes at once fail. */
  private <T> Optional<T> changeAtLast(String operation, Use<T> use)
      throws SQLException, IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        return change(operation, use);
      } catch (SQLException failure) {
        if (!Transactions.isConflict(failure) || attempt == MOST_TRIES) {
          throw failure;
        }
      }
    }
  }

  /** Changes the log under its row's lock; returns nothing if there is no row. */
  private <T> Optional<T> change(String operation, Use<T> use) throws SQLException, IOException {
    return transactions.transact(
        connection -> {
          PermitLog log = lockedLog(connection, operation);
          if (log == null) {
            return Optional.<T>empty();
          }
          T result = use.of(log, clock.millis());
          Transactions.update(
              connection,
              "UPDATE "
                  + table
                  + " SET calls = ?, closed_until = ? WHERE account = ? AND operation = ?",
              log.bytes(),
              log.closedUntil(),
              account,
              operation);
          return Optional.of(result);
        });
  }

  private @Nullable PermitLog lockedLog(Connection connection, String operation)
      throws SQLException, IOException {
    try (PreparedStatement select =
            Transactions.prepare(
                connection,
                "SELECT calls, closed_until FROM "
                    + table
                    + " WHERE account = ? AND operation = ? FOR UPDATE",
                account,
                operation);
        ResultSet rows = select.executeQuery()) {
      return rows.next() ? PermitLog.of(rows.getBytes(1), rows.getLong(2)) : null;
    }
  }

  private void add(String operation) throws SQLException {
    try {
      transactions.transact(
          connection ->
              Transactions.update(
                  connection,
                  "INSERT INTO "
                      + table
                      + " (account, operation, calls, closed_until) VALUES (?, ?, ?, ?)",
                  account,
                  operation,
                  new byte[0],
                  0L));
    } catch (SQLException failure) {
      if (!Transactions.isDuplicate(failure)) {
        throw failure;
      }
      // Another process was first.
    }
  }

  private void requireTable() throws SQLException, IOException {
    if (!tableIsThere) {
      if (!isThere()) {
        make();
      }
      tableIsThere = true;
    }
  }

  private boolean isThere() throws SQLException {
    try {
      transactions.transact(
          connection -> {
            try (PreparedStatement select =
                    connection.prepareStatement("SELECT COUNT(*) FROM " + table);
                ResultSet rows = select.executeQuery()) {
              return rows.next();
            }
          });
      return true;
    } catch (SQLException failure) {
      if (Transactions.isMissingTable(failure)) {
        return false;
      }
      throw failure;
    }
  }

  private void make() throws SQLException, IOException {
    String statement =
        "CREATE TABLE IF NOT EXISTS "
            + table
            + " (account VARCHAR(64) NOT NULL, operation VARCHAR(64) NOT NULL, calls BYTEA NOT NULL,"
            + " closed_until BIGINT NOT NULL, PRIMARY KEY (account, operation))";
    for (int attempt = 1; ; attempt++) {
      try {
        transactions.transact(connection -> Transactions.update(connection, statement));
        return;
      } catch (SQLException failure) {
        // Another process may have made it in the meantime, or both have stood in each other's way.
        if (isThere()) {
          return;
        }
        if (attempt == TRIES_TO_MAKE) {
          throw new IOException(
              "The table of permits is missing, and its database user could not make it. Let that"
                  + " user make tables, or have this one made for it, with types that hold as much:\n"
                  + statement
                  + ";",
              failure);
        }
      }
    }
  }

  /** Returns the account's name and the name of the table. */
  @Override
  public String toString() {
    return "JdbcPermits[" + account + " in " + table + "]";
  }
}
