package io.github.klaviyoexport.internal.call;

import static io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer.broken;
import static io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer.error;
import static io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer.failure;
import static io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer.json;
import static io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer.silence;
import static io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer.thrown;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.klaviyoexport.internal.api.ImportJob;
import io.github.klaviyoexport.internal.api.Klaviyo;
import io.github.klaviyoexport.internal.api.Page;
import io.github.klaviyoexport.internal.call.Reply.Done;
import io.github.klaviyoexport.internal.call.Reply.Refused;
import io.github.klaviyoexport.internal.call.Reply.Unanswered;
import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.KlaviyoTransport;
import io.github.klaviyoexport.klaviyo.TransportException;
import io.github.klaviyoexport.klaviyo.TransportException.Fate;
import io.github.klaviyoexport.testing.ScriptedKlaviyo;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Asked;
import io.github.klaviyoexport.testing.TestTime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CallsTest {
  private static final Answer ACCEPTED = json(202, "{\"data\":{\"id\":\"job-1\"}}");
  private static final KlaviyoConnection WITH_KEY =
      KlaviyoConnection.of(ApiKey.of("pk_0123456789"));
  private static final List<ByteBuffer> BODY =
      List.of(ByteBuffer.wrap("{\"a\":".getBytes(UTF_8)), ByteBuffer.wrap("1}".getBytes(UTF_8)));

  private final TestTime time = new TestTime();
  private final EventLoop loop = new EventLoop(time);
  private final List<Duration> pacedFor = new ArrayList<>();
  private final List<Duration> rateLimitedFor = new ArrayList<>();
  private final List<String> retried = new ArrayList<>();
  private final Calls.Observer observer =
      new Calls.Observer() {
        @Override
        public void paced(Duration wait) {
          pacedFor.add(wait);
        }

        @Override
        public void rateLimited(Duration retryAfter) {
          rateLimitedFor.add(retryAfter);
        }

        @Override
        public void retried(String what, Duration wait) {
          retried.add(what);
        }
      };

  private int doubts;
  private ScriptedKlaviyo klaviyo = new ScriptedKlaviyo(time, asked -> ACCEPTED);
  private Calls calls = calls(WITH_KEY);

  // What is sent

  @Test
  void every_request_carries_the_key_the_revision_and_json_api() throws InterruptedException {
    answering(ACCEPTED);

    post();

    Asked asked = klaviyo.asked().get(0);
    assertThat(asked.line()).isEqualTo("POST /api/profile-bulk-import-jobs");
    assertThat(asked.request().uri().getHost()).isEqualTo("a.klaviyo.com");
    assertThat(asked.request().headers())
        .containsEntry("Authorization", "Klaviyo-API-Key pk_0123456789")
        .containsEntry("revision", "2026-07-15")
        .containsEntry("Accept", "application/vnd.api+json")
        .containsEntry("Content-Type", "application/vnd.api+json");
  }

  @Test
  void every_attempt_sends_identical_bytes() throws InterruptedException {
    answering(broken(Fate.UNKNOWN), json(503, ""), limited(1));

    post();

    assertThat(klaviyo.asked()).hasSize(4);
    assertThat(klaviyo.asked()).extracting(Asked::body).containsOnly("{\"a\":1}");
    assertThat(calls.traffic().exchanges()).isEqualTo(4);
    assertThat(calls.traffic().bytesSent()).isEqualTo(4 * 7);
  }

  // No response

  @Test
  void a_request_that_klaviyo_cannot_have_seen_is_sent_again_and_leaves_no_doubt()
      throws InterruptedException {
    answering(times(10, broken(Fate.UNPROCESSED)));

    Unanswered<String> reply = unanswered(post());

    assertThat(reply.maybeDone()).isFalse();
    assertThat(reply.failure())
        .hasMessage("Klaviyo gave no answer: the line went dead ('import profiles', 10 attempts).");
    assertThat(klaviyo.asked()).hasSize(10);
    assertThat(retried)
        .hasSize(9)
        .containsOnly("Klaviyo gave no answer: the line went dead ('import profiles')");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5, 9})
  void an_attempt_whose_fate_is_unknown_leaves_doubt_whatever_came_before_or_after(int which)
      throws InterruptedException {
    List<Answer> answers = new ArrayList<>(times(10, broken(Fate.UNPROCESSED)));
    answers.set(which, broken(Fate.UNKNOWN));
    answering(answers);

    assertThat(unanswered(post()).maybeDone()).isTrue();
  }

  @Test
  void an_exchange_that_a_transport_ends_with_any_io_exception_is_tried_again()
      throws InterruptedException {
    answering(failure(new IOException("ada@shop.example")));

    assertThat(done(post())).isEqualTo("job-1");

    answering(times(10, failure(new IOException("ada@shop.example"))));

    Unanswered<String> reply = unanswered(post());
    assertThat(reply.maybeDone()).isTrue();
    assertThat(reply.failure()).message().contains("IOException").doesNotContain("ada@");
  }

  @Test
  void an_exchange_that_fails_in_no_way_a_transport_may_is_not_tried_again()
      throws InterruptedException {
    answering(failure(new IllegalStateException("ada@shop.example")));

    Unanswered<String> reply = unanswered(post());

    assertThat(reply.maybeDone()).isTrue();
    assertThat(reply.failure())
        .hasNoCause()
        .message()
        .contains("IllegalStateException")
        .doesNotContain("ada@");
  }

  @Test
  void a_transport_that_throws_instead_of_sending_is_not_asked_again() throws InterruptedException {
    answering(thrown(new IllegalArgumentException("invalid header value: \"pk_0123456789\"")));

    Unanswered<String> reply = unanswered(post());

    assertThat(reply.maybeDone()).isFalse();
    assertThat(reply.failure())
        .message()
        .startsWith("Klaviyo was not asked")
        .contains("IllegalArgumentException")
        .doesNotContain("pk_");
  }

  @Test
  void a_transport_that_returns_nothing_is_not_asked_again() throws InterruptedException {
    calls = calls(WITH_KEY, request -> null);

    assertThat(unanswered(post()).failure()).message().contains("was not asked");
  }

  @Test
  void an_answer_that_another_attempt_cannot_mend_is_not_asked_for_again()
      throws InterruptedException {
    answering(failure(new TransportException(Fate.UNUSABLE, "it broke a rule", null)));

    Unanswered<String> reply = unanswered(post());

    assertThat(reply.maybeDone()).isTrue();
    assertThat(reply.failure())
        .hasMessage(
            "Klaviyo gave no usable answer: it broke a rule ('import profiles', 1 attempt).");
  }

  // Stalls

  @Test
  void an_exchange_that_stalls_is_cancelled_after_the_request_timeout_and_tried_again()
      throws InterruptedException {
    answering(silence());

    assertThat(done(post())).isEqualTo("job-1");

    assertThat(klaviyo.asked().get(0).exchange()).isCancelled();
    assertThat(klaviyo.asked().get(1).at())
        .isBetween(Duration.ofSeconds(120), Duration.ofSeconds(121));
  }

  @Test
  void an_exchange_that_always_stalls_leaves_doubt() throws InterruptedException {
    calls = calls(WITH_KEY.requestTimeout(Duration.ofSeconds(7)));
    answering(times(10, silence()));

    Unanswered<String> reply = unanswered(post());

    assertThat(reply.maybeDone()).isTrue();
    assertThat(reply.failure())
        .hasMessage("Klaviyo did not answer within 7 seconds ('import profiles', 10 attempts).");
  }

  @Test
  void an_answer_in_time_is_not_disturbed_by_the_watchdog() throws InterruptedException {
    answering(ACCEPTED.after(Duration.ofSeconds(119)));

    assertThat(done(post())).isEqualTo("job-1");

    time.pass(Duration.ofMinutes(10));
    loop.runReady();
    assertThat(klaviyo.asked()).hasSize(1);
  }

  // Server errors

  @ParameterizedTest
  @ValueSource(ints = {500, 502, 503, 504, 524, 599})
  void a_server_error_is_tried_again_ten_times_in_all_and_leaves_doubt(int status)
      throws InterruptedException {
    answering(times(10, Answer.of(status, "text/html", "<html>ada@shop.example</html>")));

    Unanswered<String> reply = unanswered(post());

    assertThat(reply.maybeDone()).isTrue();
    assertThat(reply.failure())
        .hasMessage("Klaviyo answered " + status + " ('import profiles', 10 attempts).");
    assertThat(reply.failure().status()).hasValue(status);
  }

  @Test
  void a_server_error_that_passes_does_no_harm() throws InterruptedException {
    answering(times(9, json(503, "")));

    assertThat(done(post())).isEqualTo("job-1");
  }

  @Test
  void attempts_back_off_from_half_a_second_to_a_minute_a_quarter_more_or_less()
      throws InterruptedException {
    answering(times(10, json(502, "")));

    post();

    List<Asked> asked = klaviyo.asked();
    double[] seconds = {0.5, 1, 2, 4, 8, 16, 32, 60, 60};
    List<Double> jitter = new ArrayList<>();
    for (int i = 0; i < seconds.length; i++) {
      double waited = asked.get(i + 1).at().minus(asked.get(i).at()).toMillis() / 1000.0;
      jitter.add(waited / seconds[i]);
    }
    assertThat(jitter).allMatch(factor -> factor > 0.74 && factor < 1.26).doesNotHaveDuplicates();
  }

  @Test
  void a_request_that_timed_out_at_the_server_is_tried_again() throws InterruptedException {
    answering(Answer.of(408, "text/html", "<html>idle</html>"));

    assertThat(done(post())).isEqualTo("job-1");
  }

  @Test
  void a_server_error_that_names_a_time_is_not_tried_again_before() throws InterruptedException {
    answering(json(503, "", "Retry-After", "40"));

    post();

    assertThat(klaviyo.asked().get(1).at()).isEqualTo(Duration.ofSeconds(40));
    assertThat(calls.traffic().rateLimited()).isZero();
  }

  @Test
  void a_server_error_that_names_more_than_15_minutes_is_given_up() throws InterruptedException {
    answering(json(503, "", "Retry-After", "901"));

    Unanswered<String> reply = unanswered(post());

    assertThat(reply.maybeDone()).isTrue();
    assertThat(reply.failure()).message().contains("asks to wait 16 minutes (503)");
  }

  // How long and how often

  @Test
  void a_post_that_is_only_put_off_is_given_up_30_minutes_after_its_first_attempt()
      throws InterruptedException {
    answering(times(1_000, limited(50)));
    time.pass(Duration.ofMinutes(5));

    Unanswered<String> reply = unanswered(post());

    assertThat(time.elapsed()).isEqualTo(Duration.ofMinutes(35));
    assertThat(reply.maybeDone()).isFalse();
    assertThat(reply.failure())
        .message()
        .startsWith("Klaviyo did not decide within 30 minutes of the first attempt");
  }

  @Test
  void a_post_that_is_under_way_when_its_time_is_over_leaves_doubt() throws InterruptedException {
    answering(limited(900), limited(840), silence());
    calls = calls(WITH_KEY.requestTimeout(Duration.ofMinutes(10)));

    Unanswered<String> reply = unanswered(post());

    assertThat(time.elapsed()).isEqualTo(Duration.ofMinutes(30));
    assertThat(reply.maybeDone()).isTrue();
    assertThat(doubts).isEqualTo(1);
    assertThat(klaviyo.asked().get(2).exchange()).isCancelled();
  }

  @Test
  void the_time_that_a_first_attempt_waits_for_the_quota_is_not_counted()
      throws InterruptedException {
    calls = calls(WITH_KEY.share(0.0001));
    answering(ACCEPTED);
    post();

    assertThat(done(post())).isEqualTo("job-1");
    assertThat(time.elapsed()).isGreaterThan(Duration.ofHours(1));
  }

  @Test
  void a_read_may_be_put_off_for_longer() throws InterruptedException {
    answering(times(50, limited(60)));

    assertThat(done(getting().run())).isEqualTo("job-1");
  }

  @Test
  void an_outage_uses_up_the_accounts_short_back_offs_and_leaves_the_longest()
      throws InterruptedException {
    answering(times(1_000, json(503, "")));
    List<Waiting<String>> reads = new ArrayList<>();
    Calls others = calls(WITH_KEY);
    for (int i = 0; i < 60; i++) {
      Calls mine = i % 2 == 0 ? calls : others;
      reads.add(new Waiting<>(then -> mine.get(Endpoint.GET_LIST, "/api/l", CallsTest::id, then)));
    }
    for (Waiting<String> read : reads) {
      read.run();
    }

    List<Duration> at = klaviyo.asked().stream().map(Asked::at).toList();
    assertThat(at).hasSize(600);
    assertThat(at).filteredOn(when -> when.compareTo(Duration.ofSeconds(40)) < 0).hasSize(110);
    assertThat(time.elapsed()).isGreaterThan(Duration.ofMinutes(9));
  }

  @Test
  void answers_give_the_short_back_offs_back() throws InterruptedException {
    RetryBudget budget = Quotas.shared(WITH_KEY, time).retries();
    while (budget.spend()) {}
    answering(times(10, ACCEPTED));
    for (int i = 0; i < 10; i++) {
      post();
    }
    Duration before = time.elapsed();
    answering(json(503, ""));

    post();

    assertThat(time.elapsed().minus(before)).isLessThan(Duration.ofSeconds(3));
    assertThat(budget.spend()).isFalse();
  }

  @Test
  void doubt_is_told_for_each_attempt_that_may_have_been_processed() throws InterruptedException {
    answering(
        broken(Fate.UNKNOWN),
        json(502, ""),
        json(202, "{}"),
        silence(),
        broken(Fate.UNPROCESSED),
        limited(1));

    assertThat(done(post())).isEqualTo("job-1");
    assertThat(doubts).isEqualTo(4);
  }

  @Test
  void an_answer_that_will_not_mend_is_told_from_a_line_that_may() throws InterruptedException {
    answering(times(10, broken(Fate.UNKNOWN)));
    assertThat(unanswered(post()).lasting()).isFalse();

    answering(broken(Fate.UNUSABLE));
    assertThat(unanswered(post()).lasting()).isTrue();
  }

  // 429

  @Test
  void retry_after_in_seconds_is_obeyed_to_the_second_and_costs_no_attempt()
      throws InterruptedException {
    answering(times(30, limited(7)));

    assertThat(done(post())).isEqualTo("job-1");

    List<Asked> asked = klaviyo.asked();
    assertThat(asked.get(1).at()).isEqualTo(Duration.ofSeconds(7));
    assertThat(asked.get(30).at()).isGreaterThanOrEqualTo(Duration.ofSeconds(30 * 7));
    assertThat(calls.traffic().rateLimited()).isEqualTo(30);
    assertThat(rateLimitedFor).hasSize(30).containsOnly(Duration.ofSeconds(7));
    assertThat(calls.traffic().longestRetryAfter()).isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void retry_after_as_a_date_is_obeyed_to_the_second() throws InterruptedException {
    String date =
        DateTimeFormatter.RFC_1123_DATE_TIME.format(
            time.now().plusSeconds(90).atOffset(ZoneOffset.UTC));
    answering(error(429, "throttled", "/data", "Retry-After", date));

    post();

    assertThat(klaviyo.asked().get(1).at()).isEqualTo(Duration.ofSeconds(90));
  }

  @Test
  void a_retry_after_date_is_counted_from_the_servers_clock_where_it_tells_the_time()
      throws InterruptedException {
    answering(
        error(
            429,
            "throttled",
            "/data",
            "Date",
            "Fri, 01 Jan 2038 10:00:00 GMT",
            "Retry-After",
            "Fri, 01 Jan 2038 10:00:30 GMT"));

    post();

    assertThat(klaviyo.asked().get(1).at()).isEqualTo(Duration.ofSeconds(30));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "soon", "-3", "0", "1.5", "Tue, 01 Sep 2026 07:00:00 GMT"})
  void a_429_that_names_no_time_to_come_backs_off(String retryAfter) throws InterruptedException {
    answering(times(12, error(429, "throttled", "/data", "retry-after", retryAfter)));

    assertThat(done(post())).isEqualTo("job-1");

    assertThat(rateLimitedFor.get(0)).isBetween(Duration.ofMillis(375), Duration.ofMillis(625));
    assertThat(rateLimitedFor.get(11)).isBetween(Duration.ofSeconds(45), Duration.ofSeconds(75));
  }

  @Test
  void a_429_without_the_header_does_not_make_an_unpaced_caller_a_hammer()
      throws InterruptedException {
    calls = calls(WITH_KEY.unpaced());
    answering(times(5, limited(0)));

    post();

    assertThat(time.elapsed()).isGreaterThan(Duration.ofSeconds(10));
  }

  @Test
  void a_retry_after_of_more_than_15_minutes_is_surfaced_instead_of_waited_for()
      throws InterruptedException {
    answering(limited(901));

    Unanswered<String> reply = unanswered(post());

    assertThat(reply.maybeDone()).isFalse();
    assertThat(reply.failure())
        .message()
        .contains("asks to wait 16 minutes (429)", "run it again after that");
    assertThat(rateLimitedFor).containsExactly(Duration.ofSeconds(901));
    assertThat(time.elapsed()).isZero();
  }

  @Test
  void a_retry_after_of_15_minutes_is_waited_for() throws InterruptedException {
    answering(limited(900));

    assertThat(done(post())).isEqualTo("job-1");
    assertThat(time.elapsed()).isEqualTo(Duration.ofMinutes(15));
  }

  @Test
  void rate_limits_and_failures_are_counted_apart() throws InterruptedException {
    List<Answer> answers = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      Collections.addAll(answers, limited(1), json(500, ""));
    }
    answers.add(ACCEPTED);
    answering(answers.toArray(Answer[]::new));

    assertThat(done(post())).isEqualTo("job-1");
  }

  // Refusals

  @Test
  void a_key_that_klaviyo_does_not_know_is_shown_once() throws InterruptedException {
    answering(error(401, "authentication_failed", "/data/"));

    Refused<String> reply = refused(post());

    assertThat(reply.status()).isEqualTo(401);
    assertThat(klaviyo.asked()).hasSize(1);
  }

  @Test
  void a_token_is_asked_for_once_more_after_a_401() throws InterruptedException {
    AtomicInteger tokens = new AtomicInteger();
    calls = calls(KlaviyoConnection.oauth(() -> "token-" + tokens.incrementAndGet()));
    answering(error(401, "authentication_failed", "/data/"));

    assertThat(done(post())).isEqualTo("job-1");

    assertThat(klaviyo.asked())
        .extracting(asked -> asked.request().headers().get("Authorization"))
        .containsExactly("Bearer token-1", "Bearer token-2");
  }

  @Test
  void a_second_401_in_a_row_is_final() throws InterruptedException {
    calls = calls(KlaviyoConnection.oauth(() -> "token"));
    answering(times(2, error(401, "authentication_failed", "/data/")));

    assertThat(refused(post()).status()).isEqualTo(401);
  }

  @Test
  void a_token_supplier_that_throws_is_named_by_type_only() throws InterruptedException {
    calls =
        calls(
            KlaviyoConnection.oauth(
                () -> {
                  throw new UncheckedIOException(new IOException("secret-token"));
                }));

    Unanswered<String> reply = unanswered(post());

    assertThat(reply.maybeDone()).isFalse();
    assertThat(reply.failure())
        .hasNoSuppressedExceptions()
        .message()
        .contains("UncheckedIOException")
        .doesNotContain("secret");
    assertThat(klaviyo.asked()).isEmpty();
  }

  @Test
  void a_missing_scope_is_told_from_a_page_of_the_network_edge() throws InterruptedException {
    answering(error(403, "permission_denied", "/data/"));
    assertThat(refused(post()).edgeChallenge()).isFalse();

    answering(Answer.of(403, "text/html; charset=UTF-8", "<html>Just a moment…</html>"));
    assertThat(refused(post()).edgeChallenge()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {300, 301, 302, 307, 308, 400, 404, 405, 409, 410, 413, 415, 422})
  void any_other_refusal_is_final_and_carries_klaviyos_code_and_error_id(int status)
      throws InterruptedException {
    answering(error(status, "some_code", "/data", "Location", "https://shop.example/"));

    Refused<String> reply = refused(post());

    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.asException())
        .hasMessage(
            "Klaviyo answered "
                + status
                + " to 'import profiles' (some_code); for Klaviyo's support: error id 6b1f-"
                + status
                + ".");
    assertThat(klaviyo.asked()).hasSize(1);
  }

  // Answers that cannot be read

  @ParameterizedTest
  @ValueSource(strings = {"", "<html>Bad Request</html>", "{\"errors\":[{\"co", "{\"errors\":[]}"})
  void a_400_that_does_not_say_why_is_no_verdict_and_asked_for_again(String body)
      throws InterruptedException {
    answering(json(400, body));
    assertThat(done(post())).isEqualTo("job-1");

    answering(times(10, json(400, body)));
    assertThat(unanswered(post()).maybeDone()).isFalse();
    assertThat(doubts).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{\"data\":{\"id\":\"job-1\"",
        "<html>ok</html>",
        "{\"data\":{\"id\":\"\"}}",
        "{\"data\":{\"id\":null}}",
        "{}",
        "[]",
        "null",
        "{\"data\":{\"id\":\"job-1\"}}{}"
      })
  void a_success_that_cannot_be_read_is_asked_for_again_and_leaves_doubt(String body)
      throws InterruptedException {
    answering(json(202, body));
    assertThat(done(post())).isEqualTo("job-1");

    answering(times(10, json(202, body)));
    Unanswered<String> reply = unanswered(post());
    assertThat(reply.maybeDone()).isTrue();
    assertThat(reply.failure())
        .hasMessage(
            "Klaviyo answered 202 with a body that cannot be read ('import profiles', 10"
                + " attempts).");
  }

  @Test
  void a_success_that_is_not_json_is_asked_for_again() throws InterruptedException {
    answering(Answer.of(200, "text/html", "{\"data\":{\"id\":\"captive-portal\"}}"));

    assertThat(done(post())).isEqualTo("job-1");
  }

  @Test
  void json_that_is_nested_too_deeply_cannot_be_read() throws InterruptedException {
    answering(
        json(200, "{\"data\":{\"id\":\"x\",\"deep\":" + "[".repeat(500) + "]".repeat(500) + "}}"),
        ACCEPTED);

    assertThat(done(post())).isEqualTo("job-1");
  }

  // Links

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://shop.example/api/profile-bulk-import-jobs?page=2",
        "http://a.klaviyo.com/api/profile-bulk-import-jobs?page=2",
        "https://a.klaviyo.com:8443/api/profile-bulk-import-jobs?page=2",
        "https://a.klaviyo.com@shop.example/api?page=2",
        "https://a.klaviyo.com.shop.example/api?page=2",
        "//shop.example/api?page=2",
        "/api/profile-bulk-import-jobs?page=2",
        "file:///etc/passwd",
        "ada @ shop"
      })
  void a_link_that_leads_elsewhere_is_refused_and_nothing_is_sent_there(String link)
      throws InterruptedException {
    answering(json(200, "{\"data\":[],\"links\":{\"next\":\"" + link + "\"}}"));

    Unanswered<Page<ImportJob>> reply =
        unanswered(new Waiting<Page<ImportJob>>(then -> new Klaviyo(calls).jobs(null, then)).run());

    assertThat(reply.failure()).message().contains("must not be followed").doesNotContain(link);
    assertThat(klaviyo.asked()).hasSize(1);
  }

  @Test
  void a_link_of_the_same_origin_is_followed_as_it_stands() throws InterruptedException {
    String link = "https://A.klaviyo.com/api/profile-bulk-import-jobs/?page%5Bcursor%5D=a%2Bb";
    answering(
        json(200, "{\"data\":[],\"links\":{\"next\":\"" + link + "\"}}"),
        json(200, "{\"data\":[],\"links\":{\"next\":null}}"));
    Klaviyo api = new Klaviyo(calls);

    Page<ImportJob> first = done(new Waiting<Page<ImportJob>>(then -> api.jobs(null, then)).run());
    Page<ImportJob> second =
        done(new Waiting<Page<ImportJob>>(then -> api.jobs(first.next(), then)).run());

    assertThat(klaviyo.asked().get(1).request().uri()).hasToString(link);
    assertThat(second.next()).isNull();
  }

  // Ending

  @Test
  void a_post_that_waits_for_the_quota_ends_unsent_when_posts_end() throws InterruptedException {
    answering(times(10, ACCEPTED));
    for (int i = 0; i < 10; i++) {
      post();
    }
    Waiting<String> eleventh = posting();

    loop.after(Duration.ofMillis(300), calls::endChanges);
    Unanswered<String> reply = unanswered(eleventh.run());
    assertThat(reply.maybeDone()).isFalse();
    assertThat(time.elapsed()).isEqualTo(Duration.ofMillis(300));
    assertThat(calls.traffic().paced()).isEqualTo(Duration.ofMillis(300));
    assertThat(klaviyo.asked()).hasSize(10);
  }

  @ParameterizedTest
  @EnumSource(
      value = Fate.class,
      names = {"UNKNOWN", "UNPROCESSED"})
  void a_post_that_backs_off_ends_when_posts_end_and_says_whether_it_may_be_done(Fate fate)
      throws InterruptedException {
    answering(broken(fate));
    Waiting<String> post = posting();

    loop.after(Duration.ofMillis(100), calls::endChanges);

    assertThat(unanswered(post.run()).maybeDone()).isEqualTo(fate == Fate.UNKNOWN);
    assertThat(time.elapsed()).isEqualTo(Duration.ofMillis(100));
  }

  @Test
  void a_post_under_way_keeps_its_answer_when_posts_end() throws InterruptedException {
    answering(ACCEPTED.after(Duration.ofSeconds(20)));
    Waiting<String> post = posting();

    loop.after(Duration.ofSeconds(1), calls::endChanges);

    assertThat(done(post.run())).isEqualTo("job-1");
  }

  static List<Answer> answersThatAskForMore() {
    return List.of(json(503, ""), limited(1), error(401, "expired", "/data"), broken(Fate.UNKNOWN));
  }

  @ParameterizedTest
  @MethodSource("answersThatAskForMore")
  void a_post_under_way_gets_no_further_attempt_when_posts_end(Answer answer)
      throws InterruptedException {
    calls = calls(KlaviyoConnection.oauth(() -> "token"));
    answering(answer.after(Duration.ofSeconds(20)));
    Waiting<String> post = posting();

    loop.after(Duration.ofSeconds(1), calls::endChanges);

    assertThat(post.run()).isNotInstanceOf(Done.class);
    assertThat(klaviyo.asked()).hasSize(1);
  }

  @Test
  void reads_go_on_when_posts_end() throws InterruptedException {
    answering(json(503, ""), limited(1));
    calls.endChanges();

    assertThat(done(getting().run())).isEqualTo("job-1");
  }

  @Test
  void an_abandoned_call_lets_go_of_its_exchange_and_never_replies() throws InterruptedException {
    answering(silence());
    Waiting<String> post = posting();

    calls.abandon();
    time.pass(Duration.ofMinutes(10));
    loop.runReady();

    assertThat(klaviyo.asked().get(0).exchange()).isCancelled();
    assertThat(post.reply).isNull();
    assertThat(klaviyo.asked()).hasSize(1);
  }

  @Test
  void an_abandoned_call_that_waits_is_never_made() throws InterruptedException {
    answering(broken(Fate.UNKNOWN));
    posting();
    loop.runReady();

    calls.abandon();
    time.pass(Duration.ofMinutes(10));
    loop.runReady();

    assertThat(klaviyo.asked()).hasSize(1);
  }

  @Test
  void abandoned_calls_do_not_burden_the_quota_of_the_exports_that_follow()
      throws InterruptedException {
    answering(times(10, silence()));
    for (int i = 0; i < 10; i++) {
      posting();
    }
    calls.abandon();
    time.pass(Duration.ofSeconds(2));

    calls = calls(WITH_KEY);
    post();

    assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(2));
  }

  // Pace

  @Test
  void waiting_for_the_quota_is_told_once_and_counted_once_for_all_calls_that_wait()
      throws InterruptedException {
    answering(times(14, ACCEPTED));
    List<Waiting<String>> posts = new ArrayList<>();
    for (int i = 0; i < 14; i++) {
      posts.add(posting());
    }
    assertThat(calls.traffic().paced()).isZero();
    for (Waiting<String> post : posts) {
      post.run();
    }

    assertThat(pacedFor).hasSize(4);
    assertThat(calls.traffic().paced())
        .isBetween(Duration.ofSeconds(1), Duration.ofMillis(1_050))
        .isEqualTo(time.elapsed());
  }

  @Test
  void waiting_that_has_not_ended_is_counted_too() throws InterruptedException {
    answering(times(11, ACCEPTED));
    for (int i = 0; i < 11; i++) {
      posting();
    }
    loop.runReady();

    time.pass(Duration.ofMillis(250));

    assertThat(calls.traffic().paced()).isEqualTo(Duration.ofMillis(250));
  }

  @Test
  void backing_off_is_not_pace() throws InterruptedException {
    answering(json(503, ""));

    post();

    assertThat(calls.traffic().paced()).isZero();
    assertThat(pacedFor).isEmpty();
  }

  @Test
  void quotas_are_kept_for_each_endpoint_apart() throws InterruptedException {
    answering(times(20, ACCEPTED));
    for (int i = 0; i < 10; i++) {
      post();
      getting().run();
    }

    assertThat(calls.traffic().paced()).isZero();
  }

  @Test
  void an_answer_teaches_the_quota_its_windows() throws InterruptedException {
    answering(json(202, "{\"data\":{\"id\":\"x\"}}", "RateLimit-Limit", "1, 1;w=1, 15;w=60"));
    for (int i = 0; i < 4; i++) {
      post();
    }

    assertThat(time.elapsed()).isBetween(Duration.ofSeconds(3), Duration.ofMillis(3_001));
  }

  // Helpers

  private static Answer limited(int seconds) {
    return error(429, "throttled", "/data", "Retry-After", Integer.toString(seconds));
  }

  private static List<Answer> times(int times, Answer answer) {
    return Collections.nCopies(times, answer);
  }

  private void answering(Answer... first) {
    answering(List.of(first));
  }

  /** From now on these are the answers, and then whatever is asked is accepted. */
  private void answering(List<Answer> first) {
    Iterator<Answer> rest = first.iterator();
    klaviyo = new ScriptedKlaviyo(time, asked -> rest.hasNext() ? rest.next() : ACCEPTED);
  }

  private Calls calls(KlaviyoConnection connection) {
    return calls(connection, request -> klaviyo.send(request));
  }

  private Calls calls(KlaviyoConnection connection, KlaviyoTransport transport) {
    Quotas quotas = Quotas.shared(connection, time);
    return new Calls(connection, transport, quotas, loop, observer, new Random(1));
  }

  private static @Nullable String id(JsonNode body) {
    String id = body.path("data").path("id").asText("");
    return id.isEmpty() ? null : id;
  }

  private Reply<String> post() throws InterruptedException {
    return posting().run();
  }

  private Waiting<String> posting() {
    return new Waiting<>(
        then ->
            calls.post(
                Endpoint.IMPORT_PROFILES,
                "/api/profile-bulk-import-jobs",
                BODY,
                CallsTest::id,
                () -> doubts++,
                then));
  }

  private Waiting<String> getting() {
    return new Waiting<>(then -> calls.get(Endpoint.GET_JOB, "/api/job", CallsTest::id, then));
  }

  /** A call that has been made, and its reply when it has come. */
  private final class Waiting<T> {
    private @Nullable Reply<T> reply;

    Waiting(Consumer<Consumer<Reply<T>>> ask) {
      ask.accept(came -> reply = came);
    }

    Reply<T> run() throws InterruptedException {
      while (reply == null) {
        loop.run();
      }
      return reply;
    }
  }

  private static <T> T done(Reply<T> reply) {
    assertThat(reply).isInstanceOf(Done.class);
    return ((Done<T>) reply).value();
  }

  private static <T> Refused<T> refused(Reply<T> reply) {
    assertThat(reply).isInstanceOf(Refused.class);
    return (Refused<T>) reply;
  }

  private static <T> Unanswered<T> unanswered(Reply<T> reply) {
    assertThat(reply).isInstanceOf(Unanswered.class);
    return (Unanswered<T>) reply;
  }
}
