package io.github.klaviyoexport.internal.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.Job;
import io.github.klaviyoexport.ExportReport.JobStatus;
import io.github.klaviyoexport.ExportReport.Leavers;
import io.github.klaviyoexport.ExportReport.Leavers.Kept;
import io.github.klaviyoexport.Outcome.Why;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import io.github.klaviyoexport.source.Segment;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReportTextTest {
  private static final List<Rejection> REJECTIONS =
      List.of(
          Rejection.ofProfile("c-3", "EMailAddress", Reason.EMAIL_MALFORMED),
          Rejection.ofField("c-4", "Telephone1", Reason.REFUSED_BY_KLAVIYO).withCode("invalid"),
          Rejection.ofProfile(null, null, Reason.FAILED_IN_KLAVIYO));

  private static final ExportReport REPORT =
      report(
          "vip, \"eu\"",
          12_345,
          List.of(new JobData("job-1", JobStatus.COMPLETE, 12_000, 11_998, 2)),
          REJECTIONS);

  @Test
  void reads_as_a_few_lines() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.GERMANY);

      assertThat(REPORT)
          .hasToString(
              """
              Segment vip, "eu" to list Y6nRLr, 1 minute 41 seconds
                12,345 read = 11,998 accepted + 3 rejected + 44 duplicates + 300 unconfirmed (100 of them never sent)
                unconfirmed: 100 were not sent, because the export stopped
                unconfirmed: 200 were sent without an answer
                1 x EMAIL_MALFORMED: is not an email address that Klaviyo takes: correct it in the source
                1 x REFUSED_BY_KLAVIYO: was refused by Klaviyo when it was sent
                2 x FAILED_IN_KLAVIYO: failed in Klaviyo's import job
                1 field left out of profiles that were delivered
                1 job, 17 calls, 5,000,000 bytes sent, paced 3 seconds, rate-limited 2 times, told to wait up to 7 seconds\
              """);
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void has_all_figures_rejections_and_jobs_as_json() throws IOException {
    JsonNode json = new ObjectMapper().readTree(REPORT.toJson());

    assertThat(json.path("run").asText()).isEqualTo("run-1");
    assertThat(json.path("segment").asText()).isEqualTo("vip, \"eu\"");
    assertThat(json.path("list").asText()).isEqualTo("Y6nRLr");
    assertThat(json.path("started_at").asText()).isEqualTo("2026-09-01T08:00:00Z");
    assertThat(json.path("took_ms").longValue()).isEqualTo(100_500);
    assertThat(json.path("read").longValue())
        .isEqualTo(
            json.path("accepted").longValue()
                + json.path("unchanged").longValue()
                + json.path("rejected").longValue()
                + json.path("duplicates").longValue()
                + json.path("unconfirmed").longValue());
    assertThat(json.path("unsent").longValue()).isEqualTo(100);
    assertThat(json.path("reasons").toString())
        .isEqualTo("{\"EMAIL_MALFORMED\":1,\"REFUSED_BY_KLAVIYO\":1,\"FAILED_IN_KLAVIYO\":2}");
    assertThat(json.path("unconfirmed_reasons").toString())
        .isEqualTo("{\"UNSENT\":100,\"UNANSWERED\":200}");
    assertThat(json.path("unconfirmed_customers").toString()).isEqualTo("[\"c-8\",\"c-9\"]");
    assertThat(json.path("jobs").toString())
        .isEqualTo(
            "[{\"id\":\"job-1\",\"status\":\"COMPLETE\",\"profiles\":12000,\"accepted\":11998,"
                + "\"rejected\":2}]");
    assertThat(json.path("rejections").get(1).toString())
        .isEqualTo(
            "{\"customer_id\":\"c-4\",\"scope\":\"FIELD\",\"field\":\"Telephone1\","
                + "\"reason\":\"REFUSED_BY_KLAVIYO\",\"code\":\"invalid\"}");
    assertThat(json.path("rejections").get(2).path("customer_id").isNull()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          RUNNING,   JOB_RUNNING,   are in a job that had not ended
          UNREAD,    JOB_UNREAD,    are in a job that has ended without telling what failed
          CANCELLED, JOB_CANCELLED, are in a job that Klaviyo ended before it was done
          LOST,      JOB_LOST,      are in a job that Klaviyo no longer knows
          COMPLETE,  NOT_NAMED,     are in a job that counts profiles as failed or missing without naming them\
          """)
  void says_why_profiles_of_jobs_are_unconfirmed(JobStatus status, Why why, String clause)
      throws IOException {
    ExportReport report =
        report(
            "vip",
            12_345,
            List.of(
                new JobData("job-1", JobStatus.COMPLETE, 10_000, 10_000, 0),
                new JobData("job-2", status, 1_000, 950, 2),
                new JobData("job-3", status, 1_200, 1_048, 1)),
            List.of());

    assertThat(report.toString())
        .contains("\n  unconfirmed: 199 " + clause + " (job-2 and 1 more)\n")
        .contains("\n  unconfirmed: 1 was sent without an answer\n");
    assertThat(new ObjectMapper().readTree(report.toJson()).path("unconfirmed_reasons").toString())
        .isEqualTo("{\"UNSENT\":100,\"UNANSWERED\":1,\"%s\":199}".formatted(why));
    assertThat(UnconfirmedReasons.inWords(report))
        .isEqualTo(
            "100 were not sent, because the export stopped; 1 was sent without an answer; 199 "
                + clause
                + " (job-2 and 1 more)");
  }

  @Test
  void has_its_figures_as_a_header_and_a_line_of_csv() {
    assertThat(REPORT.toCsv())
        .isEqualTo(
            "run,segment,list,mode,started_at,took_ms,read,accepted,unchanged,rejected,duplicates,"
                + "unconfirmed,unsent,rejected_fields,members,leavers,removed,undecided,"
                + "unreadable_customers,not_ours,leavers_kept,calls,bytes_sent,rate_limited,paced_ms,longest_retry_after_ms\r\n"
                + "run-1,\"vip, \"\"eu\"\"\",Y6nRLr,UPSERT,2026-09-01T08:00:00Z,100500,12345,11998,"
                + "0,3,44,300,100,1,0,0,0,0,0,0,,17,5000000,2,3000,7000\r\n");
  }

  @Test
  void those_that_have_not_changed_are_a_figure_of_their_own() throws IOException {
    ExportReport report = unchanged(new ProfilesData(12, 2, 7, 1, 1, 1, 0, List.of()), 1);

    assertThat(report.toString())
        .contains(
            "  12 read = 2 accepted + 7 unchanged + 1 rejected + 1 duplicate + 1 unconfirmed\n")
        .doesNotContain("nothing that can be sent has changed");
    assertThat(report.toCsv()).contains("read,accepted,unchanged,rejected", ",12,2,7,1,1,1,0,");
    assertThat(new ObjectMapper().readTree(report.toJson()).path("unchanged").longValue())
        .isEqualTo(7);
  }

  @Test
  void an_export_with_nothing_to_send_says_so() {
    ExportReport report = unchanged(new ProfilesData(12, 0, 12, 0, 0, 0, 0, List.of()), 0);

    assertThat(report.toString())
        .contains("  nothing that can be sent has changed, so no profile was sent\n");
    assertThat(report.isConfirmed()).isTrue();
    assertThat(report.isClean()).isTrue();
  }

  private static ExportReport unchanged(ProfilesData profiles, int jobs) {
    return new ReportData(
        "run-1",
        Segment.named("vip"),
        ListId.of("Y6nRLr"),
        SyncMode.UPSERT,
        Instant.EPOCH,
        Duration.ZERO,
        profiles,
        RejectionsData.NONE,
        List.of(),
        List.<Job>of(new JobData("job-1", JobStatus.COMPLETE, 3, 2, 1)).subList(0, jobs),
        LeaversData.NONE,
        TrafficData.NONE,
        NoticesData.NONE,
        null);
  }

  @Test
  void has_its_rejections_as_csv() {
    assertThat(REPORT.rejectionsToCsv())
        .isEqualTo(
            "customer_id,scope,field,reason,code,other_customer_id\r\n"
                + "c-3,PROFILE,EMailAddress,EMAIL_MALFORMED,,\r\n"
                + "c-4,FIELD,Telephone1,REFUSED_BY_KLAVIYO,invalid,\r\n"
                + ",PROFILE,,FAILED_IN_KLAVIYO,,\r\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "c-1|c-1",
        "a,b|\"a,b\"",
        "say \"hi\"|\"say \"\"hi\"\"\"",
        "`two\nlines`|`\"two\nlines\"`",
        "=1+1|'=1+1",
        "+358|'+358",
        "-5|'-5",
        "@SUM(A1)|'@SUM(A1)",
        "`\ttab`|`'\ttab`",
        "`\nx`|`\"'\nx\"`",
        "\uFF1D1+1|'\uFF1D1+1",
        "\uFF0B1|'\uFF0B1",
        "\uFF0D1|'\uFF0D1",
        "\uFF20SUM(A1)|'\uFF20SUM(A1)",
        "%0A-3+3|'%0A-3+3",
        "`\rx`|`\"'\rx\"`",
        "`  =1+1`|`'  =1+1`",
        "`\u00A0+358`|`'\u00A0+358`",
        "`\u200B \uFEFF@SUM(A1)`|`'\u200B \uFEFF@SUM(A1)`",
        "` c-1`|`\" c-1\"`",
        "50%|50%",
        "c-1 + c-2|c-1 + c-2",
        "`=\"x\",y`|`\"'=\"\"x\"\",y\"`",
      })
  void no_id_breaks_a_line_of_csv_or_runs_in_a_spreadsheet(String id, String field) {
    assertThat(ReportText.spreadsheetLine(Rejection.ofProfile(id, null, Reason.TOO_LARGE)))
        .isEqualTo(field + ",PROFILE,,TOO_LARGE,,\r\n");
  }

  @Test
  void nor_does_one_that_begins_as_a_command_of_a_shell() {
    assertThat(ReportText.spreadsheetLine(Rejection.ofProfile("|calc", null, Reason.TOO_LARGE)))
        .isEqualTo("'|calc,PROFILE,,TOO_LARGE,,\r\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "c-1|c-1",
        "-NqXyz12|-NqXyz12",
        "=1+1|=1+1",
        "+358|+358",
        "@SUM(A1)|@SUM(A1)",
        "'-1|'-1",
        "a,b|\"a,b\"",
        "say \"hi\"|\"say \"\"hi\"\"\"",
        "`two\nlines`|`\"two\nlines\"`",
        "`\ttab`|`\"\ttab\"`",
        "` c-1 `|`\" c-1 \"`",
        "``|`\"\"`",
      })
  void an_id_stands_in_csv_as_it_is(String id, String field) {
    assertThat(ReportText.csvLine(Rejection.ofProfile(id, null, Reason.TOO_LARGE)))
        .isEqualTo(field + ",PROFILE,,TOO_LARGE,,\r\n");
  }

  @Test
  void a_shared_identifier_names_the_other_customer_in_every_form() {
    Rejection shared =
        Rejection.ofField("c-2", "Phone", Reason.SHARED_WITH_ANOTHER).withOtherCustomer("c,1");

    assertThat(shared)
        .hasToString(
            "Customer c-2: field 'Phone' is that of an earlier customer too, who keeps it: correct"
                + " one of the two (shared with customer c,1)");
    assertThat(ReportText.csvLine(shared))
        .isEqualTo("c-2,FIELD,Phone,SHARED_WITH_ANOTHER,,\"c,1\"\r\n");
    assertThat(ReportText.jsonLine(shared))
        .isEqualTo(
            "{\"customer_id\":\"c-2\",\"scope\":\"FIELD\",\"field\":\"Phone\","
                + "\"reason\":\"SHARED_WITH_ANOTHER\",\"code\":null,"
                + "\"other_customer_id\":\"c,1\"}\n");
    assertThat(shared.withCode("x").withType("y").otherCustomerId()).isEqualTo("c,1");
    assertThat(shared).isNotEqualTo(shared.withOtherCustomer("c-3"));
    assertThat(shared.withOtherCustomer("ada@shop.example").toString())
        .contains("shared with customer")
        .doesNotContain("ada");
  }

  @Test
  void tells_at_most_five_fields_of_a_reason() {
    FieldCountData.Counter counter = new FieldCountData.Counter();
    for (int field = 1; field <= 7; field++) {
      for (int i = 0; i < field; i++) {
        counter.add(Rejection.ofField("c-1", "f" + field, Reason.PHONE_MALFORMED));
      }
    }
    RejectionsData rejections =
        new RejectionsData(28, Map.of(Reason.PHONE_MALFORMED, 28L), counter.counts(), List.of());

    assertThat(clean(rejections, LeaversData.NONE, NoticesData.NONE, null).toString())
        .contains("f7: 7 not sent", "f3: 3 not sent", "and 2 more")
        .doesNotContain("f2:");
  }

  @Test
  void counts_by_field_are_bounded_and_none_is_forgotten() {
    FieldCountData.Counter counter = new FieldCountData.Counter();
    for (int i = 0; i < 3_000; i++) {
      counter.add(Rejection.ofField("c-1", "f" + i, Reason.REFUSED_BY_KLAVIYO));
    }

    assertThat(counter.counts()).hasSize(1_001);
    assertThat(counter.counts().get(0).field()).isNull();
    assertThat(counter.counts().stream().mapToLong(ExportReport.FieldCount::count).sum())
        .isEqualTo(3_000);
  }

  @Test
  void is_clean_when_nothing_at_all_was_lost_or_left() {
    RejectionsData none = RejectionsData.NONE;
    RejectionsData field = new RejectionsData(1, Map.of(Reason.TOO_DEEP, 1L), List.of(), List.of());
    NoticesData missing = new NoticesData(List.of("LTV"), List.of(), false);
    NoticesData harmless = new NoticesData(List.of(), List.of("City"), true);
    LeaversData left = new LeaversData(10, 2, 2, 0, null);

    assertThat(clean(none, left, harmless, null).isClean()).isTrue();
    assertThat(clean(field, left, harmless, null).isClean()).isFalse();
    assertThat(clean(none, left, missing, null).isClean()).isFalse();
    assertThat(clean(none, left, harmless, ExportException.Reason.LIMIT_EXCEEDED).isClean())
        .isFalse();
    for (LeaversData stayed :
        List.of(
            new LeaversData(10, 2, 1, 0, null),
            new LeaversData(10, 2, 2, 1, null),
            new LeaversData(10, 2, 2, 0, Kept.UNCONFIRMED))) {
      assertThat(clean(none, stayed, harmless, null).isClean()).isFalse();
    }
    assertThat(REPORT.isClean()).isFalse();
    assertThat(REPORT.isConfirmed()).isFalse();
  }

  private static ExportReport clean(
      RejectionsData rejections,
      LeaversData leavers,
      NoticesData notices,
      ExportException.@Nullable Reason stopped) {
    return new ReportData(
        "run-1",
        Segment.named("vip"),
        ListId.of("Y6nRLr"),
        SyncMode.MIRROR,
        Instant.EPOCH,
        Duration.ZERO,
        new ProfilesData(5, 4, 0, 1, 0, 0),
        rejections,
        List.of(),
        List.of(),
        leavers,
        TrafficData.NONE,
        notices,
        stopped);
  }

  @Test
  void says_nothing_of_what_did_not_happen() {
    ExportReport empty =
        ReportData.notBegun(
            Segment.named("vip"), ListId.of("Y6nRLr"), SyncMode.UPSERT, Instant.EPOCH, null);

    assertThat(empty)
        .hasToString(
            """
            Segment vip to list Y6nRLr, 0 seconds
              0 read = 0 accepted + 0 rejected + 0 duplicates + 0 unconfirmed
              0 jobs, 0 calls, 0 bytes sent, paced 0 seconds, rate-limited 0 times\
            """);
    assertThat(empty.rejectionsToCsv())
        .isEqualTo("customer_id,scope,field,reason,code,other_customer_id\r\n");
    assertThat(empty.rejectionsToSpreadsheetCsv()).isEqualTo(empty.rejectionsToCsv());
  }

  @Test
  void a_resumed_mirror_that_removed_some_before_does_not_say_that_nobody_was_removed() {
    ExportReport report = mirrored(new LeaversData(3_004, 12, 9, 0, Leavers.Kept.UNCONFIRMED));

    assertThat(report.toString())
        .contains(
            "  nobody else was removed, because profiles are unconfirmed: run the export again\n");
  }

  @Test
  void a_mirror_says_what_became_of_the_leavers() throws IOException {
    ExportReport report = mirrored(new LeaversData(3_004, 12, 9, 2, 3, null));

    assertThat(report.toString())
        .contains(
            "(100 of them never sent); 9 of 12 leavers removed\n",
            "  3,004 members were in the list before, 12 of them not in the segment\n",
            "  2 members stay that may be customers whose email address or phone number cannot be"
                + " read\n",
            "  3 customers cannot be told from members, because their email address or phone number"
                + " cannot be read: as many of those that stay or were removed may be theirs\n");
    assertThat(report.toCsv())
        .contains(",members,leavers,removed,undecided,unreadable_customers,not_ours,leavers_kept,")
        .contains(",MIRROR,")
        .contains(",3004,12,9,2,3,0,,");
    JsonNode json = new ObjectMapper().readTree(report.toJson());
    assertThat(json.path("mode").asText()).isEqualTo("MIRROR");
    assertThat(json.path("members").longValue()).isEqualTo(3_004);
    assertThat(json.path("leavers").longValue()).isEqualTo(12);
    assertThat(json.path("removed").longValue()).isEqualTo(9);
    assertThat(json.path("undecided").longValue()).isEqualTo(2);
    assertThat(json.path("unreadable_customers").longValue()).isEqualTo(3);
    assertThat(json.path("leavers_kept").asText()).isEmpty();
  }

  @Test
  void a_mirror_that_keeps_its_leavers_says_why() throws IOException {
    ExportReport report = mirrored(new LeaversData(3_004, 12, 0, 0, Kept.UNCONFIRMED));

    assertThat(report.toString())
        .contains("  nobody was removed, because profiles are unconfirmed: run the export again\n");
    assertThat(report.toCsv()).contains(",3004,12,0,0,0,0,UNCONFIRMED,");
    assertThat(new ObjectMapper().readTree(report.toJson()).path("leavers_kept").asText())
        .isEqualTo("UNCONFIRMED");
  }

  @Test
  void more_leavers_than_there_are_cannot_have_been_removed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LeaversData(3_004, 12, 13, 0, null))
        .withMessage("Of 12 leavers 13 cannot have been removed.");
  }

  @Test
  void a_report_that_does_not_add_up_cannot_be_made() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> report("vip", 12_344, List.of(), List.of()))
        .withMessageContaining("does not add up: read 12344, accepted 11998");
  }

  private static ExportReport report(
      String segment, long read, List<Job> jobs, List<Rejection> rejections) {
    return report(segment, SyncMode.UPSERT, read, jobs, rejections, LeaversData.NONE);
  }

  private static ExportReport mirrored(Leavers leavers) {
    return report("vip", SyncMode.MIRROR, 12_345, List.of(), List.of(), leavers);
  }

  private static ExportReport report(
      String segment,
      SyncMode mode,
      long read,
      List<Job> jobs,
      List<Rejection> rejections,
      Leavers leavers) {
    return new ReportData(
        "run-1",
        Segment.named(segment),
        ListId.of("Y6nRLr"),
        mode,
        Instant.parse("2026-09-01T08:00:00Z"),
        Duration.ofMillis(100_500),
        new ProfilesData(read, 11_998, 3, 44, 300, 100),
        new RejectionsData(
            1,
            Map.of(
                Reason.FAILED_IN_KLAVIYO,
                2L,
                Reason.EMAIL_MALFORMED,
                1L,
                Reason.REFUSED_BY_KLAVIYO,
                1L),
            List.of(),
            rejections),
        List.of("c-8", "c-9"),
        jobs,
        leavers,
        new TrafficData(17, 5_000_000, 2, Duration.ofSeconds(3), Duration.ofSeconds(7)),
        NoticesData.NONE,
        null);
  }
}
