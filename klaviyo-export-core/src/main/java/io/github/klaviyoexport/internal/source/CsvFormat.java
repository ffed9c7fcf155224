package io.github.klaviyoexport.internal.source;

import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;

/**
 * The format of a CSV file.
 *
 * @param delimiter what stands between fields
 * @param charset the charset of the text; a byte order mark is passed over and changes nothing
 * @param idField the field of the customer's id; {@code null} to call customers by their lines
 */
public record CsvFormat(char delimiter, Charset charset, @Nullable String idField) {}
