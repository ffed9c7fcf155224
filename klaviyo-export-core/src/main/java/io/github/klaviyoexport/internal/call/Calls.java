package io.github.klaviyoexport.internal.call;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.KlaviyoTransport;
import io.github.klaviyoexport.time.TimeSource;
import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
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
 *       makes may be repeated: imports are upserts, a member removed from a list twice is removed,
 *       the rest are reads. When the account's {@link RetryBudget} is used up, each back-off is the
 *       longest. One that asks for longer than a call waits ends the call, and other calls to the
 *       endpoint wait as long, {@link #LONGEST_RETRY_AFTER} at most;
 *   <li>401, 404 and 410 with a body that names no error as Klaviyo's API does: again in that way,
 *       since something on the way may have answered;
 *   <li>429: again after exactly the time that {@code Retry-After} gives, without counting as an
 *       attempt; more than {@link #LONGEST_RETRY_AFTER} and the call is given up, as are others to
 *       the endpoint, unsent, until no more than that is left to wait;
 *   <li>401 with credentials that can be refreshed: once more;
 *   <li>403 to an endpoint whose scopes have let the key in to others before: Klaviyo sheds load,
 *       or its edge does, since the scopes are there. Again after 5 seconds, doubled up to a
 *       minute, or after {@code Retry-After} if that is longer, for {@link #LONGEST_SHEDDING} in
 *       all, without counting as an attempt;
 *   <li>anything else: Klaviyo's answer is final.
 * </ul>
 *
 * <p>A call that has no answer of these {@link #LONGEST_CALL} after its first attempt is given up;
 * a read that there is another way for, after {@link #LONGEST_TRIAL}.
 *
 * <p>Belongs to its {@link EventLoop}'s thread.
 */
public final class Calls {
  /** How often a call is made that fails each time. */
  public static final int MAX_ATTEMPTS = 10;

  /** How often a call is made that is only to show whether it fails. */
  public static final int TRIAL_ATTEMPTS = 2;

  /** The longest wait that a call makes because Klaviyo asks for it; for longer it is given up. */
  public static final Duration LONGEST_RETRY_AFTER = Duration.ofMinutes(15);

  /** How long a call is made again and again, whatever the answers ask for. */
  static final Duration LONGEST_CALL = Duration.ofMinutes(30);

  /** How long a read is that is made {@value #TRIAL_ATTEMPTS} times at most. */
  static final Duration LONGEST_TRIAL = Duration.ofMinutes(10);

  /** How long 403 is waited out that cannot be a missing scope. */
  public static final Duration LONGEST_SHEDDING = Duration.ofMinutes(5);

  /** Where the links in the answers of Klaviyo lead to. */
  private static final URI KLAVIYO = URI.create("https://a.klaviyo.com");

  private static final Duration FIRST_SHEDDING_WAIT = Duration.ofSeconds(5);
  private static final Duration FIRST_BACKOFF = Duration.ofMillis(500);
  private static final Duration LONGEST_BACKOFF = Duration.ofMinutes(1);

  final KlaviyoConnection connection;
  final KlaviyoTransport transport;
  final Quotas quotas;
  final EventLoop loop;
  final Observer observer;
  private final Map<Integer, Retry> retries = new HashMap<>();
  final IntervalFunction backoff;
  final IntervalFunction sheddingWait;
  final CallTraffic traffic;
  private final Set<Call<?>> open = new HashSet<>();
  private final Map<Endpoint, Quota.Caller> callers = new EnumMap<>(Endpoint.class);
  private boolean changesEnded;

  /** A listener that hears what calls do, and when they have to wait. */
  public interface Observer {
    /** An observer that does nothing. */
    Observer NONE =
        new Observer() {
          @Override
          public void paced(Duration wait) {}

          @Override
          public void rateLimited(Duration retryAfter) {}

          @Override
          public void retried(String what, Duration wait) {}
        };

    /** What hears the end of something that has begun. */
    interface Ending {
      /** Hears that it has ended, with that HTTP status; 0 if there is none. */
      void ended(int status);
    }

    /** Hears that a call waits for the quota. */
    void paced(Duration wait);

    /** Hears that Klaviyo said 429 and asked to wait. */
    void rateLimited(Duration retryAfter);

    /**
     * Hears that a call failed, for a reason told in a clause, and is made again after the wait.
     */
    void retried(String what, Duration wait);

    /** Hears of something that stops nothing and should be looked at, in a sentence. */
    default void troubled(String what) {}

    /** Hears that a call begins to wait for the quota. */
    default Ending waitBegins(Endpoint endpoint) {
      return status -> {};
    }

    /**
     * Hears that a call is sent.
     *
     * @param number which attempt it is, counted from 1
     * @param bytes how many its body has
     */
    default Ending attemptBegins(Endpoint endpoint, int number, long bytes) {
      return status -> {};
    }
  }

  /** Creates calls over a transport, which take turns in the account's quotas. */
  public Calls(
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
    this.traffic = new CallTraffic(loop.time());
    IntervalFunction doubling =
        IntervalFunction.ofExponentialBackoff(FIRST_BACKOFF, 2, LONGEST_BACKOFF);
    this.backoff = attempt -> (long) (doubling.apply(attempt) * (0.75 + jitter.nextDouble() / 2));
    this.sheddingWait =
        IntervalFunction.ofExponentialBackoff(FIRST_SHEDDING_WAIT, 2, LONGEST_BACKOFF);
  }

  /** Reads JSON that says nothing; fails with a {@link LinkageError} if Jackson does not fit. */
  public static void readNothing() {
    Json.object(new byte[] {'{', '}'});
  }

  /** Waits for nothing; fails with a {@link LinkageError} if resilience4j does not fit. */
  public static void limitNothing() {
    var unused =
        retry(1, IntervalFunction.ofExponentialBackoff(FIRST_BACKOFF, 2, LONGEST_BACKOFF))
            .asyncContext();
    EvenSpacing.of(FIRST_BACKOFF, "", TimeSource.system()).reserve();
  }

  /** Returns the rule of further attempts for calls that are made so often at most. */
  Retry retry(int attempts) {
    return retries.computeIfAbsent(attempts, most -> retry(most, backoff));
  }

  /** Returns how long after its first attempt a call is given up that is made so often at most. */
  static Duration patience(boolean change, int attempts) {
    return change || attempts > TRIAL_ATTEMPTS ? LONGEST_CALL : LONGEST_TRIAL;
  }

  /** Returns the longest wait that is made because Klaviyo asks for it, where so long is enough. */
  static Duration longestWait(Duration enough) {
    return enough.compareTo(LONGEST_RETRY_AFTER) < 0 ? enough : LONGEST_RETRY_AFTER;
  }

  private static Retry retry(int attempts, IntervalFunction backoff) {
    return Retry.of(
        "klaviyo",
        RetryConfig.custom()
            .maxAttempts(attempts)
            .intervalFunction(backoff)
            .retryOnException(failure -> true)
            .build());
  }

  /**
   * A reader of answers: it turns the JSON of one into what it says.
   *
   * @param <T> what it says
   */
  public interface Reader<T> {
    /**
     * Reads an answer.
     *
     * @param body a missing node when Klaviyo has nothing to say, which is 204
     * @return {@code null} when something is missing from it, which another attempt may mend
     * @throws UnusableAnswerException when no further attempt may be made
     */
    @Nullable T read(JsonNode body);

    /**
     * Finds out what a 202 without a readable body was about, before the call is made again.
     *
     * @param then takes it; {@code null} if it cannot be told, so that the call is made again
     */
    default void recover(Consumer<@Nullable T> then) {
      then.accept(null);
    }
  }

  /** An answer that must not be acted upon, and that another attempt will not mend. */
  public static final class UnusableAnswerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Creates one whose message is a clause and quotes nothing of the answer. */
    public UnusableAnswerException(String message) {
      super(message);
    }
  }

  /** Sends a GET to a path of the API, query included. */
  public <T> void get(Endpoint endpoint, String path, Reader<T> reader, Consumer<Reply<T>> then) {
    get(endpoint, URI.create(connection.baseUrl() + path), reader, then);
  }

  /** Sends a GET to a whole address, as given in an earlier answer's links. */
  public <T> void get(Endpoint endpoint, URI uri, Reader<T> reader, Consumer<Reply<T>> then) {
    get(endpoint, uri, MAX_ATTEMPTS, reader, then);
  }

  /**
   * Sends a GET to an address of the API.
   *
   * @param attempts how often at most, if it fails each time
   */
  public <T> void get(
      Endpoint endpoint, URI uri, int attempts, Reader<T> reader, Consumer<Reply<T>> then) {
    begin(new Call<>(this, endpoint, "GET", uri, List.of(), attempts, reader, () -> {}, then));
  }

  /** Returns the address of a path of the API, query included. */
  public URI address(String path) {
    return URI.create(connection.baseUrl() + path);
  }

  /**
   * Sends a POST with a body to a path of the API.
   *
   * @param attempts how often at most, if it fails each time
   * @param inDoubt runs after each attempt that Klaviyo may have processed without saying so
   */
  public <T> void post(
      Endpoint endpoint,
      String path,
      List<ByteBuffer> body,
      int attempts,
      Reader<T> reader,
      Runnable inDoubt,
      Consumer<Reply<T>> then) {
    URI uri = URI.create(connection.baseUrl() + path);
    begin(new Call<>(this, endpoint, "POST", uri, body, attempts, reader, inDoubt, then));
  }

  /**
   * Sends a DELETE to a path of the API, with a body that names what to delete.
   *
   * @param inDoubt runs after each attempt that Klaviyo may have processed without saying so
   */
  public <T> void delete(
      Endpoint endpoint,
      String path,
      List<ByteBuffer> body,
      Reader<T> reader,
      Runnable inDoubt,
      Consumer<Reply<T>> then) {
    URI uri = URI.create(connection.baseUrl() + path);
    begin(new Call<>(this, endpoint, "DELETE", uri, body, MAX_ATTEMPTS, reader, inDoubt, then));
  }

  private void begin(Call<?> call) {
    open.add(call);
    call.ask();
  }

  /** Returns the caller that an endpoint's quota knows: all calls of this export are one. */
  Quota.Caller caller(Endpoint endpoint) {
    return callers.computeIfAbsent(endpoint, any -> new Quota.Caller());
  }

  /** Forgets a call that has ended. */
  void ended(Call<?> call) {
    open.remove(call);
  }

  /** Returns whether changes may be sent still. */
  boolean mayChange() {
    return !changesEnded;
  }

  /**
   * Returns where a link that came in an answer is followed: at the server that is called, which
   * alone is given the key.
   *
   * <p>So are links of Klaviyo's own, which a gateway may pass on as they are.
   *
   * @return {@code null} if the link leads to any other server
   */
  public @Nullable URI followable(URI link) {
    if (!isOrigin(connection.baseUrl(), link) && !isOrigin(KLAVIYO, link)) {
      return null;
    }
    String query = link.getRawQuery();
    return address(link.getRawPath() + (query == null ? "" : "?" + query));
  }

  private static boolean isOrigin(URI server, URI link) {
    return server.getScheme().equalsIgnoreCase(link.getScheme())
        && server.getHost().equalsIgnoreCase(link.getHost())
        && port(server) == port(link);
  }

  private static int port(URI uri) {
    return uri.getPort() >= 0 ? uri.getPort() : uri.getScheme().equalsIgnoreCase("http") ? 80 : 443;
  }

  /**
   * Ends changes: those that wait end unanswered at once, those that are under way get no further
   * attempt.
   */
  public void endChanges() {
    changesEnded = true;
    for (Call<?> call : List.copyOf(open)) {
      call.endIfWaitingToChange();
    }
  }

  /** Ends all calls that are open; their replies never come. */
  public void abandon() {
    for (Call<?> call : List.copyOf(open)) {
      call.abandon();
    }
  }

  /**
   * Returns the least time that so many calls to an endpoint take under the account's quota, as far
   * as that is known: what Klaviyo has published, or has said since. Klaviyo's own time to answer
   * comes on top.
   */
  public Duration leastTime(Endpoint endpoint, long calls) {
    return connection.paced()
        ? quotas.of(endpoint).leastTime(endpoint, calls, connection.share())
        : Duration.ZERO;
  }

  /** Returns what the calls have cost so far. */
  public CallTraffic traffic() {
    return traffic;
  }
}
