package io.github.klaviyoexport.internal.export;

import static io.github.klaviyoexport.testing.SmallKlaviyo.IMPORT;
import static io.github.klaviyoexport.testing.SmallKlaviyo.LISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.JobStatus;
import io.github.klaviyoexport.ExportRun;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What ends a run before its work is done: an interrupt, cancelling, closing the exporter. */
class StoppedRunTest {
  private final Lab lab = new Lab();

  @AfterEach
  void nothing_is_left_of_an_interrupt() {
    Thread.interrupted();
  }

  // Interrupt

  @Test
  void an_interrupt_hands_nothing_more_over_confirms_what_is_and_sets_the_flag_again() {
    NumberedSource source = new NumberedSource(100_000, OptionalLong.empty());
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
    assertThat(report.profiles().accepted()).isEqualTo(lab.klaviyo.emails().size()).isPositive();
    assertThat(report.profiles().unconfirmed()).isEqualTo(report.profiles().unsent()).isPositive();
    assertThat(lab.time.elapsed()).isLessThan(Duration.ofSeconds(20));
    assertThat(source.closed).isEqualTo(1);
  }

  @Test
  void the_flag_is_set_again_only_when_all_is_closed_and_told() {
    NumberedSource source = new NumberedSource(5, OptionalLong.empty());
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
    assertThat(stopped.report().profiles().unconfirmed()).isEqualTo(5);
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
      NumberedSource source = new NumberedSource(1_000, OptionalLong.empty());
      source.failAt(at, failure);
      source.interruptingFirst = !(failure instanceof InterruptedIOException);

      ExportException stopped = lab.stopped(source);

      assertThat(Thread.interrupted()).isTrue();
      assertThat(stopped.reason()).isEqualTo(Reason.INTERRUPTED);
      assertThat(lab.klaviyo.asked(IMPORT)).isEmpty();
      assertThat(stopped.report().profiles().unsent()).isEqualTo(at);
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
    assertThat(stopped.report().profiles().accepted())
        .isEqualTo(lab.klaviyo.emails().size())
        .isPositive();
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

    assertThat(stopped.report().profiles().accepted()).isEqualTo(10);
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
                        Answer.json(
                                202,
                                "{\"data\":{\"type\":\"profile-bulk-import-job\",\"id\":\"late\",\"attributes\":{}}}")
                            .to(exchange, time)));
    lab.klaviyo.on(
        LISTING,
        Answer.json(
            200,
            "{\"data\":[{\"type\":\"profile-bulk-import-job\",\"id\":\"late\",\"attributes\":{\"status\":\"complete\",\"failed_count\":0}}]}"));

    ExportException stopped = cancelled(Duration.ofSeconds(5), Lab.customers(10), 10);

    assertThat(stopped.report().profiles().accepted()).isEqualTo(10);
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

      assertThat(run.report())
          .isCompletedWithValueMatching(report -> report.profiles().accepted() == 5);
      assertThat(run.progress().accepted()).isEqualTo(5);
    }
  }

  @Test
  @Timeout(60)
  void closing_an_exporter_cancels_its_exports_and_waits_for_them() throws Exception {
    NumberedSource endless = new NumberedSource(Integer.MAX_VALUE, OptionalLong.empty());
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
                    throw NumberedSource.sneaky(refusal);
                  })
              .build();

      assertThatThrownBy(() -> exporter.prepare(Lab.VIP, Lab.LIST).start()).isSameAs(refusal);
      exporter.close();
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
}
