package io.github.klaviyoexport.testkit.internal.endpoint;

import io.github.klaviyoexport.testkit.Suppression;
import io.github.klaviyoexport.testkit.internal.account.Account;
import io.github.klaviyoexport.testkit.internal.account.ConsentStore;
import io.github.klaviyoexport.testkit.internal.account.ProfileStore;
import io.github.klaviyoexport.testkit.internal.account.ProfileStore.Identifier;
import io.github.klaviyoexport.testkit.internal.api.Filter;
import io.github.klaviyoexport.testkit.internal.api.Filter.Condition;
import io.github.klaviyoexport.testkit.internal.api.Query;
import java.util.Arrays;
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
 * profiles before it; for any other all are sorted anew.
 */
final class ProfileSearch {
  private static final String REASON = "subscriptions.email.marketing.suppression.reason";
  private static final String SUPPRESSED = "subscriptions.email.marketing.suppression.timestamp";
  private static final Set<String> REASONS =
      Stream.of(Suppression.values()).map(Suppression::name).collect(Collectors.toSet());
  private static final Map<String, Set<String>> FILTERS =
      Map.of(
          "id",
          Set.of("any", "equals"),
          "email",
          Set.of("any", "equals"),
          "phone_number",
          Set.of("any", "equals"),
          "external_id",
          Set.of("any", "equals"),
          "created",
          Set.of("greater-than", "less-than"),
          "updated",
          Set.of("greater-than", "less-than"),
          REASON,
          Set.of("equals"),
          SUPPRESSED,
          Set.of("greater-or-equal", "greater-than", "less-or-equal", "less-than"));

  private final ProfileStore profiles;
  private final ConsentStore consents;
  private final Filter filter;
  private final int count;
  private final IntUnaryOperator numbers;

  ProfileSearch(Account account, Query query) {
    this.profiles = account.profiles();
    this.consents = account.consents();
    this.filter = query.filter(FILTERS).allows(REASON, REASONS);
    String sort =
        query.sort("created", "-created", "email", "-email", "id", "-id", "updated", "-updated");
    int[] named = named();
    switch (sort.replace("-", "")) {
      case "email" -> named = sorted(named, number -> text(profiles.email(number)));
      case "id" -> named = sorted(named, profiles::id);
      case "updated" -> named = sorted(named, profiles::updated);
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

  private <K extends Comparable<K>> int[] sorted(int @Nullable [] named, IntFunction<K> key) {
    IntStream all =
        named == null
            ? IntStream.range(0, profiles.end()).filter(profiles::has)
            : Arrays.stream(named);
    // Each key is made once: some take reading the profile.
    return all.mapToObj(number -> Map.entry(key.apply(number), number))
        .sorted(Map.Entry.comparingByKey())
        .mapToInt(Map.Entry::getValue)
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
        && filter.conditions().stream().allMatch(condition -> passes(number, condition));
  }

  private boolean passes(int number, Condition condition) {
    return switch (condition.field()) {
      case "created" -> condition.compares(profiles.created(number));
      case "updated" -> condition.compares(profiles.updated(number));
      case REASON ->
          consents.suppressions(number).keySet().stream()
              .anyMatch(reason -> reason.name().equals(condition.value()));
      case SUPPRESSED ->
          consents.suppressions(number).values().stream().anyMatch(condition::compares);
      // Identifiers have been looked at already.
      default -> true;
    };
  }
}
