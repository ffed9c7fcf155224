package io.github.klaviyoexport.internal.call;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.internal.text.OwnWordsException;
import io.github.klaviyoexport.internal.text.UnquotedFailure;
import io.github.klaviyoexport.klaviyo.KlaviyoException;
import io.github.klaviyoexport.klaviyo.KlaviyoRequest;
import io.github.klaviyoexport.klaviyo.KlaviyoResponse;
import io.github.klaviyoexport.klaviyo.TransportException;
import io.github.klaviyoexport.klaviyo.TransportException.Fate;
import io.github.resilience4j.retry.Retry;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One call, until it has its reply: it waits for its turn in the quota, is sent and watched, and is
 * made again where that can help. {@link Calls} says by which rules.
 *
 * <p>Belongs to its {@link EventLoop}'s thread.
 *
 * @param <T> what the reply says when Klaviyo has done it
 */
final class Call<T> {
  /** The status by which a proxy asks who wants to pass. */
  static final int PROXY_ASKS = 407;

  private static final String JSON_API = "application/vnd.api+json";

  private final Calls calls;
  private final Endpoint endpoint;
  private final String method;
  private final URI uri;
  private final List<ByteBuffer> body;
  private final Calls.Reader<T> reader;
  private final Runnable inDoubt;
  private final Consumer<Reply<T>> then;
  private final Retry.AsyncContext<Object> attempts;
  private final Duration patience;
  private final Quota.Slot slot;
  private EventLoop.@Nullable Timer timer;
  private EventLoop.@Nullable Timer deadline;
  private @Nullable Exchange exchange;
  private Quota.@Nullable CountedCall counted;
  private boolean timedOut;
  private boolean refreshed;
  private boolean over;
  private boolean maybeDone;
  private int attempt;
  private long firstSentAt;
  private long sentAt;
  private @Nullable String last;
  private int lastStatus;
  private Calls.Observer.@Nullable Ending waiting;
  private Calls.Observer.@Nullable Ending sending;
  private int rateLimitsInARow;
  private OptionalLong failingSince = OptionalLong.empty();
  private int shedding;
  private long sheddingSince;

  /** The failure of a request that never left: making it or handing it to the transport threw. */
  private static final class NotSentException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * Creates one that keeps the kind of failure only: its message may quote the headers.
     *
     * @param thrower what threw it
     */
    NotSentException(String thrower, Throwable failure) {
      super(thrower + " threw " + failure.getClass().getName(), UnquotedFailure.of(failure));
    }
  }

  Call(
      Calls calls,
      Endpoint endpoint,
      String method,
      URI uri,
      List<ByteBuffer> body,
      int mostAttempts,
      Calls.Reader<T> reader,
      Runnable inDoubt,
      Consumer<Reply<T>> then) {
    this.calls = calls;
    this.endpoint = endpoint;
    this.method = method;
    this.uri = uri;
    this.body = body;
    this.reader = reader;
    this.inDoubt = inDoubt;
    this.then = then;
    this.attempts = calls.retry(mostAttempts).asyncContext();
    this.patience = Calls.patience(isChange(), mostAttempts);
    this.slot = new Quota.Slot(calls.caller(endpoint));
  }

  /** Asks for a turn in the quota, and sends when it comes. */
  void ask() {
    Quota.Closing closing = calls.quotas.of(endpoint).closing();
    if (closing.left().compareTo(Calls.longestWait(patience)) > 0) {
      timer = calls.loop.after(Duration.ZERO, () -> isTooLong(closing.left(), closing.status()));
      return;
    }
    Quota.Decision decision =
        calls.quotas.of(endpoint).ask(calls.connection.share(), calls.connection.paced(), slot);
    if (decision.trouble() != null) {
      calls.observer.troubled(decision.trouble());
    }
    if (decision.call() == null) {
      startWaiting(decision.delay());
      timer = calls.loop.after(decision.delay(), this::ask);
    } else {
      stopWaiting();
      send(decision.call());
    }
  }

  private void startWaiting(Duration wait) {
    if (waiting == null) {
      calls.traffic.waitBegins();
      calls.observer.paced(wait);
      waiting = calls.observer.waitBegins(endpoint);
    }
  }

  private void stopWaiting() {
    if (waiting != null) {
      calls.traffic.waitEnds();
      waiting.ended(0);
      waiting = null;
    }
  }

  private void send(Quota.CountedCall counted) {
    this.counted = counted;
    sentAt = calls.loop.time().nanoTime();
    if (attempt++ == 0) {
      firstSentAt = sentAt;
      deadline = calls.loop.after(patience, this::overdue);
    }
    calls.traffic.exchange(endpoint);
    timedOut = false;
    Exchange sent = new Exchange();
    exchange = sent;
    try {
      KlaviyoRequest request = KlaviyoRequest.of(method, uri, headers(), body);
      calls.traffic.sent(request.bodyBytes());
      sending = calls.observer.attemptBegins(endpoint, attempt, request.bodyBytes());
      sent.begin(calls.transport, request);
    } catch (OwnWordsException | NotSentException known) {
      sent.fail(known);
    } catch (Throwable failure) {
      sent.fail(new NotSentException("the transport", failure));
    }
    timer =
        calls.loop.after(
            calls.connection.requestTimeout(),
            () -> {
              timedOut = true;
              sent.cancel();
            });
    calls.loop.when(
        sent.answer(),
        (outcome, impossible) ->
            ended(
                outcome == null ? null : outcome.response(),
                outcome == null ? impossible : outcome.failure()));
  }

  private Map<String, String> headers() throws NotSentException {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Authorization", authorization());
    headers.put("revision", Revision.NAME);
    headers.put(Revision.NO_OTHER, "1");
    headers.put("Accept", JSON_API);
    if (!body.isEmpty()) {
      headers.put("Content-Type", JSON_API);
    }
    return headers;
  }

  private String authorization() throws NotSentException {
    try {
      return calls.connection.credentials().authorization();
    } catch (OwnWordsException noToken) {
      throw noToken;
    } catch (Throwable failure) {
      throw new NotSentException("the token supplier", failure);
    }
  }

  private void ended(@Nullable KlaviyoResponse response, @Nullable Throwable failure) {
    if (counted != null) {
      counted.answered();
    }
    if (sending != null) {
      sending.ended(response == null ? 0 : response.status());
      sending = null;
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
    if (status == PROXY_ASKS) {
      // Nothing has reached Klaviyo, and asking again with the same credentials locks them out.
      String proxy = Proxies.between(calls.connection.httpClient(), uri);
      end(new Reply.Refused<>(endpoint, status, List.of(), false, false, proxy, null));
      return;
    }
    calls.quotas.of(endpoint).hear(response);
    if (status >= 300 && status < 500 && status != 408 && status != 400 && status != 429) {
      calls.traffic.answered();
    }
    if (status == 429) {
      rateLimited(response);
      return;
    }
    rateLimitsInARow = 0;
    if (status < 500 && status != 408) {
      calls.quotas.retries().earn();
    }
    JsonNode json = Headers.isJson(response) ? Json.object(response.body()) : null;
    if (status == 204 || json != null && AnswerOrigin.letsIn(status)) {
      calls.quotas.admitted(endpoint);
    }
    if (status == 204) {
      read(MissingNode.getInstance(), status);
    } else if (status >= 200 && status < 300) {
      read(json, status);
    } else if (status >= 500 || status == 408) {
      doubt();
      failsOnIt();
      againAfter(retryAfter(response).orElse(Duration.ZERO), "answered " + status, status);
    } else if (status == 401
        && calls.connection.credentials().refreshable()
        && !refreshed
        && mayChange()) {
      refreshed = true;
      ask();
    } else if (status == 403 && calls.quotas.isAdmitted(endpoint)) {
      shedding(response, json);
    } else {
      List<ApiError> errors = ApiError.of(json);
      if (status == 400 && errors.isEmpty()) {
        // No verdict of Klaviyo's on what was sent: those say what they object to.
        failsOnIt();
        again("answered 400 without saying why", status);
      } else if (AnswerOrigin.isForeign(response, errors)) {
        again("answered " + status + AnswerOrigin.FOREIGN, status);
      } else {
        calls.traffic.answered();
        boolean html = status == 403 && !Headers.isJson(response);
        end(new Reply.Refused<>(endpoint, status, errors, html, false));
      }
    }
  }

  /** Waits out a 403 that is no missing scope: the same key was let in by it before. */
  private void shedding(KlaviyoResponse response, @Nullable JsonNode json) {
    long now = calls.loop.time().nanoTime();
    sheddingSince = shedding == 0 ? now : sheddingSince;
    Duration left = Calls.LONGEST_SHEDDING.minusNanos(now - sheddingSince);
    Duration wait = Duration.ofMillis(calls.sheddingWait.apply(++shedding));
    Duration asked = retryAfter(response).orElse(Duration.ZERO);
    wait = asked.compareTo(wait) > 0 ? asked : wait;
    if (left.isZero() || left.isNegative() || asked.compareTo(left) > 0 || !mayChange()) {
      end(new Reply.Refused<>(endpoint, 403, ApiError.of(json), !Headers.isJson(response), true));
    } else {
      wait = wait.compareTo(left) > 0 ? left : wait;
      againIn(wait, "answered 403, though it let the same key in before", 403);
    }
  }

  private void againIn(Duration pause, String what, int status) {
    last = what;
    lastStatus = status;
    calls.observer.retried("Klaviyo " + what + " ('" + endpoint.words() + "')", pause);
    timer = calls.loop.after(pause, this::ask);
  }

  private void read(@Nullable JsonNode json, int status) {
    try {
      T value = json == null ? null : reader.read(json);
      if (value == null) {
        doubt();
        failingSince = OptionalLong.empty();
        recover(status);
      } else {
        done(value);
      }
    } catch (Calls.UnusableAnswerException unusable) {
      giveUpForGood("answered what must not be followed: " + unusable.getMessage(), status, null);
    }
  }

  private void done(T value) {
    calls.traffic.answered();
    end(new Reply.Done<>(value));
  }

  /** Looks for what an unreadable answer was about, and asks again if that is not found. */
  private void recover(int status) {
    String what = "answered " + status + " with a body that cannot be read";
    if (status != 202) {
      again(what, status);
      return;
    }
    reader.recover(
        found -> {
          if (over) {
            return;
          }
          if (found == null) {
            again(what, status);
          } else {
            done(found);
          }
        });
  }

  private void rateLimited(KlaviyoResponse response) {
    rateLimitsInARow++;
    failingSince = OptionalLong.empty();
    Duration wait =
        retryAfter(response)
            .filter(asked -> !asked.isZero())
            .orElseGet(() -> Duration.ofMillis(calls.backoff.apply(rateLimitsInARow)));
    calls.traffic.rateLimited(wait);
    calls.observer.rateLimited(wait);
    calls.quotas.of(endpoint).rateLimited(wait);
    if (mayChange() && !isTooLong(wait, 429)) {
      last = "answered 429";
      lastStatus = 429;
      ask();
    } else if (!over) {
      giveUp("answered 429", 429, null);
    }
  }

  private Optional<Duration> retryAfter(KlaviyoResponse response) {
    return Headers.retryAfter(response, calls.loop.time().now());
  }

  /** Gives the call up if Klaviyo asks for a longer wait than an export makes. */
  private boolean isTooLong(Duration wait, int status) {
    boolean tooLong = wait.compareTo(Calls.longestWait(patience)) > 0;
    if (tooLong) {
      giveUp(PaceHints.tooLong(wait, Calls.longestWait(patience), status), status, null);
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
      failsOnIt();
      again("did not answer within " + InWords.duration(calls.connection.requestTimeout()), 0);
    } else if (cause instanceof OwnWordsException noToken) {
      end(Reply.Refused.withoutToken(endpoint, String.valueOf(noToken.getMessage())));
    } else if (cause instanceof NotSentException) {
      giveUpForGood("was not asked: " + cause.getMessage(), 0, cause.getCause());
    } else if (cause instanceof TransportException known && known.fate() == Fate.UNPROCESSED) {
      failingSince = OptionalLong.empty();
      again("gave no answer: " + known.getMessage(), 0);
    } else {
      doubt();
      lost(cause);
    }
  }

  private void lost(@Nullable Throwable cause) {
    if (cause instanceof TransportException known && known.fate() == Fate.UNUSABLE) {
      giveUpForGood(
          "gave no usable answer: " + known.getMessage(), 0, UnquotedFailure.keepingMessage(known));
    } else if (cause instanceof TransportException known) {
      failsOnIt();
      again("gave no answer: " + known.getMessage(), 0);
    } else if (cause instanceof IOException) {
      failsOnIt();
      again("gave no answer (" + cause.getClass().getName() + ")", 0);
    } else {
      String kind = cause == null ? "no reason" : cause.getClass().getName();
      giveUpForGood("gave no answer: the transport failed with " + kind, 0, null);
    }
  }

  /** Notes that Klaviyo may have processed an attempt without saying so. */
  private void doubt() {
    maybeDone = true;
    inDoubt.run();
  }

  /** Notes that Klaviyo has failed on what was sent, which may be what makes it fail. */
  private void failsOnIt() {
    if (failingSince.isEmpty()) {
      failingSince = OptionalLong.of(calls.loop.time().nanoTime());
    }
  }

  private void again(String what, int status) {
    againAfter(Duration.ZERO, what, status);
  }

  private void againAfter(Duration atLeast, String what, int status) {
    calls.traffic.failed(what);
    if (isTooLong(atLeast, status)) {
      calls.quotas.of(endpoint).close(Calls.longestWait(atLeast), status);
      return;
    }
    KlaviyoException failure = new KlaviyoException(what, status, null);
    long wait = mayChange() ? attempts.onError(failure) : -1;
    if (wait < 0) {
      giveUp(what, status, null, false, failingSince);
    } else {
      if (!calls.quotas.retries().spend()) {
        wait = Math.max(wait, calls.backoff.apply(Calls.MAX_ATTEMPTS));
      }
      againIn(Duration.ofMillis(Math.max(wait, atLeast.toMillis())), what, status);
    }
  }

  private void overdue() {
    boolean underWay = exchange != null;
    release();
    if (underWay) {
      last = "had not answered for " + InWords.duration(since(sentAt));
      lastStatus = 0;
      doubt();
      failsOnIt();
    }
    giveUp(
        (isChange() ? "did not decide within " : "gave no usable answer within ")
            + InWords.duration(patience)
            + " of the first attempt"
            + (last == null ? "" : "; last, it " + last),
        lastStatus,
        null,
        false,
        failingSince);
  }

  private void giveUp(String what, int status, @Nullable Throwable cause) {
    giveUp(what, status, cause, false, OptionalLong.empty());
  }

  private void giveUpForGood(String what, int status, @Nullable Throwable cause) {
    giveUp(what, status, cause, true, OptionalLong.empty());
  }

  private void giveUp(
      String what,
      int status,
      @Nullable Throwable cause,
      boolean lasting,
      OptionalLong failsOnItSince) {
    end(
        new Reply.Unanswered<>(
            new KlaviyoException(
                "Klaviyo "
                    + what
                    + " ('"
                    + endpoint.words()
                    + "', "
                    + InWords.count(attempt, "attempt")
                    + (attempt > 1 ? " in " + InWords.duration(since(firstSentAt)) : "")
                    + ").",
                status,
                cause),
            maybeDone,
            lasting,
            failsOnItSince));
  }

  private Duration since(long nanos) {
    return Duration.ofNanos(calls.loop.time().nanoTime() - nanos);
  }

  private boolean isChange() {
    return !method.equals("GET");
  }

  private boolean mayChange() {
    return calls.mayChange() || !isChange();
  }

  /**
   * Ends the call unanswered if it is a change that is not under way and may not be sent any more.
   */
  void endIfWaitingToChange() {
    if (!mayChange() && exchange == null) {
      giveUp("was not asked again, since the export stopped", 0, null);
    }
  }

  private void end(Reply<T> reply) {
    if (!over) {
      abandon();
      then.accept(reply);
    }
  }

  /** Ends the call without a reply. */
  void abandon() {
    over = true;
    calls.ended(this);
    stopWaiting();
    if (deadline != null) {
      deadline.cancel();
    }
    release();
  }

  /** Cancels what is to come: the next attempt, or the answer to this one. */
  private void release() {
    calls.quotas.of(endpoint).leave(slot);
    if (timer != null) {
      timer.cancel();
    }
    if (exchange != null) {
      exchange.cancel();
      // Its end is not heard of any more, and a call without end would stay in the log for ever.
      if (counted != null) {
        counted.answered();
      }
    }
  }
}
