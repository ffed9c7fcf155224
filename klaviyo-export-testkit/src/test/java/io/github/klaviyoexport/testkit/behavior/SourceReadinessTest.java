package io.github.klaviyoexport.testkit.behavior;

import static io.github.klaviyoexport.testkit.behavior.Office.ADMINISTRATOR;
import static io.github.klaviyoexport.testkit.behavior.Office.CONTRIBUTOR;
import static io.github.klaviyoexport.testkit.behavior.Office.VIEWER;
import static io.github.klaviyoexport.testkit.behavior.Office.connected;
import static io.github.klaviyoexport.testkit.behavior.Office.exportOn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogStore;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.RunStatus;
import io.github.klaviyoexport.catalog.SavedExport;
import io.github.klaviyoexport.source.AvailableSegment;
import io.github.klaviyoexport.source.ListingSource;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.Readiness;
import io.github.klaviyoexport.source.RefreshedSource;
import io.github.klaviyoexport.source.Segment;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a source says of its segments before they are read: which there are, and whether they are.
 */
class SourceReadinessTest {
  private final Office office = new Office();
  private final Refreshed source = new Refreshed();
  private final Catalog catalog = office.catalog().source(source).build();

  /** The office's segments, in a store that is refreshed. */
  private final class Refreshed implements RefreshedSource, ListingSource {
    private volatile Readiness readiness = Readiness.ready();
    private volatile Runnable asked = () -> {};
    private volatile IOException failure;

    @Override
    public Readiness readiness(Segment segment) throws IOException {
      if (failure != null) {
        throw failure;
      }
      asked.run();
      return readiness;
    }

    @Override
    public List<AvailableSegment> segments() throws IOException {
      if (failure != null) {
        throw failure;
      }
      return office.segments.segments();
    }

    @Override
    public ProfileReader open(Segment segment) throws IOException {
      return office.segments.open(segment);
    }
  }

  @AfterEach
  void close() {
    catalog.close();
    office.close();
  }

  private RunRecord last(SavedExport export) {
    return catalog.history(VIEWER, export.id()).get(0);
  }

  @Test
  void a_run_waits_while_the_segment_is_refreshed_and_that_is_no_attempt() {
    SavedExport export = catalog.save(ADMINISTRATOR, exportOn(connected(catalog)));
    source.readiness = Readiness.refreshing("it is being refreshed since 06:00");

    catalog.run(ADMINISTRATOR, export.id());
    RunRecord waiting = last(export);

    assertThat(waiting.status()).isEqualTo(RunStatus.QUEUED);
    assertThat(waiting.message())
        .contains("waits for the source: segment vip-eu, it is being refreshed since 06:00");
    assertThat(office.sent()).isZero();

    for (int minute = 0; minute < 90; minute++) {
      office.time.advance(Duration.ofSeconds(61));
      catalog.runDue();
    }
    assertThat(last(export).status()).isEqualTo(RunStatus.QUEUED);

    source.readiness = Readiness.ready();
    office.time.advance(Duration.ofSeconds(61));
    catalog.runDue();

    assertThat(last(export).status()).isEqualTo(RunStatus.SUCCESSFUL);
    assertThat(last(export).attempt()).isEqualTo(1);
    assertThat(last(export).id()).isEqualTo(waiting.id());
  }

  @Test
  void a_run_is_skipped_with_the_reason_when_the_refresh_has_failed() {
    SavedExport export = catalog.save(ADMINISTRATOR, exportOn(connected(catalog)));
    source.readiness = Readiness.refreshFailed("its refresh of 06:00 has failed");

    catalog.run(ADMINISTRATOR, export.id());

    assertThat(last(export).status()).isEqualTo(RunStatus.SKIPPED);
    assertThat(last(export).message())
        .contains("skipped because of the source: segment vip-eu, its refresh of 06:00 has failed");
    assertThat(office.sent()).isZero();
  }

  @Test
  void what_is_not_ready_has_no_preview_and_the_history_says_why() {
    SavedExport export = catalog.save(ADMINISTRATOR, exportOn(connected(catalog)));
    source.readiness = Readiness.refreshing("it is being refreshed since 06:00");

    assertThatThrownBy(() -> catalog.preview(ADMINISTRATOR, export.id()))
        .isInstanceOf(CatalogException.class)
        .hasMessage(
            "There is nothing to preview yet: segment vip-eu, it is being refreshed since 06:00."
                + " A run would wait for it: look again when that is done.");
    assertThat(last(export).message()).contains("it is being refreshed since 06:00");

    source.readiness = Readiness.refreshFailed("its refresh of 06:00 has failed");
    assertThatThrownBy(() -> catalog.preview(ADMINISTRATOR, export.id()))
        .hasMessageContaining("A run would be skipped: see to the source");

    source.readiness = Readiness.ready();
    assertThat(catalog.preview(ADMINISTRATOR, export.id()).profiles().toSend()).isEqualTo(3);
  }

  @Test
  void a_source_that_cannot_say_fails_the_attempt() {
    SavedExport export = catalog.save(ADMINISTRATOR, exportOn(connected(catalog)));
    source.failure = new IOException("the scheduler does not answer");

    catalog.run(ADMINISTRATOR, export.id());

    assertThat(last(export).status()).isEqualTo(RunStatus.FAILED);
    assertThat(last(export).message())
        .contains("cannot say whether segment vip-eu is ready (the scheduler does not answer)");
  }

  @Test
  void a_source_that_throws_or_says_nothing_fails_the_attempt_and_quotes_no_customer() {
    SavedExport export = catalog.save(ADMINISTRATOR, exportOn(connected(catalog)));
    source.readiness = null;
    catalog.run(ADMINISTRATOR, export.id());
    assertThat(last(export).message()).contains("is ready (it returned null)");

    source.asked =
        () -> {
          throw new IllegalStateException("ada@shop.example");
        };
    office.time.advance(Duration.ofHours(1));
    catalog.runDue();
    assertThat(last(export).message())
        .contains("cannot say whether segment vip-eu is ready")
        .doesNotContain("ada");
  }

  @Test
  @Timeout(60)
  void a_run_that_waits_for_a_source_that_hangs_keeps_its_lease_and_can_be_cancelled()
      throws InterruptedException {
    CountDownLatch reached = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    source.asked = () -> hang(reached, interrupted);
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try (Catalog here = office.catalog().source(source).executor(threads).build();
        Catalog other = office.catalog().source(source).build()) {
      SavedExport export = here.save(ADMINISTRATOR, exportOn(connected(here)));
      RunRecord run = here.run(ADMINISTRATOR, export.id());
      reached.await();
      for (int i = 0; i < 2; i++) {
        String before = state(export);
        office.time.advance(Duration.ofSeconds(100));
        Until.holds(() -> !state(export).equals(before)); // the lease is renewed
        assertThat(other.runDue()).as("runs that are taken over").isEmpty();
      }

      other.cancel(ADMINISTRATOR, run.id());
      office.time.advance(Duration.ofSeconds(10));

      assertThat(here.await(run.id()).status()).isEqualTo(RunStatus.CANCELLED);
      interrupted.await();
    } finally {
      threads.shutdown();
    }
  }

  @Test
  @Timeout(60)
  void a_run_that_waits_for_a_source_when_its_catalog_is_closed_is_taken_up_by_the_next()
      throws InterruptedException {
    CountDownLatch reached = new CountDownLatch(1);
    source.asked = () -> hang(reached, new CountDownLatch(1));
    ExecutorService threads = Executors.newSingleThreadExecutor();
    Catalog closed = office.catalog().source(source).executor(threads).build();
    SavedExport export = closed.save(ADMINISTRATOR, exportOn(connected(closed)));
    RunRecord run = closed.run(ADMINISTRATOR, export.id());
    reached.await();

    closed.close();
    threads.shutdown();
    source.asked = () -> {};

    assertThat(catalog.run(run.id()).status()).isEqualTo(RunStatus.FAILED);
    office.time.advance(Duration.ofMinutes(10));
    catalog.runDue();
    assertThat(catalog.run(run.id()).status()).isEqualTo(RunStatus.SUCCESSFUL);
  }

  private String state(SavedExport export) {
    return office.store.find(CatalogStore.Kind.STATE, export.id()).orElseThrow().json();
  }

  private static void hang(CountDownLatch reached, CountDownLatch interrupted) {
    reached.countDown();
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException interrupt) {
      interrupted.countDown();
    }
  }

  @Test
  void the_segments_to_choose_from_are_shown_with_their_sizes_by_name() {
    assertThat(catalog.segments(CONTRIBUTOR))
        .containsExactly(
            new AvailableSegment(Segment.named("vip-eu"), OptionalLong.of(2)),
            new AvailableSegment(Segment.named("vip-us"), OptionalLong.of(2)));
    assertThatThrownBy(() -> catalog.segments(VIEWER)).isInstanceOf(CatalogException.class);
    source.failure = new IOException("the database is down");
    assertThatThrownBy(() -> catalog.segments(ADMINISTRATOR))
        .isInstanceOf(CatalogException.class)
        .hasMessageContaining("cannot list its segments (the database is down)");
  }

  @Test
  void who_saves_an_export_is_told_that_its_segments_are_larger_than_its_limit() {
    SavedExport export =
        catalog.save(ADMINISTRATOR, exportOn(connected(catalog)).segments("vip-eu").limit(1));
    assertThat(export.warning().orElseThrow())
        .contains("have 2 customers, more than the 1 that it may export");

    assertThat(catalog.edit(ADMINISTRATOR, export, export.definition().limit(2)).warning())
        .isEmpty();
  }

  @Test
  void a_source_that_can_never_say_fails_the_run_for_good_after_as_many_attempts_as_any() {
    SavedExport export = catalog.save(ADMINISTRATOR, exportOn(connected(catalog)));
    source.failure = new IOException("the scheduler does not answer");

    catalog.run(ADMINISTRATOR, export.id());
    for (int i = 0; i < 5; i++) {
      office.time.advance(Duration.ofHours(1));
      catalog.runDue();
    }

    assertThat(last(export).status()).isEqualTo(RunStatus.FAILED_PERMANENTLY);
    assertThat(last(export).attempt()).isEqualTo(3);
  }
}
