package io.github.klaviyoexport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.klaviyo.ListRef;
import io.github.klaviyoexport.memory.ExportMemory;
import io.github.klaviyoexport.memory.HeapMemory;
import io.github.klaviyoexport.profile.CustomerIdentifier;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer;
import io.github.klaviyoexport.testing.SmallKlaviyo;
import io.github.klaviyoexport.testing.TestTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The examples in the Javadoc of exporters and prepared exports. */
class ExporterExamplesTest {
  private final TestTime time = new TestTime();
  private final SmallKlaviyo klaviyo = new SmallKlaviyo(time);
  private final KlaviyoConnection connection =
      KlaviyoConnection.of(ApiKey.of("pk_0123456789")).transport(klaviyo);
  private final ProfileSource segments =
      segment ->
          ProfileReader.of(
              List.of(
                  CustomerProfile.of(
                      "c-17", Map.of("EMailAddress", "ada@shop.example", "FirstName", "Ada"))));

  private SegmentExporter exporter() {
    return SegmentExporter.builder()
        .source(segments)
        .klaviyo(connection)
        .mapping(FieldMapping.email("EMailAddress"))
        .time(time)
        .build();
  }

  @Test
  void an_exporter_is_built_used_and_closed() {
    List<String> audit = new ArrayList<>();

    // @start region="exporter"
    try (SegmentExporter exporter =
        SegmentExporter.builder()
            .source(segments)
            .klaviyo(connection)
            .mapping(FieldMapping.email("EMailAddress").firstName("FirstName"))
            .time(time) // @replace regex="\.time\(time\)" replacement=""
            .build()) {

      ExportReport report = exporter.export(Segment.named("vip-eu"), ListId.of("Y6nRLr"));
      audit.add(report.toJson());
    }
    // @end

    assertThat(audit).singleElement().asString().contains("\"accepted\" : 1");
  }

  @Test
  void a_mapping_is_looked_at_before_it_is_used() {
    List<String> printed = new ArrayList<>();
    FieldMapping mapping = FieldMapping.email("EMailAddress").firstName("FirstName");

    // @start region="sample"
    MappingSample sample = MappingSample.of(segments, Segment.named("vip-eu"), mapping, 20);
    printed.add(sample.toTable());
    // @end

    assertThat(printed)
        .containsExactly(
            """
            1 customer: 1 would be sent, 0 set aside
            Klaviyo     from          sent  lost  such as
            email       EMailAddress     1     0  xxx@xxxx.xxxxxxx
            first_name  FirstName        1     0  Xxx""");
    assertThat(exporter().sample(Segment.named("vip-eu"), 5).read()).isEqualTo(1);
  }

  @Test
  void an_export_is_prepared_and_started() {
    SegmentExporter exporter = exporter();

    // @start region="prepared"
    ExportRun run =
        exporter.prepare(Segment.named("vip-eu"), ListId.of("Y6nRLr")).limit(1_000_000).start();
    // @end

    assertThat(run.report().toCompletableFuture().join().isConfirmed()).isTrue();
    exporter.close();
  }

  @Test
  void only_what_has_changed_is_sent() {
    List<String> printed = new ArrayList<>();
    ExportMemory memory = HeapMemory.create();

    // @start region="changed"
    try (SegmentExporter exporter =
        SegmentExporter.builder()
            .source(segments)
            .klaviyo(connection)
            .mapping(FieldMapping.email("EMailAddress").firstName("FirstName"))
            .memory(memory) // FileMemory.in(directory, MemoryKey.fromEnvironment("MEMORY_KEY"))
            .sending(Sending.CHANGED_ONLY)
            .time(time) // @replace regex="\.time\(time\)" replacement=""
            .build()) {

      exporter.export(Segment.named("vip-eu"), ListId.of("Y6nRLr"));
      ExportReport again = exporter.export(Segment.named("vip-eu"), ListId.of("Y6nRLr"));
      printed.add(again.profiles().unchanged() + " unchanged, " + again.jobs().size() + " jobs");
    }
    // @end

    assertThat(printed).containsExactly("1 unchanged, 0 jobs");
  }

  @Test
  void a_list_is_named() {
    klaviyo.on(
        "GET /api/lists",
        asked ->
            Answer.json(
                200,
                """
                {"data":[{"type":"list","id":"Y6nRLr","attributes":{"name":"VIP customers"}}]}"""));
    try (SegmentExporter exporter = exporter()) {
      // @start region="named"
      ListRef list = ListRef.namedOrCreate("VIP customers");
      ExportReport report = exporter.export(Segment.named("vip-eu"), list);
      // @end

      assertThat(report.list()).isEqualTo(ListId.of("Y6nRLr"));
    }
  }

  @Test
  void a_customer_is_erased() {
    List<String> evidence = new ArrayList<>();
    ExportMemory memory = HeapMemory.create();
    klaviyo.on(
        "POST /api/data-privacy-deletion-jobs", Answer.of(202, "application/vnd.api+json", ""));

    // @start region="erasure"
    try (SegmentExporter exporter =
        SegmentExporter.builder()
            .source(segments)
            .klaviyo(connection)
            .mapping(FieldMapping.email("EMailAddress"))
            .memory(memory)
            .time(time) // @replace regex="\.time\(time\)" replacement=""
            .build()) {

      ErasureReceipt receipt = exporter.erase(CustomerIdentifier.email("ada@shop.example"));
      evidence.add(receipt.toJson());
      if (!receipt.isComplete()) {
        evidence.addAll(receipt.leftToDo());
      }
    }
    // @end

    assertThat(evidence).singleElement().asString().contains("\"EMAIL\" : \"REQUESTED\"");
  }

  @Test
  void an_exporter_is_closed_within_a_time() {
    SegmentExporter exporter = exporter();

    // @start region="shutdown"
    // within 22 seconds, or 28 if a listener hangs: a container has 30 to stop
    exporter.closeWhenDone(Duration.ofSeconds(10), Duration.ofSeconds(12));
    // @end

    assertThatThrownBy(() -> exporter.export(Segment.named("vip-eu"), ListId.of("Y6nRLr")))
        .hasMessageContaining("closed");
  }

  @Test
  void an_export_that_runs_here_can_be_cancelled_from_elsewhere() {
    AtomicReference<ExportRun> running = new AtomicReference<>();
    try (SegmentExporter exporter = exporter()) {
      SegmentExport export = exporter.prepare(Segment.named("vip-eu"), ListId.of("Y6nRLr"));

      // @start region="here"
      ExportReport report = export.run(running::set);
      // @end

      assertThat(running.get().report().toCompletableFuture().join()).isEqualTo(report);
    }
  }

  @Test
  void an_export_is_looked_at_before_it_is_run() {
    List<String> shown = new ArrayList<>();
    try (SegmentExporter exporter = exporter()) {
      // @start region="preview"
      ExportPreview preview =
          exporter.prepare(Segment.named("vip-eu"), ListId.of("Y6nRLr")).preview();
      shown.add(preview.toHtml()); // for whom it is to be agreed with

      if (preview.stopReason() == null && preview.members().newProfilesAtMost() < 10_000) {
        preview.maxDrift(0.02).run(); // stops if more than 2 % of the segment has changed since
      }
      // @end
    }

    assertThat(shown).singleElement().asString().contains("1 profile would be sent");
    assertThat(klaviyo.jobs()).hasSize(1);
  }

  @Test
  void a_list_is_compared_with_its_segment() {
    List<String> audit = new ArrayList<>();
    try (SegmentExporter exporter = exporter()) {
      // @start region="verify"
      ListVerification found = exporter.verify(Segment.named("vip-eu"), ListId.of("Y6nRLr"));
      if (!found.isEqual()) {
        audit.add(found.toString());
      }
      // @end
    }

    assertThat(audit).singleElement().asString().contains("1 customer, 0 members: 1 missing");
  }
}
