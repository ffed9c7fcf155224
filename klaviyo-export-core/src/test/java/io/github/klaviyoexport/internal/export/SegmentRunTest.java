package io.github.klaviyoexport.internal.export;

import static io.github.klaviyoexport.testing.SmallKlaviyo.IMPORT;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportProgress;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** A run from its source to its report: events in their order, figures that add up, listeners. */
class SegmentRunTest {
  private final Lab lab = new Lab();

  // From source to report

  @Test
  void listeners_hear_of_each_step_in_its_order() {
    lab.klaviyo.on(
        IMPORT,
        asked ->
            lab.klaviyo.asked(IMPORT).size() == 1
                ? Answer.error(429, "throttled", "/data", "Retry-After", "3")
                : null);

    lab.export(Lab.customers(5));

    assertThat(lab.events)
        .containsExactly(
            "started vip Y6nRLr",
            "rateLimited PT3S",
            "batchSent job-1 5",
            "jobFinished job-1 COMPLETE",
            "finished");
  }

  @Test
  void a_source_is_closed_when_it_is_read_to_its_end_and_not_when_all_is_confirmed() {
    NumberedSource source = new NumberedSource(3, OptionalLong.empty());
    source.whenClosed = () -> lab.events.add("closed");

    lab.export(source);

    assertThat(lab.events)
        .containsExactly(
            "started vip Y6nRLr",
            "closed",
            "batchSent job-1 3",
            "jobFinished job-1 COMPLETE",
            "finished");
  }

  @Test
  void an_interrupt_that_closing_leaves_behind_does_not_stop_an_export() {
    NumberedSource source = new NumberedSource(3, OptionalLong.empty());
    source.whenClosed = () -> Thread.currentThread().interrupt();

    ExportReport report = lab.export(source);

    assertThat(report.profiles().accepted()).isEqualTo(3);
  }

  @Test
  void the_report_says_what_became_of_every_profile() {
    List<CustomerProfile> customers = new ArrayList<>(Lab.customers(100));
    for (int i = 1; i <= 7; i++) {
      customers.add(CustomerProfile.of("again-" + i, Lab.FIELDS, Lab.email(i), null, null, null));
    }
    customers.add(CustomerProfile.of("bad-email", Lab.FIELDS, "no address", null, null, null));
    customers.add(CustomerProfile.of("nobody", Lab.FIELDS, null, null, "London", null));
    customers.add(CustomerProfile.of("bad-phone", Lab.FIELDS, "x@shop.example", "12", null, null));
    lab.klaviyo.failing(row -> row.email().matches("customer\\.\\d*0@shop\\.example"));

    ExportReport report = lab.export(customers);

    assertThat(report.profiles().read()).isEqualTo(110);
    assertThat(report.profiles().duplicates()).isEqualTo(7);
    assertThat(report.profiles().rejected()).isEqualTo(2 + 10);
    assertThat(report.profiles().accepted()).isEqualTo(91);
    assertThat(report.rejections().fields()).isEqualTo(1);
    assertThat(report.profiles().unconfirmed()).isZero();
    assertThat(report.rejections().reasons())
        .containsEntry(Rejection.Reason.EMAIL_MALFORMED, 1L)
        .containsEntry(Rejection.Reason.NO_IDENTIFIER, 1L)
        .containsEntry(Rejection.Reason.PHONE_MALFORMED, 1L)
        .containsEntry(Rejection.Reason.FAILED_IN_KLAVIYO, 10L);
    assertThat(report.traffic().calls()).isEqualTo(lab.klaviyo.asked().size());
    assertThat(report.traffic().bytesSent())
        .isEqualTo(lab.klaviyo.asked(IMPORT).get(0).bytes().length);
    assertThat(report.took()).isEqualTo(lab.time.elapsed());
    assertThat(lab.rejections).hasSize(13).isEqualTo(report.rejections().first());
  }

  @Test
  void progress_only_moves_forward_and_ends_where_the_report_does() {
    lab.klaviyo.failing(row -> Lab.number(row.email()) % 10 == 0);

    ExportReport report;
    try (SegmentExporter exporter =
        lab.exporter(segment -> ProfileReader.of(Lab.customers(1_000))).batchSize(50).build()) {
      report = exporter.export(Lab.VIP, Lab.LIST);
    }

    for (int i = 1; i < lab.progresses.size(); i++) {
      ExportProgress before = lab.progresses.get(i - 1);
      ExportProgress now = lab.progresses.get(i);
      assertThat(now.read()).isGreaterThanOrEqualTo(before.read());
      assertThat(now.sent()).isGreaterThanOrEqualTo(before.sent()).isLessThanOrEqualTo(now.read());
      assertThat(now.accepted())
          .isGreaterThanOrEqualTo(before.accepted())
          .isLessThanOrEqualTo(now.sent());
      assertThat(now.elapsed()).isGreaterThanOrEqualTo(before.elapsed());
    }
    ExportProgress last = lab.progresses.get(lab.progresses.size() - 1);
    assertThat(last.size()).hasValue(1_000);
    assertThat(last.accepted()).isEqualTo(report.profiles().accepted()).isEqualTo(900);
    assertThat(last.rejected()).isEqualTo(report.profiles().rejected()).isEqualTo(100);
  }

  @Test
  void an_empty_segment_makes_no_call_and_an_empty_report() {
    ExportReport report = lab.export(List.of());

    assertThat(report.profiles().read()).isZero();
    assertThat(report.isConfirmed()).isTrue();
    assertThat(lab.klaviyo.asked()).isEmpty();
    assertThat(lab.events).containsExactly("finished");
  }

  @Test
  void a_segment_of_nothing_but_bad_rows_hands_nothing_over() {
    List<CustomerProfile> bad =
        List.of(CustomerProfile.of("c-1", Lab.FIELDS, "no address", null, null, null));

    ExportReport report = lab.export(bad);

    assertThat(report.profiles().rejected()).isEqualTo(1);
    assertThat(lab.klaviyo.asked(IMPORT)).isEmpty();
  }

  @Test
  void the_source_is_not_read_further_than_the_batches_that_may_be_held() {
    NumberedSource source = new NumberedSource(1_000_000, OptionalLong.empty());
    lab.klaviyo.on(IMPORT, Answer.silence());
    int[] most = {0};

    try (SegmentExporter exporter =
        lab.exporter(source)
            .limit(1_000_000)
            .batchSize(100)
            .batchesInFlight(3)
            .deadline(Duration.ofMinutes(1))
            .listener(
                new ExportListener() {
                  @Override
                  public void progressed(ExportProgress progress) {
                    most[0] = Math.max(most[0], source.read);
                  }
                })
            .build()) {
      Lab.stopped(exporter.prepare(Lab.VIP, Lab.LIST));
    }

    assertThat(most[0]).isEqualTo(300);
  }

  // Listeners

  @Test
  void a_listener_that_throws_does_not_disturb_the_export() {
    class Thrower implements ExportListener {
      @Override
      public void progressed(ExportProgress progress) {
        throw new IllegalStateException("ada@shop.example");
      }

      @Override
      public void batchSent(String jobId, int profiles, long bytes) {
        throw new AssertionError("ada@shop.example");
      }

      @Override
      public void finished(ExportReport report) {
        throw new NoClassDefFoundError("ada@shop.example");
      }
    }
    try (SegmentExporter exporter =
        lab.exporter(segment -> ProfileReader.of(Lab.customers(5)))
            .listener(new Thrower())
            .build()) {
      assertThat(exporter.export(Lab.VIP, Lab.LIST).profiles().accepted()).isEqualTo(5);
    }
    assertThat(lab.events).endsWith("finished");
  }
}
