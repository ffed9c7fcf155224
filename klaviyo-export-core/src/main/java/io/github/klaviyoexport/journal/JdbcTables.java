package io.github.klaviyoexport.journal;

import static io.github.klaviyoexport.internal.jdbc.Transactions.update;

import io.github.klaviyoexport.internal.jdbc.TablePrefix;
import io.github.klaviyoexport.journal.JournalDatabase.FailedException;
import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.List;

/**
 * The tables of a {@link JdbcJournal}: their names, how they are made, and which version they are.
 */
final class JdbcTables {
  private static final int VERSION = 1;

  /** A row for each log, with its holder. */
  final String log;

  /** A row for each line. */
  final String line;

  private final String schema;

  JdbcTables(String prefix) {
    TablePrefix.checked(prefix);
    this.log = prefix + "journal_log";
    this.line = prefix + "journal_line";
    this.schema = prefix + "journal_schema";
  }

  /** Returns the statements that make the tables. */
  List<String> statements() {
    return List.of(
        "CREATE TABLE IF NOT EXISTS "
            + log
            + " (log_key VARCHAR(64) NOT NULL PRIMARY KEY, holder VARCHAR(512),"
            + " token BIGINT NOT NULL, taken_at TIMESTAMP WITH TIME ZONE,"
            + " renewed_at TIMESTAMP WITH TIME ZONE)",
        "CREATE TABLE IF NOT EXISTS "
            + line
            + " (log_key VARCHAR(64) NOT NULL, seq BIGINT NOT NULL, line TEXT NOT NULL,"
            + " PRIMARY KEY (log_key, seq))",
        "CREATE TABLE IF NOT EXISTS " + schema + " (version INTEGER NOT NULL PRIMARY KEY)",
        "INSERT INTO " + schema + " (version) VALUES (" + VERSION + ")");
  }

  /** Makes the tables if they are missing. */
  void require(JournalDatabase database) throws IOException {
    int version = version(database);
    if (version == 0) {
      version = make(database);
    }
    if (version != VERSION) {
      throw new IOException(
          "The journal's tables are of version "
              + version
              + ", and this version of the library knows "
              + VERSION
              + ": use the version of the library that made them, or another table prefix.");
    }
  }

  /** Returns the version of the tables that are there, or 0. */
  private int version(JournalDatabase database) throws IOException {
    try {
      return database.transact(
          "look for its tables",
          connection -> {
            try (PreparedStatement select =
                    connection.prepareStatement("SELECT MAX(version) FROM " + schema);
                ResultSet rows = select.executeQuery()) {
              rows.next();
              return rows.getInt(1);
            }
          });
    } catch (FailedException e) {
      if (e.isMissingTable()) {
        return 0;
      }
      throw e;
    }
  }

  private int make(JournalDatabase database) throws IOException {
    try {
      database.carryOut(
          "make its tables",
          connection -> {
            for (String statement : statements()) {
              update(connection, statement);
            }
          });
      return VERSION;
    } catch (FailedException e) {
      // Another process may have made them in the meantime.
      int version = version(database);
      if (version != 0) {
        return version;
      }
      throw new IOException(
          "The journal's tables are missing, and its database user could not make them. Let that"
              + " user make tables, or have these made for it, with types that hold as much:\n"
              + String.join(";\n", statements())
              + ";",
          e);
    }
  }
}
