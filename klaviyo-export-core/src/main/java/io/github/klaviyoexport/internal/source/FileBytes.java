package io.github.klaviyoexport.internal.source;

import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The bytes of a file of text: what their beginning says of how they are to be read. */
final class FileBytes {
  /** How many bytes are looked at: four characters of UTF-16. */
  private static final int START_BYTES = 8;

  private static final String GZIP = "1f8b08";

  /** The kinds of UTF-16 that are read as the byte order mark says, if there is one. */
  private static final Set<String> HEED_A_MARK = Set.of("UTF-16", "x-UTF-16LE-BOM");

  /** How files begin that hold no text as they are, and what is to be done about them. */
  private static final Map<String, String> NO_TEXT = new LinkedHashMap<>();

  static {
    NO_TEXT.put(
        "504b0304",
        "a zip archive or an Excel workbook: unpack it, or save the sheet as CSV UTF-8 in Excel");
    NO_TEXT.put("d0cf11e0", "an Excel workbook: save the sheet as CSV UTF-8 in Excel");
    NO_TEXT.put("fd377a585a00", "packed with xz: unpack it, or pack it with gzip");
    NO_TEXT.put("28b52ffd", "packed with zstd: unpack it, or pack it with gzip");
    NO_TEXT.put("377abcaf271c", "a 7z archive: unpack it, or pack it with gzip");
  }

  private FileBytes() {}

  /**
   * Returns the text of a file, which may be packed with gzip.
   *
   * @param in the file's content, closed by the text, or here when this fails
   * @param kind what the text is, as in {@code CSV}
   * @param goesOn whether reading goes on after bytes that are not text
   * @throws IOException if it is certainly no text in that charset; the message says what it is
   */
  static FileText text(String file, InputStream in, Charset charset, String kind, boolean goesOn)
      throws IOException {
    PushbackInputStream bytes = new PushbackInputStream(in, START_BYTES);
    try {
      String start = start(file, bytes);
      if (start.startsWith(GZIP)) {
        bytes = new PushbackInputStream(new GzipMembers(bytes), START_BYTES);
        start = start(file, bytes);
        if (start.startsWith(GZIP)) {
          throw new IOException("The file " + file + " is packed with gzip twice: unpack it once.");
        }
      }
      for (Map.Entry<String, String> other : NO_TEXT.entrySet()) {
        if (start.startsWith(other.getKey())) {
          throw new IOException(
              "The file "
                  + file
                  + " is "
                  + other.getValue()
                  + ". "
                  + kind
                  + (kind.endsWith("s") ? " are" : " is")
                  + " read as it is or in gzip.");
        }
      }
      return new FileText(bytes, charset(file, start, charset), goesOn);
    } catch (IOException | RuntimeException e) {
      try {
        bytes.close();
      } catch (IOException alsoFailed) {
        e.addSuppressed(alsoFailed);
      }
      throw e;
    }
  }

  /** Returns whether a file has no byte, or is packed with gzip and unpacks to none. */
  static boolean holdNothing(Path file) throws IOException {
    try (PushbackInputStream bytes =
            new PushbackInputStream(Files.newInputStream(file), START_BYTES);
        InputStream content =
            start(file.toString(), bytes).startsWith(GZIP) ? new GzipMembers(bytes) : bytes) {
      return content.read() < 0;
    }
  }

  /** Returns the first bytes as hexadecimal digits. They are read again. */
  private static String start(String file, PushbackInputStream bytes) throws IOException {
    byte[] start = new byte[START_BYTES];
    int count;
    try {
      count = bytes.readNBytes(start, 0, START_BYTES);
    } catch (IOException failure) {
      throw unreadable(file, 1, failure);
    }
    bytes.unread(start, 0, count);
    return HexFormat.of().formatHex(start, 0, count);
  }

  /** Returns the failure of a file that ends, breaks or changes before its text ends. */
  static IOException unreadable(String file, long line, IOException cause) {
    if (cause instanceof WatchedFile.Changed) {
      return cause;
    }
    return new IOException(
        "The file "
            + file
            + " could not be read on from line "
            + line
            + (cause instanceof GzipMembers.Damaged
                ? ": it is packed with gzip and " + cause.getMessage() + "."
                : "."),
        cause);
  }

  /**
   * Returns the charset of the text: the one that was named, unless the file says that it is
   * UTF-16, which no UTF-8 begins like.
   */
  private static Charset charset(String file, String start, Charset named) throws IOException {
    if (named.name().contains("UTF-32")) {
      return named;
    }
    if (start.startsWith("fffe0000") || start.startsWith("0000feff")) {
      throw contradicts(
          file, "begins with the byte order mark of", Charset.forName("UTF-32"), named);
    }
    boolean utf16 = named.name().contains("UTF-16");
    boolean heedsMark = HEED_A_MARK.contains(named.name());
    if (start.startsWith("fffe") || start.startsWith("feff")) {
      if (named.equals(StandardCharsets.UTF_8)) {
        return StandardCharsets.UTF_16;
      }
      Charset marked =
          start.startsWith("fffe") ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_16BE;
      if (!heedsMark && !named.equals(marked)) {
        throw contradicts(file, "begins with the byte order mark of", marked, named);
      }
      return named;
    }
    if (start.startsWith("efbbbf") && !utf16 && !named.equals(StandardCharsets.UTF_8)) {
      throw contradicts(file, "begins with the byte order mark of", StandardCharsets.UTF_8, named);
    }
    Charset looks = unmarked(start);
    // Without a mark, UTF-16 is big-endian to Java.
    boolean big = named.equals(StandardCharsets.UTF_16);
    Charset otherwise = big ? StandardCharsets.UTF_16BE : StandardCharsets.UTF_16LE;
    if (looks != null && !looks.equals(heedsMark ? otherwise : named)) {
      throw contradicts(file, "is, without a byte order mark, text in", looks, named);
    }
    return named;
  }

  /** Returns which UTF-16 the beginning is, if every other byte of it is null. */
  private static @Nullable Charset unmarked(String start) {
    if (start.length() < 4 * 2) {
      return null;
    }
    if (start.matches("((?!00)..00)+")) {
      return StandardCharsets.UTF_16LE;
    }
    return start.matches("(00(?!00)..)+") ? StandardCharsets.UTF_16BE : null;
  }

  private static IOException contradicts(String file, String says, Charset found, Charset named) {
    return new IOException(
        "The file "
            + file
            + " "
            + says
            + " "
            + found
            + " and was to be read as "
            + named
            + ": name its charset to the source, charset("
            + (found.name().startsWith("UTF-32")
                ? "Charset.forName(\"" + found + "\")"
                : "StandardCharsets." + found.name().replace('-', '_'))
            + ").");
  }
}
