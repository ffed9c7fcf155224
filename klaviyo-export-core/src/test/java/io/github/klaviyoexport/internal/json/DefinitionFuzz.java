package io.github.klaviyoexport.internal.json;

import io.github.klaviyoexport.catalog.ConnectionDefinition;
import io.github.klaviyoexport.catalog.ExportDefinition;
import io.github.klaviyoexport.catalog.Schedule;
import io.github.klaviyoexport.fuzz.Canary;
import io.github.klaviyoexport.profile.FieldMapping;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Function;

/**
 * Any text is a definition, a schedule or a mapping, or refused without quoting it; what was read,
 * written again, is read as the same.
 *
 * <p>The first byte chooses what the rest is taken for.
 */
public final class DefinitionFuzz {
  private DefinitionFuzz() {}

  /** Reads a text. */
  public static void fuzzerTestOneInput(byte[] bytes) {
    String json =
        new String(
            Canary.in(Arrays.copyOfRange(bytes, Math.min(1, bytes.length), bytes.length)),
            StandardCharsets.UTF_8);
    switch (bytes.length == 0 ? 0 : Math.floorMod(bytes[0] - '0', 4)) {
      case 0 -> read(json, ConnectionDefinition::fromJson, ConnectionDefinition::toJson);
      case 1 -> read(json, ExportDefinition::fromJson, ExportDefinition::toJson);
      case 2 -> read(json, FieldMapping::fromJson, FieldMapping::toJson);
      default -> read(json, Schedule::fromJson, Schedule::toJson);
    }
  }

  private static <T> void read(String json, Function<String, T> from, Function<T, String> to) {
    T value;
    try {
      value = from.apply(json);
    } catch (IllegalArgumentException refused) {
      Canary.assertNotIn(refused);
      return;
    }
    if (!from.apply(to.apply(value)).equals(value)) {
      throw new AssertionError("What was read is read as something else when written again.");
    }
  }
}
