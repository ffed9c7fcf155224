package io.github.klaviyoexport.memory;

import static io.github.klaviyoexport.internal.jdbc.Transactions.prepare;

import io.github.klaviyoexport.internal.hold.LogKey;
import io.github.klaviyoexport.internal.hold.RowHold;
import io.github.klaviyoexport.internal.jdbc.StoreDatabase;
import io.github.klaviyoexport.internal.jdbc.Transactions;
import io.github.klaviyoexport.journal.LogHeldException;
import io.github.klaviyoexport.time.TimeSource;
import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * A memory in a database, for exports that run now on one machine and now on another.
 *
 * {@snippet class="io.github.klaviyoexport.memory.MemoryExamplesTest" region="database"}
 *
 * <p>Made for PostgreSQL and H2. The tables {@code klaviyo_export_memory_log}, {@code _block} and
 * {@code _schema} are made on first use; where the user of the database may not do that, an {@link
 * IOException} shows the statements for an administrator. Blocks are rows of up to a megabyte; a
 * customer takes some 60 bytes, and twice that while a log is written anew.
 *
 * <p>A log is held by a row that names its holder and is renewed with every write and whenever the
 * export says that it is alive. A holder that was not heard of for two minutes, by the clock of the
 * database, is taken for dead: the next one takes the log over, and the first, if it lives after
 * all, can write no more.
 *
 * <p>Each block is a transaction of its own; it is as safe as what the database commits. A
 * connection is taken from the data source for each operation and given back before it returns, in
 * the state it had; an export needs one at a time. Give the data source a time limit for its
 * connections and statements. An old copy of the tables in the place of newer ones is not noticed:
 * after a backup is restored, delete the memory, all but what {@linkplain
 * KeptMemory#holdsErasures() holds erasures}, and repeat the erasures since the backup.
 *
 * <p>Messages hold the SQL state and nothing of a block. Instances are safe for use by many
 * threads.
 */
public final class JdbcMemory implements ExportMemory {
  private final StoreDatabase database;
  private final MemoryKey key;
  private final TimeSource time;
  private final MemoryTables tables;
  private volatile boolean tablesAreThere;

  private JdbcMemory(StoreDatabase database, MemoryKey key, TimeSource time, MemoryTables tables) {
    this.database = database;
    this.key = key;
    this.time = time;
    this.tables = tables;
  }

  /** Creates a memory in the database that a data source connects to. */
  public static JdbcMemory on(DataSource dataSource, MemoryKey key) {
    return new JdbcMemory(
        new StoreDatabase(new Transactions(dataSource), "memory"),
        key,
        TimeSource.system(),
        new MemoryTables("klaviyo_export_"));
  }

  /**
   * Returns the same memory with other names for its tables, which are {@code memory_log}, {@code
   * memory_block} and {@code memory_schema} behind the prefix.
   *
   * @param prefix {@code klaviyo_export_} by default; up to 30 characters of {@code a-z}, {@code
   *     0-9} and {@code _}, and before them, if you like, a schema and a dot
   * @throws IllegalArgumentException if it is not like that
   */
  public JdbcMemory tablePrefix(String prefix) {
    return new JdbcMemory(database, key, time, new MemoryTables(prefix));
  }

  @Override
  public MemoryKey key() {
    return key;
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the key is not one
   */
  @Override
  public MemoryLog open(String key) throws IOException {
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
  public MemoryLog open(String key, Duration silence) throws IOException {
    return openLog(key, LogKey.checkedSilence(silence));
  }

  private JdbcMemoryLog openLog(String key, Duration silence) throws IOException {
    LogKey.require(key);
    requireTables();
    return JdbcMemoryLog.open(database, tables, time, key, silence);
  }

  private void requireTables() throws IOException {
    if (!tablesAreThere) {
      tables.require(database);
      tablesAreThere = true;
    }
  }

  @Override
  public List<KeptMemory> list() throws IOException {
    requireTables();
    String sql =
        "SELECT log_key, written_at, bytes FROM "
            + tables.log
            + " WHERE blocks > 0 ORDER BY log_key";
    return database.transact(
        "list its logs",
        connection -> {
          List<KeptMemory> kept = new ArrayList<>();
          try (PreparedStatement select = prepare(connection, sql);
              ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
              kept.add(
                  new KeptMemory(
                      rows.getString(1), rows.getTimestamp(2).toInstant(), rows.getLong(3)));
            }
          }
          return kept;
        });
  }

  /**
   * {@inheritDoc}
   *
   * @throws LogHeldException if it is open
   * @throws IllegalArgumentException if the key is not one
   */
  @Override
  public boolean delete(String key) throws IOException {
    try (JdbcMemoryLog log = openLog(key, RowHold.SILENCE)) {
      return log.delete();
    }
  }

  /** Returns the names of the tables. */
  @Override
  public String toString() {
    return "JdbcMemory[" + tables.log + ", " + tables.block + "]";
  }
}
