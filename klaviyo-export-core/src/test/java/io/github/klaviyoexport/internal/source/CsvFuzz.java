package io.github.klaviyoexport.internal.source;

import io.github.klaviyoexport.fuzz.Canary;
import io.github.klaviyoexport.internal.text.InvisibleCharacters;
import io.github.klaviyoexport.internal.text.VisibleText;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.Unreadable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Any bytes are a CSV file or an {@link IOException} without a value; what was read, written again,
 * is read as the same, but for records in which nothing can be seen and for what is invisible
 * around names.
 *
 * <p>The first byte chooses how the rest is read.
 */
public final class CsvFuzz {
  private static final List<Charset> CHARSETS =
      List.of(StandardCharsets.UTF_8, StandardCharsets.UTF_16LE, StandardCharsets.ISO_8859_1);
  private static final SourceFile FILE = new SourceFile(Path.of("file.csv"), "");
  private static final char[] DELIMITERS = {',', ';', '\t'};

  private CsvFuzz() {}

  /** Reads a file. */
  public static void fuzzerTestOneInput(byte[] bytes) {
    int how = bytes.length == 0 ? 0 : Math.floorMod(bytes[0] - '0', 36);
    CsvFormat format =
        CsvFormat.of(DELIMITERS[how % 3], CHARSETS.get(how / 3 % 3))
            .withIdField(how / 9 % 2 == 0 ? null : "id")
            .withSetsAside(how / 18 == 1);
    byte[] file = Canary.in(Arrays.copyOfRange(bytes, Math.min(1, bytes.length), bytes.length));
    List<List<@Nullable Object>> read = new ArrayList<>();
    try {
      read(file, format, read);
    } catch (IOException told) {
      Canary.assertNotIn(told);
      return;
    }
    List<List<@Nullable Object>> again = new ArrayList<>();
    try {
      read(written(read, format), format, again);
    } catch (IOException failure) {
      throw new AssertionError("What was read cannot be read when it is written again.", failure);
    }
    if (!visible(again).equals(visible(read))) {
      throw new AssertionError("What was read is read as something else when written again.");
    }
  }

  private static void read(byte[] file, CsvFormat format, List<List<@Nullable Object>> into)
      throws IOException {
    try (CsvProfileReader reader =
        CsvProfileReader.open(FILE, new ByteArrayInputStream(file), format)) {
      List<String> names = reader.fields().orElseThrow().names();
      into.add(List.copyOf(names));
      CustomerProfile profile = reader.next();
      while (profile != null) {
        List<@Nullable Object> values = new ArrayList<>();
        Canary.assertNotIn(String.valueOf(profile.unreadable()));
        for (int i = 0; i < profile.fields().size(); i++) {
          Object value = profile.value(i);
          Canary.assertNotIn(value instanceof Unreadable why ? why.reason() : "");
          values.add(value instanceof Unreadable ? null : value);
        }
        if (profile.unreadable() == null) {
          into.add(values);
        }
        profile = reader.next();
      }
    }
  }

  private static List<List<String>> visible(List<List<@Nullable Object>> records) {
    List<List<String>> visible = new ArrayList<>();
    for (List<@Nullable Object> record : records) {
      List<String> values = new ArrayList<>();
      for (Object value : record) {
        String text = value == null ? "" : value.toString();
        values.add(visible.isEmpty() ? InvisibleCharacters.strip(text) : text);
      }
      if (!VisibleText.isBlank(String.join("", values))) {
        visible.add(values);
      }
    }
    return visible;
  }

  private static byte[] written(List<List<@Nullable Object>> records, CsvFormat format) {
    return records.stream()
        .map(record -> line(record, format.delimiter()))
        // An empty line first, so that no name is taken for one that names the delimiter.
        .collect(Collectors.joining("\n", "\n", ""))
        .getBytes(format.charset());
  }

  private static String line(List<@Nullable Object> values, char delimiter) {
    return values.stream()
        .map(value -> value == null ? "" : value.toString())
        .map(value -> '"' + value.replace("\"", "\"\"") + '"')
        .collect(Collectors.joining(String.valueOf(delimiter)));
  }
}
