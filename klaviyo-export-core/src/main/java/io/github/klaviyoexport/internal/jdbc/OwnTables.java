package io.github.klaviyoexport.internal.jdbc;

import static io.github.klaviyoexport.internal.jdbc.Transactions.update;

import io.github.klaviyoexport.internal.jdbc.StoreDatabase.FailedException;
import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;

/** The tables of a store: how they are made on first use, and which version they are. */
public final class OwnTables {
  /** How often it is tried to look at tables that others may be making. */
  private static final int MOST_ATTEMPTS = 5;

  private static final int TRIES_TO_MAKE = 3;

  private final String schema;
  private final int version;
  private final List<String> statements;

  /**
   * Creates the tables of a version.
   *
   * @param schema the name of the table that says of which version the others are
   * @param version from 1 on
   * @param statements what makes the others
   */
  public OwnTables(String schema, int version, List<String> statements) {
    this.schema = schema;
    this.version = version;
    List<String> all = new ArrayList<>(statements);
    all.add("CREATE TABLE IF NOT EXISTS " + schema + " (version INTEGER NOT NULL PRIMARY KEY)");
    all.add("INSERT INTO " + schema + " (version) VALUES (" + version + ")");
    this.statements = List.copyOf(all);
  }

  /** Makes the tables if they are missing. */
  public void require(StoreDatabase database) throws IOException {
    int found = version(database);
    if (found == 0) {
      found = make(database);
    }
    if (found != version) {
      throw new IOException(
          "The "
              + database.store()
              + "'s tables are of version "
              + found
              + ", and this version of the library knows "
              + version
              + ": use the version of the library that made them, or another table prefix.");
    }
  }

  /** Returns the version of the tables that are there, or 0. */
  private int version(StoreDatabase database) throws IOException {
    for (int attempt = 1; ; attempt++) {
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
        // Another process may be making them.
        if (!e.isConflict() || attempt == MOST_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private int make(StoreDatabase database) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        database.carryOut(
            "make its tables",
            connection -> {
              for (String statement : statements) {
                update(connection, statement);
              }
            });
        return version;
      } catch (FailedException e) {
        // Another process may have made them in the meantime, or both are in each other's way.
        int found = version(database);
        if (found != 0) {
          return found;
        }
        if (attempt == TRIES_TO_MAKE) {
          throw new IOException(
              "The "
                  + database.store()
                  + "'s tables are missing, and its database user could not make them. Let that"
                  + " user make tables, or have these made for it, with types that hold as much:\n"
                  + String.join(";\n", statements)
                  + ";",
              e);
        }
      }
    }
  }
}
