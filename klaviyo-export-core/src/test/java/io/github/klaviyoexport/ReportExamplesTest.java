package io.github.klaviyoexport;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer;
import io.github.klaviyoexport.testing.SmallKlaviyo;
import io.github.klaviyoexport.testing.TestTime;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples in the Javadoc of what an export tells: reports, progress, listeners. */
class ReportExamplesTest {
  private static final Segment SEGMENT = Segment.named("vip-eu");
  private static final ListId LIST = ListId.of("Y6nRLr");

  private final List<CustomerProfile> customers = customers();
  private final TestTime time = new TestTime();
  private final SmallKlaviyo klaviyo = new SmallKlaviyo(time);
  private final SegmentExporter exporter =
      SegmentExporter.builder()
          .source(segment -> ProfileReader.of(customers))
          .klaviyo(KlaviyoConnection.of(ApiKey.of("pk_0123456789")).transport(klaviyo))
          .mapping(FieldMapping.email("EMailAddress"))
          .time(time)
          .build();

  private final List<String> log = new CopyOnWriteArrayList<>();
  private final List<String> audit = new CopyOnWriteArrayList<>();

  @TempDir Path directory;

  /** Twenty good customers and one whose address is none. */
  private static List<CustomerProfile> customers() {
    return IntStream.rangeClosed(1, 21)
        .mapToObj(
            i ->
                CustomerProfile.of(
                    "c-" + i, Map.of("EMailAddress", i == 17 ? "none" : "c" + i + "@shop.example")))
        .collect(Collectors.toCollection(ArrayList::new));
  }

  @AfterEach
  void closes_the_exporter() {
    exporter.close();
  }

  @Test
  void a_report_says_what_became_of_every_profile() {
    // @start region="report"
    ExportReport report = exporter.export(Segment.named("vip-eu"), ListId.of("Y6nRLr"));

    if (report.profiles().rejected() > 0) {
      report
          .rejections()
          .reasons()
          .forEach((reason, count) -> log.add(count + " x " + reason.advice()));
    }
    audit.add(report.toJson());
    // @end

    assertThat(log)
        .containsExactly(
            "1 x is not an email address that Klaviyo takes: correct it in the source");
    assertThat(audit).singleElement().asString().contains("\"accepted\" : 20");
  }

  @Test
  void a_report_is_a_page_too(@TempDir Path directory) throws IOException {
    ExportReport report = exporter.export(Segment.named("vip-eu"), ListId.of("Y6nRLr"));
    Path path = directory.resolve("report.html");

    // @start region="page"
    Files.writeString(path, report.toHtml());
    // @end

    assertThat(path).content().contains("Of 21 profiles read, 20 were accepted and 1 rejected.");
  }

  @Test
  void an_exception_says_why_an_export_stopped() {
    klaviyo.on(SmallKlaviyo.LIST, Answer.error(403, "permission_denied", "/data/"));

    // @start region="exception"
    try {
      exporter.export(Segment.named("vip-eu"), ListId.of("Y6nRLr"));
    } catch (ExportException stopped) {
      log.add(stopped.getMessage()); // what happened, how far it got, what to do now
      if (stopped.reason() == Reason.FORBIDDEN) {
        log.add("Klaviyo needs another key.");
      }
      audit.add(stopped.report().toJson());
    }
    // @end

    assertThat(log).hasSize(2).last().isEqualTo("Klaviyo needs another key.");
    assertThat(audit).hasSize(1);
  }

  @Test
  void a_run_in_the_background_can_be_watched() {
    // @start region="run"
    ExportRun run = exporter.prepare(Segment.named("vip-eu"), ListId.of("Y6nRLr")).start();

    run.report()
        .whenComplete(
            (report, stopped) ->
                audit.add(report != null ? report.toJson() : stopped.getMessage()));
    log.add(run.progress().accepted() + " customers are in the list by now");
    // @end

    run.report().toCompletableFuture().join();
    assertThat(log).singleElement().asString().endsWith(" customers are in the list by now");
    assertThat(run.progress().accepted()).isEqualTo(20);
  }

  @Test
  void a_listener_hears_what_happens() {
    // @start region="listener"
    ExportListener listener =
        new ExportListener() {
          @Override
          public void rejected(Rejection rejection) {
            log.add(rejection.toString()); // names the customer's id, the field and the reason
          }

          @Override
          public void finished(ExportReport report) {
            audit.add(report.toCsv());
          }
        };
    exporter.prepare(Segment.named("vip-eu"), ListId.of("Y6nRLr")).listener(listener).run();
    // @end

    assertThat(log).singleElement().asString().startsWith("Customer c-17: field 'EMailAddress' ");
    assertThat(audit).hasSize(1);
  }

  @Test
  void progress_is_a_share_where_the_source_knows_its_size() {
    List<ExportProgress> all = new CopyOnWriteArrayList<>();
    exporter
        .prepare(SEGMENT, LIST)
        .listener(
            new ExportListener() {
              @Override
              public void progressed(ExportProgress progress) {
                all.add(progress);
              }
            })
        .run();
    ExportProgress progress = all.get(all.size() - 1);

    // @start region="progress"
    long settled = progress.accepted() + progress.rejected() + progress.duplicates();
    if (progress.size().isPresent()) {
      log.add(settled * 100 / Math.max(1, progress.size().getAsLong()) + " %");
    } else {
      log.add(settled + " customers");
    }
    // @end

    assertThat(log).containsExactly("100 %");
  }

  @Test
  void a_mirror_takes_leavers_out_of_the_list() {
    customers.removeIf(customer -> customer.id().equals("c-17"));
    customers.forEach(
        customer ->
            klaviyo.member(customer.id(), "email", String.valueOf(customer.value("EMailAddress"))));
    klaviyo.member("left", "email", "left@shop.example");

    // @start region="mirror"
    ExportReport report =
        exporter
            .prepare(Segment.named("vip-eu"), ListId.of("Y6nRLr"))
            .mode(SyncMode.MIRROR)
            .maxLeavers(0.1) // stop before anything is sent if more of the list would leave
            .run();
    log.add(report.leavers().removed() + " have left");
    // @end

    assertThat(log).containsExactly("1 have left");
    assertThat(klaviyo.members()).hasSize(20).doesNotContain("left");
  }

  @Test
  void progress_is_shown_as_lines() {
    ByteArrayOutputStream shown = new ByteArrayOutputStream();
    PrintStream err = System.err;
    System.setErr(new PrintStream(shown, true, StandardCharsets.UTF_8));
    try {
      // @start region="console"
      exporter
          .prepare(Segment.named("vip-eu"), ListId.of("Y6nRLr"))
          .listener(ConsoleProgress.on(System.err))
          .run();
      // @end
    } finally {
      System.setErr(err);
    }
    assertThat(shown.toString(StandardCharsets.UTF_8)).contains("21 read = 20 accepted + 1");
  }

  @Test
  void rejections_go_to_a_file() throws IOException {
    Path path = directory.resolve("rejections.csv");

    // @start region="file"
    try (RejectionFile rejections = RejectionFile.csv(path)) {
      exporter.prepare(Segment.named("vip-eu"), ListId.of("Y6nRLr")).listener(rejections).run();
    }
    // @end

    assertThat(Files.readAllLines(path)).hasSize(2);
  }
}
