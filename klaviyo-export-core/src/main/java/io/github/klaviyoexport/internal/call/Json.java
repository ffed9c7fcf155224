package io.github.klaviyoexport.internal.call;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The reader of JSON that comes from outside: unknown fields do no harm, and nesting ends at 64.
 */
public final class Json {
  private static final int MAX_DEPTH = 64;
  private static final ObjectMapper MAPPER =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
              .build());

  private Json() {}

  /**
   * Returns the object that the bytes hold, or {@code null} if they do not hold exactly one.
   *
   * <p>The parser's complaint is dropped on purpose: it quotes what it read.
   */
  public static @Nullable JsonNode object(byte[] bytes) {
    try (var parser = MAPPER.createParser(bytes)) {
      JsonNode node = MAPPER.readTree(parser);
      return node != null && node.isObject() && parser.nextToken() == null ? node : null;
    } catch (IOException unreadable) {
      return null;
    }
  }
}
