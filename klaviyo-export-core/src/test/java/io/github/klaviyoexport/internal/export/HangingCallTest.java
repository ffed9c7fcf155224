package io.github.klaviyoexport.internal.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportRun;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.journal.MemoryJournal;
import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testing.LogLines;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Code that an export calls on its own thread, and that does not return, holds up that export: its
 * exporter is closed without it, and says so.
 */
@Timeout(60)
class HangingCallTest {
  private final Lab lab = new Lab();
  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch let = new CountDownLatch(1);

  private enum Callee {
    LISTENER {
      @Override
      SegmentExporter.Builder of(HangingCallTest test, SegmentExporter.Builder exporter) {
        return exporter.listener(
            new ExportListener() {
              @Override
              public void batchSent(String jobId, int profiles, long bytes) {
                test.hang();
              }
            });
      }
    },
    MAPPING {
      @Override
      SegmentExporter.Builder of(HangingCallTest test, SegmentExporter.Builder exporter) {
        return exporter.mapping(
            FieldMapping.email("Email")
                .computed(
                    "tier",
                    customer -> {
                      test.hang();
                      return 1;
                    }));
      }
    },
    JOURNAL {
      @Override
      SegmentExporter.Builder of(HangingCallTest test, SegmentExporter.Builder exporter) {
        MemoryJournal journal = MemoryJournal.create();
        return exporter.journal(
            key -> {
              test.hang();
              return journal.open(key);
            });
      }
    },
    TOKEN_SUPPLIER {
      @Override
      SegmentExporter.Builder of(HangingCallTest test, SegmentExporter.Builder exporter) {
        return exporter.klaviyo(
            KlaviyoConnection.oauth(
                    () -> {
                      test.hang();
                      return "token";
                    })
                .transport(test.lab.klaviyo));
      }
    },
    TRANSPORT {
      @Override
      SegmentExporter.Builder of(HangingCallTest test, SegmentExporter.Builder exporter) {
        return exporter.klaviyo(
            KlaviyoConnection.of(ApiKey.of("pk_0123456789"))
                .transport(
                    request -> {
                      test.hang();
                      return test.lab.klaviyo.send(request);
                    }));
      }
    };

    abstract SegmentExporter.Builder of(HangingCallTest test, SegmentExporter.Builder exporter);
  }

  private void hang() {
    reached.countDown();
    boolean over = false;
    while (!over) {
      try {
        let.await();
        over = true;
      } catch (InterruptedException unheeded) {
        // The most stubborn callee there is.
      }
    }
  }

  private static ProfileSource three() {
    return segment -> ProfileReader.of(Lab.customers(3));
  }

  @Execution(ExecutionMode.CONCURRENT)
  @ParameterizedTest
  @EnumSource
  void an_exporter_is_closed_without_an_export_whose_call_does_not_return(Callee callee)
      throws Exception {
    SegmentExporter exporter = callee.of(this, lab.exporter(three())).build();
    ExportRun run = exporter.prepare(Segment.named(callee.name()), Lab.LIST).start();
    reached.await();

    try (LogLines log = new LogLines()) {
      exporter.closeWhenDone(Duration.ofMillis(100), Duration.ofSeconds(1));

      assertThat(run.report().toCompletableFuture()).isNotDone();
      assertThat(log.lines())
          .anySatisfy(
              line ->
                  assertThat(line)
                      .startsWith(
                          "WARNING The export of segment " + callee + " to list Y6nRLr did not end")
                      .contains("has not returned from " + HangingCallTest.class.getName()));
    } finally {
      let.countDown();
    }
    assertThatThrownBy(() -> run.report().toCompletableFuture().get(30, TimeUnit.SECONDS))
        .as("it ends when the call returns")
        .cause()
        .hasMessageContaining("its exporter was closed");
  }

  @Test
  void an_export_cannot_close_its_exporter_before_it_begins_either() {
    SegmentExporter exporter = lab.exporter(three()).build();

    assertThatThrownBy(() -> exporter.prepare(Lab.VIP, Lab.LIST).run(run -> exporter.close()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("close the exporter from another thread");

    assertThat(exporter.export(Lab.VIP, Lab.LIST).profiles().accepted()).isEqualTo(3);
    exporter.close();
  }
}
