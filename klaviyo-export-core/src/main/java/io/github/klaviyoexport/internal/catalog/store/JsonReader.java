package io.github.klaviyoexport.internal.catalog.store;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object whose members are asked for by name and type; {@code null} counts as absent.
 *
 * <p>It remembers which members were asked for, so the others are known to be unknown. What it says
 * of a member that cannot be read names the member, and quotes its value only where that has the
 * form of a constant or of a time zone.
 */
final class JsonReader {
  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z_]{0,39}");
  private static final Pattern CONSTANT = Pattern.compile("[A-Z][A-Z_]{0,39}");
  private static final Pattern ZONE = Pattern.compile("[A-Za-z_]{1,30}(/[A-Za-z_-]{1,30}){1,2}");

  private final JsonNode node;
  private final String path;
  private final Set<String> asked = new HashSet<>();
  private final List<JsonReader> parts = new ArrayList<>();

  JsonReader(JsonNode node, String path) {
    this.node = node;
    this.path = path;
  }

  private JsonNode member(String name) {
    asked.add(name);
    return node.path(name);
  }

  private static boolean isAbsent(JsonNode member) {
    return member.isMissingNode() || member.isNull();
  }

  boolean has(String name) {
    return !isAbsent(member(name));
  }

  String text(String name) throws UnreadableException {
    return present(name, textOrNull(name));
  }

  @Nullable String textOrNull(String name) throws UnreadableException {
    JsonNode member = member(name);
    if (isAbsent(member)) {
      return null;
    }
    if (!member.isTextual()) {
      throw missing(name);
    }
    return member.asText();
  }

  <V> V value(String name, Function<String, V> parse) throws UnreadableException {
    return present(name, valueOrNull(name, parse));
  }

  <V> @Nullable V valueOrNull(String name, Function<String, V> parse) throws UnreadableException {
    String text = textOrNull(name);
    return text == null ? null : parsed(name, text, parse);
  }

  private <V> V parsed(String name, String text, Function<String, V> parse)
      throws UnreadableException {
    try {
      return parse.apply(text);
    } catch (RuntimeException unknown) {
      throw new UnreadableException(
          "its '"
              + path
              + name
              + (CONSTANT.matcher(text).matches()
                  ? "' is " + text + ", which this version does not know"
                  : "' is nothing that this version knows"));
    }
  }

  /** Reads a time zone; which there are depends on the Java that asks. */
  @Nullable ZoneId zoneOrNull(String name) throws UnreadableException {
    String text = textOrNull(name);
    try {
      return text == null ? null : ZoneId.of(text);
    } catch (DateTimeException unknown) {
      throw new UnreadableException(
          "its '"
              + path
              + name
              + "' is "
              + (ZONE.matcher(String.valueOf(text)).matches() ? text + ", a" : "a")
              + " time zone that this Java does not know");
    }
  }

  ZoneId zone(String name) throws UnreadableException {
    return present(name, zoneOrNull(name));
  }

  Instant time(String name) throws UnreadableException {
    return value(name, Instant::parse);
  }

  @Nullable Instant timeOrNull(String name) throws UnreadableException {
    return valueOrNull(name, Instant::parse);
  }

  long number(String name) throws UnreadableException {
    JsonNode member = member(name);
    if (!member.isIntegralNumber() || !member.canConvertToLong()) {
      throw missing(name);
    }
    return member.asLong();
  }

  /** Reads a number that documents of before do not have. */
  long numberOr(String name, long otherwise) throws UnreadableException {
    return has(name) ? number(name) : otherwise;
  }

  double fractionOr(String name, double otherwise) throws UnreadableException {
    if (has(name) && !member(name).isNumber()) {
      throw missing(name);
    }
    return member(name).asDouble(otherwise);
  }

  boolean flag(String name) throws UnreadableException {
    return present(name, flagOrNull(name));
  }

  @Nullable Boolean flagOrNull(String name) throws UnreadableException {
    JsonNode member = member(name);
    if (isAbsent(member)) {
      return null;
    }
    if (!member.isBoolean()) {
      throw missing(name);
    }
    return member.asBoolean();
  }

  JsonReader object(String name) throws UnreadableException {
    return present(name, objectOrNull(name));
  }

  @Nullable JsonReader objectOrNull(String name) throws UnreadableException {
    JsonNode member = member(name);
    if (isAbsent(member)) {
      return null;
    }
    return part(name, member);
  }

  private JsonReader part(String name, JsonNode member) throws UnreadableException {
    if (!member.isObject()) {
      throw missing(name);
    }
    JsonReader part = new JsonReader(member, path + name + ".");
    parts.add(part);
    return part;
  }

  List<JsonReader> objects(String name) throws UnreadableException {
    List<JsonReader> objects = new ArrayList<>();
    for (JsonNode element : array(name)) {
      objects.add(part(name, element));
    }
    return objects;
  }

  <V> List<V> values(String name, Function<String, V> parse) throws UnreadableException {
    List<V> values = new ArrayList<>();
    for (JsonNode element : array(name)) {
      if (!element.isTextual()) {
        throw missing(name);
      }
      values.add(parsed(name, element.asText(), parse));
    }
    return values;
  }

  private JsonNode array(String name) throws UnreadableException {
    JsonNode member = member(name);
    if (!member.isArray()) {
      throw missing(name);
    }
    return member;
  }

  /** Returns the members that were not asked for, to be written again as they are. */
  Map<String, JsonNode> rest() {
    Map<String, JsonNode> rest = new LinkedHashMap<>();
    node.fieldNames()
        .forEachRemaining(
            name -> {
              if (!asked.contains(name)) {
                rest.put(name, node.path(name));
              }
            });
    return Collections.unmodifiableMap(rest);
  }

  /**
   * Checks that every member was asked for, also in the objects in this one.
   *
   * @throws UnreadableException if one was not
   */
  void checkAllKnown() throws UnreadableException {
    for (String name : rest().keySet()) {
      throw new UnreadableException(
          NAME.matcher(name).matches()
              ? "it has a '" + path + name + "', which this version does not know"
              : "it has a field that this version does not know");
    }
    for (JsonReader part : parts) {
      part.checkAllKnown();
    }
  }

  private <V> V present(String name, @Nullable V value) throws UnreadableException {
    if (value == null) {
      throw missing(name);
    }
    return value;
  }

  private UnreadableException missing(String name) {
    return new UnreadableException("its '" + path + name + "' is missing or of another type");
  }
}
