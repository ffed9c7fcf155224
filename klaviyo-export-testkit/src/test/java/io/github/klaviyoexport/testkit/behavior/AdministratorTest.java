package io.github.klaviyoexport.testkit.behavior;

import static io.github.klaviyoexport.testkit.behavior.Office.ADMINISTRATOR;
import static io.github.klaviyoexport.testkit.behavior.Office.VIEWER;
import static io.github.klaviyoexport.testkit.behavior.Office.assertRefused;
import static io.github.klaviyoexport.testkit.behavior.Office.connected;
import static io.github.klaviyoexport.testkit.behavior.Office.definition;
import static io.github.klaviyoexport.testkit.behavior.Office.exportOn;
import static io.github.klaviyoexport.testkit.behavior.Office.saved;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.catalog.Connection;
import io.github.klaviyoexport.catalog.ConnectionDefinition;
import io.github.klaviyoexport.catalog.ExportDefinition;
import io.github.klaviyoexport.catalog.MemoryCatalogStore;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.RunRecord.Trigger;
import io.github.klaviyoexport.catalog.RunStatus;
import io.github.klaviyoexport.catalog.SavedExport;
import io.github.klaviyoexport.catalog.Schedule;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.testkit.Fault;
import io.github.klaviyoexport.testkit.Operation;
import java.io.IOException;
import java.time.LocalTime;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Exports are saved on a connection, run with every refresh and on demand, and seen. */
class AdministratorTest {
  private final Office office = new Office();
  private final Catalog catalog = office.catalog().build();

  @AfterEach
  void close() {
    catalog.close();
    office.close();
  }

  @Test
  void an_export_is_saved_refreshed_and_its_history_shown() {
    SavedExport export = saved(catalog);
    assertThat(office.klaviyo.list("Y6nRLr").size()).as("saving does not run").isZero();
    assertThat(catalog.history(VIEWER, export.id())).isEmpty();

    catalog.refresh();
    catalog.run(ADMINISTRATOR, export.id());

    assertThat(office.klaviyo.list("Y6nRLr").emails())
        .containsExactlyInAnyOrder("ada@shop.example", "bo@shop.example", "cy@shop.example");
    List<RunRecord> history = catalog.history(VIEWER, export.id());
    assertThat(history)
        .extracting(RunRecord::status, RunRecord::trigger, RunRecord::startedBy)
        .containsExactlyInAnyOrder(
            tuple(RunStatus.SUCCESSFUL, Trigger.ON_DEMAND, "kim"),
            tuple(RunStatus.SUCCESSFUL, Trigger.REFRESH, "kim"));
    assertThat(history.get(0).report()).isNotNull();
    assertThat(history.get(0).report().segment().name()).isEqualTo("vip-eu + vip-us");
    assertThat(history.get(0).report().profiles().read()).isEqualTo(4);
    assertThat(history.get(0).report().profiles().duplicates()).as("in both segments").isEqualTo(1);
    assertThat(history.get(0).took()).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"klaviyo eu", "Klaviyo  EU", "Klaviyo EU ", "Klaviyo\u00A0EU", "Klav\u200Biyo EU"})
  void names_differ_by_more_than_case_and_white_space(String name) {
    Connection connection = connected(catalog);
    Connection other =
        catalog.add(ADMINISTRATOR, ConnectionDefinition.apiKey("Klaviyo US", Office.REFERENCE));
    SavedExport export = catalog.save(ADMINISTRATOR, exportOn(connection).name("Klaviyo EU"));
    SavedExport second = catalog.save(ADMINISTRATOR, exportOn(connection).name("Klaviyo US"));
    List<ThrowingCallable> ways =
        List.of(
            () -> catalog.add(ADMINISTRATOR, ConnectionDefinition.apiKey(name, Office.REFERENCE)),
            () -> catalog.edit(ADMINISTRATOR, other, other.definition().name(name)),
            () -> catalog.save(ADMINISTRATOR, exportOn(connection).name(name)),
            () -> catalog.edit(ADMINISTRATOR, second, second.definition().name(name)),
            () -> catalog.duplicate(ADMINISTRATOR, second.id(), name));

    for (ThrowingCallable way : ways) {
      assertRefused(way, Reason.NAME_TAKEN, "'Klaviyo EU'", "cannot tell from this name");
    }
    assertRefused(
        () -> catalog.duplicate(ADMINISTRATOR, second.id(), "Klaviyo EU"),
        Reason.NAME_TAKEN,
        "'Klaviyo EU': choose another name");
    assertThat(catalog.edit(ADMINISTRATOR, export, export.definition().name(name)).name())
        .as("its own may change so")
        .isEqualTo(name);
    catalog.edit(ADMINISTRATOR, connection, connection.definition().name(name));
  }

  @Test
  void of_two_editors_the_second_is_told_and_nothing_is_lost() {
    Connection seen = connected(catalog);
    SavedExport export = catalog.save(ADMINISTRATOR, exportOn(seen));

    catalog.edit(ADMINISTRATOR, seen, seen.definition().name("By the first"));
    assertRefused(
        () -> catalog.edit(ADMINISTRATOR, seen, seen.definition().name("By the second")),
        Reason.CHANGED_MEANWHILE,
        "was changed by kim at",
        "nothing was overwritten");
    assertThat(catalog.connection(ADMINISTRATOR, seen.id()).name()).isEqualTo("By the first");

    catalog.edit(ADMINISTRATOR, export, export.definition().name("By the first"));
    assertRefused(
        () -> catalog.edit(ADMINISTRATOR, export, export.definition().limit(5)),
        Reason.CHANGED_MEANWHILE,
        "'By the first'");
    assertThat(catalog.export(VIEWER, export.id()).name()).isEqualTo("By the first");
  }

  @Test
  void a_list_that_vanished_ends_the_run_with_advice() {
    SavedExport export = saved(catalog);
    office.klaviyo.script(
        Operation.GET_LIST,
        Fault.answered(
            404,
            Map.of("Content-Type", "application/vnd.api+json"),
            "{\"errors\":[{\"id\":\"e\",\"status\":404,\"code\":\"not_found\",\"title\":\"Not"
                + " found.\",\"detail\":\"\"}]}"));

    RunRecord run = catalog.await(catalog.run(ADMINISTRATOR, export.id()).id());

    assertThat(run.status()).isEqualTo(RunStatus.FAILED_PERMANENTLY);
    assertThat(run.message()).contains("Klaviyo has no list Y6nRLr");
  }

  @Test
  void a_list_is_found_by_its_name_or_id_and_never_guessed() {
    Connection connection = connected(catalog);

    assertThat(catalog.save(ADMINISTRATOR, exportOn(connection)).list())
        .isEqualTo(ListId.of("Y6nRLr"));
    assertThat(
            catalog
                .save(ADMINISTRATOR, exportOn(connection).name("By id").list(ListId.of("QwErTy")))
                .listName())
        .isEqualTo("Newsletter");
    assertRefused(
        () -> catalog.save(ADMINISTRATOR, exportOn(connection).listNamed("vip")),
        Reason.LIST_NOT_FOUND,
        "no list called 'vip'",
        "upper and lower case count");
    assertRefused(
        () -> catalog.save(ADMINISTRATOR, exportOn(connection).listNamed("A \"b\" \\ c")),
        Reason.LIST_NOT_FOUND);
    assertRefused(
        () -> catalog.save(ADMINISTRATOR, exportOn(connection).list(ListId.of("NoSuch"))),
        Reason.LIST_NOT_FOUND,
        "no list NoSuch");
    office.klaviyo.script(
        Operation.GET_LISTS,
        Fault.answered(
            400,
            Map.of("Content-Type", "application/vnd.api+json"),
            "{\"errors\":[{\"code\":\"invalid\",\"source\":{\"parameter\":\"filter\"}}]}"));
    assertThat(catalog.save(ADMINISTRATOR, exportOn(connection).name("Filter refused")).list())
        .isEqualTo(ListId.of("Y6nRLr"));

    try (Office cafe =
            new Office(
                MemoryCatalogStore.create(), account -> account.list("CaFe01", "Cafe\u0301"));
        Catalog mine = cafe.catalog().build()) {
      ExportDefinition composed = exportOn(connected(mine)).listNamed("Caf\u00e9");
      assertThat(mine.save(ADMINISTRATOR, composed).list()).isEqualTo(ListId.of("CaFe01"));
    }
    try (Office twice =
            new Office(MemoryCatalogStore.create(), account -> account.list("AaAaAa", "VIP"));
        Catalog mine = twice.catalog().build()) {
      Connection ambiguous = connected(mine);
      assertRefused(
          () -> mine.save(ADMINISTRATOR, exportOn(ambiguous)),
          Reason.LIST_AMBIGUOUS,
          "Y6nRLr",
          "AaAaAa",
          "choose one by its id");
    }
  }

  @Test
  void what_does_not_fit_is_found_when_the_export_is_saved() {
    Connection connection = connected(catalog);
    var good = exportOn(connection);

    assertRefused(
        () -> catalog.save(ADMINISTRATOR, good.segments("vip-moon")),
        Reason.SEGMENT_UNREADABLE,
        "segment vip-moon");
    assertRefused(
        () -> catalog.save(ADMINISTRATOR, good.mapping(Office.MAPPING.city("town"))),
        Reason.MAPPING_UNFIT,
        "Segment vip-eu",
        "'town'");
    assertRefused(
        () ->
            catalog.save(
                ADMINISTRATOR, ExportDefinition.named("Empty").connection(connection.id())),
        Reason.INCOMPLETE,
        "'Empty' lacks a list and a segment and a mapping",
        "which field holds the email address");
    assertRefused(
        () -> catalog.save(ADMINISTRATOR, good.detached()), Reason.INCOMPLETE, "a connection");
    assertRefused(
        () -> catalog.save(ADMINISTRATOR, good.connection("none")),
        Reason.UNKNOWN_ID,
        "no connection none");
    assertThat(catalog.exports(VIEWER)).isEmpty();
  }

  @Test
  void an_export_of_a_segment_that_vanished_is_renamed_switched_off_and_removed() {
    Set<String> gone = new HashSet<>();
    ProfileSource source =
        segment -> {
          if (gone.contains(segment.name())) {
            throw new IOException("there is no segment " + segment);
          }
          return office.segments.open(segment);
        };
    try (Catalog mine = office.catalog().source(source).build()) {
      SavedExport export = saved(mine);
      gone.add("vip-eu");

      SavedExport renamed =
          mine.edit(ADMINISTRATOR, export, export.definition().name("Renamed").limit(7));
      SavedExport off =
          mine.edit(ADMINISTRATOR, renamed, renamed.definition().schedule(Schedule.off()));

      assertThat(mine.exports(VIEWER)).containsExactly(off);
      assertThat(off.name()).isEqualTo("Renamed");
      assertThat(off.definition().limit()).isEqualTo(7);
      for (ExportDefinition looked :
          List.of(
              off.definition().schedule(Schedule.everyRefresh()),
              off.definition().segments("vip-eu"),
              off.definition().mapping(FieldMapping.email("email")))) {
        assertRefused(
            () -> mine.edit(ADMINISTRATOR, off, looked),
            Reason.SEGMENT_UNREADABLE,
            "segment vip-eu",
            "choose another segment");
      }
      assertRefused(
          () -> mine.duplicate(ADMINISTRATOR, off.id(), "Copy"),
          Reason.SEGMENT_UNREADABLE,
          "segment vip-eu");
      SavedExport detached = mine.detach(ADMINISTRATOR, off.id());
      String connection = off.definition().connection();
      assertThat(mine.attach(ADMINISTRATOR, detached.id(), connection).isActive())
          .as("switched off, it does not run")
          .isFalse();

      mine.removeExport(ADMINISTRATOR, off.id());
      assertThat(mine.exports(VIEWER)).isEmpty();
    }
  }

  @Test
  void an_export_is_renamed_whose_segment_no_longer_has_a_mapped_field() {
    SavedExport export = saved(catalog);
    office.segments.segment("vip-eu", CustomerProfile.of("c-1", Map.of("mail", "a@shop.example")));

    SavedExport renamed = catalog.edit(ADMINISTRATOR, export, export.definition().name("Renamed"));

    assertThat(renamed.name()).isEqualTo("Renamed");
    assertRefused(
        () ->
            catalog.edit(
                ADMINISTRATOR, renamed, renamed.definition().mapping(Office.MAPPING.city("town"))),
        Reason.MAPPING_UNFIT,
        "'town'");
  }

  @Test
  void unknown_ids_are_named() {
    assertRefused(() -> catalog.connection(ADMINISTRATOR, "x"), Reason.UNKNOWN_ID, "connection x");
    assertRefused(() -> catalog.accept(ADMINISTRATOR, "x"), Reason.UNKNOWN_ID, "connection x");
    assertRefused(
        () -> catalog.removeConnection(ADMINISTRATOR, "x"), Reason.UNKNOWN_ID, "connection x");
    assertRefused(() -> catalog.export(VIEWER, "x"), Reason.UNKNOWN_ID, "export x");
    assertRefused(() -> catalog.history(VIEWER, "x"), Reason.UNKNOWN_ID, "export x");
    assertRefused(() -> catalog.run(ADMINISTRATOR, "x"), Reason.UNKNOWN_ID, "export x");
    assertRefused(() -> catalog.removeExport(ADMINISTRATOR, "../x"), Reason.UNKNOWN_ID, "../x");
    assertRefused(() -> catalog.cancel(ADMINISTRATOR, "x"), Reason.UNKNOWN_ID, "run x");
    assertRefused(() -> catalog.await("x"), Reason.UNKNOWN_ID, "run x");
  }

  @Test
  void a_duplicate_has_another_name_and_the_same_definition() {
    SavedExport original = saved(catalog);

    SavedExport copy = catalog.duplicate(ADMINISTRATOR, original.id(), "Copy");

    assertThat(copy.id()).isNotEqualTo(original.id());
    assertThat(copy.definition()).isEqualTo(original.definition().name("Copy"));
    assertThat(catalog.exports(VIEWER)).containsExactlyInAnyOrder(original, copy);
  }

  @Test
  void a_detached_export_keeps_its_definition_and_does_not_run() {
    SavedExport export = saved(catalog);
    String connection = export.definition().connection();

    SavedExport detached = catalog.detach(ADMINISTRATOR, export.id());

    assertThat(detached.definition()).isEqualTo(export.definition().detached());
    assertThat(detached.isActive()).isFalse();
    assertThat(catalog.refresh()).isEmpty();
    assertThat(catalog.runAll(ADMINISTRATOR)).isEmpty();
    assertRefused(() -> catalog.run(ADMINISTRATOR, export.id()), Reason.DETACHED, "attach one");

    catalog.attach(ADMINISTRATOR, export.id(), connection);
    assertThat(catalog.refresh()).hasSize(1);
  }

  @Test
  void all_active_exports_run_and_the_others_do_not() {
    Connection connection = connected(catalog);
    var definition = exportOn(connection);
    SavedExport refreshed = catalog.save(ADMINISTRATOR, definition.name("Refreshed"));
    SavedExport daily =
        catalog.save(
            ADMINISTRATOR,
            definition.name("Daily").schedule(Schedule.daily("UTC", LocalTime.NOON)));
    SavedExport off = catalog.save(ADMINISTRATOR, definition.name("Off").schedule(Schedule.off()));

    assertThat(catalog.runAll(ADMINISTRATOR))
        .extracting(RunRecord::exportId)
        .containsExactlyInAnyOrder(refreshed.id(), daily.id());
    assertThat(catalog.refresh()).extracting(RunRecord::exportId).containsExactly(refreshed.id());
    assertThat(catalog.run(ADMINISTRATOR, off.id()).exportId()).isEqualTo(off.id());
  }
}
