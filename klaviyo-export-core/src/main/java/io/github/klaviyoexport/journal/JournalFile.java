package io.github.klaviyoexport.journal;

import io.github.klaviyoexport.internal.files.PrivateFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/**
 * The text of a journal file. Each line is the CRC-32C of its text in eight hexadecimal digits, a
 * space, the text in UTF-8, and a line feed. The text of the first line names this format.
 */
final class JournalFile {
  private static final String FORMAT = "klaviyo-export journal 1";
  private static final int PREFIX = 9;
  private static final int LONGEST = PREFIX + 3 * LogRules.LONGEST_LINE;

  private final Path path;
  private final InputStream in;
  private byte[] buffer = new byte[1 << 16];
  private int next;
  private int filled;
  private int start;
  private int length;

  private JournalFile(Path path, InputStream in) {
    this.path = path;
    this.in = in;
  }

  /** Returns the bytes of a file with one line. */
  static byte[] of(String text) {
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes(line(FORMAT));
    bytes.writeBytes(line(text));
    return bytes.toByteArray();
  }

  /** Returns the bytes of one more line for a file. */
  static byte[] line(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    byte[] line = new byte[PREFIX + bytes.length + 1];
    System.arraycopy(prefix(bytes, 0, bytes.length), 0, line, 0, PREFIX);
    System.arraycopy(bytes, 0, line, PREFIX, bytes.length);
    line[line.length - 1] = '\n';
    return line;
  }

  private static byte[] prefix(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    String digits = HexFormat.of().toHexDigits((int) crc.getValue());
    return (digits + ' ').getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Reads a file as far as it is whole.
   *
   * @param lines takes the text of each line but the first
   * @return how many bytes are whole; behind them is at most one line, the writing of which was cut
   *     off
   * @throws IOException if a line is damaged and others follow, which no crash does, or if the file
   *     is not of this format
   */
  static long read(Path path, Consumer<String> lines) throws IOException {
    try (InputStream in = PrivateFiles.readOrdinary(path)) {
      return new JournalFile(path, in).read(lines);
    }
  }

  private long read(Consumer<String> lines) throws IOException {
    long whole = 0;
    for (int number = 1; advance(number); number++) {
      if (!isIntact()) {
        if (next < filled || in.read() >= 0) {
          throw damaged(number);
        }
        break;
      }
      String text = new String(buffer, start + PREFIX, length - PREFIX, StandardCharsets.UTF_8);
      if (number > 1) {
        lines.accept(text);
      } else if (!text.equals(FORMAT)) {
        throw new IOException(
            path
                + " was written by another version of this library: finish its export with that"
                + " version, or delete the file, and the next export starts over.");
      }
      whole += length + 1;
    }
    return whole;
  }

  /** Moves on to the next line that has an end, and returns whether there is one. */
  private boolean advance(int number) throws IOException {
    start = next;
    for (int i = start; ; i++) {
      if (i == filled) {
        int moved = start;
        if (!fill(number)) {
          return false;
        }
        i -= moved;
      }
      if (buffer[i] == '\n') {
        length = i - start;
        next = i + 1;
        return true;
      }
    }
  }

  /** Moves the line that has begun to the front of the buffer and reads on behind it. */
  private boolean fill(int number) throws IOException {
    filled -= start;
    System.arraycopy(buffer, start, buffer, 0, filled);
    start = 0;
    if (filled == buffer.length) {
      if (filled >= LONGEST) {
        throw damaged(number);
      }
      buffer = Arrays.copyOf(buffer, 2 * filled);
    }
    int read = in.read(buffer, filled, buffer.length - filled);
    filled += Math.max(read, 0);
    return read > 0;
  }

  private boolean isIntact() {
    return length >= PREFIX
        && Arrays.equals(
            buffer,
            start,
            start + PREFIX,
            prefix(buffer, start + PREFIX, length - PREFIX),
            0,
            PREFIX);
  }

  private IOException damaged(int number) {
    return new IOException(
        "Line "
            + number
            + " of the journal file "
            + path
            + " is damaged, and not by a crash, because more follows it. Put back a good copy of the"
            + " file; or delete it, and the next export starts over and sends every profile again.");
  }
}
