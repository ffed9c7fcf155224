package io.github.klaviyoexport.testkit.behavior;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportPreview;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ListVerification;
import io.github.klaviyoexport.PreviewOptions;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.VerificationListener;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.Customer;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.FakeKlaviyoBuilder;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The comparison of a list with a segment: alone, and as the proof at the end of a run. */
class VerificationTest {
  private static final Segment SEGMENT = Segment.named("vip-eu");
  private static final ListId LIST = ListId.of("Y6nRLr");

  private final VirtualTime time = VirtualTime.create();
  private final InMemorySegments source = InMemorySegments.empty();
  private final FakeKlaviyo klaviyo = account(UnaryOperator.identity());

  private FakeKlaviyo account(UnaryOperator<FakeKlaviyoBuilder> more) {
    return more.apply(FakeKlaviyo.builder().time(time)).start();
  }

  private SegmentExporter exporter(FakeKlaviyo account) {
    return exporter(account, source);
  }

  private SegmentExporter exporter(FakeKlaviyo account, ProfileSource source) {
    return SegmentExporter.builder()
        .source(source)
        .klaviyo(account.connection())
        .mapping(FieldMapping.email("EMailAddress"))
        .maxLeavers(1)
        .time(time)
        .build();
  }

  private static CustomerProfile customer(int number) {
    return Customer.of("c-" + number).email("c." + number + "@shop.example").profile();
  }

  private static List<CustomerProfile> customers(int from, int to) {
    return IntStream.range(from, to).mapToObj(VerificationTest::customer).toList();
  }

  private static String[] addresses(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> "c." + i + "@shop.example")
        .toArray(String[]::new);
  }

  private ListVerification verify(FakeKlaviyo account) {
    try (SegmentExporter exporter = exporter(account)) {
      return exporter.verify(SEGMENT, LIST);
    }
  }

  private static final class Heard implements VerificationListener {
    final List<String> missing = new ArrayList<>();
    final List<String> unexpected = new ArrayList<>();
    final List<String> undecided = new ArrayList<>();

    @Override
    public void missing(String customerId) {
      missing.add(customerId);
    }

    @Override
    public void unexpected(String profileId) {
      unexpected.add(profileId);
    }

    @Override
    public void undecided(String profileId) {
      undecided.add(profileId);
    }
  }

  @Test
  void it_tells_who_is_missing_and_who_is_unexpected_and_changes_nothing() {
    List<CustomerProfile> segment = new ArrayList<>(customers(0, 10));
    segment.add(customer(3));
    segment.add(Customer.of("c-x").email(null).profile());
    source.segment("vip-eu", segment);
    klaviyo.list().add(addresses(4, 13));
    time.advance(Duration.ofHours(1));

    ListVerification found = verify(klaviyo);

    assertThat(found.isEqual()).isFalse();
    assertThat(found.customers()).isEqualTo(10);
    assertThat(found.rejected()).isEqualTo(1);
    assertThat(found.members()).isEqualTo(9);
    assertThat(found.missing()).isEqualTo(4);
    assertThat(found.missingCustomers()).containsExactly("c-0", "c-1", "c-2", "c-3");
    assertThat(found.unexpected()).isEqualTo(3);
    assertThat(found.unexpectedMembers())
        .containsExactlyInAnyOrder(
            IntStream.range(10, 13)
                .mapToObj(i -> klaviyo.profile("c." + i + "@shop.example").orElseThrow().id())
                .toArray(String[]::new));
    assertThat(found.undecided()).isZero();
    assertThat(found.toString()).contains("10 customers, 9 members: 4 missing, 3 unexpected");
    assertThat(found.toJson()).contains("\"equal\" : false").doesNotContain("@");
    assertThat(klaviyo.requests()).allMatch(request -> request.operation().method().equals("GET"));
    assertThat(klaviyo.list().emails()).containsExactly(addresses(4, 13));
  }

  @Test
  void a_listener_that_throws_does_not_disturb_it() {
    source.segment("vip-eu", customers(0, 3));
    klaviyo.list().add(addresses(2, 4));
    time.advance(Duration.ofHours(1));
    VerificationListener failing =
        new VerificationListener() {
          @Override
          public void missing(String customerId) {
            throw new IllegalStateException(customerId);
          }

          @Override
          public void unexpected(String profileId) {
            throw new AssertionError(profileId);
          }
        };

    try (SegmentExporter exporter = exporter(klaviyo)) {
      ListVerification found = exporter.verify(SEGMENT, LIST, failing);

      assertThat(found.missing()).isEqualTo(2);
      assertThat(found.unexpected()).isEqualTo(1);
    }
  }

  @Test
  void a_list_that_is_the_segment_is_equal_and_an_empty_segment_equals_an_empty_list() {
    source.segment("vip-eu", customers(0, 300));
    klaviyo.list().add(addresses(0, 300));
    time.advance(Duration.ofHours(1));

    assertThat(verify(klaviyo).isEqual()).isTrue();
    source.segment("vip-eu");
    assertThat(verify(klaviyo).unexpected()).isEqualTo(300);
    assertThat(verify(account(UnaryOperator.identity())).isEqual()).isTrue();
  }

  @Test
  void a_member_that_shows_another_address_is_neither_missing_nor_unexpected() {
    source.segment("vip-eu", customers(0, 250));
    klaviyo.list().add(addresses(0, 100)).add("ada@home.example", "di@home.example");
    klaviyo.profile("ada@home.example").orElseThrow().addAddress("c.177@shop.example");
    klaviyo.profile("c.7@shop.example").orElseThrow().addAddress("c.205@shop.example");
    time.advance(Duration.ofHours(1));

    Heard heard = new Heard();
    try (SegmentExporter exporter = exporter(klaviyo)) {
      ListVerification found = exporter.verify(SEGMENT, LIST, heard);

      assertThat(found.missing()).isEqualTo(148);
      assertThat(found.unexpected()).isEqualTo(1);
    }
    assertThat(heard.missing).hasSize(148).doesNotContain("c-177", "c-205");
    assertThat(heard.unexpected)
        .containsExactly(klaviyo.profile("di@home.example").orElseThrow().id());
  }

  @Test
  void a_customer_that_cannot_be_read_leaves_members_undecided() {
    List<CustomerProfile> segment = new ArrayList<>(customers(0, 3));
    segment.add(Customer.of("c-x").email("no address").profile());
    source.segment("vip-eu", segment);
    klaviyo.list().add(addresses(0, 4));
    time.advance(Duration.ofHours(1));

    Heard heard = new Heard();
    try (SegmentExporter exporter = exporter(klaviyo)) {
      ListVerification found = exporter.verify(SEGMENT, LIST, heard);

      assertThat(found.undecided()).isEqualTo(1);
      assertThat(found.unexpected()).isZero();
      assertThat(found.isEqual()).isFalse();
    }
    assertThat(heard.undecided)
        .containsExactly(klaviyo.profile("c.3@shop.example").orElseThrow().id());
  }

  @Test
  void of_a_part_of_the_segment_only_who_is_missing_is_told_and_the_result_says_so() {
    source.segment("vip-eu", customers(0, 5));
    klaviyo.list().add(addresses(1, 7));
    time.advance(Duration.ofHours(1));

    Heard heard = new Heard();
    try (SegmentExporter exporter = exporter(klaviyo, source.only(List.of("c-0", "c-1", "c-x")))) {
      ListVerification found = exporter.verify(SEGMENT, LIST, heard);

      assertThat(found.missingCustomers()).containsExactly("c-0");
      assertThat(found.unexpected()).isZero();
      assertThat(found.undecided()).isZero();
      assertThat(found.isEqual()).isFalse();
      assertThat(found.toString())
          .contains(
              "2 customers, 6 members: 1 missing; who else is in the list is not told, because the"
                  + " source gives a part of the segment only\n");
      assertThat(found.toJson()).contains("\"whole\" : false", "\"unexpected\" : 0");
    }
    assertThat(heard.missing).containsExactly("c-0");
    assertThat(heard.unexpected).isEmpty();
    assertThat(heard.undecided).isEmpty();
    assertThat(verify(klaviyo).toJson()).contains("\"whole\" : true", "\"unexpected\" : 2");
  }

  @Test
  void a_list_with_all_of_a_part_is_not_called_the_segment() {
    source.segment("vip-eu", customers(0, 1));
    klaviyo.list().add(addresses(0, 1));
    time.advance(Duration.ofHours(1));

    try (SegmentExporter exporter = exporter(klaviyo, source.only(List.of("c-0")))) {
      ListVerification found = exporter.verify(SEGMENT, LIST);

      assertThat(found.missing()).isZero();
      assertThat(found.isEqual()).isFalse();
    }
  }

  @Test
  void a_part_that_is_read_back_is_clean_and_nobody_else_is_told() {
    source.segment("vip-eu", customers(0, 5));
    klaviyo.list().add(addresses(1, 7));
    time.advance(Duration.ofHours(1));

    try (SegmentExporter exporter = exporter(klaviyo, source.only(List.of("c-0", "c-1")))) {
      ExportReport report = exporter.prepare(SEGMENT, LIST).reconcile().run();

      assertThat(report.isClean()).isTrue();
      assertThat(report.verification().missing()).isZero();
      assertThat(report.verification().unexpectedMembers()).isEmpty();
      assertThat(report.toString())
          .contains("read back: 2 customers, 7 members: 0 missing; who else is in the list is not");
      assertThat(report.toHtml()).doesNotContain("Members not in the segment");
    }
  }

  @Test
  void a_preview_of_a_part_does_not_tell_who_else_is_in_the_list() {
    source.segment("vip-eu", customers(0, 5));
    klaviyo.list().add(addresses(1, 7));
    time.advance(Duration.ofHours(1));
    PreviewOptions reading = PreviewOptions.fewestCalls().readMembers();

    try (SegmentExporter part = exporter(klaviyo, source.only(List.of("c-0", "c-1")));
        SegmentExporter whole = exporter(klaviyo)) {
      ExportPreview preview = part.prepare(SEGMENT, LIST).preview(reading);

      assertThat(preview.members().others()).isZero();
      assertThat(preview.toString())
          .contains(
              "the list has 6 members: 1 addition, 1 update, and others who are not told, because"
                  + " the source gives a part of the segment only\n");
      assertThat(preview.toHtml()).doesNotContain("not in the segment");
      assertThat(whole.prepare(SEGMENT, LIST).preview(reading).members().others()).isEqualTo(2);
    }
  }

  @Test
  void a_thousand_ids_are_kept_of_each_and_all_are_told() {
    source.segment("vip-eu", customers(0, 1_500));
    klaviyo.list().add(addresses(1_500, 3_100));
    time.advance(Duration.ofHours(1));
    Heard heard = new Heard();
    try (SegmentExporter exporter = exporter(klaviyo)) {
      ListVerification found = exporter.verify(SEGMENT, LIST, heard);

      assertThat(found.missing()).isEqualTo(1_500);
      assertThat(found.missingCustomers()).hasSize(1_000);
      assertThat(found.unexpected()).isEqualTo(1_600);
      assertThat(found.unexpectedMembers()).hasSize(1_000);
    }
    assertThat(heard.missing).hasSize(1_500);
    assertThat(heard.unexpected).hasSize(1_600).doesNotHaveDuplicates();
  }

  @Test
  void over_random_lists_the_figures_are_those_of_the_sets() {
    for (int seed = 0; seed < 100; seed++) {
      Random random = new Random(seed);
      Set<Integer> segment = numbers(random);
      Set<Integer> list = numbers(random);
      source.segment("vip-eu", segment.stream().map(VerificationTest::customer).toList());
      FakeKlaviyo account = account(UnaryOperator.identity());
      list.forEach(number -> account.list().add("c." + number + "@shop.example"));
      time.advance(Duration.ofHours(1));

      ListVerification found = verify(account);

      Set<Integer> missing = new HashSet<>(segment);
      missing.removeAll(list);
      Set<Integer> unexpected = new HashSet<>(list);
      unexpected.removeAll(segment);
      assertThat(found.missingCustomers())
          .as("seed %d", seed)
          .containsExactlyInAnyOrderElementsOf(
              missing.stream().map(number -> "c-" + number).toList());
      assertThat(found.unexpected()).as("seed %d", seed).isEqualTo(unexpected.size());
      assertThat(found.isEqual()).isEqualTo(missing.isEmpty() && unexpected.isEmpty());
    }
  }

  private static Set<Integer> numbers(Random random) {
    int size = random.nextInt(30);
    return IntStream.range(0, size)
        .map(i -> random.nextInt(40))
        .boxed()
        .collect(Collectors.toSet());
  }

  @Test
  void a_mirror_that_is_read_back_is_proven_and_clean() {
    source.segment("vip-eu", customers(0, 300));
    klaviyo.list().add(addresses(250, 400));
    time.advance(Duration.ofHours(1));
    try (SegmentExporter exporter = exporter(klaviyo)) {
      ExportReport report = exporter.prepare(SEGMENT, LIST).mode(SyncMode.MIRROR).reconcile().run();

      assertThat(report.verification().isEqual()).isTrue();
      assertThat(report.verification().members()).isEqualTo(300);
      assertThat(report.isClean()).isTrue();
      assertThat(report.toString())
          .contains("read back: 300 customers, 300 members: the list is the segment");
      assertThat(report.toJson()).contains("\"equal\" : true");
      assertThat(exporter.prepare(SEGMENT, LIST).run().verification()).isNull();
    }
  }

  @Test
  void in_an_upsert_other_members_are_told_and_no_fault() {
    source.segment("vip-eu", customers(0, 3));
    klaviyo.list().add(addresses(2, 5));
    time.advance(Duration.ofHours(1));
    try (SegmentExporter exporter = exporter(klaviyo)) {
      ExportReport report = exporter.prepare(SEGMENT, LIST).reconcile().run();

      assertThat(report.verification().unexpected()).isEqualTo(2);
      assertThat(report.verification().missing()).isZero();
      assertThat(report.isClean()).isTrue();
    }
  }

  @Test
  void members_that_klaviyo_shows_late_are_asked_for_again_before_they_are_missing() {
    FakeKlaviyo slow = account(builder -> builder.membersShowAfter(Duration.ofSeconds(15)));
    source.segment("vip-eu", customers(0, 300));
    try (SegmentExporter exporter = exporter(slow)) {
      ExportReport report = exporter.prepare(SEGMENT, LIST).reconcile().run();

      assertThat(report.verification().missing()).isZero();
      assertThat(report.isClean()).isTrue();
    }
  }

  @Test
  void who_does_not_show_within_a_minute_is_missing_and_the_report_is_not_clean() {
    FakeKlaviyo slow = account(builder -> builder.membersShowAfter(Duration.ofHours(1)));
    source.segment("vip-eu", customers(0, 3));
    try (SegmentExporter exporter = exporter(slow)) {
      ExportReport report = exporter.prepare(SEGMENT, LIST).reconcile().run();

      assertThat(report.verification().missingCustomers()).containsExactly("c-0", "c-1", "c-2");
      assertThat(report.isClean()).isFalse();
      assertThat(report.took()).isLessThan(Duration.ofSeconds(90));
    }
  }

  @Test
  void whom_klaviyo_rejects_is_not_missing_as_well() {
    klaviyo.failProfiles("c.1@shop.example");
    source.segment("vip-eu", customers(0, 3));
    try (SegmentExporter exporter = exporter(klaviyo)) {
      ExportReport report = exporter.prepare(SEGMENT, LIST).reconcile().run();

      assertThat(report.profiles().rejected()).isEqualTo(1);
      assertThat(report.verification().missing()).isZero();
      assertThat(klaviyo.list().emails()).doesNotContain("c.1@shop.example");
    }
  }
}
