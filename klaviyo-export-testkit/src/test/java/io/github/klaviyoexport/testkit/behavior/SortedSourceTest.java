package io.github.klaviyoexport.testkit.behavior;

import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.assertThat;
import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.catchThrowableOfType;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportPreview;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.Outcome;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.journal.MemoryJournal;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.source.CsvSource;
import io.github.klaviyoexport.source.ObjectSource;
import io.github.klaviyoexport.source.PositionedSource;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.SortedReader;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A source that is sorted by email address: duplicates are neighbours, and the order is checked.
 */
class SortedSourceTest {
  private static final Segment SEGMENT = Segment.named("vip-eu");
  private static final FieldNames FIELDS = FieldNames.of("email", "phone");
  private static final FieldMapping MAPPING = FieldMapping.email("email");
  private static final long NEVER = Long.MAX_VALUE;

  private final VirtualTime time = VirtualTime.create();
  private final FakeKlaviyo klaviyo = FakeKlaviyo.builder().time(time).start();
  private final MemoryJournal journal = MemoryJournal.create();
  private final List<Outcome> outcomes = new ArrayList<>();

  private final ExportListener listener =
      new ExportListener() {
        @Override
        public void outcome(Outcome outcome) {
          outcomes.add(outcome);
        }
      };

  @AfterEach
  void closeKlaviyo() {
    klaviyo.close();
  }

  /** Customers c-1, c-2, … with these addresses. */
  private static List<CustomerProfile> customers(@Nullable String... emails) {
    List<CustomerProfile> customers = new ArrayList<>();
    for (String email : emails) {
      customers.add(CustomerProfile.of("c-" + (customers.size() + 1), FIELDS, email, null));
    }
    return customers;
  }

  private static ProfileSource sorted(List<CustomerProfile> customers) {
    return ObjectSource.of(customers)
        .id(CustomerProfile::id)
        .fields(FIELDS.names(), CustomerProfile::value)
        .sortedByEmail();
  }

  private SegmentExporter.Builder exporter(ProfileSource source) {
    return SegmentExporter.builder()
        .source(source)
        .klaviyo(klaviyo.connection())
        .mapping(MAPPING)
        .maxRejected(1)
        .time(time);
  }

  private ExportReport export(SegmentExporter.Builder builder) {
    try (SegmentExporter exporter = builder.build()) {
      return exporter.export(SEGMENT, klaviyo.listId());
    }
  }

  private ExportException stopped(SegmentExporter.Builder builder) {
    return catchThrowableOfType(ExportException.class, () -> export(builder));
  }

  @Test
  void duplicates_are_found_beside_the_first_however_their_address_is_written() {
    ExportReport report =
        export(
            exporter(
                    sorted(
                        customers(
                            "ada@shop.example",
                            "ADA@shop.example",
                            " Ada@Shop.Example ",
                            "bo@shop.example",
                            "cy@shop.example",
                            "cy@shop.example")))
                .listener(listener));

    assertThat(report.profiles().read()).isEqualTo(6);
    assertThat(report.profiles().accepted()).isEqualTo(3);
    assertThat(report.profiles().duplicates()).isEqualTo(3);
    assertThat(klaviyo.list().emails())
        .containsExactlyInAnyOrder("ada@shop.example", "bo@shop.example", "cy@shop.example");
    assertThat(outcomes)
        .filteredOn(outcome -> outcome.kind() == Outcome.Kind.DUPLICATE)
        .extracting(Outcome::otherCustomerId)
        .containsExactly("c-1", "c-1", "c-5");
  }

  @Test
  void what_has_no_place_in_the_order_may_stand_anywhere() {
    ExportReport report =
        export(
            exporter(
                    sorted(
                        customers(
                            "ada@shop.example",
                            null,
                            "info@bücher.example",
                            "no address",
                            "bo@shop.example",
                            "info@xn--bcher-kva.example",
                            "cy@shop.example",
                            "ida@bücher.example")))
                .listener(listener));

    assertThat(report.profiles().accepted()).isEqualTo(5);
    assertThat(report.profiles().rejected()).isEqualTo(2);
    assertThat(report.profiles().duplicates()).isEqualTo(1);
    assertThat(outcomes)
        .filteredOn(outcome -> outcome.kind() == Outcome.Kind.DUPLICATE)
        .extracting(Outcome::otherCustomerId)
        .containsExactly("c-3");
  }

  @Test
  void a_source_that_is_not_sorted_stops_the_export_and_what_came_before_is_delivered() {
    ExportException stopped =
        stopped(
            exporter(
                    sorted(
                        customers(
                            "ada@shop.example",
                            "cy@shop.example",
                            "dee@shop.example",
                            "bo@shop.example",
                            "ed@shop.example")))
                .batchSize(2));

    assertThat(stopped.reason()).isEqualTo(Reason.SOURCE_FAILED);
    assertThat(stopped)
        .hasMessageContaining(
            "customer c-4, who comes after 3 profiles, has an address that belongs before the last")
        .hasMessageContaining("ORDER BY lower(trim(email)) COLLATE \"C\"")
        .hasMessageContaining("the addresses were sorted as they are written, capitals first")
        .hasMessageContaining("take sortedByEmail() away")
        .hasMessageNotContaining("@");
    assertThat(stopped.report().profiles().read()).isEqualTo(3);
    assertThat(stopped.report().profiles().accepted()).isEqualTo(3);
    assertThat(klaviyo.list().emails())
        .containsExactlyInAnyOrder("ada@shop.example", "cy@shop.example", "dee@shop.example");
  }

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "klaviyo-export-core/docs/guides/sources.md"})
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "sh is needed")
  void a_file_is_sorted_by_the_commands_that_the_documents_name(
      String document, @TempDir Path directory) throws Exception {
    Matcher commands =
        Pattern.compile("\\(export LC_ALL=C;.*?> customers.csv", Pattern.DOTALL)
            .matcher(Files.readString(Path.of("..", document)));
    assertThat(commands.find()).isTrue();
    Files.writeString(
        directory.resolve("raw.csv"),
        """
        email,name
        bo@shop.example,"Bo, ""the\tBo""\"
        Cy@shop.example,Cy
        "abe_x@shop.example",Abe
        abel@shop.example,Abel
        ,nobody
        "Abe@shop.example",ABE
         ada@shop.example,Ada
        abe@shop.example.org,Abe
        abe@shop.example,Abe""");

    Process sh =
        new ProcessBuilder("sh", "-c", commands.group().replace("\n// ", "\n"))
            .directory(directory.toFile())
            .inheritIO()
            .start();
    assertThat(sh.waitFor()).isZero();

    ExportReport report =
        export(exporter(CsvSource.of(directory.resolve("customers.csv")).sortedByEmail()));
    assertThat(report.profiles().read()).isEqualTo(9);
    assertThat(report.profiles().accepted()).isEqualTo(7);
    assertThat(report.profiles().duplicates()).isEqualTo(1);
  }

  @Test
  void a_duplicate_that_is_no_neighbour_is_never_sent() {
    ExportException stopped =
        stopped(
            exporter(sorted(customers("ada@shop.example", "bo@shop.example", "ada@shop.example"))));

    assertThat(stopped.reason()).isEqualTo(Reason.SOURCE_FAILED);
    assertThat(klaviyo.list().profile("ada@shop.example")).isPresent();
    assertThat(stopped.report().profiles().accepted()).isEqualTo(2);
  }

  @Test
  void capitals_that_are_sorted_before_small_letters_are_out_of_order() {
    assertThat(stopped(exporter(sorted(customers("Bo@shop.example", "ada@shop.example")))).reason())
        .isEqualTo(Reason.SOURCE_FAILED);
  }

  @Test
  void where_a_phone_number_is_mapped_too_all_are_held_and_order_does_not_matter() {
    CustomerProfile ada = CustomerProfile.of("c-1", FIELDS, "ada@shop.example", "+358401234567");
    CustomerProfile bo = CustomerProfile.of("c-2", FIELDS, "bo@shop.example", "+358401234567");
    CustomerProfile again = CustomerProfile.of("c-3", FIELDS, "ada@shop.example", null);

    ExportReport report =
        export(
            exporter(sorted(List.of(ada, bo, again)))
                .mapping(FieldMapping.email("email").phone("phone")));

    assertThat(report.profiles().accepted()).isEqualTo(2);
    assertThat(report.profiles().duplicates()).isEqualTo(1);
    assertThat(report.rejections().fields()).isEqualTo(1);
  }

  @Test
  void several_segments_are_sorted_each_for_itself_and_all_are_held() {
    InMemorySegments segments =
        InMemorySegments.of("vip-eu", customers("ada@shop.example", "cy@shop.example"))
            .segment("vip-us", customers("ada@shop.example", "bo@shop.example"));
    try (SegmentExporter exporter = exporter(new Sorted(segments)).build()) {
      ExportReport report =
          exporter.export(List.of(SEGMENT, Segment.named("vip-us")), klaviyo.listId());

      assertThat(report.profiles().accepted()).isEqualTo(3);
      assertThat(report.profiles().duplicates()).isEqualTo(1);
    }
    try (SegmentExporter exporter =
        exporter(new Sorted(InMemorySegments.of("vip-eu", customers("b@x.example", "a@x.example"))))
            .build()) {
      assertThat(
              catchThrowableOfType(
                      ExportException.class,
                      () -> exporter.export(List.of(SEGMENT), klaviyo.listId()))
                  .reason())
          .isEqualTo(Reason.SOURCE_FAILED);
    }
  }

  @Test
  void some_customers_of_a_sorted_source_are_sorted() {
    List<CustomerProfile> all =
        customers("cy@shop.example", "dee@shop.example", "bo@shop.example", "ed@shop.example");

    assertThat(export(exporter(sorted(all).only(List.of("c-1", "c-2", "c-9")))).profiles())
        .satisfies(profiles -> assertThat(profiles.accepted()).isEqualTo(2))
        .satisfies(profiles -> assertThat(profiles.rejected()).isEqualTo(1));
    assertThat(stopped(exporter(sorted(all).only(List.of("c-1", "c-3")))).reason())
        .isEqualTo(Reason.SOURCE_FAILED);
  }

  @Test
  void a_preview_finds_the_same() {
    try (SegmentExporter exporter =
        exporter(sorted(customers("ada@shop.example", "Ada@shop.example", "bo@shop.example")))
            .build()) {
      ExportPreview preview = exporter.prepare(SEGMENT, klaviyo.listId()).preview();

      assertThat(preview.profiles().duplicates()).isEqualTo(1);
    }
    try (SegmentExporter exporter =
        exporter(sorted(customers("bo@shop.example", "ada@shop.example"))).build()) {
      ExportException stopped =
          catchThrowableOfType(
              ExportException.class, () -> exporter.prepare(SEGMENT, klaviyo.listId()).preview());

      assertThat(stopped.reason()).isEqualTo(Reason.SOURCE_FAILED);
      assertThat(stopped).hasMessageContaining("customer c-2");
    }
  }

  // Resumed

  @Test
  void a_resumed_export_reads_on_a_batch_earlier_and_finds_order_and_duplicates_as_before() {
    String[] emails = addresses(40);
    emails[23] = emails[22];
    for (int cut = 1; cut < emails.length; cut += 4) {
      MemoryJournal another = MemoryJournal.create();
      assertThat(stopped(journaled(emails, cut, another))).isNotNull();
      Sorted source = source(emails, NEVER);
      ExportReport report;
      try (SegmentExporter exporter = exporter(source).batchSize(3).journal(another).build()) {
        report = exporter.prepare(SEGMENT, klaviyo.listId()).continueUnfinished().run();
      }

      assertThat(report.profiles().read()).as("cut at %d", cut).isEqualTo(40);
      assertThat(report.profiles().accepted()).as("cut at %d", cut).isEqualTo(39);
      assertThat(report.profiles().duplicates()).as("cut at %d", cut).isEqualTo(1);
      if (cut > 9) {
        assertThat(source.openedAt).as("cut at %d", cut).isBetween(cut - 8, cut - 1);
      }
    }
  }

  @Test
  void what_is_out_of_order_where_a_run_was_cut_off_is_found() {
    String[] emails = addresses(20);
    assertThat(stopped(journaled(emails, 12, journal))).isNotNull();
    emails[12] = emails[0];

    ExportException stopped = continued(source(emails, NEVER));

    assertThat(stopped.reason()).isEqualTo(Reason.SOURCE_FAILED);
    assertThat(stopped).hasMessageContaining("customer c-13");
  }

  @Test
  void whoever_stands_first_where_reading_goes_on_must_have_stood_there_before() {
    String[] emails = addresses(20);
    assertThat(stopped(journaled(emails, 12, journal))).isNotNull();
    Sorted source = source(emails, NEVER);
    continuedAndFailed(source);
    String[] changed = emails.clone();
    changed[source.openedAt] = emails[0];

    ExportException stopped = continued(source(changed, NEVER));

    assertThat(stopped.reason()).isEqualTo(Reason.NOT_RESUMABLE);
    assertThat(stopped)
        .hasMessageContaining("was not there when the unfinished run had come so far")
        .hasMessageContaining("start the export over");
  }

  /** Opens what is to be read on, and fails at once, so that nothing of it changes. */
  private void continuedAndFailed(Sorted source) {
    source.failsAtOnce = true;
    assertThat(continued(source)).isNotNull();
  }

  @Test
  void a_run_of_a_sorted_source_goes_on_with_a_sorted_source_only() {
    String[] emails = addresses(20);
    assertThat(stopped(journaled(emails, 12, journal))).isNotNull();
    InMemorySegments unsorted = InMemorySegments.of("vip-eu", customers(emails));
    ProfileSource unpositioned = source(emails, NEVER)::open;

    assertThat(continued(unsorted).reason()).isEqualTo(Reason.NOT_RESUMABLE);
    assertThat(continued(unpositioned).reason()).isEqualTo(Reason.NOT_RESUMABLE);
    ExportReport report = export(exporter(unsorted).journal(journal));
    assertThat(report.profiles().accepted()).isEqualTo(20);
  }

  private ExportException continued(ProfileSource source) {
    try (SegmentExporter exporter = exporter(source).batchSize(3).journal(journal).build()) {
      return catchThrowableOfType(
          ExportException.class,
          () -> exporter.prepare(SEGMENT, klaviyo.listId()).continueUnfinished().run());
    }
  }

  private static String[] addresses(int count) {
    String[] emails = new String[count];
    Arrays.setAll(emails, i -> "customer." + (100 + i) + "@shop.example");
    return emails;
  }

  private static Sorted source(String[] emails, long failsAfter) {
    return new Sorted(
        InMemorySegments.of("vip-eu", customers(emails)).failingAfter("vip-eu", failsAfter));
  }

  private SegmentExporter.Builder journaled(String[] emails, int cut, MemoryJournal journal) {
    return exporter(source(emails, cut)).batchSize(3).journal(journal);
  }

  /** Segments in memory that say that they are sorted. */
  private static final class Sorted implements PositionedSource {
    private final InMemorySegments segments;
    private int openedAt;
    private boolean failsAtOnce;

    Sorted(InMemorySegments segments) {
      this.segments = segments;
    }

    @Override
    public ProfileReader open(Segment segment) throws IOException {
      return new SortedReader(segments.open(segment));
    }

    @Override
    public ProfileReader openAt(Segment segment, String position) throws IOException {
      openedAt = Integer.parseInt(position);
      if (failsAtOnce) {
        throw new IOException("It fails at once.");
      }
      return new SortedReader(segments.openAt(segment, position));
    }
  }
}
