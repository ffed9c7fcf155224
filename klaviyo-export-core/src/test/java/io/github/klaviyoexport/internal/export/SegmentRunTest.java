package io.github.klaviyoexport.internal.export;

import static io.github.klaviyoexport.testing.SmallKlaviyo.IMPORT;
import static io.github.klaviyoexport.testing.SmallKlaviyo.LIST;
import static io.github.klaviyoexport.testing.SmallKlaviyo.LISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportProgress;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.JobStatus;
import io.github.klaviyoexport.ExportRun;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.journal.ExportJournal;
import io.github.klaviyoexport.journal.JournalLog;
import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.TransportException.Fate;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Asked;
import io.github.klaviyoexport.testing.SmallKlaviyo;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentRunTest {
  private final Lab lab = new Lab();

  @AfterEach
  void nothing_is_left_of_an_interrupt() {
    Thread.interrupted();
  }

  // From source to report

  @Test
  void listeners_hear_of_each_step_in_its_order() {
    lab.klaviyo.on(
        IMPORT,
        asked ->
            lab.klaviyo.asked(IMPORT).size() == 1
                ? Answer.error(429, "throttled", "/data", "Retry-After", "3")
                : null);

    lab.export(Lab.customers(5));

    assertThat(lab.events)
        .containsExactly(
            "started vip Y6nRLr",
            "rateLimited PT3S",
            "batchSent job-1 5",
            "jobFinished job-1 COMPLETE",
            "finished");
  }

  @Test
  void the_report_says_what_became_of_every_profile() {
    List<CustomerProfile> customers = new ArrayList<>(Lab.customers(100));
    for (int i = 1; i <= 7; i++) {
      customers.add(CustomerProfile.of("again-" + i, Lab.FIELDS, Lab.email(i), null, null, null));
    }
    customers.add(CustomerProfile.of("bad-email", Lab.FIELDS, "no address", null, null, null));
    customers.add(CustomerProfile.of("nobody", Lab.FIELDS, null, null, "London", null));
    customers.add(CustomerProfile.of("bad-phone", Lab.FIELDS, "x@shop.example", "12", null, null));
    lab.klaviyo.failing(row -> row.email().matches("customer\\.\\d*0@shop\\.example"));

    ExportReport report = lab.export(customers);

    assertThat(report.read()).isEqualTo(110);
    assertThat(report.duplicates()).isEqualTo(7);
    assertThat(report.rejected()).isEqualTo(2 + 10);
    assertThat(report.accepted()).isEqualTo(91);
    assertThat(report.rejectedFields()).isEqualTo(1);
    assertThat(report.unconfirmed()).isZero();
    assertThat(report.reasons())
        .containsEntry(Rejection.Reason.EMAIL_MALFORMED, 1L)
        .containsEntry(Rejection.Reason.NO_IDENTIFIER, 1L)
        .containsEntry(Rejection.Reason.PHONE_MALFORMED, 1L)
        .containsEntry(Rejection.Reason.FAILED_IN_KLAVIYO, 10L);
    assertThat(report.traffic().calls()).isEqualTo(lab.klaviyo.asked().size());
    assertThat(report.traffic().bytesSent())
        .isEqualTo(lab.klaviyo.asked(IMPORT).get(0).bytes().length);
    assertThat(report.took()).isEqualTo(lab.time.elapsed());
    assertThat(lab.rejections).hasSize(13).isEqualTo(report.rejections());
  }

  @Test
  void progress_only_moves_forward_and_ends_where_the_report_does() {
    lab.klaviyo.failing(row -> Lab.number(row.email()) % 10 == 0);

    ExportReport report;
    try (SegmentExporter exporter =
        lab.exporter(segment -> ProfileReader.of(Lab.customers(1_000))).batchSize(50).build()) {
      report = exporter.export(Lab.VIP, Lab.LIST);
    }

    for (int i = 1; i < lab.progresses.size(); i++) {
      ExportProgress before = lab.progresses.get(i - 1);
      ExportProgress now = lab.progresses.get(i);
      assertThat(now.read()).isGreaterThanOrEqualTo(before.read());
      assertThat(now.sent()).isGreaterThanOrEqualTo(before.sent()).isLessThanOrEqualTo(now.read());
      assertThat(now.accepted())
          .isGreaterThanOrEqualTo(before.accepted())
          .isLessThanOrEqualTo(now.sent());
      assertThat(now.elapsed()).isGreaterThanOrEqualTo(before.elapsed());
    }
    ExportProgress last = lab.progresses.get(lab.progresses.size() - 1);
    assertThat(last.size()).hasValue(1_000);
    assertThat(last.accepted()).isEqualTo(report.accepted()).isEqualTo(900);
    assertThat(last.rejected()).isEqualTo(report.rejected()).isEqualTo(100);
  }

  @Test
  void an_empty_segment_makes_no_call_and_an_empty_report() {
    ExportReport report = lab.export(List.of());

    assertThat(report.read()).isZero();
    assertThat(report.isConfirmed()).isTrue();
    assertThat(lab.klaviyo.asked()).isEmpty();
    assertThat(lab.events).containsExactly("finished");
  }

  @Test
  void a_segment_of_nothing_but_bad_rows_hands_nothing_over() {
    List<CustomerProfile> bad =
        List.of(CustomerProfile.of("c-1", Lab.FIELDS, "no address", null, null, null));

    ExportReport report = lab.export(bad);

    assertThat(report.rejected()).isEqualTo(1);
    assertThat(lab.klaviyo.asked(IMPORT)).isEmpty();
  }

  @Test
  void the_source_is_not_read_further_than_the_batches_that_may_be_held() {
    Source source = new Source(1_000_000, OptionalLong.empty());
    lab.klaviyo.on(IMPORT, Answer.silence());
    int[] most = {0};

    try (SegmentExporter exporter =
        lab.exporter(source)
            .limit(1_000_000)
            .batchSize(100)
            .batchesInFlight(3)
            .deadline(Duration.ofMinutes(1))
            .listener(
                new ExportListener() {
                  @Override
                  public void progressed(ExportProgress progress) {
                    most[0] = Math.max(most[0], source.read);
                  }
                })
            .build()) {
      Lab.stopped(exporter.prepare(Lab.VIP, Lab.LIST));
    }

    assertThat(most[0]).isEqualTo(300);
  }

  // Before anything is sent

  @Test
  void unknown_fields_are_named_with_the_known_ones_before_anything_is_sent() {
    Source source = new Source(5, OptionalLong.of(5));
    source.fields = FieldNames.of("EMail", "Phone", "City", "LTV");

    ExportException stopped = lab.stopped(source);

    assertThat(stopped.reason()).isEqualTo(Reason.MAPPING_UNFIT);
    assertThat(stopped)
        .message()
        .startsWith("The export of segment vip to list Y6nRLr stopped: The mapping names a field")
        .contains("'Email'", "'EMail', 'Phone', 'City', 'LTV'");
    assertThat(source.read).isZero();
    assertThat(source.closed).isEqualTo(1);
    assertThat(lab.klaviyo.asked()).isEmpty();
  }

  @Test
  void a_segment_known_to_be_over_the_limit_is_refused_before_it_is_read() {
    Source source = new Source(100_001, OptionalLong.of(100_001));

    ExportException stopped = lab.stopped(source);

    assertThat(stopped.reason()).isEqualTo(Reason.LIMIT_EXCEEDED);
    assertThat(stopped)
        .message()
        .contains("larger than the limit of 100000 profiles: it has 100001", "limit(...)");
    assertThat(source.read).isZero();
    assertThat(source.closed).isEqualTo(1);
    assertThat(lab.klaviyo.asked()).isEmpty();
  }

  @Test
  void a_segment_that_turns_out_to_be_over_the_limit_is_exported_up_to_it() {
    Source source = new Source(50, OptionalLong.empty());

    ExportException stopped;
    try (SegmentExporter exporter = lab.exporter(source).build()) {
      stopped = Lab.stopped(exporter.prepare(Lab.VIP, Lab.LIST).limit(20));
    }

    assertThat(stopped.reason()).isEqualTo(Reason.LIMIT_EXCEEDED);
    assertThat(stopped.report().read()).isEqualTo(20);
    assertThat(stopped.report().accepted()).isEqualTo(20);
    assertThat(lab.klaviyo.emails()).hasSize(20);
    assertThat(source.closed).isEqualTo(1);
  }

  @Test
  void a_segment_of_exactly_the_limit_is_exported() {
    Source source = new Source(20, OptionalLong.empty());

    try (SegmentExporter exporter = lab.exporter(source).limit(20).build()) {
      assertThat(exporter.export(Lab.VIP, Lab.LIST).accepted()).isEqualTo(20);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 0, 3, 500})
  void a_size_that_is_not_so_costs_no_profile(long claimed) {
    assertThat(lab.export(new Source(5, OptionalLong.of(claimed))).accepted()).isEqualTo(5);
  }

  @Test
  void an_unknown_list_stops_the_export_before_anything_is_sent() {
    lab.klaviyo.on(LIST, Answer.error(404, "not_found", "/data/"));

    ExportException stopped = lab.stopped(Lab.customers(5));

    assertThat(stopped.reason()).isEqualTo(Reason.LIST_NOT_FOUND);
    assertThat(stopped).message().contains("Klaviyo has no list Y6nRLr in this account (404)");
    assertThat(stopped.getCause()).hasMessageContaining("error id 6b1f-404");
    assertThat(lab.klaviyo.asked()).hasSize(1);
    assertThat(lab.events).containsExactly("started vip Y6nRLr", "finished");
  }

  @Test
  void a_key_that_is_not_known_a_scope_that_is_missing_and_an_edge_challenge_are_told_apart() {
    lab.klaviyo.on(LIST, Answer.error(401, "authentication_failed", "/data/"));
    assertThat(lab.stopped(Lab.customers(5)).reason()).isEqualTo(Reason.UNAUTHORIZED);

    Lab scope = new Lab();
    scope.klaviyo.on(LIST, Answer.error(403, "permission_denied", "/data/"));
    ExportException forbidden = scope.stopped(Lab.customers(5));
    assertThat(forbidden.reason()).isEqualTo(Reason.FORBIDDEN);
    assertThat(forbidden).message().contains("lacks a scope for 'get list'", "lists:read");

    Lab edge = new Lab();
    edge.klaviyo.on(LIST, Answer.of(403, "text/html", "<html>"));
    ExportException challenge = edge.stopped(Lab.customers(5));
    assertThat(challenge.reason()).isEqualTo(Reason.EDGE_CHALLENGE);
    assertThat(challenge).message().contains("the key is not at fault");
  }

  @Test
  void a_redirect_is_not_followed_and_said_to_be_one() {
    lab.klaviyo.on(
        LIST, Answer.of(302, "text/html", "", "Location", "https://shop.example/api/lists/Y6nRLr"));

    ExportException stopped = lab.stopped(Lab.customers(5));

    assertThat(stopped.reason()).isEqualTo(Reason.REFUSED);
    assertThat(stopped).message().contains("the server redirects (302)", "check the base URL");
    assertThat(lab.klaviyo.asked()).hasSize(1);
  }

  @Test
  void a_klaviyo_that_cannot_be_reached_stops_the_export_after_ten_attempts() {
    lab.klaviyo.on(LIST, Answer.broken(Fate.UNPROCESSED));

    ExportException stopped = lab.stopped(Lab.customers(5));

    assertThat(stopped.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(stopped.getCause())
        .hasMessage("Klaviyo gave no answer: the line went dead ('get list', 10 attempts).");
  }

  // The source fails

  static List<Exception> failures() {
    return List.of(
        new IOException("The table customers is locked."),
        new IllegalStateException("ada@shop.example"),
        new IllegalArgumentException("ada@shop.example"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void a_source_that_cannot_be_opened_stops_the_export(Exception failure) {
    ExportException stopped =
        lab.stopped(
            segment -> {
              throw sneaky(failure);
            });

    assertSourceFailed(stopped, failure, 0);
    assertThat(lab.klaviyo.asked()).isEmpty();
  }

  @Test
  void a_source_that_opens_nothing_stops_the_export() {
    assertThat(lab.stopped(segment -> null).reason()).isEqualTo(Reason.SOURCE_FAILED);
  }

  @ParameterizedTest
  @MethodSource("failures")
  void a_source_that_fails_at_once_stops_the_export_and_is_closed(Exception failure) {
    Source source = new Source(5, OptionalLong.empty());
    source.failAt(0, failure);

    assertSourceFailed(lab.stopped(source), failure, 0);
    assertThat(source.closed).isEqualTo(1);
    assertThat(lab.klaviyo.asked()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("failures")
  void what_was_read_before_a_source_failed_is_handed_over_and_confirmed(Exception failure) {
    Source source = new Source(5_000, OptionalLong.empty());
    source.failAt(1_234, failure);

    ExportException stopped = lab.stopped(source);

    assertSourceFailed(stopped, failure, 1_234);
    assertThat(stopped.report().accepted()).isEqualTo(1_234);
    assertThat(stopped.report().isConfirmed()).isTrue();
    assertThat(lab.klaviyo.emails()).hasSize(1_234);
    assertThat(source.closed).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("failures")
  void a_source_that_does_not_close_does_not_disturb_the_export(Exception failure) {
    Source source = new Source(5, OptionalLong.empty());
    source.closing = failure;

    assertThat(lab.export(source).accepted()).isEqualTo(5);
  }

  @Test
  void a_value_that_cannot_be_read_stops_the_export_with_a_report_that_adds_up() {
    List<CustomerProfile> customers = new ArrayList<>(Lab.customers(10));
    Iterable<String> broken =
        new AbstractList<>() {
          @Override
          public String get(int index) {
            throw new IllegalStateException("ada@shop.example");
          }

          @Override
          public int size() {
            return 1;
          }
        };
    customers.add(5, CustomerProfile.of("c-x", Lab.FIELDS, "x@shop.example", null, null, broken));

    ExportException stopped = lab.stopped(customers);

    assertThat(stopped.reason()).isEqualTo(Reason.FAULT);
    assertThat(stopped.report().read()).isEqualTo(stopped.report().unconfirmed()).isPositive();
    assertThat(lab.events).endsWith("finished");
  }

  // Time

  @Test
  void the_deadline_ends_an_export_that_waits_for_an_answer() {
    lab.klaviyo.on(IMPORT, Answer.silence());

    ExportException stopped = stoppedWithin(Duration.ofSeconds(100), Lab.customers(5));

    assertThat(stopped.reason()).isEqualTo(Reason.DEADLINE);
    assertThat(stopped).message().contains("its deadline of PT1M40S has passed");
    assertThat(lab.time.elapsed()).isEqualTo(Duration.ofSeconds(100));
    assertThat(stopped.report().unconfirmed()).isEqualTo(5);
    assertThat(stopped.report().unsent()).isZero();
    assertThat(lab.klaviyo.asked(IMPORT).get(0).exchange()).isCancelled();
  }

  @Test
  void what_only_waited_for_the_quota_at_the_deadline_was_never_sent() {
    lab.klaviyo.on(IMPORT, Answer.error(429, "throttled", "/data", "Retry-After", "600"));

    ExportException stopped = stoppedWithin(Duration.ofSeconds(100), Lab.customers(5));

    assertThat(stopped.reason()).isEqualTo(Reason.DEADLINE);
    assertThat(stopped.report().unsent()).isEqualTo(5);
  }

  @Test
  void the_deadline_ends_a_source_that_never_ends() {
    ProfileSource endless =
        segment ->
            new ProfileReader() {
              private int number;

              @Override
              public CustomerProfile next() {
                lab.time.pass(Duration.ofSeconds(10));
                return Lab.customer(++number);
              }
            };

    ExportException stopped;
    try (SegmentExporter exporter = lab.exporter(endless).deadline(Duration.ofHours(2)).build()) {
      stopped = Lab.stopped(exporter.prepare(Lab.VIP, Lab.LIST));
    }

    assertThat(stopped.reason()).isEqualTo(Reason.DEADLINE);
    assertThat(lab.time.elapsed()).isBetween(Duration.ofHours(2), Duration.ofHours(3));
  }

  @Test
  void a_deadline_and_a_timeout_of_any_length_can_be_given() {
    Duration forever = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);
    try (SegmentExporter exporter =
        lab.exporter(segment -> ProfileReader.of(Lab.customers(5)))
            .klaviyo(
                KlaviyoConnection.of(ApiKey.of("pk_0123456789"))
                    .transport(lab.klaviyo)
                    .requestTimeout(forever))
            .deadline(forever)
            .build()) {
      assertThat(exporter.export(Lab.VIP, Lab.LIST).accepted()).isEqualTo(5);
    }
  }

  // Interrupt

  @Test
  void an_interrupt_hands_nothing_more_over_confirms_what_is_and_sets_the_flag_again() {
    Source source = new Source(100_000, OptionalLong.empty());
    lab.klaviyo.on(IMPORT, asked -> null);
    lab.klaviyo.status(job -> job.age().toSeconds() < 15 ? "processing" : "complete");
    lab.time.in(Duration.ofSeconds(3), Thread.currentThread()::interrupt);

    ExportException stopped;
    try (SegmentExporter exporter = lab.exporter(source).batchSize(100).build()) {
      stopped = Lab.stopped(exporter.prepare(Lab.VIP, Lab.LIST));
      assertThat(Thread.interrupted()).isTrue();
    }

    ExportReport report = stopped.report();
    assertThat(stopped.reason()).isEqualTo(Reason.INTERRUPTED);
    assertThat(lab.klaviyo.asked(IMPORT)).allMatch(asked -> asked.at().toSeconds() <= 3);
    assertThat(report.accepted()).isEqualTo(lab.klaviyo.emails().size()).isPositive();
    assertThat(report.unconfirmed()).isEqualTo(report.unsent()).isPositive();
    assertThat(lab.time.elapsed()).isLessThan(Duration.ofSeconds(20));
    assertThat(source.closed).isEqualTo(1);
  }

  @Test
  void the_flag_is_set_again_only_when_all_is_closed_and_told() {
    Source source = new Source(5, OptionalLong.empty());
    boolean[] interruptedMeanwhile = {false};
    source.whenClosed = () -> interruptedMeanwhile[0] |= Thread.currentThread().isInterrupted();
    lab.time.in(Duration.ofMillis(500), Thread.currentThread()::interrupt);

    try (SegmentExporter exporter =
        lab.exporter(source)
            .listener(
                new ExportListener() {
                  @Override
                  public void finished(ExportReport report) {
                    interruptedMeanwhile[0] |= Thread.currentThread().isInterrupted();
                  }
                })
            .build()) {
      Lab.stopped(exporter.prepare(Lab.VIP, Lab.LIST));
      assertThat(Thread.interrupted()).isTrue();
    }

    assertThat(interruptedMeanwhile[0]).isFalse();
  }

  @Test
  void a_second_interrupt_does_not_wait_for_confirmation() {
    lab.klaviyo.status(job -> "processing");
    lab.time.in(Duration.ofSeconds(3), Thread.currentThread()::interrupt);
    lab.time.in(Duration.ofSeconds(5), Thread.currentThread()::interrupt);

    ExportException stopped = lab.stopped(Lab.customers(5));

    assertThat(stopped.reason()).isEqualTo(Reason.INTERRUPTED);
    assertThat(lab.time.elapsed()).isEqualTo(Duration.ofSeconds(5));
    assertThat(stopped.report().unconfirmed()).isEqualTo(5);
  }

  @Test
  void a_thread_that_is_interrupted_beforehand_exports_nothing() {
    Thread.currentThread().interrupt();

    ExportException stopped = lab.stopped(Lab.customers(5));

    assertThat(Thread.interrupted()).isTrue();
    assertThat(stopped.reason()).isEqualTo(Reason.INTERRUPTED);
    assertThat(lab.klaviyo.asked(IMPORT)).isEmpty();
  }

  static List<Exception> interrupts() {
    return List.of(
        new InterruptedIOException("read"),
        new ClosedByInterruptException(),
        new IllegalStateException("interrupted"));
  }

  @ParameterizedTest
  @MethodSource("interrupts")
  void a_source_that_fails_because_of_an_interrupt_is_not_to_blame(Exception failure) {
    for (int at : new int[] {0, 700}) {
      Lab lab = new Lab();
      Source source = new Source(1_000, OptionalLong.empty());
      source.failAt(at, failure);
      source.interruptingFirst = !(failure instanceof InterruptedIOException);

      ExportException stopped = lab.stopped(source);

      assertThat(Thread.interrupted()).isTrue();
      assertThat(stopped.reason()).isEqualTo(Reason.INTERRUPTED);
      assertThat(lab.klaviyo.asked(IMPORT)).isEmpty();
      assertThat(stopped.report().unsent()).isEqualTo(at);
    }
  }

  // Cancel and close

  @Test
  void a_cancelled_export_confirms_what_it_has_handed_over_and_reports() {
    lab.klaviyo.status(job -> job.age().toSeconds() < 10 ? "processing" : "complete");

    ExportException stopped = cancelled(Duration.ofSeconds(2), Lab.customers(50_000), 1_000);

    assertThat(stopped.reason()).isEqualTo(Reason.CANCELLED);
    assertThat(stopped).message().contains("it was cancelled; run it again to export the rest");
    assertThat(lab.klaviyo.asked(IMPORT)).allMatch(asked -> asked.at().toSeconds() <= 2);
    assertThat(stopped.report().accepted()).isEqualTo(lab.klaviyo.emails().size()).isPositive();
    assertThat(lab.time.elapsed()).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(14));
  }

  @Test
  void a_cancelled_export_waits_no_longer_than_its_grace() {
    lab.klaviyo.status(job -> "processing");

    ExportException stopped = cancelled(Duration.ofMinutes(30), Lab.customers(10), 10);

    assertThat(lab.time.elapsed()).isEqualTo(Duration.ofMinutes(30).plusSeconds(30));
    assertThat(stopped.report().jobs().get(0).status()).isEqualTo(JobStatus.RUNNING);
  }

  @Test
  void a_cancelled_export_looks_at_its_jobs_at_once() {
    lab.klaviyo.status(job -> job.age().toSeconds() < 30 * 60 + 5 ? "processing" : "complete");

    ExportException stopped = cancelled(Duration.ofSeconds(30 * 60 + 7), Lab.customers(10), 10);

    assertThat(stopped.report().accepted()).isEqualTo(10);
    assertThat(lab.time.elapsed()).isEqualTo(Duration.ofSeconds(30 * 60 + 7));
  }

  @Test
  void an_answer_that_comes_within_the_grace_still_counts() {
    lab.klaviyo.on(
        IMPORT,
        asked ->
            (exchange, time) ->
                time.in(
                    Duration.ofSeconds(20),
                    () ->
                        Answer.json(202, "{\"data\":{\"id\":\"late\",\"attributes\":{}}}")
                            .to(exchange, time)));
    lab.klaviyo.on(
        LISTING,
        Answer.json(
            200,
            "{\"data\":[{\"id\":\"late\",\"attributes\":{\"status\":\"complete\",\"failed_count\":0}}]}"));

    ExportException stopped = cancelled(Duration.ofSeconds(5), Lab.customers(10), 10);

    assertThat(stopped.report().accepted()).isEqualTo(10);
  }

  @Test
  void an_export_that_is_cancelled_before_it_runs_hands_nothing_over() {
    ExportException stopped = cancelled(Duration.ZERO, Lab.customers(10), 10);

    assertThat(stopped.reason()).isEqualTo(Reason.CANCELLED);
    assertThat(lab.klaviyo.asked(IMPORT)).isEmpty();
  }

  @Test
  void to_cancel_an_export_that_has_ended_changes_nothing() {
    Runnable[] held = new Runnable[1];
    try (SegmentExporter exporter =
        lab.exporter(segment -> ProfileReader.of(Lab.customers(5)))
            .executor(task -> held[0] = task)
            .build()) {
      ExportRun run = exporter.prepare(Lab.VIP, Lab.LIST).start();
      held[0].run();
      run.cancel();

      assertThat(run.report()).isCompletedWithValueMatching(report -> report.accepted() == 5);
      assertThat(run.progress().accepted()).isEqualTo(5);
    }
  }

  @Test
  @Timeout(60)
  void closing_an_exporter_cancels_its_exports_and_waits_for_them() throws Exception {
    Source endless = new Source(Integer.MAX_VALUE, OptionalLong.empty());
    SegmentExporter exporter = lab.exporter(endless).limit(Long.MAX_VALUE).build();
    ExportRun run = exporter.prepare(Lab.VIP, Lab.LIST).start();

    exporter.close();

    assertThat(endless.closed).isEqualTo(endless.opened);
    assertThatThrownBy(() -> run.report().toCompletableFuture().join())
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            ExportException.class,
            stopped -> assertThat(stopped.reason()).isEqualTo(Reason.CANCELLED))
        .hasMessageContaining("its exporter was closed");
    exporter.close();
    assertThatIllegalStateException()
        .isThrownBy(() -> exporter.export(Lab.VIP, Lab.LIST))
        .withMessageContaining("This exporter is closed");
  }

  @Test
  @Timeout(60)
  void an_executor_that_refuses_leaves_nothing_to_wait_for() {
    for (Throwable refusal : List.of(new RejectedExecutionException(), new OutOfMemoryError())) {
      SegmentExporter exporter =
          lab.exporter(segment -> ProfileReader.of(Lab.customers(5)))
              .executor(
                  task -> {
                    throw sneaky(refusal);
                  })
              .build();

      assertThatThrownBy(() -> exporter.prepare(Lab.VIP, Lab.LIST).start()).isSameAs(refusal);
      exporter.close();
    }
  }

  // Listeners

  @Test
  void a_listener_that_throws_does_not_disturb_the_export() {
    class Thrower implements ExportListener {
      @Override
      public void progressed(ExportProgress progress) {
        throw new IllegalStateException("ada@shop.example");
      }

      @Override
      public void batchSent(String jobId, int profiles, long bytes) {
        throw new AssertionError("ada@shop.example");
      }

      @Override
      public void finished(ExportReport report) {
        throw new NoClassDefFoundError("ada@shop.example");
      }
    }
    try (SegmentExporter exporter =
        lab.exporter(segment -> ProfileReader.of(Lab.customers(5)))
            .listener(new Thrower())
            .build()) {
      assertThat(exporter.export(Lab.VIP, Lab.LIST).accepted()).isEqualTo(5);
    }
    assertThat(lab.events).endsWith("finished");
  }

  // The journal

  @Test
  void an_export_whose_journal_fails_sends_nothing_more_and_adds_up_whichever_entry_it_was() {
    int entries = 0;
    while (true) {
      Lab lab = new Lab();
      lab.klaviyo.judging(
          rows ->
              rows.stream().anyMatch(row -> Lab.number(row.email()) % 10 == 3)
                  ? SmallKlaviyo.refusing(
                      400,
                      IntStream.range(0, rows.size())
                          .filter(i -> Lab.number(rows.get(i).email()) % 10 == 3),
                      "/attributes/email")
                  : null);
      lab.klaviyo.failing(row -> Lab.number(row.email()) % 10 == 4);
      int failing = ++entries;
      int[] written = {0};
      ExportJournal journal =
          key ->
              new JournalLog() {
                @Override
                public void replay(Consumer<String> line) {}

                @Override
                public void append(String line) throws IOException {
                  if (++written[0] == failing) {
                    throw new IOException("No space left on device");
                  }
                }

                @Override
                public void restart(String line) throws IOException {
                  append(line);
                }

                @Override
                public void close() {}
              };
      try (SegmentExporter exporter =
          lab.exporter(segment -> ProfileReader.of(Lab.customers(100)))
              .batchSize(30)
              .journal(journal)
              .build()) {
        exporter.export(Lab.VIP, Lab.LIST);
        break;
      } catch (ExportException stopped) {
        ExportReport report = stopped.report();
        assertThat(stopped.reason()).isEqualTo(Reason.JOURNAL_FAILED);
        assertThat(stopped).message().contains("No space left on device", "mend the journal");
        assertThat(written[0]).as("nothing is written after a failure").isEqualTo(failing);
        assertThat(report.accepted() + report.rejected()).isLessThanOrEqualTo(100);
        assertThat(report.unconfirmed())
            .isEqualTo(report.read() - report.accepted() - report.rejected());
      }
    }
    assertThat(entries).isGreaterThan(1 + 4 + 10 + 4 + 4);
  }

  // Whatever happens

  @Test
  void the_report_adds_up_whatever_happens() {
    for (long seed = 1; seed <= 60; seed++) {
      Random random = new Random(seed);
      Lab lab = new Lab();
      lab.klaviyo.on(".*", asked -> mishap(random));
      lab.klaviyo.failing(row -> Lab.number(row.email()) % 9 == 0);
      lab.klaviyo.status(
          job -> job.age().toSeconds() < job.rows().size() ? "queued" : random(random, "complete"));
      int customers = random.nextInt(400);
      Source source = new Source(customers, OptionalLong.empty());
      if (random.nextInt(3) == 0) {
        source.failAt(random.nextInt(customers + 1), new IOException("gone"));
      }
      if (random.nextInt(3) == 0) {
        lab.time.in(Duration.ofMillis(random.nextInt(60_000)), Thread.currentThread()::interrupt);
      }
      ExportReport report;
      try (SegmentExporter exporter =
          lab.exporter(source)
              .batchSize(1 + random.nextInt(100))
              .limit(1 + random.nextInt(500))
              .deadline(Duration.ofSeconds(1 + random.nextInt(10_000)))
              .build()) {
        report = exporter.export(Lab.VIP, Lab.LIST);
        assertThat(report.unsent()).as("seed " + seed).isZero();
        assertThat(report.read()).as("seed " + seed).isEqualTo(customers);
      } catch (ExportException stopped) {
        report = stopped.report();
        assertThat(stopped.reason()).as("seed " + seed).isNotEqualTo(Reason.FAULT);
      }
      Thread.interrupted();

      String seeded = "seed " + seed + ": " + report;
      assertThat(report.read())
          .as(seeded)
          .isEqualTo(
              report.accepted() + report.rejected() + report.duplicates() + report.unconfirmed());
      assertThat(report.read() - report.unsent() - report.rejected())
          .as(seeded)
          .isLessThanOrEqualTo(source.read);
      assertThat(report.accepted()).as(seeded).isLessThanOrEqualTo(lab.klaviyo.emails().size());
      assertThat(lab.klaviyo.asked())
          .as("exchanges left open, " + seeded)
          .extracting(Asked::exchange)
          .allMatch(exchange -> exchange.isDone());
    }
  }

  private static String random(Random random, String mostly) {
    return random.nextInt(5) == 0
        ? List.of("cancelled", "processing").get(random.nextInt(2))
        : mostly;
  }

  private static @Nullable Answer mishap(Random random) {
    return switch (random.nextInt(40)) {
      case 0 -> Answer.broken(Fate.UNKNOWN);
      case 1 -> Answer.broken(Fate.UNPROCESSED);
      case 2 -> Answer.silence();
      case 3 -> Answer.json(500, "");
      case 4 -> Answer.of(200, "text/html", "<html>");
      case 5 -> Answer.json(202, "{\"data\":");
      case 6 -> Answer.error(429, "throttled", "/data", "Retry-After", "" + random.nextInt(1_000));
      case 7 -> random.nextInt(3) > 0 ? null : Answer.error(400, "invalid", "/data");
      case 8 -> random.nextInt(5) > 0 ? null : Answer.error(403, "no", "/data");
      case 9 -> random.nextInt(5) > 0 ? null : Answer.failure(new IllegalStateException());
      case 10 -> SmallKlaviyo.refusing(400, random.ints(3, 0, 50), "/attributes/phone_number");
      default -> null;
    };
  }

  // Helpers

  private ExportException stoppedWithin(Duration deadline, List<CustomerProfile> customers) {
    try (SegmentExporter exporter =
        lab.exporter(segment -> ProfileReader.of(customers)).deadline(deadline).build()) {
      return Lab.stopped(exporter.prepare(Lab.VIP, Lab.LIST));
    }
  }

  /** Runs an export that is cancelled at a moment. */
  private ExportException cancelled(Duration when, List<CustomerProfile> customers, int batchSize) {
    Runnable[] held = new Runnable[1];
    try (SegmentExporter exporter =
        lab.exporter(segment -> ProfileReader.of(customers))
            .batchSize(batchSize)
            .executor(task -> held[0] = task)
            .build()) {
      ExportRun run = exporter.prepare(Lab.VIP, Lab.LIST).start();
      if (when.isZero()) {
        run.cancel();
      } else {
        lab.time.in(when, run::cancel);
      }
      held[0].run();
      try {
        run.report().toCompletableFuture().join();
        throw new AssertionError("It was not cancelled.");
      } catch (CompletionException ended) {
        return (ExportException) ended.getCause();
      }
    }
  }

  private static void assertSourceFailed(
      ExportException stopped, Exception failure, int afterProfiles) {
    assertThat(stopped.reason()).isEqualTo(Reason.SOURCE_FAILED);
    assertThat(stopped).hasCause(failure);
    assertThat(stopped)
        .message()
        .contains(
            "its source failed after " + afterProfiles + " profiles (",
            failure instanceof IOException
                ? "The table customers is locked)"
                : failure.getClass().getName())
        .doesNotContain("ada@");
    assertThat(stopped.report().read()).isEqualTo(afterProfiles);
  }

  /** Lets any throwable pass through an interface that declares less. */
  @SuppressWarnings("unchecked")
  private static <T extends Throwable> RuntimeException sneaky(Throwable failure) throws T {
    throw (T) failure;
  }

  /** Numbered customers, and what was done with their reader. */
  private static final class Source implements ProfileSource {
    private final int customers;
    private final OptionalLong size;
    private FieldNames fields = Lab.FIELDS;
    private int failAt = -1;
    private @Nullable Exception failure;
    private @Nullable Exception closing;
    private boolean interruptingFirst;
    private Runnable whenClosed = () -> {};
    private volatile int opened;
    private volatile int read;
    private volatile int closed;

    Source(int customers, OptionalLong size) {
      this.customers = customers;
      this.size = size;
    }

    void failAt(int profile, Exception failure) {
      this.failAt = profile;
      this.failure = failure;
    }

    @Override
    public ProfileReader open(Segment segment) {
      opened++;
      return new ProfileReader() {
        @Override
        public @Nullable CustomerProfile next() {
          if (read == failAt && failure != null) {
            if (interruptingFirst) {
              Thread.currentThread().interrupt();
            }
            throw sneaky(failure);
          }
          return read == customers ? null : Lab.customer(++read);
        }

        @Override
        public OptionalLong size() {
          return size;
        }

        @Override
        public Optional<FieldNames> fields() {
          return Optional.of(fields);
        }

        @Override
        public void close() {
          closed++;
          whenClosed.run();
          if (closing != null) {
            throw sneaky(closing);
          }
        }
      };
    }
  }
}
