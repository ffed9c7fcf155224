package io.github.klaviyoexport.testkit.behavior;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.within;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.journal.MemoryJournal;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.micrometer.ExportMetrics;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.Fault;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.VirtualTime;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What exports tell to metrics and traces, under the names that are documented. */
class MetricsTest {
  private static final Path DOCUMENT = Path.of("../klaviyo-export-core/docs/observing.md");
  private static final String CANARY = "canary.7f3a";

  private final VirtualTime time = VirtualTime.create();
  private final FakeKlaviyo klaviyo =
      FakeKlaviyo.builder().time(time).jobDuration(Duration.ofSeconds(30)).start();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final ExportMetrics metrics = ExportMetrics.of(registry);

  private SegmentExporter.Builder exporter(ExportMetrics listener, int profiles) {
    InMemorySegments segments =
        InMemorySegments.of(
            "vip-eu",
            IntStream.range(0, profiles)
                .mapToObj(
                    i ->
                        CustomerProfile.of(
                            "c-" + i,
                            Map.of("email", i == 0 ? "none" : CANARY + i / 2 + "@shop.example")))
                .toArray(CustomerProfile[]::new));
    return SegmentExporter.builder()
        .source(segments)
        .klaviyo(klaviyo.connection())
        .mapping(FieldMapping.email("email"))
        .batchSize(2)
        .listener(listener)
        .time(time);
  }

  private ExportReport export(ExportMetrics listener, int profiles) {
    try (SegmentExporter exporter = exporter(listener, profiles).build()) {
      return exporter.export(Segment.named("vip-eu"), klaviyo.listId());
    }
  }

  private double counted(String meter, String... tags) {
    return registry.get(meter).tags(tags).counter().count();
  }

  @Test
  void profiles_are_counted_by_what_became_of_them() {
    ExportReport report = export(metrics, 9);

    assertThat(counted("klaviyo.export.profiles", "result", "accepted"))
        .isEqualTo(report.profiles().accepted());
    assertThat(counted("klaviyo.export.profiles", "result", "rejected"))
        .isEqualTo(report.profiles().rejected())
        .isEqualTo(1);
    assertThat(counted("klaviyo.export.profiles", "result", "duplicate"))
        .isEqualTo(report.profiles().duplicates())
        .isPositive();
    assertThat(counted("klaviyo.export.unconfirmed")).isZero();
  }

  @Test
  void a_run_that_is_resumed_counts_no_profile_and_no_time_twice() {
    MemoryJournal journal = MemoryJournal.create();
    CustomerProfile[] customers =
        IntStream.range(0, 400)
            .mapToObj(
                i ->
                    CustomerProfile.of(
                        "c-" + i,
                        Map.of("email", i % 4 == 0 ? "none" : i / 8 * 8 + i % 2 + "@shop.example")))
            .toArray(CustomerProfile[]::new);
    InMemorySegments all = InMemorySegments.of("vip-eu", customers);
    for (boolean positioned : new boolean[] {true, false}) {
      registry.getMeters().stream()
          .filter(meter -> !meter.getId().getName().endsWith("active"))
          .forEach(registry::remove);
      ExportReport report = null;
      InMemorySegments broken =
          InMemorySegments.of("vip-eu", customers).failingAfter("vip-eu", 200);
      for (InMemorySegments source : List.of(broken, broken, all)) {
        try (SegmentExporter exporter =
            exporter(metrics, 0)
                .source(positioned ? source : source::open)
                .maxRejected(1)
                .journal(journal)
                .build()) {
          report =
              exporter
                  .prepare(Segment.named("vip-eu"), klaviyo.listId())
                  .continueUnfinished()
                  .run();
        } catch (ExportException stopped) {
          report = stopped.report();
        }
        time.advance(Duration.ofHours(1));
      }
      String as = "positioned " + positioned;
      assertThat(counted("klaviyo.export.profiles", "result", "accepted"))
          .as(as)
          .isEqualTo(report.profiles().accepted());
      assertThat(counted("klaviyo.export.profiles", "result", "rejected"))
          .as(as)
          .isEqualTo(report.profiles().rejected())
          .isPositive();
      assertThat(counted("klaviyo.export.profiles", "result", "duplicate"))
          .as(as)
          .isEqualTo(report.profiles().duplicates())
          .isPositive();
      assertThat(
              registry.find("klaviyo.export.run.duration").timers().stream()
                  .mapToDouble(timer -> timer.totalTime(TimeUnit.MINUTES))
                  .sum())
          .as(as + ", without the hours in between")
          .isLessThan(60);
    }
  }

  @Test
  void exports_to_each_of_several_lists_are_counted_each() {
    try (FakeKlaviyo lists =
            FakeKlaviyo.builder().time(time).list("AAAAAA", "a").list("BBBBBB", "b").start();
        SegmentExporter exporter = exporter(metrics, 9).klaviyo(lists.connection()).build()) {
      exporter.exportToEach(
          Segment.named("vip-eu"), List.of(ListId.of("AAAAAA"), ListId.of("BBBBBB")));
    }

    assertThat(counted("klaviyo.export.profiles", "result", "rejected")).isEqualTo(2);
    assertThat(counted("klaviyo.export.profiles", "result", "accepted")).isEqualTo(10);
    assertThat(counted("klaviyo.export.profiles", "result", "duplicate")).isEqualTo(6);
  }

  @Test
  void calls_are_timed_by_operation_and_status() {
    klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.serverError(503), Fault.rateLimited());

    ExportReport report = export(metrics, 3);

    assertThat(
            registry.find("klaviyo.export.calls").timers().stream().mapToLong(t -> t.count()).sum())
        .isEqualTo(report.traffic().calls());
    for (String status : List.of("503", "429", "202")) {
      assertThat(
              registry
                  .get("klaviyo.export.calls")
                  .tags("operation", "import profiles", "status", status)
                  .timer()
                  .count())
          .isEqualTo(1);
    }
    assertThat(registry.get("klaviyo.export.rate.limited").timer().count()).isEqualTo(1);
  }

  @Test
  void runs_are_timed_by_how_they_ended_and_none_is_active_afterwards() {
    klaviyo.script(Operation.GET_LIST, Fault.forbidden());
    Throwable stopped = catchThrowable(() -> export(metrics, 3));
    ExportReport report = export(metrics, 3);

    assertThat(
            registry
                .get("klaviyo.export.run.duration")
                .tag("status", "completed")
                .timer()
                .totalTime(TimeUnit.SECONDS))
        .isCloseTo(report.took().toMillis() / 1000.0, within(0.01));
    assertThat(stopped).isNotNull();
    assertThat(
            registry.get("klaviyo.export.run.duration").tag("status", "forbidden").timer().count())
        .isEqualTo(1);
    assertThat(registry.get("klaviyo.export.runs.active").gauge().value()).isZero();
    assertThat(registry.get("klaviyo.export.jobs.active").gauge().value()).isZero();
  }

  @Test
  void a_run_with_its_batches_and_jobs_is_one_trace() {
    List<String> ended = new ArrayList<>();
    ObservationRegistry observations = ObservationRegistry.create();
    observations
        .observationConfig()
        .observationHandler(
            new ObservationHandler<>() {
              @Override
              public void onStop(Observation.Context context) {
                var parent = context.getParentObservation();
                ended.add(
                    context.getName()
                        + (parent == null ? "" : " of " + parent.getContextView().getName())
                        + " "
                        + context.getLowCardinalityKeyValues());
              }

              @Override
              public boolean supportsContext(Observation.Context context) {
                return true;
              }
            });

    export(metrics.observing(observations), 3);

    String status = " [keyValue(status=completed)]";
    assertThat(ended)
        .filteredOn(name -> name.startsWith("klaviyo.export.batch"))
        .containsExactly("klaviyo.export.batch of klaviyo.export.run" + status);
    assertThat(ended)
        .filteredOn(name -> name.startsWith("klaviyo.export.job"))
        .containsExactly("klaviyo.export.job of klaviyo.export.run [keyValue(status=complete)]");
    assertThat(ended).last().isEqualTo("klaviyo.export.run" + status);
    assertThat(observations.getCurrentObservation()).isNull();
  }

  @Test
  void the_table_of_meters_names_all_there_are_with_their_types_and_tags() throws IOException {
    klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.rateLimited());
    exporter(metrics, 40).build().export(Segment.named("vip-eu"), klaviyo.listId());
    try (Office office = new Office();
        Catalog catalog = office.catalog().listener(metrics).build()) {
      catalog.run(Office.ADMINISTRATOR, Office.saved(catalog).id());
    }

    Map<String, String> found = new TreeMap<>();
    for (Meter meter : registry.getMeters()) {
      Meter.Id id = meter.getId();
      String tags =
          String.join(
              ", ", id.getTags().stream().map(Tag::getKey).map(t -> "`" + t + "`").toList());
      found.put(id.getName(), id.getType().name().toLowerCase(Locale.ROOT) + " | " + tags);
      assertThat(id.toString()).doesNotContain(CANARY).doesNotContain("vip-eu");
    }
    Map<String, String> documented = new TreeMap<>();
    var row = Pattern.compile("\\| `(klaviyo\\.export\\.[a-z.]+)` \\| (\\w+) \\| ([^|]*)\\|");
    for (String line : Files.readAllLines(DOCUMENT)) {
      var matcher = row.matcher(line);
      if (matcher.lookingAt()) {
        documented.put(matcher.group(1), matcher.group(2) + " | " + matcher.group(3).strip());
      }
    }
    assertThat(documented).isEqualTo(found);
  }
}
