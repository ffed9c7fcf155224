package io.github.klaviyoexport.testkit.behavior;

import static io.github.klaviyoexport.testkit.behavior.Office.ADMINISTRATOR;
import static io.github.klaviyoexport.testkit.behavior.Office.CONTRIBUTOR;
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
import io.github.klaviyoexport.catalog.CatalogListener;
import io.github.klaviyoexport.catalog.CatalogStore;
import io.github.klaviyoexport.catalog.Connection;
import io.github.klaviyoexport.catalog.Connection.Account;
import io.github.klaviyoexport.catalog.Connection.Summary;
import io.github.klaviyoexport.catalog.ConnectionDefinition;
import io.github.klaviyoexport.catalog.MemoryCatalogStore;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.RunStatus;
import io.github.klaviyoexport.catalog.SavedExport;
import io.github.klaviyoexport.testkit.Fault;
import io.github.klaviyoexport.testkit.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A connection is made once: accepted, verified, changed and removed. */
class ConnectionsTest {
  private final Office office = new Office();
  private final Catalog catalog = office.catalog().build();

  @AfterEach
  void close() {
    catalog.close();
    office.close();
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
