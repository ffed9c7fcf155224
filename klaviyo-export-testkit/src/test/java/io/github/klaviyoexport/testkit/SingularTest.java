package io.github.klaviyoexport.testkit;

import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.assertThat;
import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.catchThrowable;

import io.github.klaviyoexport.ConsoleProgress;
import io.github.klaviyoexport.ErasureReceipt.Answer;
import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.JobStatus;
import io.github.klaviyoexport.ExportReport.Leavers.Kept;
import io.github.klaviyoexport.MappingSample;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.profile.CustomerIdentifier;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.source.Segment;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Where there is one of anything, the text for people speaks of one. */
class SingularTest {
  /** One of several: a figure that is no part of another, before a word that ends as plurals do. */
  private static final Pattern ONE_OF_MANY =
      Pattern.compile("(?<![\\d.,:/-])1 (?!is|was|has|of|this|less|address\\b)[a-z]+s\\b");

  private static final Segment VIP = Segment.named("vip-eu");

  private static final SampleExport ONES =
      SampleExport.of("vip-eu")
          .accepted(1)
          .unchanged(1)
          .duplicates(1)
          .rejected(1, Rejection.Reason.EMAIL_MALFORMED)
          .rejected(Rejection.ofField("c-1", "LTV", Rejection.Reason.UNSUPPORTED_TYPE))
          .unconfirmed(JobStatus.LOST, "c-2")
          .unsent("c-3")
          .took(Duration.ofSeconds(1))
          .paced(Duration.ofSeconds(1))
          .rateLimited(1, Duration.ofSeconds(1))
          .readFrom(VIP)
          .missingFields("Points")
          .emptyFields("City")
          .emptySegments(VIP)
          .leavers(3, 1, 1, 1)
          .unreadable(1)
          .notOurs(1)
          .verified(
              SampleVerification.of("vip-eu", 2)
                  .rejected(1)
                  .missing("c-4")
                  .unexpected("01P")
                  .undecided("01Q")
                  .verification());

  private static void speaksOfOne(String... texts) {
    List<String> wrong = new ArrayList<>();
    for (String text : texts) {
      String seen = text.replaceAll("(?s)<(style|svg).*?</\\1>", " ").replaceAll("<[^>]*>", " ");
      ONE_OF_MANY.matcher(seen).results().map(MatchResult::group).forEach(wrong::add);
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void in_reports_and_their_pages() {
    for (SampleExport export :
        List.of(ONES, ONES.mode(SyncMode.MIRROR), ONES.leaversKept(Kept.UNREADABLE))) {
      ExportReport report = export.report();
      speaksOfOne(
          report.toString(),
          report.toHtml(),
          report.verification().toString(),
          export.stopped(Reason.DEADLINE).getMessage(),
          export.toString());
    }
  }

  @Test
  void in_previews_and_their_pages() {
    for (SampleExport export :
        List.of(ONES, ONES.mode(SyncMode.MIRROR), SampleExport.of("vip-eu").accepted(1))) {
      speaksOfOne(
          export.preview().toString(),
          export.preview().toHtml(),
          export.preview(Reason.TOO_MANY_LEAVERS).toString(),
          export.preview(Reason.TOO_MANY_LEAVERS).toHtml());
    }
  }

  @Test
  void in_what_a_console_shows() {
    ByteArrayOutputStream shown = new ByteArrayOutputStream();
    PrintStream to = new PrintStream(shown, true, StandardCharsets.UTF_8);
    for (SampleExport export : List.of(ONES, ONES.mode(SyncMode.MIRROR))) {
      export.tell(ConsoleProgress.lines(to));
    }
    speaksOfOne(shown.toString(StandardCharsets.UTF_8));
  }

  @Test
  void in_receipts_and_samples_of_a_mapping() {
    InMemorySegments source =
        InMemorySegments.of("vip-eu", Customer.of("c-1").email("ada@shop.example").profile());
    MappingSample sample = MappingSample.of(source, VIP, FieldMapping.email("EMailAddress"), 20);
    speaksOfOne(
        SampleErasure.of(CustomerIdentifier.Kind.EMAIL, Answer.REQUESTED)
            .memoriesChanged("vip")
            .journalsDeleted("vip")
            .receipt()
            .toString(),
        sample.toString(),
        sample.toTable());
  }

  @Test
  void in_the_messages_of_guards_that_stop_an_export() {
    VirtualTime time = VirtualTime.create();
    try (FakeKlaviyo klaviyo = FakeKlaviyo.builder().time(time).start()) {
      klaviyo.list().add("bo@shop.example");
      SegmentExporter.Builder settings =
          SegmentExporter.builder()
              .klaviyo(klaviyo.connection())
              .mapping(FieldMapping.email("EMailAddress"))
              .time(time);
      InMemorySegments one =
          InMemorySegments.of("vip-eu", Customer.of("c-1").email("ada@shop.example").profile());
      List<String> messages = new ArrayList<>();
      try (SegmentExporter exporter = settings.source(one).build()) {
        messages.add(
            catchThrowable(
                    () ->
                        exporter
                            .prepare(VIP, klaviyo.listId())
                            .mode(SyncMode.MIRROR)
                            .maxLeavers(0.1)
                            .run())
                .getMessage());
        one.segment("none", Customer.of("c-1").field("Mail", "x").profile());
        messages.add(
            catchThrowable(() -> exporter.export(Segment.named("none"), klaviyo.listId()))
                .getMessage());
        one.segment("bad", Customer.of("c-1").email("x").profile());
        messages.add(
            catchThrowable(() -> exporter.export(Segment.named("bad"), klaviyo.listId()))
                .getMessage());
        one.segment(
            "two",
            Customer.of("c-1").email("a@shop.example").profile(),
            Customer.of("c-2").email("b@shop.example").profile());
        messages.add(
            catchThrowable(
                    () -> exporter.prepare(Segment.named("two"), klaviyo.listId()).limit(1).run())
                .getMessage());
      }
      assertThat(messages).hasSize(4);
      speaksOfOne(messages.toArray(String[]::new));
    }
  }
}
