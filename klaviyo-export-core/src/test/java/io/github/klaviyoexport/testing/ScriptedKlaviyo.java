package io.github.klaviyoexport.testing;

import io.github.klaviyoexport.klaviyo.KlaviyoRequest;
import io.github.klaviyoexport.klaviyo.KlaviyoResponse;
import io.github.klaviyoexport.klaviyo.KlaviyoTransport;
import io.github.klaviyoexport.klaviyo.TransportException;
import io.github.klaviyoexport.klaviyo.TransportException.Fate;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** A Klaviyo that answers as a test says, and remembers what it was asked and when. */
public final class ScriptedKlaviyo implements KlaviyoTransport {
  private final TestTime time;
  private final Function<Asked, Answer> script;
  private final List<Asked> asked = new ArrayList<>();

  /** A request, when it came, and the exchange it is part of. */
  public record Asked(
      KlaviyoRequest request, Duration at, CompletableFuture<KlaviyoResponse> exchange) {
    /** Method and path, {@code GET /api/lists/Y6nRLr} for example. */
    public String line() {
      return request.method() + " " + request.uri().getPath();
    }

    /** The body's bytes. */
    public byte[] bytes() {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      for (ByteBuffer part : request.body()) {
        byte[] copy = new byte[part.remaining()];
        part.get(copy);
        bytes.writeBytes(copy);
      }
      return bytes.toByteArray();
    }

    /** The body as text. */
    public String body() {
      return new String(bytes(), StandardCharsets.UTF_8);
    }
  }

  /** What becomes of an exchange. */
  @FunctionalInterface
  public interface Answer {
    /** Ends the exchange, now or at some time, or not at all. */
    void to(CompletableFuture<KlaviyoResponse> exchange, TestTime time);

    /** The same answer after a while. */
    default Answer after(Duration delay) {
      return (exchange, time) -> time.in(delay, () -> to(exchange, time));
    }

    /** A response; headers are given as name, value, name, value. */
    static Answer of(int status, String contentType, String body, String... headers) {
      Map<String, List<String>> all = new TreeMap<>();
      all.put("Content-Type", List.of(contentType));
      for (int i = 0; i < headers.length; i += 2) {
        all.put(headers[i], List.of(headers[i + 1]));
      }
      return (exchange, time) ->
          exchange.complete(KlaviyoResponse.of(status, all, body.getBytes(StandardCharsets.UTF_8)));
    }

    /** A response of Klaviyo's API. */
    static Answer json(int status, String body, String... headers) {
      return of(status, "application/vnd.api+json", body, headers);
    }

    /** A refusal with one error. */
    static Answer error(int status, String code, String pointer, String... headers) {
      return json(status, "{\"errors\":[" + errorBody(status, code, pointer) + "]}", headers);
    }

    /** One error of a JSON:API body. */
    static String errorBody(int status, String code, String pointer) {
      return """
      {"id":"6b1f-%d","status":%d,"code":"%s","title":"No.","detail":"No.",\
      "source":{"pointer":"%s"}}\
      """
          .formatted(status, status, code, pointer);
    }

    /** An exchange that ends without a response. */
    static Answer broken(Fate fate) {
      return failure(new TransportException(fate, "the line went dead", null));
    }

    /** An exchange that fails in some way. */
    static Answer failure(Throwable failure) {
      return (exchange, time) -> exchange.completeExceptionally(failure);
    }

    /** No answer at all. */
    static Answer silence() {
      return (exchange, time) -> {};
    }

    /** A transport that throws instead of sending. */
    static Answer thrown(RuntimeException failure) {
      return (exchange, time) -> {
        throw failure;
      };
    }
  }

  /** Answers each request as the script says. */
  public ScriptedKlaviyo(TestTime time, Function<Asked, Answer> script) {
    this.time = time;
    this.script = script;
  }

  @Override
  public CompletableFuture<KlaviyoResponse> send(KlaviyoRequest request) {
    Asked now = new Asked(request, time.elapsed(), new CompletableFuture<>());
    asked.add(now);
    script.apply(now).to(now.exchange(), time);
    return now.exchange();
  }

  /** All requests so far, in order. */
  public List<Asked> asked() {
    return List.copyOf(asked);
  }
}
