package io.github.klaviyoexport.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The attributes that a call wants to see; a dotted name asks for a part of one. */
final class Fieldset {
  private final Set<String> wanted;
  private final Set<String> topLevel;

  Fieldset(Set<String> wanted) {
    this.wanted = wanted;
    this.topLevel =
        wanted.stream().map(field -> field.split("\\.", 2)[0]).collect(Collectors.toSet());
  }

  boolean wants(String attribute) {
    return topLevel.contains(attribute);
  }

  /** Takes the attributes that are not wanted away. */
  ObjectNode keepWanted(ObjectNode attributes) {
    attributes.retain(topLevel);
    for (Map.Entry<String, JsonNode> attribute : attributes.properties()) {
      if (!wanted.contains(attribute.getKey())
          && attribute.getValue() instanceof ObjectNode nested) {
        String prefix = attribute.getKey() + ".";
        nested.retain(
            wanted.stream()
                .filter(field -> field.startsWith(prefix))
                .map(field -> field.substring(prefix.length()))
                .toList());
      }
    }
    return attributes;
  }
}
