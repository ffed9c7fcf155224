package io.github.klaviyoexport.internal.call;

import io.github.klaviyoexport.klaviyo.KlaviyoRequest;
import io.github.klaviyoexport.klaviyo.KlaviyoResponse;
import io.github.klaviyoexport.klaviyo.KlaviyoTransport;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * An exchange under way. Its answer is a future of our own, since one of a transport may do
 * anything, even when it is cancelled.
 */
final class Exchange {
  private static final System.Logger LOG = System.getLogger("io.github.klaviyoexport");

  private final CompletableFuture<Outcome> answer = new CompletableFuture<>();
  private @Nullable CompletableFuture<KlaviyoResponse> given;

  /** What came of it: a response or a failure; neither, if the transport says nothing. */
  record Outcome(@Nullable KlaviyoResponse response, @Nullable Throwable failure) {}

  /**
   * Sends a request.
   *
   * <p>What a transport throws that is no {@code RuntimeException} is the end of the exchange: an
   * error may strike when the request is on its way.
   *
   * @throws RuntimeException if the transport throws one, and so has not sent the request
   */
  @SuppressWarnings("FutureReturnValueIgnored") // What comes of it is the answer.
  void begin(KlaviyoTransport transport, KlaviyoRequest request) {
    try {
      given = Objects.requireNonNull(transport.send(request));
      given.whenComplete((response, failure) -> answer.complete(new Outcome(response, failure)));
    } catch (RuntimeException failure) {
      throw failure;
    } catch (Throwable failure) {
      fail(failure);
    }
  }

  /** Ends the exchange with a failure, unless it has ended. */
  void fail(Throwable failure) {
    answer.complete(new Outcome(null, failure));
  }

  /** Returns what comes of the exchange; it never fails. */
  CompletableFuture<Outcome> answer() {
    return answer;
  }

  /** Cancels the exchange, whether or not the transport lets go of it. */
  void cancel() {
    try {
      if (given != null) {
        given.cancel(true);
      }
    } catch (Throwable failure) {
      LOG.log(
          System.Logger.Level.DEBUG,
          "A transport threw {0} when an exchange was cancelled.",
          failure.getClass().getName());
    }
    fail(new CancellationException());
  }
}
