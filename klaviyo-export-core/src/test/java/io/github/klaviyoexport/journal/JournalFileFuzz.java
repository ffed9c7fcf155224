package io.github.klaviyoexport.journal;

import io.github.klaviyoexport.fuzz.Canary;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Any bytes are a journal's file or an {@link IOException} that quotes nothing of them; a file that
 * opens holds what its lines are written as, gives them each time, and takes more.
 *
 * <p>A line that begins with a plus is written with its checksum, others as they stand.
 */
public final class JournalFileFuzz {
  private static final Path DIRECTORY = directory();

  private JournalFileFuzz() {}

  private static Path directory() {
    try {
      Path directory = Files.createTempDirectory("journal-fuzz-");
      directory.toFile().deleteOnExit();
      return directory.toRealPath();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Opens a file. */
  public static void fuzzerTestOneInput(byte[] bytes) {
    Path file = DIRECTORY.resolve("log.journal");
    try {
      Files.write(file, file(Canary.in(bytes)));
      open(file);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    } finally {
      List.of(file, DIRECTORY.resolve("log.lock")).forEach(each -> each.toFile().delete());
    }
  }

  private static void open(Path file) throws IOException {
    List<String> lines = new ArrayList<>();
    try (JournalLog log = FileLog.open(DIRECTORY, "log")) {
      log.replay(lines::add);
    } catch (IOException told) {
      Canary.assertNotIn(told);
      return;
    }
    try (JournalLog log = FileLog.open(DIRECTORY, "log")) {
      assertSame(lines, log);
      log.append("one more");
      lines.add("one more");
      assertSame(lines, log);
    }
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    written.writeBytes(JournalFile.of(lines.get(0)));
    lines.subList(1, lines.size()).forEach(line -> written.writeBytes(JournalFile.line(line)));
    if (!Arrays.equals(Files.readAllBytes(file), written.toByteArray())) {
      throw new AssertionError("The file holds something else than its lines.");
    }
  }

  private static void assertSame(List<String> lines, JournalLog log) throws IOException {
    List<String> again = new ArrayList<>();
    log.replay(again::add);
    if (!again.equals(lines)) {
      throw new AssertionError(lines.size() + " lines became " + again.size() + " others.");
    }
  }

  private static byte[] file(byte[] input) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    int start = 0;
    for (int i = 0; i <= input.length; i++) {
      if (i == input.length || input[i] == '\n') {
        boolean last = i == input.length;
        if (input.length > start && input[start] == '+') {
          String text = new String(input, start + 1, i - start - 1, StandardCharsets.UTF_8);
          file.writeBytes(JournalFile.line(text));
        } else {
          file.write(input, start, i - start + (last ? 0 : 1));
        }
        start = i + 1;
      }
    }
    return file.toByteArray();
  }
}
