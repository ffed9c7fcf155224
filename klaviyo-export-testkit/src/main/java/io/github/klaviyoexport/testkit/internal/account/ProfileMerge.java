package io.github.klaviyoexport.testkit.internal.account;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/** How a profile that was sent changes the one that is there. */
final class ProfileMerge {
  private static final String LOCATION = "location";
  private static final String PROPERTIES = "properties";

  private ProfileMerge() {}

  /**
   * Changes a profile's attributes: what is given replaces, what is omitted stays. Location and
   * properties are merged field by field.
   *
   * @param profile the profile that was sent: attributes, and meta with its patches
   * @param nullsClear whether null takes a field away, or changes nothing
   */
  static void into(ObjectNode attributes, ObjectNode profile, boolean nullsClear) {
    for (Map.Entry<String, JsonNode> given : profile.path("attributes").properties()) {
      String name = given.getKey();
      JsonNode value = given.getValue();
      if ((name.equals(LOCATION) || name.equals(PROPERTIES)) && value.isObject()) {
        ObjectNode to = attributes.withObject("/" + name);
        value.properties().forEach(part -> set(to, part.getKey(), part.getValue(), nullsClear));
      } else if (!name.equals("_kx")) {
        set(attributes, name, value, nullsClear);
      }
    }
    JsonNode patch = profile.path("meta").path("patch_properties");
    if (patch.isObject()) {
      patch(attributes.withObject("/" + PROPERTIES), patch);
    }
  }

  private static void set(ObjectNode to, String name, JsonNode value, boolean nullsClear) {
    if (!value.isNull()) {
      to.set(name, value);
    } else if (nullsClear) {
      to.remove(name);
    }
  }

  private static void patch(ObjectNode properties, JsonNode patch) {
    for (Map.Entry<String, JsonNode> field : patch.path("append").properties()) {
      ArrayNode list = list(properties, field.getKey());
      each(field.getValue()).forEach(list::add);
    }
    for (Map.Entry<String, JsonNode> field : patch.path("unappend").properties()) {
      if (properties.has(field.getKey())) {
        ArrayNode list = list(properties, field.getKey());
        each(field.getValue()).forEach(gone -> removeAll(list, gone));
      }
    }
    each(patch.path("unset")).forEach(name -> properties.remove(name.asText()));
  }

  private static ArrayNode list(ObjectNode properties, String name) {
    JsonNode present = properties.path(name);
    if (present instanceof ArrayNode list) {
      return list;
    }
    ArrayNode list = properties.putArray(name);
    if (!present.isMissingNode()) {
      list.add(present);
    }
    return list;
  }

  private static void removeAll(ArrayNode list, JsonNode gone) {
    for (int i = list.size() - 1; i >= 0; i--) {
      if (list.get(i).equals(gone)) {
        list.remove(i);
      }
    }
  }

  /** Returns a list's elements, or the value itself; nothing for null. */
  private static Iterable<JsonNode> each(JsonNode value) {
    if (value.isArray()) {
      return value;
    }
    return value.isMissingNode() || value.isNull() ? List.of() : List.of(value);
  }
}
