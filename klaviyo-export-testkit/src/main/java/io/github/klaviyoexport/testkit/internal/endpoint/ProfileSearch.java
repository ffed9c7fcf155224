package io.github.klaviyoexport.testkit.internal.endpoint;

import io.github.klaviyoexport.testkit.Suppression;
import io.github.klaviyoexport.testkit.internal.account.Account;
import io.github.klaviyoexport.testkit.internal.account.ConsentStore;
import io.github.klaviyoexport.testkit.internal.account.KlaviyoList;
import io.github.klaviyoexport.testkit.internal.account.ProfileStore;
import io.github.klaviyoexport.testkit.internal.account.ProfileStore.Identifier;
import io.github.klaviyoexport.testkit.internal.api.Filter;
import io.github.klaviyoexport.testkit.internal.api.Filter.Condition;
import io.github.klaviyoexport.testkit.internal.api.Query;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The profiles that a call asks for, in the order that it wants; each has a rank in that order,
 * counted from 0.
 *
 * <p>In the order of creation, which is the usual one, a page is found without looking at the
 * profiles before it; for any other all are sorted, anew when a profile has changed.
 */
final class ProfileSearch {
  private static final String SUPPRESSION = "subscriptions.email.marketing.suppression.";
  private static final String REASON = SUPPRESSION + "reason";
  private static final String SUPPRESSED = SUPPRESSION + "timestamp";
  private static final String OF_LISTS = "subscriptions.email.marketing.list_suppressions.";
  private static final String OF_LISTS_REASON = OF_LISTS + "reason";
  private static final String OF_LISTS_SINCE = OF_LISTS + "timestamp";
  private static final String OF_LISTS_LIST = OF_LISTS + "list_id";
  private static final Set<String> REASONS =
      Stream.of(Suppression.values()).map(Suppression::name).collect(Collectors.toSet());
  private static final Set<String> NAMING = Set.of("any", "equals");
  private static final Set<String> BETWEEN = Set.of("greater-than", "less-than");
  private static final Set<String> RANGES =
      Set.of("greater-or-equal", "greater-than", "less-or-equal", "less-than");
  private static final Map<String, Set<String>> FILTERS =
      Map.ofEntries(
          Map.entry("id", NAMING),
          Map.entry("email", NAMING),
          Map.entry("phone_number", NAMING),
          Map.entry("external_id", NAMING),
          Map.entry("_kx", Set.of("equals")),
          Map.entry("created", BETWEEN),
          Map.entry("updated", BETWEEN),
          Map.entry(REASON, Set.of("equals")),
          Map.entry(SUPPRESSED, RANGES),
          Map.entry(OF_LISTS_REASON, Set.of("equals")),
          Map.entry(OF_LISTS_SINCE, RANGES),
          Map.entry(OF_LISTS_LIST, Set.of("equals")));
  private static final String[] SORTS = {
    "created",
    "-created",
    "email",
    "-email",
    "id",
    "-id",
    OF_LISTS_SINCE,
    "-" + OF_LISTS_SINCE,
    SUPPRESSED,
    "-" + SUPPRESSED,
    "updated",
    "-updated"
  };

  private final Account account;
  private final ProfileStore profiles;
  private final ConsentStore consents;
  private final Filter filter;
  private final int count;
  private final IntUnaryOperator numbers;

  /** A profile and the time that it is sorted by. */
  private record Timed(Instant time, int number) {}

  ProfileSearch(Account account, Query query) {
    this.account = account;
    this.profiles = account.profiles();
    this.consents = account.consents();
    this.filter = query.filter(FILTERS).allows(REASON, REASONS);
    String sort = query.sort(SORTS);
    int[] named = named();
    switch (sort.startsWith("-") ? sort.substring(1) : sort) {
      case "email" ->
          named =
              inOrder(
                  "email", named, all -> sortedByText(all, number -> text(profiles.email(number))));
      case "id" -> named = inOrder("id", named, all -> sortedByText(all, profiles::id));
      case "updated" -> named = inOrder("updated", named, all -> sorted(all, profiles::updated));
      case SUPPRESSED -> named = sorted(named, number -> earliest(suppressions(number)));
      case OF_LISTS_SINCE -> named = sorted(named, number -> earliest(listSuppressions(number)));
      default -> {
        // Profiles are numbered in the order of their creation.
      }
    }
    int[] found = named;
    this.count = found == null ? profiles.end() : found.length;
    IntUnaryOperator turn = sort.startsWith("-") ? rank -> count - 1 - rank : rank -> rank;
    this.numbers = found == null ? turn : rank -> found[turn.applyAsInt(rank)];
  }

  private static String text(@Nullable String email) {
    return email == null ? "" : email;
  }

  private Stream<Instant> suppressions(int number) {
    return consents.suppressions(number).values().stream();
  }

  private Stream<Instant> listSuppressions(int number) {
    return account.lists().stream()
        .map(list -> list.unsubscribed().get(number))
        .filter(since -> since != 0)
        .map(Instant::ofEpochMilli);
  }

  /** Returns the first of some times; profiles without one come before all others. */
  private static Instant earliest(Stream<Instant> times) {
    return times.min(Comparator.naturalOrder()).orElse(Instant.MIN);
  }

  private int[] asked(int @Nullable [] named) {
    return named == null
        ? IntStream.range(0, profiles.end()).filter(profiles::has).toArray()
        : named;
  }

  /** Returns those that are named in an order, or all, which are sorted once for all pages. */
  private int[] inOrder(
      String name, int @Nullable [] named, Function<int @Nullable [], int[]> sort) {
    return named == null ? profiles.inOrder(name, () -> sort.apply(null)) : sort.apply(named);
  }

  private int[] sortedByText(int @Nullable [] named, IntFunction<String> key) {
    int[] all = asked(named);
    // Each key is made once: some take reading the profile. A million are worth all processors.
    String[] texts = Arrays.stream(all).parallel().mapToObj(key).toArray(String[]::new);
    return Arrays.stream(TextOrder.of(texts)).map(place -> all[place]).toArray();
  }

  private int[] sorted(int @Nullable [] named, IntFunction<Instant> key) {
    return Arrays.stream(asked(named))
        .parallel()
        .mapToObj(number -> new Timed(key.apply(number), number))
        .sorted(Comparator.comparing(Timed::time))
        .mapToInt(Timed::number)
        .toArray();
  }

  /**
   * Returns the profiles that the filter names by their identifiers, in the order of creation; null
   * when it names none.
   */
  private int @Nullable [] named() {
    int[] named = null;
    for (Condition condition : filter.conditions()) {
      Function<String, Integer> lookUp = lookUp(condition.field());
      if (lookUp != null) {
        int[] those =
            condition.values().stream()
                .mapToInt(lookUp::apply)
                .filter(n -> n >= 0)
                .distinct()
                .sorted()
                .toArray();
        named =
            named == null
                ? those
                : Arrays.stream(named).filter(n -> Arrays.binarySearch(those, n) >= 0).toArray();
      }
    }
    return named;
  }

  private @Nullable Function<String, Integer> lookUp(String field) {
    return switch (field) {
      case "id" -> profiles::number;
      case "email" -> value -> profiles.find(Identifier.EMAIL, value);
      case "phone_number" -> value -> profiles.find(Identifier.PHONE, value);
      case "external_id" -> value -> profiles.find(Identifier.EXTERNAL_ID, value);
      // Klaviyo's tracking token, which no profile has here.
      case "_kx" -> value -> -1;
      default -> null;
    };
  }

  /** Returns the ranks of the profiles that the filter lets pass, from one on. */
  IntStream ranks(int first) {
    return IntStream.range(first, Math.max(first, count)).filter(rank -> passes(numberAt(rank)));
  }

  int numberAt(int rank) {
    return numbers.applyAsInt(rank);
  }

  private boolean passes(int number) {
    return profiles.has(number)
        && filter.conditions().stream().allMatch(condition -> passes(number, condition))
        && passesByLists(number);
  }

  private boolean passes(int number, Condition condition) {
    return switch (condition.field()) {
      case "created" -> condition.compares(profiles.created(number));
      case "updated" -> condition.compares(profiles.updated(number));
      case REASON ->
          consents.suppressions(number).keySet().stream()
              .anyMatch(reason -> reason.name().equals(condition.value()));
      case SUPPRESSED -> suppressions(number).anyMatch(condition::compares);
      // Identifiers have been looked at already, and lists are next.
      default -> true;
    };
  }

  /** Returns whether one list's suppression meets all that the filter says of such. */
  private boolean passesByLists(int number) {
    List<Condition> ofLists =
        filter.conditions().stream().filter(one -> one.field().startsWith(OF_LISTS)).toList();
    return ofLists.isEmpty()
        || account.lists().stream()
            .filter(list -> list.unsubscribed().get(number) != 0)
            .anyMatch(list -> ofLists.stream().allMatch(one -> passes(number, list, one)));
  }

  private static boolean passes(int number, KlaviyoList list, Condition condition) {
    return switch (condition.field()) {
      case OF_LISTS_LIST -> condition.value().equals(list.id());
      case OF_LISTS_REASON -> condition.value().equals(Suppression.UNSUBSCRIBE.name());
      default -> condition.compares(Instant.ofEpochMilli(list.unsubscribed().get(number)));
    };
  }
}
