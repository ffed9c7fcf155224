package io.github.klaviyoexport.testkit.behavior;

import static io.github.klaviyoexport.testkit.behavior.NotReadableHereTest.rewritten;
import static io.github.klaviyoexport.testkit.behavior.Office.ADMINISTRATOR;
import static io.github.klaviyoexport.testkit.behavior.Office.connected;
import static io.github.klaviyoexport.testkit.behavior.Office.exportOn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.Sending;
import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogStore;
import io.github.klaviyoexport.catalog.CatalogStore.Kind;
import io.github.klaviyoexport.catalog.ExportDefinition;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.RunStatus;
import io.github.klaviyoexport.catalog.SavedExport;
import io.github.klaviyoexport.memory.HeapMemory;
import io.github.klaviyoexport.memory.KeptMemory;
import io.github.klaviyoexport.memory.MemoryLog;
import io.github.klaviyoexport.testkit.GeneratedProfiles;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
  void what_an_export_remembers_of_segments_that_it_had_is_forgotten_when_it_has_others() {
    SavedExport export = saved();
    run(export);
    String former = memory.list().get(0).key();

    export = catalog.edit(ADMINISTRATOR, export, export.definition().segments("vip-us"));

    assertThat(memory.list()).isEmpty();
    run(export);
    assertThat(memory.list()).extracting(KeptMemory::key).doesNotContain(former).hasSize(1);
    catalog.edit(ADMINISTRATOR, export, export.definition().name("Renamed"));
    assertThat(memory.list()).hasSize(1);
  }

  @Test
  void what_could_not_be_forgotten_when_an_export_was_changed_is_when_it_is_removed()
      throws IOException {
    SavedExport export = saved();
    run(export);
    try (MemoryLog held = memory.open(memory.list().get(0).key())) {
      export = catalog.edit(ADMINISTRATOR, export, export.definition().segments("vip-us"));
      assertThat(held.blocks()).isPositive();
    }
    run(export);
    assertThat(memory.list()).hasSize(2);

    try (Catalog other = office.catalog().memory(memory).build()) {
      other.removeExport(ADMINISTRATOR, export.id());
    }

    assertThat(memory.list()).isEmpty();
  }

  @Test
  void what_a_run_that_goes_on_remembers_is_not_forgotten_under_it() {
    Queue<Runnable> queue = new ArrayDeque<>();
    SavedExport export = saved();
    run(export);
    try (Catalog other = office.catalog().memory(memory).executor(queue::add).build()) {
      other.run(ADMINISTRATOR, export.id());

      export = other.edit(ADMINISTRATOR, export, export.definition().segments("vip-us"));

      assertThat(memory.list()).hasSize(1);
      queue.remove().run();
      catalog.edit(ADMINISTRATOR, export, export.definition().name("Renamed"));
      assertThat(memory.list()).as("that of the segment it has now").hasSize(1);
      assertThat(run(export).report().profiles().unchanged()).isPositive();
    }
  }

  @Test
  void what_a_copy_remembers_too_is_kept_when_an_export_is_changed() {
    SavedExport export = saved();
    run(export);
    SavedExport copy = catalog.duplicate(ADMINISTRATOR, export.id(), "VIPs again");

    catalog.edit(ADMINISTRATOR, export, export.definition().segments("vip-us"));

    assertThat(run(copy).report().profiles().unchanged()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void a_removal_that_the_store_cuts_off_can_be_repeated_and_leaves_nothing(int write) {
    var writes = new AtomicInteger(Integer.MIN_VALUE);
    CatalogStore frail =
        Intercepted.part(
            CatalogStore.class,
            office.store,
            method -> {
              if (List.of("put", "remove").contains(method.getName())
                  && writes.incrementAndGet() == write) {
                throw new IllegalStateException("hiccup");
              }
            });
    SavedExport export = saved();
    run(export);
    office.vault.remove("klaviyo");
    RunRecord failed = run(export);
    assertThat(failed.status()).isEqualTo(RunStatus.FAILED);
    try (Catalog other = office.catalog().store(frail).memory(memory).build()) {
      writes.set(0);
      assertThatThrownBy(() -> other.removeExport(ADMINISTRATOR, export.id()))
          .isInstanceOfSatisfying(
              CatalogException.class,
              failure ->
                  assertThat(failure.reason()).isEqualTo(CatalogException.Reason.STORE_FAILED));

      other.removeExport(ADMINISTRATOR, export.id());
    }
    assertThat(catalog.exports(ADMINISTRATOR)).isEmpty();
    assertThat(memory.list()).isEmpty();
    assertThat(office.store.ids(CatalogStore.Kind.STATE, "")).isEmpty();
    assertThat(catalog.run(failed.id()).status().isEnded()).isTrue();
  }

  @Test
  void a_removal_that_the_memory_cuts_off_can_be_repeated() throws IOException {
    SavedExport export = saved();
    run(export);
    try (MemoryLog held = memory.open(memory.list().get(0).key())) {
      assertThatThrownBy(() -> catalog.removeExport(ADMINISTRATOR, export.id()))
          .isInstanceOf(CatalogException.class)
          .hasMessageContaining("the export is still there: remove it again");
      assertThat(catalog.export(ADMINISTRATOR, export.id()).isActive()).isFalse();
      assertThat(held.blocks()).isPositive();
    }

    catalog.removeExport(ADMINISTRATOR, export.id());

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

  @Test
  void with_an_export_that_cannot_be_read_here_what_it_is_known_to_remember_is_forgotten()
      throws IOException {
    SavedExport export = saved();
    run(export);
    try (MemoryLog held = memory.open(memory.list().get(0).key())) {
      export = catalog.edit(ADMINISTRATOR, export, export.definition().segments("vip-us"));
      assertThat(held.blocks()).isPositive();
    }
    run(export);
    assertThat(memory.list()).hasSize(2);
    rewritten(office.store, Kind.EXPORT, export.id(), "\"UPSERT\"", "\"REPLACE\"");

    catalog.removeExport(ADMINISTRATOR, export.id());

    assertThat(memory.list()).isEmpty();
  }

  @Test
  void with_an_export_that_cannot_be_read_here_what_another_remembers_too_is_kept() {
    SavedExport export = saved();
    run(export);
    catalog.duplicate(ADMINISTRATOR, export.id(), "VIPs again");
    rewritten(office.store, Kind.EXPORT, export.id(), "\"UPSERT\"", "\"REPLACE\"");

    catalog.removeExport(ADMINISTRATOR, export.id());

    assertThat(memory.list()).hasSize(1);
  }

  @Test
  void what_an_export_remembers_that_is_not_known_here_is_left_and_that_is_told() {
    SavedExport export = saved();
    run(export);
    rewritten(office.store, Kind.EXPORT, export.id(), "\"format\":1", "\"format\":2");
    StringBuffer log = new StringBuffer();
    Logger logger = Logger.getLogger("io.github.klaviyoexport.catalog");
    logger.setFilter(line -> log.append(new SimpleFormatter().formatMessage(line)) == log);
    try {
      catalog.removeExport(ADMINISTRATOR, export.id());
    } finally {
      logger.setFilter(null);
    }

    assertThat(memory.list()).hasSize(1);
    assertThat(log)
        .contains("What export " + export.id() + " remembers", "delete what no export needs");
  }
}
