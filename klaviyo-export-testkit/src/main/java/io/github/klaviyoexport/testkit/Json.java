package io.github.klaviyoexport.testkit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoField;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The JSON that goes over the wire. */
final class Json {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final TypeReference<Map<String, Object>> MAP = new TypeReference<>() {};
  private static final DateTimeFormatter TIMESTAMP =
      new DateTimeFormatterBuilder()
          .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
          .optionalStart()
          .appendFraction(ChronoField.MICRO_OF_SECOND, 0, 6, true)
          .optionalEnd()
          .appendPattern("xxx")
          .toFormatter();

  private Json() {}

  static JsonFactory factory() {
    return MAPPER.getFactory();
  }

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  static byte[] bytes(JsonNode node) {
    try {
      return MAPPER.writeValueAsBytes(node);
    } catch (JsonProcessingException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /** Reads an object that was checked or written here before. */
  static ObjectNode read(byte[] json, int from, int to) {
    try {
      return (ObjectNode) MAPPER.readTree(json, from, to - from);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  static ObjectNode read(byte[] json) {
    return read(json, 0, json.length);
  }

  /** A text at the top of an object; {@code null} when there is none of that name. */
  static @Nullable String text(byte[] json, String field) {
    try (JsonParser in = MAPPER.getFactory().createParser(json)) {
      in.nextToken();
      for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
        JsonToken value = in.nextToken();
        if (name.equals(field) && value == JsonToken.VALUE_STRING) {
          return in.getText();
        }
        in.skipChildren();
      }
      return null;
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /** The same as plain Java values. */
  static Map<String, Object> values(ObjectNode node) {
    return MAPPER.convertValue(node, MAP);
  }

  /** As Klaviyo writes time: {@code 2026-09-04T10:00:00+00:00}, with a fraction if there is one. */
  static String timestamp(Instant instant) {
    return TIMESTAMP.format(instant.atOffset(ZoneOffset.UTC));
  }

  static Instant instant(String timestamp) throws DateTimeParseException {
    return OffsetDateTime.parse(timestamp).toInstant();
  }
}
