package io.github.klaviyoexport.testkit.internal.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The JSON that goes over the wire. */
public final class JsonValues {
  // Numbers keep all their digits.
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();
  private static final ObjectMapper STRICT =
      MAPPER.copy().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private static final ObjectMapper SORTED =
      STRICT.copy().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);
  private static final int EXPONENT_DIGITS = 9;
  // Klaviyo's two forms: programs that read times strictly know no others.
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx");
  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSxxx");

  private JsonValues() {}

  /** Returns the factory of parsers. */
  public static JsonFactory factory() {
    return MAPPER.getFactory();
  }

  /** Creates an empty object. */
  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /** Writes JSON as UTF-8. */
  public static byte[] bytes(JsonNode node) {
    try {
      return MAPPER.writeValueAsBytes(node);
    } catch (JsonProcessingException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /** Reads what was sent, which need not be JSON. */
  public static JsonNode tree(byte[] json) throws IOException {
    try {
      return STRICT.readTree(json);
    } catch (NumberFormatException unkeepable) {
      throw new IOException(unkeepable);
    }
  }

  /** Returns an object in one form, whatever the order of its members and its white space. */
  public static String inOneForm(String json) throws IOException {
    return SORTED.writeValueAsString(SORTED.readValue(json, Map.class));
  }

  /** Reads an object that was checked or written here before. */
  public static ObjectNode read(byte[] json, int from, int to) {
    try {
      return (ObjectNode) MAPPER.readTree(json, from, to - from);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /** Reads an object that this fake has written or checked before. */
  public static ObjectNode read(byte[] json) {
    return read(json, 0, json.length);
  }

  /** Returns a text at the top of an object; {@code null} when there is none of that name. */
  public static @Nullable String text(byte[] json, String field) {
    String first = firstText(json, field);
    return first == null ? anyText(json, field) : first;
  }

  /**
   * Returns the text at the very beginning of an object, where identifiers mostly stand: a million
   * are found without a parser for each. {@code null} for any other, and one that is escaped.
   */
  private static @Nullable String firstText(byte[] json, String field) {
    int name = field.length();
    int from = name + 5;
    if (json.length < from || json[1] != '"' || json[name + 2] != '"' || json[from - 1] != '"') {
      return null;
    }
    for (int i = 0; i < name; i++) {
      if (json[i + 2] != field.charAt(i)) {
        return null;
      }
    }
    for (int to = from; to < json.length; to++) {
      if (json[to] == '"') {
        return json[name + 3] == ':'
            ? new String(json, from, to - from, StandardCharsets.UTF_8)
            : null;
      }
      if (json[to] == '\\') {
        return null;
      }
    }
    return null;
  }

  private static @Nullable String anyText(byte[] json, String field) {
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

  /**
   * Returns whether all the texts of a value can be kept: JSON can spell half a surrogate pair,
   * which UTF-8 cannot write, and the character U+0000, which databases do not take.
   */
  public static boolean isKeepableText(byte[] json, int from, int to) {
    if (!mayHoldOther(json, from, to)) {
      return true;
    }
    try (JsonParser in = MAPPER.getFactory().createParser(json, from, to - from)) {
      CharsetEncoder utf8 = StandardCharsets.UTF_8.newEncoder();
      for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
        boolean text = token == JsonToken.VALUE_STRING || token == JsonToken.FIELD_NAME;
        if (text && (in.getText().indexOf('\0') >= 0 || !utf8.canEncode(in.getText()))) {
          return false;
        }
      }
      return true;
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /** Looks for what such a text begins with: an escape, or the bytes that UTF-8 never uses. */
  private static boolean mayHoldOther(byte[] json, int from, int to) {
    for (int i = from; i < to - 2; i++) {
      if (json[i] == '\\' && json[i + 1] == 'u') {
        int first = json[i + 2];
        // Of what begins with 00, letters beyond ASCII are common.
        if (first == 'd' || first == 'D' || (first == '0' && json[i + 4] == '0')) {
          return true;
        }
      } else if (json[i] == (byte) 0xED && (json[i + 1] & 0xFF) >= 0xA0) {
        return true;
      }
    }
    return false;
  }

  /** Adds the links to related resources, with the slash that Klaviyo's have. */
  public static void link(ObjectNode relationships, String relation, String self) {
    relationships
        .putObject(relation)
        .putObject("links")
        .put("self", self + "relationships/" + relation + "/")
        .put("related", self + relation + "/");
  }

  /** Adds relations to nothing, as the fake has no such resources: no links lead to them. */
  public static void none(ObjectNode relationships, String... relations) {
    for (String relation : relations) {
      relationships.putObject(relation).putArray("data");
    }
  }

  /**
   * Returns whether the number that a parser stands at can be kept: an exponent has nine digits at
   * most.
   */
  public static boolean isKeepable(JsonParser in) throws IOException {
    if (in.currentToken() != JsonToken.VALUE_NUMBER_FLOAT) {
      return true;
    }
    int digits = 0;
    char[] text = in.getTextCharacters();
    int from = in.getTextOffset();
    for (int i = from + in.getTextLength() - 1; i >= from; i--) {
      if (text[i] == 'e' || text[i] == 'E') {
        return digits <= EXPONENT_DIGITS;
      }
      digits += Character.isDigit(text[i]) ? 1 : 0;
    }
    return true;
  }

  /** Returns an object as plain Java values. */
  public static Map<String, @Nullable Object> values(ObjectNode node) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    node.properties().forEach(field -> values.put(field.getKey(), value(field.getValue())));
    return values;
  }

  private static @Nullable Object value(JsonNode node) {
    if (node instanceof ObjectNode object) {
      return values(object);
    }
    if (node.isArray()) {
      List<@Nullable Object> elements = new ArrayList<>();
      node.forEach(element -> elements.add(value(element)));
      return elements;
    }
    if (node.isTextual()) {
      return node.textValue();
    }
    return node.isBigDecimal()
        ? number(node.decimalValue())
        : node.isNumber() ? node.numberValue() : node.isNull() ? null : node.booleanValue();
  }

  /** Returns a double where it is that very number. */
  private static Number number(BigDecimal exact) {
    double near = exact.doubleValue();
    return Double.isFinite(near) && new BigDecimal(Double.toString(near)).compareTo(exact) == 0
        ? (Number) near
        : exact;
  }

  /**
   * Writes time as Klaviyo does: {@code 2026-09-04T10:00:00+00:00}, or with six digits of fraction,
   * {@code 2026-09-04T10:00:00.120000+00:00}, unless they are all zero.
   */
  public static String timestamp(Instant instant) {
    OffsetDateTime time = instant.atOffset(ZoneOffset.UTC);
    return (time.getNano() < 1_000 ? SECONDS : MICROS).format(time);
  }

  /** Reads a time that has a year of four digits, as all in ISO 8601 have without agreement. */
  public static Instant instant(String timestamp) throws DateTimeParseException {
    OffsetDateTime time = OffsetDateTime.parse(timestamp);
    if (time.getYear() < 1 || time.getYear() > 9999) {
      throw new DateTimeParseException("not a year of four digits", timestamp, 0);
    }
    return time.toInstant();
  }
}
