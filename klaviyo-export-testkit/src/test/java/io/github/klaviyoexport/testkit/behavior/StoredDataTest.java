package io.github.klaviyoexport.testkit.behavior;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ErasureReceipt;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.CatalogStore;
import io.github.klaviyoexport.catalog.ExportDefinition;
import io.github.klaviyoexport.catalog.FileCatalogStore;
import io.github.klaviyoexport.catalog.JdbcCatalogStore;
import io.github.klaviyoexport.journal.ExportJournal;
import io.github.klaviyoexport.journal.FileJournal;
import io.github.klaviyoexport.journal.JdbcJournal;
import io.github.klaviyoexport.klaviyo.JdbcPermits;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.klaviyo.PermitSource;
import io.github.klaviyoexport.memory.ExportMemory;
import io.github.klaviyoexport.memory.FileMemory;
import io.github.klaviyoexport.memory.JdbcMemory;
import io.github.klaviyoexport.memory.KeptMemory;
import io.github.klaviyoexport.memory.MemoryKey;
import io.github.klaviyoexport.profile.CustomerIdentifier;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.Postgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's table of what is stored names all that is written; all of it can be deleted. */
class StoredDataTest {
  private static final Pattern NAME = Pattern.compile("`([^`]+)`");

  private final MemoryKey key = MemoryKey.random();

  /** All that writes anything, once: an export, a mirror, an erasure, a catalog. */
  private void writeAll(ExportJournal journal, ExportMemory memory, CatalogStore store) {
    try (Office office = new Office(store, UnaryOperator.identity())) {
      try (SegmentExporter exporter =
          SegmentExporter.builder()
              .source(office.segments)
              .klaviyo(office.klaviyo.connection())
              .mapping(Office.MAPPING)
              .journal(journal)
              .memory(memory)
              .time(office.time)
              .build()) {
        exporter.export(Segment.named("vip-eu"), ListId.of("Y6nRLr"));
        exporter.prepare(Segment.named("vip-us"), ListId.of("QwErTy")).mode(SyncMode.MIRROR).run();
        ErasureReceipt receipt = exporter.erase(CustomerIdentifier.email("ada@shop.example"));
        assertThat(receipt.isComplete()).as(receipt.toString()).isTrue();
        assertThat(receipt.journalsDeleted()).hasSize(2);
        exporter.export(Segment.named("vip-us"), ListId.of("Y6nRLr"));
      }
      try (Catalog catalog = office.catalog().journal(journal).build()) {
        var connection = Office.connected(catalog);
        var export =
            catalog.save(
                Office.ADMINISTRATOR,
                ExportDefinition.named("VIPs")
                    .connection(connection.id())
                    .list(ListId.of("Y6nRLr"))
                    .segments("vip-eu")
                    .mapping(Office.MAPPING));
        catalog.run(Office.ADMINISTRATOR, export.id());
      }
    }
  }

  private static void deleteAll(ExportJournal journal, ExportMemory memory, CatalogStore store)
      throws IOException {
    for (String log : journal.list()) {
      assertThat(journal.delete(log)).isTrue();
    }
    for (KeptMemory kept : memory.list()) {
      assertThat(memory.delete(kept.key())).isTrue();
    }
    for (CatalogStore.Kind kind : CatalogStore.Kind.values()) {
      for (CatalogStore.Entry entry : store.list(kind, "")) {
        assertThat(store.remove(kind, entry.id(), entry.version())).isTrue();
      }
    }
    assertThat(journal.list()).isEmpty();
    assertThat(memory.list()).isEmpty();
  }

  @Test
  void every_file_stands_in_the_table_and_nothing_but_locks_is_left(@TempDir Path directory)
      throws IOException {
    ExportJournal journal = FileJournal.in(directory);
    ExportMemory memory = FileMemory.in(directory, key);
    CatalogStore store = FileCatalogStore.in(directory);

    writeAll(journal, memory, store);

    assertThat(kindsOf(directory)).isEqualTo(inTable(1));

    deleteAll(journal, memory, store);

    assertThat(kindsOf(directory)).allMatch(name -> name.endsWith("lock"));
  }

  @Test
  void every_table_stands_in_the_table_in_h2() throws Exception {
    JdbcDataSource database = new JdbcDataSource();
    database.setURL("jdbc:h2:mem:stored;DB_CLOSE_DELAY=-1");
    everyTableStandsInTheTable(database);
  }

  @Test
  void every_table_stands_in_the_table_in_postgresql() throws Exception {
    DataSource admin = Postgres.server().getPostgresDatabase();
    execute(admin, "CREATE DATABASE stored_data");
    everyTableStandsInTheTable(Postgres.server().getDatabase("postgres", "stored_data"));
  }

  private void everyTableStandsInTheTable(DataSource database) throws Exception {
    ExportJournal journal = JdbcJournal.on(database);
    ExportMemory memory = JdbcMemory.on(database, key);
    CatalogStore store = JdbcCatalogStore.on(database);

    writeAll(journal, memory, store);
    JdbcPermits.on(database, "shop-eu")
        .ask("get list", List.of(new PermitSource.Window(1, Duration.ofSeconds(1))));

    assertThat(tables(database)).isEqualTo(inTable(2));

    deleteAll(journal, memory, store);

    for (String table :
        List.of("klaviyo_export_journal_line", "klaviyo_export_memory_block", "klaviyo_catalog")) {
      assertThat(rows(database, "SELECT COUNT(*) FROM " + table)).as(table).containsExactly("0");
    }
    assertThat(
            rows(
                database, "SELECT holder FROM klaviyo_export_journal_log WHERE holder IS NOT NULL"))
        .isEmpty();
  }

  private static void execute(DataSource database, String sql) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static Set<String> rows(DataSource database, String sql) throws SQLException {
    Set<String> rows = new TreeSet<>();
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery(sql)) {
      while (found.next()) {
        rows.add(found.getString(1));
      }
    }
    return rows;
  }

  private static Set<String> tables(DataSource database) throws SQLException {
    // H2 makes letters small as the JVM's language does, which in Turkish are others.
    return rows(
            database,
            "SELECT table_name FROM information_schema.tables"
                + " WHERE table_schema IN ('public', 'PUBLIC')")
        .stream()
        .map(name -> name.toLowerCase(Locale.ROOT))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** What the names of files are like: keys of logs and ids of entries are left out. */
  private static Set<String> kindsOf(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> directory.relativize(file).toString().replace('\\', '/'))
          .map(name -> name.replaceFirst("^[^/]+(\\.(journal|lock|memory|memory-lock))$", "KEY$1"))
          .map(name -> name.replaceFirst("/[^/]+\\.json$", "/ID.json"))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  /** Returns the names in one column of the README's table. */
  private static Set<String> inTable(int column) throws IOException {
    String readme = Files.readString(Path.of("..", "README.md"));
    String table = readme.substring(readme.indexOf("<!-- what is stored"));
    Set<String> names = new TreeSet<>();
    table
        .lines()
        .skip(3)
        .takeWhile(line -> line.startsWith("|"))
        .forEach(
            line -> {
              Matcher name = NAME.matcher(line.split("\\|")[column + 1]);
              while (name.find()) {
                names.add(name.group(1));
              }
            });
    return names;
  }
}
