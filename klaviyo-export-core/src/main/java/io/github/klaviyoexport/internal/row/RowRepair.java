package io.github.klaviyoexport.internal.row;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.profile.ProfileField;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The repair of a row to which Klaviyo objects: the one attribute is taken out, so that the rest
 * can go.
 */
public final class RowRepair {
  /** Rows are ours: whatever length of number or name they were written with is read again. */
  private static final StreamReadConstraints ANY_LENGTH =
      StreamReadConstraints.builder()
          .maxNumberLength(Integer.MAX_VALUE)
          .maxNameLength(Integer.MAX_VALUE)
          .build();

  private static final ObjectMapper MAPPER =
      JsonMapper.builder(JsonFactory.builder().streamReadConstraints(ANY_LENGTH).build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private RowRepair() {}

  /**
   * Returns the row without an attribute.
   *
   * @param attribute as an error points at it, {@code location/city} for example
   * @return {@code null} when the row has no such attribute, when it is the email address, or when
   *     nothing would be left to know the profile by: then the whole row has to be set aside
   */
  public static byte @Nullable [] without(byte[] row, String attribute) {
    if (attribute.equals(ProfileField.EMAIL.path())) {
      return null;
    }
    JsonNode profile = read(row);
    JsonNode attributes = profile.path("attributes");
    if (!(parent(attributes, attribute) instanceof ObjectNode object)
        || object.remove(name(attribute)) == null) {
      return null;
    }
    boolean known = Identifier.KINDS.stream().anyMatch(kind -> attributes.hasNonNull(kind.path()));
    return known ? write(profile) : null;
  }

  /**
   * Returns the attribute of a row that an error points at: itself, or the list or map that it
   * points into; {@code null} if the row has no such attribute.
   */
  public static @Nullable String pointedAt(byte[] row, String attribute) {
    JsonNode attributes = read(row).path("attributes");
    if (parent(attributes, attribute).has(name(attribute))) {
      return attribute;
    }
    String path = attribute;
    // What lies deeper than a property is named by no path of ours.
    while (path.indexOf('/') != path.lastIndexOf('/')) {
      path = path.substring(0, path.lastIndexOf('/'));
      if (parent(attributes, path).path(name(path)).isContainerNode()) {
        return path;
      }
    }
    return null;
  }

  /** Returns the values of some attributes in a row, those that it has, as JSON text. */
  public static Map<String, String> values(byte[] row, Collection<String> attributes) {
    JsonNode all = read(row).path("attributes");
    Map<String, String> values = new LinkedHashMap<>();
    for (String attribute : attributes) {
      JsonNode value = parent(all, attribute).get(name(attribute));
      if (value != null) {
        values.put(attribute, value.toString());
      }
    }
    return values;
  }

  private static JsonNode parent(JsonNode attributes, String attribute) {
    int slash = attribute.indexOf('/');
    return slash < 0 ? attributes : attributes.path(attribute.substring(0, slash));
  }

  private static String name(String attribute) {
    return attribute.substring(attribute.indexOf('/') + 1).replace("~1", "/").replace("~0", "~");
  }

  /** Returns a row that was written here as a tree, with its numbers exactly as they are. */
  public static JsonNode read(byte[] row) {
    try {
      return MAPPER.readTree(row);
    } catch (IOException impossible) {
      throw new IllegalStateException("A row that was written here cannot be read.");
    }
  }

  private static byte[] write(JsonNode profile) {
    try {
      return MAPPER.writeValueAsBytes(profile);
    } catch (IOException impossible) {
      throw new IllegalStateException("A row that was read here cannot be written.");
    }
  }
}
