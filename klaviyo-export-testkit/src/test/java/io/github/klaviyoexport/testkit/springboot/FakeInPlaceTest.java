package io.github.klaviyoexport.testkit.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.catalog.Actor;
import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.CatalogStore;
import io.github.klaviyoexport.catalog.Connection;
import io.github.klaviyoexport.catalog.ConnectionDefinition;
import io.github.klaviyoexport.catalog.ExportDefinition;
import io.github.klaviyoexport.catalog.MemoryCatalogStore;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.RunStatus;
import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.springboot.KlaviyoExportAutoConfiguration;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.InMemorySegments;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** One property puts a fake account in place of Klaviyo. */
class FakeInPlaceTest {
  private static final CustomerProfile ADA =
      CustomerProfile.of("c-17", Map.of("email", "ada@shop.example"));

  @Configuration(proxyBeanMethods = false)
  static class Account {
    // @start region="customizer"
    @Bean
    FakeKlaviyoCustomizer lists() {
      return account -> account.list("Y6nRLr", "VIP").list("QwErTy", "Newsletter");
    }
    // @end
  }

  private final ApplicationContextRunner without =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  FakeKlaviyoAutoConfiguration.class, KlaviyoExportAutoConfiguration.class))
          .withBean(ProfileSource.class, () -> InMemorySegments.of("vip-eu", ADA))
          .withBean(FieldMapping.class, () -> FieldMapping.email("email"));

  private final ApplicationContextRunner runner =
      without.withPropertyValues("klaviyo.export.fake.enabled=true");

  @Test
  void exports_go_to_the_fake_and_no_key_is_needed() {
    runner.run(
        context -> {
          // @start region="fake"
          SegmentExporter exporter = context.getBean(SegmentExporter.class);
          FakeKlaviyo klaviyo = context.getBean(FakeKlaviyo.class);

          ExportReport report = exporter.export(Segment.named("vip-eu"), klaviyo.listId());

          assertThat(report.isClean()).isTrue();
          assertThat(klaviyo.list().emails()).containsExactly("ada@shop.example");
          // @end
        });
  }

  @Test
  void without_the_property_there_is_none() {
    without.run(
        context ->
            assertThat(context)
                .hasNotFailed()
                .doesNotHaveBean(FakeKlaviyo.class)
                .doesNotHaveBean(SegmentExporter.class));
  }

  @Test
  void its_page_shows_it_and_it_ends_with_the_context() {
    List<FakeKlaviyo> accounts = new ArrayList<>();

    runner.run(
        context -> {
          FakeKlaviyo klaviyo = context.getBean(FakeKlaviyo.class);
          accounts.add(klaviyo);
          var page =
              HttpClient.newHttpClient()
                  .send(HttpRequest.newBuilder(klaviyo.baseUrl()).build(), BodyHandlers.ofString());
          assertThat(page.body()).contains("<html");
        });

    assertThat(accounts.get(0))
        .satisfies(
            closed ->
                org.assertj.core.api.Assertions.assertThatThrownBy(closed::connection)
                    .isInstanceOf(IllegalStateException.class));
  }

  @Test
  void a_connection_of_the_applications_leads_to_the_fake_as_well() {
    runner
        .withBean(KlaviyoConnection.class, () -> KlaviyoConnection.of(ApiKey.of("pk_real_account")))
        .run(
            context -> {
              FakeKlaviyo klaviyo = context.getBean(FakeKlaviyo.class);
              assertThat(context.getBean(KlaviyoConnection.class).baseUrl())
                  .isEqualTo(klaviyo.baseUrl());
            });
  }

  @Test
  void connections_of_the_catalog_lead_to_the_fake_whatever_their_credentials() {
    runner
        .withBean(CatalogStore.class, MemoryCatalogStore::create)
        .withPropertyValues("klaviyo.export.catalog.enabled=true")
        .run(
            context -> {
              Catalog catalog = context.getBean(Catalog.class);
              FakeKlaviyo klaviyo = context.getBean(FakeKlaviyo.class);
              Actor kim = Actor.administrator("kim");
              Connection connection =
                  catalog.add(kim, ConnectionDefinition.apiKey("Klaviyo", "env:NOT_SET_HERE"));
              catalog.accept(kim, connection.id());
              catalog.connect(kim, connection.id());
              var export =
                  catalog.save(
                      kim,
                      ExportDefinition.named("VIPs")
                          .connection(connection.id())
                          .list(klaviyo.listId())
                          .segments("vip-eu")
                          .mapping(FieldMapping.email("email")));

              RunRecord run = catalog.await(catalog.run(kim, export.id()).id());

              assertThat(run.status()).isEqualTo(RunStatus.SUCCESSFUL);
              assertThat(klaviyo.list().emails()).containsExactly("ada@shop.example");
            });
  }

  @Test
  void customizers_fit_it_out() {
    runner
        .withUserConfiguration(Account.class)
        .run(context -> assertThat(context.getBean(FakeKlaviyo.class).lists()).hasSize(2));
  }

  @Test
  void every_listener_bean_hears_of_exports() {
    List<ListId> heard = new ArrayList<>();
    ExportListener listener =
        new ExportListener() {
          @Override
          public void started(Segment segment, ListId list) {
            heard.add(list);
          }
        };

    runner
        .withBean(ExportListener.class, () -> listener)
        .run(
            context -> {
              ListId list = context.getBean(FakeKlaviyo.class).listId();
              context.getBean(SegmentExporter.class).export(Segment.named("vip-eu"), list);
              assertThat(heard).containsExactly(list);
            });
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_21)
  void exports_run_on_virtual_threads_where_the_application_asks_for_them() {
    List<String> threads = new ArrayList<>();
    ExportListener listener =
        new ExportListener() {
          @Override
          public void started(Segment segment, ListId list) {
            threads.add(Thread.currentThread().toString());
          }
        };

    runner
        .withBean(ExportListener.class, () -> listener)
        .withPropertyValues("spring.threads.virtual.enabled=true")
        .run(
            context -> {
              ListId list = context.getBean(FakeKlaviyo.class).listId();
              context
                  .getBean(SegmentExporter.class)
                  .prepare(Segment.named("vip-eu"), list)
                  .start()
                  .report()
                  .toCompletableFuture()
                  .join();
              assertThat(threads).singleElement().asString().startsWith("VirtualThread[");
            });
  }
}
