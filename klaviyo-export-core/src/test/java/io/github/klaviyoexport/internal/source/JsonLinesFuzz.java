package io.github.klaviyoexport.internal.source;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.klaviyoexport.fuzz.Canary;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.Unreadable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Any bytes are a file of JSON Lines or an {@link IOException} without a value; what was read,
 * written again, is read as the same.
 *
 * <p>The first byte chooses how the rest is read.
 */
public final class JsonLinesFuzz {
  private static final SourceFile FILE = new SourceFile(Path.of("file.jsonl"), "");
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private JsonLinesFuzz() {}

  /** Reads a file. */
  public static void fuzzerTestOneInput(byte[] bytes) {
    int how = bytes.length == 0 ? 0 : Math.floorMod(bytes[0] - '0', 4);
    JsonLinesFormat format =
        JsonLinesFormat.usual().withIdField(how % 2 == 0 ? null : "id").withSetsAside(how / 2 == 1);
    byte[] file = Canary.in(Arrays.copyOfRange(bytes, Math.min(1, bytes.length), bytes.length));
    List<Map<String, @Nullable Object>> read;
    try {
      read = read(file, format);
    } catch (IOException told) {
      Canary.assertNotIn(told);
      return;
    }
    StringBuilder written = new StringBuilder();
    List<Map<String, @Nullable Object>> again;
    try {
      for (Map<String, @Nullable Object> customer : read) {
        written.append(MAPPER.writeValueAsString(customer)).append('\n');
      }
      again = read(written.toString().getBytes(StandardCharsets.UTF_8), JsonLinesFormat.usual());
    } catch (IOException failure) {
      throw new AssertionError("What was read cannot be read when it is written again.", failure);
    }
    if (!again.equals(read)) {
      throw new AssertionError("What was read is read as something else when written again.");
    }
  }

  private static List<Map<String, @Nullable Object>> read(byte[] file, JsonLinesFormat format)
      throws IOException {
    List<Map<String, @Nullable Object>> read = new ArrayList<>();
    try (JsonLinesReader reader =
        JsonLinesReader.open(FILE, new ByteArrayInputStream(file), format)) {
      CustomerProfile profile = reader.next();
      while (profile != null) {
        Canary.assertNotIn(String.valueOf(profile.unreadable()));
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (int i = 0; i < profile.fields().size(); i++) {
          Object value = profile.value(i);
          if (isWritten(value)) {
            values.put(profile.fields().names().get(i), value);
          }
        }
        if (profile.unreadable() == null) {
          read.add(values);
        }
        profile = reader.next();
      }
    }
    return read;
  }

  /** Returns whether a value can be written as JSON: all of it was read, and is Unicode text. */
  private static boolean isWritten(@Nullable Object value) {
    if (value instanceof Unreadable why) {
      Canary.assertNotIn(why.reason());
      return false;
    }
    if (value instanceof Map<?, ?> map) {
      return map.entrySet().stream()
          .allMatch(entry -> isWritten(entry.getKey()) && isWritten(entry.getValue()));
    }
    if (value instanceof List<?> list) {
      return list.stream().allMatch(JsonLinesFuzz::isWritten);
    }
    return !(value instanceof String text) || StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }
}
