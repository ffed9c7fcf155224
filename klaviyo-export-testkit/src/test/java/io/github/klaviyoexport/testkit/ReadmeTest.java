package io.github.klaviyoexport.testkit;

import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.assertThat;
import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.assertThatThrownBy;

import io.github.klaviyoexport.ConsoleProgress;
import io.github.klaviyoexport.ErasureReceipt;
import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportPreview;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportRun;
import io.github.klaviyoexport.KlaviyoCheck;
import io.github.klaviyoexport.ListVerification;
import io.github.klaviyoexport.MappingSample;
import io.github.klaviyoexport.OutcomeFile;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.Sending;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.catalog.Actor;
import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.CatalogScheduler;
import io.github.klaviyoexport.catalog.Connection;
import io.github.klaviyoexport.catalog.ExportDefinition;
import io.github.klaviyoexport.catalog.SavedExport;
import io.github.klaviyoexport.journal.FileJournal;
import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.klaviyo.ListRef;
import io.github.klaviyoexport.klaviyo.OptInProcess;
import io.github.klaviyoexport.memory.FileMemory;
import io.github.klaviyoexport.memory.MemoryKey;
import io.github.klaviyoexport.micrometer.ExportMetrics;
import io.github.klaviyoexport.profile.Conversion;
import io.github.klaviyoexport.profile.CustomerIdentifier;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.source.BadRecords;
import io.github.klaviyoexport.source.CsvSource;
import io.github.klaviyoexport.source.CustomerInsightsSource;
import io.github.klaviyoexport.source.EntraToken;
import io.github.klaviyoexport.source.JdbcSource;
import io.github.klaviyoexport.source.JsonLinesSource;
import io.github.klaviyoexport.source.ObjectSource;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Every example of the README is code that is compiled, here or in a project; some of it is run.
 */
class ReadmeTest {
  private static final Path README = Path.of("..", "README.md");
  private static final Path TESTS = Path.of("src/test/java/io/github/klaviyoexport/testkit");
  private static final Path PROJECTS = Path.of("src/it-heavy");

  @Test
  void every_example_of_the_readme_is_code_that_is_compiled() throws IOException {
    String compiled =
        code(
            TESTS.resolve("ReadmeTest.java"),
            TESTS.resolve("ReadmeSpringBootTest.java"),
            TESTS.resolve("readme/LoyaltyTest.java"),
            PROJECTS.resolve("quarkus/src/main/java/example/shop/service/KlaviyoBeans.java"));
    assertThat(missing("java", compiled)).as("examples that are not compiled").isEmpty();
  }

  @Test
  void the_example_in_kotlin_is_code_of_the_project_in_kotlin() throws IOException {
    String there =
        code(PROJECTS.resolve("kotlin/src/main/kotlin/example/shop/members/MemberExport.kt"));
    assertThat(missing("kotlin", there)).as("examples that are not compiled").isEmpty();
  }

  private static String code(Path... files) throws IOException {
    StringBuilder code = new StringBuilder();
    for (Path file : files) {
      code.append(squeezed(Files.readString(file)));
    }
    return code.toString();
  }

  private static List<String> missing(String language, String compiled) throws IOException {
    List<String> examples =
        Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(README))
            .results()
            .map(example -> example.group(1))
            // Gradle's lines: ReadmeVersionsTest holds them to Maven's.
            .filter(example -> !example.startsWith("dependencies {"))
            .toList();
    assertThat(examples).as("examples found in the README").isNotEmpty();
    return examples.stream().filter(example -> !compiled.contains(squeezed(example))).toList();
  }

  /** Without comments and layout, which the formatter decides on here and the width there. */
  private static String squeezed(String code) {
    return code.replaceAll("//[^\n]*", "").replaceAll("\\s+", "");
  }

  @Test
  void a_test_exports_into_the_fake_and_no_time_passes() {
    VirtualTime time = VirtualTime.create();
    FakeKlaviyo klaviyo =
        FakeKlaviyo.builder().time(time).jobDuration(Duration.ofMinutes(3)).start();
    klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.rateLimited(Duration.ofSeconds(20)));

    SegmentExporter exporter =
        SegmentExporter.builder()
            .source(
                InMemorySegments.of(
                    "vip-eu",
                    CustomerProfile.of("c-17", Map.of("EMailAddress", "ada@shop.example"))))
            .klaviyo(klaviyo.connection())
            .mapping(FieldMapping.email("EMailAddress"))
            .time(time)
            .build();
    exporter.export(Segment.named("vip-eu"), klaviyo.listId());

    assertThat(klaviyo.list().emails()).containsExactly("ada@shop.example");
    assertThat(time.waited()).isGreaterThan(Duration.ofMinutes(3));
    exporter.close();
    klaviyo.close();
  }

  @Test
  void the_failure_that_the_readme_shows_is_what_is_said() throws IOException {
    Matcher text =
        Pattern.compile("```text\n(List .*?)\n```", Pattern.DOTALL)
            .matcher(Files.readString(README));
    assertThat(text.find()).isTrue();
    VirtualTime time = VirtualTime.create();
    try (FakeKlaviyo klaviyo = FakeKlaviyo.builder().time(time).start();
        SegmentExporter exporter =
            SegmentExporter.builder()
                .source(
                    InMemorySegments.of(
                        "vip-eu",
                        Customer.of("c-17").email("ada@shop.example").field("LTV", 120).profile()))
                .klaviyo(klaviyo.connection())
                .mapping(FieldMapping.email("EMailAddress").property("LTV"))
                .time(time)
                .build()) {
      exporter.export(Segment.named("vip-eu"), klaviyo.listId());

      assertThatThrownBy(
              () -> assertThat(klaviyo.list()).holdsExactly("ada@shop.example", "bo@shop.example"))
          .hasMessage(text.group(1));
    }
  }

  @Test
  void a_nightly_export_meets_a_source_on_a_bad_day() {
    CustomerProfile ada = Customer.of("c-17").email("ada@shop.example").profile();
    CustomerProfile bo = Customer.of("c-18").email("bo@shop.example").profile();
    VirtualTime time = VirtualTime.create();
    try (FakeKlaviyo klaviyo = FakeKlaviyo.builder().time(time).start()) {
      ListId list = klaviyo.listId();
      SegmentExporter.Builder settings =
          SegmentExporter.builder()
              .klaviyo(klaviyo.connection())
              .mapping(FieldMapping.email("EMailAddress"))
              .time(time);

      FakeSource source = FakeSource.of("vip-eu", ada, bo).failsAfter(1);
      SegmentExporter exporter = settings.source(source).build();
      assertThatThrownBy(() -> exporter.export(Segment.named("vip-eu"), list))
          .isInstanceOf(ExportException.class);

      source.recovers();
      assertThat(exporter.export(Segment.named("vip-eu"), list)).isClean().hasAccepted(2);
      assertThat(source).hasNoOpenReader();
      exporter.close();
    }
  }

  interface Alarms {
    List<String> about(ExportReport report);
  }

  private static final class Samples {
    static void are(Alarms alarms, ExportListener listener) {
      SampleExport night =
          SampleExport.of("vip-eu").accepted(11_980).rejected(20, Rejection.Reason.PHONE_MALFORMED);

      assertThat(alarms.about(night.report())).isEmpty();
      assertThat(alarms.about(night.stopped(ExportException.Reason.FORBIDDEN).report())).hasSize(1);
      night.tell(listener);
    }
  }

  @Test
  void a_listener_and_alarms_are_tested_with_an_export_that_was_never_run() {
    List<ExportReport> heard = new ArrayList<>();
    Samples.are(
        report -> report.stopReason() == null ? List.of() : List.of("stopped"),
        new ExportListener() {
          @Override
          public void finished(ExportReport report) {
            heard.add(report);
          }
        });

    assertThat(heard).hasSize(1);
  }

  ExportReport resumedOrExported(
      ProfileSource source,
      KlaviyoConnection connection,
      FieldMapping mapping,
      Segment segment,
      ListId list) {
    SegmentExporter exporter =
        SegmentExporter.builder()
            .source(source)
            .klaviyo(connection)
            .mapping(mapping)
            .journal(FileJournal.in(Path.of("exports")))
            .build();

    Optional<String> unfinished = exporter.unfinishedRun(segment, list);
    ExportReport report =
        unfinished.isPresent() ? exporter.resume(unfinished.get()) : exporter.export(segment, list);
    return report;
  }

  SegmentExporter watched(
      ProfileSource source,
      KlaviyoConnection connection,
      FieldMapping mapping,
      MeterRegistry registry,
      ObservationRegistry observations) {
    ExportMetrics metrics = ExportMetrics.of(registry).observing(observations);
    SegmentExporter exporter =
        SegmentExporter.builder()
            .source(source)
            .klaviyo(connection)
            .mapping(mapping)
            .listener(metrics)
            .build();
    return exporter;
  }

  void checked(KlaviyoConnection connection, Log log) {
    KlaviyoCheck check = KlaviyoCheck.of(connection);
    log.info(check.toString());
  }

  void whatHasChanged(
      ProfileSource source,
      KlaviyoConnection connection,
      FieldMapping mapping,
      Segment segment,
      ListId list,
      Log log) {
    try (SegmentExporter exporter =
        SegmentExporter.builder()
            .source(source)
            .klaviyo(connection)
            .mapping(mapping)
            .memory(FileMemory.in(Path.of("memory"), MemoryKey.fromEnvironment("MEMORY_KEY")))
            .sending(Sending.CHANGED_ONLY)
            .build()) {
      ExportReport report = exporter.export(segment, list);
      log.info(report.profiles().unchanged() + " have not changed");
    }
  }

  void closedInTime(SegmentExporter exporter, CatalogScheduler scheduler, Catalog catalog) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  exporter.closeWhenDone(Duration.ofSeconds(5), Duration.ofSeconds(10));
                  scheduler.close();
                  catalog.close(Duration.ofSeconds(10));
                }));
  }

  SegmentExporter anExporter() {
    SegmentExporter exporter =
        SegmentExporter.builder()
            .source(CsvSource.directory(Path.of("segments")))
            .klaviyo(KlaviyoConnection.of(ApiKey.fromEnvironment("KLAVIYO_API_KEY")))
            .mapping(
                FieldMapping.email("EMailAddress")
                    .firstName("FirstName")
                    .phone("Telephone1")
                    .property("Lifetime value", "LTV"))
            .build();
    return exporter;
  }

  void aMapping(ProfileSource source, Segment segment) {
    FieldMapping mapping =
        FieldMapping.email("EMailAddress")
            .phone("Telephone1", "FI")
            .city("Address.City")
            .property("LTV")
            .as(Conversion.decimal(Locale.GERMANY))
            .property("Birthday")
            .as(Conversion.emptyWords("N/A").then(Conversion.date("dd.MM.yyyy")))
            .property("VIP")
            .as(Conversion.yesNo())
            .orClear()
            .appendTo("Interests", "NewInterests")
            .as(Conversion.list(";"))
            .computed("Initials", customer -> initialsOf(customer))
            .constant("Source", "CRM")
            .allOthersPrefixed("crm_", "Notes");

    System.out.println(MappingSample.of(source, segment, mapping, 20).toTable());
  }

  private static String initialsOf(CustomerProfile customer) {
    return String.valueOf(customer.value("Name")).substring(0, 1);
  }

  String definitionsAsJson(Catalog catalog, Actor robin, Connection klaviyo) {
    ExportDefinition vips =
        ExportDefinition.fromJson(
            """
            {"name": "VIPs", "list_asked_by_name": "VIP", "segments": ["vip-eu"],
             "mapping": {"fields": [{"source": "email", "target": "EMAIL"}]}}""");
    SavedExport saved = catalog.save(robin, vips.connection(klaviyo.id()));
    String shown = saved.toJson();
    return shown;
  }

  interface Log {
    void info(String line);

    void warn(String line);
  }

  interface Audit {
    void save(String json);
  }

  interface Customers {
    Collection<CustomerProfile> in(String segment);
  }

  void anExport(SegmentExporter exporter, Log log, Audit audit) {
    try {
      ExportReport report = exporter.export(Segment.named("vip-eu"), ListId.of("Y6nRLr"));
      log.info(report.toString());
      audit.save(report.toJson());
    } catch (ExportException stopped) {
      log.warn(stopped.getMessage());
      if (stopped.reason() == Reason.FORBIDDEN) {
        askForAnotherKey();
      }
    }
  }

  private void askForAnotherKey() {}

  void inTheBackground(SegmentExporter exporter, Audit audit) {
    ExportRun run =
        exporter
            .prepare(Segment.named("vip-eu"), ListId.of("Y6nRLr"))
            .limit(1_000_000)
            .listener(ConsoleProgress.lines(System.err))
            .start();

    run.report().thenAccept(report -> audit.save(report.toJson()));
  }

  void aPage(ExportReport report) throws IOException {
    Files.writeString(Path.of("report.html"), report.toHtml());
  }

  void aMirror(SegmentExporter exporter, Log log) {
    ExportReport report =
        exporter
            .prepare(Segment.named("vip-eu"), ListId.of("Y6nRLr"))
            .mode(SyncMode.MIRROR)
            .maxLeavers(0.1)
            .run();
    log.info(report.leavers().removed() + " have left");
  }

  void aMirrorOfItsOwnMembers(SegmentExporter exporter, Log log) {
    ExportReport report =
        exporter.prepare(Segment.named("vip-eu"), ListId.of("Y6nRLr")).mode(SyncMode.TRACKED).run();
    log.info(report.leavers().notOurs() + " members are others'");
  }

  void aPreview(SegmentExporter exporter) throws IOException {
    ExportPreview preview =
        exporter
            .prepare(Segment.named("vip-eu"), ListId.of("Y6nRLr"))
            .mode(SyncMode.MIRROR)
            .preview();
    Files.writeString(Path.of("preview.html"), preview.toHtml());
    preview.maxDrift(0.02).run();
  }

  void aProof(SegmentExporter exporter, Log log) {
    ListVerification found = exporter.verify(Segment.named("vip-eu"), ListId.of("Y6nRLr"));
    log.info(
        found.missing()
            + " missing, "
            + found.unexpected()
            + " unexpected: "
            + found.missingCustomers());

    ExportReport proven =
        exporter.prepare(Segment.named("vip-eu"), ListId.of("Y6nRLr")).reconcile().run();
    log.info(proven.verification().isEqual() + "");
  }

  static class NightlyExport {
    public static void main(String[] args) {
      PGSimpleDataSource database = new PGSimpleDataSource();
      database.setURL(System.getenv("DATABASE_URL"));
      JdbcSource source =
          JdbcSource.of(database, "select * from customer where segment = :segment")
              .orderedBy("id");
      try (SegmentExporter exporter =
          SegmentExporter.builder()
              .source(source)
              .klaviyo(KlaviyoConnection.of(ApiKey.fromEnvironment("KLAVIYO_API_KEY")))
              .mapping(FieldMapping.email("email").firstName("first_name").property("ltv"))
              .limit(1_000_000)
              .build()) {
        System.out.println(exporter.export(Segment.named("vip-eu"), ListId.of("Y6nRLr")));
      }
    }
  }

  JdbcSource changedOnly(JdbcSource source, Instant lastConfirmed) {
    JdbcSource changed =
        source.modifiedAt("modified_at").changedSince(lastConfirmed.minus(Duration.ofMinutes(5)));
    return changed;
  }

  ProfileSource ofYourOwn(Customers customers) {
    ProfileSource source = segment -> ProfileReader.of(customers.in(segment.name()));
    return source;
  }

  ProfileSource ofCsv() {
    ProfileSource source =
        CsvSource.directory(Path.of("segments"))
            .idField("CustomerId")
            .column("LTV", Conversion.decimal(Locale.GERMANY))
            .column("Birthday", Conversion.date("dd.MM.yyyy"))
            .badRecords(BadRecords.SET_ASIDE);
    return source;
  }

  ProfileSource ofJsonLines() {
    ProfileSource source = JsonLinesSource.directory(Path.of("segments")).idField("id");
    return source;
  }

  record Person(long id, String email, BigDecimal lifetimeValue) {}

  interface People {
    Stream<Person> in(String segment);
  }

  ProfileSource ofObjects(People people) {
    ProfileSource source =
        ObjectSource.fromStream(segment -> people.in(segment.name()))
            .id(Person::id)
            .field("EMailAddress", Person::email)
            .field("LTV", Person::lifetimeValue);
    return source;
  }

  void ofWhoFailed(
      SegmentExporter exporter, ProfileSource source, Segment segment, ListId list, Path path)
      throws IOException {
    try (OutcomeFile outcomes = OutcomeFile.jsonLines(path)) {
      exporter.prepare(segment, list).listener(outcomes).run();
    }

    Set<String> again = OutcomeFile.unresolved(path);
    if (!again.isEmpty()) {
      ProfileSource unresolved = source.only(again);
    }
  }

  ProfileSource ofSome(ProfileSource source, List<String> rejectedIds) {
    ProfileSource mended = source.only(rejectedIds);
    return mended;
  }

  ProfileSource ofSorted() {
    ProfileSource sorted = CsvSource.of(Path.of("customers.csv")).sortedByEmail();
    return sorted;
  }

  interface Vault {
    String read(String name);
  }

  ProfileSource ofCustomerInsights(String clientId, Vault vault) {
    URI organization = URI.create("https://contoso.crm.dynamics.com");
    EntraToken token =
        EntraToken.clientCredentials(
            "contoso.example", clientId, () -> vault.read("entra"), organization);
    FieldMapping mapping = CustomerInsightsSource.usualMapping().property("Tier", "msdynci_tier");
    ProfileSource source = CustomerInsightsSource.of(organization, token).columns(mapping);
    return source;
  }

  void severalSegmentsAndLists(SegmentExporter exporter, Audit audit) {
    ExportReport report =
        exporter.export(
            List.of(Segment.named("vip-eu"), Segment.named("vip-us")), ListId.of("Y6nRLr"));

    Map<ListId, ExportReport> reports =
        exporter.exportToEach(
            Segment.named("vip-eu"), List.of(ListId.of("Y6nRLr"), ListId.of("QwErTy")));
    audit.save(report.toJson() + reports);
  }

  void erasure(SegmentExporter exporter, Audit audit, Log log) {
    ErasureReceipt receipt =
        exporter.erase(
            CustomerIdentifier.email("ada@shop.example"), CustomerIdentifier.externalId("c-17"));
    audit.save(receipt.toJson());
    receipt.leftToDo().forEach(log::warn);
  }

  ExportReport listByName(SegmentExporter exporter) {
    ExportReport report =
        exporter.export(
            Segment.named("vip-eu"), ListRef.namedOrCreate("VIP customers", OptInProcess.DOUBLE));
    return report;
  }
}
