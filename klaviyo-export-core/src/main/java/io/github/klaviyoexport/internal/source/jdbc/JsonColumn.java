package io.github.klaviyoexport.internal.source.jdbc;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.deser.std.UntypedObjectDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import io.github.klaviyoexport.profile.Unreadable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The reader of JSON in a column: as maps, lists, text, numbers and booleans. */
final class JsonColumn {
  /** Deeper than anything that is sent. */
  private static final int MAX_DEPTH = 64;

  private static final int MAX_DIGITS = 1_000;
  private static final Unreadable TOO_LARGE = Unreadable.because("a number that is too large");

  private static final ObjectReader READER =
      new ObjectMapper(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxNumberLength(Integer.MAX_VALUE)
                          .build())
                  .build())
          .registerModule(new SimpleModule().addDeserializer(Object.class, new Values()))
          .readerFor(Object.class)
          .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private JsonColumn() {}

  /** The reader of what stands in JSON, to which a number that is too large is no hindrance. */
  private static final class Values extends UntypedObjectDeserializer {
    private static final long serialVersionUID = 1L;

    Values() {
      super(null, (JavaType) null);
    }

    @Override
    public Object deserialize(JsonParser json, DeserializationContext context) throws IOException {
      JsonToken token = json.currentToken();
      if (token != null && token.isNumeric() && json.getTextLength() > MAX_DIGITS) {
        return TOO_LARGE;
      }
      try {
        return token == JsonToken.VALUE_NUMBER_FLOAT
            ? json.getDecimalValue()
            : super.deserialize(json, context);
      } catch (NumberFormatException beyond) {
        return TOO_LARGE;
      }
    }
  }

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
