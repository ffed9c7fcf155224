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
    try {
      JsonNode profile = MAPPER.readTree(row);
      JsonNode attributes = profile.path("attributes");
      JsonNode parent = attributes;
      String[] path = attribute.split("/", 2);
      if (path.length == 2) {
        parent = attributes.path(path[0]);
      }
      String name = path[path.length - 1].replace("~1", "/").replace("~0", "~");
      if (!(parent instanceof ObjectNode object) || object.remove(name) == null) {
        return null;
      }
      boolean known =
          Identifier.KINDS.stream().anyMatch(kind -> attributes.hasNonNull(kind.path()));
      return known ? MAPPER.writeValueAsBytes(profile) : null;
    } catch (IOException impossible) {
      throw new IllegalStateException("A row that was written here cannot be read.");
    }
  }
}
