package io.github.klaviyoexport.journal;

import io.github.klaviyoexport.internal.jdbc.OwnTables;
import io.github.klaviyoexport.internal.jdbc.StoreDatabase;
import io.github.klaviyoexport.internal.jdbc.TablePrefix;
import java.io.IOException;
import java.util.List;

/** The tables of a {@link JdbcJournal}. */
final class JdbcTables {
  private static final int VERSION = 1;

  /** A row for each log, with its holder. */
  final String log;

  /** A row for each line. */
  final String line;

  private final OwnTables tables;

  JdbcTables(String prefix) {
    TablePrefix.checked(prefix);
    this.log = prefix + "journal_log";
    this.line = prefix + "journal_line";
    this.tables =
        new OwnTables(
            prefix + "journal_schema",
            VERSION,
            List.of(
                "CREATE TABLE IF NOT EXISTS "
                    + log
                    + " (log_key VARCHAR(64) NOT NULL PRIMARY KEY, holder VARCHAR(512),"
                    + " token BIGINT NOT NULL, taken_at TIMESTAMP WITH TIME ZONE,"
                    + " renewed_at TIMESTAMP WITH TIME ZONE)",
                "CREATE TABLE IF NOT EXISTS "
                    + line
                    + " (log_key VARCHAR(64) NOT NULL, seq BIGINT NOT NULL, line TEXT NOT NULL,"
                    + " PRIMARY KEY (log_key, seq))"));
  }

  /** Makes the tables if they are missing. */
  void require(StoreDatabase database) throws IOException {
    tables.require(database);
  }
}
