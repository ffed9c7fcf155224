package io.github.klaviyoexport.testkit.internal.endpoint;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.testkit.internal.account.Account;
import io.github.klaviyoexport.testkit.internal.account.KlaviyoList;
import io.github.klaviyoexport.testkit.internal.api.ApiRequest;
import io.github.klaviyoexport.testkit.internal.api.ApiResponse;
import io.github.klaviyoexport.testkit.internal.api.Fieldset;
import io.github.klaviyoexport.testkit.internal.api.JsonValues;
import io.github.klaviyoexport.testkit.internal.api.Query;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.Set;

/** Answers calls that find and read profiles. */
public final class ProfilesEndpoint {
  private static final String FIELDS_OF_LIST = "fields[list]";
  private static final String CONVERSATIONS = "conversations";

  private final Account account;

  /** Opens the profiles of an account to calls. */
  public ProfilesEndpoint(Account account) {
    this.account = account;
  }

  /** Lists profiles. */
  public ApiResponse all(ApiRequest call) {
    Query query =
        ProfileView.query(
            call,
            "fields[conversation]",
            "fields[push-token]",
            "filter",
            "include",
            "page[cursor]",
            "page[size]",
            "sort");
    AbsentResources.check(query, "conversation", "push-token");
    Set<String> include = query.choices("include", Set.of(CONVERSATIONS, "push-tokens"));
    ProfileView view = ProfileView.of(call, account, query, ProfileView.FIELDS);
    int size = query.pageSize(20, 100);
    ProfileSearch search = new ProfileSearch(account, query);
    // One more than fit tells that a page follows.
    int[] ranks = search.ranks(query.cursor(0)).limit(size + 1L).toArray();
    ObjectNode body = JsonValues.object();
    ArrayNode data = body.putArray("data");
    Arrays.stream(ranks)
        .limit(size)
        .mapToObj(rank -> view.resource(search.numberAt(rank)))
        .map(profile -> related(profile, include))
        .forEach(data::add);
    if (!include.isEmpty()) {
      body.putArray("included");
    }
    body.set(
        "links",
        query.links(ranks.length > size ? OptionalInt.of(ranks[size]) : OptionalInt.empty()));
    return ApiResponse.json(200, body);
  }

  /** Adds to a profile what it says of related resources only where they are asked for. */
  private static ObjectNode related(ObjectNode profile, Set<String> include) {
    if (include.contains(CONVERSATIONS)) {
      JsonValues.none(profile.withObject("/relationships"), CONVERSATIONS);
    }
    return profile;
  }

  /** Shows a profile. */
  public ApiResponse one(ApiRequest call, String id) {
    Query query =
        ProfileView.query(
            call,
            "fields[conversation]",
            FIELDS_OF_LIST,
            "fields[push-token]",
            "fields[segment]",
            "include");
    AbsentResources.check(query, "conversation", "push-token", "segment");
    ProfileView view = ProfileView.of(call, account, query, ProfileView.FIELDS);
    Fieldset listFields = query.fieldset("list", ListsEndpoint.FIELDS);
    Set<String> include =
        query.choices("include", Set.of(CONVERSATIONS, "lists", "push-tokens", "segments"));
    int number = account.profile(id);
    ObjectNode data = related(view.resource(number), include);
    ArrayNode included = include.isEmpty() ? null : JsonValues.object().arrayNode();
    if (included != null && include.contains("lists")) {
      ArrayNode ids = data.withObject("/relationships/lists").putArray("data");
      for (KlaviyoList list : account.listsOf(number)) {
        ids.add(ListsEndpoint.identifier(list));
        included.add(ListsEndpoint.resource(call, list, listFields));
      }
    }
    return ApiResponse.document(200, call, data, included);
  }

  /** Lists the lists of a profile. */
  public ApiResponse lists(ApiRequest call, String id) {
    return ListsEndpoint.related(call, () -> account.listsOf(account.profile(id)));
  }

  /** Lists the ids of the lists of a profile. */
  public ApiResponse listIds(ApiRequest call, String id) {
    return ListsEndpoint.relatedIds(call, () -> account.listsOf(account.profile(id)));
  }
}
