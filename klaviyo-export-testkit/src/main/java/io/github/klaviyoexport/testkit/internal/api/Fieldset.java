package io.github.klaviyoexport.testkit.internal.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The attributes that a call wants to see; a dotted name asks for a part of one. */
public final class Fieldset {
  // Null when all are wanted.
  private final @Nullable Set<String> wanted;

  Fieldset(@Nullable Set<String> wanted) {
    this.wanted = wanted;
  }

  /** Returns whether only some are wanted; relationships are left out then, as seen of Klaviyo. */
  public boolean isSparse() {
    return wanted != null;
  }

  /** Returns whether an attribute or a part of it is wanted. */
  public boolean wants(String attribute) {
    if (wanted == null || wanted.contains(attribute)) {
      return true;
    }
    String part = attribute + ".";
    for (String field : wanted) {
      if (field.startsWith(part)) {
        return true;
      }
    }
    return false;
  }

  /** Takes the attributes that are not wanted away. */
  public ObjectNode keepWanted(ObjectNode attributes) {
    if (wanted != null) {
      keep(attributes, "", wanted);
    }
    return attributes;
  }

  private void keep(ObjectNode node, String prefix, Set<String> fields) {
    Iterator<Map.Entry<String, JsonNode>> all = node.properties().iterator();
    while (all.hasNext()) {
      Map.Entry<String, JsonNode> field = all.next();
      String name = prefix + field.getKey();
      if (!wants(name)) {
        all.remove();
      } else if (!fields.contains(name) && field.getValue() instanceof ObjectNode part) {
        keep(part, name + ".", fields);
      }
    }
  }
}
