package io.github.klaviyoexport.internal.source;

import java.io.IOException;
import java.io.Reader;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The characters of a CSV file, without byte order marks before them, a first line that names the
 * delimiter, and the mark of their end that DOS programs write (U+001A).
 *
 * <p>It refuses to read on within one record for ever, which is what a quote that is never closed
 * amounts to.
 */
final class CsvText extends Reader {
  static final int MAX_RECORD_CHARS = 4_000_000;

  private static final char BYTE_ORDER_MARK = '\uFEFF';
  private static final char END_MARK = '\u001A';
  private static final int LONGEST_DELIMITER_LINE = 16_000;

  /** A line such as {@code sep=;}, perhaps in quotes, perhaps filled up to the sheet's width. */
  private static final Pattern DELIMITER_LINE =
      Pattern.compile(
          "(\"?)sep=(\\\\t|[\\x01-\\x{FFFF}&&[^\"\\p{L}\\p{N}\\p{Cs}]])\\1(\\2|\\s)*",
          Pattern.CASE_INSENSITIVE);

  private final FileText text;

  /** Characters that were looked at and are still to be read. */
  private CharBuffer ahead = CharBuffer.allocate(0);

  private int recordChars;
  private boolean ended;
  private char last = '\n';

  /** Creates the text of a file, which it takes over to close. */
  CsvText(FileText text) {
    this.text = text;
  }

  /** The failure of a record that has more characters than are read of one. */
  static final class RecordTooLong extends IOException {
    private static final long serialVersionUID = 1L;
  }

  /**
   * Passes over the marks before the text and a first line that names the delimiter, as in {@code
   * sep=;}. To be called once, before anything is read.
   *
   * @return the delimiter; {@code null} if there is no such line
   * @throws CharacterCodingException if the first bytes are not text
   */
  @Nullable Character begin() throws IOException {
    StringBuilder start = new StringBuilder();
    char[] chunk = new char[1_024];
    int line = -1;
    while (line < 0 && start.length() < LONGEST_DELIMITER_LINE && mayNameDelimiter(start)) {
      int count = text.read(chunk, 0, chunk.length);
      start.append(chunk, 0, Math.max(0, count));
      while (!start.isEmpty() && start.charAt(0) == BYTE_ORDER_MARK) {
        start.deleteCharAt(0);
      }
      line = count < 0 ? start.length() : endOfLine(start);
    }
    Matcher delimiter = DELIMITER_LINE.matcher(line < 0 ? "" : start.substring(0, line));
    if (!delimiter.matches()) {
      ahead = CharBuffer.wrap(start.toString());
      return null;
    }
    String rest = start.substring(line);
    ahead =
        CharBuffer.wrap(rest.substring(rest.startsWith("\r\n") ? 2 : Math.min(1, rest.length())));
    return delimiter.group(2).length() == 1 ? delimiter.group(2).charAt(0) : '\t';
  }

  private static boolean mayNameDelimiter(StringBuilder start) {
    String begins = start.length() > 0 && start.charAt(0) == '"' ? "\"sep=" : "sep=";
    int length = Math.min(start.length(), begins.length());
    return start.substring(0, length).equalsIgnoreCase(begins.substring(0, length));
  }

  /** Returns where the first line ends, if it is known, also whether a CR stands alone; or -1. */
  private static int endOfLine(StringBuilder text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '\n' || text.charAt(i) == '\r' && i + 1 < text.length()) {
        return i;
      }
    }
    return -1;
  }

  /** Notes that another record begins. */
  void recordBegins() {
    recordChars = 0;
  }

  /** Returns whether bytes that are not text have been met so far, and handed out as such. */
  boolean hasGaps() {
    return text.hasGaps();
  }

  /** Returns whether it was told that all text has been read. */
  boolean ended() {
    return ended;
  }

  /** Returns whether what was read so far ends with a line break. */
  boolean endsLine() {
    return last == '\n' || last == '\r';
  }

  /**
   * Reads as {@link Reader} says.
   *
   * @throws CharacterCodingException if the bytes after all those characters are not text
   * @throws RecordTooLong if the record has gone on for {@value #MAX_RECORD_CHARS} characters
   */
  @Override
  public int read(char[] buffer, int offset, int length) throws IOException {
    if (recordChars >= MAX_RECORD_CHARS) {
      throw new RecordTooLong();
    }
    int read =
        ahead.hasRemaining()
            ? fromAhead(buffer, offset, length)
            : text.read(buffer, offset, length);
    int count = read;
    while (count > 0 && buffer[offset + count - 1] == END_MARK && nothingFollows()) {
      count--;
    }
    ended = read < 0 || read > 0 && count == 0;
    recordChars += Math.max(0, count);
    last = count > 0 ? buffer[offset + count - 1] : last;
    return ended ? -1 : count;
  }

  private int fromAhead(char[] buffer, int offset, int length) {
    int count = Math.min(length, ahead.remaining());
    ahead.get(buffer, offset, count);
    return count;
  }

  private boolean nothingFollows() throws IOException {
    if (ahead.hasRemaining()) {
      return false;
    }
    char[] chunk = new char[2];
    try {
      int count = text.read(chunk, 0, chunk.length);
      ahead = CharBuffer.wrap(chunk, 0, Math.max(0, count));
      return count < 0;
    } catch (CharacterCodingException comesAgain) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    text.close();
  }
}
