package io.github.klaviyoexport.testkit.behavior;

import static io.github.klaviyoexport.testkit.behavior.Office.ADMINISTRATOR;
import static io.github.klaviyoexport.testkit.behavior.Office.connected;
import static io.github.klaviyoexport.testkit.behavior.Office.exportOn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.klaviyoexport.Sending;
import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.ExportDefinition;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.RunStatus;
import io.github.klaviyoexport.catalog.SavedExport;
import io.github.klaviyoexport.memory.HeapMemory;
import io.github.klaviyoexport.memory.MemoryLog;
import io.github.klaviyoexport.testkit.GeneratedProfiles;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Saved exports send only what has changed where the catalog has a memory. */
class SavedExportMemoryTest {
  private final Office office = new Office();
  private final HeapMemory memory = HeapMemory.create();
  private Catalog catalog = office.catalog().memory(memory).build();

  @AfterEach
  void close() {
    catalog.close();
    office.close();
  }

  private SavedExport saved() {
    return catalog.save(ADMINISTRATOR, exportOn(connected(catalog)).sending(Sending.CHANGED_ONLY));
  }

  private RunRecord run(SavedExport export) {
    return catalog.await(catalog.run(ADMINISTRATOR, export.id()).id());
  }

  @Test
  void a_second_run_of_an_unchanged_segment_sends_nothing_and_its_history_says_so() {
    SavedExport export = saved();
    run(export);

    RunRecord again = run(export);

    assertThat(again.status()).isEqualTo(RunStatus.SUCCESSFUL);
    assertThat(office.sent()).isEqualTo(1);
    try (Catalog other = office.catalog().build()) {
      RunRecord kept = other.history(ADMINISTRATOR, export.id()).get(0);
      assertThat(kept.report().profiles().unchanged()).isEqualTo(3);
      assertThat(kept.report().profiles().duplicates()).isEqualTo(1);
      assertThat(kept.report()).isEqualTo(again.report());
      assertThat(kept).asString().contains("4 read, 0 accepted, 3 unchanged, 0 rejected");
    }
  }

  @Test
  void without_a_memory_everything_is_sent() {
    catalog.close();
    catalog = office.catalog().build();
    SavedExport export = saved();
    run(export);

    assertThat(run(export).report().profiles().accepted()).isEqualTo(3);
  }

  @Test
  void what_is_decided_about_an_export_is_kept() {
    ExportDefinition definition =
        exportOn(connected(catalog))
            .sending(Sending.CHANGED_ONLY)
            .maxRejected(0.25)
            .maxUnreadable(0.125)
            .maxSizeChange(2.5)
            .maxWaitForPriorJobs(Duration.ofMinutes(90));
    SavedExport export = catalog.save(ADMINISTRATOR, definition);

    try (Catalog other = office.catalog().build()) {
      assertThat(other.export(ADMINISTRATOR, export.id()).definition())
          .isEqualTo(export.definition());
    }
    assertThat(export.definition().sending()).isEqualTo(Sending.CHANGED_ONLY);
    assertThat(export.definition().maxRejected()).hasValue(0.25);
    assertThat(export.definition().maxUnreadable()).isEqualTo(0.125);
    assertThat(export.definition().maxSizeChange()).isEqualTo(2.5);
    assertThat(export.definition().maxWaitForPriorJobs()).isEqualTo(Duration.ofMinutes(90));
    assertThat(exportOn(connected(catalog, Office.definition().name("Other"))).maxRejected())
        .isEmpty();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> definition.maxSizeChange(Double.POSITIVE_INFINITY))
        .withMessageContaining("must be a number");
  }

  @Test
  void a_segment_that_has_changed_its_size_is_told_in_plain_words_and_can_be_allowed() {
    office.segments.segment("vip-eu", GeneratedProfiles.of(100));
    ExportDefinition definition =
        exportOn(connected(catalog)).segments("vip-eu").mapping(GeneratedProfiles.of(1).mapping());
    SavedExport export = catalog.save(ADMINISTRATOR, definition);
    run(export);
    office.segments.segment("vip-eu", GeneratedProfiles.of(1_100));

    RunRecord stopped = run(export);

    assertThat(stopped.status()).isEqualTo(RunStatus.FAILED_PERMANENTLY);
    assertThat(stopped.message())
        .contains("the segment has 1,100 customers, and had 100 at")
        .contains(
            "if it is to be so large, allow the export to become 11 times larger or smaller.");
    export = catalog.edit(ADMINISTRATOR, export, export.definition().maxSizeChange(11));
    assertThat(run(export).report().profiles().accepted()).isEqualTo(1_100);
  }

  @Test
  void with_an_export_what_it_remembers_is_forgotten() {
    SavedExport export = saved();
    run(export);
    assertThat(memory.list()).hasSize(1);

    catalog.removeExport(ADMINISTRATOR, export.id());

    assertThat(memory.list()).isEmpty();
  }

  @Test
  void what_another_export_remembers_too_is_kept() {
    SavedExport export = saved();
    run(export);
    SavedExport copy = catalog.duplicate(ADMINISTRATOR, export.id(), "VIPs again");

    catalog.removeExport(ADMINISTRATOR, export.id());
    assertThat(memory.list()).hasSize(1);
    catalog.removeExport(ADMINISTRATOR, copy.id());

    assertThat(memory.list()).isEmpty();
  }

  @Test
  void a_run_whose_memory_another_process_holds_waits_and_that_is_no_attempt() throws IOException {
    SavedExport export = saved();
    run(export);
    try (MemoryLog held = memory.open(memory.list().get(0).key())) {
      RunRecord waiting = run(export);

      assertThat(waiting.status()).isEqualTo(RunStatus.QUEUED);
      assertThat(waiting.attempt()).isZero();
      assertThat(held.blocks()).isPositive();
    }
  }
}
