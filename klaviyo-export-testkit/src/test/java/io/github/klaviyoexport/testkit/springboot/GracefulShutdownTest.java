package io.github.klaviyoexport.testkit.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.springboot.KlaviyoExportAutoConfiguration;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.InMemorySegments;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;

/** What becomes of exports that run when their application closes. */
class GracefulShutdownTest {
  private static final CustomerProfile ADA =
      CustomerProfile.of("c-17", Map.of("email", "ada@shop.example"));

  private final List<String> happened = new CopyOnWriteArrayList<>();
  private final CountDownLatch handedOver = new CountDownLatch(1);

  /** Tells of the export, and when Klaviyo has what it is to import. */
  private final ExportListener watch =
      new ExportListener() {
        @Override
        public void batchSent(String jobId, int profiles, long bytes) {
          handedOver.countDown();
        }

        @Override
        public void finished(ExportReport report) {
          happened.add("the export has ended");
        }
      };

  /** Returns a database that tells when it is closed. */
  private DataSource database() {
    JdbcDataSource h2 = new JdbcDataSource();
    h2.setURL("jdbc:h2:mem:shutdown" + System.identityHashCode(h2) + ";DB_CLOSE_DELAY=-1");
    return (DataSource)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {DataSource.class, AutoCloseable.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("close")) {
                happened.add("the database is closed");
                return null;
              }
              return method.invoke(h2, arguments);
            });
  }

  /** What stands for a web server: it stops in the phase in which Spring Boot's does. */
  private final class WebServer implements SmartLifecycle {
    private volatile boolean running;

    @Override
    public void start() {
      running = true;
    }

    @Override
    public void stop() {
      running = false;
      happened.add("the web server has stopped");
    }

    @Override
    public boolean isRunning() {
      return running;
    }

    @Override
    public int getPhase() {
      return SmartLifecycle.DEFAULT_PHASE - 2048;
    }
  }

  private ApplicationContextRunner service(Duration jobs) {
    return new ApplicationContextRunner()
        .withConfiguration(
            AutoConfigurations.of(
                FakeKlaviyoAutoConfiguration.class, KlaviyoExportAutoConfiguration.class))
        .withBean(ProfileSource.class, () -> InMemorySegments.of("vip-eu", ADA))
        .withBean(FieldMapping.class, () -> FieldMapping.email("email"))
        .withBean(FakeKlaviyoCustomizer.class, () -> account -> account.jobDuration(jobs))
        .withBean(ExportListener.class, () -> watch)
        .withBean(WebServer.class, WebServer::new)
        .withBean(DataSource.class, this::database)
        .withPropertyValues(
            "klaviyo.export.fake.enabled=true", "klaviyo.export.journal.database=true");
  }

  private CompletableFuture<ExportReport> begin(ConfigurableApplicationContext context)
      throws InterruptedException {
    CompletableFuture<ExportReport> report =
        context
            .getBean(SegmentExporter.class)
            .prepare(Segment.named("vip-eu"), context.getBean(FakeKlaviyo.class).listId())
            .start()
            .report()
            .toCompletableFuture();
    assertThat(handedOver.await(20, TimeUnit.SECONDS)).isTrue();
    return report;
  }

  @Test
  void an_export_comes_to_its_end_after_the_web_server_and_before_the_database() {
    service(Duration.ofMillis(400))
        .run(
            context -> {
              CompletableFuture<ExportReport> report = begin(context);

              context.close();

              assertThat(report.join().isClean()).isTrue();
              assertThat(happened)
                  .containsExactly(
                      "the web server has stopped",
                      "the export has ended",
                      "the database is closed");
            });
  }

  @Test
  void an_export_that_takes_longer_than_there_is_time_is_cancelled_and_can_be_resumed() {
    service(Duration.ofHours(1))
        .withPropertyValues("spring.lifecycle.timeout-per-shutdown-phase=300ms")
        .run(
            context -> {
              CompletableFuture<ExportReport> report = begin(context);

              context.close();

              assertThat(report)
                  .failsWithin(Duration.ZERO)
                  .withThrowableThat()
                  .havingCause()
                  .isInstanceOfSatisfying(
                      ExportException.class,
                      stopped ->
                          assertThat(stopped.reason()).isEqualTo(ExportException.Reason.CANCELLED));
              assertThat(happened)
                  .containsExactly(
                      "the web server has stopped",
                      "the export has ended",
                      "the database is closed");
            });
  }

  @Test
  void an_exporter_that_was_never_asked_for_is_not_made_to_be_closed() {
    service(Duration.ofMillis(400))
        .withBean(
            SegmentExporter.class,
            () -> {
              throw new AssertionError("not made");
            },
            definition -> definition.setLazyInit(true))
        .run(context -> context.close());
    assertThat(happened).containsExactly("the web server has stopped", "the database is closed");
  }

  @Test
  void an_application_that_is_paused_keeps_its_exporter() {
    service(Duration.ZERO)
        .run(
            context -> {
              SegmentExporter exporter = context.getBean(SegmentExporter.class);
              context.stop();
              context.start();

              assertThat(
                      exporter
                          .export(
                              Segment.named("vip-eu"), context.getBean(FakeKlaviyo.class).listId())
                          .isClean())
                  .isTrue();
            });
  }
}
