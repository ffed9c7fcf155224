package io.github.klaviyoexport.testkit.behavior;

import static io.github.klaviyoexport.testkit.behavior.Office.ADMINISTRATOR;
import static io.github.klaviyoexport.testkit.behavior.Office.saved;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.CatalogListener;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.RunStatus;
import io.github.klaviyoexport.catalog.SavedExport;
import io.github.klaviyoexport.testkit.Fault;
import io.github.klaviyoexport.testkit.Operation;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What listeners of a catalog hear, and that they disturb nothing. */
@Timeout(60)
class CatalogListenerTest {
  private final Office office = new Office();
  private final HeardEvents heard = new HeardEvents();

  @AfterEach
  void close() {
    office.close();
  }

  @Test
  void rejections_make_a_run_partly_successful_and_many_raise_an_alert() {
    office.klaviyo.failProfiles("ada@shop.example");
    try (Catalog catalog = office.catalog().listener(heard).alertAboveRejected(0.2).build()) {
      RunRecord run = catalog.await(catalog.run(ADMINISTRATOR, saved(catalog).id()).id());

      assertThat(run.status()).isEqualTo(RunStatus.PARTLY_SUCCESSFUL);
      assertThat(run.message()).contains("1 profile was rejected");
      assertThat(run.report().rejections().first()).extracting("customerId").containsExactly("c-1");
      assertThat(heard.events)
          .containsExactly("started", "ended PARTLY_SUCCESSFUL", "many rejected: 0.25");
    }
  }

  @Test
  void a_run_that_takes_longer_than_usual_is_told_while_it_runs() {
    try (Catalog catalog = office.catalog().listener(heard).build()) {
      SavedExport export = saved(catalog);
      for (int i = 0; i < 3; i++) {
        office.klaviyo.script(
            Operation.BULK_IMPORT_PROFILES, Fault.jobTakes(Duration.ofMinutes(10)));
        catalog.run(ADMINISTRATOR, export.id());
        office.time.advance(Duration.ofHours(1));
      }
      assertThat(heard.events).noneMatch(event -> event.startsWith("slow"));

      office.klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.jobTakes(Duration.ofMinutes(30)));
      catalog.run(ADMINISTRATOR, export.id());

      assertThat(heard.events.get(heard.events.size() - 2)).startsWith("slow, usual is PT10M");
      assertThat(heard.events).endsWith("ended SUCCESSFUL");
    }
  }

  @Test
  void a_listener_that_throws_disturbs_nothing() {
    CatalogListener broken =
        new CatalogListener() {
          @Override
          public void started(RunRecord run) {
            throw new IllegalStateException("broken");
          }

          @Override
          public void ended(RunRecord run) {
            throw new IllegalStateException("broken");
          }
        };
    try (Catalog catalog = office.catalog().listener(broken).build()) {
      assertThat(catalog.await(catalog.run(ADMINISTRATOR, saved(catalog).id()).id()).status())
          .isEqualTo(RunStatus.SUCCESSFUL);
    }
  }

  @Test
  void an_error_that_a_listener_throws_leaves_no_run_behind() {
    CatalogListener broken =
        new CatalogListener() {
          @Override
          public void started(RunRecord run) {
            throw new AssertionError("broken");
          }

          @Override
          public void ended(RunRecord run) {
            throw new AssertionError("broken");
          }
        };
    ExecutorService executor = Executors.newSingleThreadExecutor();
    try (Catalog catalog = office.catalog().executor(executor).listener(broken).build()) {
      SavedExport export = saved(catalog);
      RunRecord first = catalog.run(ADMINISTRATOR, export.id());
      assertThat(catalog.await(first.id()).status()).isEqualTo(RunStatus.SUCCESSFUL);

      RunRecord second = catalog.run(ADMINISTRATOR, export.id());
      assertThat(catalog.await(second.id()).status()).isEqualTo(RunStatus.SUCCESSFUL);
    } finally {
      executor.shutdown();
    }
  }
}
