package io.github.klaviyoexport.internal.call;

import static io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer.error;
import static io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.klaviyoexport.internal.call.Reply.Done;
import io.github.klaviyoexport.internal.call.Reply.Refused;
import io.github.klaviyoexport.internal.call.Reply.Unanswered;
import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.KlaviyoTransport;
import io.github.klaviyoexport.testing.ScriptedKlaviyo;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer;
import io.github.klaviyoexport.testing.TestTime;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Calls to a Klaviyo that answers from a script, in virtual time. */
abstract class ScriptedCalls {
  static final Answer ACCEPTED = json(202, "{\"data\":{\"id\":\"job-1\"}}");
  static final KlaviyoConnection WITH_KEY = KlaviyoConnection.of(ApiKey.of("pk_0123456789"));
  private static final List<ByteBuffer> BODY =
      List.of(ByteBuffer.wrap("{\"a\":".getBytes(UTF_8)), ByteBuffer.wrap("1}".getBytes(UTF_8)));
  final TestTime time = new TestTime();
  final EventLoop loop = new EventLoop(time);
  final List<Duration> pacedFor = new ArrayList<>();
  final List<Duration> rateLimitedFor = new ArrayList<>();
  final List<String> retried = new ArrayList<>();
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
  int doubts;
  ScriptedKlaviyo klaviyo = new ScriptedKlaviyo(time, asked -> ACCEPTED);
  Calls calls = calls(WITH_KEY);

  static Answer limited(int seconds) {
    return error(429, "throttled", "/data", "Retry-After", Integer.toString(seconds));
  }

  static List<Answer> times(int times, Answer answer) {
    return Collections.nCopies(times, answer);
  }

  void answering(Answer... first) {
    answering(List.of(first));
  }

  /** From now on these are the answers, and then whatever is asked is accepted. */
  void answering(List<Answer> first) {
    Iterator<Answer> rest = first.iterator();
    klaviyo = new ScriptedKlaviyo(time, asked -> rest.hasNext() ? rest.next() : ACCEPTED);
  }

  Calls calls(KlaviyoConnection connection) {
    return calls(connection, request -> klaviyo.send(request));
  }

  Calls calls(KlaviyoConnection connection, KlaviyoTransport transport) {
    Quotas quotas = Quotas.shared(connection, time);
    return new Calls(connection, transport, quotas, loop, observer, new Random(1));
  }

  static @Nullable String id(JsonNode body) {
    String id = body.path("data").path("id").asText("");
    return id.isEmpty() ? null : id;
  }

  Reply<String> post() throws InterruptedException {
    return posting().run();
  }

  Waiting<String> posting() {
    return new Waiting<>(
        then ->
            calls.post(
                Endpoint.IMPORT_PROFILES,
                "/api/profile-bulk-import-jobs",
                BODY,
                Calls.MAX_ATTEMPTS,
                ScriptedCalls::id,
                () -> doubts++,
                then));
  }

  Waiting<String> getting() {
    return new Waiting<>(then -> calls.get(Endpoint.GET_JOB, "/api/job", ScriptedCalls::id, then));
  }

  /** A call that has been made, and its reply when it has come. */
  final class Waiting<T> {
    @Nullable Reply<T> reply;

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

  static <T> T done(Reply<T> reply) {
    assertThat(reply).isInstanceOf(Done.class);
    return ((Done<T>) reply).value();
  }

  static <T> Refused<T> refused(Reply<T> reply) {
    assertThat(reply).isInstanceOf(Refused.class);
    return (Refused<T>) reply;
  }

  static <T> Unanswered<T> unanswered(Reply<T> reply) {
    assertThat(reply).isInstanceOf(Unanswered.class);
    return (Unanswered<T>) reply;
  }
}
