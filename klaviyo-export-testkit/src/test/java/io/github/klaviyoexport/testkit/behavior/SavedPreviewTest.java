package io.github.klaviyoexport.testkit.behavior;

import static io.github.klaviyoexport.testkit.behavior.Office.ADMINISTRATOR;
import static io.github.klaviyoexport.testkit.behavior.Office.CONTRIBUTOR;
import static io.github.klaviyoexport.testkit.behavior.Office.VIEWER;
import static io.github.klaviyoexport.testkit.behavior.Office.connected;
import static io.github.klaviyoexport.testkit.behavior.Office.exportOn;
import static io.github.klaviyoexport.testkit.behavior.Office.saved;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportPreview;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.catalog.ExportDefinition;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.RunRecord.Trigger;
import io.github.klaviyoexport.catalog.RunStatus;
import io.github.klaviyoexport.catalog.SavedExport;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.testkit.Fault;
import io.github.klaviyoexport.testkit.Operation;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Previews of saved exports: who may look, and what the history keeps of it. */
class SavedPreviewTest {
  @Test
  void a_preview_is_kept_in_the_history_with_who_asked_and_nothing_is_sent() {
    try (Office office = new Office();
        Catalog catalog = office.catalog().build()) {
      office.klaviyo.list("Y6nRLr").add("ada@shop.example", "di@shop.example");
      SavedExport export =
          catalog.save(
              ADMINISTRATOR, exportOn(connected(catalog)).mode(SyncMode.MIRROR).maxLeavers(0.5));

      ExportPreview preview = catalog.preview(ADMINISTRATOR, export.id());

      assertThat(preview.profiles().toSend()).isEqualTo(3);
      assertThat(preview.profiles().duplicates()).isEqualTo(1);
      assertThat(preview.members().additions()).hasValue(2);
      assertThat(preview.leavers().found()).isEqualTo(1);
      assertThat(office.sent()).isZero();
      assertThat(catalog.history(VIEWER, export.id()))
          .singleElement()
          .satisfies(
              record -> {
                assertThat(record.trigger()).isEqualTo(Trigger.PREVIEW);
                assertThat(record.startedBy()).isEqualTo("kim");
                assertThat(record.status()).isEqualTo(RunStatus.SUCCESSFUL);
                assertThat(record.message()).isEqualTo(preview.toString());
                assertThat(record.report()).isNull();
              });
      assertThatThrownBy(preview::run)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("call run(actor, exportId)");
      RunRecord run = catalog.run(ADMINISTRATOR, export.id());
      assertThat(catalog.run(run.id()).report().profiles().accepted()).isEqualTo(3);
      assertThat(catalog.history(VIEWER, export.id())).hasSize(2);
    }
  }

  @Test
  void who_may_start_an_export_may_look_and_nobody_else() {
    try (Office office = new Office();
        Catalog catalog = office.catalog().build()) {
      SavedExport export = saved(catalog);

      assertThatThrownBy(() -> catalog.preview(VIEWER, export.id()))
          .isInstanceOfSatisfying(
              CatalogException.class,
              refused -> assertThat(refused.reason()).isEqualTo(Reason.NOT_ALLOWED));
      assertThatThrownBy(() -> catalog.preview(CONTRIBUTOR, export.id()))
          .isInstanceOfSatisfying(
              CatalogException.class,
              refused -> assertThat(refused.reason()).isEqualTo(Reason.NOT_ALLOWED));
      assertThat(catalog.history(VIEWER, export.id())).isEmpty();
    }
  }

  @Test
  void a_look_that_stops_is_kept_too() {
    try (Office office = new Office();
        Catalog catalog = office.catalog().build()) {
      SavedExport export = saved(catalog);
      office.segments.failingAfter("vip-eu", 1);

      assertThatThrownBy(() -> catalog.preview(ADMINISTRATOR, export.id()))
          .isInstanceOf(ExportException.class)
          .hasMessageContaining("It has changed nothing at Klaviyo.");
      office.vault.clear();
      assertThatThrownBy(() -> catalog.preview(ADMINISTRATOR, export.id()))
          .isInstanceOfSatisfying(
              CatalogException.class,
              refused -> assertThat(refused.reason()).isEqualTo(Reason.CREDENTIALS_UNREADABLE));
      assertThat(catalog.history(VIEWER, export.id()))
          .extracting(RunRecord::status)
          .containsExactly(RunStatus.FAILED_PERMANENTLY, RunStatus.FAILED_PERMANENTLY);
    }
  }

  @Test
  void a_list_that_was_found_by_its_name_and_is_gone_is_looked_up_again_by_saving() {
    Fault gone =
        Fault.answered(
            404,
            Map.of("Content-Type", "application/vnd.api+json"),
            "{\"errors\":[{\"id\":\"e\",\"status\":404,\"code\":\"not_found\",\"title\":\"Not"
                + " found.\",\"detail\":\"\"}]}");
    String advice = "The list was found by its name 'VIP' when the export was saved: save it again";
    try (Office office = new Office();
        Catalog catalog = office.catalog().build()) {
      SavedExport export = saved(catalog);
      office.klaviyo.script(Operation.GET_LIST, 2, gone);

      RunRecord run = catalog.run(ADMINISTRATOR, export.id());
      assertThatThrownBy(() -> catalog.preview(ADMINISTRATOR, export.id()))
          .isInstanceOfSatisfying(
              ExportException.class,
              stop -> assertThat(stop.reason()).isEqualTo(ExportException.Reason.LIST_NOT_FOUND))
          .hasMessageContaining(advice);

      assertThat(catalog.run(run.id()).message()).contains("no list Y6nRLr", advice);
      assertThat(catalog.history(VIEWER, export.id()))
          .extracting(RunRecord::message)
          .allSatisfy(message -> assertThat(message).contains(advice));

      ExportDefinition byId = export.definition().list(ListId.of("Y6nRLr"));
      catalog.edit(ADMINISTRATOR, export, byId);
      office.klaviyo.script(Operation.GET_LIST, gone);
      run = catalog.run(ADMINISTRATOR, export.id());
      assertThat(catalog.run(run.id()).message()).contains("no list").doesNotContain("its name");
    }
  }
}
