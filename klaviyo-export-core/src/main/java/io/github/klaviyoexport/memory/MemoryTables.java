package io.github.klaviyoexport.memory;

import io.github.klaviyoexport.internal.jdbc.OwnTables;
import io.github.klaviyoexport.internal.jdbc.StoreDatabase;
import io.github.klaviyoexport.internal.jdbc.TablePrefix;
import java.io.IOException;
import java.util.List;

/** The tables of a {@link JdbcMemory}. */
final class MemoryTables {
  private static final int VERSION = 1;

  /** A row for each log, with its holder, and which blocks are its own. */
  final String log;

  /** A row for each block; those of one writing of a log have one generation. */
  final String block;

  private final OwnTables tables;

  MemoryTables(String prefix) {
    TablePrefix.checked(prefix);
    this.log = prefix + "memory_log";
    this.block = prefix + "memory_block";
    this.tables =
        new OwnTables(
            prefix + "memory_schema",
            VERSION,
            List.of(
                "CREATE TABLE IF NOT EXISTS "
                    + log
                    + " (log_key VARCHAR(64) NOT NULL PRIMARY KEY, holder VARCHAR(512),"
                    + " token BIGINT NOT NULL, taken_at TIMESTAMP WITH TIME ZONE,"
                    + " renewed_at TIMESTAMP WITH TIME ZONE,"
                    + " generation BIGINT DEFAULT 0 NOT NULL, blocks BIGINT DEFAULT 0 NOT NULL,"
                    + " bytes BIGINT DEFAULT 0 NOT NULL, written_at TIMESTAMP WITH TIME ZONE)",
                "CREATE TABLE IF NOT EXISTS "
                    + block
                    + " (log_key VARCHAR(64) NOT NULL, generation BIGINT NOT NULL,"
                    + " seq BIGINT NOT NULL, block BYTEA NOT NULL,"
                    + " PRIMARY KEY (log_key, generation, seq))"));
  }

  /** Makes the tables if they are missing. */
  void require(StoreDatabase database) throws IOException {
    tables.require(database);
  }
}
