package io.github.klaviyoexport.internal.call;

import static io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer.error;
import static io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.internal.call.Reply.Unanswered;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Asked;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A call waits as long as Klaviyo's quota and its 429s say, and tells how long that was. */
class CallPaceTest extends ScriptedCalls {
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
  @ValueSource(
      strings = {"", "soon", "-3", "-1.5", "0", "0.0", "1.5s", "Tue, 01 Sep 2026 07:00:00 GMT"})
  void a_429_that_names_no_time_to_come_backs_off(String retryAfter) throws InterruptedException {
    answering(times(12, error(429, "throttled", "/data", "retry-after", retryAfter)));

    assertThat(done(post())).isEqualTo("job-1");

    assertThat(rateLimitedFor.get(0)).isBetween(Duration.ofMillis(375), Duration.ofMillis(625));
    assertThat(rateLimitedFor.get(11)).isBetween(Duration.ofSeconds(45), Duration.ofSeconds(75));
  }

  @ParameterizedTest
  @CsvSource({"1.5, 1500", "0.0001, 1", "2.0, 2000", "007, 7000", "1.4999999999999999999999, 1500"})
  void a_retry_after_with_a_fraction_is_obeyed_and_never_rounded_down(String asked, long millis)
      throws InterruptedException {
    answering(error(429, "throttled", "/data", "Retry-After", asked));

    assertThat(done(post())).isEqualTo("job-1");

    assertThat(klaviyo.asked().get(1).at()).isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "100000000000",
        "999999999999",
        "99999999999999999999999999999999",
        "100000000000.5",
        "Fri, 31 Dec 9999 23:59:59 GMT"
      })
  void a_retry_after_beyond_all_bounds_is_surfaced_as_a_day_or_more(String asked)
      throws InterruptedException {
    answering(error(429, "throttled", "/data", "Retry-After", asked));

    Unanswered<String> reply = unanswered(post());

    assertThat(reply.failure())
        .message()
        .contains("asks to wait a day or more (429), more than the 15 minutes an export waits");
    assertThat(calls.traffic().longestRetryAfter()).isEqualTo(Duration.ofDays(1));
    assertThat(time.elapsed()).isZero();
  }

  @Test
  void a_retry_after_date_is_counted_from_our_clock_where_the_servers_is_out_of_the_question()
      throws InterruptedException {
    String date =
        DateTimeFormatter.RFC_1123_DATE_TIME.format(
            time.now().plusSeconds(90).atOffset(ZoneOffset.UTC));
    answering(
        error(
            429,
            "throttled",
            "/data",
            "Date",
            "Thu, 01 Jan 1970 00:00:00 GMT",
            "Retry-After",
            date));

    post();

    assertThat(klaviyo.asked().get(1).at()).isEqualTo(Duration.ofSeconds(90));
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
        .contains("asks to wait 16 minutes (429), more than the 15 minutes an export waits (");
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
    assertThat(calls.traffic().waits())
        .singleElement()
        .satisfies(wait -> assertThat(wait.waited()).isEqualTo(calls.traffic().paced()))
        .satisfies(wait -> assertThat(wait.until()).isEqualTo(time.now()));
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
  void calls_that_end_while_they_wait_leave_their_turns_to_another_export_at_once()
      throws InterruptedException {
    answering(limited(1));
    post();
    List<Waiting<String>> posts = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      posts.add(posting());
    }
    posts.get(2).run();
    Duration last = klaviyo.asked().get(4).at();
    Calls busy = calls;
    calls = calls(WITH_KEY);
    for (int i = 0; i < 64; i++) {
      posting();
    }
    calls.abandon();
    calls = busy;

    post();

    assertThat(klaviyo.asked().get(5).at()).isEqualTo(last.plusMillis(400));
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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1, 1;w=999999",
        "1, 1;w=60",
        "1, 1;w=1, 1;w=60, 1;w=86400",
        "1, 1;w=901",
        "1, 1;w=1, 99999999999;w=60",
        "-1, -1;w=60",
        "0, 0;w=1, 0;w=60"
      })
  void a_quota_that_would_stop_an_export_is_believed_down_to_a_tenth_of_the_published_one(
      String told) throws InterruptedException {
    answering(times(40, json(202, "{\"data\":{\"id\":\"x\"}}", "RateLimit-Limit", told)));
    for (int i = 0; i < 31; i++) {
      post();
    }

    // 15 imports a minute are a tenth of 150.
    assertThat(time.elapsed()).isLessThan(Duration.ofMinutes(3));
  }

  @Test
  void a_quota_without_bounds_is_believed_up_to_ten_times_the_published_one()
      throws InterruptedException {
    answering(
        times(
            2_000,
            json(202, "{\"data\":{\"id\":\"x\"}}", "RateLimit-Limit", "1, 999999999999;w=1")));
    for (int i = 0; i < 1_000; i++) {
      post();
    }

    assertThat(time.elapsed())
        .as("a minute that is not told of stays as it is published")
        .isGreaterThan(Duration.ofMinutes(5));
  }

  @Test
  void a_quota_that_was_told_is_forgotten_after_five_minutes_in_which_it_was_not_told_again()
      throws InterruptedException {
    answering(json(202, "{\"data\":{\"id\":\"x\"}}", "RateLimit-Limit", "1, 1;w=1, 15;w=60"));
    post();
    time.pass(Duration.ofMinutes(5).plusSeconds(1));
    Duration from = time.elapsed();
    for (int i = 0; i < 10; i++) {
      post();
    }

    assertThat(time.elapsed()).isEqualTo(from);
  }
}
