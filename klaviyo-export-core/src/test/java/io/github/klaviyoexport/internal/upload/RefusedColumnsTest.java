package io.github.klaviyoexport.internal.upload;

import static io.github.klaviyoexport.testing.SmallKlaviyo.IMPORT;
import static io.github.klaviyoexport.testing.SmallKlaviyo.refusing;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.internal.export.Lab;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer;
import io.github.klaviyoexport.testing.SmallKlaviyo.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What many refusals cost: a value, a column or a mass of rows that Klaviyo minds. */
class RefusedColumnsTest extends JobsInLab {
  private static final String CITY = "/attributes/location/city";
  private static final String PHONE = "/attributes/phone_number";

  /** Names the first so many bad rows in each answer. */
  private void naming(int most, String pointer, Predicate<Row> bad) {
    lab.klaviyo.judging(
        rows -> {
          int[] named =
              IntStream.range(0, rows.size())
                  .filter(i -> bad.test(rows.get(i)))
                  .limit(most)
                  .toArray();
          return named.length == 0 ? null : refusing(400, IntStream.of(named), pointer);
        });
  }

  private static boolean hasCity(Row row, String prefix) {
    return row.json().at(CITY).asText().startsWith(prefix);
  }

  private static List<CustomerProfile> livingIn(int customers, String... cities) {
    List<CustomerProfile> all = new ArrayList<>();
    for (int i = 1; i <= customers; i++) {
      String city = cities[(i - 1) % cities.length].replace("#", "" + i);
      all.add(CustomerProfile.of(Lab.id(i), Lab.FIELDS, Lab.email(i), null, city, i));
    }
    return all;
  }

  private long bytesSent() {
    return lab.klaviyo.asked(IMPORT).stream().mapToLong(asked -> asked.bytes().length).sum();
  }

  @Test
  void a_value_that_was_refused_is_not_sent_again_by_the_next_row_that_has_it() {
    naming(1, CITY, row -> hasCity(row, "Atlantis"));

    ExportReport report = lab.export(livingIn(3_000, "London", "Atlantis", "Atlantis"));

    assertThat(lab.klaviyo.asked(IMPORT)).hasSize(2);
    assertThat(report.profiles().accepted()).isEqualTo(3_000);
    assertThat(report.rejections().fields()).isEqualTo(2_000);
    assertThat(report.rejections().first())
        .allMatch(
            told ->
                "City".equals(told.field())
                    && told.reason() == Reason.REFUSED_BY_KLAVIYO
                    && "invalid".equals(told.code()));
    assertThat(lab.klaviyo.jobs().get(0).rows())
        .filteredOn(row -> hasCity(row, "London"))
        .hasSize(1_000);
  }

  @Test
  void nor_by_the_rows_of_later_batches() {
    naming(1, CITY, row -> hasCity(row, "Atlantis"));

    ExportReport report;
    try (SegmentExporter exporter =
        lab.exporter(segment -> ProfileReader.of(livingIn(1_000, "London", "Atlantis")))
            .batchSize(100)
            .batchesInFlight(1)
            .build()) {
      report = exporter.export(Lab.VIP, Lab.LIST);
    }

    assertThat(lab.klaviyo.asked(IMPORT)).hasSize(11);
    assertThat(report.rejections().fields()).isEqualTo(500);
    assertThat(report.profiles().accepted()).isEqualTo(1_000);
  }

  @Test
  void the_same_text_in_another_field_is_sent() {
    naming(
        1,
        "/attributes/properties/Lifetime~1value",
        row -> {
          return row.json().at("/attributes/properties/Lifetime~1value").asText().equals("x");
        });
    List<CustomerProfile> customers =
        List.of(
            CustomerProfile.of("c-1", Lab.FIELDS, Lab.email(1), null, "x", "x"),
            CustomerProfile.of("c-2", Lab.FIELDS, Lab.email(2), null, "x", "x"));

    assertThat(lab.export(customers).rejections().first())
        .extracting(Rejection::field)
        .containsExactly("LTV", "LTV");
    assertThat(lab.klaviyo.jobs().get(0).rows()).allMatch(row -> hasCity(row, "x"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7})
  void a_bad_column_of_two_thousand_rows_costs_sixty_calls_at_most(int namedPerAnswer) {
    naming(namedPerAnswer, CITY, row -> hasCity(row, "No such town"));

    ExportReport report = lab.export(livingIn(2_000, "No such town #"));

    assertThat(lab.klaviyo.asked(IMPORT)).hasSizeLessThanOrEqualTo(60);
    long once = lab.klaviyo.asked(IMPORT).get(0).bytes().length;
    assertThat(bytesSent()).isLessThan(8 * once);
    assertThat(report.profiles().accepted()).isEqualTo(2_000);
    assertThat(report.rejections().fields()).isEqualTo(2_000);
    assertThat(report.rejections().reasons().get(Reason.REFUSED_BY_KLAVIYO))
        .isBetween(20L, 21L * namedPerAnswer);
    assertThat(report.rejections().reasons().get(Reason.REFUSED_TOO_OFTEN))
        .isEqualTo(2_000 - report.rejections().reasons().get(Reason.REFUSED_BY_KLAVIYO));
    assertThat(lab.klaviyo.emails()).hasSize(2_000).doesNotHaveDuplicates();
  }

  @Test
  void nineteen_bad_values_cost_no_good_one_and_twenty_cost_those_of_their_batch_only() {
    naming(1, CITY, row -> hasCity(row, "No such town") && Lab.number(row.email()) <= 19);
    assertThat(lab.export(livingIn(500, "No such town #")).rejections().fields()).isEqualTo(19);

    Lab other = new Lab();
    other.klaviyo.judging(
        rows ->
            IntStream.range(0, rows.size())
                .filter(i -> Lab.number(rows.get(i).email()) <= 30)
                .filter(i -> rows.get(i).has("location"))
                .mapToObj(i -> refusing(400, IntStream.of(i), CITY))
                .findFirst()
                .orElse(null));
    try (SegmentExporter exporter =
        other
            .exporter(segment -> ProfileReader.of(livingIn(200, "No such town #")))
            .batchSize(100)
            .build()) {
      ExportReport report = exporter.export(Lab.VIP, Lab.LIST);
      assertThat(report.rejections().fields()).isEqualTo(100);
    }
    assertThat(other.klaviyo.jobs().stream().flatMap(job -> job.rows().stream()))
        .filteredOn(row -> hasCity(row, "No such town"))
        .extracting(row -> Lab.number(row.email()))
        .containsExactlyElementsOf(IntStream.rangeClosed(101, 200).boxed().toList());
  }

  @Test
  void where_klaviyo_names_all_bad_values_at_once_no_good_one_is_left_out() {
    naming(10_000, CITY, row -> hasCity(row, "No such town"));

    ExportReport report = lab.export(livingIn(1_000, "London", "No such town #"));

    assertThat(lab.klaviyo.asked(IMPORT)).hasSize(2);
    assertThat(report.rejections().fields()).isEqualTo(500);
    assertThat(lab.klaviyo.jobs().get(0).rows())
        .filteredOn(row -> hasCity(row, "London"))
        .hasSize(500);
  }

  @Test
  void a_row_known_by_the_column_alone_is_not_set_aside_for_what_others_were_refused() {
    List<CustomerProfile> customers = new ArrayList<>();
    for (int i = 1; i <= 100; i++) {
      String email = i > 90 ? null : Lab.email(i);
      customers.add(
          CustomerProfile.of(Lab.id(i), Lab.FIELDS, email, "+3584012" + (10_000 + i), null, i));
    }
    naming(1, PHONE, row -> row.has("phone_number") && row.has("email"));

    ExportReport report = lab.export(customers);

    assertThat(report.profiles().accepted()).isEqualTo(100);
    assertThat(report.rejections().fields()).isEqualTo(90);
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 40, 300})
  void rows_refused_whole_are_found_by_halving(int bad) {
    int apart = 9_000 / bad;
    naming(
        1,
        "/attributes/email",
        row -> {
          int number = Lab.number(row.email());
          return number % apart == 0 && number <= bad * apart;
        });

    ExportReport report = lab.export(Lab.customers(9_000));

    assertThat(report.profiles().rejected()).isEqualTo(bad);
    assertThat(report.profiles().accepted()).isEqualTo(9_000 - bad);
    assertThat(lab.klaviyo.asked(IMPORT)).hasSizeLessThanOrEqualTo(2 * bad + 1);
    long once = lab.klaviyo.asked(IMPORT).get(0).bytes().length;
    assertThat(bytesSent()).isLessThan(14 * once);
  }

  @Test
  void at_its_bound_a_batch_is_given_up_the_others_are_delivered_and_the_stop_says_so() {
    naming(1, "/attributes/email", row -> Lab.number(row.email()) <= 3_000);

    ExportException stopped;
    try (SegmentExporter exporter =
        lab.exporter(segment -> ProfileReader.of(Lab.customers(9_000))).batchSize(3_000).build()) {
      stopped = Lab.stopped(exporter.prepare(Lab.VIP, Lab.LIST));
    }

    ExportReport.Profiles profiles = stopped.report().profiles();
    assertThat(stopped.reason()).isEqualTo(ExportException.Reason.REFUSED);
    assertThat(stopped)
        .message()
        .contains(
            "its bound was met (1,000 calls, or 24 times its bytes), so 2,000 of its profiles");
    assertThat(profiles.read()).isEqualTo(9_000);
    assertThat(profiles.accepted()).isEqualTo(6_000);
    assertThat(profiles.rejected()).isEqualTo(1_000);
    assertThat(profiles.unsent()).isEqualTo(2_000);
    assertThat(lab.klaviyo.asked(IMPORT)).hasSize(1_002);
  }

  @Test
  void a_second_batch_that_meets_its_bound_stops_the_export_at_once() {
    naming(1, "/attributes/email", row -> true);

    ExportException stopped;
    try (SegmentExporter exporter =
        lab.exporter(segment -> ProfileReader.of(Lab.customers(20_000)))
            .batchSize(2_000)
            .batchesInFlight(2)
            .build()) {
      stopped = Lab.stopped(exporter.prepare(Lab.VIP, Lab.LIST));
    }

    assertThat(lab.klaviyo.asked(IMPORT)).hasSizeLessThanOrEqualTo(3_000);
    assertThat(stopped.report().profiles().unsent()).isPositive();
  }

  @Test
  void no_way_of_refusing_costs_more_than_the_bound() {
    int[] turn = {0};
    String[] pointers = {CITY, PHONE, "/attributes/email", "/attributes/location", "", "/x"};
    lab.klaviyo.judging(
        rows -> {
          int now = turn[0]++;
          return now % 7 == 6
              ? Answer.error(400, "invalid", "/data")
              : refusing(400, IntStream.of(rows.size() - 1 - now % rows.size()), pointers[now % 6]);
        });

    lab.stopped(Lab.customers(6_000));

    long once = lab.klaviyo.asked(IMPORT).get(0).bytes().length;
    assertThat(bytesSent()).isLessThanOrEqualTo(24 * once);
    assertThat(lab.klaviyo.asked(IMPORT)).hasSizeLessThanOrEqualTo(1_000);
  }

  @Test
  void a_pointer_into_a_list_costs_the_property_and_not_the_profile() {
    List<CustomerProfile> customers =
        List.of(
            CustomerProfile.of("c-1", Lab.FIELDS, Lab.email(1), null, "London", List.of("a", "b")));
    lab.klaviyo.judging(
        rows ->
            rows.get(0).json().at("/attributes/properties/Lifetime~1value").isArray()
                ? refusing(400, IntStream.of(0), "/attributes/properties/Lifetime~1value/1")
                : null);

    ExportReport report = lab.export(customers);

    assertThat(report.profiles().accepted()).isEqualTo(1);
    assertThat(report.rejections().first()).extracting(Rejection::field).containsExactly("LTV");
  }
}
