package io.github.klaviyoexport.internal.source.jdbc;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import io.github.klaviyoexport.profile.Unreadable;
import org.jspecify.annotations.Nullable;

/** The reader of JSON in a column: as maps, lists, text, numbers and booleans. */
final class JsonColumn {
  /** Deeper than anything that is sent. */
  private static final int MAX_DEPTH = 64;

  private static final ObjectReader READER =
      new ObjectMapper(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                  .build())
          .readerFor(Object.class)
          .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private JsonColumn() {}

  /** Returns what a text in JSON stands for; {@code null} for JSON's null. */
  static @Nullable Object value(String json, String column) {
    try {
      return READER.readValue(json);
    } catch (JsonProcessingException unreadable) {
      // Not passed on: its words quote what it read.
      return Unreadable.because("the column '" + column + "' holds no JSON of at most 64 levels");
    }
  }
}
