package io.github.klaviyoexport.internal.call;

import io.github.klaviyoexport.klaviyo.Credentials;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.PermitSource;
import io.github.klaviyoexport.time.TimeSource;
import java.net.URI;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The quotas of one account, and what scopes its key has been let in by, shared by every exporter
 * in this JVM that calls it.
 *
 * <p>Host and credentials tell accounts apart, and so does the clock. Its quotas stay for two
 * minutes after the last exporter let go of them, since Klaviyo remembers the last minute's calls
 * too. They go with their clock, when it is used nowhere else: the clock of a test stands still
 * when the test is over, so that two minutes would never pass.
 */
public final class Quotas {
  private static final Map<TimeSource, Accounts> SHARED = new WeakHashMap<>();
  private static final long KEPT_NANOS = Duration.ofMinutes(2).toNanos();

  private final Account account;
  private final Accounts accounts;
  private final LentTime lent;
  private final TimeSource time;
  private final Map<Endpoint, Quota> quotas = new EnumMap<>(Endpoint.class);
  private final RetryBudget retries = new RetryBudget();
  private final Set<String> scopes = ConcurrentHashMap.newKeySet();
  private int users;
  private long releasedAt;

  /**
   * What tells accounts apart. It is no record, because a JVM makes the {@code equals} and {@code
   * hashCode} of a record when they are first called, which each exporter would wait for.
   */
  private static final class Account {
    private final URI baseUrl;
    private final Credentials credentials;
    private final @Nullable PermitSource permits;

    Account(KlaviyoConnection connection) {
      baseUrl = connection.baseUrl();
      credentials = connection.credentials();
      permits = connection.permits();
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Account account
          && baseUrl.equals(account.baseUrl)
          && credentials.equals(account.credentials)
          && Objects.equals(permits, account.permits);
    }

    @Override
    public int hashCode() {
      return Objects.hash(baseUrl, credentials, permits);
    }
  }

  /** The accounts that are called by one clock. */
  private static final class Accounts {
    private final Map<Account, Quotas> all = new HashMap<>();

    /** Those that are not in use, in the order in which they were let go of. */
    private final Set<Quotas> unused = new LinkedHashSet<>();

    private void forgetOld() {
      for (var oldest = unused.iterator(); oldest.hasNext(); ) {
        Quotas kept = oldest.next();
        if (kept.time.nanoTime() - kept.releasedAt <= KEPT_NANOS) {
          return;
        }
        oldest.remove();
        all.remove(kept.account);
      }
    }
  }

  private Quotas(Account account, Accounts accounts, TimeSource time) {
    this.account = account;
    this.accounts = accounts;
    this.lent = new LentTime(time);
    this.time = new GuardedTime(lent);
    for (Endpoint endpoint : Endpoint.values()) {
      quotas.put(endpoint, new Quota(endpoint, this.time, account.permits));
    }
  }

  /**
   * Returns the quotas of the connection's account, which are to be {@linkplain #release()
   * released}.
   */
  public static Quotas shared(KlaviyoConnection connection, TimeSource time) {
    synchronized (SHARED) {
      Accounts accounts = SHARED.computeIfAbsent(time, any -> new Accounts());
      accounts.forgetOld();
      Account account = new Account(connection);
      Quotas quotas = accounts.all.computeIfAbsent(account, key -> new Quotas(key, accounts, time));
      accounts.unused.remove(quotas);
      quotas.users++;
      quotas.lent.hold(time);
      return quotas;
    }
  }

  /**
   * Lets go of the quotas; to be called once for each time they were {@linkplain #shared shared}.
   */
  public void release() {
    synchronized (SHARED) {
      if (--users == 0) {
        releasedAt = time.nanoTime();
        accounts.unused.add(this);
        lent.letGo();
      }
    }
  }

  /** Returns how many hold the quotas of the connection's account, by that clock. */
  public static int holders(KlaviyoConnection connection, TimeSource time) {
    synchronized (SHARED) {
      Accounts accounts = SHARED.get(time);
      Quotas quotas = accounts == null ? null : accounts.all.get(new Account(connection));
      return quotas == null ? 0 : quotas.users;
    }
  }

  /** Returns what the account's calls may spend on trying again. */
  RetryBudget retries() {
    return retries;
  }

  /** Notes that Klaviyo has let the key in to an endpoint, so that it has the scopes for it. */
  void admitted(Endpoint endpoint) {
    scopes.addAll(endpoint.scopes());
  }

  /** Returns whether the key has the scopes of an endpoint, by what Klaviyo has let it in to. */
  boolean isAdmitted(Endpoint endpoint) {
    return scopes.containsAll(endpoint.scopes());
  }

  /** Returns the quota of an endpoint. */
  Quota of(Endpoint endpoint) {
    return Objects.requireNonNull(quotas.get(endpoint));
  }
}
