package io.github.klaviyoexport.internal.source;

import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;

/**
 * The format of a CSV file.
 *
 * @param delimiter what stands between fields
 * @param charset the charset of the text; a byte order mark is passed over and changes nothing
 * @param idField the field of the customer's id; {@code null} to call customers by their lines
 * @param setsAside whether a bad record is set aside rather than the end
 * @param conversions how values are converted
 */
public record CsvFormat(
    char delimiter,
    Charset charset,
    @Nullable String idField,
    boolean setsAside,
    FieldConversions conversions) {
  /** Returns the format of files in which customers have no id and a bad record is the end. */
  public static CsvFormat of(char delimiter, Charset charset) {
    return new CsvFormat(delimiter, charset, null, false, FieldConversions.NONE);
  }

  /** Returns the same format with another delimiter. */
  public CsvFormat withDelimiter(char delimiter) {
    return new CsvFormat(delimiter, charset, idField, setsAside, conversions);
  }

  /** Returns the same format with another charset. */
  public CsvFormat withCharset(Charset charset) {
    return new CsvFormat(delimiter, charset, idField, setsAside, conversions);
  }

  /** Returns the same format with another id field. */
  public CsvFormat withIdField(@Nullable String idField) {
    return new CsvFormat(delimiter, charset, idField, setsAside, conversions);
  }

  /** Returns the same format with another word on bad records. */
  public CsvFormat withSetsAside(boolean setsAside) {
    return new CsvFormat(delimiter, charset, idField, setsAside, conversions);
  }

  /** Returns the same format with other conversions. */
  public CsvFormat withConversions(FieldConversions conversions) {
    return new CsvFormat(delimiter, charset, idField, setsAside, conversions);
  }
}
