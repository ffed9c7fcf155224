package io.github.klaviyoexport.testkit.behavior;

import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.assertThat;
import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.memory.HeapMemory;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.GeneratedProfiles;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A segment that is many times larger or smaller than last time asks for consent. */
class SizeChangeTest {
  private static final Segment VIPS = Segment.named("vip-eu");

  private final VirtualTime time = VirtualTime.create();
  private final FakeKlaviyo klaviyo =
      FakeKlaviyo.builder().time(time).jobDuration(Duration.ofSeconds(30)).start();
  private final HeapMemory memory = HeapMemory.create();
  private final List<String> warnings = new ArrayList<>();
  private boolean sizeKnown = true;

  @AfterEach
  void close() {
    klaviyo.close();
  }

  private SegmentExporter.Builder of(int customers) {
    GeneratedProfiles profiles = GeneratedProfiles.of(customers);
    InMemorySegments segments = InMemorySegments.of(VIPS.name(), profiles);
    return SegmentExporter.builder()
        .source(sizeKnown ? segments : segments.sizeUnknown(VIPS.name()))
        .klaviyo(klaviyo.connection())
        .mapping(profiles.mapping())
        .memory(memory)
        .listener(
            new ExportListener() {
              @Override
              public void warned(String what) {
                warnings.add(what);
              }
            })
        .time(time);
  }

  private ExportReport export(SegmentExporter.Builder builder) {
    try (SegmentExporter exporter = builder.build()) {
      return exporter.export(VIPS, klaviyo.listId());
    }
  }

  private @Nullable ExportException stopped(SegmentExporter.Builder builder) {
    return catchThrowableOfType(ExportException.class, () -> export(builder));
  }

  private int imports() {
    return klaviyo.requests(Operation.BULK_IMPORT_PROFILES).size();
  }

  @Test
  void one_that_is_larger_stops_before_anything_is_sent_and_is_allowed_for_once() {
    export(of(100));

    ExportException stopped = stopped(of(1_001));

    assertThat(stopped.reason()).isEqualTo(Reason.SIZE_CHANGED);
    assertThat(stopped)
        .hasMessageContaining("stopped: the segment has 1,001 customers, and had 100 at ")
        .hasMessageContaining(
            "which is more than 10 times as many or as few, so nothing was sent. Check that the"
                + " segment is the right one and whole; if it is to be so large, allow it with"
                + " maxSizeChange(11).");
    assertThat(imports()).isEqualTo(1);
    try (SegmentExporter exporter = of(1_001).build()) {
      assertThat(exporter.prepare(VIPS, klaviyo.listId()).maxSizeChange(11).run())
          .isConfirmed()
          .hasAccepted(1_001);
    }
    assertThat(export(of(1_001))).hasAccepted(1_001);
  }

  @Test
  void one_that_is_smaller_stops_before_anything_is_sent() {
    export(of(1_001));

    ExportException stopped = stopped(of(100));

    assertThat(stopped.reason()).isEqualTo(Reason.SIZE_CHANGED);
    assertThat(stopped)
        .hasMessageContaining("the segment has 100 customers, and had 1,001 at")
        .hasMessageContaining("if it is to be so small, allow it with maxSizeChange(11).");
    assertThat(imports()).isEqualTo(1);
    assertThat(export(of(100).maxSizeChange(11))).hasAccepted(100);
  }

  @Test
  void ten_times_as_many_and_a_tenth_are_exported() {
    export(of(100));

    assertThat(export(of(1_000))).hasAccepted(1_000);
    assertThat(export(of(100))).hasAccepted(100);
  }

  @Test
  void of_one_whose_size_is_not_known_as_many_are_exported_as_may_be() {
    export(of(100));
    sizeKnown = false;

    ExportException stopped = stopped(of(1_200));

    assertThat(stopped.reason()).isEqualTo(Reason.SIZE_CHANGED);
    assertThat(stopped)
        .hasMessageContaining("the segment has more than 1,000 customers, and had 100 at")
        .hasMessageContaining("allow it with a larger maxSizeChange(...)");
    assertThat(stopped.report()).hasRead(1_000).hasAccepted(1_000);
  }

  @Test
  void of_one_whose_size_is_not_known_it_is_told_at_the_end_that_it_is_smaller() {
    export(of(1_001));
    sizeKnown = false;

    assertThat(export(of(100))).isConfirmed().hasAccepted(100);

    assertThat(warnings)
        .singleElement()
        .asString()
        .startsWith("The segment has 100 customers, and had 1,001 at")
        .endsWith("Check that the segment is whole.");
  }

  @Test
  void one_that_has_become_empty_stops_or_is_told() {
    export(of(100));

    assertThat(stopped(of(0)).reason()).isEqualTo(Reason.SIZE_CHANGED);
    sizeKnown = false;
    export(of(0));

    assertThat(warnings).singleElement().asString().contains("has 0 customers, and had 100 at");
  }

  @Test
  void a_mirror_stops_before_anything_is_sent_whatever_its_source_knows() {
    export(of(100).mode(SyncMode.MIRROR));
    sizeKnown = false;

    ExportException stopped = stopped(of(1_200).mode(SyncMode.MIRROR).maxLeavers(1));

    assertThat(stopped.reason()).isEqualTo(Reason.SIZE_CHANGED);
    assertThat(stopped).hasMessageContaining("the segment has 1,200 customers, and had 100 at");
    assertThat(imports()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"MIRROR", "TRACKED"})
  void a_mirror_of_one_that_has_become_empty_stops_for_that(SyncMode mode) {
    export(of(100).mode(mode));

    assertThat(stopped(of(0).mode(mode)).reason()).isEqualTo(Reason.EMPTY_SEGMENT);
  }

  @Test
  void one_that_had_fewer_than_a_hundred_customers_is_not_guarded() {
    export(of(99));

    assertThat(export(of(2_000))).hasAccepted(2_000);
  }

  @Test
  void a_run_that_stopped_does_not_say_how_large_the_segment_is() {
    export(of(100));
    stopped(of(1_000).limit(500));

    assertThat(stopped(of(1_001)).reason()).isEqualTo(Reason.SIZE_CHANGED);
  }

  @Test
  void a_part_of_it_does_not_say_how_large_it_is_and_is_not_told_to_be_small() {
    GeneratedProfiles profiles = GeneratedProfiles.of(2_000);
    InMemorySegments whole = InMemorySegments.of(VIPS.name(), profiles);
    Set<String> some =
        profiles.stream().limit(150).map(CustomerProfile::id).collect(Collectors.toSet());
    export(of(2_000));

    assertThat(export(of(2_000).source(whole.only(some)))).isClean().hasAccepted(150);
    try (SegmentExporter exporter = of(2_000).source(whole.only(some)).build()) {
      assertThat(exporter.prepare(VIPS, klaviyo.listId()).preview().stopReason()).isNull();
    }

    assertThat(warnings).isEmpty();
    assertThat(export(of(2_000))).hasAccepted(2_000);
    assertThat(stopped(of(100)).reason()).isEqualTo(Reason.SIZE_CHANGED);
  }

  @Test
  void a_part_that_comes_first_is_no_measure_of_it() {
    GeneratedProfiles profiles = GeneratedProfiles.of(2_000);
    Set<String> some =
        profiles.stream().limit(150).map(CustomerProfile::id).collect(Collectors.toSet());
    InMemorySegments whole = InMemorySegments.of(VIPS.name(), profiles);

    export(of(2_000).source(whole.only(some)));

    assertThat(export(of(2_000))).hasAccepted(2_000);
  }

  @Test
  void any_change_is_allowed_by_an_infinite_bound() {
    export(of(100));

    assertThat(export(of(5_000).maxSizeChange(Double.POSITIVE_INFINITY))).hasAccepted(5_000);
    assertThat(export(of(100).maxSizeChange(Double.POSITIVE_INFINITY))).hasAccepted(100);
  }

  @Test
  void a_narrow_guard_takes_a_memory_since_nothing_else_knows_the_last_size() {
    InMemorySegments segments = InMemorySegments.of(VIPS.name(), GeneratedProfiles.of(1));
    SegmentExporter.Builder forgetful =
        SegmentExporter.builder()
            .source(segments)
            .klaviyo(klaviyo.connection())
            .mapping(FieldMapping.email("email"))
            .maxSizeChange(20);
    try (SegmentExporter exporter = forgetful.build()) {
      assertThatIllegalStateException()
          .isThrownBy(() -> exporter.prepare(VIPS, klaviyo.listId()).maxSizeChange(2))
          .withMessageContaining("call memory(...) when building the exporter");
    }

    assertThatIllegalStateException()
        .isThrownBy(() -> forgetful.maxSizeChange(2).build())
        .withMessageContaining("or leave maxSizeChange(...) out");
  }
}
