package io.github.klaviyoexport.testkit.internal.server;

import io.github.klaviyoexport.testkit.internal.account.Settings;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * An account and its two entries: the one without sockets, which is always open, and HTTP, which
 * opens when its address is asked for.
 */
public final class AccountServer {
  private final ServedAccount account;
  private final int port;
  private @Nullable HttpEntry http;

  /**
   * Opens an account.
   *
   * @param port where it will listen; 0 for a port that is free then
   */
  public AccountServer(Settings settings, int port) {
    this.account = new ServedAccount(settings);
    this.port = port;
  }

  /** Returns the account. */
  public ServedAccount account() {
    return account;
  }

  /**
   * Returns the entry over HTTP, and opens it if this is the first to ask for it.
   *
   * @throws IllegalStateException if the port is taken, or if the account was closed before anybody
   *     asked
   */
  public synchronized HttpEntry http() {
    if (http == null) {
      if (account.isClosed()) {
        throw new IllegalStateException(
            "The fake Klaviyo is closed, and never listened: ask for its address before that.");
      }
      http = new HttpEntry(port, account);
    }
    return http;
  }

  /** Returns where it listens, or listened before it was closed; {@code null} if it never did. */
  public synchronized @Nullable URI address() {
    return http == null ? null : http.baseUrl();
  }

  /** Closes the account and its entries; closing again does nothing. */
  public synchronized void close() {
    account.close();
    if (http != null) {
      http.close();
    }
  }
}
