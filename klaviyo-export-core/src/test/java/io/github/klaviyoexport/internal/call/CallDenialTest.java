package io.github.klaviyoexport.internal.call;

import static io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer.error;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of a call that Klaviyo denies with a 403, which may be load that it sheds. */
class CallDenialTest extends ScriptedCalls {
  private static final Answer FORBIDDEN = error(403, "permission_denied", "/data/");
  private static final Answer CHALLENGE = Answer.of(403, "text/html", "<html>Just a moment…");

  @Test
  void a_403_to_what_the_key_was_let_in_to_before_is_waited_out_with_growing_waits()
      throws InterruptedException {
    done(post());
    Duration began = time.elapsed();
    answering(FORBIDDEN, CHALLENGE, FORBIDDEN);

    assertThat(done(post())).isEqualTo("job-1");

    assertThat(klaviyo.asked())
        .extracting(asked -> asked.at().minus(began).toSeconds())
        .containsExactly(0L, 5L, 15L, 35L);
    assertThat(retried)
        .hasSize(3)
        .containsOnly(
            "Klaviyo answered 403, though it let the same key in before ('import profiles')");
    assertThat(doubts).isZero();
  }

  @Test
  void a_403_that_stays_for_five_minutes_is_a_refusal_that_is_no_missing_scope()
      throws InterruptedException {
    done(post());
    Duration began = time.elapsed();
    answering(times(100, FORBIDDEN));

    Reply.Refused<String> reply = refused(post());

    assertThat(reply.shedding()).isTrue();
    assertThat(time.elapsed().minus(began)).isEqualTo(Duration.ofMinutes(5));
    assertThat(klaviyo.asked()).hasSizeLessThan(12);
  }

  @Test
  void a_wait_that_the_403_itself_asks_for_is_kept() throws InterruptedException {
    done(post());
    Duration began = time.elapsed();
    answering(error(403, "busy", "/data/", "Retry-After", "120"));
    done(post());
    assertThat(time.elapsed().minus(began)).isEqualTo(Duration.ofMinutes(2));

    answering(error(403, "busy", "/data/", "Retry-After", "301"));
    assertThat(refused(post()).shedding()).isTrue();
  }

  @Test
  void a_refusal_of_what_was_sent_shows_too_that_the_key_was_let_in() throws InterruptedException {
    answering(error(400, "invalid", "/data"));
    refused(post());
    answering(FORBIDDEN);

    assertThat(done(post())).isEqualTo("job-1");
  }

  @Test
  void a_403_to_what_takes_only_scopes_that_have_let_the_key_in_is_waited_out()
      throws InterruptedException {
    done(post());
    answering(FORBIDDEN);

    Waiting<String> removal =
        new Waiting<>(
            then ->
                calls.delete(
                    Endpoint.REMOVE_MEMBERS,
                    "/api/members",
                    List.of(),
                    ScriptedCalls::id,
                    () -> {},
                    then));

    assertThat(done(removal.run())).isEqualTo("job-1");
  }

  @Test
  void a_403_is_waited_out_where_an_earlier_export_to_the_account_was_let_in()
      throws InterruptedException {
    done(post());
    calls = calls(WITH_KEY);
    answering(FORBIDDEN);

    assertThat(done(post())).isEqualTo("job-1");

    calls = calls(KlaviyoConnection.of(ApiKey.of("pk_9876543210")));
    answering(FORBIDDEN);

    assertThat(refused(post()).shedding()).isFalse();
  }

  @Test
  void a_403_to_what_the_key_was_never_let_in_to_is_final_at_once() throws InterruptedException {
    done(post());
    answering(FORBIDDEN);

    assertThat(refused(getting().run()).shedding()).isFalse();
    assertThat(klaviyo.asked()).hasSize(1);
  }
}
