package io.github.klaviyoexport.testkit.behavior;

import static io.github.klaviyoexport.testkit.behavior.Office.ADMINISTRATOR;
import static io.github.klaviyoexport.testkit.behavior.Office.VIEWER;
import static io.github.klaviyoexport.testkit.behavior.Office.connected;
import static io.github.klaviyoexport.testkit.behavior.Office.customer;
import static io.github.klaviyoexport.testkit.behavior.Office.exportOn;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.ExportDefinition;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.RunStatus;
import io.github.klaviyoexport.catalog.SavedExport;
import io.github.klaviyoexport.profile.CustomerProfile;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A segment that is empty, alone or among several of one export, is mostly a fault of its source.
 */
class EmptySegmentTest {
  private final Office office = new Office();
  private final Catalog catalog = office.catalog().build();
  private ExportDefinition definition;

  @BeforeEach
  void both_segments_have_been_exported() {
    definition = exportOn(connected(catalog)).maxLeavers(1);
    office.klaviyo.list("Y6nRLr").add("ada@shop.example", "bo@shop.example", "cy@shop.example");
  }

  @AfterEach
  void close() {
    catalog.close();
    office.close();
  }

  private RunRecord run(ExportDefinition definition) {
    SavedExport export = catalog.save(ADMINISTRATOR, definition);
    catalog.run(ADMINISTRATOR, export.id());
    return catalog.history(VIEWER, export.id()).get(0);
  }

  private List<String> members() {
    return office.klaviyo.list("Y6nRLr").emails();
  }

  @Test
  void a_mirror_of_several_segments_stops_if_one_is_empty() {
    office.segments.segment("vip-us", List.of());

    RunRecord run = run(definition.mode(SyncMode.MIRROR));

    assertThat(run.status()).isEqualTo(RunStatus.FAILED_PERMANENTLY);
    assertThat(run.report().stopReason()).isEqualTo(ExportException.Reason.EMPTY_SEGMENT);
    assertThat(run.message()).contains("stopped: segment vip-us is empty");
    assertThat(members()).hasSize(3);
    assertThat(office.sent()).isZero();
  }

  @Test
  void a_mirror_of_several_segments_stops_if_nobody_in_one_has_an_identifier() {
    office.segments.segment(
        "vip-eu", List.of(CustomerProfile.of("c-1", Map.of("email", " ", "name", "ada"))));

    RunRecord run = run(definition.mode(SyncMode.MIRROR));

    assertThat(run.report().stopReason()).isEqualTo(ExportException.Reason.EMPTY_SEGMENT);
    assertThat(run.message()).contains("stopped: segment vip-eu is empty, or no customer there");
    assertThat(members()).hasSize(3);
  }

  @Test
  void a_mirror_whose_segments_overlap_entirely_goes_on() {
    office.segments.segment("vip-us", List.of(customer("c-1", "ada"), customer("c-2", "bo")));

    assertThat(run(definition.mode(SyncMode.MIRROR)).status()).isEqualTo(RunStatus.SUCCESSFUL);
    assertThat(members()).hasSize(2);
  }

  @Test
  void an_export_that_adds_and_updates_says_which_segment_was_empty() {
    office.segments.segment("vip-us", List.of());

    RunRecord run = run(definition);

    assertThat(run.status()).isEqualTo(RunStatus.SUCCESSFUL);
    assertThat(run.message()).isEqualTo("Segment vip-us was empty: check the source.");
    assertThat(run.report().notices().emptySegments()).containsExactly("vip-us");
    assertThat(run.report().toString()).contains("segment vip-us was empty");
    assertThat(run.report().profiles().accepted()).isEqualTo(2);
  }
}
