package io.github.klaviyoexport.catalog;

import static java.time.DayOfWeek.MONDAY;
import static java.time.DayOfWeek.THURSDAY;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.RejectionFile;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.klaviyo.KlaviyoRequest;
import io.github.klaviyoexport.klaviyo.KlaviyoResponse;
import io.github.klaviyoexport.klaviyo.KlaviyoTransport;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.testing.Databases;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples in the Javadoc of the catalog's types: they run. */
class CatalogExamplesTest {
  private static final String LISTS =
      """
      {"data": [{"type": "list", "id": "Y6nRLr", "attributes": {"name": "VIP"}}],
       "links": {"next": null}}""";

  private static final String ACCOUNT =
      """
      {"data": [{"type": "account", "id": "AbC123", "attributes": {
        "test_account": true, "timezone": "Europe/Helsinki",
        "contact_information": {"organization_name": "Shop"}}}]}""";

  private static final Map<String, String> TOLD =
      Map.of(
          "/api/accounts",
          ACCOUNT,
          "/api/lists",
          LISTS,
          "/api/lists/Y6nRLr",
          """
          {"data": {"type": "list", "id": "Y6nRLr", "attributes": {"name": "VIP"}}}""");

  /** A Klaviyo that tells of itself and its lists, and takes nothing. */
  private static KlaviyoResponse answer(KlaviyoRequest request) {
    String body = TOLD.get(request.uri().getPath());
    return KlaviyoResponse.of(
        body == null ? 403 : 200,
        Map.of("Content-Type", List.of("application/vnd.api+json")),
        (body == null ? "{}" : body).getBytes(StandardCharsets.UTF_8));
  }

  private static final ProfileSource SEGMENTS =
      segment ->
          ProfileReader.of(
              List.of(CustomerProfile.of("c-1", Map.of("EMailAddress", "ada@shop.example"))));

  @Test
  void a_catalog_is_opened_and_exports_are_saved_in_it(@TempDir Path temp) throws IOException {
    Path directory = temp.resolve("exports");
    String keyFile = "file:" + Files.writeString(temp.resolve("key"), "pk_example_1234567890");
    KlaviyoTransport transport = request -> CompletableFuture.completedFuture(answer(request));
    ProfileSource segments = SEGMENTS;
    // @start region="catalog"
    Catalog catalog =
        Catalog.builder()
            .store(FileCatalogStore.in(directory))
            .source(segments)
            .klaviyo(connection -> connection.transport(transport))
            .build();
    Actor kim = Actor.administrator("kim");

    String id = catalog.add(kim, ConnectionDefinition.apiKey("Klaviyo EU", keyFile)).id();
    catalog.accept(kim, id);
    catalog.connect(kim, id);
    SavedExport export =
        catalog.save(
            kim,
            ExportDefinition.named("VIPs for the newsletter")
                .connection(id)
                .listNamed("VIP")
                .segments("vip-eu", "vip-us")
                .mapping(FieldMapping.email("EMailAddress")));

    catalog.refresh(); // whenever the segments are refreshed
    List<RunRecord> runs = catalog.history(kim, export.id());
    // @end
    RunRecord ended = catalog.await(runs.get(0).id());
    catalog.close();

    assertThat(ended.trigger()).isEqualTo(RunRecord.Trigger.REFRESH);
    assertThat(ended.status()).isEqualTo(RunStatus.FAILED_PERMANENTLY);
    assertThat(ended.message()).contains("lacks a scope");
    assertThat(export.list().value()).isEqualTo("Y6nRLr");
  }

  @Test
  void definitions_say_what_is_decided() {
    String connectionId = "klaviyo-eu-1";
    // @start region="connection"
    ConnectionDefinition connection =
        ConnectionDefinition.apiKey("Klaviyo EU", "env:KLAVIYO_API_KEY")
            .sharedWithContributors(true)
            .exportUser("marketing-ops");
    // @end
    // @start region="export"
    ExportDefinition export =
        ExportDefinition.named("VIPs for the newsletter")
            .connection(connectionId)
            .listNamed("VIP") // or .list(ListId.of("Y6nRLr"))
            .segments("vip-eu", "vip-us")
            .mapping(FieldMapping.email("EMailAddress").firstName("FirstName"))
            .mode(SyncMode.MIRROR) // leavers leave the list
            .schedule(Schedule.daily("Europe/Helsinki", LocalTime.of(6, 0)));
    // @end

    assertThat(connection.sharedWithContributors()).isTrue();
    assertThat(connection.exportUser()).isEqualTo("marketing-ops");
    assertThat(export.listName()).isEqualTo("VIP");
    assertThat(export.segments()).hasSize(2);
    assertThat(export.limit()).isEqualTo(100_000);
  }

  @Test
  void schedules_are_of_four_kinds() {
    // @start region="schedule"
    Schedule never = Schedule.off(); // on demand only
    Schedule refreshed = Schedule.everyRefresh(); // with Catalog.refresh()
    Schedule daily = Schedule.daily("Europe/Helsinki", LocalTime.of(6, 0), LocalTime.of(18, 0));
    Schedule weekly =
        Schedule.weekly("America/New_York", EnumSet.of(MONDAY, THURSDAY), LocalTime.of(2, 30));
    // @end

    assertThat(never).hasToString("off");
    assertThat(refreshed).hasToString("every refresh");
    assertThat(daily).hasToString("daily at 06:00, 18:00 (Europe/Helsinki)");
    assertThat(weekly).hasToString("MONDAY, THURSDAY at 02:30 (America/New_York)");
  }

  @Test
  void secrets_are_read_by_reference() throws IOException {
    Map<String, String> vault = Map.of("marketing/klaviyo", "pk_of_the_vault");
    // @start region="secrets"
    SecretStore secrets =
        SecretStore.standard().with("vault", reference -> vault.get(reference.place()));
    // @end
    // @start region="reference"
    SecretReference variable = SecretReference.of("env:KLAVIYO_API_KEY");
    SecretReference file = SecretReference.of("file:/run/secrets/klaviyo");
    SecretReference entry = SecretReference.of("vault:marketing/klaviyo");
    // @end

    assertThat(List.of(variable.scheme(), file.scheme())).containsExactly("env", "file");
    assertThat(secrets.read(entry)).isEqualTo("pk_of_the_vault");
  }

  @Test
  void actors_have_one_of_three_roles() {
    // @start region="actor"
    Actor kim = Actor.administrator("kim");
    Actor robin = Actor.contributor("robin");
    Actor sam = Actor.viewer("sam");
    // @end

    assertThat(List.of(kim, robin, sam))
        .extracting(Actor::role)
        .containsExactly(Actor.Role.values());
  }

  @Test
  void stores_are_opened_in_the_same_way(@TempDir Path directory) {
    DataSource dataSource = Databases.h2();
    // @start region="memory"
    CatalogStore memory = MemoryCatalogStore.create();
    // @end
    // @start region="files"
    CatalogStore files = FileCatalogStore.in(directory);
    // @end
    // @start region="jdbc"
    CatalogStore database = JdbcCatalogStore.on(dataSource).tablePrefix("crm_klaviyo_");
    // @end

    assertThat(List.of(memory, files, database))
        .allSatisfy(store -> assertThat(store.list(CatalogStore.Kind.EXPORT, "")).isEmpty());
  }

  @Test
  void a_scheduler_and_a_listener_look_after_a_catalog(@TempDir Path directory) {
    List<String> alarms = new ArrayList<>();
    // @start region="listener"
    CatalogListener onCall =
        new CatalogListener() {
          @Override
          public void failedPermanently(RunRecord run) {
            alarms.add(run.toString());
          }
        };
    // @end
    try (Catalog catalog =
        Catalog.builder()
            .store(MemoryCatalogStore.create())
            .source(SEGMENTS)
            .listener(onCall)
            // @start region="klaviyo"
            .klaviyo(connection -> connection.share(0.5))
            // @end
            // @start region="exportListener"
            .exportListener(
                run ->
                    RejectionFile.csv(directory.resolve(run.id() + "-" + run.attempt() + ".csv")))
            // @end
            .build()) {
      // @start region="scheduler"
      CatalogScheduler scheduler = CatalogScheduler.start(catalog);
      // when the application stops:
      scheduler.close();
      // @end
      assertThat(catalog.nextDue()).isEmpty();
      // @start region="shutdown"
      // before the 30 seconds are over that a container has to stop
      catalog.close(Duration.ofSeconds(25));
      // @end
    }
    assertThat(alarms).isEmpty();
  }

  @Test
  void what_is_decided_is_kept_and_sent_as_json() {
    // @start region="json"
    ExportDefinition vips =
        ExportDefinition.named("VIPs")
            .listNamed("VIP")
            .segments("vip-eu")
            .mapping(FieldMapping.email("EMailAddress").firstName("FirstName"));
    String json = vips.toJson();

    ExportDefinition again = ExportDefinition.fromJson(json);
    // @end
    assertThat(again).isEqualTo(vips);
  }
}
