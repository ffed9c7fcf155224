package io.github.klaviyoexport.internal.insights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON from Dataverse, as values of customer profiles. */
final class RowJson {
  private static final int MAX_DEPTH = 64;
  private static final ObjectMapper MAPPER =
      new ObjectMapper(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

  private RowJson() {}

  /** Returns the object that the bytes hold, or {@code null}; what is wrong would quote values. */
  static @Nullable JsonNode object(byte[] bytes) {
    try (var parser = MAPPER.createParser(bytes)) {
      JsonNode node = MAPPER.readTree(parser);
      return node != null && node.isObject() && parser.nextToken() == null ? node : null;
    } catch (IOException | NumberFormatException unreadable) {
      return null;
    }
  }

  /** Returns a value as an object of the JDK's; {@code null} if there is none. */
  static @Nullable Object value(JsonNode node) {
    return switch (node.getNodeType()) {
      case STRING -> node.textValue();
      case BOOLEAN -> node.booleanValue();
      case NUMBER -> number(node);
      case ARRAY -> list(node);
      case OBJECT -> map(node);
      default -> null;
    };
  }

  private static Number number(JsonNode node) {
    if (node.isIntegralNumber()) {
      BigInteger whole = node.bigIntegerValue();
      return whole.bitLength() < Long.SIZE ? (Number) whole.longValue() : whole;
    }
    return node.decimalValue();
  }

  private static List<@Nullable Object> list(JsonNode node) {
    List<@Nullable Object> list = new ArrayList<>(node.size());
    node.forEach(element -> list.add(value(element)));
    return list;
  }

  private static Map<String, @Nullable Object> map(JsonNode node) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    node.properties().forEach(entry -> map.put(entry.getKey(), value(entry.getValue())));
    return map;
  }
}
