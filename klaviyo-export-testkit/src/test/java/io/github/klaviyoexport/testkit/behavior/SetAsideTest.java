package io.github.klaviyoexport.testkit.behavior;

import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.assertThat;
import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.catchThrowableOfType;
import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.tuple;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import io.github.klaviyoexport.source.BadRecords;
import io.github.klaviyoexport.source.CsvSource;
import io.github.klaviyoexport.source.JsonLinesSource;
import io.github.klaviyoexport.source.ObjectSource;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Flow.Subscription;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A bad record costs itself, from the file to the list, and is told by its line. */
class SetAsideTest {
  private static final Segment SEGMENT = Segment.named("vip-eu");

  @TempDir private Path directory;
  private final VirtualTime time = VirtualTime.create();
  private final FakeKlaviyo klaviyo = FakeKlaviyo.builder().time(time).start();

  @AfterEach
  void closes_the_account() {
    klaviyo.close();
  }

  private SegmentExporter exporter(ProfileSource source, SyncMode mode) {
    return SegmentExporter.builder()
        .source(source)
        .klaviyo(klaviyo.connection())
        .mapping(FieldMapping.email("email").property("city"))
        .mode(mode)
        .maxLeavers(1)
        .time(time)
        .build();
  }

  /** A file of 40 good customers, and what else is in it. */
  private CsvSource csv(String... records) throws IOException {
    String good =
        IntStream.range(0, 40)
            .mapToObj(i -> "c-" + i + ",customer." + i + "@shop.example,Oslo\n")
            .collect(Collectors.joining());
    Files.write(
        directory.resolve("vip-eu.csv"),
        ("id,email,city\n" + String.join("\n", records) + "\n" + good)
            .getBytes(StandardCharsets.ISO_8859_1));
    return CsvSource.directory(directory).idField("id");
  }

  @Test
  void one_short_record_stops_the_export_unless_it_is_to_be_set_aside() throws IOException {
    CsvSource source = csv("c-100");
    try (SegmentExporter exporter = exporter(source, SyncMode.UPSERT)) {
      ExportException stopped =
          catchThrowableOfType(
              ExportException.class, () -> exporter.export(SEGMENT, klaviyo.listId()));

      assertThat(stopped.reason()).isEqualTo(ExportException.Reason.SOURCE_FAILED);
      assertThat(klaviyo.list().size()).isZero();
    }
    try (SegmentExporter exporter =
        exporter(source.badRecords(BadRecords.SET_ASIDE), SyncMode.UPSERT)) {
      ExportReport report = exporter.export(SEGMENT, klaviyo.listId());

      assertThat(report).isConfirmed().hasAccepted(40).hasRejected(1);
      assertThat(report.isClean()).isFalse();
      assertThat(report.rejections().first())
          .containsExactly(
              Rejection.ofProfile("line 2 of vip-eu.csv", null, Reason.UNREADABLE_IN_SOURCE)
                  .withCode(
                      "the record has 1 field and the header 3: complete the record, and quote"
                          + " fields that contain the delimiter"));
    }
    assertThat(klaviyo.list().size()).isEqualTo(40);
  }

  @Test
  void a_value_that_is_no_text_costs_the_value_and_an_address_the_customer() throws IOException {
    CsvSource source = csv("c-100,ada@shop.example,Z\u00fcrich", "c-101,b\u00f6@shop.example,Bonn");
    try (SegmentExporter exporter =
        exporter(source.badRecords(BadRecords.SET_ASIDE), SyncMode.UPSERT)) {
      ExportReport report = exporter.export(SEGMENT, klaviyo.listId());

      assertThat(report).isConfirmed().hasAccepted(41).hasRejected(1);
      assertThat(report.rejections().first())
          .extracting(Rejection::customerId, Rejection::field, Rejection::reason)
          .containsExactly(
              tuple("c-100", "city", Reason.UNREADABLE_IN_SOURCE),
              tuple("c-101", "email", Reason.UNREADABLE_IN_SOURCE));
    }
    assertThat(klaviyo.profile("ada@shop.example").orElseThrow().attributes())
        .doesNotContainKey("properties");
  }

  @Test
  void so_it_is_with_json_lines_whose_nested_values_arrive() throws IOException {
    Files.writeString(
        directory.resolve("vip-eu.jsonl"),
        """
        {"id":1,"email":"ada@shop.example","city":{"name":"Oslo","visits":[1,2.50]}}
        {"id":2,"email":"bo@shop.example","city":1e99999999999}
        ["email","cy@shop.example"]
        {"id":4,"email":"di@shop.example"}
        """);
    JsonLinesSource source =
        JsonLinesSource.directory(directory).idField("id").badRecords(BadRecords.SET_ASIDE);
    try (SegmentExporter exporter = exporter(source, SyncMode.UPSERT)) {
      ExportReport report = exporter.export(SEGMENT, klaviyo.listId());

      assertThat(report).isConfirmed().hasAccepted(3).hasRejected(1);
      assertThat(report.rejections().first())
          .extracting(Rejection::customerId, Rejection::field, Rejection::reason)
          .containsExactly(
              tuple("2", "city", Reason.UNREADABLE_IN_SOURCE),
              tuple("line 3 of vip-eu.jsonl", null, Reason.UNREADABLE_IN_SOURCE));
      assertThat(report.toJson()).doesNotContain("shop.example");
    }
    assertThat(klaviyo.list())
        .hasProperty(
            "ada@shop.example", "city", Map.of("name", "Oslo", "visits", List.of(1, 2.50)));
  }

  @Test
  void a_mirror_keeps_in_mind_that_a_record_set_aside_may_be_any_member() throws IOException {
    klaviyo.list().add("leaver@shop.example");
    // Two of 42 are less than a twentieth, three of 43 more.
    CsvSource few = csv("c-100", "c-101").badRecords(BadRecords.SET_ASIDE);
    try (SegmentExporter exporter = exporter(few, SyncMode.MIRROR)) {
      ExportReport report = exporter.export(SEGMENT, klaviyo.listId());

      assertThat(report).isConfirmed().hasAccepted(40).hasRejected(2);
      assertThat(report.leavers().removed()).isEqualTo(1);
    }
    klaviyo.list().add("leaver@shop.example");
    CsvSource many = csv("c-100", "c-101", "c-102").badRecords(BadRecords.SET_ASIDE);
    try (SegmentExporter exporter = exporter(many, SyncMode.MIRROR)) {
      ExportReport report = exporter.export(SEGMENT, klaviyo.listId());

      assertThat(report).isConfirmed().hasAccepted(40).hasRejected(3);
      assertThat(report.leavers().removed()).isZero();
      assertThat(report.isClean()).isFalse();
    }
    assertThat(klaviyo.list().emails()).hasSize(41).contains("leaver@shop.example");
  }

  @Test
  void a_file_of_which_every_record_is_bad_is_no_good_night() throws IOException {
    Files.writeString(
        directory.resolve("vip-eu.csv"),
        "id,email,city\n" + "c-1;ada@shop.example;Oslo\n".repeat(20));
    CsvSource source = CsvSource.directory(directory).badRecords(BadRecords.SET_ASIDE);
    try (SegmentExporter exporter = exporter(source, SyncMode.MIRROR)) {
      klaviyo.list().add("member@shop.example");
      ExportException stopped =
          catchThrowableOfType(
              ExportException.class, () -> exporter.export(SEGMENT, klaviyo.listId()));

      assertThat(stopped.getMessage()).doesNotContain("ada");
    }
    assertThat(klaviyo.list().emails()).containsExactly("member@shop.example");
  }

  @Test
  void what_was_set_aside_is_mended_and_sent_again_without_the_rest() throws IOException {
    List<String> rejected;
    try (SegmentExporter exporter =
        exporter(csv("c-100,ada(at)shop.example,Bonn", "c-101,,Oslo"), SyncMode.UPSERT)) {
      ExportReport report = exporter.export(SEGMENT, klaviyo.listId());
      assertThat(report).hasAccepted(40).hasRejected(2);
      rejected = report.rejections().first().stream().map(Rejection::customerId).toList();
    }

    CsvSource mended = csv("c-100,ada@shop.example,Bonn");
    try (SegmentExporter exporter = exporter(mended.only(rejected), SyncMode.UPSERT)) {
      ExportReport report = exporter.export(SEGMENT, klaviyo.listId());

      assertThat(report).isConfirmed().hasRead(2).hasAccepted(1).hasRejected(1);
      assertThat(report.rejections().first())
          .extracting(Rejection::customerId, Rejection::code)
          .containsExactly(tuple("c-101", "no customer of the segment has this id"));
    }
    assertThat(klaviyo.list().emails()).hasSize(41).contains("ada@shop.example");
  }

  @Test
  void a_publisher_that_fails_ends_the_export_as_any_source_does() {
    ObjectSource<String> source =
        ObjectSource.<String>fromPublisher(
                segment ->
                    to ->
                        to.onSubscribe(
                            new Subscription() {
                              @Override
                              public void request(long count) {
                                to.onNext("ada@shop.example");
                                to.onError(new IOException("of bo@shop.example"));
                              }

                              @Override
                              public void cancel() {}
                            }))
            .field("email", address -> address)
            .field("city", address -> null);
    try (SegmentExporter exporter = exporter(source, SyncMode.UPSERT)) {
      ExportException stopped =
          catchThrowableOfType(
              ExportException.class, () -> exporter.export(SEGMENT, klaviyo.listId()));

      assertThat(stopped.reason()).isEqualTo(ExportException.Reason.SOURCE_FAILED);
      assertThat(stopped)
          .hasMessageContaining("The publisher of the segment failed with java.io.IOException")
          .hasStackTraceContaining("PublisherCursor");
      assertThat(stopped.report()).isConfirmed().hasAccepted(1);
    }
  }
}
