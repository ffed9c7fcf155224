package io.github.klaviyoexport.internal.call;

import io.github.klaviyoexport.klaviyo.Credentials;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.PermitSource;
import io.github.klaviyoexport.time.TimeSource;
import java.net.URI;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The quotas of one account, shared by every exporter in this JVM that calls it.
 *
 * <p>Host and credentials tell accounts apart. Its quotas stay for two minutes after the last
 * exporter let go of them, since Klaviyo remembers the last minute's calls too.
 */
public final class Quotas {
  private static final Map<AccountKey, Quotas> SHARED = new HashMap<>();
  private static final long KEPT_NANOS = Duration.ofMinutes(2).toNanos();

  private final TimeSource time;
  private final Map<Endpoint, Quota> quotas = new EnumMap<>(Endpoint.class);
  private final RetryBudget retries = new RetryBudget();
  private int users;
  private long releasedAt;

  private record AccountKey(
      URI baseUrl, Credentials credentials, @Nullable PermitSource permits, TimeSource time) {}

  private Quotas(TimeSource time, @Nullable PermitSource permits) {
    this.time = new GuardedTime(time);
    for (Endpoint endpoint : Endpoint.values()) {
      quotas.put(endpoint, new Quota(endpoint, this.time, permits));
    }
  }

  /**
   * Returns the quotas of the connection's account, which are to be {@linkplain #release()
   * released}.
   */
  public static Quotas shared(KlaviyoConnection connection, TimeSource time) {
    synchronized (SHARED) {
      SHARED
          .values()
          .removeIf(kept -> kept.users == 0 && kept.time.nanoTime() - kept.releasedAt > KEPT_NANOS);
      AccountKey account =
          new AccountKey(
              connection.baseUrl(), connection.credentials(), connection.permits(), time);
      Quotas quotas =
          SHARED.computeIfAbsent(account, key -> new Quotas(time, connection.permits()));
      quotas.users++;
      return quotas;
    }
  }

  /**
   * Lets go of the quotas; to be called once for each time they were {@linkplain #shared shared}.
   */
  public void release() {
    synchronized (SHARED) {
      users--;
      releasedAt = time.nanoTime();
    }
  }

  /** Returns what the account's calls may spend on trying again. */
  RetryBudget retries() {
    return retries;
  }

  /** Returns the quota of an endpoint. */
  Quota of(Endpoint endpoint) {
    return Objects.requireNonNull(quotas.get(endpoint));
  }
}
