package io.github.klaviyoexport.internal.upload;

import static io.github.klaviyoexport.testing.SmallKlaviyo.IMPORT;
import static io.github.klaviyoexport.testing.SmallKlaviyo.LIST;
import static io.github.klaviyoexport.testing.SmallKlaviyo.refusing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.internal.export.Journaled;
import io.github.klaviyoexport.internal.export.Lab;
import io.github.klaviyoexport.klaviyo.TransportException.Fate;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A row on which Klaviyo fails, instead of refusing it, is told from an outage and found. */
class FailingRowTest extends JobsInLab {

  /** How Klaviyo may fail on a row. */
  private enum Failure {
    SERVER_ERROR(Answer.json(500, "")),
    BAD_GATEWAY(Answer.of(502, "text/html", "<html>")),
    CUT(Answer.broken(Fate.UNKNOWN)),
    SILENT(Answer.silence()),
    TIMED_OUT(Answer.of(408, "text/html", "")),
    REFUSED_WITHOUT_REASON(Answer.of(400, "text/html", "<html>Bad request"));

    private final Answer answer;

    Failure(Answer answer) {
      this.answer = answer;
    }
  }

  private void failingOn(Answer answer, int... customers) {
    Set<String> emails = Arrays.stream(customers).mapToObj(Lab::email).collect(Collectors.toSet());
    lab.klaviyo.judging(
        rows -> rows.stream().anyMatch(row -> emails.contains(row.email())) ? answer : null);
  }

  private static List<String> failingOn(ExportReport report) {
    return report.rejections().first().stream()
        .filter(told -> told.reason() == Reason.FAILS_KLAVIYO)
        .map(Rejection::customerId)
        .toList();
  }

  @ParameterizedTest
  @EnumSource
  void the_row_is_set_aside_and_the_others_of_its_batch_are_delivered(Failure failure) {
    failingOn(failure.answer, 1_777);

    ExportReport report = export(4_000, 1_000);

    assertThat(report.rejections().first())
        .containsExactly(Rejection.ofProfile("c-1777", null, Reason.FAILS_KLAVIYO));
    assertThat(report.profiles().accepted()).isEqualTo(3_999);
    assertThat(report.isConfirmed()).isTrue();
    assertThat(lab.klaviyo.emails()).hasSize(3_999).doesNotHaveDuplicates();
    assertThat(lab.klaviyo.asked(IMPORT)).hasSizeLessThan(100);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 500, 999, 1_000})
  void in_a_lone_batch_the_parts_that_pass_tell(int bad) {
    failingOn(Answer.json(500, ""), bad);

    ExportReport report = lab.export(Lab.customers(1_000));

    assertThat(failingOn(report)).containsExactly(Lab.id(bad));
    assertThat(report.profiles().accepted()).isEqualTo(999);
    assertThat(lab.time.elapsed()).isLessThan(Duration.ofMinutes(40));
  }

  @ParameterizedTest
  @CsvSource({"1, 4", "2, 4", "4, 4", "1, 1"})
  void several_of_them_in_several_batches_are_found(int batchesInFlight, int everyBatches) {
    int[] bad =
        IntStream.range(0, 4)
            .filter(i -> i % (5 - everyBatches) == 0)
            .map(i -> 50 + 250 * i)
            .toArray();
    failingOn(Answer.json(500, ""), bad);

    ExportReport report;
    try (SegmentExporter exporter =
        lab.exporter(segment -> ProfileReader.of(Lab.customers(1_000)))
            .batchSize(250)
            .batchesInFlight(batchesInFlight)
            .build()) {
      report = exporter.export(Lab.VIP, Lab.LIST);
    }

    assertThat(failingOn(report))
        .containsExactlyInAnyOrder(IntStream.of(bad).mapToObj(Lab::id).toArray(String[]::new));
    assertThat(report.profiles().accepted()).isEqualTo(1_000 - bad.length);
  }

  @Test
  void five_of_them_in_a_lone_batch_are_found_wherever_they_stand() {
    failingOn(Answer.broken(Fate.UNKNOWN), 10, 260, 510, 760, 761);

    ExportReport report = lab.export(Lab.customers(1_000));

    assertThat(failingOn(report))
        .containsExactlyInAnyOrder("c-10", "c-260", "c-510", "c-760", "c-761");
    assertThat(report.profiles().accepted()).isEqualTo(995);
  }

  @Test
  void a_row_that_klaviyo_names_beside_it_is_refused_as_ever() {
    lab.klaviyo.judging(
        rows -> {
          for (int i = 0; i < rows.size(); i++) {
            if (rows.get(i).email().equals(Lab.email(3))) {
              return refusing(400, IntStream.of(i), "/attributes/email");
            }
          }
          return rows.stream().anyMatch(row -> row.email().equals(Lab.email(7)))
              ? Answer.json(500, "")
              : null;
        });

    ExportReport report = lab.export(Lab.customers(10));

    assertThat(report.rejections().first())
        .extracting(Rejection::customerId, Rejection::reason)
        .containsExactlyInAnyOrder(
            tuple("c-3", Reason.REFUSED_BY_KLAVIYO), tuple("c-7", Reason.FAILS_KLAVIYO));
    assertThat(report.profiles().accepted()).isEqualTo(8);
  }

  // Outages

  @Test
  void an_outage_of_everything_is_not_bisected() {
    int[] asked = {0};
    lab.klaviyo.on(IMPORT, Answer.json(503, ""));
    lab.klaviyo.on(LIST, any -> asked[0]++ == 0 ? null : Answer.json(503, ""));

    ExportException stopped = lab.stopped(Lab.customers(1_000));

    assertThat(stopped.reason()).isEqualTo(ExportException.Reason.UNAVAILABLE);
    assertThat(lab.klaviyo.asked(IMPORT)).hasSize(10);
    assertThat(stopped.report().profiles().rejected()).isZero();
    assertThat(stopped.report().profiles().unconfirmed()).isEqualTo(1_000);
    assertThat(stopped.report().profiles().unsent()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void an_outage_of_imports_alone_stops_the_export_within_a_bound(int batches) {
    lab.klaviyo.on(IMPORT, Answer.json(503, ""));

    ExportException stopped;
    try (SegmentExporter exporter =
        lab.exporter(segment -> ProfileReader.of(Lab.customers(4_000)))
            .batchSize(4_000 / batches)
            .build()) {
      stopped = Lab.stopped(exporter.prepare(Lab.VIP, Lab.LIST));
    }

    assertThat(stopped.reason()).isEqualTo(ExportException.Reason.UNAVAILABLE);
    assertThat(stopped.report().profiles().rejected()).isZero();
    assertThat(stopped.report().profiles().unconfirmed()).isEqualTo(4_000);
    assertThat(lab.klaviyo.asked(IMPORT))
        .hasSizeLessThanOrEqualTo(10 * batches + 2 * ImportHealth.MAX_FAILED_IN_A_ROW);
    assertThat(stopped)
        .message()
        .contains("stopped: Klaviyo answered 503 ('import profiles', ")
        .containsPattern("Parts of the batch fared no better: [1-9]\\d* calls in all\\. So far ");
  }

  @Test
  void a_lone_row_on_which_klaviyo_fails_is_not_blamed() {
    failingOn(Answer.json(500, ""), 1);

    ExportException stopped = lab.stopped(Lab.customers(1));

    assertThat(stopped.reason()).isEqualTo(ExportException.Reason.UNAVAILABLE);
    assertThat(stopped.report().profiles().rejected()).isZero();
    assertThat(stopped.report().profiles().unconfirmed()).isEqualTo(1);
  }

  @Test
  void an_outage_that_ends_costs_nobody() {
    int[] calls = {0};
    lab.klaviyo.on(IMPORT, asked -> ++calls[0] <= 47 ? Answer.json(503, "") : null);

    ExportReport report = export(4_000, 1_000);

    assertThat(report.profiles().accepted()).isEqualTo(4_000);
    assertThat(lab.klaviyo.emails()).hasSize(4_000).doesNotHaveDuplicates();
  }

  @Test
  void a_klaviyo_that_cannot_be_reached_is_an_outage_whatever_has_passed() {
    lab.klaviyo.on(
        IMPORT, asked -> lab.klaviyo.jobs().isEmpty() ? null : Answer.broken(Fate.UNPROCESSED));

    ExportException stopped;
    try (SegmentExporter exporter =
        lab.exporter(segment -> ProfileReader.of(Lab.customers(20))).batchSize(10).build()) {
      stopped = Lab.stopped(exporter.prepare(Lab.VIP, Lab.LIST));
    }

    assertThat(stopped.reason()).isEqualTo(ExportException.Reason.UNAVAILABLE);
    assertThat(stopped.report().profiles().unsent()).isEqualTo(10);
  }

  @Test
  void the_parts_in_doubt_are_in_the_journal_by_their_sizes() {
    failingOn(Answer.broken(Fate.UNKNOWN), 4);
    Journaled journal = new Journaled();
    try (SegmentExporter exporter =
        lab.exporter(segment -> ProfileReader.of(Lab.customers(8))).journal(journal).build()) {
      exporter.export(Lab.VIP, Lab.LIST);
    }

    assertThat(journal.lines("in doubt"))
        .hasSizeGreaterThanOrEqualTo(4)
        .anyMatch(line -> line.contains(":8}"))
        .anyMatch(line -> line.contains(":4}"))
        .anyMatch(line -> line.contains(":2}"))
        .anyMatch(line -> line.contains(":1}"));
  }

  @Test
  void a_run_that_was_cut_off_while_it_searched_is_resumed_and_finds_the_row() {
    failingOn(Answer.json(500, ""), 4);
    Journaled journal = new Journaled();
    journal.cutOffAt(2, "taken");
    try (SegmentExporter exporter = journaled(journal)) {
      Lab.stopped(exporter.prepare(Lab.VIP, Lab.LIST));
    }
    journal.goOn();
    ExportReport report;
    try (SegmentExporter exporter = journaled(journal)) {
      report = exporter.resume(exporter.unfinishedRun(Lab.VIP, Lab.LIST).orElseThrow());
    }

    assertThat(failingOn(report)).containsExactly("c-4");
    assertThat(report.profiles().accepted()).isEqualTo(15);
  }

  private SegmentExporter journaled(Journaled journal) {
    return lab.exporter(segment -> ProfileReader.of(Lab.customers(16))).journal(journal).build();
  }
}
