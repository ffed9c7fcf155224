package io.github.klaviyoexport.testkit;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/** Answers calls about lists. */
final class ListsEndpoint {
  static final String PROFILE_COUNT = "profile_count";
  static final String ADDITIONAL_FIELDS = "additional-fields[list]";
  static final Set<String> FIELDS = Set.of("created", "id", "name", "opt_in_process", "updated");

  private static final Set<String> FIELDS_OF_ONE =
      Set.of("created", "id", "name", "opt_in_process", PROFILE_COUNT, "updated");
  private static final int LISTS_PER_PAGE = 10;
  private static final Map<String, Set<String>> FILTERS =
      Map.of(
          "name", Set.of("any", "equals"),
          "id", Set.of("any", "equals"),
          "created", Set.of("greater-than"),
          "updated", Set.of("greater-than"));
  private final Account account;

  ListsEndpoint(Account account) {
    this.account = account;
  }

  Answer all(Call call) {
    Query query = new Query(call, "fields[list]", "filter", "sort", "page[size]", "page[cursor]");
    Filter filter = query.filter(FILTERS);
    Comparator<KlaviyoList> order = order(query);
    int size = query.pageSize(LISTS_PER_PAGE, LISTS_PER_PAGE);
    Fieldset fields = query.fieldset("list", FIELDS);
    List<KlaviyoList> found =
        account.lists().stream().filter(list -> matches(list, filter)).sorted(order).toList();
    int from = Math.min(query.cursor(0), found.size());
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
                  default -> list.created().isAfter(condition.time());
                });
  }

  Answer one(Call call, String id) {
    Query query = new Query(call, ADDITIONAL_FIELDS, "fields[list]");
    Fieldset fields = query.fieldset("list", FIELDS_OF_ONE);
    boolean counted = !query.choices(ADDITIONAL_FIELDS, Set.of(PROFILE_COUNT)).isEmpty();
    KlaviyoList list = account.list(id);
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
}
