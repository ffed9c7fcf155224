package io.github.klaviyoexport.internal.call;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The reader of JSON that comes from outside. It keeps what the library knows by name, within
 * bounds, and passes over all else without memory for it: an answer may be megabytes long, and a
 * tree of it would be many times that.
 *
 * <p>Nesting ends at 64, an array at 1,000 items, which is ten times a page. Of {@code errors} the
 * first 10,000 are kept, one for each row that a batch can have.
 */
public final class Json {
  private static final int MAX_DEPTH = 64;
  private static final int MAX_KEPT_DEPTH = 10;
  private static final int MAX_ITEMS = 1_000;
  private static final int MAX_ERRORS = 10_000;

  /** Each error has six: itself, id, status, code, source and pointer. */
  private static final int MAX_NODES = 80_000;

  /** As long as a row may be, and a number in it, of which Klaviyo may repeat every part. */
  private static final int MAX_VALUE_CHARS = 200_000;

  private static final int MAX_CHARS = 4_000_000;
  private static final int MAX_NUMBER_KEPT = 1_000;
  private static final int MAX_LONG_DIGITS = 18;

  private static final String ERRORS = "errors";
  private static final Set<String> KNOWN =
      Set.of(
          "data",
          "type",
          "id",
          "attributes",
          "links",
          "next",
          // What an error says.
          ERRORS,
          "code",
          "status",
          "source",
          "pointer",
          // A list that is counted.
          "profile_count",
          // An import job, and what it could not import.
          "total_count",
          "completed_count",
          "failed_count",
          "created_at",
          "completed_at",
          "opt_in_process",
          "original_payload",
          // A profile, and the names that its identifiers have been seen under.
          "email",
          "phone_number",
          "external_id",
          "$email",
          "$phone_number",
          "$external_id",
          "$id",
          "joined_group_at",
          // A list, and an account.
          "name",
          "contact_information",
          "organization_name",
          "timezone",
          "test_account");

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          // Names that are not known would each leave something behind.
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(MAX_VALUE_CHARS)
                  .maxStringLength(MAX_VALUE_CHARS)
                  .build())
          .build();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final JsonParser in;
  private final ArrayNode errors = NODES.arrayNode();
  private int nodes;
  private int chars;

  private Json(JsonParser in) {
    this.in = in;
  }

  /**
   * Returns the object that the bytes hold, as far as its names are known; {@code null} if they do
   * not hold exactly one, or more of it than an answer can have. Of one that is cut off within its
   * errors those before are left.
   *
   * <p>The parser's complaint is dropped on purpose: it quotes what it read.
   */
  public static @Nullable JsonNode object(byte[] bytes) {
    try (JsonParser parser = FACTORY.createParser(bytes)) {
      return new Json(parser).object();
    } catch (IOException unreadable) {
      return null;
    }
  }

  private @Nullable JsonNode object() throws IOException {
    try {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      JsonNode object = object(1);
      return in.nextToken() == null ? object : null;
    } catch (JsonEOFException cutOff) {
      return errors.isEmpty() ? null : NODES.objectNode().set(ERRORS, errors);
    }
  }

  private ObjectNode object(int depth) throws IOException {
    ObjectNode object = NODES.objectNode();
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String name = in.currentName();
      in.nextToken();
      if (KNOWN.contains(name)) {
        object.set(name, value(name, depth + 1));
      } else {
        in.skipChildren();
      }
    }
    return object;
  }

  private ArrayNode array(String name, int depth) throws IOException {
    boolean isErrors = name.equals(ERRORS);
    ArrayNode array = isErrors ? errors.removeAll() : NODES.arrayNode();
    int most = isErrors ? MAX_ERRORS : MAX_ITEMS;
    while (in.nextToken() != JsonToken.END_ARRAY) {
      if (array.size() < most) {
        array.add(value("", depth + 1));
      } else if (isErrors) {
        in.skipChildren();
      } else {
        throw new IOException("This array is no page.");
      }
    }
    return array;
  }

  /** Reads the value that begins here; one that is not to be kept is null. */
  private JsonNode value(String name, int depth) throws IOException {
    count(1, 0);
    if (depth > MAX_KEPT_DEPTH) {
      in.skipChildren();
      return NODES.nullNode();
    }
    return switch (in.currentToken()) {
      case START_OBJECT -> object(depth);
      case START_ARRAY -> array(depth == 2 ? name : "", depth);
      case VALUE_STRING -> {
        String text = in.getText();
        count(0, text.length());
        yield NODES.textNode(text);
      }
      case VALUE_NUMBER_INT -> number();
      // As it stands: what is kept is compared as text or counted, and no fraction counts.
      case VALUE_NUMBER_FLOAT ->
          in.getTextLength() > MAX_NUMBER_KEPT ? NODES.nullNode() : NODES.textNode(in.getText());
      case VALUE_TRUE -> NODES.booleanNode(true);
      case VALUE_FALSE -> NODES.booleanNode(false);
      default -> NODES.nullNode();
    };
  }

  private JsonNode number() throws IOException {
    int digits = in.getTextLength();
    if (digits <= MAX_LONG_DIGITS) {
      return NODES.numberNode(in.getLongValue());
    }
    return digits <= MAX_NUMBER_KEPT ? NODES.numberNode(in.getBigIntegerValue()) : NODES.nullNode();
  }

  private void count(int more, int moreChars) throws IOException {
    nodes += more;
    chars += moreChars;
    if (nodes > MAX_NODES || chars > MAX_CHARS) {
      throw new IOException("This holds more than an answer can.");
    }
  }
}
