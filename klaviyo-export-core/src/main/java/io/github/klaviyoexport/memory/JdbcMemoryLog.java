package io.github.klaviyoexport.memory;

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

/**
 * A log of a {@link JdbcMemory}.
 *
 * <p>Its row in the table of logs says which generation its blocks have, and how many there are.
 * When the log is written anew, the new blocks get the next generation, each in a transaction of
 * its own, and one short transaction makes that generation the log's. Blocks of other generations
 * are what a crash has left, or are not needed any more, and are deleted, 200 at a time.
 */
final class JdbcMemoryLog implements MemoryLog {
  private static final int DELETED_AT_ONCE = 200;

  private final StoreDatabase database;
  private final MemoryTables tables;
  private final String key;
  private final RowHold hold;
  private long generation;
  private long blocks;

  private JdbcMemoryLog(StoreDatabase database, MemoryTables tables, String key, RowHold hold) {
    this.database = database;
    this.tables = tables;
    this.key = key;
    this.hold = hold;
  }

  /** Opens a log, making its row if there is none. */
  static JdbcMemoryLog open(
      StoreDatabase database, MemoryTables tables, TimeSource time, String key, Duration silence)
      throws IOException {
    RowHold hold = RowHold.take(database, tables.log, time, key, silence);
    JdbcMemoryLog log = new JdbcMemoryLog(database, tables, key, hold);
    try {
      database.carryOut("open the log " + key, log::look);
      log.deleteOtherGenerations();
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

  private void look(Connection connection) throws SQLException {
    String sql = "SELECT generation, blocks FROM " + tables.log + " WHERE log_key = ?";
    try (PreparedStatement select = prepare(connection, sql, key);
        ResultSet row = select.executeQuery()) {
      row.next();
      generation = row.getLong(1);
      blocks = row.getLong(2);
    }
  }

  @Override
  public long blocks() throws IOException {
    hold.requireOpen();
    return blocks;
  }

  @Override
  public byte[] read(long number) throws IOException {
    hold.requireOpen();
    if (number < 0 || number >= blocks) {
      throw new IndexOutOfBoundsException("There is no block " + number + " of " + blocks + ".");
    }
    String sql =
        "SELECT block FROM " + tables.block + " WHERE log_key = ? AND generation = ? AND seq = ?";
    return database.transact(
        "read the log " + key,
        connection -> {
          try (PreparedStatement select = prepare(connection, sql, key, generation, number);
              ResultSet row = select.executeQuery()) {
            byte[] block = row.next() ? row.getBytes(1) : null;
            if (block == null || block.length == 0) {
              throw new DamagedMemoryException(
                  "Block " + number + " of the log " + key + " is missing in its database.");
            }
            return block;
          }
        });
  }

  @Override
  public void append(byte[] block) throws IOException {
    BlockRules.require(block);
    String sql =
        "UPDATE "
            + tables.log
            + " SET blocks = ?, bytes = bytes + ?, written_at = CURRENT_TIMESTAMP"
            + " WHERE log_key = ?";
    hold.write(
        connection -> {
          insert(connection, generation, blocks, block);
          update(connection, sql, blocks + 1, block.length, key);
        });
    blocks++;
  }

  @Override
  public void replace(Blocks next) throws IOException {
    hold.requireOpen();
    deleteOtherGenerations();
    long fresh = generation + 1;
    long count = 0;
    long bytes = 0;
    for (byte[] block = next.next(); block != null; block = next.next()) {
      BlockRules.require(block);
      byte[] content = block;
      long number = count++;
      hold.write(connection -> insert(connection, fresh, number, content));
      bytes += block.length;
    }
    BlockRules.requireSome(count);
    makeCurrent(fresh, count, bytes);
    deleteOtherGenerations();
  }

  private void makeCurrent(long fresh, long count, long bytes) throws IOException {
    String sql =
        "UPDATE "
            + tables.log
            + " SET generation = ?, blocks = ?, bytes = ?, written_at = CURRENT_TIMESTAMP"
            + " WHERE log_key = ?";
    hold.write(connection -> update(connection, sql, fresh, count, bytes, key));
    generation = fresh;
    blocks = count;
  }

  private void insert(Connection connection, long of, long number, byte[] block)
      throws SQLException {
    String sql =
        "INSERT INTO " + tables.block + " (log_key, generation, seq, block) VALUES (?, ?, ?, ?)";
    update(connection, sql, key, of, number, block);
  }

  private void deleteOtherGenerations() throws IOException {
    while (true) {
      long[] other = database.transact("look for what is left of its log " + key, this::other);
      if (other.length == 0) {
        return;
      }
      String sql =
          "DELETE FROM "
              + tables.block
              + " WHERE log_key = ? AND generation = ? AND seq >= ? AND seq < ?";
      hold.write(
          connection ->
              update(connection, sql, key, other[0], other[1], other[1] + DELETED_AT_ONCE));
    }
  }

  /** Returns another generation and its first block; nothing if there is none. */
  private long[] other(Connection connection) throws SQLException {
    String sql =
        "SELECT generation, MIN(seq) FROM "
            + tables.block
            + " WHERE log_key = ? AND generation <> ? GROUP BY generation ORDER BY generation";
    try (PreparedStatement select = prepare(connection, sql, key, generation)) {
      select.setMaxRows(1);
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? new long[] {row.getLong(1), row.getLong(2)} : new long[0];
      }
    }
  }

  /**
   * Deletes all blocks; returns whether there were any. The row that counts the holders stays, so
   * that one of before can write no more.
   */
  boolean delete() throws IOException {
    boolean wereThere = blocks > 0;
    makeCurrent(generation + 1, 0, 0);
    deleteOtherGenerations();
    return wereThere;
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
