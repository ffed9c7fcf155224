package io.github.klaviyoexport.testkit.internal.server;

import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.internal.account.Settings;
import io.github.klaviyoexport.testkit.internal.api.ApiErrorException;
import io.github.klaviyoexport.testkit.internal.api.ApiRequest;
import io.github.klaviyoexport.testkit.internal.endpoint.ListsEndpoint;
import java.util.ArrayList;
import java.util.EnumMap;
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
  public static final String NEWEST_REVISION = "2026-07-15";

  private static final Pattern REVISION = Pattern.compile("(\\d{4}-\\d{2}-\\d{2})(\\.pre)?");
  // Those that are two years old at most when the newest comes out.
  private static final List<String> REVISIONS =
      List.of(
          "2024-10-15",
          "2025-01-15",
          "2025-04-15",
          "2025-07-15",
          "2025-10-15",
          "2026-01-15",
          "2026-04-15",
          NEWEST_REVISION);
  private static final Set<String> ACCEPTABLE =
      Set.of("application/vnd.api+json", "application/json", "application/*", "*/*");

  private final Settings settings;
  private final Map<Operation, QuotaWindows> quotas = new EnumMap<>(Operation.class);
  private final Map<Extra, QuotaWindows> extras = new EnumMap<>(Extra.class);

  /** Something that a call can ask for beside, and that has a quota of its own beside. */
  private enum Extra {
    PROFILE_COUNT(Operation.GET_LIST, ListsEndpoint.ADDITIONAL_FIELDS, "profile_count", 1, 15),
    LISTS_OF_PROFILE(Operation.GET_PROFILE, "include", "lists", 1, 15),
    SEGMENTS_OF_PROFILE(Operation.GET_PROFILE, "include", "segments", 1, 15);

    private final Operation operation;
    private final String parameter;
    private final String value;
    private final int burst;
    private final int steady;

    Extra(Operation operation, String parameter, String value, int burst, int steady) {
      this.operation = operation;
      this.parameter = parameter;
      this.value = value;
      this.burst = burst;
      this.steady = steady;
    }

    boolean isWanted(Operation asked, ApiRequest call) {
      return asked == operation && call.asks(parameter, value);
    }
  }

  RequestGate(Settings settings) {
    this.settings = settings;
    for (Operation operation : Operation.values()) {
      SplittableRandom phases = phases(operation.name());
      QuotaWindows quota = new QuotaWindows(operation.burst(), operation.steady(), phases);
      operation.daily().ifPresent(daily -> quota.andDaily(daily, phases));
      quotas.put(operation, quota);
    }
    for (Extra extra : Extra.values()) {
      extras.put(extra, new QuotaWindows(extra.burst, extra.steady, phases(extra.name())));
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

  private static void checkRevision(ApiRequest call) {
    String revision = call.header("revision");
    if (revision == null) {
      throw ApiErrorException.invalid("/data", "The revision header is required.");
    }
    if (REVISIONS.contains(revision)) {
      return;
    }
    Matcher parts = REVISION.matcher(revision);
    if (!parts.matches()) {
      throw ApiErrorException.invalid("/data", "The revision header is not a valid revision.");
    }
    String date = parts.group(1);
    // A retired revision is served by the oldest that lives, unless the caller would not have it.
    boolean retired = date.compareTo(REVISIONS.get(0)) < 0;
    if (retired && "1".equals(call.header("X-Klaviyo-Revision-Fall-Forward-Opt-Out"))) {
      throw ApiErrorException.gone();
    }
    if (!retired && !REVISIONS.contains(date)) {
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
    drawn.add(Objects.requireNonNull(quotas.get(operation), "there is one of each"));
    for (Map.Entry<Extra, QuotaWindows> extra : extras.entrySet()) {
      if (extra.getKey().isWanted(operation, call)) {
        drawn.add(extra.getValue());
      }
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
      quotas.forEach((operation, quota) -> uses.add(quota.use(operation.id(), now)));
      extras.forEach(
          (extra, quota) ->
              uses.add(quota.use(extra.operation.id() + " with " + extra.value, now)));
    }
    return uses;
  }
}
