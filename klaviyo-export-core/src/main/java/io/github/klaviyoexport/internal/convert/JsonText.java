package io.github.klaviyoexport.internal.convert;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.klaviyoexport.profile.Unreadable;
import org.jspecify.annotations.Nullable;

/** JSON as text. */
public final class JsonText {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .build();

  private JsonText() {}

  /**
   * Returns what a JSON text holds: a {@code Map}, {@code List}, {@code String}, number, {@code
   * Boolean} or {@code null}, or an {@code Unreadable}.
   */
  public static @Nullable Object read(String text) {
    try {
      return MAPPER.readValue(text, Object.class);
    } catch (JsonProcessingException | NumberFormatException wrong) {
      // The message quotes the text, also that about an exponent which no BigDecimal has.
      return Unreadable.because("no JSON, and of JSON only one value");
    }
  }
}
