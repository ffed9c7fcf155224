package io.github.klaviyoexport.testkit.behavior;

import static io.github.klaviyoexport.testkit.behavior.Office.ADMINISTRATOR;
import static io.github.klaviyoexport.testkit.behavior.Office.VIEWER;
import static io.github.klaviyoexport.testkit.behavior.Office.connected;
import static io.github.klaviyoexport.testkit.behavior.Office.definition;
import static io.github.klaviyoexport.testkit.behavior.Office.exportOn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.catalog.Actor;
import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.catalog.CatalogStore;
import io.github.klaviyoexport.catalog.Connection;
import io.github.klaviyoexport.catalog.ConnectionDefinition;
import io.github.klaviyoexport.catalog.ExportDefinition;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.RunStatus;
import io.github.klaviyoexport.catalog.SavedExport;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Of two people who change something at the same moment, the one who is late is told. */
@Timeout(60)
class SimultaneousChangesTest {
  private static final Actor LATE = Actor.administrator("lee");

  private final Office office = new Office();
  private final Catalog first = office.catalog().build();
  private final Connection connection = connected(first);
  private final AtomicReference<Runnable> meanwhile = new AtomicReference<>();

  /** The catalog of one whose checks have passed, and whose writing others are ahead of. */
  private final Catalog late =
      office
          .catalog()
          .store(
              Intercepted.part(
                  CatalogStore.class,
                  office.store,
                  method -> {
                    Runnable ahead =
                        method.getName().equals("put") ? meanwhile.getAndSet(null) : null;
                    if (ahead != null) {
                      ahead.run();
                    }
                  }))
          .build();

  @AfterEach
  void close() {
    first.close();
    late.close();
    office.close();
  }

  private ThrowableAssertAlternative<CatalogException> refused(
      Reason reason, ThrowingCallable change) {
    return assertThatExceptionOfType(CatalogException.class)
        .isThrownBy(change)
        .satisfies(refusal -> assertThat(refusal.reason()).isEqualTo(reason));
  }

  private ExportDefinition named(String name) {
    return exportOn(connection).name(name);
  }

  @Test
  void names_that_people_cannot_tell_apart_are_not_given_at_the_same_moment() {
    meanwhile.set(() -> first.save(ADMINISTRATOR, named("Name 1")));
    refused(Reason.NAME_TAKEN, () -> late.save(LATE, named("NAME 1")))
        .withMessageContaining("Another export is called 'Name 1', which people cannot tell");

    meanwhile.set(() -> first.add(ADMINISTRATOR, definition().name("Name 1")));
    refused(Reason.NAME_TAKEN, () -> late.add(LATE, definition().name("NAME 1")))
        .withMessageContaining("Another connection is called 'Name 1', which people cannot tell");

    SavedExport other = first.save(ADMINISTRATOR, named("Other"));
    meanwhile.set(() -> first.save(ADMINISTRATOR, named("Name 2")));
    refused(Reason.NAME_TAKEN, () -> late.edit(LATE, other, named("name 2")));
    assertThat(first.exports(VIEWER))
        .extracting(SavedExport::name)
        .containsExactlyInAnyOrder("Name 1", "Other", "Name 2");
  }

  @Test
  void a_long_name_whose_characters_stand_for_many_is_as_good_as_any() {
    String name = "\uFDFA".repeat(200);
    SavedExport export = first.save(ADMINISTRATOR, named(name));
    refused(Reason.NAME_TAKEN, () -> late.save(LATE, named(name)));

    assertThat(first.save(ADMINISTRATOR, named("\uFDFA".repeat(199))).name()).hasSize(199);
    assertThat(first.edit(ADMINISTRATOR, export, named(name).limit(5)).name()).isEqualTo(name);
  }

  @Test
  void a_second_mirror_of_a_list_is_saved_without_its_connection() {
    ExportDefinition mirror = named("Mirror").mode(SyncMode.MIRROR).maxLeavers(1);
    meanwhile.set(() -> first.save(ADMINISTRATOR, mirror));

    refused(Reason.OTHER_MIRROR, () -> late.save(LATE, mirror.name("Second")))
        .withMessageContaining("'Mirror'")
        .withMessageContaining("The export was saved without a connection");

    assertThat(first.exports(VIEWER))
        .filteredOn(export -> export.definition().connection() != null)
        .extracting(SavedExport::name)
        .containsExactly("Mirror");
  }

  @Test
  void an_export_that_loses_its_connection_so_has_its_run_stopped_as_by_detaching_it() {
    SavedExport export = first.save(ADMINISTRATOR, named("Second"));
    String key = office.vault.remove("klaviyo");
    RunRecord run = first.run(ADMINISTRATOR, export.id());
    assertThat(first.run(run.id()).status()).as("to be tried again").isEqualTo(RunStatus.FAILED);
    office.vault.put("klaviyo", key);
    ExportDefinition mirror = named("Mirror").mode(SyncMode.MIRROR).maxLeavers(1);
    meanwhile.set(() -> first.save(ADMINISTRATOR, mirror));

    refused(Reason.OTHER_MIRROR, () -> late.edit(LATE, export, mirror.name("Second")))
        .withMessageContaining("The export was saved without a connection");

    assertThat(first.run(run.id()).status()).isEqualTo(RunStatus.CANCELLED);
    assertThat(first.run(run.id()).message()).contains("its connection was detached");
  }

  @Test
  void who_was_ahead_and_when_is_named() {
    SavedExport export = first.save(ADMINISTRATOR, named("Export"));
    meanwhile.set(() -> first.edit(ADMINISTRATOR, export, named("Renamed")));
    refused(Reason.CHANGED_MEANWHILE, () -> late.edit(LATE, export, named("Export").limit(5)))
        .withMessageContaining("was changed by kim at " + office.time.now());

    ConnectionDefinition shared = connection.definition().sharedWithContributors(true);
    meanwhile.set(() -> first.edit(ADMINISTRATOR, connection, shared));
    refused(Reason.CHANGED_MEANWHILE, () -> late.edit(LATE, connection, shared.exportUser("lee")))
        .withMessageContaining("was changed by kim at " + office.time.now());
  }
}
