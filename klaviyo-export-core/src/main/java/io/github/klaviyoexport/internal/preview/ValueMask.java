package io.github.klaviyoexport.internal.preview;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;

/**
 * The shape of values in place of values: letters become {@code x}, digits {@code 9}, and ASCII
 * punctuation stays. A date can be told from a number, and no customer from another.
 */
final class ValueMask {
  private static final int MAX_LENGTH = 40;

  private ValueMask() {}

  /** Returns the shape of a value. */
  static JsonNode masked(JsonNode value) {
    if (value instanceof ArrayNode list) {
      ArrayNode masked = JsonNodeFactory.instance.arrayNode();
      list.forEach(element -> masked.add(masked(element)));
      return masked;
    }
    if (value instanceof ObjectNode map) {
      ObjectNode masked = JsonNodeFactory.instance.objectNode();
      map.properties().forEach(part -> masked.set(shape(part.getKey()), masked(part.getValue())));
      return masked;
    }
    if (value.isNull()) {
      return value;
    }
    return TextNode.valueOf(value.isBoolean() ? "true|false" : shape(value.asText()));
  }

  private static String shape(String text) {
    StringBuilder shape = new StringBuilder();
    for (int i = 0; i < text.length() && shape.length() < MAX_LENGTH; ) {
      int point = text.codePointAt(i);
      i += Character.charCount(point);
      if (Character.isDigit(point)) {
        shape.append('9');
      } else if (Character.isUpperCase(point)) {
        shape.append('X');
      } else if (point > ' ' && point < 0x7F && !Character.isLetter(point) || point == ' ') {
        shape.append((char) point);
      } else {
        shape.append('x');
      }
    }
    return shape.toString();
  }
}
