package io.github.klaviyoexport.internal.call;

import static io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer.broken;
import static io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer.error;
import static io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer.failure;
import static io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer.json;
import static io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer.silence;
import static io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer.thrown;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.internal.call.Reply.Refused;
import io.github.klaviyoexport.internal.call.Reply.Unanswered;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.TransportException;
import io.github.klaviyoexport.klaviyo.TransportException.Fate;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Asked;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A call that was lost, stalled or met a server error is made again: which, after how long, how
 * often, and what doubt it leaves.
 */
class CallRetryTest extends ScriptedCalls {
  // No response

  @Test
  void a_request_that_klaviyo_cannot_have_seen_is_sent_again_and_leaves_no_doubt()
      throws InterruptedException {
    answering(times(10, broken(Fate.UNPROCESSED)));

    Unanswered<String> reply = unanswered(post());

    assertThat(reply.maybeDone()).isFalse();
    assertThat(reply.failure())
        .message()
        .matches(
            "Klaviyo gave no answer: the line went dead \\('import profiles', 10 attempts in"
                + " [3-5] minutes( \\d+ seconds?)?\\)\\.");
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
        .startsWith("Klaviyo was not asked: the transport threw java.lang.IllegalArgumentException")
        .doesNotContain("pk_");
  }

  @Test
  void a_token_supplier_that_throws_is_told_from_a_transport_that_does()
      throws InterruptedException {
    calls =
        calls(
            KlaviyoConnection.oauth(
                () -> {
                  throw new IllegalArgumentException("eyJhbGciOiJIUzI1NiJ9");
                }));

    Unanswered<String> reply = unanswered(post());

    assertThat(reply.maybeDone()).isFalse();
    assertThat(reply.failure())
        .message()
        .startsWith(
            "Klaviyo was not asked: the token supplier threw java.lang.IllegalArgumentException")
        .doesNotContain("eyJ");
    assertThat(klaviyo.asked()).isEmpty();
  }

  @Test
  void a_token_that_none_can_be_is_refused_in_the_words_of_its_check() throws InterruptedException {
    calls = calls(KlaviyoConnection.oauth(() -> "Bearer eyJhbGciOiJIUzI1NiJ9"));

    Refused<String> reply = refused(post());

    assertThat(reply.status()).isEqualTo(401);
    assertThat(reply.asException().status()).isEmpty();
    assertThat(reply.asException())
        .message()
        .startsWith(
            "Klaviyo was not asked ('import profiles'): the OAuth access token begins with the"
                + " name of a header")
        .doesNotContain("eyJ");
    assertThat(klaviyo.asked()).isEmpty();
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
        .message()
        .startsWith("Klaviyo did not answer within 7 seconds ('import profiles', 10 attempts in ");
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
        .message()
        .startsWith("Klaviyo answered " + status + " ('import profiles', 10 attempts in ");
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
        .hasMessage(
            "Klaviyo did not decide within 30 minutes of the first attempt; last, it answered 429"
                + " ('import profiles', 36 attempts in 30 minutes).");
    assertThat(reply.failure().status()).hasValue(429);
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
    assertThat(reply.failure())
        .hasMessage(
            "Klaviyo did not decide within 30 minutes of the first attempt; last, it had not"
                + " answered for 1 minute ('import profiles', 3 attempts in 30 minutes).");
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
  void a_503_that_asks_for_too_long_keeps_the_calls_that_come_after_waiting_for_15_minutes()
      throws InterruptedException {
    answering(json(503, "", "Retry-After", "86400"));
    unanswered(post());

    assertThat(done(post())).isEqualTo("job-1");
    assertThat(time.elapsed()).isEqualTo(Duration.ofMinutes(15));
  }

  @Test
  void a_wait_that_is_too_long_is_kept_by_the_calls_that_come_after() throws InterruptedException {
    answering(error(429, "throttled", "/data", "Retry-After", "1000"));
    unanswered(post());
    time.pass(Duration.ofSeconds(60));

    assertThat(unanswered(post()).failure())
        .hasMessage(
            "Klaviyo asks to wait 16 minutes (429), more than the 15 minutes an export waits"
                + " ('import profiles', 0 attempts).");
    assertThat(klaviyo.asked()).hasSize(1);
    assertThat(done(getting().run())).isEqualTo("job-1");

    time.pass(Duration.ofSeconds(60));
    assertThat(done(post())).isEqualTo("job-1");
    assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(1_000));
  }

  @Test
  void a_read_that_is_only_put_off_is_given_up_after_30_minutes_as_well()
      throws InterruptedException {
    answering(times(1_000, limited(60)));

    Unanswered<String> reply = unanswered(getting().run());

    assertThat(time.elapsed()).isEqualTo(Duration.ofMinutes(30));
    assertThat(reply.failure())
        .hasMessage(
            "Klaviyo gave no usable answer within 30 minutes of the first attempt; last, it"
                + " answered 429 ('get import job', 30 attempts in 30 minutes).");
  }

  @Test
  void a_read_that_there_is_another_way_for_is_put_off_for_10_minutes()
      throws InterruptedException {
    answering(times(1_000, limited(60)));
    URI job = calls.address("/api/job");

    Waiting<String> trial =
        new Waiting<>(
            then ->
                calls.get(Endpoint.GET_JOB, job, Calls.TRIAL_ATTEMPTS, ScriptedCalls::id, then));

    assertThat(unanswered(trial.run()).failure().status()).hasValue(429);
    assertThat(time.elapsed()).isEqualTo(Duration.ofMinutes(10));
  }

  @Test
  void an_outage_uses_up_the_accounts_short_back_offs_and_leaves_the_longest()
      throws InterruptedException {
    answering(times(1_000, json(503, "")));
    List<Waiting<String>> reads = new ArrayList<>();
    Calls others = calls(WITH_KEY);
    for (int i = 0; i < 60; i++) {
      Calls mine = i % 2 == 0 ? calls : others;
      reads.add(
          new Waiting<>(then -> mine.get(Endpoint.GET_LIST, "/api/l", ScriptedCalls::id, then)));
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

  // 403 after the key was let in
}
