package io.github.klaviyoexport.internal.call;

import static io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer.broken;
import static io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer.error;
import static io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer.json;
import static io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer.silence;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.internal.api.ImportJob;
import io.github.klaviyoexport.internal.api.Klaviyo;
import io.github.klaviyoexport.internal.api.Page;
import io.github.klaviyoexport.internal.call.Reply.Done;
import io.github.klaviyoexport.internal.call.Reply.Unanswered;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.TransportException.Fate;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Asked;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a call sends, which links it follows, and how it ends when changes end or all is abandoned.
 */
class CallsTest extends ScriptedCalls {
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
  void no_request_is_to_be_answered_by_another_revision_in_silence() throws InterruptedException {
    answering(ACCEPTED);

    post();

    assertThat(klaviyo.asked().get(0).request().headers())
        .containsEntry("X-Klaviyo-Revision-Fall-Forward-Opt-Out", "1");
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
  void a_link_of_the_same_origin_is_followed_with_its_path_and_query_as_they_stand()
      throws InterruptedException {
    String link = "https://A.klaviyo.com/api/profile-bulk-import-jobs/?page%5Bcursor%5D=a%2Bb";
    answering(
        json(200, "{\"data\":[],\"links\":{\"next\":\"" + link + "\"}}"),
        json(200, "{\"data\":[],\"links\":{\"next\":null}}"));
    Klaviyo api = new Klaviyo(calls);

    Page<ImportJob> first = done(new Waiting<Page<ImportJob>>(then -> api.jobs(null, then)).run());
    Page<ImportJob> second =
        done(new Waiting<Page<ImportJob>>(then -> api.jobs(first.next(), then)).run());

    assertThat(klaviyo.asked().get(1).request().uri())
        .hasToString(link.replace("A.klaviyo.com", "a.klaviyo.com"));
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
}
