package io.github.klaviyoexport.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Profiles as JSON:API writes them. */
final class ProfileResource {
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
  private static final long NOT_A_MEMBER = Long.MIN_VALUE;

  static final Set<String> FIELDS = fields();
  static final Set<String> FIELDS_OF_MEMBER = with(FIELDS, JOINED);

  private ProfileResource() {}

  private static Set<String> fields() {
    Set<String> fields = new HashSet<>(TEXTS);
    fields.addAll(List.of("id", "created", "updated", "last_event_date", "location", "properties"));
    LOCATION.forEach(part -> fields.add("location." + part));
    return Set.copyOf(fields);
  }

  private static Set<String> with(Set<String> fields, String more) {
    Set<String> all = new HashSet<>(fields);
    all.add(more);
    return Set.copyOf(all);
  }

  /** A profile by itself. */
  static ObjectNode of(Call call, ProfileStore profiles, int number, Fieldset fields) {
    return of(call, profiles, number, NOT_A_MEMBER, fields);
  }

  /** A profile as the member of a list, which it joined at that time. */
  static ObjectNode of(
      Call call, ProfileStore profiles, int number, long joinedAt, Fieldset fields) {
    ObjectNode resource = identifier(profiles.id(number));
    resource.set("attributes", attributes(profiles, number, joinedAt, fields));
    resource
        .putObject("links")
        .put("self", call.origin() + "/api/profiles/" + profiles.id(number) + "/");
    return resource;
  }

  private static ObjectNode attributes(
      ProfileStore profiles, int number, long joinedAt, Fieldset fields) {
    ObjectNode stored = profiles.attributes(number);
    ObjectNode attributes = Json.object();
    TEXTS.forEach(name -> copy(stored, name, attributes));
    attributes
        .put("created", timestamp(profiles.created(number)))
        .put("updated", timestamp(profiles.updated(number)))
        .putNull("last_event_date");
    ObjectNode location = attributes.putObject("location");
    LOCATION.forEach(name -> copy(stored.path("location"), name, location));
    attributes.set("properties", stored.withObject("/properties"));
    if (joinedAt != NOT_A_MEMBER) {
      attributes.put(JOINED, timestamp(joinedAt));
    }
    return fields.keepWanted(attributes);
  }

  private static void copy(JsonNode from, String name, ObjectNode to) {
    if (from.has(name)) {
      to.set(name, from.get(name));
    } else {
      to.putNull(name);
    }
  }

  private static String timestamp(long epochMillis) {
    return Json.timestamp(Instant.ofEpochMilli(epochMillis));
  }

  /** A profile's type and id only. */
  static ObjectNode identifier(String id) {
    return Json.object().put("type", "profile").put("id", id);
  }
}
