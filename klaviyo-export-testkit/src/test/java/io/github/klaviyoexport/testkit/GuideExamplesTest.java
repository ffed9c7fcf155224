package io.github.klaviyoexport.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.catalog.Actor;
import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.Connection;
import io.github.klaviyoexport.catalog.ConnectionDefinition;
import io.github.klaviyoexport.catalog.ExportDefinition;
import io.github.klaviyoexport.catalog.FileCatalogStore;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.SavedExport;
import io.github.klaviyoexport.catalog.Schedule;
import io.github.klaviyoexport.journal.FileJournal;
import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.KlaviyoTransport;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.memory.ExportMemory;
import io.github.klaviyoexport.memory.HeapMemory;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.ProfileField;
import io.github.klaviyoexport.source.CsvSource;
import io.github.klaviyoexport.source.JdbcSource;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Examples of the guides that stand nowhere else, each run against the fake. */
class GuideExamplesTest {
  private static final Segment SEGMENT = Segment.named("vip-eu");

  @TempDir Path directory;
  private VirtualTime time;
  private FakeKlaviyo klaviyo;
  private KlaviyoConnection connection;
  private ListId list;
  private final List<String> log = new ArrayList<>();

  @BeforeEach
  void open_an_account() {
    time = VirtualTime.create();
    klaviyo = FakeKlaviyo.builder().time(time).start();
    connection = klaviyo.connection();
    list = klaviyo.listId();
  }

  @AfterEach
  void close_it() {
    klaviyo.close();
  }

  private static CustomerProfile customer(String id, String email) {
    return CustomerProfile.of(id, Map.of("EMailAddress", email));
  }

  @Test
  void a_first_export_reads_a_file_and_says_what_became_of_everybody() throws IOException {
    Files.writeString(
        directory.resolve("vip-eu.csv"),
        "EMailAddress,FirstName,LTV\nada@shop.example,Ada,120\nnobody,Bo,80\n");
    KlaviyoConnection account = connection;
    assertThat(list).isEqualTo(ListId.of("Y6nRLr"));

    // @start region="first"
    // @replace substring='of("pk_0123456789")' replacement='fromEnvironment("KLAVIYO_API_KEY")':
    ApiKey key = ApiKey.of("pk_0123456789");
    try (SegmentExporter exporter =
        SegmentExporter.builder()
            // @replace substring='(directory)' replacement='(Path.of("segments"))':
            .source(CsvSource.directory(directory)) // vip-eu is segments/vip-eu.csv
            // @replace substring='account' replacement='KlaviyoConnection.of(key)':
            .klaviyo(account)
            .mapping(FieldMapping.email("EMailAddress").firstName("FirstName").property("LTV"))
            .time(time) // @replace regex="\.time\(time\)" replacement=""
            .build()) {
      ExportReport report = exporter.export(Segment.named("vip-eu"), ListId.of("Y6nRLr"));
      log.add(report.toString()); // counts and reasons, no personal data
    }
    // @end

    assertThat(klaviyo.list().emails()).containsExactly("ada@shop.example");
    assertThat(log.get(0)).contains("2 read").contains("1 accepted").contains("1 rejected");
  }

  @Test
  void a_table_gives_who_has_changed() throws Exception {
    JdbcDataSource database = new JdbcDataSource();
    database.setURL("jdbc:h2:mem:guide;DB_CLOSE_DELAY=-1;DATABASE_TO_LOWER=TRUE");
    try (java.sql.Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "create table customer(id int primary key, email varchar, segment varchar,"
              + " modified_at timestamp with time zone)");
      statement.execute(
          "insert into customer values"
              + " (1, 'ada@shop.example', 'vip-eu', '2026-03-29 10:00:00Z'),"
              + " (2, 'bo@shop.example', 'vip-eu', '2026-03-27 10:00:00Z')");
    }
    Instant lastConfirmed = Instant.parse("2026-03-28T10:00:00Z");

    // @start region="database"
    JdbcSource all =
        JdbcSource.of(
                database, "select id, email, modified_at from customer where segment = :segment")
            .orderedBy("id");
    JdbcSource changed =
        all.modifiedAt("modified_at").changedSince(lastConfirmed.minus(Duration.ofMinutes(5)));
    // @end

    try (SegmentExporter exporter = exporterOf(changed, FieldMapping.email("email"))) {
      exporter.export(SEGMENT, list);
    }
    assertThat(klaviyo.list().emails()).containsExactly("ada@shop.example");
  }

  private SegmentExporter exporterOf(ProfileSource source, FieldMapping mapping) {
    return SegmentExporter.builder()
        .source(source)
        .klaviyo(connection)
        .mapping(mapping)
        .time(time)
        .build();
  }

  @Test
  void customers_without_an_address_are_known_by_their_phone_number() {
    // @start region="phone"
    FieldMapping mapping =
        FieldMapping.identifiedBy(ProfileField.PHONE_NUMBER, "Telephone1")
            .externalId("CustomerId")
            .property("LTV");
    // @end

    ProfileSource source =
        InMemorySegments.of(
            "vip-eu",
            CustomerProfile.of(
                "c-17", Map.of("Telephone1", "+358401234567", "CustomerId", "c-17", "LTV", 120)));
    try (SegmentExporter exporter = exporterOf(source, mapping)) {
      assertThat(exporter.export(SEGMENT, list).profiles().accepted()).isOne();
    }
  }

  @Test
  void an_export_among_others_takes_out_its_own_members_only() {
    klaviyo.list().add("form@shop.example");
    InMemorySegments segments =
        InMemorySegments.of(
            "vip-eu", customer("c-17", "ada@shop.example"), customer("c-18", "bo@shop.example"));
    ExportMemory memory = HeapMemory.create();
    try (SegmentExporter exporter =
        SegmentExporter.builder()
            .source(segments)
            .klaviyo(connection)
            .mapping(FieldMapping.email("EMailAddress"))
            .memory(memory)
            .maxLeavers(1)
            .time(time)
            .build()) {
      exporter.prepare(SEGMENT, list).mode(SyncMode.TRACKED).run();
      segments.segment("vip-eu", customer("c-17", "ada@shop.example"));

      // @start region="tracked"
      ExportReport report =
          // @replace substring='SEGMENT' replacement='segment':
          exporter.prepare(SEGMENT, list).mode(SyncMode.TRACKED).run(); // takes a memory
      log.add(report.leavers().removed() + " have left, " + report.leavers().notOurs() + " stay");
      // @end
    }

    assertThat(log).containsExactly("1 have left, 1 stay");
    assertThat(klaviyo.list().emails())
        .containsExactlyInAnyOrder("ada@shop.example", "form@shop.example");
  }

  @Test
  void an_export_that_was_cut_off_goes_on() throws IOException {
    List<CustomerProfile> customers =
        List.of(customer("c-17", "ada@shop.example"), customer("c-18", "bo@shop.example"));
    AtomicInteger openings = new AtomicInteger();
    ProfileSource source =
        segment -> {
          if (openings.incrementAndGet() == 1) {
            throw new IOException("the disk is away");
          }
          return ProfileReader.of(customers);
        };
    try (SegmentExporter exporter =
        SegmentExporter.builder()
            .source(source)
            .klaviyo(connection)
            .mapping(FieldMapping.email("EMailAddress"))
            .journal(FileJournal.in(directory.resolve("journal")))
            .time(time)
            .build()) {
      assertThatThrownBy(() -> exporter.export(SEGMENT, list)).isInstanceOf(ExportException.class);

      // @start region="resume"
      // @replace substring='SEGMENT' replacement='segment':
      ExportReport report = exporter.prepare(SEGMENT, list).continueUnfinished().run();
      // @end

      assertThat(report.profiles().accepted()).isEqualTo(2);
    }
  }

  @Test
  void what_stopped_an_export_decides_what_to_do() {
    ProfileSource source = InMemorySegments.of("vip-eu", customer("c-17", "ada@shop.example"));
    ListId gone = ListId.of("Gone00");
    try (SegmentExporter exporter = exporterOf(source, FieldMapping.email("EMailAddress"))) {
      // @start region="stopped"
      try {
        // @replace substring='SEGMENT, gone' replacement='segment, list':
        exporter.export(SEGMENT, gone);
      } catch (ExportException stopped) {
        log.add(stopped.getMessage()); // what happened, how far it got, what to do now
        if (RUN_AGAIN.contains(stopped.reason())) {
          scheduleAgain(Duration.ofMinutes(30));
        } else {
          alert(stopped);
        }
      }
      // @end
    }
    assertThat(log).hasSize(2).last().isEqualTo("alert LIST_NOT_FOUND");
  }

  // @start region="runAgain"
  private static final Set<Reason> RUN_AGAIN =
      EnumSet.of(
          Reason.SOURCE_FAILED,
          Reason.EDGE_CHALLENGE,
          Reason.UNAVAILABLE,
          Reason.ALREADY_RUNNING,
          Reason.PRIOR_JOBS,
          Reason.JOURNAL_FAILED,
          Reason.MEMORY_FAILED,
          Reason.NOT_RESUMABLE,
          Reason.DEADLINE,
          Reason.INTERRUPTED);

  // @end

  private void scheduleAgain(Duration delay) {
    log.add("again in " + delay);
  }

  private void alert(ExportException stopped) {
    log.add("alert " + stopped.reason());
  }

  @Test
  void a_recording_tells_what_an_export_waited_for() throws IOException {
    ProfileSource source = InMemorySegments.of("vip-eu", customer("c-17", "ada@shop.example"));
    Path path = directory.resolve("export.jfr");
    try (Recording recording = new Recording();
        SegmentExporter exporter = exporterOf(source, FieldMapping.email("EMailAddress"))) {
      recording.start();
      exporter.export(SEGMENT, list);
      recording.dump(path);
    }

    // @start region="recording"
    Map<String, Duration> spent = new TreeMap<>();
    try (RecordingFile recording = new RecordingFile(path)) {
      while (recording.hasMoreEvents()) {
        RecordedEvent event = recording.readEvent();
        String name = event.getEventType().getName();
        if (name.startsWith("klaviyo.export.")) {
          spent.merge(name, event.getDuration(), Duration::plus);
        }
      }
    }
    spent.forEach((name, duration) -> log.add(name + " " + duration.toMillis() + " ms"));
    // @end

    assertThat(spent)
        .containsKeys("klaviyo.export.Run", "klaviyo.export.Batch", "klaviyo.export.Job");
  }

  @Test
  void administrators_connect_contributors_save_and_everybody_reads_the_history()
      throws IOException {
    Path keyFile = Files.writeString(directory.resolve("key"), klaviyo.apiKey().value());
    String key = "file:" + keyFile;
    KlaviyoTransport inProcess = klaviyo.transport();
    InMemorySegments segments = InMemorySegments.of("vip-eu", customer("c-17", "ada@shop.example"));

    // @start region="open"
    Catalog catalog =
        Catalog.builder()
            // @replace substring='(directory)' replacement='(Path.of("/var/lib/exports"))':
            .store(FileCatalogStore.in(directory))
            .source(segments)
            .klaviyo(reach -> reach.transport(inProcess)) // @replace regex="\..+" replacement=""
            .time(time) // @replace regex="\.time\(time\)" replacement=""
            .build();
    // @end

    try (catalog) {
      // @start region="connect"
      Actor kim = Actor.administrator("kim");
      Connection added =
          catalog.add(
              kim,
              // @replace substring='key)' replacement='"file:/run/secrets/klaviyo")':
              ConnectionDefinition.apiKey("Klaviyo EU", key).sharedWithContributors(true));
      catalog.accept(kim, added.id()); // when kim has read Connection.PRIVACY_NOTICE
      catalog.connect(kim, added.id()); // asks Klaviyo whether the key is good
      // @end

      // @start region="save"
      Actor robin = Actor.contributor("robin");
      SavedExport export =
          catalog.save(
              robin,
              ExportDefinition.named("VIPs")
                  .connection(added.id())
                  .list(list)
                  .segments("vip-eu")
                  .mapping(FieldMapping.email("EMailAddress"))
                  .schedule(Schedule.daily("Europe/Helsinki", LocalTime.of(6, 0))));
      // @end

      // @start region="history"
      RunRecord run = catalog.run(robin, export.id());
      RunRecord ended = catalog.await(run.id());
      log.add(ended.status() + ": " + ended.message());

      Actor sam = Actor.viewer("sam");
      List<RunRecord> history = catalog.history(sam, export.id()); // the latest first
      // @end

      assertThat(log).singleElement().asString().startsWith("SUCCESSFUL");
      assertThat(history).hasSize(1);
    }
  }
}
