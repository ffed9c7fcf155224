package io.github.klaviyoexport.internal.catalog.store;

import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.catalog.CatalogStore;
import io.github.klaviyoexport.internal.jdbc.TablePrefix;
import io.github.klaviyoexport.internal.jdbc.Transactions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;

/**
 * A store in a table of a relational database, in SQL that PostgreSQL and H2 share.
 *
 * <p>Each call is one short transaction of its own. What two processes do at once is decided by the
 * database: by the version in the {@code WHERE} of an update, and by two unique keys.
 */
public final class JdbcStore implements CatalogStore {
  /** How often it is tried to bring the tables up to date. */
  private static final int ATTEMPTS = 5;

  /** How often something of the same id or name is set aside. */
  private static final int MOST_ASIDE = 1_000;

  private final Transactions database;
  private final String table;
  private final String schemaTable;

  /**
   * Each step brings the tables one version on, and can be taken again where it was cut off: some
   * databases commit each of them at once. A step that was published is never changed.
   */
  private final List<String> steps;

  private final ReentrantLock migration = new ReentrantLock();
  private volatile boolean migrated;

  private interface Work<T> extends Transactions.Work<T, RuntimeException> {}

  /**
   * Creates the store in the given database, whose tables are made or brought up to date on first
   * use.
   *
   * @param prefix what the names of the tables begin with
   * @throws IllegalArgumentException if the prefix is none
   */
  public JdbcStore(DataSource dataSource, String prefix) {
    this.database = new Transactions(dataSource);
    this.table = TablePrefix.checked(prefix) + "catalog";
    this.schemaTable = table + "_schema";
    // The name of an index has no schema: it lies in that of its table.
    String index = table.substring(table.indexOf('.') + 1) + "_name";
    this.steps =
        List.of(
            "CREATE TABLE IF NOT EXISTS "
                + table
                + " (kind VARCHAR(32) NOT NULL, id VARCHAR(128) NOT NULL, version BIGINT NOT NULL,"
                + " unique_name VARCHAR(256), content TEXT NOT NULL, PRIMARY KEY (kind, id))",
            "CREATE UNIQUE INDEX IF NOT EXISTS " + index + " ON " + table + " (kind, unique_name)");
  }

  private void requireTables() {
    if (migrated) {
      return;
    }
    migration.lock();
    try {
      if (!migrated) {
        migrate();
        migrated = true;
      }
    } finally {
      migration.unlock();
    }
  }

  private void migrate() {
    int version = schemaVersion();
    int failures = 0;
    while (version < steps.size()) {
      int next = version + 1;
      try {
        database.transact(connection -> step(connection, next));
      } catch (SQLException failure) {
        // Processes that start at once all try: who is in another's way finds it done, or half done
        // where the database does not undo the making of tables, and the next attempt ends it.
        if (schemaVersion() < next && ++failures == ATTEMPTS) {
          throw failed("could not be brought to version " + next + " of its tables", failure);
        }
      }
      version = schemaVersion();
    }
    if (version > steps.size()) {
      throw new CatalogException(
          Reason.NEWER_FORMAT,
          "The catalog's tables are of version "
              + version
              + ", and this version of the library knows "
              + steps.size()
              + ": use the version of the library that made them, or a later one.");
    }
  }

  private int step(Connection connection, int version) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      if (version == 1) {
        statement.execute(
            "CREATE TABLE IF NOT EXISTS " + schemaTable + " (version INT PRIMARY KEY)");
      }
      statement.execute(steps.get(version - 1));
      return statement.executeUpdate("INSERT INTO " + schemaTable + " VALUES (" + version + ")");
    }
  }

  /** Returns the version of the tables; 0 when there are none. */
  private int schemaVersion() {
    for (int attempt = 1; ; attempt++) {
      try {
        return database.transact(
            connection -> {
              try (Statement statement = connection.createStatement();
                  ResultSet found =
                      statement.executeQuery("SELECT MAX(version) FROM " + schemaTable)) {
                return found.next() ? found.getInt(1) : 0;
              }
            });
      } catch (SQLException failure) {
        if (Transactions.isMissingTable(failure)) {
          return 0;
        }
        if (!Transactions.isConflict(failure) || attempt == ATTEMPTS) {
          throw failed("could not be read", failure);
        }
      }
    }
  }

  @Override
  public List<Entry> list(Kind kind, String idPrefix) {
    if (isNoText(idPrefix)) {
      return List.of();
    }
    return attempt(
        connection -> {
          try (PreparedStatement query =
              those(connection, "id, version, unique_name, content", kind, idPrefix)) {
            return entries(kind, query);
          }
        });
  }

  @Override
  public List<String> ids(Kind kind, String idPrefix) {
    if (isNoText(idPrefix)) {
      return List.of();
    }
    return attempt(
        connection -> {
          List<String> ids = new ArrayList<>();
          try (PreparedStatement query = those(connection, "id", kind, idPrefix);
              ResultSet found = query.executeQuery()) {
            while (found.next()) {
              ids.add(found.getString(1));
            }
          }
          // Not by the database, whose order depends on its locale.
          Collections.sort(ids);
          return ids;
        });
  }

  private PreparedStatement those(Connection connection, String columns, Kind kind, String idPrefix)
      throws SQLException {
    // By comparison and not by LIKE, so that no id can be taken for a pattern.
    PreparedStatement query =
        connection.prepareStatement(
            "SELECT "
                + columns
                + " FROM "
                + table
                + " WHERE kind = ? AND SUBSTRING(id FROM 1 FOR ?) = ?");
    query.setString(1, kind.name());
    query.setInt(2, idPrefix.length());
    query.setString(3, idPrefix);
    return query;
  }

  @Override
  public Optional<Entry> find(Kind kind, String id) {
    if (isNoText(id)) {
      return Optional.empty();
    }
    return attempt(
        connection -> {
          try (PreparedStatement query =
              connection.prepareStatement(
                  "SELECT id, version, unique_name, content FROM "
                      + table
                      + " WHERE kind = ? AND id = ?")) {
            query.setString(1, kind.name());
            query.setString(2, id);
            return entries(kind, query).stream().findFirst();
          }
        });
  }

  /** Returns whether it holds what PostgreSQL keeps in no text, and refuses to look for. */
  private static boolean isNoText(String id) {
    return id.indexOf('\0') >= 0;
  }

  private static List<Entry> entries(Kind kind, PreparedStatement query) throws SQLException {
    try (ResultSet found = query.executeQuery()) {
      List<Entry> entries = new ArrayList<>();
      while (found.next()) {
        entries.add(
            new Entry(
                kind,
                found.getString(1),
                found.getLong(2),
                found.getString(3),
                found.getString(4)));
      }
      // Not by the database, whose order depends on its locale.
      entries.sort(Comparator.comparing(Entry::id));
      return entries;
    }
  }

  @Override
  public Outcome put(Entry entry) {
    CatalogFormat.requireId(entry.id());
    requireTables();
    try {
      return database.transact(
              connection ->
                  entry.version() == 1 ? insert(connection, entry) : update(connection, entry))
          ? Outcome.DONE
          : Outcome.OTHER_VERSION;
    } catch (SQLException failure) {
      if (!Transactions.isDuplicate(failure)) {
        throw failed("could not be written", failure);
      }
      boolean idTaken = entry.version() == 1 && find(entry.kind(), entry.id()).isPresent();
      return idTaken ? Outcome.OTHER_VERSION : Outcome.NAME_TAKEN;
    }
  }

  private boolean insert(Connection connection, Entry entry) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO "
                + table
                + " (unique_name, content, kind, id, version)"
                + " VALUES (?, ?, ?, ?, 1)")) {
      bind(insert, entry);
      return insert.executeUpdate() == 1;
    }
  }

  private boolean update(Connection connection, Entry entry) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE "
                + table
                + " SET unique_name = ?, content = ?, version = version + 1"
                + " WHERE kind = ? AND id = ? AND version = ?")) {
      bind(update, entry);
      update.setLong(5, entry.version() - 1);
      return update.executeUpdate() == 1;
    }
  }

  private static void bind(PreparedStatement statement, Entry entry) throws SQLException {
    statement.setString(1, entry.uniqueName());
    statement.setString(2, entry.json());
    statement.setString(3, entry.kind().name());
    statement.setString(4, entry.id());
  }

  @Override
  public boolean remove(Kind kind, String id, long version) {
    if (isNoText(id)) {
      return false;
    }
    return attempt(
        connection -> {
          try (PreparedStatement delete =
              connection.prepareStatement(
                  "DELETE FROM " + table + " WHERE kind = ? AND id = ? AND version = ?")) {
            delete.setString(1, kind.name());
            delete.setString(2, id);
            delete.setLong(3, version);
            return delete.executeUpdate() == 1;
          }
        });
  }

  @Override
  public String setAside(Kind kind, String id) {
    if (isNoText(id)) {
      CatalogFormat.requireId(id);
    }
    // What was set aside before stays: under another kind, each of its names is free.
    String first = "DAMAGED_" + kind.name();
    for (int i = 1; ; i++) {
      String aside = i == 1 ? first : first + "_" + i;
      requireTables();
      try {
        database.transact(connection -> move(connection, kind, id, aside));
        return "table " + table + ", kind " + aside + ", id " + id;
      } catch (SQLException failure) {
        if (!Transactions.isDuplicate(failure) || i == MOST_ASIDE) {
          throw failed("failed", failure);
        }
      }
    }
  }

  private int move(Connection connection, Kind kind, String id, String aside) throws SQLException {
    try (PreparedStatement move =
        connection.prepareStatement(
            "UPDATE " + table + " SET kind = ? WHERE kind = ? AND id = ?")) {
      move.setString(1, aside);
      move.setString(2, kind.name());
      move.setString(3, id);
      return move.executeUpdate();
    }
  }

  private <T> T attempt(Work<T> work) {
    requireTables();
    try {
      return database.transact(work);
    } catch (SQLException failure) {
      throw failed("failed", failure);
    }
  }

  private CatalogException failed(String what, SQLException failure) {
    // Its message stays in the cause: drivers quote statements and, some of them, values.
    return new CatalogException(
        Reason.STORE_FAILED,
        "The catalog's database "
            + what
            + " (SQL state "
            + failure.getSQLState()
            + "): see the cause, and that the user may create and change the tables "
            + table
            + " and "
            + schemaTable
            + ".",
        failure);
  }

  /** Returns the names of the tables. */
  @Override
  public String toString() {
    return table + ", " + schemaTable;
  }
}
