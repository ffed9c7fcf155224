package io.github.klaviyoexport.internal.source;

import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;

/**
 * How a CSV file is written.
 *
 * @param delimiter what stands between fields
 * @param charset how text becomes bytes, unless a byte order mark says so
 * @param idField the field of the customer's id; {@code null} for the first
 */
public record CsvFormat(char delimiter, Charset charset, @Nullable String idField) {}
