package io.github.klaviyoexport.internal.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.testing.SmallKlaviyo;
import io.github.klaviyoexport.testing.SmallKlaviyo.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What customers share, and rows in doubt, are kept apart by a run that was cut off and resumed.
 */
class ResumedSharingTest extends ResumedRuns {
  /** 180 customers, of whom every thirtieth and the four after have addresses in doubt. */
  private static List<CustomerProfile> doubtful() {
    List<CustomerProfile> customers = new ArrayList<>(Lab.customers(180));
    customers.replaceAll(
        customer -> {
          int number = Lab.number(customer.id());
          return number % 30 < 5
              ? CustomerProfile.of(
                  customer.id(), Lab.FIELDS, "o'" + Lab.email(number), null, "Cork", 1)
              : customer;
        });
    return customers;
  }

  /** A Klaviyo that minds every third address in doubt. */
  private static void minding(SmallKlaviyo klaviyo) {
    klaviyo.judging(
        rows -> {
          Predicate<Row> minded =
              row -> row.email().startsWith("o'") && Lab.number(row.email()) % 3 == 0;
          IntPredicate named = i -> minded.test(rows.get(i));
          return rows.stream().anyMatch(minded)
              ? SmallKlaviyo.refusing(
                  400, IntStream.range(0, rows.size()).filter(named), "/attributes/email")
              : null;
        });
  }

  private static void assertDoubtfulWhole(ExportReport report, String how) {
    assertThat(report.profiles().read()).as("read, " + how).isEqualTo(180);
    assertThat(report.profiles().duplicates()).as("duplicates, " + how).isZero();
    assertThat(report.profiles().rejected()).as("rejected, " + how).isEqualTo(12);
    assertThat(report.profiles().accepted()).as("accepted, " + how).isEqualTo(168);
    assertThat(report.rejections().first())
        .as("rejections, " + how)
        .hasSize(12)
        .doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void rows_in_doubt_that_wait_for_a_batch_of_their_own_are_not_lost_wherever_a_run_is_cut_off(
      boolean positioned) {
    minding(lab.klaviyo);
    Segments whole = Segments.of(doubtful());
    try (SegmentExporter exporter = exporter(positioned ? whole : whole.withoutPositions())) {
      assertDoubtfulWhole(exporter.export(Lab.VIP, Lab.LIST), "not cut off");
    }
    int entries = journal.written();
    int opened = 0;

    for (int written = 1; written < entries; written++) {
      String how = "cut off after entry " + written;
      ResumedSharingTest test = new ResumedSharingTest();
      minding(test.lab.klaviyo);
      Segments source = Segments.of(doubtful());
      test.cutOff(positioned ? source : source.withoutPositions(), written);

      ExportReport report = test.resume(positioned ? source : source.withoutPositions());

      assertDoubtfulWhole(report, how);
      List<String> taken = test.lab.klaviyo.emails();
      assertThat(taken.stream().distinct()).as("customers, " + how).hasSize(168);
      assertThat(taken).as("rows sent again, " + how).hasSizeLessThanOrEqualTo(168 + 3 * BATCH);
      opened += source.openedAt() == null ? 0 : 1;
    }
    assertThat(opened)
        .as("resumed in the middle")
        .isBetween(positioned ? entries / 2 : 0, positioned ? entries : 0);
  }

  @Test
  void rows_in_doubt_may_be_cut_off_again_and_again() {
    for (long seed = 1; seed <= 30; seed++) {
      Random random = new Random(seed);
      ResumedSharingTest test = new ResumedSharingTest();
      minding(test.lab.klaviyo);
      Segments source = Segments.of(doubtful());
      test.cutOff(source, 1 + random.nextInt(40));
      ExportReport report = null;
      while (report == null) {
        test.journal.cutOffAfter(1 + random.nextInt(40));
        try {
          report = test.resume(source);
        } catch (ExportException stopped) {
          assertThat(stopped).hasRootCauseInstanceOf(Journaled.CutOff.class);
        }
      }

      assertDoubtfulWhole(report, "seed " + seed);
      assertThat(test.lab.klaviyo.emails().stream().distinct()).as("seed " + seed).hasSize(168);
    }
  }

  /** Customers of whom some have the phone number of one before them. */
  private static List<CustomerProfile> sharing() {
    List<CustomerProfile> customers = new ArrayList<>();
    for (int number = 1; number <= 60; number++) {
      String phone = "+3584012" + (10_000 + (number % 5 == 0 ? number / 10 * 10 + 1 : number));
      customers.add(
          CustomerProfile.of(
              Lab.id(number), Lab.FIELDS, Lab.email(number), phone, "London", number));
    }
    // The first customer's number again, at the end, and one who has nothing else.
    customers.add(
        CustomerProfile.of("c-61", Lab.FIELDS, Lab.email(61), "+358401210001", "London", 61));
    customers.add(CustomerProfile.of("c-62", Lab.FIELDS, null, "+358401210001", "London", 62));
    return customers;
  }

  private static void assertSharedAsIn(ExportReport whole, ExportReport report, String how) {
    assertThat(report.rejections().first())
        .as("rejections, " + how)
        .containsExactlyInAnyOrderElementsOf(whole.rejections().first());
    assertThat(report.profiles().accepted()).as("accepted, " + how).isEqualTo(61);
    assertThat(report.profiles().duplicates()).as("duplicates, " + how).isEqualTo(1);
    assertThat(report.profiles().read()).as("read, " + how).isEqualTo(62);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void what_customers_share_is_found_as_if_the_run_had_not_been_cut_off(boolean positioned) {
    Segments all = Segments.of(sharing());
    ExportReport whole;
    try (SegmentExporter exporter = exporter(positioned ? all : all.withoutPositions())) {
      whole = exporter.export(Lab.VIP, Lab.LIST);
    }
    assertThat(whole.rejections().first())
        .hasSize(12)
        .contains(
            Rejection.ofField("c-61", "Phone", Rejection.Reason.SHARED_WITH_ANOTHER)
                .withOtherCustomer("c-1"));
    assertSharedAsIn(whole, whole, "not cut off");

    int entries = journal.written();
    for (int written = 1; written < entries; written++) {
      ResumedSharingTest test = new ResumedSharingTest();
      Segments source = Segments.of(sharing());
      test.cutOff(positioned ? source : source.withoutPositions(), written);

      ExportReport report = test.resume(positioned ? source : source.withoutPositions());

      assertSharedAsIn(whole, report, "cut off after entry " + written);
      List<String> phones =
          test.lab.klaviyo.jobs().stream()
              .flatMap(job -> job.rows().stream())
              .filter(row -> row.has("phone_number"))
              .map(row -> row.email())
              .distinct()
              .toList();
      assertThat(phones)
          .as("customers sent with a phone number, cut off after entry " + written)
          .hasSize(61 - 12);
    }
  }

  @Test
  void a_run_whose_source_has_no_positions_any_more_takes_nobody_for_the_other_of_two() {
    Segments source = Segments.of(Lab.customers(40));
    cutOffAt(3, "taken", source);

    ExportReport report = resume(source.withoutPositions());

    assertThat(report.rejections().first()).isEmpty();
    assertThat(report.profiles().accepted()).isEqualTo(40);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void what_is_shared_with_a_row_in_doubt_is_found_after_a_resumption_too(boolean positioned) {
    List<CustomerProfile> customers = new ArrayList<>();
    for (int number = 1; number <= 60; number++) {
      String email = (number % 4 == 2 ? "o'" : "") + Lab.email(number);
      String phone = "+3584012" + (10_000 + (number > 40 ? number - 40 : number));
      customers.add(CustomerProfile.of(Lab.id(number), Lab.FIELDS, email, phone, "London", number));
    }
    int entries = 0;
    for (int written = 1; written <= entries || entries == 0; written++) {
      ResumedSharingTest test = new ResumedSharingTest();
      Segments all = Segments.of(customers);
      ProfileSource source = positioned ? all : all.withoutPositions();
      if (entries == 0) {
        try (SegmentExporter exporter = test.exporter(source)) {
          exporter.export(Lab.VIP, Lab.LIST);
        }
        entries = test.journal.written() - 1;
        written = 0;
        continue;
      }
      test.cutOff(source, written);

      ExportReport report = test.resume(source);

      assertThat(report.rejections().first())
          .as("cut off after entry " + written)
          .hasSize(20)
          .allMatch(
              rejection ->
                  Lab.number(String.valueOf(rejection.otherCustomerId()))
                      == Lab.number(String.valueOf(rejection.customerId())) - 40);
      assertThat(report.profiles().accepted()).isEqualTo(60);
    }
  }
}
