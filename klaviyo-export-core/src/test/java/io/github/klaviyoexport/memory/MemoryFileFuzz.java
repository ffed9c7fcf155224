package io.github.klaviyoexport.memory;

import io.github.klaviyoexport.fuzz.Canary;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Any bytes are the file of a memory or damage that quotes nothing of them; a file that opens gives
 * its blocks each time, and takes more; one that is damaged can be written anew.
 *
 * <p>Where the first byte is a digit, that is how many blocks are certain, and each line behind it
 * is a block: with a wrong checksum if it begins with an exclamation mark, shorter than it says if
 * it begins with a less-than sign.
 */
public final class MemoryFileFuzz {
  private static final Path DIRECTORY = directory();
  private static final long MAGIC = 0x6b78_6d65_6d6f_7231L;

  private MemoryFileFuzz() {}

  private static Path directory() {
    try {
      Path directory = Files.createTempDirectory("memory-fuzz-");
      directory.toFile().deleteOnExit();
      return directory.toRealPath();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Opens a file. */
  public static void fuzzerTestOneInput(byte[] bytes) {
    Path file = DIRECTORY.resolve("log.memory");
    try {
      Files.write(file, file(Canary.in(bytes)));
      open();
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    } finally {
      List.of(file, DIRECTORY.resolve("log.memory-lock")).forEach(each -> each.toFile().delete());
    }
  }

  private static void open() throws IOException {
    List<byte[]> blocks = new ArrayList<>();
    byte[] more = {1, 2, 3};
    try (MemoryLog log = FileMemoryLog.open(DIRECTORY, "log", null)) {
      try {
        blocks.addAll(blocks(log));
        log.append(more);
      } catch (DamagedMemoryException told) {
        Canary.assertNotIn(told);
        blocks.clear();
        byte[][] only = {more};
        log.replace(
            () -> {
              byte[] block = only[0];
              only[0] = null;
              return block;
            });
      }
      blocks.add(more);
      assertSame(blocks, log);
    }
    try (MemoryLog log = FileMemoryLog.open(DIRECTORY, "log", null)) {
      assertSame(blocks, log);
    }
  }

  private static List<byte[]> blocks(MemoryLog log) throws IOException {
    List<byte[]> blocks = new ArrayList<>();
    for (long number = 0; number < log.blocks(); number++) {
      blocks.add(log.read(number));
    }
    return blocks;
  }

  private static void assertSame(List<byte[]> blocks, MemoryLog log) throws IOException {
    List<byte[]> again = blocks(log);
    if (!Arrays.deepEquals(again.toArray(), blocks.toArray())) {
      throw new AssertionError(blocks.size() + " blocks became " + again.size() + " others.");
    }
  }

  private static byte[] file(byte[] input) {
    if (input.length == 0 || input[0] < '0' || input[0] > '9') {
      return input;
    }
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(
        ByteBuffer.allocate(2 * Long.BYTES).putLong(MAGIC).putLong(input[0] - '0').array());
    String rest = new String(input, 1, input.length - 1, StandardCharsets.ISO_8859_1);
    for (String line : rest.split("\n")) {
      byte[] block = line.getBytes(StandardCharsets.ISO_8859_1);
      CRC32C sum = new CRC32C();
      sum.update(block);
      int length = block.length + (line.startsWith("<") ? 5 : 0);
      int checksum = (int) sum.getValue() + (line.startsWith("!") ? 1 : 0);
      file.writeBytes(
          ByteBuffer.allocate(Long.BYTES + block.length)
              .putInt(length)
              .putInt(checksum)
              .put(block)
              .array());
    }
    return file.toByteArray();
  }
}
