package io.github.klaviyoexport.testkit.behavior;

import static io.github.klaviyoexport.testkit.behavior.Office.ADMINISTRATOR;
import static io.github.klaviyoexport.testkit.behavior.Office.CONTRIBUTOR;
import static io.github.klaviyoexport.testkit.behavior.Office.VIEWER;
import static io.github.klaviyoexport.testkit.behavior.Office.connected;
import static io.github.klaviyoexport.testkit.behavior.Office.definition;
import static io.github.klaviyoexport.testkit.behavior.Office.exportOn;
import static io.github.klaviyoexport.testkit.behavior.Office.saved;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.catalog.CatalogListener;
import io.github.klaviyoexport.catalog.CatalogStore;
import io.github.klaviyoexport.catalog.Connection;
import io.github.klaviyoexport.catalog.Connection.Account;
import io.github.klaviyoexport.catalog.Connection.Summary;
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
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections are made once, exports saved, run with every refresh and on demand, and seen. */
class AdministratorTest {
  private final Office office = new Office();
  private final Catalog catalog = office.catalog().build();

  @AfterEach
  void close() {
    catalog.close();
    office.close();
  }

  private static void assertRefused(ThrowingCallable action, Reason reason, String... parts) {
    assertThatThrownBy(action)
        .isInstanceOfSatisfying(
            CatalogException.class, failure -> assertThat(failure.reason()).isEqualTo(reason))
        .satisfies(failure -> assertThat(List.of(parts)).allMatch(failure.getMessage()::contains));
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

  @Test
  void a_connection_says_who_accepted_the_notice_and_which_account_it_leads_to() {
    Connection connection = connected(catalog);

    assertThat(connection.consent().by()).isEqualTo("kim");
    assertThat(connection.consent().at()).isEqualTo(office.time.now());
    assertThat(connection.consent().notice())
        .contains("personal data of your customers", "You are responsible");
    assertThat(connection.account())
        .extracting(Account::id, Account::name, Account::timezone, Account::test)
        .containsExactly("FaKe01", "Shop", "Europe/London", true);
    assertThat(connection.definition().exportUser()).isEqualTo("kim");
    assertThat(catalog.connection(ADMINISTRATOR, connection.id())).isEqualTo(connection);
  }

  @Test
  void a_key_without_the_scope_to_read_the_account_connects_and_the_account_is_unknown() {
    try (Office narrow =
            new Office(
                MemoryCatalogStore.create(),
                account ->
                    account.scopes(
                        "lists:read", "lists:write", "profiles:read", "profiles:write"));
        Catalog mine = narrow.catalog().build()) {
      Connection connection = connected(mine);

      assertThat(connection.connectedAt()).isNotNull();
      assertThat(connection.account()).isNull();
    }
  }

  @Test
  void a_connection_that_nobody_accepted_cannot_be_used() {
    Connection added = catalog.add(ADMINISTRATOR, definition());

    assertRefused(
        () -> catalog.connect(ADMINISTRATOR, added.id()),
        Reason.NOT_ACCEPTED,
        "Nobody has accepted the data privacy notice",
        "'Klaviyo EU'");
    assertRefused(
        () -> catalog.save(ADMINISTRATOR, exportOn(added)), Reason.NOT_ACCEPTED, added.id());
    assertThat(office.klaviyo.requests()).isEmpty();
  }

  @Test
  void a_connection_that_was_never_verified_cannot_be_used() {
    Connection added = catalog.add(ADMINISTRATOR, definition());
    catalog.accept(ADMINISTRATOR, added.id());

    assertRefused(
        () -> catalog.save(ADMINISTRATOR, exportOn(added)),
        Reason.NOT_CONNECTED,
        "an administrator has to connect it first");
  }

  @Test
  void no_two_connections_have_the_same_name() {
    Connection first = catalog.add(ADMINISTRATOR, definition());
    Connection second =
        catalog.add(ADMINISTRATOR, ConnectionDefinition.apiKey("Klaviyo US", Office.REFERENCE));

    assertRefused(
        () -> catalog.add(ADMINISTRATOR, definition()),
        Reason.NAME_TAKEN,
        "'Klaviyo EU'",
        "choose another name");
    assertRefused(
        () -> catalog.edit(ADMINISTRATOR, second, second.definition().name("Klaviyo EU")),
        Reason.NAME_TAKEN);
    catalog.edit(ADMINISTRATOR, first, first.definition().name("Klaviyo Europe"));
    catalog.edit(ADMINISTRATOR, second, second.definition().name("Klaviyo EU"));
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
  void rotated_credentials_are_used_from_the_next_run_on() {
    SavedExport export = saved(catalog);
    Connection connection = catalog.connection(ADMINISTRATOR, export.definition().connection());
    office.vault.put("klaviyo-new", office.klaviyo.apiKey().value());

    catalog.edit(
        ADMINISTRATOR, connection, connection.definition().credentials("vault:klaviyo-new"));
    office.vault.remove("klaviyo");

    assertThat(catalog.run(ADMINISTRATOR, export.id()).id())
        .satisfies(run -> assertThat(catalog.run(run).status()).isEqualTo(RunStatus.SUCCESSFUL));
  }

  @Test
  void bad_credentials_do_not_replace_good_ones() {
    Connection connection = connected(catalog);
    office.vault.put("other", "pk_of_nobody_at_all");
    UnaryOperator<ConnectionDefinition> rotated =
        definition -> definition.credentials("vault:other");

    assertRefused(
        () -> catalog.edit(ADMINISTRATOR, connection, rotated.apply(connection.definition())),
        Reason.CREDENTIALS_REFUSED,
        "Klaviyo does not know the credentials",
        "vault:other");

    office.vault.put("other", office.klaviyo.apiKey().value());
    office.klaviyo.script(
        Operation.GET_ACCOUNTS,
        Fault.answered(
            200,
            Map.of("Content-Type", "application/vnd.api+json"),
            "{\"data\":[{\"type\":\"account\",\"id\":\"OtHeR1\",\"attributes\":{}}]}"));
    assertRefused(
        () -> catalog.edit(ADMINISTRATOR, connection, rotated.apply(connection.definition())),
        Reason.OTHER_ACCOUNT,
        "account OtHeR1",
        "account FaKe01");
    assertThat(catalog.connection(ADMINISTRATOR, connection.id())).isEqualTo(connection);
  }

  @Test
  void credentials_that_cannot_be_read_are_named_by_their_place() {
    Connection added =
        catalog.add(ADMINISTRATOR, ConnectionDefinition.apiKey("Other", "vault:none"));
    catalog.accept(ADMINISTRATOR, added.id());

    assertRefused(
        () -> catalog.connect(ADMINISTRATOR, added.id()),
        Reason.CREDENTIALS_UNREADABLE,
        "'Other'",
        "the vault has no entry none");

    office.vault.put("none", "pk with spaces");
    assertRefused(
        () -> catalog.connect(ADMINISTRATOR, added.id()),
        Reason.CREDENTIALS_UNREADABLE,
        "holds U+0020 space at character 3");
  }

  @Test
  void a_revoked_key_ends_the_run_with_advice() {
    SavedExport export = saved(catalog);
    office.vault.put("klaviyo", "pk_revoked_by_somebody");

    RunRecord run = catalog.await(catalog.run(ADMINISTRATOR, export.id()).id());

    assertThat(run.status()).isEqualTo(RunStatus.FAILED_PERMANENTLY);
    assertThat(run.message()).contains("Klaviyo does not know the API key", "not revoked");
    assertRefused(
        () -> catalog.connect(ADMINISTRATOR, export.definition().connection()),
        Reason.CREDENTIALS_REFUSED,
        "revoked");
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
  void a_connection_in_use_is_not_removed_and_its_dependents_are_listed() {
    SavedExport export = saved(catalog);
    String connection = export.definition().connection();

    assertRefused(
        () -> catalog.removeConnection(ADMINISTRATOR, connection),
        Reason.IN_USE,
        "'VIPs for the newsletter' (" + export.id() + ")",
        "detach or remove it first");
    assertThat(catalog.refresh()).as("it still works").hasSize(1);

    catalog.detach(ADMINISTRATOR, export.id());
    catalog.removeConnection(ADMINISTRATOR, connection);

    assertThat(catalog.connections(VIEWER)).isEmpty();
    assertRefused(() -> catalog.attach(ADMINISTRATOR, export.id(), connection), Reason.UNKNOWN_ID);
  }

  @Test
  void a_connection_that_is_changed_while_it_is_removed_is_not_removed_in_silence() {
    List<Runnable> whenEnded = new ArrayList<>();
    CatalogListener changing =
        new CatalogListener() {
          @Override
          public void ended(RunRecord run) {
            whenEnded.forEach(Runnable::run);
          }
        };
    try (Catalog mine = office.catalog().listener(changing).build()) {
      SavedExport export = saved(mine);
      String id = export.definition().connection();
      office.vault.remove("klaviyo");
      mine.run(ADMINISTRATOR, export.id());
      // The export is gone, and its run waits to be tried again.
      CatalogStore.Entry entry =
          office.store.find(CatalogStore.Kind.EXPORT, export.id()).orElseThrow();
      office.store.remove(CatalogStore.Kind.EXPORT, entry.id(), entry.version());
      whenEnded.add(() -> mine.accept(ADMINISTRATOR, id));

      assertRefused(
          () -> mine.removeConnection(ADMINISTRATOR, id), Reason.CHANGED_MEANWHILE, "'Klaviyo EU'");

      whenEnded.clear();
      mine.removeConnection(ADMINISTRATOR, id);
      assertThat(mine.connections(VIEWER)).isEmpty();
    }
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

  @Test
  void contributors_see_the_name_and_type_of_connections_and_what_they_may_use() {
    Connection connection = connected(catalog);

    assertThat(catalog.connections(CONTRIBUTOR))
        .extracting(Summary::id, Summary::name, Summary::type, Summary::usable)
        .containsExactly(tuple(connection.id(), "Klaviyo EU", "Klaviyo", false));
    catalog.edit(ADMINISTRATOR, connection, connection.definition().sharedWithContributors(true));
    assertThat(catalog.connections(CONTRIBUTOR)).extracting(Summary::usable).containsExactly(true);
    assertThat(catalog.connections(VIEWER)).extracting(Summary::usable).containsExactly(false);
  }
}
