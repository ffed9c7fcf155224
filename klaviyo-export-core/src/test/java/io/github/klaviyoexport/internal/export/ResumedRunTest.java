package io.github.klaviyoexport.internal.export;

import static io.github.klaviyoexport.testing.SmallKlaviyo.IMPORT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.JobStatus;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.internal.report.JobData;
import io.github.klaviyoexport.internal.report.NoticesData;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer;
import io.github.klaviyoexport.testing.SmallKlaviyo;
import io.github.klaviyoexport.testing.SmallKlaviyo.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs that were cut off and go on from what their journal tells them. */
class ResumedRunTest {
  private static final int BATCH = 7;

  /** Of every ten, one of each kind: and each tenth but one again. */
  private static final List<CustomerProfile> MIXED = mixed();

  private final Lab lab = new Lab();
  private final Journaled journal = new Journaled();

  private static List<CustomerProfile> mixed() {
    List<CustomerProfile> customers = new ArrayList<>();
    for (int number = 1; number <= 60; number++) {
      customers.add(
          switch (number % 10) {
            case 1 ->
                CustomerProfile.of(Lab.id(number), Lab.FIELDS, "no address", null, "London", 1);
            case 2 ->
                CustomerProfile.of(Lab.id(number), Lab.FIELDS, Lab.email(number), "12", "Rome", 1);
            default -> Lab.customer(number);
          });
      if (number % 10 == 9) {
        customers.add(Lab.customer(number - 3));
      }
    }
    return customers;
  }

  /** A Klaviyo that minds the fourth of every ten, the fifth's phone, and fails the sixth. */
  private static void fussy(SmallKlaviyo klaviyo) {
    klaviyo.judging(
        rows -> {
          if (rows.stream().anyMatch(ending(4))) {
            return refusing(rows, 4, "/attributes/email");
          }
          boolean phones = rows.stream().anyMatch(ending(5).and(row -> row.has("phone_number")));
          return phones ? refusing(rows, 5, "/attributes/phone_number") : null;
        });
    klaviyo.failing(ending(6));
  }

  private static Predicate<Row> ending(int digit) {
    return row -> Lab.number(row.email()) % 10 == digit;
  }

  private static Answer refusing(List<Row> rows, int digit, String field) {
    IntPredicate named = i -> ending(digit).test(rows.get(i));
    return SmallKlaviyo.refusing(400, IntStream.range(0, rows.size()).filter(named), field);
  }

  private SegmentExporter exporter(ProfileSource source) {
    return lab.exporter(source).batchSize(BATCH).batchesInFlight(2).journal(journal).build();
  }

  private void cutOff(ProfileSource source, int entries) {
    journal.cutOffAfter(entries);
    runUntilCutOff(source);
  }

  private void cutOffAt(int time, String kind, ProfileSource source) {
    journal.cutOffAt(time, kind);
    runUntilCutOff(source);
  }

  private void runUntilCutOff(ProfileSource source) {
    try (SegmentExporter exporter = exporter(source)) {
      ExportException stopped =
          catchThrowableOfType(ExportException.class, () -> exporter.export(Lab.VIP, Lab.LIST));
      assertThat(stopped).hasRootCauseInstanceOf(Journaled.CutOff.class);
    }
    journal.goOn();
  }

  private ExportReport resume(ProfileSource source) {
    try (SegmentExporter exporter = exporter(source)) {
      return exporter.resume(exporter.unfinishedRun(Lab.VIP, Lab.LIST).orElseThrow());
    }
  }

  private static void assertWhole(ExportReport report, String how) {
    assertThat(report.profiles().read()).as("read, " + how).isEqualTo(66);
    assertThat(report.profiles().duplicates()).as("duplicates, " + how).isEqualTo(6);
    assertThat(report.profiles().rejected()).as("rejected, " + how).isEqualTo(6 + 6 + 6);
    assertThat(report.rejections().fields()).as("rejected fields, " + how).isEqualTo(6 + 6);
    assertThat(report.profiles().accepted()).as("accepted, " + how).isEqualTo(42);
    assertThat(report.profiles().unconfirmed()).as("unconfirmed, " + how).isZero();
    assertThat(report.rejections().first())
        .as("rejections, " + how)
        .hasSize(30)
        .doesNotHaveDuplicates();
    Map<Rejection.Reason, Long> reasons = new EnumMap<>(Rejection.Reason.class);
    report
        .rejections()
        .byField()
        .forEach(count -> reasons.merge(count.reason(), count.count(), Long::sum));
    assertThat(reasons).as("by field, " + how).isEqualTo(report.rejections().reasons());
    assertThat(report.notices()).as("notices, " + how).isEqualTo(NoticesData.NONE);
    assertThat(report.jobs())
        .as("jobs, " + how)
        .allMatch(job -> job.status() == JobStatus.COMPLETE)
        .allMatch(job -> job.profiles() == job.accepted() + job.rejected());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_run_that_is_cut_off_at_any_entry_ends_as_if_nothing_had_happened(boolean positioned) {
    fussy(lab.klaviyo);
    int entries = entriesOfAWholeRun(positioned);
    assertThat(entries).isGreaterThan(30);

    for (int written = 1; written < entries; written++) {
      ResumedRunTest test = new ResumedRunTest();
      fussy(test.lab.klaviyo);
      Segments source = Segments.of(MIXED);
      test.cutOff(positioned ? source : source.withoutPositions(), written);

      ExportReport report = test.resume(positioned ? source : source.withoutPositions());

      assertWhole(report, "cut off after entry " + written);
      test.assertNothingSentTwiceButWhatWasUnderWay("cut off after entry " + written);
      test.assertFinished();
    }
  }

  private int entriesOfAWholeRun(boolean positioned) {
    Segments source = Segments.of(MIXED);
    try (SegmentExporter exporter = exporter(positioned ? source : source.withoutPositions())) {
      assertWhole(exporter.export(Lab.VIP, Lab.LIST), "not cut off");
    }
    return journal.written();
  }

  private void assertNothingSentTwiceButWhatWasUnderWay(String how) {
    List<String> taken = lab.klaviyo.emails();
    long again = taken.size() - taken.stream().distinct().count();
    assertThat(taken.stream().distinct().count()).as("customers, " + how).isEqualTo(48);
    assertThat(again).as("rows sent again, " + how).isLessThanOrEqualTo(2 * BATCH);
  }

  private void assertFinished() {
    try (SegmentExporter exporter = exporter(Segments.of(MIXED))) {
      assertThat(exporter.unfinishedRun(Lab.VIP, Lab.LIST)).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_run_may_be_cut_off_again_and_again(boolean positioned) {
    for (long seed = 1; seed <= 40; seed++) {
      Random random = new Random(seed);
      ResumedRunTest test = new ResumedRunTest();
      fussy(test.lab.klaviyo);
      Segments all = Segments.of(MIXED);
      ProfileSource source = positioned ? all : all.withoutPositions();
      test.cutOff(source, 1 + random.nextInt(20));
      ExportReport report = null;
      while (report == null) {
        test.journal.cutOffAfter(1 + random.nextInt(20));
        try {
          report = test.resume(source);
        } catch (ExportException stopped) {
          assertThat(stopped).hasRootCauseInstanceOf(Journaled.CutOff.class);
        }
      }
      test.journal.goOn();

      assertWhole(report, "seed " + seed);
      assertThat(test.lab.klaviyo.emails().stream().distinct()).as("seed " + seed).hasSize(48);
      test.assertFinished();
    }
  }

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
      ResumedRunTest test = new ResumedRunTest();
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
      ResumedRunTest test = new ResumedRunTest();
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

  @Test
  void a_batch_that_may_have_arrived_is_sent_again_with_the_same_bytes() {
    Segments source = Segments.of(Lab.customers(20));
    cutOffAt(1, "taken", source);
    List<byte[]> before = bodies();

    resume(source);

    List<byte[]> after = bodies();
    assertThat(before).hasSizeGreaterThanOrEqualTo(1);
    assertThat(after.subList(before.size(), after.size()))
        .anyMatch(body -> Arrays.equals(body, before.get(0)));
  }

  private List<byte[]> bodies() {
    return lab.klaviyo.asked(IMPORT).stream().map(asked -> asked.bytes()).toList();
  }

  @Test
  void a_source_that_can_be_positioned_is_not_read_again_up_to_where_all_is_settled() {
    Segments source = Segments.of(Lab.customers(50));
    lab.klaviyo.status(job -> job.age().toMinutes() < 5 ? "processing" : "complete");
    cutOffAt(4, "taken", source);
    int read = source.given();

    ExportReport report = resume(source);

    assertThat(source.openedAt()).isEqualTo("21");
    assertThat(source.given() - read).isEqualTo(50 - 21);
    assertThat(report.profiles().read()).isEqualTo(50);
    assertThat(report.profiles().accepted()).isEqualTo(50);
  }

  /** Only the first seven have a city, and ids that are email addresses; none has a phone. */
  private static List<CustomerProfile> withCitiesAtFirst() {
    return IntStream.rangeClosed(1, 50)
        .mapToObj(
            number ->
                CustomerProfile.of(
                    number <= 7 ? number + "@ids.example" : Lab.id(number),
                    Lab.FIELDS,
                    Lab.email(number),
                    null,
                    number <= 7 ? "London" : null,
                    number))
        .toList();
  }

  @Test
  void what_reading_had_noticed_before_a_position_is_known_behind_it() {
    Segments source = Segments.of(withCitiesAtFirst());
    cutOffAt(4, "taken", source);

    ExportReport report = resume(source);

    assertThat(source.openedAt()).isEqualTo("21");
    assertThat(report.notices().emptyFields()).containsExactly("Phone");
    assertThat(report.notices().missingFields()).isEmpty();
    assertThat(report.notices().emailIds()).isTrue();
  }

  @Test
  void a_journal_that_says_nothing_of_fields_is_read_and_nothing_is_claimed_of_them() {
    Segments source = Segments.of(withCitiesAtFirst());
    cutOffAt(4, "taken", source);
    journal.change(
        line ->
            line.replaceAll(",\"use\":\\{(\"\\w+\":\\{[^}]*},?)*}", "")
                .replace(",\"email_ids\":true", ""));
    assertThat(journal.lines("filled")).isNotEmpty().noneMatch(line -> line.contains("\"use\""));

    ExportReport report = resume(source);

    assertThat(source.openedAt()).isEqualTo("21");
    assertThat(report.profiles().accepted()).isEqualTo(50);
    assertThat(report.notices()).isEqualTo(NoticesData.NONE);
  }

  @Test
  void what_was_settled_and_is_gone_from_the_source_is_counted_as_read() {
    Segments source = Segments.of(Lab.customers(21));
    cutOffAt(2, "taken", source.withoutPositions());

    ExportReport report = resume(Segments.of(Lab.customers(21).subList(3, 21)).withoutPositions());

    assertThat(report.profiles().read()).isEqualTo(21);
    assertThat(report.profiles().accepted()).isEqualTo(21);
  }

  @Test
  void a_job_that_says_nothing_of_its_profiles_stays_unconfirmed_through_a_resumption() {
    lab.klaviyo.status(
        job ->
            job.id().equals("job-1")
                ? "cancelled"
                : job.age().toSeconds() < 60 ? "processing" : "complete");
    Segments source = Segments.of(Lab.customers(14));
    cutOffAt(2, "ended", source);

    ExportReport report = resume(source);

    assertThat(report.jobs())
        .containsExactlyInAnyOrder(
            new JobData("job-1", JobStatus.CANCELLED, 7, 0, 0),
            new JobData("job-2", JobStatus.COMPLETE, 7, 7, 0));
    assertThat(report.profiles().unconfirmed()).isEqualTo(7);
    assertThat(report.unconfirmedCustomers())
        .containsExactlyElementsOf(IntStream.rangeClosed(1, 7).mapToObj(Lab::id).toList());
  }

  @Test
  void the_open_jobs_of_a_run_that_cannot_go_on_are_named_as_unconfirmed() {
    Segments source = Segments.of(Lab.customers(14));
    cutOffAt(1, "ended", source);
    lab.klaviyo.on(SmallKlaviyo.LIST, Answer.error(404, "not_found", "/data"));

    ExportException stopped = catchThrowableOfType(ExportException.class, () -> resume(source));

    assertThat(stopped.reason()).isEqualTo(Reason.LIST_NOT_FOUND);
    assertThat(stopped.report().unconfirmedCustomers()).hasSize(14);
  }

  @Test
  void the_report_of_a_resumed_run_counts_its_time_from_when_it_first_began() {
    Segments source = Segments.of(Lab.customers(14));
    cutOffAt(2, "taken", source);
    lab.time.pass(Duration.ofHours(2));

    ExportReport report = resume(source);

    assertThat(report.took()).isBetween(Duration.ofHours(2), Duration.ofMinutes(121));
  }

  @Test
  void a_run_goes_on_with_the_same_id() {
    Segments source = Segments.of(Lab.customers(14));
    cutOffAt(2, "taken", source);
    String run = unfinished(source);

    assertThat(run).matches("[0-9a-f]{24}-[0-9a-f]{12}");
    assertThat(resume(source).run()).isEqualTo(run);
  }

  private @Nullable String unfinished(ProfileSource source) {
    try (SegmentExporter exporter = exporter(source)) {
      return exporter.unfinishedRun(Lab.VIP, Lab.LIST).orElse(null);
    }
  }

  @Test
  void a_run_that_was_set_up_otherwise_is_refused_with_the_difference() {
    Segments source = Segments.of(Lab.customers(14));
    cutOffAt(2, "taken", source);

    try (SegmentExporter other =
        lab.exporter(source).mapping(FieldMapping.email("Email")).journal(journal).build()) {
      assertThatThrownBy(() -> other.prepare(Lab.VIP, Lab.LIST).continueUnfinished().run())
          .hasMessageContaining("was set up otherwise: the mapping was ")
          .hasMessageContaining(" and is now ")
          .hasMessageNotContainingAny("the segment was", "the list was", "the server was");
    }
  }

  @Test
  void a_journal_that_was_cut_in_the_middle_is_not_resumed_on_a_guess() {
    Segments source = Segments.of(Lab.customers(14));
    cutOffAt(2, "taken", source);
    journal.forget(line -> line.contains("\"entry\":\"filled\""));

    try (SegmentExporter exporter = exporter(source)) {
      assertThatThrownBy(() -> exporter.unfinishedRun(Lab.VIP, Lab.LIST))
          .cause()
          .hasMessage(
              "The journal speaks of a row that it does not hold, so it is not whole: start the"
                  + " export over.");
    }
  }

  @Test
  void a_journal_that_speaks_of_more_rows_than_it_holds_is_not_resumed_on_a_guess() {
    Segments source = Segments.of(Lab.customers(14));
    cutOffAt(2, "taken", source);
    journal.change(line -> line.replace("\"rows\":[0,6]", "\"rows\":[0,7]"));

    try (SegmentExporter exporter = exporter(source)) {
      assertThatThrownBy(() -> exporter.unfinishedRun(Lab.VIP, Lab.LIST))
          .cause()
          .hasMessageStartingWith("The journal speaks of a row that it does not hold");
    }
  }

  @Test
  void batches_are_numbered_on_through_all_lives_of_a_run() {
    Segments source = Segments.of(Lab.customers(30));
    cutOffAt(2, "taken", source);
    resume(source);

    List<String> filled = journal.lines("filled");
    assertThat(filled).hasSizeGreaterThan(4);
    for (int number = 0; number < filled.size(); number++) {
      assertThat(filled.get(number)).contains("\"batch\":" + number + ",");
    }
  }

  @Test
  void a_journal_whose_rows_are_broken_is_not_resumed_on_a_guess() {
    Segments source = Segments.of(Lab.customers(14));
    cutOffAt(2, "taken", source);
    journal.change(line -> line.replaceFirst("\"keys\":\"[^\"]*\"", "\"keys\":\"AAAA\""));

    try (SegmentExporter exporter = exporter(source)) {
      assertThatThrownBy(() -> exporter.unfinishedRun(Lab.VIP, Lab.LIST))
          .cause()
          .hasMessage(
              "The journal holds rows that cannot be read, so it is not whole: start the export"
                  + " over.");
    }
  }

  @Test
  void the_journal_is_let_go_of_when_it_cannot_be_read() {
    cutOffAt(2, "taken", Segments.of(Lab.customers(14)));
    journal.change(line -> "{}");

    assertThatThrownBy(() -> unfinished(Segments.of(List.of())))
        .hasMessage("The journal cannot be read.");
    assertThat(journal.isOpen()).isFalse();
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
      ResumedRunTest test = new ResumedRunTest();
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
      ResumedRunTest test = new ResumedRunTest();
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
