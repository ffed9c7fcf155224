package io.github.klaviyoexport.klaviyo.internal;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.KlaviyoException;
import io.github.klaviyoexport.klaviyo.KlaviyoRequest;
import io.github.klaviyoexport.klaviyo.KlaviyoResponse;
import io.github.klaviyoexport.klaviyo.KlaviyoTransport;
import io.github.klaviyoexport.klaviyo.TransportException;
import io.github.klaviyoexport.klaviyo.TransportException.Fate;
import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one export: each is paced, sent, watched, and tried again where that can help.
 *
 * <p>An attempt is one send, counted from 1. What may be tried again is decided by what became of
 * the attempt:
 *
 * <ul>
 *   <li>no response, a response that cannot be read, 408, 500 and above: again after a back-off
 *       that doubles from half a second to a minute, or after {@code Retry-After} if that is
 *       longer, {@value #MAX_ATTEMPTS} attempts in all, with identical bytes. Every call an export
 *       makes may be repeated: imports are upserts, the rest are reads. When the account's {@link
 *       RetryBudget} is used up, each back-off is the longest;
 *   <li>429: again after exactly the time that {@code Retry-After} gives, without counting as an
 *       attempt; more than {@link #LONGEST_RETRY_AFTER} and the call is given up;
 *   <li>401 with credentials that can be refreshed: once more;
 *   <li>anything else: Klaviyo's answer is final.
 * </ul>
 *
 * <p>A post that has no answer of these {@link #LONGEST_POST} after its first attempt is given up.
 *
 * <p>Belongs to its {@link EventLoop}'s thread.
 */
public final class Calls {
  /** The revision of Klaviyo's API that the library is written for. */
  public static final String REVISION = "2026-07-15";

  static final int MAX_ATTEMPTS = 10;
  static final Duration LONGEST_RETRY_AFTER = Duration.ofMinutes(15);
  static final Duration LONGEST_POST = Duration.ofMinutes(30);
  private static final Duration FIRST_BACKOFF = Duration.ofMillis(500);
  private static final Duration LONGEST_BACKOFF = Duration.ofMinutes(1);
  private static final String JSON_API = "application/vnd.api+json";

  private final KlaviyoConnection connection;
  private final KlaviyoTransport transport;
  private final Quotas quotas;
  private final EventLoop loop;
  private final Observer observer;
  private final Retry retry;
  private final IntervalFunction backoff;
  private final Set<Call<?>> open = new HashSet<>();
  private final Map<Endpoint, Quota.Caller> callers = new EnumMap<>(Endpoint.class);
  private long exchanges;
  private long bytesSent;
  private long rateLimited;
  private Duration longestRetryAfter = Duration.ZERO;
  private boolean postsEnded;
  private int waiting;
  private long waitingSince;
  private long pacedNanos;

  /** Who wants to know when calls have to wait. */
  public interface Observer {
    /** Nobody. */
    Observer NONE =
        new Observer() {
          @Override
          public void paced(Duration wait) {}

          @Override
          public void rateLimited(Duration retryAfter) {}

          @Override
          public void retried(String what, Duration wait) {}
        };

    /** A call waits for the quota. */
    void paced(Duration wait);

    /** Klaviyo said 429 and asked to wait. */
    void rateLimited(Duration retryAfter);

    /** A call failed, for a reason told in a clause, and is made again after the wait. */
    void retried(String what, Duration wait);
  }

  Calls(
      KlaviyoConnection connection,
      KlaviyoTransport transport,
      Quotas quotas,
      EventLoop loop,
      Observer observer,
      Random jitter) {
    this.connection = connection;
    this.transport = transport;
    this.quotas = quotas;
    this.loop = loop;
    this.observer = observer;
    IntervalFunction doubling =
        IntervalFunction.ofExponentialBackoff(FIRST_BACKOFF, 2, LONGEST_BACKOFF);
    this.backoff = attempt -> (long) (doubling.apply(attempt) * (0.75 + jitter.nextDouble() / 2));
    this.retry =
        Retry.of(
            "klaviyo",
            RetryConfig.custom()
                .maxAttempts(MAX_ATTEMPTS)
                .intervalFunction(backoff)
                .retryOnException(failure -> true)
                .build());
  }

  /**
   * Turns the JSON of an answer into what it says.
   *
   * @param <T> what it says
   */
  interface Reader<T> {
    /**
     * Reads an answer.
     *
     * @return {@code null} when something is missing from it, which another attempt may mend
     * @throws UnusableAnswerException when no further attempt may be made
     */
    @Nullable T read(JsonNode body);
  }

  /** An answer that must not be acted upon, and that another attempt will not mend. */
  static final class UnusableAnswerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnusableAnswerException(String message) {
      super(message);
    }
  }

  /** A request that never left, since making it up or handing it to the transport threw. */
  private static final class NotSentException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Keeps the kind of failure only: its message may quote the headers. */
    NotSentException(RuntimeException failure) {
      super("the transport or the token supplier threw " + failure.getClass().getName());
    }
  }

  /** Reads something at a path of the API, query included. */
  <T> void get(Endpoint endpoint, String path, Reader<T> reader, Consumer<Reply<T>> then) {
    get(endpoint, URI.create(connection.baseUrl() + path), reader, then);
  }

  /** Reads something at a whole address, as given in an earlier answer's links. */
  <T> void get(Endpoint endpoint, URI uri, Reader<T> reader, Consumer<Reply<T>> then) {
    new Call<>(endpoint, "GET", uri, List.of(), reader, () -> {}, then).ask();
  }

  /**
   * Sends a body to a path of the API.
   *
   * @param inDoubt runs after each attempt that Klaviyo may have processed without saying so
   */
  <T> void post(
      Endpoint endpoint,
      String path,
      List<ByteBuffer> body,
      Reader<T> reader,
      Runnable inDoubt,
      Consumer<Reply<T>> then) {
    URI uri = URI.create(connection.baseUrl() + path);
    new Call<>(endpoint, "POST", uri, body, reader, inDoubt, then).ask();
  }

  /** Whether the key may be sent to an address that came in an answer: the same origin only. */
  boolean isKlaviyo(URI uri) {
    URI base = connection.baseUrl();
    return base.getScheme().equalsIgnoreCase(uri.getScheme())
        && base.getRawAuthority().equalsIgnoreCase(uri.getRawAuthority());
  }

  /**
   * Hands nothing over any more: posts that wait end unanswered at once, those that are under way
   * get no further attempt.
   */
  public void endPosts() {
    postsEnded = true;
    for (Call<?> call : List.copyOf(open)) {
      call.endIfWaitingToPost();
    }
  }

  /** Ends all calls that are open; their replies never come. */
  public void abandon() {
    for (Call<?> call : List.copyOf(open)) {
      call.abandon();
    }
  }

  /** How many exchanges have been started. */
  public long exchanges() {
    return exchanges;
  }

  /** How many bytes of bodies have been sent, every attempt counted. */
  public long bytesSent() {
    return bytesSent;
  }

  /** How often Klaviyo said 429. */
  public long rateLimited() {
    return rateLimited;
  }

  /** The longest wait that Klaviyo has asked for with a 429. */
  public Duration longestRetryAfter() {
    return longestRetryAfter;
  }

  /** How long some call or other has waited for the quota. */
  public Duration paced() {
    long now = waiting > 0 ? loop.time().nanoTime() - waitingSince : 0;
    return Duration.ofNanos(pacedNanos + now);
  }

  private final class Call<T> {
    private final Endpoint endpoint;
    private final String method;
    private final URI uri;
    private final List<ByteBuffer> body;
    private final Reader<T> reader;
    private final Runnable inDoubt;
    private final Consumer<Reply<T>> then;
    private final Retry.AsyncContext<Object> attempts = retry.asyncContext();
    private final Quota.Slot slot;
    private EventLoop.@Nullable Timer timer;
    private EventLoop.@Nullable Timer deadline;
    private @Nullable CompletableFuture<KlaviyoResponse> exchange;
    private Quota.@Nullable Call counted;
    private boolean waits;
    private boolean timedOut;
    private boolean refreshed;
    private boolean over;
    private boolean maybeDone;
    private int attempt;
    private int rateLimitsInARow;

    Call(
        Endpoint endpoint,
        String method,
        URI uri,
        List<ByteBuffer> body,
        Reader<T> reader,
        Runnable inDoubt,
        Consumer<Reply<T>> then) {
      this.endpoint = endpoint;
      this.method = method;
      this.uri = uri;
      this.body = body;
      this.reader = reader;
      this.inDoubt = inDoubt;
      this.then = then;
      this.slot = new Quota.Slot(callers.computeIfAbsent(endpoint, any -> new Quota.Caller()));
      open.add(this);
    }

    private void ask() {
      Quota.Decision decision =
          quotas.of(endpoint).ask(connection.share(), connection.paced(), slot);
      if (decision.call() == null) {
        startWaiting(decision.delay());
        timer = loop.after(decision.delay(), this::ask);
      } else {
        stopWaiting();
        send(decision.call());
      }
    }

    private void startWaiting(Duration wait) {
      if (!waits) {
        waits = true;
        if (waiting++ == 0) {
          waitingSince = loop.time().nanoTime();
        }
        observer.paced(wait);
      }
    }

    private void stopWaiting() {
      if (waits && --waiting == 0) {
        pacedNanos += loop.time().nanoTime() - waitingSince;
      }
      waits = false;
    }

    private void send(Quota.Call counted) {
      this.counted = counted;
      if (attempt++ == 0 && method.equals("POST")) {
        deadline = loop.after(LONGEST_POST, this::overdue);
      }
      exchanges++;
      timedOut = false;
      CompletableFuture<KlaviyoResponse> sent;
      try {
        KlaviyoRequest request = KlaviyoRequest.of(method, uri, headers(), body);
        bytesSent += request.bodyBytes();
        sent = Objects.requireNonNull(transport.send(request));
      } catch (RuntimeException failure) {
        sent = CompletableFuture.failedFuture(new NotSentException(failure));
      }
      exchange = sent;
      CompletableFuture<KlaviyoResponse> watched = sent;
      timer =
          loop.after(
              connection.requestTimeout(),
              () -> {
                timedOut = true;
                watched.cancel(true);
              });
      loop.when(sent, this::ended);
    }

    private Map<String, String> headers() {
      Map<String, String> headers = new LinkedHashMap<>();
      headers.put("Authorization", connection.credentials().authorization());
      headers.put("revision", REVISION);
      headers.put("Accept", JSON_API);
      if (!body.isEmpty()) {
        headers.put("Content-Type", JSON_API);
      }
      return headers;
    }

    private void ended(@Nullable KlaviyoResponse response, @Nullable Throwable failure) {
      if (counted != null) {
        counted.answered();
      }
      if (timer != null) {
        timer.cancel();
      }
      exchange = null;
      if (over) {
        return;
      }
      if (response != null) {
        answered(response);
      } else {
        failed(failure);
      }
    }

    private void answered(KlaviyoResponse response) {
      int status = response.status();
      quotas.of(endpoint).learn(Headers.windows(response));
      if (status == 429) {
        rateLimited(response);
        return;
      }
      rateLimitsInARow = 0;
      if (status < 500 && status != 408) {
        quotas.retries().earn();
      }
      JsonNode json = Headers.isJson(response) ? Json.object(response.body()) : null;
      if (status >= 200 && status < 300) {
        read(json, status);
      } else if (status >= 500 || status == 408) {
        doubt();
        againAfter(retryAfter(response).orElse(Duration.ZERO), "answered " + status, status);
      } else if (status == 401
          && connection.credentials().refreshable()
          && !refreshed
          && mayPost()) {
        refreshed = true;
        ask();
      } else {
        List<ApiError> errors = ApiError.of(json);
        if (status == 400 && errors.isEmpty()) {
          // No verdict of Klaviyo's on what was sent: those say what they object to.
          again("answered 400 without saying why", status);
        } else {
          boolean html = status == 403 && !Headers.isJson(response);
          end(new Reply.Refused<>(endpoint, status, errors, html));
        }
      }
    }

    private void read(@Nullable JsonNode json, int status) {
      try {
        T value = json == null ? null : reader.read(json);
        if (value == null) {
          doubt();
          again("answered " + status + " with a body that cannot be read", status);
        } else {
          end(new Reply.Done<>(value));
        }
      } catch (UnusableAnswerException unusable) {
        giveUpForGood("answered what must not be followed: " + unusable.getMessage(), status, null);
      }
    }

    private void rateLimited(KlaviyoResponse response) {
      rateLimited++;
      rateLimitsInARow++;
      Duration wait =
          retryAfter(response)
              .filter(asked -> !asked.isZero())
              .orElseGet(() -> Duration.ofMillis(backoff.apply(rateLimitsInARow)));
      longestRetryAfter = wait.compareTo(longestRetryAfter) > 0 ? wait : longestRetryAfter;
      observer.rateLimited(wait);
      if (isTooLong(wait, 429)) {
        return;
      }
      quotas.of(endpoint).rateLimited(wait);
      if (mayPost()) {
        ask();
      } else {
        giveUp("answered 429", 429, null);
      }
    }

    private Optional<Duration> retryAfter(KlaviyoResponse response) {
      return Headers.retryAfter(response, loop.time().now());
    }

    /** Gives the call up if Klaviyo asks for a longer wait than an export makes. */
    private boolean isTooLong(Duration wait, int status) {
      boolean tooLong = wait.compareTo(LONGEST_RETRY_AFTER) > 0;
      if (tooLong) {
        giveUp(
            "asks to wait "
                + wait.plusSeconds(59).toMinutes()
                + " minutes ("
                + status
                + "), more than the "
                + LONGEST_RETRY_AFTER.toMinutes()
                + " an export waits: run it again after that",
            status,
            null);
      }
      return tooLong;
    }

    private void failed(@Nullable Throwable failure) {
      Throwable cause =
          failure instanceof CompletionException && failure.getCause() != null
              ? failure.getCause()
              : failure;
      if (timedOut) {
        doubt();
        again("did not answer within " + connection.requestTimeout().toSeconds() + " seconds", 0);
      } else if (cause instanceof NotSentException) {
        giveUpForGood("was not asked: " + cause.getMessage(), 0, null);
      } else if (cause instanceof TransportException known && known.fate() == Fate.UNPROCESSED) {
        again("gave no answer: " + known.getMessage(), 0);
      } else {
        doubt();
        lost(cause);
      }
    }

    private void lost(@Nullable Throwable cause) {
      if (cause instanceof TransportException known && known.fate() == Fate.UNUSABLE) {
        giveUpForGood("gave no usable answer: " + known.getMessage(), 0, known);
      } else if (cause instanceof TransportException known) {
        again("gave no answer: " + known.getMessage(), 0);
      } else if (cause instanceof IOException) {
        again("gave no answer (" + cause.getClass().getName() + ")", 0);
      } else {
        String kind = cause == null ? "no reason" : cause.getClass().getName();
        giveUpForGood("gave no answer: the transport failed with " + kind, 0, null);
      }
    }

    /** Klaviyo may have processed an attempt without saying so. */
    private void doubt() {
      maybeDone = true;
      inDoubt.run();
    }

    private void again(String what, int status) {
      againAfter(Duration.ZERO, what, status);
    }

    private void againAfter(Duration atLeast, String what, int status) {
      if (isTooLong(atLeast, status)) {
        return;
      }
      KlaviyoException failure = new KlaviyoException(what, status, null);
      long wait = mayPost() ? attempts.onError(failure) : -1;
      if (wait < 0) {
        giveUp(what, status, null);
      } else {
        if (!quotas.retries().spend()) {
          wait = Math.max(wait, backoff.apply(MAX_ATTEMPTS));
        }
        Duration pause = Duration.ofMillis(Math.max(wait, atLeast.toMillis()));
        observer.retried("Klaviyo " + what + " ('" + endpoint.words() + "')", pause);
        timer = loop.after(pause, this::ask);
      }
    }

    private void overdue() {
      boolean underWay = exchange != null;
      release();
      if (underWay) {
        doubt();
      }
      giveUp(
          "did not decide within " + LONGEST_POST.toMinutes() + " minutes of the first attempt",
          0,
          null);
    }

    private void giveUp(String what, int status, @Nullable Throwable cause) {
      giveUp(what, status, cause, false);
    }

    private void giveUpForGood(String what, int status, @Nullable Throwable cause) {
      giveUp(what, status, cause, true);
    }

    private void giveUp(String what, int status, @Nullable Throwable cause, boolean lasting) {
      end(
          new Reply.Unanswered<>(
              new KlaviyoException(
                  "Klaviyo "
                      + what
                      + " ('"
                      + endpoint.words()
                      + "', "
                      + (attempt == 1 ? "1 attempt" : attempt + " attempts")
                      + ").",
                  status,
                  cause),
              maybeDone,
              lasting));
    }

    private boolean mayPost() {
      return !postsEnded || !method.equals("POST");
    }

    private void endIfWaitingToPost() {
      if (!mayPost() && exchange == null) {
        giveUp("was not asked again, since the export stopped", 0, null);
      }
    }

    private void end(Reply<T> reply) {
      if (!over) {
        abandon();
        then.accept(reply);
      }
    }

    private void abandon() {
      over = true;
      open.remove(this);
      stopWaiting();
      if (deadline != null) {
        deadline.cancel();
      }
      release();
    }

    /** Cancels what is to come: the next attempt, or the answer to this one. */
    private void release() {
      if (timer != null) {
        timer.cancel();
      }
      if (exchange != null) {
        exchange.cancel(true);
        // Nobody hears of its end any more, and a call without end would stay in the log for ever.
        if (counted != null) {
          counted.answered();
        }
      }
    }
  }
}
