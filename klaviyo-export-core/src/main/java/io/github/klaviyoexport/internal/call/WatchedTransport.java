package io.github.klaviyoexport.internal.call;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.github.klaviyoexport.internal.call.Quota.Window;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.KlaviyoRequest;
import io.github.klaviyoexport.klaviyo.KlaviyoResponse;
import io.github.klaviyoexport.klaviyo.KlaviyoTransport;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A transport that keeps the last answer, so that more of it can be looked at than calls read. */
public final class WatchedTransport implements KlaviyoTransport, AutoCloseable {
  private static final int SECONDS_PER_MINUTE = 60;

  private final KlaviyoTransport transport;
  private volatile @Nullable KlaviyoResponse last;

  /** Creates the transport of a connection. */
  public WatchedTransport(KlaviyoConnection connection) {
    KlaviyoTransport given = connection.transport();
    this.transport = given != null ? given : new HttpTransport(connection.httpClient());
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // What comes of it is the caller's.
  public CompletableFuture<KlaviyoResponse> send(KlaviyoRequest request) {
    last = null;
    CompletableFuture<KlaviyoResponse> answer = transport.send(request);
    CompletableFuture<KlaviyoResponse> seen = new CompletableFuture<>();
    answer.whenComplete(
        (response, failure) -> {
          last = response;
          if (failure == null) {
            seen.complete(response);
          } else {
            seen.completeExceptionally(failure);
          }
        });
    seen.whenComplete(
        (response, failure) -> {
          if (seen.isCancelled()) {
            answer.cancel(true);
          }
        });
    return seen;
  }

  /** Returns the last answer's JSON; a missing node if there is none. */
  public JsonNode json() {
    KlaviyoResponse response = last;
    JsonNode json =
        response == null || !Headers.isJson(response) ? null : Json.object(response.body());
    return json == null ? MissingNode.getInstance() : json;
  }

  /** Returns whether there is a last answer, and Klaviyo has done what was asked by it. */
  public boolean isDone() {
    KlaviyoResponse response = last;
    return response != null && response.status() >= 200 && response.status() < 300;
  }

  /** Returns a header of the last answer. */
  public Optional<String> header(String name) {
    KlaviyoResponse response = last;
    return response == null ? Optional.empty() : response.header(name);
  }

  /**
   * Returns the windows that the last answer tells, in words, if they differ from those that an
   * endpoint's quota starts from; else {@code null}.
   */
  public @Nullable String otherQuota(Endpoint endpoint) {
    KlaviyoResponse response = last;
    List<Window> told = response == null ? List.of() : Headers.windows(response);
    boolean other =
        told.stream().anyMatch(window -> differs(window, 1, endpoint.perSecond()))
            || told.stream()
                .anyMatch(window -> differs(window, SECONDS_PER_MINUTE, endpoint.perMinute()));
    return other
        ? told.stream()
            .map(window -> window.calls() + " in " + window.length().toSeconds() + " s")
            .collect(Collectors.joining(", "))
        : null;
  }

  private static boolean differs(Window told, int seconds, int calls) {
    return told.length().equals(Duration.ofSeconds(seconds)) && told.calls() != calls;
  }

  @Override
  public void close() {
    if (transport instanceof HttpTransport own) {
      own.close();
    }
  }
}
