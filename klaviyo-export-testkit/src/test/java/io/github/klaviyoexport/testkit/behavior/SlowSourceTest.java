package io.github.klaviyoexport.testkit.behavior;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportRun;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** While a source takes its time, its export goes on with all else, in real time. */
@Timeout(60)
class SlowSourceTest {
  private static final Segment SEGMENT = Segment.named("vip-eu");

  private final CountDownLatch let = new CountDownLatch(1);

  /** Five customers, the last of them when the source is let. */
  private ProfileSource source() {
    return segment ->
        new ProfileReader() {
          private int read;

          @Override
          public @Nullable CustomerProfile next() {
            boolean waits = read == 4;
            while (waits && let.getCount() > 0) {
              try {
                let.await();
              } catch (InterruptedException unheeded) {
                // As some drivers do.
              }
            }
            read++;
            return read > 5
                ? null
                : CustomerProfile.of(
                    "c-" + read, Map.of("EMailAddress", "c." + read + "@shop.example"));
          }
        };
  }

  private SegmentExporter exporter(FakeKlaviyo klaviyo, ExportListener listener) {
    return SegmentExporter.builder()
        .source(source())
        .klaviyo(klaviyo.httpConnection())
        .mapping(FieldMapping.email("EMailAddress"))
        .batchSize(2)
        .listener(listener)
        .build();
  }

  @Test
  void jobs_are_confirmed_while_the_source_is_busy() {
    ExportListener letting =
        new ExportListener() {
          @Override
          public void jobFinished(ExportReport.Job job) {
            let.countDown();
          }
        };
    try (FakeKlaviyo klaviyo = FakeKlaviyo.start();
        SegmentExporter exporter = exporter(klaviyo, letting)) {
      ExportReport report = exporter.export(SEGMENT, klaviyo.listId());

      assertThat(report.profiles().accepted()).isEqualTo(5);
    }
  }

  @Test
  void what_was_handed_over_is_confirmed_although_the_source_is_left_behind() throws Exception {
    CountDownLatch sent = new CountDownLatch(2);
    ExportListener counting =
        new ExportListener() {
          @Override
          public void batchSent(String jobId, int profiles, long bytes) {
            sent.countDown();
          }
        };
    try (FakeKlaviyo klaviyo = FakeKlaviyo.start();
        SegmentExporter exporter = exporter(klaviyo, counting)) {
      ExportRun run = exporter.prepare(SEGMENT, klaviyo.listId()).start();
      sent.await();

      run.cancel();

      ExportException stopped = stopped(run);
      assertThat(stopped).hasMessageContaining("did not return from next()");
      assertThat(stopped.report().profiles().accepted()).isEqualTo(4);
      assertThat(stopped.report().isConfirmed()).isTrue();
      let.countDown();
    }
  }

  private static ExportException stopped(ExportRun run) {
    try {
      throw new AssertionError("It ended: " + run.report().toCompletableFuture().join());
    } catch (CompletionException stopped) {
      return (ExportException) stopped.getCause();
    }
  }
}
