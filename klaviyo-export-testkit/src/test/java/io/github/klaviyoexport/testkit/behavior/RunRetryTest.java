package io.github.klaviyoexport.testkit.behavior;

import static io.github.klaviyoexport.testkit.behavior.Office.ADMINISTRATOR;
import static io.github.klaviyoexport.testkit.behavior.Office.saved;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.RunStatus;
import io.github.klaviyoexport.catalog.SavedExport;
import io.github.klaviyoexport.journal.MemoryJournal;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A run that failed is tried again, and goes on where it stopped. */
@Timeout(60)
class RunRetryTest {
  private final Office office = new Office();
  private final HeardEvents heard = new HeardEvents();

  @AfterEach
  void close() {
    office.close();
  }

  @Test
  void a_failed_run_is_tried_again_later_and_only_so_often() {
    try (Catalog catalog =
        office.catalog().listener(heard).attempts(3, Duration.ofMinutes(5)).build()) {
      SavedExport export = saved(catalog);
      office.segments.failingAfter("vip-us", 1);

      RunRecord run = catalog.await(catalog.run(ADMINISTRATOR, export.id()).id());

      assertThat(run.status()).isEqualTo(RunStatus.FAILED);
      assertThat(run.retryAt()).isEqualTo(run.endedAt().plus(Duration.ofMinutes(5)));
      assertThat(run.report().profiles().accepted()).as("what was read was delivered").isPositive();
      assertThat(catalog.nextDue()).contains(run.retryAt());
      assertThat(catalog.runDue()).as("not yet").isEmpty();

      office.time.advance(Duration.ofMinutes(5));
      assertThat(catalog.runDue()).extracting(RunRecord::id).containsExactly(run.id());
      RunRecord second = catalog.run(run.id());
      assertThat(second.attempt()).isEqualTo(2);
      assertThat(second.retryAt()).isEqualTo(second.endedAt().plus(Duration.ofMinutes(10)));

      office.time.advance(Duration.ofMinutes(10));
      catalog.runDue();
      RunRecord third = catalog.run(run.id());
      assertThat(third.status()).isEqualTo(RunStatus.FAILED_PERMANENTLY);
      assertThat(third.message()).contains("source failed");
      office.time.advance(Duration.ofDays(1));
      assertThat(catalog.runDue()).isEmpty();
      assertThat(heard.events)
          .containsExactly(
              "started",
              "ended FAILED",
              "started",
              "ended FAILED",
              "started",
              "ended FAILED_PERMANENTLY",
              "failed permanently");
    }
  }

  /** A source that fails after two profiles until it is mended. */
  private final class Fragile implements ProfileSource {
    boolean mended;

    @Override
    public ProfileReader open(Segment segment) throws IOException {
      ProfileReader reader = office.segments.open(segment);
      return new ProfileReader() {
        private int read;

        @Override
        public @Nullable CustomerProfile next() throws IOException {
          if (!mended && read++ == 1) {
            throw new IOException("the table is locked");
          }
          return reader.next();
        }

        @Override
        public void close() throws IOException {
          reader.close();
        }
      };
    }
  }

  @Test
  void with_a_journal_the_second_attempt_goes_on_where_the_first_stopped() {
    Fragile source = new Fragile();
    try (Catalog catalog =
        office.catalog().source(source).journal(MemoryJournal.create()).build()) {
      SavedExport export = saved(catalog);
      RunRecord first = catalog.await(catalog.run(ADMINISTRATOR, export.id()).id());
      assertThat(first.status()).isEqualTo(RunStatus.FAILED);
      assertThat(first.message()).contains("the table is locked");
      assertThat(first.report().profiles().accepted()).isEqualTo(1);

      source.mended = true;
      office.time.advance(Duration.ofMinutes(5));
      catalog.runDue();

      RunRecord second = catalog.run(first.id());
      assertThat(second.status()).isEqualTo(RunStatus.SUCCESSFUL);
      assertThat(second.report().profiles().read()).as("of the whole export").isEqualTo(4);
      assertThat(second.report().run()).isEqualTo(first.report().run());
    }
  }

  @Test
  void an_export_that_was_edited_between_attempts_is_started_over() {
    Fragile source = new Fragile();
    try (Catalog catalog =
        office.catalog().source(source).journal(MemoryJournal.create()).build()) {
      SavedExport export = saved(catalog);
      RunRecord first = catalog.await(catalog.run(ADMINISTRATOR, export.id()).id());
      catalog.edit(
          ADMINISTRATOR, export, export.definition().mapping(Office.MAPPING.property("name")));

      source.mended = true;
      office.time.advance(Duration.ofMinutes(5));
      catalog.runDue();

      RunRecord second = catalog.run(first.id());
      assertThat(second.status()).isEqualTo(RunStatus.SUCCESSFUL);
      assertThat(second.report().run()).isNotEqualTo(first.report().run());
    }
  }

  @Test
  void a_run_in_place_of_a_failed_one_ends_it() {
    try (Catalog catalog = office.catalog().build()) {
      SavedExport export = saved(catalog);
      office.vault.remove("klaviyo");
      RunRecord failed = catalog.await(catalog.run(ADMINISTRATOR, export.id()).id());
      assertThat(failed.status()).isEqualTo(RunStatus.FAILED);
      assertThat(failed.message()).contains("cannot be used");
      office.vault.put("klaviyo", office.klaviyo.apiKey().value());

      RunRecord next = catalog.await(catalog.run(ADMINISTRATOR, export.id()).id());

      assertThat(next.status()).isEqualTo(RunStatus.SUCCESSFUL);
      assertThat(catalog.run(failed.id()).status()).isEqualTo(RunStatus.FAILED_PERMANENTLY);
      assertThat(catalog.run(failed.id()).message()).contains(next.id(), "took its place");
      office.time.advance(Duration.ofDays(1));
      assertThat(catalog.runDue()).isEmpty();
    }
  }
}
