package io.github.klaviyoexport.internal.export;

import static io.github.klaviyoexport.internal.export.Lab.LIST;
import static io.github.klaviyoexport.internal.export.Lab.VIP;
import static io.github.klaviyoexport.testing.SmallKlaviyo.IMPORT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.journal.MemoryJournal;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import io.github.klaviyoexport.source.ProfileSource;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An export that loses what it was to bring says so by name, and stops before it does harm. */
class LossTest extends LossInLab {
  // Mapped fields that no profile has

  @Test
  void an_email_mapped_from_a_field_that_no_profile_has_stops_before_anything_is_sent() {
    ExportException stopped = stopped(exporter(source(30, number -> named(number, "mail"))));

    assertThat(stopped.reason()).isEqualTo(ExportException.Reason.MAPPING_UNFIT);
    assertThat(stopped).hasMessageContaining("'Email'").hasMessageContaining("'mail'");
    assertThat(stopped.report().notices().missingFields()).contains("Email");
    assertThat(lab.klaviyo.asked(IMPORT)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100, 10_000})
  void so_it_does_when_the_customers_could_be_sent_by_their_phones(int batchSize) {
    int[] read = {0};
    ProfileSource source =
        source(
            5_000,
            number -> {
              read[0] = number;
              return CustomerProfile.of(
                  Lab.id(number),
                  Map.of("mail", Lab.email(number), "Phone", "+3584012" + (10_000 + number)));
            });

    ExportException stopped = stopped(exporter(source).batchSize(batchSize));

    assertThat(stopped.reason()).isEqualTo(ExportException.Reason.MAPPING_UNFIT);
    assertThat(read[0]).isLessThanOrEqualTo(1_001);
    assertThat(lab.klaviyo.asked(IMPORT)).isEmpty();
    assertThat(stopped.report().profiles().unsent()).isEqualTo(stopped.report().profiles().read());
  }

  @Test
  void customers_without_an_address_go_by_their_phones_when_the_source_has_the_field() {
    Map<String, Object> none = new HashMap<>();
    none.put("Email", null);
    none.put("Phone", "+358401234567");

    ExportReport report =
        export(exporter(source(1, number -> CustomerProfile.of(Lab.id(number), none))));

    assertThat(report.profiles().accepted()).isEqualTo(1);
    assertThat(report.notices().emptyFields()).containsExactly("Email");
    assertThat(report.notices().missingFields()).containsExactly("City", "LTV");
  }

  @Test
  void an_address_within_the_first_thousand_profiles_is_enough() {
    ExportReport report =
        export(
            exporter(
                    source(
                        1_000,
                        number ->
                            number == 999
                                ? named(number, "Email")
                                : CustomerProfile.of(
                                    Lab.id(number),
                                    Map.of("Phone", "+3584012" + (10_000 + number)))))
                .batchSize(300));

    assertThat(report.profiles().accepted()).isEqualTo(1_000);
  }

  @Test
  void a_source_that_fails_before_the_address_is_met_is_what_stops_the_export() {
    ProfileSource source =
        source(
            50,
            number -> {
              if (number == 20) {
                throw new IllegalStateException("gone");
              }
              return CustomerProfile.of(
                  Lab.id(number), Map.of("Phone", "+3584012" + (10_000 + number)));
            });

    ExportException stopped = stopped(exporter(source).batchSize(5));

    assertThat(stopped.reason())
        .isIn(ExportException.Reason.SOURCE_FAILED, ExportException.Reason.MAPPING_UNFIT);
    assertThat(lab.klaviyo.asked(IMPORT)).isEmpty();
  }

  @Test
  void a_limit_below_a_thousand_is_enough_to_judge_by() {
    ExportException stopped =
        stopped(
            exporter(
                    source(
                        50,
                        number ->
                            CustomerProfile.of(
                                Lab.id(number), Map.of("Phone", "+3584012" + (10_000 + number)))))
                .limit(20));

    assertThat(stopped.reason()).isEqualTo(ExportException.Reason.MAPPING_UNFIT);
  }

  @Test
  void a_mapped_field_that_no_profile_had_is_told_by_name_once_and_everywhere() throws IOException {
    ExportReport report = export(exporter(source(3, number -> named(number, "Email"))));

    assertThat(report.profiles().accepted()).isEqualTo(3);
    assertThat(report.isConfirmed()).isTrue();
    assertThat(report.isClean()).isFalse();
    assertThat(report.notices().missingFields()).containsExactly("Phone", "City", "LTV");
    assertThat(report.notices().emptyFields()).isEmpty();
    assertThat(report.toString()).contains("no profile had the mapped field 'LTV'");
    assertThat(report.toJson()).contains("\"missing_fields\" : [ \"Phone\", \"City\", \"LTV\" ]");
    assertThat(warnings).singleElement().asString().contains("'Phone', 'City', 'LTV'");
  }

  @Test
  void a_mapped_field_that_is_always_empty_is_told_in_other_words_and_is_no_loss() {
    ExportReport report =
        export(
            exporter(
                source(
                    3,
                    number ->
                        CustomerProfile.of(
                            Lab.id(number), Lab.FIELDS, Lab.email(number), null, " ", 5))));

    assertThat(report.notices().emptyFields()).containsExactly("Phone", "City");
    assertThat(report.notices().missingFields()).isEmpty();
    assertThat(report.toString()).contains("the mapped field 'City' was always empty");
    assertThat(report.isClean()).isTrue();
  }

  @Test
  void a_value_in_a_profile_that_was_rejected_is_a_value_all_the_same() {
    ExportReport report =
        export(
            exporter(
                source(
                    3,
                    number ->
                        number == 2
                            ? malformed(number)
                            : CustomerProfile.of(
                                Lab.id(number), Lab.FIELDS, Lab.email(number), null, null, null))));

    assertThat(report.notices().emptyFields()).containsExactly("Phone");
  }

  @Test
  void of_an_empty_segment_nothing_is_said() {
    ExportReport report = export(exporter(source(0, Lab::customer)));

    assertThat(report.notices().missingFields()).isEmpty();
    assertThat(report.isClean()).isTrue();
    assertThat(warnings).isEmpty();
  }

  // Too many rejected

  @Test
  void an_export_that_rejects_every_profile_stops_however_few_they_are() {
    ExportException stopped = stopped(exporter(source(1, LossTest::malformed)));

    assertThat(stopped.reason()).isEqualTo(ExportException.Reason.TOO_MANY_REJECTED);
    assertThat(stopped)
        .hasMessageContaining("'Email'")
        .hasMessageContaining("EMAIL_MALFORMED")
        .hasMessageContaining("maxRejected(1)");
    assertThat(stopped.report().isConfirmed()).isTrue();
  }

  @Test
  void so_it_does_when_none_of_many_has_an_identifier() {
    ExportException stopped = stopped(exporter(source(2_000, LossTest::unidentified)));

    assertThat(stopped.reason()).isEqualTo(ExportException.Reason.TOO_MANY_REJECTED);
    assertThat(stopped.report().profiles().rejected()).isEqualTo(2_000);
    assertThat(stopped).hasMessageContaining("NO_IDENTIFIER");
  }

  @Test
  void few_rejections_among_few_good_profiles_stop_nothing_unless_a_share_is_set() {
    ProfileSource source =
        source(10, number -> number > 9 ? Lab.customer(number) : malformed(number));

    assertThat(export(exporter(source)).profiles().rejected()).isEqualTo(9);

    ExportException stopped = stopped(exporter(source).maxRejected(0.5));
    assertThat(stopped.reason()).isEqualTo(ExportException.Reason.TOO_MANY_REJECTED);
    assertThat(stopped).hasMessageContaining("maxRejected(0.9)");
    assertThat(export(exporter(source).maxRejected(0.9)).profiles().accepted()).isEqualTo(1);
  }

  @Test
  void at_the_end_what_was_sent_is_confirmed_first() {
    ExportException stopped =
        stopped(
            exporter(
                    source(
                        40, number -> number % 4 == 0 ? Lab.customer(number) : malformed(number)))
                .batchSize(2));

    assertThat(stopped.reason()).isEqualTo(ExportException.Reason.TOO_MANY_REJECTED);
    assertThat(stopped.report().profiles().accepted()).isEqualTo(10);
    assertThat(stopped.report().isConfirmed()).isTrue();
  }

  @Test
  void half_of_the_profiles_may_be_rejected() {
    ProfileSource source =
        source(40, number -> number % 2 == 0 ? Lab.customer(number) : malformed(number));

    assertThat(export(exporter(source)).profiles().rejected()).isEqualTo(20);
  }

  @Test
  void duplicates_count_for_nothing() {
    ProfileSource source = source(100, number -> number > 15 ? Lab.customer(1) : malformed(number));

    assertThat(stopped(exporter(source)).reason())
        .isEqualTo(ExportException.Reason.TOO_MANY_REJECTED);
  }

  @Test
  void it_stops_after_the_first_batchs_worth_of_profiles_and_sends_none() {
    ProfileSource source =
        source(100_000, number -> number % 3 == 0 ? Lab.customer(number) : malformed(number));

    ExportException stopped = stopped(exporter(source));

    assertThat(stopped.reason()).isEqualTo(ExportException.Reason.TOO_MANY_REJECTED);
    assertThat(stopped.report().profiles().read()).isEqualTo(10_000);
    assertThat(stopped).hasMessageContaining("nothing more was sent");
    assertThat(lab.klaviyo.asked(IMPORT)).isEmpty();
  }

  @Test
  void what_smaller_batches_had_sent_by_then_is_confirmed_however_slow_klaviyo_is() {
    lab.klaviyo.status(job -> job.age().toMinutes() < 50 ? "processing" : "complete");
    ProfileSource source =
        source(100_000, number -> number % 3 == 0 ? Lab.customer(number) : malformed(number));

    ExportException stopped = stopped(exporter(source).batchSize(100));

    assertThat(stopped.report().profiles().read()).isEqualTo(1_000);
    assertThat(stopped.report().profiles().accepted()).isPositive();
    assertThat(stopped.report().profiles().accepted())
        .isEqualTo(
            stopped.report().profiles().read()
                - stopped.report().profiles().rejected()
                - stopped.report().profiles().unsent());
  }

  @Test
  void a_source_that_has_its_customers_without_an_address_first_is_read_past_them() {
    ProfileSource source =
        source(30_000, number -> number > 11_000 ? Lab.customer(number) : unidentified(number));

    assertThat(export(exporter(source)).profiles().accepted()).isEqualTo(19_000);
  }

  @Test
  void a_share_is_from_0_to_1() {
    for (double wrong : new double[] {-0.1, 1.1, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> SegmentExporter.builder().maxRejected(wrong));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> SegmentExporter.builder().maxRejectedFields(wrong));
    }
  }

  @Test
  void an_export_of_its_own_can_allow_more() {
    try (SegmentExporter exporter = exporter(source(1, LossTest::malformed)).build()) {
      assertThat(exporter.prepare(VIP, LIST).maxRejected(1).run().isClean()).isFalse();
    }
  }

  @Test
  void stopped_at_the_end_it_can_be_resumed_when_more_is_allowed_and_sends_nothing_twice() {
    MemoryJournal journal = MemoryJournal.create();
    ProfileSource source =
        source(40, number -> number % 4 == 0 ? Lab.customer(number) : malformed(number));
    ExportException stopped = stopped(exporter(source).journal(journal));
    int imports = lab.klaviyo.asked(IMPORT).size();

    try (SegmentExporter exporter = exporter(source).journal(journal).maxRejected(1).build()) {
      ExportReport report = exporter.resume(stopped.report().run());

      assertThat(report.profiles()).isEqualTo(stopped.report().profiles());
      assertThat(report.rejections().byField()).isEqualTo(stopped.report().rejections().byField());
      assertThat(lab.klaviyo.asked(IMPORT)).hasSize(imports);
    }
  }

  // Ids that are email addresses

  @Test
  void an_id_that_is_an_email_address_is_noticed_once_and_not_printed() {
    String canary = "canary.7@private.example";
    ExportReport report =
        export(
            exporter(
                source(
                    4,
                    number ->
                        number == 1
                            ? Lab.customer(1)
                            : CustomerProfile.of(canary, Lab.FIELDS, "none", null, null, null))));

    assertThat(report.notices().emailIds()).isTrue();
    assertThat(warnings).filteredOn(warning -> warning.contains("email addresses")).hasSize(1);
    assertThat(report.toString() + report.toJson() + report.rejections().first() + warnings)
        .doesNotContain("canary")
        .doesNotContain("private");
    // What sets a customer right must name the customer.
    assertThat(report.rejections().first().get(0).customerId()).isEqualTo(canary);
    assertThat(report.rejectionsToCsv()).contains(canary);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "c@shop.fi",
        " c@.",
        "@c@shop.fi",
        "c@shop.fi@x",
        "c@\u4F8B\u3002jp",
        "c@b\uFF0Efi",
        "c\uFF20shop.fi",
        "c%40shop.fi"
      })
  void ids_that_look_like_an_address_are_not_printed(String id) {
    assertThat(CustomerProfile.idAsText(id)).isEqualTo("(an email address, not shown)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"c-1", "@c", "c@", "", "@", "c-1@fi", "@c.fi", "c.1@fi", "40%", "c d"})
  void other_ids_are_printed(String id) {
    assertThat(CustomerProfile.idAsText(id)).isEqualTo(id);
  }

  @ParameterizedTest
  @CsvSource({
    "c\u00A01, c<U+00A0 no-break space>1",
    "c\u2028INFO, c<U+2028 line separator>INFO",
    "c\u202E71, c<U+202E right-to-left override>71",
    "c\u00001, c<U+0000 null>1"
  })
  void an_id_stands_in_one_line_wherever_it_is_printed(String id, String shown) {
    assertThat(CustomerProfile.idAsText(id)).isEqualTo(shown);
    assertThat(CustomerProfile.idAsText("a\r\nb"))
        .isEqualTo("a<U+000D line break><U+000A line break>b");
    assertThat(Rejection.ofProfile(id, null, Reason.NO_IDENTIFIER).toString()).contains(shown);
    assertThat(CustomerProfile.of(id, Map.of()).toString()).contains(shown);
  }

  @Test
  void an_export_that_loses_nothing_is_clean() {
    ExportReport report = lab.export(Lab.customers(5));

    assertThat(report.isConfirmed()).isTrue();
    assertThat(report.isClean()).isTrue();
    assertThat(report.notices().emailIds()).isFalse();
  }
}
