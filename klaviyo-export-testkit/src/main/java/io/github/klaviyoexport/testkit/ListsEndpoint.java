package io.github.klaviyoexport.testkit;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.testkit.ProfileStore.Identifier;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import java.util.function.LongPredicate;
import java.util.stream.IntStream;

/** Answers calls about lists and their members. */
final class ListsEndpoint {
  static final String PROFILE_COUNT = "profile_count";
  static final String ADDITIONAL_FIELDS = "additional-fields[list]";
  static final Set<String> FIELDS = Set.of("created", "id", "name", "opt_in_process", "updated");

  private static final Set<String> FIELDS_OF_ONE =
      Set.of("created", "id", "name", "opt_in_process", PROFILE_COUNT, "updated");
  private static final String JOINED = "joined_group_at";
  private static final int LISTS_PER_PAGE = 10;
  private static final Map<String, Set<String>> LIST_FILTERS =
      Map.of(
          "name", Set.of("any", "equals"),
          "id", Set.of("any", "equals"),
          "created", Set.of("greater-than"),
          "updated", Set.of("greater-than"));
  private static final Map<String, Set<String>> MEMBER_FILTERS =
      Map.of(
          "email",
          Set.of("any", "equals"),
          "phone_number",
          Set.of("any", "equals"),
          JOINED,
          Set.of("greater-or-equal", "greater-than", "less-or-equal", "less-than"));

  private final Account account;

  ListsEndpoint(Account account) {
    this.account = account;
  }

  Answer all(Call call) {
    Query query = new Query(call, "fields[list]", "filter", "sort", "page[size]", "page[cursor]");
    Filter filter = query.filter(LIST_FILTERS);
    Comparator<KlaviyoList> order = order(query);
    int size = query.pageSize(LISTS_PER_PAGE, LISTS_PER_PAGE);
    Fieldset fields = query.fieldset("list", FIELDS);
    List<KlaviyoList> found =
        account.lists().stream().filter(list -> matches(list, filter)).sorted(order).toList();
    int from = Math.min(query.cursor(), found.size());
    int to = Math.min(from + size, found.size());
    ObjectNode body = Json.object();
    ArrayNode data = body.putArray("data");
    found.subList(from, to).forEach(list -> data.add(resource(call, list, fields)));
    body.set("links", query.links(to < found.size() ? OptionalInt.of(to) : OptionalInt.empty()));
    return Answer.json(200, body);
  }

  private static Comparator<KlaviyoList> order(Query query) {
    String sort =
        query.sort("created", "-created", "id", "-id", "name", "-name", "updated", "-updated");
    Comparator<KlaviyoList> order =
        switch (sort.replace("-", "")) {
          case "id" -> Comparator.comparing(KlaviyoList::id);
          case "name" -> Comparator.comparing(KlaviyoList::name);
          default -> Comparator.comparing(KlaviyoList::created);
        };
    return sort.startsWith("-") ? order.reversed() : order;
  }

  private static boolean matches(KlaviyoList list, Filter filter) {
    return filter.conditions().stream()
        .allMatch(
            condition ->
                switch (condition.field()) {
                  case "name" -> condition.values().contains(list.name());
                  case "id" -> condition.values().contains(list.id());
                  default -> list.created().isAfter(time(condition));
                });
  }

  private static Instant time(Filter.Condition condition) {
    try {
      return Json.instant(condition.value());
    } catch (DateTimeParseException malformed) {
      throw Refusal.invalidParameter(
          "filter", "'" + condition.field() + "' is compared with a time in ISO 8601 form.");
    }
  }

  Answer one(Call call, String id) {
    Query query = new Query(call, ADDITIONAL_FIELDS, "fields[list]");
    Fieldset fields = query.fieldset("list", FIELDS_OF_ONE);
    boolean counted = !query.choices(ADDITIONAL_FIELDS, Set.of(PROFILE_COUNT)).isEmpty();
    KlaviyoList list = found(id);
    ObjectNode data = resource(call, list, fields);
    if (counted && fields.wants(PROFILE_COUNT)) {
      ((ObjectNode) data.get("attributes")).put(PROFILE_COUNT, list.members().size());
    }
    ObjectNode body = Json.object();
    body.set("data", data);
    body.set("links", Json.object().put("self", call.url()));
    return Answer.json(200, body);
  }

  /** A list as JSON:API writes it, its {@code links.self} with the slash that Klaviyo's has. */
  static ObjectNode resource(Call call, KlaviyoList list, Fieldset fields) {
    String self = call.origin() + "/api/lists/" + list.id() + "/";
    String created = Json.timestamp(list.created());
    ObjectNode resource = Json.object();
    resource.put("type", "list").put("id", list.id());
    ObjectNode attributes = resource.putObject("attributes");
    attributes
        .put("name", list.name())
        .put("created", created)
        .put("updated", created)
        .put("opt_in_process", "single_opt_in");
    fields.keepWanted(attributes);
    resource
        .putObject("relationships")
        .putObject("profiles")
        .putObject("links")
        .put("self", self + "relationships/profiles/")
        .put("related", self + "profiles/");
    resource.putObject("links").put("self", self);
    return resource;
  }

  Answer members(Call call, String id) {
    Query query =
        new Query(call, "fields[profile]", "filter", "sort", "page[size]", "page[cursor]");
    Fieldset fields = query.fieldset("profile", ProfileResource.FIELDS_OF_MEMBER);
    KlaviyoList list = found(id);
    return page(
        query,
        list,
        position ->
            ProfileResource.of(
                call,
                account.profiles(),
                list.members().numberAt(position),
                list.members().joinedAt(position),
                fields));
  }

  Answer memberIds(Call call, String id) {
    Query query = new Query(call, "filter", "sort", "page[size]", "page[cursor]");
    KlaviyoList list = found(id);
    return page(
        query,
        list,
        position ->
            ProfileResource.identifier(account.profiles().id(list.members().numberAt(position))));
  }

  private Answer page(Query query, KlaviyoList list, IntFunction<ObjectNode> resource) {
    Members members = list.members();
    boolean descending = query.sort("joined_group_at", "-joined_group_at").startsWith("-");
    // A rank is a place in the order asked for; turning one gives the position, and back.
    IntUnaryOperator turn = descending ? rank -> members.size() - 1 - rank : rank -> rank;
    int size = query.pageSize(20, 100);
    // One more than fit tells that a page follows.
    int[] ranks =
        ranks(members, query.filter(MEMBER_FILTERS), turn, query.cursor())
            .limit(size + 1L)
            .toArray();
    ObjectNode body = Json.object();
    ArrayNode data = body.putArray("data");
    Arrays.stream(ranks).limit(size).map(turn).mapToObj(resource).forEach(data::add);
    body.set(
        "links",
        query.links(ranks.length > size ? OptionalInt.of(ranks[size]) : OptionalInt.empty()));
    return Answer.json(200, body);
  }

  private IntStream ranks(Members members, Filter filter, IntUnaryOperator turn, int start) {
    IntStream ranks = IntStream.range(start, Math.max(start, members.size()));
    boolean named = false;
    for (Filter.Condition condition : filter.conditions()) {
      if (!condition.field().equals(JOINED)) {
        int[] ofThose =
            named(members, condition).map(turn).filter(r -> r >= start).sorted().toArray();
        ranks =
            named
                ? ranks.filter(rank -> Arrays.binarySearch(ofThose, rank) >= 0)
                : Arrays.stream(ofThose);
        named = true;
      }
    }
    for (Filter.Condition condition : filter.conditions()) {
      if (condition.field().equals(JOINED)) {
        LongPredicate joined = joined(condition);
        ranks = ranks.filter(rank -> joined.test(members.joinedAt(turn.applyAsInt(rank))));
      }
    }
    return ranks;
  }

  /** The positions of the members that a condition names by an identifier. */
  private IntStream named(Members members, Filter.Condition condition) {
    Identifier identifier = condition.field().equals("email") ? Identifier.EMAIL : Identifier.PHONE;
    return condition.values().stream()
        .mapToInt(value -> account.profiles().find(identifier, value))
        .filter(number -> number >= 0)
        .map(members::position)
        .filter(position -> position >= 0)
        .distinct();
  }

  private static LongPredicate joined(Filter.Condition condition) {
    long bound = time(condition).toEpochMilli();
    return switch (condition.operator()) {
      case "greater-than" -> at -> at > bound;
      case "greater-or-equal" -> at -> at >= bound;
      case "less-than" -> at -> at < bound;
      default -> at -> at <= bound;
    };
  }

  private KlaviyoList found(String id) {
    KlaviyoList list = account.findList(id);
    if (list == null) {
      throw Refusal.notFound("A list with id `" + id + "` does not exist.");
    }
    return list;
  }
}
