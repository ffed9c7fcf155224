package io.github.klaviyoexport.internal.catalog.store;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A JSON object whose members are asked for by name and type. */
final class JsonReader {
  private final JsonNode node;
  private final String path;

  JsonReader(JsonNode node, String path) {
    this.node = node;
    this.path = path;
  }

  boolean has(String name) {
    return node.has(name);
  }

  String text(String name) throws DamagedException {
    String text = textOrNull(name);
    if (text == null) {
      throw missing(name);
    }
    return text;
  }

  @Nullable String textOrNull(String name) {
    JsonNode member = node.path(name);
    return member.isTextual() ? member.asText() : null;
  }

  <V> V value(String name, Function<String, V> parse) throws DamagedException {
    V value = valueOrNull(name, parse);
    if (value == null) {
      throw missing(name);
    }
    return value;
  }

  <V> @Nullable V valueOrNull(String name, Function<String, V> parse) throws DamagedException {
    String text = textOrNull(name);
    try {
      return text == null ? null : parse.apply(text);
    } catch (RuntimeException unreadable) {
      throw new DamagedException("its '" + path + name + "' cannot be read");
    }
  }

  Instant time(String name) throws DamagedException {
    return value(name, Instant::parse);
  }

  @Nullable Instant timeOrNull(String name) throws DamagedException {
    return valueOrNull(name, Instant::parse);
  }

  long number(String name) throws DamagedException {
    if (!node.path(name).canConvertToLong() || !node.path(name).isNumber()) {
      throw missing(name);
    }
    return node.path(name).asLong();
  }

  /** Reads a number that documents of before do not have. */
  long numberOr(String name, long otherwise) throws DamagedException {
    return node.has(name) ? number(name) : otherwise;
  }

  double fractionOr(String name, double otherwise) throws DamagedException {
    if (node.has(name) && !node.path(name).isNumber()) {
      throw missing(name);
    }
    return node.path(name).asDouble(otherwise);
  }

  boolean flag(String name) throws DamagedException {
    if (!node.path(name).isBoolean()) {
      throw missing(name);
    }
    return node.path(name).asBoolean();
  }

  @Nullable Boolean flagOrNull(String name) {
    return node.path(name).isBoolean() ? node.path(name).asBoolean() : null;
  }

  JsonReader object(String name) throws DamagedException {
    JsonReader object = objectOrNull(name);
    if (object == null) {
      throw missing(name);
    }
    return object;
  }

  @Nullable JsonReader objectOrNull(String name) {
    JsonNode member = node.path(name);
    return member.isObject() ? new JsonReader(member, path + name + ".") : null;
  }

  List<JsonReader> objects(String name) throws DamagedException {
    List<JsonReader> objects = new ArrayList<>();
    for (JsonNode element : array(name)) {
      objects.add(new JsonReader(element, path + name + "."));
    }
    return objects;
  }

  <V> List<V> values(String name, Function<String, V> parse) throws DamagedException {
    List<V> values = new ArrayList<>();
    for (JsonNode element : array(name)) {
      try {
        values.add(parse.apply(element.asText()));
      } catch (RuntimeException unreadable) {
        throw new DamagedException("its '" + path + name + "' cannot be read");
      }
    }
    return values;
  }

  private JsonNode array(String name) throws DamagedException {
    if (!node.path(name).isArray()) {
      throw missing(name);
    }
    return node.path(name);
  }

  private DamagedException missing(String name) {
    return new DamagedException("its '" + path + name + "' is missing or of another type");
  }
}
