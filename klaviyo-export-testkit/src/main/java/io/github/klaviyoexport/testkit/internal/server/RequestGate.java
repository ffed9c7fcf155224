package io.github.klaviyoexport.testkit.internal.server;

import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.internal.account.Settings;
import io.github.klaviyoexport.testkit.internal.api.ApiErrorException;
import io.github.klaviyoexport.testkit.internal.api.ApiRequest;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The checks of the caller that every call passes, whatever it asks for, and the quotas. */
public final class RequestGate {
  /** The revision whose rules are the fake's; it is served whatever the account's clock says. */
  public static final String REVISION = "2026-07-15";

  private static final Pattern FORM = Pattern.compile("(\\d{4}-\\d{2}-\\d{2})(\\.pre)?");
  private static final Period SUPPORTED = Period.ofYears(2);
  // By the day each came out; those before the first of them are retired.
  private static final List<String> KNOWN =
      List.of(
          "2024-10-15",
          "2025-01-15",
          "2025-04-15",
          "2025-07-15",
          "2025-10-15",
          "2026-01-15",
          "2026-04-15",
          REVISION,
          "2026-10-15");
  private static final Set<String> ACCEPTABLE =
      Set.of("application/vnd.api+json", "application/json", "application/*", "*/*");

  private final Settings settings;
  private final Map<OperationQuota, QuotaWindows> quotas = new LinkedHashMap<>();

  RequestGate(Settings settings) {
    this.settings = settings;
    for (OperationQuota quota : OperationQuota.ALL) {
      quotas.put(quota, new QuotaWindows(quota.limits(), phases(quota.key())));
    }
  }

  /**
   * Returns the random numbers of one quota, so that its windows do not move with the number of the
   * other quotas.
   */
  private SplittableRandom phases(String quota) {
    return new SplittableRandom(settings.seed() + quota.hashCode());
  }

  /**
   * Checks the caller, and draws from the quota.
   *
   * @return the headers that tell what is left of the quota
   */
  Map<String, String> admit(ApiRequest call, Operation operation) {
    checkAccept(call);
    checkKey(call);
    checkRevision(call);
    checkScopes(operation);
    return settings.quota() ? draw(call, operation) : Map.of();
  }

  private static void checkAccept(ApiRequest call) {
    if (call.header("Accept") != null
        && call.mediaTypes("Accept").stream().noneMatch(ACCEPTABLE::contains)) {
      throw ApiErrorException.notAcceptable();
    }
  }

  private void checkKey(ApiRequest call) {
    if (!settings.takes(call.header("Authorization"))) {
      throw ApiErrorException.unauthorized();
    }
  }

  private void checkRevision(ApiRequest call) {
    String revision = call.header("revision");
    if (revision == null) {
      throw ApiErrorException.invalid("/data", "The revision header is required.");
    }
    Matcher parts = FORM.matcher(revision);
    if (!parts.matches()) {
      throw ApiErrorException.invalid("/data", "The revision header is not a valid revision.");
    }
    String date = parts.group(1);
    if (date.equals(REVISION)) {
      return;
    }
    LocalDate today = LocalDate.ofInstant(settings.time().now(), ZoneOffset.UTC);
    boolean out = KNOWN.contains(date) && date.compareTo(today.toString()) <= 0;
    boolean retired =
        date.compareTo(KNOWN.get(0)) < 0
            || (out && date.compareTo(today.minus(SUPPORTED).toString()) <= 0);
    // A retired revision is served by the oldest that lives, unless the caller would not have it.
    if (retired && "1".equals(call.header("X-Klaviyo-Revision-Fall-Forward-Opt-Out"))) {
      throw ApiErrorException.gone();
    }
    if (!retired && !out) {
      throw ApiErrorException.invalid("/data", "The revision header names an unknown revision.");
    }
  }

  private void checkScopes(Operation operation) {
    List<String> missing = new ArrayList<>(operation.scopes());
    missing.removeAll(settings.scopes());
    if (!missing.isEmpty()) {
      throw ApiErrorException.forbidden(missing);
    }
  }

  private Map<String, String> draw(ApiRequest call, Operation operation) {
    // The narrowest comes last, and is the one that headers tell of.
    List<QuotaWindows> drawn = new ArrayList<>();
    for (OperationQuota quota : OperationQuota.of(operation, call.query())) {
      drawn.add(Objects.requireNonNull(quotas.get(quota), "there is one of each"));
    }
    synchronized (quotas) {
      long now = settings.time().nanoTime();
      OptionalLong wait = QuotaWindows.draw(now, drawn);
      if (wait.isPresent()) {
        throw ApiErrorException.throttled(wait);
      }
      return drawn.get(drawn.size() - 1).headers(now);
    }
  }

  /** Returns what the quotas look like now; empty when calls are not counted. */
  List<QuotaUse> quotas() {
    if (!settings.quota()) {
      return List.of();
    }
    List<QuotaUse> uses = new ArrayList<>();
    synchronized (quotas) {
      long now = settings.time().nanoTime();
      quotas.forEach(
          (quota, windows) -> uses.add(windows.use(quota.name(quota.operation().id()), now)));
    }
    return uses;
  }
}
