package io.github.klaviyoexport.testkit.behavior;

import static io.github.klaviyoexport.testkit.behavior.Office.ADMINISTRATOR;
import static io.github.klaviyoexport.testkit.behavior.Office.VIEWER;
import static io.github.klaviyoexport.testkit.behavior.Office.connected;
import static io.github.klaviyoexport.testkit.behavior.Office.customer;
import static io.github.klaviyoexport.testkit.behavior.Office.exportOn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.catalog.CatalogStore.Entry;
import io.github.klaviyoexport.catalog.CatalogStore.Kind;
import io.github.klaviyoexport.catalog.Connection;
import io.github.klaviyoexport.catalog.ConnectionDefinition;
import io.github.klaviyoexport.catalog.ExportDefinition;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.RunStatus;
import io.github.klaviyoexport.catalog.SavedExport;
import io.github.klaviyoexport.journal.MemoryJournal;
import io.github.klaviyoexport.klaviyo.ListId;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Saved exports that want different things of one list are told apart before they fight over it.
 */
class RivalExportsTest {
  private final Office office = new Office();
  private final Catalog catalog = office.catalog().build();
  private final Connection connection = connected(catalog);

  @AfterEach
  void close() {
    catalog.close();
    office.close();
  }

  private ExportDefinition mirrorOf(String segment) {
    return exportOf(segment).mode(SyncMode.MIRROR).maxLeavers(1);
  }

  private ExportDefinition exportOf(String segment) {
    return exportOn(connection).name("Export of " + segment).segments(segment);
  }

  private SavedExport save(ExportDefinition definition) {
    return catalog.save(ADMINISTRATOR, definition);
  }

  private static void refused(ThrowingCallable change) {
    assertThatExceptionOfType(CatalogException.class)
        .isThrownBy(change)
        .satisfies(refusal -> assertThat(refusal.reason()).isEqualTo(Reason.OTHER_MIRROR))
        .withMessageContaining("each would take out the customers of the other");
  }

  @Test
  void a_second_mirror_of_a_list_is_not_saved_whether_the_list_is_meant_by_name_or_id() {
    SavedExport first = save(mirrorOf("vip-eu"));

    refused(() -> save(mirrorOf("vip-us")));
    refused(() -> save(mirrorOf("vip-us").list(ListId.of("Y6nRLr"))));

    assertThat(catalog.exports(VIEWER)).containsExactly(first);
    save(mirrorOf("vip-us").listNamed("Newsletter"));
  }

  @Test
  void no_change_makes_a_second_mirror_of_a_list() {
    SavedExport first = save(mirrorOf("vip-eu"));
    SavedExport adds = save(exportOf("vip-us"));
    SavedExport elsewhere = save(mirrorOf("vip-us").name("Elsewhere").listNamed("Newsletter"));

    refused(() -> catalog.edit(ADMINISTRATOR, adds, adds.definition().mode(SyncMode.MIRROR)));
    refused(() -> catalog.edit(ADMINISTRATOR, elsewhere, elsewhere.definition().listNamed("VIP")));
    catalog.detach(ADMINISTRATOR, first.id());
    SavedExport second = save(mirrorOf("vip-us").name("Instead"));
    refused(() -> catalog.attach(ADMINISTRATOR, first.id(), connection.id()));
    catalog.removeExport(ADMINISTRATOR, second.id());
    catalog.attach(ADMINISTRATOR, first.id(), connection.id());
  }

  @Test
  void the_copy_of_a_mirror_waits_for_a_list_of_its_own() {
    SavedExport first = save(mirrorOf("vip-eu"));

    SavedExport copy = catalog.duplicate(ADMINISTRATOR, first.id(), "The same again");
    assertThat(copy.definition().connection()).isNull();
    refused(() -> catalog.attach(ADMINISTRATOR, copy.id(), connection.id()));

    SavedExport moved =
        catalog.edit(
            ADMINISTRATOR,
            copy,
            copy.definition().connection(connection.id()).listNamed("Newsletter"));
    assertThat(moved.list()).isEqualTo(ListId.of("QwErTy"));
  }

  @Test
  void another_connection_to_the_same_account_makes_no_difference() {
    save(mirrorOf("vip-eu"));
    Connection another =
        connected(catalog, ConnectionDefinition.apiKey("Klaviyo EU too", Office.REFERENCE));

    refused(() -> save(mirrorOf("vip-us").connection(another.id())));
  }

  @Test
  void a_mirror_may_be_edited_like_any_export() {
    SavedExport export = save(mirrorOf("vip-eu"));

    export = catalog.edit(ADMINISTRATOR, export, export.definition().segments("vip-us"));

    assertThat(run(export).status()).isEqualTo(RunStatus.SUCCESSFUL);
  }

  @Test
  void a_journal_does_not_stand_in_the_way_of_a_mirror_whose_segments_were_changed() {
    try (Catalog journaled = office.catalog().journal(MemoryJournal.create()).build()) {
      SavedExport export = journaled.save(ADMINISTRATOR, mirrorOf("vip-eu"));
      journaled.run(ADMINISTRATOR, export.id());

      export = journaled.edit(ADMINISTRATOR, export, export.definition().segments("vip-us"));
      journaled.run(ADMINISTRATOR, export.id());

      assertThat(journaled.history(VIEWER, export.id()))
          .extracting(RunRecord::status)
          .containsOnly(RunStatus.SUCCESSFUL);
      assertThat(office.klaviyo.list("Y6nRLr").emails())
          .containsExactlyInAnyOrder("bo@shop.example", "cy@shop.example");
    }
  }

  @Test
  void two_mirrors_that_were_saved_at_once_do_not_run_and_nobody_is_told_to_allow_everything() {
    SavedExport first = save(mirrorOf("vip-eu"));
    SavedExport second = save(exportOf("vip-us"));
    makeMirrorPastTheCatalog(second);
    assertThat(catalog.exports(VIEWER))
        .as("seen before they run")
        .allSatisfy(
            export ->
                assertThat(export.warning().orElseThrow())
                    .contains("each would take out the customers of the other"));

    RunRecord run = run(first);

    assertThat(run.status()).isEqualTo(RunStatus.FAILED_PERMANENTLY);
    assertThat(run.message())
        .contains("'Export of vip-us'", "each would take out the customers of the other")
        .doesNotContain("maxLeavers");
    assertThat(office.sent()).isZero();
  }

  /** Writes what another process has saved that did not see the first export yet. */
  private void makeMirrorPastTheCatalog(SavedExport export) {
    Entry entry = office.store.find(Kind.EXPORT, export.id()).orElseThrow();
    String json = entry.json().replace("\"UPSERT\"", "\"MIRROR\"");
    assertThat(json).isNotEqualTo(entry.json());
    office.store.put(
        new Entry(Kind.EXPORT, entry.id(), entry.version() + 1, entry.uniqueName(), json));
  }

  @Test
  void an_export_that_adds_to_a_mirrored_list_is_saved_and_both_are_warned_of() {
    SavedExport mirror = save(mirrorOf("vip-eu"));
    SavedExport adds = save(exportOf("vip-us"));

    assertThat(mirror.warning()).isEmpty();
    assertThat(adds.warning().orElseThrow())
        .contains("'Export of vip-eu'", "takes out again whom only this export brings there");
    assertThat(catalog.export(VIEWER, mirror.id()).warning().orElseThrow())
        .contains("'Export of vip-us'", "this mirror takes them out again");
    assertThat(catalog.exports(VIEWER)).allMatch(export -> export.warning().isPresent());
    assertThat(run(adds).status()).isEqualTo(RunStatus.SUCCESSFUL);
    assertThat(run(adds).message()).isEqualTo(adds.warning().orElseThrow());
  }

  @Test
  void an_export_whose_segments_are_all_mirrored_disagrees_with_nothing() {
    save(exportOn(connection).mode(SyncMode.MIRROR));

    assertThat(save(exportOf("vip-us")).warning()).isEmpty();
  }

  private RunRecord run(SavedExport export) {
    office.segments.segment("vip-us", List.of(customer("c-2", "bo"), customer("c-3", "cy")));
    RunRecord started = catalog.run(ADMINISTRATOR, export.id());
    return catalog.history(VIEWER, export.id()).stream()
        .filter(each -> each.id().equals(started.id()))
        .findFirst()
        .orElseThrow();
  }
}
