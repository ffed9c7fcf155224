package io.github.klaviyoexport.internal.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportRun;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A source that blocks is interrupted when its run stops, and left behind if it does not heed that:
 * the run ends without it.
 */
@Timeout(60)
class BlockedSourceTest {
  private final Lab lab = new Lab();
  private final CountDownLatch let = new CountDownLatch(1);

  /** Three customers, and a call that does not return; one of them heeds interrupts. */
  private final class Blocked implements ProfileSource {
    final String method;
    final boolean heeding;
    final CountDownLatch reached = new CountDownLatch(1);
    final CountDownLatch closed = new CountDownLatch(1);
    volatile boolean interrupted;
    volatile @Nullable Thread thread;

    Blocked(String method, boolean heeding) {
      this.method = method;
      this.heeding = heeding;
    }

    private void at(String called) {
      if (!called.equals(method)) {
        return;
      }
      thread = Thread.currentThread();
      reached.countDown();
      while (let.getCount() > 0) {
        try {
          let.await();
        } catch (InterruptedException interrupt) {
          interrupted = true;
          if (heeding) {
            throw NumberedSource.sneaky(interrupt);
          }
        }
      }
    }

    @Override
    public ProfileReader open(Segment segment) {
      at("open()");
      return new ProfileReader() {
        private int read;

        @Override
        public CustomerProfile next() {
          if (read == 3) {
            at("next()");
          }
          return read == 3 && method.equals("close()") ? null : Lab.customer(++read);
        }

        @Override
        public void close() {
          at("close()");
          closed.countDown();
        }
      };
    }
  }

  @AfterEach
  void let_everything_go() {
    let.countDown();
  }

  @Execution(ExecutionMode.CONCURRENT)
  @ParameterizedTest
  @ValueSource(strings = {"open()", "next()"})
  void a_cancelled_run_ends_without_a_source_that_does_not_heed_an_interrupt(String method)
      throws Exception {
    Blocked source = new Blocked(method, false);
    try (SegmentExporter exporter = lab.exporter(source).build()) {
      ExportRun run = exporter.prepare(Lab.VIP, Lab.LIST).start();
      source.reached.await();

      run.cancel();

      ExportException stopped = ended(run);
      assertThat(stopped.reason()).isEqualTo(Reason.CANCELLED);
      assertThat(stopped)
          .message()
          .contains(
              "it was cancelled; run it again to export the rest. The source of segment vip did not"
                  + " return from "
                  + method
                  + " within 5 seconds of an interrupt, so its thread was left behind");
      assertThat(stopped.report().profiles().read()).isEqualTo(method.equals("next()") ? 3 : 0);
      assertThat(source.interrupted).isTrue();
    }
    let.countDown();
    assertThat(source.closed.await(10, TimeUnit.SECONDS)).as("closed after all").isTrue();
    assertThat(lab.klaviyo.emails()).as("what came later is ignored").isEmpty();
  }

  @Execution(ExecutionMode.CONCURRENT)
  @ParameterizedTest
  @ValueSource(strings = {"open()", "next()"})
  void the_deadline_ends_a_run_whose_source_blocks_on_the_callers_thread_too(String method) {
    Blocked source = new Blocked(method, false);
    try (SegmentExporter exporter = lab.exporter(source).deadline(Duration.ofSeconds(2)).build()) {
      ExportException stopped = Lab.stopped(exporter.prepare(Lab.VIP, Lab.LIST));

      assertThat(stopped.reason()).isEqualTo(Reason.DEADLINE);
      assertThat(stopped).hasMessageContaining("did not return from " + method);
    }
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Execution(ExecutionMode.CONCURRENT)
  @ParameterizedTest
  @ValueSource(strings = {"open()", "next()"})
  void a_source_that_is_waited_for_is_named_at_the_deadline_and_in_the_progress(String method) {
    Blocked source = new Blocked(method, true);
    try (SegmentExporter exporter = lab.exporter(source).deadline(Duration.ofSeconds(12)).build()) {
      ExportException stopped = Lab.stopped(exporter.prepare(Lab.VIP, Lab.LIST));

      String waitedFor = "the source of segment vip to return from " + method;
      assertThat(stopped)
          .hasMessageContaining(
              "its deadline of 12 seconds has passed while it waited for " + waitedFor + ". ");
      assertThat(lab.progresses)
          .anySatisfy(progress -> assertThat(progress.waitingFor()).hasValue(waitedFor));
    }
  }

  @Execution(ExecutionMode.CONCURRENT)
  @Test
  void closing_an_exporter_does_not_wait_for_a_source_that_blocks() throws Exception {
    Blocked source = new Blocked("next()", false);
    SegmentExporter exporter = lab.exporter(source).build();
    ExportRun run = exporter.prepare(Lab.VIP, Lab.LIST).start();
    source.reached.await();

    exporter.close();

    assertThat(ended(run).reason()).isEqualTo(Reason.CANCELLED);
  }

  @Execution(ExecutionMode.CONCURRENT)
  @Test
  void a_source_that_heeds_the_interrupt_is_closed_and_nothing_is_said_of_it() throws Exception {
    Blocked source = new Blocked("next()", true);
    try (SegmentExporter exporter = lab.exporter(source).build()) {
      ExportRun run = exporter.prepare(Lab.VIP, Lab.LIST).start();
      source.reached.await();

      run.cancel();

      ExportException stopped = ended(run);
      assertThat(stopped.reason()).isEqualTo(Reason.CANCELLED);
      assertThat(stopped).message().doesNotContain("left behind");
      assertThat(source.closed.getCount()).isZero();
    }
  }

  @Execution(ExecutionMode.CONCURRENT)
  @Test
  void an_interrupt_of_the_callers_thread_reaches_the_source() throws Exception {
    Blocked source = new Blocked("next()", true);
    Thread caller = Thread.currentThread();
    Thread interrupter =
        new Thread(
            () -> {
              try {
                source.reached.await();
                caller.interrupt();
              } catch (InterruptedException impossible) {
                throw new AssertionError(impossible);
              }
            });
    try (SegmentExporter exporter = lab.exporter(source).build()) {
      interrupter.start();
      ExportException stopped = Lab.stopped(exporter.prepare(Lab.VIP, Lab.LIST));

      assertThat(Thread.interrupted()).as("the flag is set again").isTrue();
      assertThat(stopped.reason()).isEqualTo(Reason.INTERRUPTED);
      assertThat(source.interrupted).isTrue();
    }
    interrupter.join();
  }

  @Execution(ExecutionMode.CONCURRENT)
  @Test
  void a_source_that_takes_its_time_to_close_keeps_no_job_from_being_confirmed() {
    Blocked source = new Blocked("close()", false);
    ExportListener letting =
        new ExportListener() {
          @Override
          public void jobFinished(ExportReport.Job job) {
            let.countDown();
          }
        };
    try (SegmentExporter exporter = lab.exporter(source).listener(letting).build()) {
      ExportReport report = exporter.export(Lab.VIP, Lab.LIST);

      assertThat(report.profiles().accepted()).isEqualTo(3);
      assertThat(source.closed.getCount()).as("closed before the export returns").isZero();
    }
  }

  @Execution(ExecutionMode.CONCURRENT)
  @Test
  void a_source_that_does_not_close_in_a_stopped_run_is_left_behind() throws Exception {
    Blocked source = new Blocked("close()", false);
    lab.klaviyo.status(job -> "processing");
    SegmentExporter exporter = lab.exporter(source).build();
    ExportRun run = exporter.prepare(Lab.VIP, Lab.LIST).deadline(Duration.ofSeconds(3)).start();

    ExportException stopped = ended(run);

    assertThat(stopped.reason()).isEqualTo(Reason.DEADLINE);
    assertThat(stopped).hasMessageContaining("did not return from close()");
    exporter.close();
  }

  @Execution(ExecutionMode.CONCURRENT)
  @Test
  void a_mirror_ends_without_a_source_that_blocks() throws Exception {
    Blocked source = new Blocked("next()", false);
    try (SegmentExporter exporter = lab.exporter(source).mode(SyncMode.MIRROR).build()) {
      ExportRun run = exporter.prepare(Lab.VIP, Lab.LIST).start();
      source.reached.await();

      run.cancel();

      assertThat(ended(run)).hasMessageContaining("did not return from next()");
    }
  }

  @Execution(ExecutionMode.CONCURRENT)
  @Test
  void a_source_cannot_close_the_exporter_that_reads_it() {
    SegmentExporter[] exporter = new SegmentExporter[1];
    Throwable[] refused = new Throwable[1];
    exporter[0] =
        lab.exporter(
                segment -> {
                  refused[0] =
                      catchThrowableOfType(IllegalStateException.class, exporter[0]::close);
                  return ProfileReader.of(Lab.customers(3));
                })
            .build();

    assertThat(exporter[0].export(Lab.VIP, Lab.LIST).profiles().accepted()).isEqualTo(3);

    assertThat(refused[0]).hasMessageContaining("An export cannot close its exporter");
    exporter[0].close();
  }

  private static ExportException ended(ExportRun run) {
    try {
      throw new AssertionError("It ended: " + run.report().toCompletableFuture().join());
    } catch (CompletionException stopped) {
      return (ExportException) stopped.getCause();
    }
  }
}
