package io.github.klaviyoexport.testkit.internal.server;

import io.github.klaviyoexport.testkit.internal.account.Settings;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The accounts at one address, told apart by the key of a call, and the entry to them over HTTP,
 * which opens when its address is asked for.
 */
public final class AccountServer {
  private final List<ServedAccount> accounts = new CopyOnWriteArrayList<>();
  private final HostNames hostNames = new HostNames();
  private final int port;
  private @Nullable HttpEntry http;

  /**
   * Prepares an address without accounts.
   *
   * @param port where it will listen; 0 for a port that is free then
   */
  public AccountServer(int port) {
    this.port = port;
  }

  /**
   * Opens an account at this address.
   *
   * @throws IllegalStateException if all accounts there are closed
   * @throws IllegalArgumentException if one of them takes the same key or access token
   */
  public synchronized ServedAccount open(Settings settings) {
    if (!accounts.isEmpty() && isClosed()) {
      throw new IllegalStateException(
          "The fake Klaviyo whose address this account is to have is closed: start this one"
              + " before that.");
    }
    if (accounts.stream().anyMatch(account -> account.settings().sharesKeyWith(settings))) {
      throw new IllegalArgumentException(
          "An account at this address takes the same key or access token: give each its own, by"
              + " which calls are told apart.");
    }
    ServedAccount account = new ServedAccount(settings);
    accounts.add(account);
    hostNames.add(settings.hostNames());
    return account;
  }

  /** Returns how many accounts it has, closed ones among them. */
  public int size() {
    return accounts.size();
  }

  List<ServedAccount> accounts() {
    return accounts;
  }

  HostNames hostNames() {
    return hostNames;
  }

  /**
   * Returns the account that takes the credentials of a call, which are in its header {@code
   * Authorization}; for those that none of them takes, the one given.
   */
  ServedAccount called(@Nullable String credentials, ServedAccount otherwise) {
    for (ServedAccount account : accounts) {
      if (account.settings().takes(credentials)) {
        return account;
      }
    }
    return otherwise;
  }

  /** Returns the account that answers for all when no key says which; the first that is open. */
  ServedAccount first() {
    for (ServedAccount account : accounts) {
      if (!account.isClosed()) {
        return account;
      }
    }
    return accounts.get(0);
  }

  /**
   * Returns the entry over HTTP, and opens it if this is the first to ask for it.
   *
   * @throws IllegalStateException if the port is taken, or if it was closed before anybody asked
   */
  public synchronized HttpEntry http() {
    if (http == null) {
      if (isClosed()) {
        throw new IllegalStateException(
            "The fake Klaviyo is closed, and never listened: ask for its address before that.");
      }
      http = new HttpEntry(port, this);
    }
    return http;
  }

  private boolean isClosed() {
    return accounts.stream().allMatch(ServedAccount::isClosed);
  }

  /** Returns where it listens, or listened before it was closed; {@code null} if it never did. */
  public synchronized @Nullable URI address() {
    return http == null ? null : http.baseUrl();
  }

  /** Closes an account, and with the last one the entry over HTTP; closing again does nothing. */
  public synchronized void close(ServedAccount account) {
    account.close();
    if (http != null && isClosed()) {
      http.close();
    }
  }
}
