package io.github.klaviyoexport.klaviyo;

import java.util.concurrent.CompletableFuture;

/**
 * A transport: it carries a request to Klaviyo and brings the response back, once.
 *
 * <p>A transport neither retries nor waits for quotas nor reads bodies: the library does all of
 * that above this seam. It is safe for use by many threads.
 *
 * <p>The future completes with the response whatever its status, or exceptionally with a {@link
 * TransportException} that says whether Klaviyo may have processed the request. Cancelling the
 * future abandons the exchange and releases what it holds.
 *
 * <p>Redirects are not followed: a response of status 3xx is returned as it is.
 */
@FunctionalInterface
public interface KlaviyoTransport {
  /** Sends one request, and returns at once. */
  CompletableFuture<KlaviyoResponse> send(KlaviyoRequest request);
}
