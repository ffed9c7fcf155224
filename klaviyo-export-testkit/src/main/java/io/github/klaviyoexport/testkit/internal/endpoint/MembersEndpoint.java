package io.github.klaviyoexport.testkit.internal.endpoint;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.testkit.internal.account.Account;
import io.github.klaviyoexport.testkit.internal.account.Members;
import io.github.klaviyoexport.testkit.internal.account.ProfileStore.Identifier;
import io.github.klaviyoexport.testkit.internal.account.Settings;
import io.github.klaviyoexport.testkit.internal.api.ApiErrorException;
import io.github.klaviyoexport.testkit.internal.api.ApiRequest;
import io.github.klaviyoexport.testkit.internal.api.ApiResponse;
import io.github.klaviyoexport.testkit.internal.api.Filter;
import io.github.klaviyoexport.testkit.internal.api.JsonValues;
import io.github.klaviyoexport.testkit.internal.api.Query;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** Answers calls about the members of a list. */
public final class MembersEndpoint {
  static final int MOST_PER_CALL = 1_000;

  private static final String JOINED = "joined_group_at";
  private static final Map<String, Set<String>> FILTERS =
      Map.of(
          "email",
          Set.of("any", "equals"),
          "phone_number",
          Set.of("any", "equals"),
          "push_token",
          Set.of("any", "equals"),
          "_kx",
          Set.of("equals"),
          JOINED,
          Set.of("greater-or-equal", "greater-than", "less-or-equal", "less-than"));

  private final Account account;
  private final Settings settings;

  /** Opens the members of lists to calls. */
  public MembersEndpoint(Account account, Settings settings) {
    this.account = account;
    this.settings = settings;
  }

  /** Lists the members of a list. */
  public ApiResponse all(ApiRequest call, String listId) {
    Query query = ProfileView.query(call, "filter", "sort", "page[size]", "page[cursor]");
    ProfileView view = ProfileView.of(call, account, query, ProfileView.FIELDS_OF_MEMBER);
    Members members = account.list(listId).members();
    return page(
        query, members, place -> view.member(members.numberAt(place), members.joinedAt(place)));
  }

  /** Lists the ids of the members of a list. */
  public ApiResponse ids(ApiRequest call, String listId) {
    Query query = new Query(call, "filter", "sort", "page[size]", "page[cursor]");
    Members members = account.list(listId).members();
    return page(
        query,
        members,
        place -> ProfileView.identifier(account.profiles().id(members.numberAt(place))));
  }

  /** Adds profiles to a list. */
  public ApiResponse add(ApiRequest call, String listId) {
    new Query(call);
    Members members = account.list(listId).members();
    Instant now = account.now();
    named(call, number -> true).forEach(number -> members.add(number, now));
    return ApiResponse.EMPTY;
  }

  /** Removes profiles from a list. */
  public ApiResponse remove(ApiRequest call, String listId) {
    new Query(call);
    Members members = account.list(listId).members();
    named(call, number -> members.place(number) >= 0).forEach(members::remove);
    return ApiResponse.EMPTY;
  }

  /** Returns the profiles that a body names, without those that are unknown or not meant. */
  private IntStream named(ApiRequest call, IntPredicate meant) {
    RequestBody body = RequestBody.of(call);
    List<String> ids = body.ids("/data", "profile", MOST_PER_CALL);
    body.refuseProblems();
    int[] numbers = ids.stream().mapToInt(account.profiles()::number).toArray();
    IntPredicate known = number -> number >= 0 && meant.test(number);
    for (int i = 0; settings.refusesStrangers() && i < numbers.length; i++) {
      if (!known.test(numbers[i])) {
        throw ApiErrorException.notFound("A profile with id `" + ids.get(i) + "` does not exist.");
      }
    }
    return Arrays.stream(numbers).filter(known);
  }

  private ApiResponse page(Query query, Members members, IntFunction<ObjectNode> resource) {
    boolean backwards = query.sort(JOINED, "-" + JOINED).startsWith("-");
    int size = query.pageSize(20, 100);
    int first = query.cursor(backwards ? Integer.MAX_VALUE : 0);
    // One more than fit tells that a page follows.
    int[] places =
        shown(members, places(members, query.filter(FILTERS), first, backwards))
            .limit(size + 1L)
            .toArray();
    ObjectNode body = JsonValues.object();
    ArrayNode data = body.putArray("data");
    Arrays.stream(places).limit(size).mapToObj(resource).forEach(data::add);
    body.set(
        "links",
        query.links(places.length > size ? OptionalInt.of(places[size]) : OptionalInt.empty()));
    return ApiResponse.json(200, body);
  }

  /** Returns those of the places whose members joined long enough ago to be shown. */
  private IntStream shown(Members members, IntStream places) {
    if (settings.membersShowAfter().isZero()) {
      return places;
    }
    Instant newest = account.now().minus(settings.membersShowAfter());
    return places.filter(place -> !members.joinedAt(place).isAfter(newest));
  }

  private IntStream places(Members members, Filter filter, int first, boolean backwards) {
    // Nobody but those who joined in time and are named is looked at, so that finding a few in a
    // million is quick.
    int from = backwards ? 0 : first;
    int to = backwards && first < Integer.MAX_VALUE ? first + 1 : Integer.MAX_VALUE;
    int[] named = null;
    for (Filter.Condition condition : filter.conditions()) {
      if (condition.field().equals(JOINED)) {
        int bound = members.firstJoined(boundary(condition));
        from = condition.operator().startsWith("greater") ? Math.max(from, bound) : from;
        to = condition.operator().startsWith("less") ? Math.min(to, bound) : to;
      } else {
        int[] those = named(members, condition);
        named =
            named == null
                ? those
                : Arrays.stream(named)
                    .filter(place -> Arrays.binarySearch(those, place) >= 0)
                    .toArray();
      }
    }
    if (named == null) {
      return backwards ? members.backwards(from, to) : members.between(from, to);
    }
    int begin = from;
    int end = to;
    int[] found = Arrays.stream(named).filter(place -> place >= begin && place < end).toArray();
    return IntStream.range(0, found.length).map(i -> found[backwards ? found.length - 1 - i : i]);
  }

  /**
   * Returns the moment from which on a condition on the time of joining holds, or holds no more.
   */
  private static Instant boundary(Filter.Condition condition) {
    return switch (condition.operator()) {
      case "greater-than", "less-or-equal" -> condition.time().plusNanos(1);
      default -> condition.time();
    };
  }

  /**
   * Returns the places of the members that a condition names by an identifier, in order: none by
   * tokens, which no member has here.
   */
  private int[] named(Members members, Filter.Condition condition) {
    Identifier identifier =
        switch (condition.field()) {
          case "email" -> Identifier.EMAIL;
          case "phone_number" -> Identifier.PHONE;
          default -> null;
        };
    if (identifier == null) {
      return new int[0];
    }
    return condition.values().stream()
        .mapToInt(value -> account.profiles().find(identifier, value))
        .filter(number -> number >= 0)
        .map(members::place)
        .filter(place -> place >= 0)
        .distinct()
        .sorted()
        .toArray();
  }
}
