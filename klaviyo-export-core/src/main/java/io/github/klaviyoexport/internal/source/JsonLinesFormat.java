package io.github.klaviyoexport.internal.source;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * How a file of JSON Lines is read.
 *
 * @param charset the charset of the text; a byte order mark is passed over and changes nothing
 * @param idField the field of the customer's id; {@code null} to call customers by their lines
 * @param setsAside whether a bad line is set aside rather than the end
 * @param conversions how values are converted
 */
public record JsonLinesFormat(
    Charset charset, @Nullable String idField, boolean setsAside, FieldConversions conversions) {
  /** Returns the format of files in which customers have no id and a bad line is the end. */
  public static JsonLinesFormat usual() {
    return new JsonLinesFormat(StandardCharsets.UTF_8, null, false, FieldConversions.NONE);
  }

  /** Returns the same format with another charset. */
  public JsonLinesFormat withCharset(Charset charset) {
    return new JsonLinesFormat(charset, idField, setsAside, conversions);
  }

  /** Returns the same format with another id field. */
  public JsonLinesFormat withIdField(@Nullable String idField) {
    return new JsonLinesFormat(charset, idField, setsAside, conversions);
  }

  /** Returns the same format with another word on bad lines. */
  public JsonLinesFormat withSetsAside(boolean setsAside) {
    return new JsonLinesFormat(charset, idField, setsAside, conversions);
  }

  /** Returns the same format with other conversions. */
  public JsonLinesFormat withConversions(FieldConversions conversions) {
    return new JsonLinesFormat(charset, idField, setsAside, conversions);
  }
}
