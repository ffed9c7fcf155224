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
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs that were cut off and go on from what their journal tells them. */
class ResumedRunTest extends ResumedRuns {
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
        .allMatch(job -> job.profiles() == job.accepted() + job.rejected())
        .allMatch(job -> !job.madeAt().isBefore(report.startedAt()))
        .allMatch(job -> job.endedAt().isAfter(job.madeAt()));
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
  void jobs_of_a_journal_that_did_not_keep_their_times_have_none() {
    Segments source = Segments.of(Lab.customers(14));
    cutOffAt(1, "ended", source);
    journal.change(
        line ->
            line.startsWith("{\"entry\":\"taken\"") || line.startsWith("{\"entry\":\"ended\"")
                ? line.replaceAll(",\"at\":\"[^\"]*\"", "")
                : line);

    ExportReport report = resume(source);

    assertThat(report.profiles().accepted()).isEqualTo(14);
    assertThat(report.jobs()).anyMatch(job -> job.madeAt() == null);
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
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("madeAt", "endedAt")
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
        .hasMessageStartingWith("The journal cannot be read (The journal ");
    assertThat(journal.isOpen()).isFalse();
  }
}
