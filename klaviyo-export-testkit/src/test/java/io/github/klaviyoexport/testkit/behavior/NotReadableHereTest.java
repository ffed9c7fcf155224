package io.github.klaviyoexport.testkit.behavior;

import static io.github.klaviyoexport.testkit.behavior.Office.ADMINISTRATOR;
import static io.github.klaviyoexport.testkit.behavior.Office.CONTRIBUTOR;
import static io.github.klaviyoexport.testkit.behavior.Office.VIEWER;
import static io.github.klaviyoexport.testkit.behavior.Office.definition;
import static io.github.klaviyoexport.testkit.behavior.Office.exportOn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.catalog.CatalogStore;
import io.github.klaviyoexport.catalog.CatalogStore.Entry;
import io.github.klaviyoexport.catalog.CatalogStore.Kind;
import io.github.klaviyoexport.catalog.CatalogStore.Outcome;
import io.github.klaviyoexport.catalog.Connection;
import io.github.klaviyoexport.catalog.FileCatalogStore;
import io.github.klaviyoexport.catalog.JdbcCatalogStore;
import io.github.klaviyoexport.catalog.MemoryCatalogStore;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.RunStatus;
import io.github.klaviyoexport.catalog.SavedExport;
import io.github.klaviyoexport.catalog.Schedule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What another version, or a newer Java, has written stays what it is, and is left to it. */
@Timeout(60)
class NotReadableHereTest {
  @TempDir private Path directory;
  private Office office;

  @BeforeEach
  void open() {
    office = new Office(FileCatalogStore.in(directory), account -> account);
  }

  @AfterEach
  void close() {
    office.close();
  }

  private Path file(String kind, String id) {
    return directory.resolve(kind).resolve(id + ".json");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"zone\" : \"Europe/Helsinki\" | \"zone\" : \"Mars/Olympus\"",
        "\"zone\" : \"Z\" | \"zone\" : \"Mars/Olympus\"",
        "\"mode\" : \"UPSERT\" | \"mode\" : \"REPLACE\"",
        "\"mode\" : \"UPSERT\" | \"mode\" : 7",
        "\"target\" : \"FIRST_NAME\" | \"target\" : \"NICKNAME\"",
        "\"target\" : \"EMAIL\" | \"target\" : \"CITY\"",
        "\"zone\" : \"Europe/Helsinki\" | \"zone\" : [ \"Europe/Helsinki\" ]",
        "\"MONDAY\" | \"MOONDAY\"",
        "\"06:00\" | \"sunrise\"",
        "\"format\" : 1 | \"format\" : 2",
        "\"format\" : 1 | \"format\" : \"2.0\"",
        "\"limit\" : 100000 | \"limit\" : 1.5",
        "\"limit\" : 100000 | \"limit\" : \"none\"",
        "\"list_name\" : \"VIP\" | \"list_name\" : [ \"VIP\" ]",
        "\"every_refresh\" : true | \"every_refresh\" : \"nightly\"",
        "\"name\" : \"VIPs for the newsletter\" | \"names\" : {}",
        "\"changed_by\" | \"filter\" : \"consented\", \"changed_by\"",
        "\"every_refresh\" : true | \"every_refresh\" : true, \"month\" : 3",
      })
  void an_export_that_cannot_be_read_here_stays_where_it_is(String known, String unknown)
      throws Exception {
    try (Catalog catalog = office.catalog().build()) {
      Connection connection = Office.connected(catalog);
      SavedExport export =
          catalog.save(
              ADMINISTRATOR,
              exportOn(connection)
                  .schedule(
                      Schedule.daily("Europe/Helsinki", LocalTime.of(6, 0)).andEveryRefresh()));
      SavedExport other = catalog.duplicate(ADMINISTRATOR, export.id(), "Other");
      Path file = file("exports", export.id());
      String before = Files.readString(file);
      String written = before.replace(known, unknown);
      assertThat(written).isNotEqualTo(before);
      Files.writeString(file, written);

      assertThat(catalog.refresh()).hasSize(1);
      assertThat(catalog.runAll(ADMINISTRATOR)).hasSize(1);
      catalog.runDue();
      catalog.nextDue();
      assertThat(catalog.exports(ADMINISTRATOR))
          .extracting(SavedExport::id)
          .contains(export.id(), other.id());

      assertThat(file).hasContent(written);
    }
  }

  static Stream<CatalogStore> stores() {
    return Stream.of(MemoryCatalogStore.create(), JdbcCatalogStore.on(h2()));
  }

  private static DataSource h2() {
    JdbcDataSource database = new JdbcDataSource();
    database.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    return database;
  }

  /** Writes an entry as another version of the library would. */
  static Entry rewritten(CatalogStore store, Kind kind, String id, String from, String to) {
    Entry entry = store.find(kind, id).orElseThrow();
    assertThat(entry.json()).contains(from);
    Entry next =
        new Entry(
            kind, id, entry.version() + 1, entry.uniqueName(), entry.json().replace(from, to));
    assertThat(store.put(next)).isEqualTo(Outcome.DONE);
    return next;
  }

  private static SavedExport daily(Catalog catalog) {
    Connection connection = Office.connected(catalog, definition().sharedWithContributors(true));
    return catalog.save(
        ADMINISTRATOR,
        exportOn(connection)
            .schedule(Schedule.daily("Europe/Helsinki", LocalTime.of(6, 0)).andEveryRefresh()));
  }

  private static void assertNotReadableHere(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            CatalogException.class,
            failure -> assertThat(failure.reason()).isEqualTo(Reason.NEWER_FORMAT))
        .hasMessageContaining("cannot be read here");
  }

  @ParameterizedTest
  @MethodSource("stores")
  void it_is_shown_with_the_reason_and_neither_run_nor_changed_while_others_run(
      CatalogStore store) {
    HeardEvents heard = new HeardEvents();
    try (Office mine = new Office(store, account -> account);
        Catalog catalog = mine.catalog().listener(heard).build()) {
      SavedExport export = daily(catalog);
      SavedExport other = catalog.duplicate(ADMINISTRATOR, export.id(), "Other");
      Entry written = rewritten(store, Kind.EXPORT, export.id(), "Europe/Helsinki", "Mars/Olympus");

      for (int tick = 0; tick < 3; tick++) {
        mine.time.advance(Duration.ofDays(1));
        assertThat(catalog.runDue()).extracting(RunRecord::exportId).containsExactly(other.id());
        assertThat(catalog.refresh()).extracting(RunRecord::exportId).containsExactly(other.id());
        assertThat(catalog.runAll(CONTRIBUTOR))
            .extracting(RunRecord::exportId)
            .containsExactly(other.id());
        assertThat(catalog.nextDue())
            .hasValueSatisfying(next -> assertThat(next).isAfter(mine.time.now()));
      }

      assertThat(catalog.exports(VIEWER))
          .extracting(SavedExport::id)
          .containsExactlyInAnyOrder(export.id(), other.id());
      SavedExport shown = catalog.export(ADMINISTRATOR, export.id());
      assertThat(shown.notRunnableHere())
          .hasValueSatisfying(
              why ->
                  assertThat(why)
                      .contains(export.id(), "'schedule.zone' is Mars/Olympus", "this Java"));
      assertThat(shown.name()).isEqualTo(export.name());
      assertThat(shown.definition().segments()).isEqualTo(export.definition().segments());
      assertThat(shown.definition().schedule()).isEqualTo(Schedule.off());
      assertThat(shown.list()).isEqualTo(export.list());
      assertThat(shown.isActive()).isFalse();
      assertThat(catalog.export(CONTRIBUTOR, export.id()).notRunnableHere())
          .hasValueSatisfying(
              why ->
                  assertThat(why)
                      .contains("cannot be run here", "an administrator can see why")
                      .doesNotContain("Mars"));
      assertThat(catalog.export(ADMINISTRATOR, other.id()).notRunnableHere()).isEmpty();
      assertThat(catalog.history(VIEWER, export.id())).isEmpty();

      assertNotReadableHere(() -> catalog.run(ADMINISTRATOR, export.id()));
      assertNotReadableHere(() -> catalog.edit(ADMINISTRATOR, shown, other.definition()));
      assertNotReadableHere(() -> catalog.duplicate(ADMINISTRATOR, export.id(), "Third"));
      assertNotReadableHere(() -> catalog.detach(ADMINISTRATOR, export.id()));
      assertNotReadableHere(() -> catalog.removeExport(CONTRIBUTOR, export.id()));
      assertThat(store.find(Kind.EXPORT, export.id())).contains(written);
      assertThat(store.find(Kind.STATE, export.id())).isEmpty();
      assertThat(heard.events)
          .filteredOn(event -> event.contains(export.id()))
          .as("told once")
          .singleElement(STRING)
          .startsWith("not readable here: ")
          .contains("Mars/Olympus");
    }
  }

  @Test
  void a_mapping_that_begins_with_another_field_may_be_a_newer_one() throws Exception {
    try (Catalog catalog = office.catalog().build()) {
      SavedExport odd = daily(catalog);
      Path file = file("exports", odd.id());
      String written = Files.readString(file).replace("\"EMAIL\"", "\"CITY\"");
      Files.writeString(file, written);

      assertThat(catalog.export(ADMINISTRATOR, odd.id()).notRunnableHere().orElseThrow())
          .contains(odd.id(), "'mapping.fields[0]' does not go together", "update this library");
      assertThat(catalog.refresh()).isEmpty();
      assertThat(file).hasContent(written);
    }
  }

  @Test
  void a_scheduled_moment_is_left_to_the_process_that_can_read_it() {
    try (Catalog catalog = office.catalog().build()) {
      SavedExport export = daily(catalog);
      rewritten(office.store, Kind.EXPORT, export.id(), "Europe/Helsinki", "Mars/Olympus");
      office.time.advance(Duration.ofDays(1));
      assertThat(catalog.runDue()).isEmpty();

      rewritten(office.store, Kind.EXPORT, export.id(), "Mars/Olympus", "Europe/Helsinki");

      assertThat(catalog.runDue()).extracting(RunRecord::exportId).containsExactly(export.id());
      assertThat(catalog.history(VIEWER, export.id()))
          .singleElement()
          .satisfies(
              run -> {
                assertThat(run.queuedAt()).isEqualTo(Instant.parse("2026-09-02T03:00:00Z"));
                assertThat(run.status()).isEqualTo(RunStatus.SUCCESSFUL);
                assertThat(run.notReadableHere()).isEmpty();
              });
    }
  }

  @Test
  void an_export_that_is_changed_by_a_newer_version_before_its_turn_is_left_for_the_next_attempt() {
    Queue<Runnable> waiting = new ArrayDeque<>();
    try (Catalog catalog = office.catalog().executor(waiting::add).build();
        Catalog newer = office.catalog().build()) {
      SavedExport export = daily(catalog);
      RunRecord run = catalog.run(ADMINISTRATOR, export.id());
      rewritten(office.store, Kind.EXPORT, export.id(), "Europe/Helsinki", "Mars/Olympus");

      waiting.remove().run();

      assertThat(catalog.run(run.id()).status()).isEqualTo(RunStatus.FAILED);
      office.time.advance(Duration.ofMinutes(5));
      assertThat(catalog.runDue()).isEmpty();
      rewritten(office.store, Kind.EXPORT, export.id(), "Mars/Olympus", "Europe/Helsinki");
      assertThat(newer.runDue()).extracting(RunRecord::id).containsExactly(run.id());
      assertThat(newer.run(run.id()).status()).isEqualTo(RunStatus.SUCCESSFUL);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"API_KEY\" | \"SIGN_IN\"",
        "\"Klaviyo\",\"kind\" | \"Other\",\"kind\"",
        "\"vault:klaviyo\" | \"Vault9!\"",
        "\"vault:klaviyo\" | {\"vault\":\"klaviyo\"}",
        "\"removing\" | \"pool\":\"b\",\"removing\"",
        "\"format\":1 | \"format\":2",
      })
  void what_goes_through_a_connection_that_cannot_be_read_here_is_left_alone(
      String known, String unknown) {
    try (Catalog catalog = office.catalog().build()) {
      SavedExport export = daily(catalog);
      String id = export.definition().connection();
      Entry written = rewritten(office.store, Kind.CONNECTION, id, known, unknown);
      office.time.advance(Duration.ofDays(1));

      assertThat(catalog.runDue()).isEmpty();
      assertThat(catalog.refresh()).isEmpty();
      assertThat(catalog.runAll(ADMINISTRATOR)).isEmpty();
      assertNotReadableHere(() -> catalog.run(ADMINISTRATOR, export.id()));
      assertNotReadableHere(() -> catalog.run(CONTRIBUTOR, export.id()));
      assertNotReadableHere(() -> catalog.connection(ADMINISTRATOR, id));
      assertNotReadableHere(() -> catalog.connect(ADMINISTRATOR, id));
      assertNotReadableHere(() -> catalog.removeConnection(ADMINISTRATOR, id));

      assertThat(catalog.connections(ADMINISTRATOR))
          .singleElement()
          .satisfies(
              shown -> {
                assertThat(shown.name()).isEqualTo("Klaviyo EU");
                assertThat(shown.usable()).isFalse();
                assertThat(shown.notUsableHere().orElseThrow())
                    .contains(id, "cannot be read here")
                    .doesNotContain("vault:klaviyo", "Vault9");
              });
      assertThat(catalog.exports(ADMINISTRATOR).get(0).notRunnableHere()).isPresent();
      assertThat(office.store.find(Kind.CONNECTION, id)).contains(written);
      assertThat(office.store.find(Kind.STATE, export.id())).isEmpty();

      assertThat(catalog.detach(ADMINISTRATOR, export.id()).definition().connection()).isNull();
    }
  }

  @Test
  void a_connection_that_an_unreadable_export_may_use_is_not_removed() {
    try (Catalog catalog = office.catalog().build()) {
      SavedExport export = daily(catalog);
      rewritten(office.store, Kind.EXPORT, export.id(), "\"format\":1", "\"format\":2");

      assertThatThrownBy(
              () -> catalog.removeConnection(ADMINISTRATOR, export.definition().connection()))
          .isInstanceOfSatisfying(
              CatalogException.class,
              failure -> assertThat(failure.reason()).isEqualTo(Reason.IN_USE))
          .hasMessageContaining(export.id());
    }
  }

  @Test
  void an_administrator_removes_what_cannot_be_read_here() {
    try (Catalog catalog = office.catalog().build()) {
      SavedExport export = daily(catalog);
      catalog.run(ADMINISTRATOR, export.id());
      rewritten(office.store, Kind.EXPORT, export.id(), "Europe/Helsinki", "Mars/Olympus");
      Entry state =
          rewritten(office.store, Kind.STATE, export.id(), "\"format\":1", "\"format\":2");
      assertNotReadableHere(() -> catalog.removeExport(ADMINISTRATOR, export.id()));
      assertThat(office.store.find(Kind.EXPORT, export.id())).as("a run may go on").isPresent();
      assertThat(office.store.find(Kind.STATE, export.id())).contains(state);
      rewritten(office.store, Kind.STATE, export.id(), "\"format\":2", "\"format\":1");

      catalog.removeExport(ADMINISTRATOR, export.id());

      assertThat(catalog.exports(VIEWER)).isEmpty();
      assertThat(office.store.find(Kind.STATE, export.id())).isEmpty();
    }
  }

  @Test
  void an_export_whose_state_cannot_be_read_here_is_left_alone() {
    Queue<Runnable> neverRun = new ArrayDeque<>();
    Catalog dead = office.catalog().executor(neverRun::add).build();
    SavedExport export = daily(dead);
    SavedExport other = dead.duplicate(ADMINISTRATOR, export.id(), "Other");
    RunRecord run = dead.run(ADMINISTRATOR, export.id());
    Entry state = rewritten(office.store, Kind.STATE, export.id(), "\"ON_DEMAND\"", "\"WEBHOOK\"");
    try (Catalog catalog = office.catalog().build()) {
      office.time.advance(Duration.ofDays(1));

      assertThat(catalog.runDue()).extracting(RunRecord::exportId).containsExactly(other.id());
      assertThat(catalog.refresh()).extracting(RunRecord::exportId).containsExactly(other.id());
      assertNotReadableHere(() -> catalog.run(ADMINISTRATOR, export.id()));
      assertNotReadableHere(() -> catalog.cancel(ADMINISTRATOR, run.id()));
      assertNotReadableHere(() -> catalog.detach(ADMINISTRATOR, export.id()));
      assertThat(catalog.export(ADMINISTRATOR, export.id()).notRunnableHere().orElseThrow())
          .contains("The state", "'open.trigger' is WEBHOOK");
      assertThat(office.store.find(Kind.STATE, export.id())).contains(state);
    }
  }

  @Test
  void what_another_version_adds_to_a_state_survives_runs_here() {
    try (Catalog catalog = office.catalog().build()) {
      SavedExport export = daily(catalog);
      catalog.run(ADMINISTRATOR, export.id());
      rewritten(
          office.store,
          Kind.STATE,
          export.id(),
          "\"format\":1",
          "\"format\":1,\"host\":{\"name\":\"b\"}");

      RunRecord run = catalog.run(ADMINISTRATOR, export.id());

      assertThat(catalog.run(run.id()).status()).isEqualTo(RunStatus.SUCCESSFUL);
      assertThat(office.store.find(Kind.STATE, export.id()).orElseThrow().json())
          .contains("\"host\":{\"name\":\"b\"}");
    }
  }

  @Test
  void a_history_shows_what_it_can_of_a_run_of_a_newer_version() {
    try (Catalog catalog = office.catalog().history(1, Duration.ofDays(1)).build()) {
      SavedExport export = daily(catalog);
      RunRecord run = catalog.run(ADMINISTRATOR, export.id());
      RunRecord whole = catalog.run(run.id());
      rewritten(office.store, Kind.RUN, run.id(), "\"ON_DEMAND\"", "\"WEBHOOK\"");
      rewritten(office.store, Kind.RUN, run.id(), "\"SUCCESSFUL\"", "\"GOOD\"");
      rewritten(office.store, Kind.RUN, run.id(), "\"took_ms\"", "\"took\"");
      Entry written = rewritten(office.store, Kind.RUN, run.id(), "\"format\":1", "\"format\":2");

      RunRecord shown = catalog.history(ADMINISTRATOR, export.id()).get(0);

      assertThat(shown.trigger()).isEqualTo(RunRecord.Trigger.UNKNOWN);
      assertThat(shown.status()).isEqualTo(RunStatus.UNKNOWN);
      assertThat(shown.report()).isNull();
      assertThat(shown.notReadableHere())
          .hasValueSatisfying(why -> assertThat(why).contains("newer"));
      assertThat(shown.startedBy()).isEqualTo(whole.startedBy());
      assertThat(shown.endedAt()).isEqualTo(whole.endedAt());

      office.time.advance(Duration.ofDays(3));
      RunRecord next = catalog.run(ADMINISTRATOR, export.id());
      catalog.runDue();
      assertThat(catalog.run(next.id()).status()).isEqualTo(RunStatus.SUCCESSFUL);
      assertThat(office.store.find(Kind.RUN, run.id())).contains(written);
    }
  }

  @Test
  void an_open_run_whose_record_is_newer_is_left_to_the_version_that_wrote_it() {
    Queue<Runnable> neverRun = new ArrayDeque<>();
    Catalog dead = office.catalog().executor(neverRun::add).build();
    SavedExport export =
        dead.save(ADMINISTRATOR, exportOn(Office.connected(dead)).schedule(Schedule.off()));
    RunRecord run = dead.run(ADMINISTRATOR, export.id());
    Entry record =
        rewritten(office.store, Kind.RUN, run.id(), "\"attempt\"", "\"host\":\"b\",\"attempt\"");
    try (Catalog catalog = office.catalog().build()) {
      office.time.advance(Duration.ofHours(1));

      assertThat(catalog.runDue()).isEmpty();
      assertThat(catalog.nextDue()).isEmpty();
      assertThat(office.store.find(Kind.RUN, run.id())).contains(record);

      RunRecord next = catalog.run(ADMINISTRATOR, export.id());
      assertThat(catalog.run(next.id()).status()).isEqualTo(RunStatus.SUCCESSFUL);
      assertThat(office.store.find(Kind.RUN, run.id())).contains(record);
    }
  }

  @Test
  void files_that_are_no_file_of_this_version_stay_and_only_broken_ones_are_set_aside()
      throws Exception {
    HeardEvents heard = new HeardEvents();
    try (Catalog catalog = office.catalog().listener(heard).build()) {
      SavedExport export = daily(catalog);
      String good = Files.readString(file("exports", export.id()));
      Map<String, String> odd =
          Map.of(
              "sealed",
              "{\"sealed\":\"AbC\"}",
              "fraction",
              good.replace("\"version\" : 1", "\"version\" : 1.5"));
      Map<String, String> broken =
          Map.of("half", good.substring(0, 80), "list", "[1]", "none", "", "Wrong Id", good);
      for (Map.Entry<String, String> one : odd.entrySet()) {
        Files.writeString(file("exports", one.getKey()), one.getValue());
      }
      for (Map.Entry<String, String> one : broken.entrySet()) {
        Files.writeString(file("exports", one.getKey()), one.getValue());
      }

      assertThat(catalog.exports(ADMINISTRATOR))
          .extracting(SavedExport::id)
          .containsExactlyInAnyOrder(export.id(), "sealed", "fraction");
      assertThat(catalog.refresh()).hasSize(1);

      for (Map.Entry<String, String> one : odd.entrySet()) {
        assertThat(file("exports", one.getKey())).hasContent(one.getValue());
      }
      for (Map.Entry<String, String> one : broken.entrySet()) {
        assertThat(directory.resolve("exports/" + one.getKey() + ".json.damaged"))
            .hasContent(one.getValue());
      }
      assertThat(heard.events).filteredOn(event -> event.contains("is damaged")).hasSize(4);
    }
  }

  @Test
  void what_another_version_keeps_around_the_content_survives_a_change() throws Exception {
    try (Catalog catalog = office.catalog().build()) {
      SavedExport export = daily(catalog);
      Path file = file("exports", export.id());
      Files.writeString(
          file, Files.readString(file).replaceFirst("\\{", "{ \"checked_at\" : \"today\","));

      catalog.edit(ADMINISTRATOR, export, export.definition().name("Renamed"));

      assertThat(file).content().contains("\"checked_at\" : \"today\"", "Renamed");
    }
  }
}
