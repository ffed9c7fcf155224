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

/** Answers calls that find and read profiles. */
public final class ProfilesEndpoint {
  private static final String FIELDS_OF_LIST = "fields[list]";

  private final Account account;

  /** Opens the profiles of an account to calls. */
  public ProfilesEndpoint(Account account) {
    this.account = account;
  }

  /** Lists profiles. */
  public ApiResponse all(ApiRequest call) {
    Query query = ProfileView.query(call, "filter", "sort", "page[size]", "page[cursor]");
    ProfileView view = ProfileView.of(call, account, query, ProfileView.FIELDS);
    int size = query.pageSize(20, 100);
    ProfileSearch search = new ProfileSearch(account, query);
    // One more than fit tells that a page follows.
    int[] ranks = search.ranks(query.cursor(0)).limit(size + 1L).toArray();
    ObjectNode body = JsonValues.object();
    ArrayNode data = body.putArray("data");
    Arrays.stream(ranks)
        .limit(size)
        .forEach(rank -> data.add(view.resource(search.numberAt(rank))));
    body.set(
        "links",
        query.links(ranks.length > size ? OptionalInt.of(ranks[size]) : OptionalInt.empty()));
    return ApiResponse.json(200, body);
  }

  /** Shows a profile. */
  public ApiResponse one(ApiRequest call, String id) {
    Query query = ProfileView.query(call, FIELDS_OF_LIST, "include");
    ProfileView view = ProfileView.of(call, account, query, ProfileView.FIELDS);
    Fieldset listFields = query.fieldset("list", ListsEndpoint.FIELDS);
    boolean withLists = query.includes("lists");
    int number = account.profile(id);
    ObjectNode data = view.resource(number);
    ObjectNode body = JsonValues.object();
    body.set("data", data);
    if (withLists) {
      ArrayNode ids = data.withObject("/relationships/lists").putArray("data");
      ArrayNode included = body.putArray("included");
      for (KlaviyoList list : account.listsOf(number)) {
        ids.add(ListsEndpoint.identifier(list));
        included.add(ListsEndpoint.resource(call, list, listFields));
      }
    }
    body.putObject("links").put("self", call.url());
    return ApiResponse.json(200, body);
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
