package io.github.klaviyoexport.testkit.internal.server;

import io.github.klaviyoexport.klaviyo.KlaviyoRequest;
import io.github.klaviyoexport.klaviyo.KlaviyoResponse;
import io.github.klaviyoexport.klaviyo.KlaviyoTransport;
import io.github.klaviyoexport.klaviyo.TransportException;
import io.github.klaviyoexport.klaviyo.TransportException.Fate;
import io.github.klaviyoexport.testkit.internal.api.ApiRequest;
import io.github.klaviyoexport.testkit.internal.api.ApiResponse;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** The way to the account without a socket: calls are processed on the thread that sends them. */
public final class InProcessEntry implements KlaviyoTransport {
  /** What is said of a call to an account that is closed. */
  public static final String CLOSED = "The fake Klaviyo is closed: close it after the last call.";

  private final AccountServer accounts;
  private final ServedAccount own;
  private final ExchangeClock clock;

  /**
   * Opens the way to the accounts at an address.
   *
   * @param own the account that answers calls whose key none of them takes
   */
  public InProcessEntry(AccountServer accounts, ServedAccount own, ExchangeClock clock) {
    this.accounts = accounts;
    this.own = own;
    this.clock = clock;
  }

  @Override
  public CompletableFuture<KlaviyoResponse> send(KlaviyoRequest request) {
    CompletableFuture<KlaviyoResponse> exchange = new CompletableFuture<>();
    clock.begins(exchange);
    ApiRequest call = call(request);
    ServedAccount account = accounts.called(call.header("Authorization"), own);
    if (account.isClosed()) {
      exchange.completeExceptionally(new TransportException(Fate.UNPROCESSED, CLOSED, null));
      return exchange;
    }
    ApiResponse answer = account.dispatcher().answer(call);
    if (account.settings().latency().isZero()) {
      complete(exchange, answer);
    } else {
      clock.later(account.settings().latency(), () -> complete(exchange, answer));
    }
    return exchange;
  }

  private static void complete(CompletableFuture<KlaviyoResponse> exchange, ApiResponse answer) {
    switch (answer.ending()) {
      case COMPLETE -> {
        Map<String, List<String>> headers = new HashMap<>();
        answer.headers().forEach((name, value) -> headers.put(name, List.of(value)));
        exchange.complete(KlaviyoResponse.of(answer.status(), headers, answer.body()));
      }
      case DROPPED ->
          exchange.completeExceptionally(
              new TransportException(
                  Fate.UNKNOWN, "The connection broke before an answer came.", null));
      case STALLED -> {
        // Stays open until the caller cancels it.
      }
    }
  }

  private static ApiRequest call(KlaviyoRequest request) {
    URI uri = request.uri();
    return new ApiRequest(
        request.method(),
        uri.getScheme() + "://" + uri.getRawAuthority(),
        uri.getRawPath(),
        uri.getRawQuery() == null ? "" : uri.getRawQuery(),
        request.headers(),
        bytes(request));
  }

  private static byte[] bytes(KlaviyoRequest request) {
    ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(request.bodyBytes()));
    request.body().forEach(all::put);
    return all.array();
  }
}
