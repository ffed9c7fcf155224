package io.github.klaviyoexport.testkit.behavior;

import static io.github.klaviyoexport.testkit.behavior.Office.ADMINISTRATOR;
import static io.github.klaviyoexport.testkit.behavior.Office.customer;
import static io.github.klaviyoexport.testkit.behavior.Office.saved;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.Connection;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.RunStatus;
import io.github.klaviyoexport.catalog.SavedExport;
import io.github.klaviyoexport.journal.MemoryJournal;
import io.github.klaviyoexport.klaviyo.KlaviyoRequest;
import io.github.klaviyoexport.klaviyo.KlaviyoTransport;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.Fault;
import io.github.klaviyoexport.testkit.Operation;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

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

  @Test
  void a_run_of_which_klaviyo_confirms_nothing_is_tried_again() {
    try (Catalog catalog = office.catalog().journal(MemoryJournal.create()).build()) {
      SavedExport export = saved(catalog);
      office.klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.jobCancelled());

      RunRecord run = catalog.await(catalog.run(ADMINISTRATOR, export.id()).id());

      assertThat(run.status()).isEqualTo(RunStatus.FAILED);
      assertThat(run.message())
          .startsWith(
              "No profile was confirmed: 0 profiles were rejected and 3 remain unconfirmed: the"
                  + " report says which and why. Of those unconfirmed, 3 are in a job that Klaviyo"
                  + " ended before it was done (");
      assertThat(run.report().profiles().unconfirmed()).isEqualTo(3);

      office.time.advance(Duration.ofMinutes(5));
      catalog.runDue();
      RunRecord second = catalog.run(run.id());
      assertThat(second.status()).isEqualTo(RunStatus.SUCCESSFUL);
      assertThat(second.report().profiles().accepted()).isEqualTo(3);
      assertThat(office.sent()).isEqualTo(2);
    }
  }

  @Test
  void a_run_of_which_klaviyo_confirms_a_part_has_ended_and_says_why_the_rest_is_not() {
    office.segments.segment(
        "vip-eu",
        IntStream.range(0, 10_001).mapToObj(i -> customer("c-" + i, "name" + i)).toList());
    try (Catalog catalog = office.catalog().build()) {
      SavedExport export = saved(catalog);
      office.klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.jobCancelled());

      RunRecord run = catalog.await(catalog.run(ADMINISTRATOR, export.id()).id());

      assertThat(run.status()).isEqualTo(RunStatus.PARTLY_SUCCESSFUL);
      assertThat(run.message())
          .contains("10,000 remain unconfirmed")
          .contains("10,000 are in a job that Klaviyo ended before it was done (");
    }
  }

  /** An executor that throws something when it is given a run, until it is mended. */
  private static final class BrokenExecutor implements Executor {
    private final Throwable failure;
    private boolean mended;

    BrokenExecutor(Throwable failure) {
      this.failure = failure;
    }

    @Override
    public void execute(Runnable task) {
      if (mended) {
        task.run();
        return;
      }
      BrokenExecutor.<RuntimeException>sneak(failure);
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void sneak(Throwable failure) throws T {
      throw (T) failure;
    }
  }

  static Stream<Throwable> what_executors_throw() {
    return Stream.of(
        new RejectedExecutionException("full"),
        new IllegalStateException("shut down"),
        new Error("no thread could be made"),
        new Exception("undeclared"));
  }

  @ParameterizedTest
  @MethodSource("what_executors_throw")
  void a_run_that_the_executor_does_not_take_is_tried_again(Throwable failure) {
    BrokenExecutor executor = new BrokenExecutor(failure);
    try (Catalog catalog = office.catalog().executor(executor).listener(heard).build()) {
      SavedExport export = saved(catalog);

      RunRecord run = catalog.await(catalog.run(ADMINISTRATOR, export.id()).id());

      assertThat(run.status()).isEqualTo(RunStatus.FAILED);
      assertThat(run.message())
          .contains("executor did not take the run. If it happens again")
          .doesNotContain(failure.getClass().getName());
      assertThat(heard.events).containsExactly("ended FAILED");
      assertThat(catalog.runDue()).as("not at once").isEmpty();

      executor.mended = true;
      office.time.advance(Duration.ofMinutes(5));
      assertThat(catalog.runDue()).extracting(RunRecord::id).containsExactly(run.id());
      assertThat(catalog.run(run.id()).status()).isEqualTo(RunStatus.SUCCESSFUL);
    }
  }

  @Test
  void a_run_that_the_executor_took_before_it_threw_runs_once() {
    List<Runnable> taken = new ArrayList<>();
    Executor executor =
        task -> {
          taken.add(task);
          if (taken.size() == 1) {
            throw new Error("no thread could be made");
          }
          task.run();
        };
    try (Catalog catalog = office.catalog().executor(executor).build()) {
      SavedExport export = saved(catalog);
      RunRecord run = catalog.run(ADMINISTRATOR, export.id());

      taken.get(0).run();
      assertThat(office.sent()).as("it was given back").isZero();
      office.time.advance(Duration.ofMinutes(5));
      catalog.runDue();
      taken.get(0).run();

      assertThat(catalog.run(run.id()).status()).isEqualTo(RunStatus.SUCCESSFUL);
      assertThat(office.sent()).isEqualTo(1);
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

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_run_whose_key_is_replaced_and_revoked_goes_on_with_the_new_one(boolean byEdit) {
    Set<String> known = new HashSet<>(Set.of("pk_that_was_there_before"));
    office.vault.put("klaviyo", "pk_that_was_there_before");
    AtomicReference<Runnable> rotation = new AtomicReference<>();
    KlaviyoTransport transport =
        request -> {
          Runnable rotate =
              request.uri().getPath().contains("bulk-import-jobs")
                      && request.method().equals("GET")
                      && office.sent() > 0
                  ? rotation.getAndSet(null)
                  : null;
          if (rotate != null) {
            rotate.run();
          }
          String key = request.headers().get("Authorization").replace("Klaviyo-API-Key ", "");
          Map<String, String> headers = new HashMap<>(request.headers());
          headers.put(
              "Authorization",
              "Klaviyo-API-Key "
                  + (known.contains(key) ? office.klaviyo.apiKey().value() : "pk_nobodys_key"));
          return office
              .klaviyo
              .transport()
              .send(KlaviyoRequest.of(request.method(), request.uri(), headers, request.body()));
        };
    try (Catalog catalog =
        office
            .catalog()
            .klaviyo(klaviyo -> klaviyo.transport(transport))
            .journal(MemoryJournal.create())
            .build()) {
      SavedExport export = saved(catalog);
      String place = byEdit ? "klaviyo-new" : "klaviyo";
      rotation.set(
          () -> {
            office.vault.put(place, "pk_that_came_after");
            known.add("pk_that_came_after");
            if (byEdit) {
              Connection connection =
                  catalog.connection(ADMINISTRATOR, export.definition().connection());
              catalog.edit(
                  ADMINISTRATOR, connection, connection.definition().credentials("vault:" + place));
            }
            known.remove("pk_that_was_there_before");
          });

      catalog.run(ADMINISTRATOR, export.id());

      RunRecord first = catalog.history(ADMINISTRATOR, export.id()).get(0);
      assertThat(first.status()).isEqualTo(RunStatus.FAILED);
      assertThat(first.message()).contains("(401)", "replaced since");
      assertThat(first.details()).startsWith("They are kept in vault:" + place + ".");
      office.time.advance(Duration.ofMinutes(5));
      catalog.runDue();
      RunRecord second = catalog.run(first.id());
      assertThat(second.status()).isEqualTo(RunStatus.SUCCESSFUL);
      assertThat(second.report().run()).isEqualTo(first.report().run());
      assertThat(office.sent()).as("it goes on from the journal").isEqualTo(1);
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

  @Test
  void a_run_that_no_executor_ever_takes_fails_for_good_after_as_many_attempts_as_any() {
    Executor broken = new BrokenExecutor(new RejectedExecutionException("full"));
    try (Catalog catalog = office.catalog().executor(broken).listener(heard).build()) {
      RunRecord run = catalog.run(ADMINISTRATOR, saved(catalog).id());

      assertThat(catalog.run(run.id()).attempt()).isEqualTo(1);
      for (int i = 0; i < 5; i++) {
        office.time.advance(Duration.ofHours(1));
        catalog.runDue();
      }

      RunRecord ended = catalog.run(run.id());
      assertThat(ended.status()).isEqualTo(RunStatus.FAILED_PERMANENTLY);
      assertThat(ended.attempt()).isEqualTo(3);
      assertThat(ended.message())
          .contains("executor did not take the run", "give the catalog an executor that takes more")
          .doesNotContain("tried again");
      assertThat(heard.events)
          .containsExactly(
              "ended FAILED", "ended FAILED", "ended FAILED_PERMANENTLY", "failed permanently");
    }
  }

  @Test
  void a_run_that_is_skipped_because_the_executor_keeps_another_back_says_so() {
    List<Runnable> kept = new ArrayList<>();
    try (Catalog catalog = office.catalog().executor(kept::add).build()) {
      SavedExport export = saved(catalog);
      RunRecord first = catalog.run(ADMINISTRATOR, export.id());
      office.time.advance(Duration.ofHours(1));

      RunRecord second = catalog.run(ADMINISTRATOR, export.id());

      assertThat(second.status()).isEqualTo(RunStatus.SKIPPED);
      assertThat(second.message())
          .contains(first.id(), "has not begun: see whether the catalog's executor has a thread");
    }
  }
}
