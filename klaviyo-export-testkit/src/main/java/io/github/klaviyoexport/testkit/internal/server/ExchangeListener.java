package io.github.klaviyoexport.testkit.internal.server;

/**
 * A service that hears of every exchange with every account in this process.
 *
 * <p>It is found by {@link java.util.ServiceLoader}, so that whatever starts an account, it is
 * heard. This library's own tests bring one, which holds exchanges to Klaviyo's OpenAPI.
 */
public interface ExchangeListener {
  /** Hears of an exchange, on the thread that answers it, before the answer is sent. */
  void exchanged(Exchange exchange);
}
