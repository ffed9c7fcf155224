package io.github.klaviyoexport.internal.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.FieldCount;
import io.github.klaviyoexport.ExportReport.Job;
import io.github.klaviyoexport.ExportReport.JobStatus;
import io.github.klaviyoexport.ExportReport.Leavers.Kept;
import io.github.klaviyoexport.ExportReport.Wait;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.klaviyo.OptInProcess;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import io.github.klaviyoexport.profile.Rejection.Scope;
import io.github.klaviyoexport.source.Segment;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** A report as a page: read as the XML that it is too, and compared with the report's figures. */
class ReportPageTest {
  private static final Instant AT = Instant.parse("2026-09-01T08:00:00Z");
  private static final String HOSTILE = "<img src=x onerror=alert(1)>\"'&</bdi>\u202E";

  private static List<String> all(ExportReport report, String path) throws Exception {
    Document page =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(report.toHtml())));
    NodeList found =
        (NodeList)
            XPathFactory.newInstance().newXPath().evaluate(path, page, XPathConstants.NODESET);
    return IntStream.range(0, found.getLength())
        .mapToObj(i -> found.item(i).getTextContent())
        .toList();
  }

  private static String section(String heading) {
    return "//section[h2='" + heading + "']";
  }

  private static List<Job> jobs(int jobs) {
    return IntStream.range(0, jobs)
        .<Job>mapToObj(
            i ->
                new JobData(
                    "job-" + i,
                    JobStatus.COMPLETE,
                    10_000,
                    10_000,
                    0,
                    AT.plusMillis(400L * i),
                    AT.plusMillis(400L * i + 5_000)))
        .toList();
  }

  private static ExportReport report(
      ProfilesData profiles,
      List<Rejection> rejections,
      List<String> unconfirmed,
      List<Job> jobs,
      List<Wait> waits,
      ExportException.@Nullable Reason stop) {
    FieldCountData.Counter counter = new FieldCountData.Counter();
    Map<Reason, Long> reasons = new EnumMap<>(Reason.class);
    for (Rejection rejection : rejections) {
      counter.add(rejection);
      reasons.merge(rejection.reason(), 1L, Long::sum);
    }
    List<FieldCount> byField = counter.counts();
    long fields = rejections.stream().filter(one -> one.scope() == Scope.FIELD).count();
    return new ReportData(
        "run-1",
        Segment.named("vip"),
        ListId.of("Y6nRLr"),
        SyncMode.UPSERT,
        AT,
        Duration.ofSeconds(60),
        profiles,
        new RejectionsData(
            fields,
            reasons,
            byField,
            rejections.subList(0, Math.min(rejections.size(), ExportReport.MAX_REJECTIONS))),
        unconfirmed,
        jobs,
        LeaversData.NONE,
        new TrafficData(17, 5_000_000, 2, Duration.ofSeconds(3), Duration.ofSeconds(7), waits),
        NoticesData.NONE,
        stop);
  }

  private static ExportReport clean(int jobs) {
    long profiles = 10_000L * jobs;
    return report(
        new ProfilesData(profiles + 3, profiles, 0, 3, 0, 0),
        List.of(),
        List.of(),
        jobs(jobs),
        List.of(),
        null);
  }

  private static ExportReport with(ReportData report, LeaversData leavers, NoticesData notices) {
    return new ReportData(
        report.run(),
        report.segment(),
        report.list(),
        leavers.equals(LeaversData.NONE) ? SyncMode.UPSERT : SyncMode.MIRROR,
        report.startedAt(),
        report.took(),
        report.profiles(),
        report.rejections(),
        report.unconfirmedCustomers(),
        report.jobs(),
        leavers,
        report.traffic(),
        notices,
        report.stopReason());
  }

  private static String verdict(ExportReport report) throws Exception {
    return String.join("|", all(report, "//header/div[starts-with(@class,'verdict')]//*[not(*)]"));
  }

  @Test
  void the_page_begins_with_what_was_exported_and_how_it_went() throws Exception {
    ExportReport report = clean(2);

    assertThat(all(report, "/html/head/title")).containsExactly("Export of vip to list Y6nRLr");
    assertThat(all(report, "//h1")).containsExactly("Segment vip to list Y6nRLr");
    assertThat(all(report, "//p[@class='facts']"))
        .containsExactly("Adds and updates · started 2026-09-01 08:00:00 UTC · took 1 minute");
    assertThat(verdict(report))
        .isEqualTo(
            "All is well|Of 20,003 profiles read, 20,000 were accepted and 3 left out as"
                + " duplicates.|There is nothing to do.");
  }

  @Test
  void the_figures_on_the_page_are_the_reports_and_add_up() throws Exception {
    ExportReport report =
        report(
            new ProfilesData(30_100, 10_000, 20_000, 40, 30, 30, 10, List.of()),
            List.of(),
            List.of("c-1"),
            jobs(1),
            List.of(),
            null);

    assertThat(all(report, section("What became of the profiles") + "//tbody/tr/*[position()<3]"))
        .containsExactly(
            "Accepted",
            "10,000",
            "Unchanged, not sent",
            "20,000",
            "Duplicates, left out",
            "30",
            "Rejected",
            "40",
            "Unconfirmed 10 of them never sent",
            "30");
    assertThat(all(report, section("What became of the profiles") + "//tfoot//td"))
        .containsExactly("30,100", "100 %");
    assertThat(all(report, section("What became of the profiles") + "/svg/title"))
        .containsExactly(
            "Of 30,100 profiles read: 10,000 accepted, 20,000 unchanged, not sent, 30 duplicates,"
                + " left out, 40 rejected, 30 unconfirmed");
    assertThat(all(report, section("Calls to Klaviyo") + "//dd"))
        .containsExactly("17", "5.0 MB", "3 seconds", "2 times", "7 seconds");
  }

  @Test
  void rejections_are_told_by_reason_and_field_and_customer_without_addresses() throws Exception {
    ExportReport report =
        report(
            new ProfilesData(12, 10, 2, 0, 0, 0),
            List.of(
                Rejection.ofProfile("c-1", "EMailAddress", Reason.EMAIL_MALFORMED),
                Rejection.ofProfile("ada@shop.example", "EMailAddress", Reason.EMAIL_MALFORMED),
                new Rejection(
                    "c-3",
                    Scope.FIELD,
                    "LTV",
                    Reason.UNSUPPORTED_TYPE,
                    null,
                    "com.example.Money",
                    null)),
            List.of("grace@shop.example", "c-9"),
            List.of(),
            List.of(),
            null);

    assertThat(all(report, "//table[caption='Rejections by reason']/tbody/tr"))
        .containsExactly(
            "Email malformed – is not an email address that Klaviyo takes: correct it in the"
                + " source2",
            "Unsupported type – is of a type that has no JSON form: convert it in the source1");
    assertThat(all(report, "//table[caption='Rejections by field']/tbody/tr"))
        .containsExactly(
            "EMailAddressprofileEmail malformed2", "LTVfieldUnsupported type (com.example.Money)1");
    assertThat(all(report, "//table[caption='The first rejections']/tbody/tr/th"))
        .containsExactly("c-1", "(an email address, not shown)", "c-3");
    assertThat(report.toHtml()).doesNotContain("ada@", "grace@", "shop.example");
    assertThat(verdict(report)).contains("Correct what the rejections below name");
  }

  @Test
  void the_timeline_says_in_words_what_it_shows() throws Exception {
    ExportReport report =
        report(
            new ProfilesData(30_000, 30_000, 0, 0, 0, 0),
            List.of(),
            List.of(),
            jobs(3),
            List.of(new WaitData(AT.plusSeconds(10), AT.plusSeconds(14), Duration.ofSeconds(3))),
            null);

    assertThat(all(report, section("When it happened") + "//figcaption"))
        .containsExactly(
            "Profiles handed over 30,000 profiles in 3 batches, at most 30,000 in 1 second",
            "Jobs under way at most 3 at a time",
            "Profiles confirmed 30,000 profiles, the last after 5.8 s",
            "Waiting for the quota 3 seconds, all together");
    assertThat(all(report, section("When it happened") + "//svg/title")).hasSize(4);
    assertThat(all(report, section("Import jobs") + "//tbody/tr[1]/*"))
        .containsExactly("job-0", "Complete", "10,000", "10,000", "0", "after 0.0 s", "5.0 s");
  }

  @Test
  void jobs_of_which_it_is_not_known_when_are_told() throws Exception {
    List<Job> jobs = new ArrayList<>(jobs(2));
    jobs.add(new JobData("job-2", JobStatus.COMPLETE, 10_000, 10_000, 0));
    ExportReport report =
        report(
            new ProfilesData(30_000, 30_000, 0, 0, 0, 0),
            List.of(),
            List.of(),
            jobs,
            List.of(),
            null);

    assertThat(all(report, section("When it happened") + "/p"))
        .containsExactly(
            "Of 1 job it is not known when: an earlier version of the library began the run.");
    assertThat(all(report, section("Import jobs") + "//tbody/tr[3]/*"))
        .containsExactly("job-2", "Complete", "10,000", "10,000", "0", "–", "–");
  }

  @Test
  void jobs_that_did_not_import_all_of_theirs_come_first() throws Exception {
    List<Job> jobs = new ArrayList<>(jobs(60));
    jobs.add(new JobData("lost", JobStatus.LOST, 5, 0, 0, AT, AT.plusSeconds(1)));
    ExportReport report =
        report(
            new ProfilesData(600_005, 600_000, 0, 0, 5, 0),
            List.of(),
            List.of("c-1"),
            jobs,
            List.of(),
            null);

    assertThat(all(report, section("Import jobs") + "//tbody/tr/th"))
        .hasSize(ReportPage.MOST_ROWS)
        .startsWith("lost", "job-0");
    assertThat(all(report, section("Import jobs") + "/p"))
        .containsExactly("And 36 more: the report's JSON has them.");
    assertThat(verdict(report))
        .startsWith("Not all is confirmed|")
        .contains("Run the export again");
  }

  @Test
  void the_page_of_a_thousand_jobs_and_of_all_that_a_report_keeps_stays_small() {
    List<Rejection> rejections = new ArrayList<>();
    List<String> unconfirmed = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      rejections.add(Rejection.ofProfile("c-" + i, "Field " + i, Reason.EMAIL_MALFORMED));
      unconfirmed.add("u-" + i);
    }
    List<Wait> waits =
        IntStream.range(0, 60)
            .<Wait>mapToObj(
                i -> new WaitData(AT.plusSeconds(i), AT.plusSeconds(i + 1), Duration.ofMillis(500)))
            .toList();
    ExportReport report =
        report(
            new ProfilesData(10_002_000, 10_000_000, 1_000, 0, 1_000, 0),
            rejections,
            unconfirmed,
            jobs(1_000),
            waits,
            ExportException.Reason.DEADLINE);

    assertThat(report.toHtml().getBytes(StandardCharsets.UTF_8).length).isLessThan(100_000);
  }

  @Test
  void names_from_outside_are_shown_as_they_are_set_apart_and_never_markup() throws Exception {
    ReportData report =
        (ReportData)
            report(
                new ProfilesData(
                    2,
                    1,
                    0,
                    1,
                    0,
                    0,
                    0,
                    List.of(new SegmentCountData(Segment.named(HOSTILE), 2, 0, 1))),
                List.of(
                    new Rejection(
                        HOSTILE, Scope.PROFILE, HOSTILE, Reason.TOO_DEEP, HOSTILE, HOSTILE, null)),
                List.of(HOSTILE),
                List.of(new JobData(HOSTILE, JobStatus.LOST, 1, 0, 0, AT, null)),
                List.of(),
                null);
    ExportReport noticed =
        with(
            report,
            LeaversData.NONE,
            new NoticesData(
                List.of(HOSTILE),
                List.of(HOSTILE),
                true,
                List.of(HOSTILE),
                LocalDate.EPOCH,
                OptInProcess.SINGLE));

    assertThat(all(noticed, "//img | //script")).isEmpty();
    assertThat(all(noticed, "//bdi").stream().filter(HOSTILE::equals)).hasSizeGreaterThan(7);
    assertThat(all(noticed, "//section[h2='Noticed']//li")).hasSize(6);
  }

  @Test
  void a_mirror_says_what_became_of_its_leavers_in_words_for_people() throws Exception {
    ExportReport report =
        with(
            (ReportData) clean(1),
            new LeaversData(1_000, 40, 10, 2, 3, Kept.UNREADABLE),
            NoticesData.NONE);

    assertThat(all(report, section("Members who left the segment") + "//dd"))
        .containsExactly("1,000", "40", "10", "2");
    assertThat(all(report, section("Members who left the segment") + "/p").get(0))
        .startsWith("Nobody else was removed, because customers of the segment")
        .endsWith("map your own id to Klaviyo's external id, or allow more of them.");
    assertThat(report.toHtml()).doesNotContain("(...)");
    assertThat(verdict(report)).startsWith("Done, and worth a look|");
  }

  @ParameterizedTest
  @EnumSource(ExportException.Reason.class)
  void a_stopped_export_says_why_and_what_to_do(ExportException.Reason reason) throws Exception {
    ExportReport report =
        ReportData.notBegun(Segment.named("vip"), ListId.of("Y6nRLr"), SyncMode.UPSERT, AT, reason);

    assertThat(ReportVerdict.Stop.isKnown(reason)).as("ReportVerdict has words for it").isTrue();
    assertThat(verdict(report))
        .startsWith("Stopped|The export stopped before its end: ")
        .doesNotContain(reason.name());
    assertThat(all(report, "//h2"))
        .containsExactly("What became of the profiles", "Calls to Klaviyo");
  }

  @Test
  void the_same_report_always_makes_the_same_page() {
    assertThat(clean(5).toHtml()).isEqualTo(clean(5).toHtml());
  }
}
