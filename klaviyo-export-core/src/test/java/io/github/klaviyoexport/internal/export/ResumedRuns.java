package io.github.klaviyoexport.internal.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer;
import io.github.klaviyoexport.testing.SmallKlaviyo;
import io.github.klaviyoexport.testing.SmallKlaviyo.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** Runs that are cut off at any entry of their journal, and resumed. */
abstract class ResumedRuns {
  static final int BATCH = 7;

  /** Of every ten, one of each kind: and each tenth but one again. */
  static final List<CustomerProfile> MIXED = mixed();

  final Lab lab = new Lab();
  final Journaled journal = new Journaled();

  static List<CustomerProfile> mixed() {
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

  static Predicate<Row> ending(int digit) {
    return row -> Lab.number(row.email()) % 10 == digit;
  }

  static Answer refusing(List<Row> rows, int digit, String field) {
    IntPredicate named = i -> ending(digit).test(rows.get(i));
    return SmallKlaviyo.refusing(400, IntStream.range(0, rows.size()).filter(named), field);
  }

  SegmentExporter exporter(ProfileSource source) {
    return lab.exporter(source).batchSize(BATCH).batchesInFlight(2).journal(journal).build();
  }

  void cutOff(ProfileSource source, int entries) {
    journal.cutOffAfter(entries);
    runUntilCutOff(source);
  }

  void cutOffAt(int time, String kind, ProfileSource source) {
    journal.cutOffAt(time, kind);
    runUntilCutOff(source);
  }

  void runUntilCutOff(ProfileSource source) {
    try (SegmentExporter exporter = exporter(source)) {
      ExportException stopped =
          catchThrowableOfType(ExportException.class, () -> exporter.export(Lab.VIP, Lab.LIST));
      assertThat(stopped).hasRootCauseInstanceOf(Journaled.CutOff.class);
    }
    journal.goOn();
  }

  ExportReport resume(ProfileSource source) {
    try (SegmentExporter exporter = exporter(source)) {
      return exporter.resume(exporter.unfinishedRun(Lab.VIP, Lab.LIST).orElseThrow());
    }
  }

  void assertNothingSentTwiceButWhatWasUnderWay(String how) {
    List<String> taken = lab.klaviyo.emails();
    long again = taken.size() - taken.stream().distinct().count();
    assertThat(taken.stream().distinct().count()).as("customers, " + how).isEqualTo(48);
    assertThat(again).as("rows sent again, " + how).isLessThanOrEqualTo(2 * BATCH);
  }

  void assertFinished() {
    try (SegmentExporter exporter = exporter(Segments.of(MIXED))) {
      assertThat(exporter.unfinishedRun(Lab.VIP, Lab.LIST)).isEmpty();
    }
  }
}
