package io.github.klaviyoexport;

import static io.github.klaviyoexport.KlaviyoCheck.Finding.Kind.FIELD_MISSING;
import static io.github.klaviyoexport.KlaviyoCheck.Finding.Kind.NOT_CHECKED;
import static io.github.klaviyoexport.KlaviyoCheck.Finding.Kind.OTHER_REVISION;
import static io.github.klaviyoexport.KlaviyoCheck.Finding.Kind.QUOTA;
import static io.github.klaviyoexport.KlaviyoCheck.Finding.Kind.REVISION_RETIRED;
import static io.github.klaviyoexport.KlaviyoCheck.Finding.Kind.SCOPE_MISSING;
import static io.github.klaviyoexport.KlaviyoCheck.Finding.Kind.SUPPORT_ENDS;
import static io.github.klaviyoexport.KlaviyoCheck.Finding.Kind.UNAUTHORIZED;
import static io.github.klaviyoexport.KlaviyoCheck.Finding.Kind.UNKNOWN_VALUE;
import static io.github.klaviyoexport.KlaviyoCheck.Finding.Kind.UNREACHABLE;
import static io.github.klaviyoexport.KlaviyoCheck.Finding.Kind.UNREADABLE;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.KlaviyoCheck.Finding;
import io.github.klaviyoexport.KlaviyoCheck.Finding.Kind;
import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.TransportException.Fate;
import io.github.klaviyoexport.testing.ScriptedKlaviyo;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer;
import io.github.klaviyoexport.testing.TestTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What Klaviyo answers, compared with what this version knows. */
class KlaviyoCheckTest {
  private static final String ACCOUNT = "GET /api/accounts";
  private static final String LISTS = "GET /api/lists";
  private static final String LIST = "GET /api/lists/Y6nRLr";
  private static final String MEMBERS = "GET /api/lists/Y6nRLr/profiles";
  private static final String JOBS = "GET /api/profile-bulk-import-jobs";
  private static final String JOB = "GET /api/profile-bulk-import-jobs/WGZ0";
  private static final String ERRORS = JOB + "/import-errors";
  private static final String PROFILES = "GET /api/profiles";
  private static final String A_JOB =
      """
      {"type":"profile-bulk-import-job","id":"WGZ0","attributes":{"status":"%s","total_count":3,\
      "completed_count":null,"failed_count":0,"created_at":"2026-09-04T10:00:00+00:00",\
      "completed_at":null}}\
      """;

  private final TestTime time = new TestTime();
  private final Map<String, Answer> answers = new HashMap<>();
  private final ScriptedKlaviyo klaviyo =
      new ScriptedKlaviyo(
          time,
          asked -> answers.getOrDefault(asked.line(), Answer.error(404, "not_found", "/data")));

  KlaviyoCheckTest() {
    answer(ACCOUNT, "[{\"type\":\"account\",\"id\":\"AbC123\",\"attributes\":{}}]");
    String list =
        "{\"type\":\"list\",\"id\":\"Y6nRLr\",\"attributes\":{\"name\":\"VIP\","
            + "\"opt_in_process\":\"single_opt_in\",\"profile_count\":3}}";
    answer(LISTS, "[" + list + "]");
    answer(LIST, list);
    answer(
        MEMBERS,
        "[{\"type\":\"profile\",\"id\":\"01GD\",\"attributes\":{\"email\":\"ada@shop.example\","
            + "\"joined_group_at\":\"2026-09-04T10:01:00+00:00\"}}]");
    answer(JOBS, "[" + A_JOB.formatted("complete") + "]");
    answer(JOB, A_JOB.formatted("complete"));
    answer(ERRORS, "[]");
    answer(PROFILES, "[]");
  }

  private void answer(String line, String data, String... headers) {
    answers.put(line, Answer.json(200, "{\"data\":" + data + "}", headers));
  }

  private KlaviyoCheck check() {
    return KlaviyoCheck.of(
        KlaviyoConnection.of(ApiKey.of("pk_0123456789")).transport(klaviyo), time);
  }

  private static List<Kind> kinds(KlaviyoCheck check) {
    return check.findings().stream().map(Finding::kind).toList();
  }

  @Test
  void of_a_klaviyo_as_it_is_known_finds_nothing_and_only_reads() {
    KlaviyoConnection connection =
        KlaviyoConnection.of(ApiKey.of("pk_0123456789")).transport(klaviyo);
    // @start region="check"
    KlaviyoCheck check = KlaviyoCheck.of(connection);
    if (!check.isFit()) {
      throw new IllegalStateException(check.toString()); // do not deploy
    }
    // @end

    assertThat(check.findings()).isEmpty();
    assertThat(check.isReached()).isTrue();
    assertThat(check.accountId()).isEqualTo("AbC123");
    assertThat(check.revision()).isEqualTo("2026-07-15");
    assertThat(check.checked()).hasSize(9);
    assertThat(klaviyo.asked())
        .hasSize(9)
        .allMatch(asked -> asked.request().method().equals("GET"));
    assertThat(check.toString())
        .contains("as expected", "AbC123", "2028-07-15", "lists:write")
        .doesNotContain("ada");
  }

  @Test
  void tells_states_of_jobs_that_it_does_not_know() {
    answer(JOBS, "[" + A_JOB.formatted("complete") + "," + A_JOB.formatted("paused") + "]");

    KlaviyoCheck check = check();

    assertThat(kinds(check)).containsExactly(UNKNOWN_VALUE);
    assertThat(check.findings().get(0).toString())
        .startsWith("list import jobs:")
        .contains("paused");
    assertThat(check.isFit()).isTrue();
  }

  @Test
  void tells_fields_that_are_missing_or_have_another_form_and_quotes_none() {
    answer(
        JOB,
        A_JOB
            .formatted("complete")
            .replace("\"total_count\":3,", "")
            .replace("2026-09-04T10:00:00+00:00", "ada@shop.example"));
    answer(
        MEMBERS,
        "[{\"type\":\"profile\",\"id\":\"01GD\",\"attributes\":{"
            + "\"joined_group_at\":\"2026-09-04T10:01:00+00:00\"}}]");

    KlaviyoCheck check = check();

    assertThat(kinds(check)).containsExactly(FIELD_MISSING, FIELD_MISSING, UNREADABLE);
    assertThat(check.findings().get(0).words()).contains("email, phone_number, external_id");
    assertThat(check.findings().get(1).words()).contains("total_count");
    assertThat(check.findings().get(2).words()).contains("created_at");
    assertThat(check.isFit()).isFalse();
    assertThat(check.toString()).contains("exports may fail").doesNotContain("ada");
  }

  @Test
  void tells_quotas_that_are_others_than_those_it_begins_with() {
    answer(LISTS, "[]", "RateLimit-Limit", "20, 20;w=1, 200;w=60", "revision", "2026-10-15");
    answer(PROFILES, "[]", "RateLimit-Limit", "75, 75;w=1, 750;w=60", "Sunset", "soon");

    KlaviyoCheck check = check();

    assertThat(kinds(check)).containsExactly(QUOTA, OTHER_REVISION, NOT_CHECKED, SUPPORT_ENDS);
    assertThat(check.findings().get(0).words()).contains("20 in 1 s, 200 in 60 s");
    assertThat(check.isFit()).isTrue();
  }

  @Test
  void tells_a_revision_that_klaviyo_has_retired_and_asks_no_more() {
    answers.put(ACCOUNT, Answer.error(410, "gone", "/data"));

    KlaviyoCheck check = check();

    assertThat(kinds(check)).containsExactly(REVISION_RETIRED);
    assertThat(check.findings().get(0).words()).contains("newer version of this library");
    assertThat(klaviyo.asked()).hasSize(1);
  }

  @Test
  void tells_which_scopes_the_key_lacks() {
    answers.put(ACCOUNT, Answer.error(403, "permission_denied", "/data"));
    answers.put(MEMBERS, Answer.error(403, "permission_denied", "/data"));

    KlaviyoCheck check = check();

    assertThat(kinds(check)).containsExactly(NOT_CHECKED, SCOPE_MISSING);
    assertThat(check.findings().get(1).words()).contains("lists:read and profiles:read");
    assertThat(check.accountId()).isNull();
    assertThat(check.isReached()).isTrue();
  }

  @Test
  void tells_a_key_that_klaviyo_does_not_know_and_a_klaviyo_that_is_not_there() {
    answers.put(ACCOUNT, Answer.error(401, "authentication_failed", "/data"));
    assertThat(kinds(check())).containsExactly(UNAUTHORIZED);

    answers.put(ACCOUNT, Answer.broken(Fate.UNPROCESSED));
    KlaviyoCheck check = check();
    assertThat(kinds(check)).containsExactly(UNREACHABLE);
    assertThat(check.isReached()).isFalse();
    assertThat(check.toString()).contains("not reached");
    assertThat(check.findings().get(0).words())
        .isEqualTo(
            "Klaviyo gave no usable answer within 1 minute; last, it gave no answer: the line went"
                + " dead.");
  }

  @Test
  void tells_a_klaviyo_that_puts_off_from_one_that_is_silent() {
    answers.put(ACCOUNT, Answer.error(429, "throttled", "/data", "Retry-After", "50"));
    assertThat(check().findings().get(0).words())
        .isEqualTo("Klaviyo gave no usable answer within 1 minute; last, it answered 429.");

    answers.put(ACCOUNT, Answer.silence());
    assertThat(check().findings().get(0).words())
        .isEqualTo("Klaviyo did not answer within 1 minute.");
  }

  @Test
  void tells_an_answer_that_it_cannot_read() {
    answers.put(PROFILES, Answer.json(200, "{\"items\":[]}"));

    KlaviyoCheck check = check();

    assertThat(kinds(check)).containsExactly(UNREADABLE);
    assertThat(check.isFit()).isFalse();
  }

  @Test
  void tells_that_support_ends_from_half_a_year_before() {
    assertThat(check().daysOfSupport()).isPositive();

    time.pass(Duration.ofDays(700));

    assertThat(check().findings())
        .isNotEmpty()
        .first()
        .extracting(Finding::kind)
        .isEqualTo(SUPPORT_ENDS);
  }
}
