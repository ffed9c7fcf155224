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
 *
 * <p>A transport of your own owes an exporter what follows; the testkit's {@code
 * KlaviyoTransportContract} proves it.
 *
 * <ul>
 *   <li>Method, path, query and headers arrive as they are.
 *   <li>A body arrives whole, however many parts and megabytes it has, and none where there is
 *       none.
 *   <li>A request can be sent again.
 *   <li>A response comes back whatever its status, and redirects are not followed.
 *   <li>Headers come back, and the case of their names says nothing.
 *   <li>A body comes back byte for byte, and unread, whatever it is. It may have five megabytes.
 *   <li>Requests at the same time get each its own response.
 *   <li>A connection that breaks after the request leaves its fate unknown, and nothing is sent
 *       twice; a server that is not there has processed nothing.
 *   <li>Sending does not wait for the response, and a future can be cancelled.
 *   <li>A failure tells neither key nor profile.
 * </ul>
 */
@FunctionalInterface
public interface KlaviyoTransport {
  /** Sends one request, and returns at once. */
  CompletableFuture<KlaviyoResponse> send(KlaviyoRequest request);
}
