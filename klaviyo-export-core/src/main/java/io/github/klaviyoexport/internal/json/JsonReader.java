package io.github.klaviyoexport.internal.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
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
public final class JsonReader {
  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z_]{0,39}");
  private static final Pattern CONSTANT = Pattern.compile("[A-Z][A-Z_]{0,39}");
  private static final Pattern ZONE = Pattern.compile("[A-Za-z_]{1,30}(/[A-Za-z_-]{1,30}){1,2}");

  private final JsonNode node;
  private final String path;
  private final Set<String> asked = new HashSet<>();
  private final List<JsonReader> parts = new ArrayList<>();

  /**
   * Creates the reader of an object.
   *
   * @param path what is put before the names of its members in messages; empty or ending with a dot
   */
  public JsonReader(JsonNode node, String path) {
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

  /** Returns whether there is such a member. */
  public boolean has(String name) {
    return !isAbsent(member(name));
  }

  /** Takes members for known that are not read. */
  public void passOver(Collection<String> names) {
    asked.addAll(names);
  }

  /**
   * Checks that there are such members.
   *
   * @throws UnreadableException if there are not
   */
  public void require(String... names) throws UnreadableException {
    for (String name : names) {
      if (!has(name)) {
        throw missing(name);
      }
    }
  }

  /** Reads a text that must be there. */
  public String text(String name) throws UnreadableException {
    return present(name, textOrNull(name));
  }

  /** Reads a text; {@code null} if it is absent. */
  public @Nullable String textOrNull(String name) throws UnreadableException {
    JsonNode member = member(name);
    if (isAbsent(member)) {
      return null;
    }
    if (!member.isTextual()) {
      throw missing(name);
    }
    return member.asText();
  }

  /** Reads what a text stands for; the text must be there. */
  public <V> V value(String name, Function<String, V> parse) throws UnreadableException {
    return present(name, valueOrNull(name, parse));
  }

  /** Reads what a text stands for; {@code null} if it is absent. */
  public <V> @Nullable V valueOrNull(String name, Function<String, V> parse)
      throws UnreadableException {
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
  public @Nullable ZoneId zoneOrNull(String name) throws UnreadableException {
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

  /** Reads a time zone that must be there. */
  public ZoneId zone(String name) throws UnreadableException {
    return present(name, zoneOrNull(name));
  }

  /** Reads a moment that must be there. */
  public Instant time(String name) throws UnreadableException {
    return value(name, Instant::parse);
  }

  /** Reads a moment; {@code null} if it is absent. */
  public @Nullable Instant timeOrNull(String name) throws UnreadableException {
    return valueOrNull(name, Instant::parse);
  }

  /** Reads a whole number that must be there. */
  public long number(String name) throws UnreadableException {
    JsonNode member = member(name);
    if (!member.isIntegralNumber() || !member.canConvertToLong()) {
      throw missing(name);
    }
    return member.asLong();
  }

  /** Reads a number that documents of before do not have. */
  public long numberOr(String name, long otherwise) throws UnreadableException {
    return has(name) ? number(name) : otherwise;
  }

  /** Reads a number, or takes another if it is absent. */
  public double fractionOr(String name, double otherwise) throws UnreadableException {
    if (has(name) && !member(name).isNumber()) {
      throw missing(name);
    }
    return member(name).asDouble(otherwise);
  }

  /** Reads a truth value that must be there. */
  public boolean flag(String name) throws UnreadableException {
    return present(name, flagOrNull(name));
  }

  /** Reads a truth value; {@code null} if it is absent. */
  public @Nullable Boolean flagOrNull(String name) throws UnreadableException {
    JsonNode member = member(name);
    if (isAbsent(member)) {
      return null;
    }
    if (!member.isBoolean()) {
      throw missing(name);
    }
    return member.asBoolean();
  }

  /** Reads an object that must be there. */
  public JsonReader object(String name) throws UnreadableException {
    return present(name, objectOrNull(name));
  }

  /** Reads an object; {@code null} if it is absent. */
  public @Nullable JsonReader objectOrNull(String name) throws UnreadableException {
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

  /** Reads the objects of an array that must be there. */
  public List<JsonReader> objects(String name) throws UnreadableException {
    List<JsonReader> objects = new ArrayList<>();
    for (JsonNode element : array(name)) {
      objects.add(part(name + "[" + objects.size() + "]", element));
    }
    return objects;
  }

  /** Reads what the texts of an array stand for; the array must be there. */
  public <V> List<V> values(String name, Function<String, V> parse) throws UnreadableException {
    List<V> values = new ArrayList<>();
    for (JsonNode element : array(name)) {
      String place = name + "[" + values.size() + "]";
      if (!element.isTextual()) {
        throw missing(place);
      }
      values.add(parsed(place, element.asText(), parse));
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
  public Map<String, JsonNode> rest() {
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
  public void checkAllKnown() throws UnreadableException {
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

  /**
   * What makes something of members that were read.
   *
   * @param <V> what it makes
   */
  public interface Making<V> {
    /** Makes it; what it throws says that the members do not go together. */
    V make() throws UnreadableException;
  }

  /**
   * Makes something of a member, where not every value will do.
   *
   * @throws UnreadableException if it will not; the message names the member
   */
  public <V> V made(String name, Making<V> making) throws UnreadableException {
    return made(making, "its '" + path + name + "' has a value that it cannot have");
  }

  /**
   * Makes something of this object, where not everything goes together.
   *
   * @param rule what does, to follow the message
   * @throws UnreadableException if it does not; the message names the object
   */
  public <V> V madeOfAll(String rule, Making<V> making) throws UnreadableException {
    String here = path.isEmpty() ? "" : " in '" + path.substring(0, path.length() - 1) + "'";
    return made(making, "what it says" + here + " does not go together: " + rule);
  }

  private static <V> V made(Making<V> making, String refusal) throws UnreadableException {
    try {
      return making.make();
    } catch (RuntimeException refused) {
      // Its message may quote a value.
      throw new UnreadableException(refusal);
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
