package example.shop.loyalty;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.springboot.FakeKlaviyoCustomizer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

/** The service stops while an export runs: that comes to its end first. */
class GracefulStopTest {
  private static final CountDownLatch HANDED_OVER = new CountDownLatch(1);
  private static final List<String> HAPPENED = new CopyOnWriteArrayList<>();

  @TestConfiguration(proxyBeanMethods = false)
  static class SlowKlaviyo {
    @Bean
    FakeKlaviyoCustomizer imports() {
      return account -> account.jobDuration(Duration.ofSeconds(1));
    }

    @Bean
    ExportListener watch(DataSource database) {
      return new ExportListener() {
        @Override
        public void batchSent(String jobId, int profiles, long bytes) {
          HANDED_OVER.countDown();
        }

        @Override
        public void finished(ExportReport report) {
          try (Connection open = database.getConnection()) {
            HAPPENED.add("accepted " + report.profiles().accepted() + ", database open");
          } catch (java.sql.SQLException closed) {
            HAPPENED.add("the database was closed before the export had ended");
          }
        }
      };
    }
  }

  @Test
  void an_export_that_runs_comes_to_its_end_while_the_database_is_open() throws Exception {
    ConfigurableApplicationContext service =
        new SpringApplicationBuilder(LoyaltyService.class, SlowKlaviyo.class)
            .run(
                "--server.port=0",
                "--spring.datasource.url=jdbc:h2:mem:stopping;DATABASE_TO_LOWER=TRUE",
                "--klaviyo.export.fake.enabled=true");
    FakeKlaviyo klaviyo = service.getBean(FakeKlaviyo.class);
    String port = service.getEnvironment().getProperty("local.server.port");
    HttpRequest start =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/exports/vip-eu/start"))
            .POST(BodyPublishers.noBody())
            .build();
    assertThat(HttpClient.newHttpClient().send(start, BodyHandlers.ofString()).statusCode())
        .isEqualTo(202);
    assertThat(HANDED_OVER.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(HAPPENED).isEmpty();

    assertThat(SpringApplication.exit(service)).isZero();

    assertThat(HAPPENED).containsExactly("accepted 2, database open");
    assertThat(klaviyo.requests()).isNotEmpty();
  }
}
