package io.github.klaviyoexport.testkit.internal.endpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.testkit.internal.account.Account;
import io.github.klaviyoexport.testkit.internal.account.KlaviyoList;
import io.github.klaviyoexport.testkit.internal.account.KlaviyoList.OptIn;
import io.github.klaviyoexport.testkit.internal.account.Settings;
import io.github.klaviyoexport.testkit.internal.api.ApiRequest;
import io.github.klaviyoexport.testkit.internal.api.ApiResponse;
import io.github.klaviyoexport.testkit.internal.api.Fieldset;
import io.github.klaviyoexport.testkit.internal.api.Filter;
import io.github.klaviyoexport.testkit.internal.api.JsonValues;
import io.github.klaviyoexport.testkit.internal.api.Query;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Answers calls about lists. */
public final class ListsEndpoint {
  static final String PROFILE_COUNT = "profile_count";
  public static final String ADDITIONAL_FIELDS = "additional-fields[list]";
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
  private static final String TYPE = "list";
  private static final String FIELDS_OF_LIST = "fields[list]";
  private static final Set<String> CHANGEABLE = Set.of("name", "opt_in_process");
  private static final String NAME = "/data/attributes/name";
  private static final String OPT_IN = "/data/attributes/opt_in_process";

  private final Account account;
  private final Settings settings;

  /** Opens the lists of an account to calls. */
  public ListsEndpoint(Account account, Settings settings) {
    this.account = account;
    this.settings = settings;
  }

  /** Lists the lists. */
  public ApiResponse all(ApiRequest call) {
    Query query = query(call, "filter", "sort", "page[size]", "page[cursor]");
    boolean including = includes(query);
    Filter filter = query.filter(FILTERS);
    Comparator<KlaviyoList> order = order(query);
    int size = query.pageSize(LISTS_PER_PAGE, LISTS_PER_PAGE);
    Fieldset fields = query.fieldset(TYPE, FIELDS);
    List<KlaviyoList> found =
        account.lists().stream().filter(list -> matches(list, filter)).sorted(order).toList();
    return query.page(
        found.size(), size, including, index -> resource(call, found.get(index), fields));
  }

  /** Returns the parameters of a call that shows lists, with those it takes beside. */
  private static Query query(ApiRequest call, String... others) {
    return new Query(
        call,
        Stream.concat(
                Stream.of(others),
                Stream.of(FIELDS_OF_LIST, "fields[flow]", "fields[tag]", "include"))
            .toArray(String[]::new));
  }

  /** Returns whether related resources are to come along, of which there are none. */
  private static boolean includes(Query query) {
    AbsentResources.check(query, "flow", "tag");
    return !query.choices("include", Set.of("flow-triggers", "tags")).isEmpty();
  }

  private static Comparator<KlaviyoList> order(Query query) {
    String sort =
        query.sort("created", "-created", "id", "-id", "name", "-name", "updated", "-updated");
    Comparator<KlaviyoList> order =
        switch (sort.replace("-", "")) {
          case "id" -> Comparator.comparing(KlaviyoList::id);
          case "name" -> Comparator.comparing(KlaviyoList::name);
          case "updated" -> Comparator.comparing(KlaviyoList::updated);
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
                  case "created" -> list.created().isAfter(condition.time());
                  default -> list.updated().isAfter(condition.time());
                });
  }

  /** Shows a list. */
  public ApiResponse one(ApiRequest call, String id) {
    Query query = query(call, ADDITIONAL_FIELDS);
    boolean including = includes(query);
    Fieldset fields = query.fieldset(TYPE, FIELDS_OF_ONE);
    boolean counted = !query.choices(ADDITIONAL_FIELDS, Set.of(PROFILE_COUNT)).isEmpty();
    KlaviyoList list = account.list(id);
    ObjectNode data = resource(call, list, fields);
    if (counted && fields.wants(PROFILE_COUNT)) {
      ((ObjectNode) data.get("attributes")).put(PROFILE_COUNT, account.toldMembers(list));
    }
    return ApiResponse.document(
        200, call, data, including ? JsonValues.object().arrayNode() : null);
  }

  /** Makes a list. */
  public ApiResponse create(ApiRequest call) {
    Fieldset fields = new Query(call, FIELDS_OF_LIST).fieldset(TYPE, FIELDS);
    RequestBody body = RequestBody.of(call, TYPE);
    body.fields("/data/attributes", TYPE, CHANGEABLE);
    String name = body.requiredText(NAME);
    OptIn optIn = optIn(body, settings.optIn());
    body.refuseProblems();
    return ApiResponse.document(201, call, resource(call, account.addList(name, optIn), fields));
  }

  /** Changes a list. */
  public ApiResponse update(ApiRequest call, String id) {
    Fieldset fields = new Query(call, FIELDS_OF_LIST).fieldset(TYPE, FIELDS);
    KlaviyoList list = account.list(id);
    RequestBody body = RequestBody.of(call, TYPE);
    body.fields("/data/attributes", TYPE, CHANGEABLE);
    if (!body.id("/data", TYPE).equals(id)) {
      body.problem("/data/id", "The id must be that of the path.");
    }
    String name = body.has(NAME) ? body.requiredText(NAME) : list.name();
    OptIn optIn = optIn(body, list.optIn());
    body.refuseProblems();
    list.change(name, optIn, account.now());
    return ApiResponse.document(200, call, resource(call, list, fields));
  }

  private static OptIn optIn(RequestBody body, OptIn otherwise) {
    String wanted = body.text(OPT_IN);
    if (wanted == null) {
      return otherwise;
    }
    for (OptIn optIn : OptIn.values()) {
      if (optIn.text().equals(wanted)) {
        return optIn;
      }
    }
    body.problem(OPT_IN, "'" + wanted + "' is not a valid opt-in process.");
    return otherwise;
  }

  /** Deletes a list. */
  public ApiResponse delete(ApiRequest call, String id) {
    new Query(call);
    account.delete(account.list(id));
    return ApiResponse.EMPTY;
  }

  /** Answers a call about the lists that something is related to; they come on one page. */
  static ApiResponse related(ApiRequest call, Supplier<List<KlaviyoList>> lists) {
    Query query = new Query(call, FIELDS_OF_LIST);
    Fieldset fields = query.fieldset(TYPE, FIELDS);
    List<KlaviyoList> all = lists.get();
    return query.page(
        all.size(), Integer.MAX_VALUE, index -> resource(call, all.get(index), fields));
  }

  /**
   * Answers a call about the ids of the lists that something is related to; they come on one page.
   */
  static ApiResponse relatedIds(ApiRequest call, Supplier<List<KlaviyoList>> lists) {
    Query query = new Query(call);
    List<KlaviyoList> all = lists.get();
    return query.page(all.size(), Integer.MAX_VALUE, index -> identifier(all.get(index)));
  }

  /** Returns a list's type and id only. */
  static ObjectNode identifier(KlaviyoList list) {
    return JsonValues.object().put("type", TYPE).put("id", list.id());
  }

  /**
   * Returns a list as JSON:API writes it, its {@code links.self} with the slash that Klaviyo's has.
   */
  static ObjectNode resource(ApiRequest call, KlaviyoList list, Fieldset fields) {
    String self = call.origin() + "/api/lists/" + list.id() + "/";
    ObjectNode resource = identifier(list);
    ObjectNode attributes = resource.putObject("attributes");
    attributes
        .put("name", list.name())
        .put("created", JsonValues.timestamp(list.created()))
        .put("updated", JsonValues.timestamp(list.updated()))
        .put("opt_in_process", list.optIn().text());
    fields.keepWanted(attributes);
    if (!fields.isSparse()) {
      ObjectNode relationships = resource.putObject("relationships");
      JsonValues.link(relationships, "profiles", self);
      JsonValues.none(relationships, "tags", "flow-triggers");
    }
    resource.putObject("links").put("self", self);
    return resource;
  }
}
