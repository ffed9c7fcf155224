package io.github.klaviyoexport.internal.call;

import static io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer.error;
import static io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.internal.call.Reply.Refused;
import io.github.klaviyoexport.internal.call.Reply.Unanswered;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which answers are a refusal for good, and which cannot be read and are asked for again. */
class CallReplyTest extends ScriptedCalls {
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
        .message()
        .startsWith(
            "Klaviyo answered 202 with a body that cannot be read ('import profiles', 10 attempts");
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

  @ParameterizedTest
  @CsvSource({"401, text/html, <html>", "404, text/html, <html>", "410, application/json, {}"})
  void a_refusal_that_is_not_in_the_form_of_the_api_is_no_verdict(
      int status, String type, String body) throws InterruptedException {
    Answer page = Answer.of(status, type, body);
    answering(page);

    assertThat(done(post())).isEqualTo("job-1");

    answering(times(10, page));

    Unanswered<String> reply = unanswered(post());
    assertThat(reply.maybeDone()).isFalse();
    assertThat(reply.failure())
        .message()
        .startsWith(
            "Klaviyo answered "
                + status
                + ", but not in the form of its API, so something on the way may have answered:"
                + " check base URL, gateway and proxy ('import profiles', 10 attempts in");
  }
}
