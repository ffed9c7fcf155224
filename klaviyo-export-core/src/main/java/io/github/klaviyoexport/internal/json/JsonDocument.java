package io.github.klaviyoexport.internal.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A JSON text that a host keeps or sends: an object that says by which format it was written.
 *
 * <p>What is said of one that cannot be read names the place and quotes no value.
 */
public final class JsonDocument {
  /** Grows when something is written that earlier versions of the library cannot read. */
  public static final int FORMAT = 1;

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .build();

  private JsonDocument() {}

  /**
   * What reads a document.
   *
   * @param <T> what the document holds
   */
  public interface Reading<T> {
    /** Reads what the document holds. */
    T read(JsonReader from) throws UnreadableException;
  }

  /** Returns a document with what is put into it. */
  public static String written(Consumer<ObjectNode> content) {
    ObjectNode node = MAPPER.createObjectNode().put("format", FORMAT);
    content.accept(node);
    return node.toString();
  }

  /**
   * Reads a document, all of it.
   *
   * @param what the type of what it holds, for the message
   * @throws IllegalArgumentException if it cannot be read; the message says why
   */
  public static <T> T read(String what, String json, Reading<T> reading) {
    Objects.requireNonNull(json, "json");
    try {
      JsonReader from = new JsonReader(object(json), "");
      checkFormat(from);
      T value = reading.read(from);
      from.checkAllKnown();
      return value;
    } catch (UnreadableException unreadable) {
      throw new IllegalArgumentException(
          "The JSON of "
              + what
              + " cannot be read: "
              + unreadable.getMessage()
              + ". Write it as toJson() does.");
    }
  }

  private static JsonNode object(String json) throws UnreadableException {
    JsonNode node;
    try {
      node = MAPPER.readTree(json);
    } catch (StreamConstraintsException tooMuch) {
      throw new UnreadableException("it is larger or deeper than this version reads");
    } catch (JsonProcessingException noJson) {
      // The parser's message quotes the text.
      throw new UnreadableException(
          "it is not JSON, names a field twice or goes on after its end" + place(noJson));
    }
    if (node == null || !node.isObject()) {
      throw new UnreadableException("it is no JSON object");
    }
    return node;
  }

  /** Returns where the parser stopped, to follow what is wrong; empty if it does not say. */
  public static String place(JsonProcessingException failure) {
    return failure.getLocation() == null
        ? ""
        : " from line " + failure.getLocation().getLineNr() + " on";
  }

  /**
   * Checks that no newer version wrote it.
   *
   * @throws UnreadableException if one did
   */
  public static void checkFormat(JsonReader from) throws UnreadableException {
    if (from.numberOr("format", FORMAT) > FORMAT) {
      throw new UnreadableException("a newer version of the library wrote it");
    }
  }

  /** Writes a value as text if there is one. */
  public static void put(ObjectNode to, String name, @Nullable Object value) {
    if (value != null) {
      to.put(name, value.toString());
    }
  }
}
