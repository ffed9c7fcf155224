package io.github.klaviyoexport.testkit.internal.endpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.testkit.internal.account.Account;
import io.github.klaviyoexport.testkit.internal.account.ProfileStore;
import io.github.klaviyoexport.testkit.internal.api.ApiRequest;
import io.github.klaviyoexport.testkit.internal.api.ApiResponse;
import io.github.klaviyoexport.testkit.internal.api.Fieldset;
import io.github.klaviyoexport.testkit.internal.api.JsonValues;
import io.github.klaviyoexport.testkit.internal.api.Query;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Profiles as JSON:API writes them, with the fields that a call wants to see. */
final class ProfileView {
  private static final List<String> TEXTS =
      List.of(
          "email",
          "phone_number",
          "external_id",
          "first_name",
          "last_name",
          "organization",
          "locale",
          "title",
          "image");
  private static final List<String> LOCATION =
      List.of(
          "address1",
          "address2",
          "city",
          "country",
          "latitude",
          "longitude",
          "region",
          "zip",
          "timezone",
          "ip");
  private static final String JOINED = "joined_group_at";
  private static final String FIELDS_OF_PROFILE = "fields[profile]";
  private static final String ADDITIONAL_FIELDS = "additional-fields[profile]";
  private static final String SUBSCRIPTIONS = "subscriptions";

  static final Set<String> FIELDS = fields();
  static final Set<String> FIELDS_OF_MEMBER = with(FIELDS, JOINED);

  private final ApiRequest call;
  private final Account account;
  private final Fieldset fields;
  private final boolean withSubscriptions;

  private ProfileView(
      ApiRequest call, Account account, Fieldset fields, boolean withSubscriptions) {
    this.call = call;
    this.account = account;
    this.fields = fields;
    this.withSubscriptions = withSubscriptions && fields.wants(SUBSCRIPTIONS);
  }

  private static Set<String> fields() {
    Set<String> fields = new HashSet<>(TEXTS);
    fields.addAll(List.of("id", "created", "updated", "last_event_date", "location", "properties"));
    LOCATION.forEach(part -> fields.add("location." + part));
    fields.addAll(SubscriptionsView.FIELDS);
    return Set.copyOf(fields);
  }

  private static Set<String> with(Set<String> fields, String more) {
    Set<String> all = new HashSet<>(fields);
    all.add(more);
    return Set.copyOf(all);
  }

  /** Returns the parameters of a call that shows profiles, with those it takes beside. */
  static Query query(ApiRequest call, String... others) {
    List<String> known = new ArrayList<>(List.of(others));
    known.addAll(List.of(FIELDS_OF_PROFILE, ADDITIONAL_FIELDS));
    return new Query(call, known.toArray(String[]::new));
  }

  /** Reads what a call that takes no other parameters wants to see. */
  static ProfileView of(ApiRequest call, Account account) {
    return of(call, account, query(call), FIELDS);
  }

  /**
   * Reads what a call wants to see.
   *
   * @param known the fields that it can ask for
   */
  static ProfileView of(ApiRequest call, Account account, Query query, Set<String> known) {
    return new ProfileView(
        call,
        account,
        query.fieldset("profile", known),
        !query.choices(ADDITIONAL_FIELDS, Set.of(SUBSCRIPTIONS)).isEmpty());
  }

  /** Answers with a document of one profile. */
  ApiResponse document(int status, int number) {
    return ApiResponse.document(status, call, resource(number));
  }

  /** Writes a profile by itself. */
  ObjectNode resource(int number) {
    return resource(number, attributes(number));
  }

  /** Writes a profile as the member of a list, which it joined at that time. */
  ObjectNode member(int number, Instant joinedAt) {
    return resource(number, attributes(number).put(JOINED, JsonValues.timestamp(joinedAt)));
  }

  private ObjectNode resource(int number, ObjectNode attributes) {
    String id = account.profiles().id(number);
    String self = call.origin() + "/api/profiles/" + id + "/";
    ObjectNode resource = identifier(id);
    resource.set("attributes", fields.keepWanted(attributes));
    if (!fields.isSparse()) {
      ObjectNode relationships = resource.putObject("relationships");
      JsonValues.link(relationships, "lists", self);
      JsonValues.none(relationships, "segments", "push-tokens");
    }
    resource.putObject("links").put("self", self);
    return resource;
  }

  private ObjectNode attributes(int number) {
    ProfileStore profiles = account.profiles();
    ObjectNode stored = profiles.attributes(number);
    ObjectNode attributes = JsonValues.object();
    TEXTS.forEach(name -> copy(stored, name, attributes));
    attributes
        .put("created", JsonValues.timestamp(profiles.created(number)))
        .put("updated", JsonValues.timestamp(profiles.updated(number)))
        .putNull("last_event_date");
    ObjectNode location = attributes.putObject("location");
    LOCATION.forEach(name -> copy(stored.path("location"), name, location));
    attributes.set("properties", stored.withObject("/properties"));
    if (withSubscriptions) {
      attributes.set(SUBSCRIPTIONS, SubscriptionsView.of(account, number));
    }
    return attributes;
  }

  private static void copy(JsonNode from, String name, ObjectNode to) {
    if (from.has(name)) {
      to.set(name, from.get(name));
    } else {
      to.putNull(name);
    }
  }

  /** Returns a profile's type and id only. */
  static ObjectNode identifier(String id) {
    return JsonValues.object().put("type", "profile").put("id", id);
  }
}
