package io.github.klaviyoexport.internal.upload;

import static io.github.klaviyoexport.testing.SmallKlaviyo.IMPORT;
import static io.github.klaviyoexport.testing.SmallKlaviyo.refusing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.internal.export.Lab;
import io.github.klaviyoexport.klaviyo.TransportException.Fate;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer;
import io.github.klaviyoexport.testing.SmallKlaviyo;
import io.github.klaviyoexport.testing.SmallKlaviyo.Row;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeliveryTest {
  private static final Answer UNNAMED = Answer.error(400, "invalid", "/data");

  private final Lab lab = new Lab();

  /** How a server may report the bad rows among those it was sent, which stand at the indices. */
  private enum Style {
    ALL_AT_ONCE {
      @Override
      Answer report(List<Integer> bad, int rows, Random random) {
        return refusing(400, ints(bad), "/attributes");
      }
    },
    ALL_AT_ONCE_BY_FIELD {
      @Override
      Answer report(List<Integer> bad, int rows, Random random) {
        return refusing(400, ints(bad), "/attributes/email");
      }
    },
    ONE_AT_A_TIME {
      @Override
      Answer report(List<Integer> bad, int rows, Random random) {
        int one = bad.get(random.nextInt(bad.size()));
        return refusing(400, IntStream.of(one), "/attributes/email/");
      }
    },
    EACH_SEVERAL_TIMES {
      @Override
      Answer report(List<Integer> bad, int rows, Random random) {
        return refusing(400, IntStream.concat(ints(bad), ints(bad)), "");
      }
    },
    UNNAMED {
      @Override
      Answer report(List<Integer> bad, int rows, Random random) {
        return DeliveryTest.UNNAMED;
      }
    },
    OUTSIDE_THE_BATCH {
      @Override
      Answer report(List<Integer> bad, int rows, Random random) {
        return refusing(400, IntStream.of(rows, rows + 7, 999_999), "/attributes/email");
      }
    },
    AS_TOO_LARGE {
      @Override
      Answer report(List<Integer> bad, int rows, Random random) {
        return Answer.of(413, "text/html", "<html>Payload Too Large</html>");
      }
    },
    NOW_SO_NOW_SO {
      @Override
      Answer report(List<Integer> bad, int rows, Random random) {
        Style[] others = {ALL_AT_ONCE, ONE_AT_A_TIME, UNNAMED, OUTSIDE_THE_BATCH};
        return others[random.nextInt(others.length)].report(bad, rows, random);
      }
    };

    abstract Answer report(List<Integer> bad, int rows, Random random);

    private static IntStream ints(List<Integer> values) {
      return values.stream().mapToInt(Integer::intValue);
    }
  }

  @ParameterizedTest
  @EnumSource
  void exactly_the_bad_rows_are_set_aside_however_klaviyo_reports_them(Style style) {
    for (long seed = 1; seed <= 8; seed++) {
      exactlyTheBadRowsAreSetAside(style, seed);
    }
  }

  private void exactlyTheBadRowsAreSetAside(Style style, long seed) {
    Random random = new Random(seed);
    Lab lab = new Lab();
    int customers = 1 + random.nextInt(120);
    Set<String> bad = new TreeSet<>();
    for (int i = random.nextInt(9); i > 0; i--) {
      bad.add(Lab.email(1 + random.nextInt(customers)));
    }
    lab.klaviyo.judging(
        rows -> {
          List<Integer> found =
              IntStream.range(0, rows.size())
                  .filter(i -> bad.contains(rows.get(i).email()))
                  .boxed()
                  .toList();
          return found.isEmpty() ? null : style.report(found, rows.size(), random);
        });

    ExportReport report;
    try (SegmentExporter exporter =
        lab.exporter(segment -> ProfileReader.of(Lab.customers(customers)))
            .batchSize(1 + random.nextInt(customers))
            .batchesInFlight(1 + random.nextInt(4))
            .build()) {
      report = exporter.export(Lab.VIP, Lab.LIST);
    }

    String seeded = style + ", seed " + seed;
    assertThat(rejectedEmails(report)).as(seeded).isEqualTo(bad);
    assertThat(lab.klaviyo.emails())
        .as(seeded)
        .doesNotHaveDuplicates()
        .hasSize(customers - bad.size())
        .doesNotContainAnyElementsOf(bad);
    assertThat(report.profiles().accepted()).as(seeded).isEqualTo(customers - bad.size());
    assertThat(report.profiles().rejected()).as(seeded).isEqualTo(bad.size());
    assertThat(report.isConfirmed()).as(seeded).isTrue();
  }

  @Test
  void rows_of_several_batches_are_told_apart() {
    Set<String> bad = Set.of(Lab.email(1), Lab.email(10_000), Lab.email(10_001), Lab.email(25_000));
    lab.klaviyo.judging(rows -> namingFirst(rows, bad, "/attributes/email"));

    ExportReport report = lab.export(Lab.customers(25_000));

    assertThat(rejectedEmails(report)).isEqualTo(bad);
    assertThat(lab.klaviyo.emails()).hasSize(25_000 - 4).doesNotHaveDuplicates();
    assertThat(report.jobs())
        .extracting(ExportReport.Job::profiles)
        .containsExactlyInAnyOrder(9_998, 9_999, 4_999);
  }

  @Test
  void a_rejection_names_customer_field_and_code() {
    lab.klaviyo.judging(rows -> namingFirst(rows, Set.of(Lab.email(3)), "/attributes/email"));

    ExportReport report = lab.export(Lab.customers(5));

    assertThat(report.rejections().first())
        .isEqualTo(lab.rejections)
        .containsExactly(
            Rejection.ofProfile("c-3", "Email", Rejection.Reason.REFUSED_BY_KLAVIYO)
                .withCode("invalid"));
  }

  @Test
  void a_phone_number_that_klaviyo_minds_is_left_out_and_its_profile_delivered() {
    repairing("/attributes/phone_number", "phone_number");

    ExportReport report = lab.export(Lab.customers(5));

    assertThat(lab.klaviyo.emails()).hasSize(5);
    assertThat(lab.klaviyo.jobs().get(0).rows().get(2).json().toString())
        .doesNotContain("phone")
        .contains("London");
    assertThat(report.profiles().accepted()).isEqualTo(5);
    assertThat(report.rejections().fields()).isEqualTo(1);
    assertThat(report.rejections().first())
        .containsExactly(
            Rejection.ofField("c-3", "Phone", Rejection.Reason.REFUSED_BY_KLAVIYO)
                .withCode("invalid"));
  }

  @Test
  void a_field_within_the_location_or_a_property_is_named_as_the_source_names_it() {
    lab.klaviyo.judging(
        rows ->
            rows.get(0).json().at("/attributes/location/city").isMissingNode()
                ? null
                : refusing(400, IntStream.of(0), "/attributes/location/city"));
    assertThat(lab.export(Lab.customers(1)).rejections().first())
        .extracting(Rejection::field)
        .containsExactly("City");

    Lab other = new Lab();
    other.klaviyo.judging(
        rows ->
            rows.get(0).has("properties")
                    && rows.get(0).json().at("/attributes/properties").size() > 0
                ? refusing(400, IntStream.of(0), "/attributes/properties/Lifetime~1value")
                : null);
    assertThat(other.export(Lab.customers(1)).rejections().first())
        .extracting(Rejection::field)
        .containsExactly("LTV");
  }

  @Test
  void a_part_of_a_profile_that_no_single_field_fills_is_named_as_klaviyo_names_it() {
    repairing("/attributes/location", "location");

    assertThat(lab.export(Lab.customers(3)).rejections().first())
        .containsExactly(
            Rejection.ofField("c-3", "location", Rejection.Reason.REFUSED_BY_KLAVIYO)
                .withCode("invalid"));
  }

  @Test
  void a_row_of_which_nothing_is_left_to_know_it_by_is_set_aside() {
    List<CustomerProfile> customers =
        List.of(CustomerProfile.of("c-1", Lab.FIELDS, null, "+358401234567", "London", 1));
    lab.klaviyo.judging(rows -> refusing(400, IntStream.of(0), "/attributes/phone_number"));

    ExportReport report = lab.export(customers);

    assertThat(report.profiles().rejected()).isEqualTo(1);
    assertThat(report.rejections().fields()).isZero();
    assertThat(lab.klaviyo.asked(IMPORT)).hasSize(1);
  }

  @Test
  void a_pointer_to_what_was_never_sent_names_no_field_and_repeats_nothing() {
    lab.klaviyo.judging(
        rows ->
            rows.size() == 1
                ? null
                : refusing(400, IntStream.of(1), "/attributes/ada@shop.example"));

    ExportReport report = lab.export(Lab.customers(2));

    assertThat(report.rejections().first())
        .containsExactly(
            Rejection.ofProfile("c-2", null, Rejection.Reason.REFUSED_BY_KLAVIYO)
                .withCode("invalid"));
  }

  @Test
  void a_row_that_is_named_for_ever_is_repaired_once_per_field_and_then_set_aside() {
    lab.klaviyo.judging(
        rows ->
            rows.get(0).email().equals(Lab.email(1))
                ? refusing(400, IntStream.of(0), "/attributes/phone_number")
                : null);

    ExportReport report = lab.export(Lab.customers(4));

    assertThat(report.rejections().first())
        .extracting(Rejection::customerId, Rejection::scope)
        .containsExactly(
            tuple("c-1", Rejection.Scope.FIELD), tuple("c-1", Rejection.Scope.PROFILE));
    assertThat(report.profiles().accepted()).isEqualTo(3);
    assertThat(lab.klaviyo.asked(IMPORT)).hasSize(3);
  }

  @Test
  void a_server_that_always_names_the_first_row_ends_with_all_rows_set_aside() {
    lab.klaviyo.judging(rows -> refusing(400, IntStream.of(0), "/attributes/email"));

    ExportReport report = lab.export(Lab.customers(200));

    assertThat(report.profiles().rejected()).isEqualTo(200);
    assertThat(lab.klaviyo.asked(IMPORT)).hasSize(200);
  }

  @Test
  void a_batch_of_nothing_but_bad_rows_ends() {
    lab.klaviyo.judging(rows -> refusing(400, IntStream.range(0, rows.size()), "/attributes"));

    ExportReport report = lab.export(Lab.customers(5_000));

    assertThat(report.profiles().rejected()).isEqualTo(5_000);
    assertThat(report.jobs()).isEmpty();
    assertThat(lab.klaviyo.asked(IMPORT)).hasSize(1);
  }

  @Test
  void the_rows_named_one_by_one_do_not_count_against_the_search_for_one_that_is_not_named() {
    Set<String> named = new HashSet<>();
    IntStream.rangeClosed(1, 100).forEach(i -> named.add(Lab.email(i)));
    lab.klaviyo.judging(
        rows -> {
          Answer refusal = namingFirst(rows, named, "/attributes/email");
          boolean hidden = rows.stream().anyMatch(row -> row.email().equals(Lab.email(150)));
          return refusal != null ? refusal : hidden ? UNNAMED : null;
        });

    ExportReport report = lab.export(Lab.customers(200));

    assertThat(report.profiles().rejected()).isEqualTo(101);
    assertThat(report.profiles().accepted()).isEqualTo(99);
  }

  @Test
  void a_row_named_in_between_renews_the_patience_for_those_that_are_not() {
    Set<String> bad = new HashSet<>();
    IntStream.rangeClosed(1, 200).forEach(i -> bad.add(Lab.email(i)));
    int[] refusals = {0};
    lab.klaviyo.judging(
        rows -> {
          Answer refusal = namingFirst(rows, bad, "/attributes/email");
          return refusal != null && ++refusals[0] % 2 == 0 ? UNNAMED : refusal;
        });

    ExportReport report = lab.export(Lab.customers(300));

    assertThat(refusals[0]).isGreaterThan(2 * Delivery.MAX_UNNAMED_IN_A_ROW);
    assertThat(report.profiles().rejected()).isEqualTo(200);
    assertThat(report.profiles().accepted()).isEqualTo(100);
  }

  @Test
  void a_refused_body_is_not_sent_again_as_it_is() {
    lab.klaviyo.judging(
        rows -> rows.stream().anyMatch(r -> r.email().equals(Lab.email(3))) ? UNNAMED : null);

    lab.export(Lab.customers(8));

    assertThat(lab.klaviyo.asked(IMPORT)).extracting(asked -> asked.body()).doesNotHaveDuplicates();
  }

  @Test
  void a_server_that_refuses_every_part_without_naming_a_row_stops_the_export_within_a_bound() {
    lab.klaviyo.judging(rows -> UNNAMED);

    ExportException stopped = lab.stopped(Lab.customers(1_000));

    assertThat(stopped.reason()).isEqualTo(Reason.REFUSED);
    assertThat(stopped)
        .message()
        .contains(
            "Klaviyo refuses every part of a batch without naming a profile",
            "ask Klaviyo's support");
    assertThat(stopped.getCause()).hasMessageContaining("(invalid)");
    assertThat(lab.klaviyo.asked(IMPORT)).hasSizeLessThanOrEqualTo(66);
    assertThat(stopped.report().profiles().accepted()).isZero();
  }

  @Test
  void too_large_a_request_is_halved_until_it_is_taken() {
    lab.klaviyo.on(
        IMPORT,
        asked -> asked.bytes().length > 3_000 ? Answer.of(413, "text/html", "<html>") : null);

    ExportReport report = lab.export(Lab.customers(100));

    assertThat(report.profiles().accepted()).isEqualTo(100);
    assertThat(lab.klaviyo.emails()).hasSize(100).doesNotHaveDuplicates();
    assertThat(report.jobs()).hasSizeBetween(6, 16);
  }

  @Test
  void a_list_that_is_gone_in_the_middle_of_a_run_stops_the_export() {
    lab.klaviyo.judging(rows -> lab.klaviyo.jobs().isEmpty() ? null : UNNAMED);
    lab.klaviyo.on(
        SmallKlaviyo.LIST,
        asked -> lab.klaviyo.jobs().isEmpty() ? null : Answer.error(404, "not_found", "/data/"));

    ExportException stopped = lab.stopped(Lab.customers(20_000));

    assertThat(stopped.reason()).isEqualTo(Reason.LIST_NOT_FOUND);
    assertThat(stopped.report().profiles().accepted()).isEqualTo(10_000);
    assertThat(stopped.report().profiles().unsent()).isEqualTo(10_000);
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 404, 405, 410, 415})
  void a_refusal_that_is_not_about_rows_stops_the_export_at_once(int status) {
    lab.klaviyo.judging(rows -> refusing(status, IntStream.of(0), "/attributes/email"));

    ExportException stopped = lab.stopped(Lab.customers(10));

    assertThat(stopped.report().profiles().unsent()).isEqualTo(10);
    assertThat(stopped.report().profiles().rejected()).isZero();
    assertThat(lab.klaviyo.asked(IMPORT)).hasSize(1);
    assertThat(stopped.reason())
        .isEqualTo(
            switch (status) {
              case 401 -> Reason.UNAUTHORIZED;
              case 403 -> Reason.FORBIDDEN;
              case 404 -> Reason.LIST_NOT_FOUND;
              default -> Reason.REFUSED;
            });
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 409, 422})
  void a_refusal_that_points_at_rows_is_about_them_whatever_its_status(int status) {
    lab.klaviyo.judging(
        rows ->
            IntStream.range(0, rows.size())
                .filter(i -> rows.get(i).email().equals(Lab.email(3)))
                .mapToObj(i -> refusing(status, IntStream.of(i), "/attributes/email"))
                .findFirst()
                .orElse(null));

    ExportReport report = lab.export(Lab.customers(10));

    assertThat(rejectedEmails(report)).containsExactly(Lab.email(3));
    assertThat(report.profiles().accepted()).isEqualTo(9);
  }

  @ParameterizedTest
  @ValueSource(ints = {409, 422})
  void a_conflict_that_points_at_no_row_stops_the_export_at_once(int status) {
    lab.klaviyo.judging(rows -> Answer.error(status, "conflict", "/data"));

    ExportException stopped = lab.stopped(Lab.customers(10));

    assertThat(stopped.reason()).isEqualTo(Reason.REFUSED);
    assertThat(stopped.report().profiles().unsent()).isEqualTo(10);
    assertThat(lab.klaviyo.asked(IMPORT)).hasSize(1);
  }

  @Test
  void a_batch_that_is_never_answered_is_reported_as_unconfirmed() {
    lab.klaviyo.on(IMPORT, Answer.json(503, ""));

    ExportException stopped = lab.stopped(Lab.customers(10));

    assertThat(stopped.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(stopped.report().profiles().unconfirmed()).isEqualTo(10);
    assertThat(stopped.report().profiles().unsent()).isZero();
  }

  @Test
  void of_a_batch_that_was_settled_in_part_only_the_others_are_unconfirmed_by_name() {
    lab.klaviyo.judging(
        rows ->
            rows.size() == 10
                ? refusing(400, IntStream.of(2, 5), "/attributes/email")
                : Answer.json(503, ""));

    ExportException stopped = lab.stopped(Lab.customers(10));

    assertThat(stopped.report().unconfirmedCustomers())
        .containsExactly("c-1", "c-2", "c-4", "c-5", "c-7", "c-8", "c-9", "c-10");
    assertThat(stopped.report().profiles().rejected()).isEqualTo(2);
  }

  @Test
  void of_rows_that_surely_did_not_arrive_it_is_said_that_they_were_not_sent() {
    lab.klaviyo.on(IMPORT, Answer.broken(Fate.UNPROCESSED));

    ExportException stopped = lab.stopped(Lab.customers(10));

    assertThat(stopped.report().profiles().unconfirmed()).isEqualTo(10);
    assertThat(stopped.report().profiles().unsent()).isEqualTo(10);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 413})
  void a_row_that_klaviyo_never_named_is_set_aside_with_its_code(int status) {
    lab.klaviyo.judging(
        rows ->
            rows.stream().anyMatch(row -> row.email().equals(Lab.email(3)))
                ? Answer.error(status, "mystery", "/data")
                : null);

    ExportReport report = lab.export(Lab.customers(10));

    assertThat(report.rejections().first())
        .containsExactly(
            Rejection.ofProfile("c-3", null, Rejection.Reason.REFUSED_BY_KLAVIYO)
                .withCode("mystery"));
    assertThat(report.profiles().accepted()).isEqualTo(9);
  }

  @Test
  void rows_that_a_proxy_takes_for_too_large_have_the_status_of_its_answer_as_their_code() {
    lab.klaviyo.on(IMPORT, Answer.of(413, "text/html", "<html>Request Entity Too Large"));

    ExportReport report = lab.export(Lab.customers(5));

    assertThat(report.rejections().first())
        .hasSize(5)
        .allSatisfy(
            rejection -> {
              assertThat(rejection.reason()).isEqualTo(Rejection.Reason.REFUSED_BY_KLAVIYO);
              assertThat(rejection.code()).isEqualTo("413");
            });
  }

  @Test
  void an_export_whose_every_part_is_too_large_is_told_to_look_for_a_proxy() {
    lab.klaviyo.on(IMPORT, Answer.of(413, "text/html", "<html>Request Entity Too Large"));

    ExportException stopped = lab.stopped(Lab.customers(1_000));

    assertThat(stopped)
        .hasMessageContaining("Klaviyo refuses every part of a batch without naming a profile")
        .hasMessageContaining(
            "(413, without an error code), however small it is: a proxy or gateway on the way probably takes no bodies of"
                + " that size. Have it take bodies of 5 MB, which is what Klaviyo takes");
  }

  private static Set<String> rejectedEmails(ExportReport report) {
    Set<String> emails = new TreeSet<>();
    for (Rejection rejection : report.rejections().first()) {
      emails.add(Lab.email(Integer.parseInt(rejection.customerId().substring(2))));
    }
    return emails;
  }

  /** Has the third customer's attribute refused as long as it is sent. */
  private void repairing(String pointer, String attribute) {
    lab.klaviyo.judging(
        rows ->
            IntStream.range(0, rows.size())
                .filter(i -> rows.get(i).email().equals(Lab.email(3)))
                .filter(i -> rows.get(i).has(attribute))
                .mapToObj(i -> refusing(400, IntStream.of(i), pointer))
                .findFirst()
                .orElse(null));
  }

  private static @Nullable Answer namingFirst(List<Row> rows, Set<String> bad, String field) {
    return IntStream.range(0, rows.size())
        .filter(i -> bad.contains(rows.get(i).email()))
        .mapToObj(i -> refusing(400, IntStream.of(i), field))
        .findFirst()
        .orElse(null);
  }
}
