package io.github.klaviyoexport.testkit;

import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.assertThat;
import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.assertThatIllegalArgumentException;

import io.github.klaviyoexport.Attempt;
import io.github.klaviyoexport.ErasureReceipt;
import io.github.klaviyoexport.ErasureReceipt.Answer;
import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportPreview;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.Job;
import io.github.klaviyoexport.ExportReport.JobStatus;
import io.github.klaviyoexport.KlaviyoCheck;
import io.github.klaviyoexport.KlaviyoCheck.Finding;
import io.github.klaviyoexport.ListVerification;
import io.github.klaviyoexport.Outcome;
import io.github.klaviyoexport.Outcome.Kind;
import io.github.klaviyoexport.OutcomeFile;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.catalog.Connection;
import io.github.klaviyoexport.catalog.ConnectionDefinition;
import io.github.klaviyoexport.catalog.ExportDefinition;
import io.github.klaviyoexport.catalog.SavedExport;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.CustomerIdentifier;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.source.Segment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a caller or a listener receives can be made by a test. */
class SampleValuesTest {
  private static final SampleExport EXPORT =
      SampleExport.of("vip-eu")
          .accepted(12_000)
          .unchanged(5)
          .duplicates(2)
          .rejected(Rejection.ofProfile("c-17", "EMailAddress", Rejection.Reason.EMAIL_MALFORMED))
          .rejected(3, Rejection.Reason.FAILED_IN_KLAVIYO)
          .unconfirmed(JobStatus.RUNNING, "c-8")
          .unsent("c-9");

  @Test
  void every_value_that_callers_receive_and_cannot_make_has_a_sample() throws IOException {
    Pattern made =
        Pattern.compile("(?m)^(?:sealed interface|final class) ([\\w.]+).* permits \\w*Data");
    List<String> values =
        made.matcher(Files.readString(Path.of("..", "klaviyo-export-core", "api.txt")))
            .results()
            .map(value -> value.group(1))
            // Those of a report or a preview come with it.
            .filter(
                value -> !value.matches("(ExportReport|ExportPreview|Connection)\\.(?!Summary).*"))
            .toList();
    List<String> samples =
        Pattern.compile("(?m)^  (?:static )?([\\w.]+) \\w+\\(")
            .matcher(samplesIn(Files.readString(Path.of("api.txt"))))
            .results()
            .map((MatchResult sample) -> sample.group(1))
            .distinct()
            .toList();

    assertThat(values).contains("ExportReport", "Outcome", "RunRecord").hasSizeGreaterThan(8);
    assertThat(samples).containsAll(values);
  }

  private static String samplesIn(String api) {
    return Pattern.compile("(?m)^final class Sample\\w+\\n(?:  .*\\n)*")
        .matcher(api)
        .results()
        .map(MatchResult::group)
        .reduce("", String::concat);
  }

  @Test
  void an_alarm_of_operators_is_tested_with_a_check() {
    // @start region="check"
    KlaviyoCheck fit = SampleCheck.asExpected().check();
    KlaviyoCheck unfit =
        SampleCheck.asExpected()
            .found(Finding.Kind.SCOPE_MISSING, "get list", "The key lacks lists:read.")
            .check();

    assertThat(fit.isFit()).isTrue();
    assertThat(unfit.isFit()).isFalse();
    // @end
    assertThat(fit.daysOfSupport()).isEqualTo(683);
    assertThat(unfit.findings()).hasSize(1);
    KlaviyoCheck unknown =
        SampleCheck.asExpected().at(Instant.parse("2028-07-16T00:00:00Z")).notReached().check();
    assertThat(unknown.daysOfSupport()).isEqualTo(-1);
    assertThat(unknown.isReached()).isFalse();
    assertThat(unknown.accountId()).isNull();
    assertThat(unknown.checked()).isEmpty();
  }

  @Test
  void a_page_that_shows_previews_is_tested_with_a_preview() {
    // @start region="preview"
    ExportPreview preview = EXPORT.leavers(10_000, 200, 0, 0).preview();

    assertThat(preview.profiles().toSend()).isEqualTo(12_000 + 3 + 2);
    assertThat(preview.members().additions()).hasValue(12_005 - 9_800);
    assertThat(preview.run().profiles().accepted()).isEqualTo(12_000);
    // @end
    assertThat(preview.profiles().read()).isEqualTo(12_013);
    assertThat(preview.profiles().rejected()).isEqualTo(1);
    assertThat(preview.mode()).isEqualTo(SyncMode.MIRROR);
    assertThat(preview.work().batches()).isEqualTo(2);
    assertThat(preview.rejections().reasons()).containsOnlyKeys(Rejection.Reason.EMAIL_MALFORMED);
    assertThat(preview.stopReason()).isNull();
    assertThat(preview.toHtml()).contains("vip-eu");
    assertThat(EXPORT.preview().members().isKnown()).isFalse();
    assertThat(EXPORT.preview(Reason.TOO_MANY_LEAVERS).stopReason())
        .isEqualTo(Reason.TOO_MANY_LEAVERS);
  }

  @Test
  void a_listener_is_told_all_that_an_export_tells(@TempDir Path directory) throws IOException {
    Map<Kind, Integer> kinds = new EnumMap<>(Kind.class);
    List<String> told = new ArrayList<>();
    ExportListener listener =
        new ExportListener() {
          @Override
          public void started(Segment segment, ListId list) {
            told.add("started " + segment);
          }

          @Override
          public void batchSent(String jobId, int profiles, long bytes) {
            told.add(jobId + " takes " + profiles);
          }

          @Override
          public void jobFinished(Job job) {
            told.add(job.id() + " ended");
          }

          @Override
          public void rejected(Rejection rejection) {
            told.add("rejected " + rejection.customerId());
          }

          @Override
          public void unconfirmed(String customerId) {
            told.add("unconfirmed " + customerId);
          }

          @Override
          public void leaversRemoved(long leavers) {
            told.add(leavers + " have left");
          }

          @Override
          public void outcome(Outcome outcome) {
            kinds.merge(outcome.kind(), 1, Integer::sum);
          }

          @Override
          public void finished(ExportReport report) {
            told.add("finished");
          }
        };
    EXPORT.leavers(10_000, 2, 2, 0).tell(listener);

    assertThat(told)
        .containsExactly(
            "started vip-eu",
            "job-1 takes 10000",
            "job-2 takes 2000",
            "job-3 takes 3",
            "job-4 takes 1",
            "rejected c-17",
            "rejected rejected-2",
            "rejected rejected-3",
            "rejected rejected-4",
            "job-1 ended",
            "job-2 ended",
            "job-3 ended",
            "2 have left",
            "unconfirmed c-8",
            "unconfirmed c-9",
            "finished");
    assertThat(kinds)
        .isEqualTo(
            Map.of(
                Kind.ACCEPTED, 12_000,
                Kind.UNCHANGED, 5,
                Kind.DUPLICATE, 2,
                Kind.REJECTED, 4,
                Kind.UNCONFIRMED, 2,
                Kind.LEFT, 2));

    ListId other = ListId.of("VT2XzN");
    Set<ListId> lists = new HashSet<>();
    ExportListener listing =
        new ExportListener() {
          @Override
          public void outcome(Outcome outcome) {
            lists.add(outcome.list());
          }
        };
    EXPORT.list(other).leavers(10_000, 2, 2, 0).tell(listing);
    assertThat(lists).containsExactly(other);

    // @start region="tell"
    Path file = directory.resolve("outcomes.jsonl");
    try (OutcomeFile outcomes = OutcomeFile.jsonLines(file)) {
      SampleExport.of("vip-eu").accepted(3).unsent("c-9").tell(outcomes);
    }
    assertThat(OutcomeFile.unresolved(file)).containsExactly("c-9");
    // @end
  }

  @Test
  void an_outcome_of_every_kind_is_made_in_a_line() {
    // @start region="outcome"
    Outcome cut =
        SampleOutcome.accepted(
            "c-1",
            "job-1",
            List.of(Rejection.ofField("c-1", "Telephone1", Rejection.Reason.PHONE_MALFORMED)));
    Outcome lost = SampleOutcome.unconfirmed("c-2", "job-2", Outcome.Why.JOB_LOST);

    assertThat(cut.fieldsLeftOut()).hasSize(1);
    assertThat(lost.isUnresolved()).isTrue();
    // @end
    assertThat(SampleOutcome.kept("01P", Outcome.Why.STOPPED).kind()).isEqualTo(Kind.KEPT);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SampleOutcome.rejected(cut.fieldsLeftOut().get(0)))
        .withMessageContaining("Rejection.ofProfile");
  }

  @Test
  void an_attempt_is_made_in_a_line() {
    // @start region="attempt"
    Attempt failed = SampleAttempt.of("import profiles").number(2).status(503).attempt();
    // @end
    assertThat(failed.status()).hasValue(503);
    assertThat(failed.number()).isEqualTo(2);
    assertThat(SampleAttempt.of("get list").noAnswer().attempt().status()).isEmpty();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SampleAttempt.of("get list").number(0))
        .withMessageContaining("pass 1 or more");
  }

  @Test
  void a_receipt_of_an_erasure_is_made_in_a_line() {
    // @start region="erasure"
    ErasureReceipt receipt =
        SampleErasure.of(CustomerIdentifier.Kind.EMAIL, Answer.REQUESTED)
            .leftToDo("A run goes on: erase again when it has ended.")
            .receipt();

    assertThat(receipt.isComplete()).isFalse();
    // @end
    ErasureReceipt whole =
        SampleErasure.of(CustomerIdentifier.Kind.EMAIL, Answer.REQUESTED)
            .and(CustomerIdentifier.Kind.EXTERNAL_ID, Answer.UNKNOWN)
            .memoriesChanged("vip")
            .journalsDeleted("old", "older")
            .receipt();
    assertThat(whole.isComplete()).isTrue();
    assertThat(whole.answers()).hasSize(2);
    assertThat(whole.journalsDeleted()).containsExactly("old", "older");
    for (Answer answer : Answer.values()) {
      ErasureReceipt stopped =
          SampleErasure.of(CustomerIdentifier.Kind.EMAIL, answer).stopped().receipt();
      assertThat(stopped.isComplete()).as("stopped, " + answer).isFalse();
      assertThat(stopped.leftToDo()).isNotEmpty();
    }
    assertThat(
            SampleErasure.of(CustomerIdentifier.Kind.EMAIL, Answer.NOT_ASKED)
                .receipt()
                .isComplete())
        .isFalse();
  }

  @Test
  void a_verification_adds_up() {
    // @start region="verification"
    ListVerification found =
        SampleVerification.of("vip-eu", 1_000).missing("c-17").unexpected("01P").verification();

    assertThat(found.isEqual()).isFalse();
    assertThat(found.members()).isEqualTo(1_000);
    // @end
    assertThat(EXPORT.verified(found).report().verification()).isEqualTo(found);
    assertThat(SampleVerification.of("vip", 3).verification().isEqual()).isTrue();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SampleVerification.of("vip", 1).missing("c-1", "c-2"));
  }

  @Test
  void connections_and_saved_exports_are_made_without_a_catalog() {
    // @start region="connection"
    ConnectionDefinition definition = ConnectionDefinition.apiKey("Klaviyo EU", "env:KLAVIYO");
    SampleConnection sample = SampleConnection.of("klaviyo-eu-1", definition);

    assertThat(sample.summary().usable()).isTrue();
    assertThat(sample.notConnected().summary().usable()).isFalse();
    // @end
    // @start region="saved"
    SavedExport saved =
        SampleSavedExport.of(
                "vips-1",
                ExportDefinition.named("VIPs")
                    .connection("klaviyo-eu-1")
                    .list(ListId.of("Y6nRLr"))
                    .segments("vip-eu")
                    .mapping(FieldMapping.email("email")))
            .warning("Another export mirrors the list.")
            .export();

    assertThat(saved.warning()).contains("Another export mirrors the list.");
    // @end
    Connection accepted = sample.notConnected().connection();
    assertThat(accepted.consent()).isNotNull();
    assertThat(accepted.connectedAt()).isNull();
    assertThat(sample.notAccepted().connection().consent()).isNull();
    assertThat(sample.removing().summary().usable()).isFalse();
    assertThat(sample.notUsableHere("It is newer.").summary().notUsableHere())
        .contains("It is newer.");
    assertThat(saved.notRunnableHere()).isEmpty();
  }

  @Test
  void a_report_has_whatever_a_report_can_have() {
    ExportReport report =
        EXPORT
            .readFrom(Segment.named("a"), Segment.named("b"))
            .notOurs(4)
            .verified(SampleVerification.of("vip-eu", 3).verification())
            .report();

    assertThat(report.profiles().bySegment())
        .extracting(ExportReport.SegmentCount::read)
        .containsExactly(6_007L, 6_006L);
    assertThat(report.mode()).isEqualTo(SyncMode.TRACKED);
    assertThat(report.leavers().notOurs()).isEqualTo(4);
    assertThat(EXPORT.listNotFound().report().list()).isNull();
    assertThat(EXPORT.waitingFor("a job").progress().waitingFor()).contains("a job");
  }
}
