package io.github.klaviyoexport.journal;

import io.github.klaviyoexport.internal.hold.LogKey;
import io.github.klaviyoexport.internal.hold.RowHold;
import io.github.klaviyoexport.internal.jdbc.StoreDatabase;
import io.github.klaviyoexport.internal.jdbc.Transactions;
import io.github.klaviyoexport.time.TimeSource;
import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * A journal in a database: exports can be resumed after a crash, on any machine that reaches it.
 *
 * {@snippet class="io.github.klaviyoexport.journal.JournalExamplesTest" region="database"}
 *
 * <p>Made for PostgreSQL and H2. The tables {@code klaviyo_export_journal_log}, {@code _line} and
 * {@code _schema} are made on first use; where the user of the database may not do that, an {@link
 * IOException} shows the statements for an administrator. Other databases do if their driver knows
 * {@code CURRENT_TIMESTAMP} and such tables are there, with a type for the lines that holds
 * megabytes.
 *
 * <p>A log is held by a row that names its holder and is renewed with every write and whenever the
 * export says that it is alive. A holder that was not heard of for two minutes, by the clock of the
 * database, is taken for dead: the next one takes the log over, and the first, if it lives after
 * all, can write no more. So an export whose process was killed can be resumed two minutes later;
 * that of a catalog as soon as the catalog {@linkplain #open(String, Duration) takes it over}.
 *
 * <p>Each line is a transaction of its own; it is as safe as what the database commits. A
 * connection is taken from the data source for each operation and given back before it returns, in
 * the state it had; an export needs one at a time. Give the data source a time limit for its
 * connections and statements: without one, a database that does not answer is waited for.
 *
 * <p>Messages hold the SQL state and no line. Instances are safe for use by many threads.
 */
public final class JdbcJournal implements ExportJournal {
  private final StoreDatabase database;
  private final TimeSource time;
  private final JdbcTables tables;
  private volatile boolean tablesAreThere;

  private JdbcJournal(StoreDatabase database, TimeSource time, JdbcTables tables) {
    this.database = database;
    this.time = time;
    this.tables = tables;
  }

  /** Creates a journal in the database that a data source connects to. */
  public static JdbcJournal on(DataSource dataSource) {
    return new JdbcJournal(
        new StoreDatabase(new Transactions(dataSource), "journal"),
        TimeSource.system(),
        new JdbcTables("klaviyo_export_"));
  }

  /**
   * Returns the same journal with other names for its tables, which are {@code journal_log}, {@code
   * journal_line} and {@code journal_schema} behind the prefix.
   *
   * @param prefix {@code klaviyo_export_} by default; up to 30 characters of {@code a-z}, {@code
   *     0-9} and {@code _}, and before them, if you like, a schema and a dot
   * @throws IllegalArgumentException if it is not like that
   */
  public JdbcJournal tablePrefix(String prefix) {
    return new JdbcJournal(database, time, new JdbcTables(prefix));
  }

  /** Returns the same journal on another clock, which only tells when to renew. */
  JdbcJournal time(TimeSource time) {
    return new JdbcJournal(database, time, tables);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the key is not one
   */
  @Override
  public JournalLog open(String key) throws IOException {
    return openLog(key, RowHold.SILENCE);
  }

  /**
   * {@inheritDoc}
   *
   * <p>By the clock of the database, and in full seconds.
   *
   * @throws IllegalArgumentException if the key is not one, or the silence not positive
   */
  @Override
  public JournalLog open(String key, Duration silence) throws IOException {
    return openLog(key, LogKey.checkedSilence(silence));
  }

  @Override
  public List<String> list() throws IOException {
    requireTables();
    String sql = "SELECT DISTINCT log_key FROM " + tables.line + " ORDER BY log_key";
    return database.transact(
        "list its logs",
        connection -> {
          List<String> keys = new ArrayList<>();
          try (PreparedStatement select = connection.prepareStatement(sql);
              ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
              keys.add(rows.getString(1));
            }
          }
          return keys;
        });
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the key is not one
   */
  @Override
  public boolean delete(String key) throws IOException {
    try (JdbcLog log = openLog(key, RowHold.SILENCE)) {
      return log.delete();
    }
  }

  private JdbcLog openLog(String key, Duration silence) throws IOException {
    LogKey.require(key);
    requireTables();
    return JdbcLog.open(database, tables, time, key, silence);
  }

  private void requireTables() throws IOException {
    if (!tablesAreThere) {
      tables.require(database);
      tablesAreThere = true;
    }
  }

  /** Returns the names of the tables. */
  @Override
  public String toString() {
    return "JdbcJournal[" + tables.log + ", " + tables.line + "]";
  }
}
