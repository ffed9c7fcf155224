package io.github.klaviyoexport.internal.source;

import java.io.IOException;
import java.io.Reader;

/**
 * The text of a CSV file, handed out a line at a time, so that reading can go on after a record
 * that cannot be read: in the line after the one in which the record begins.
 *
 * <p>A record goes wrong in a later line than its first because of a quote that was opened and not
 * closed. What stands in the lines between is other customers, most likely, and is read again for
 * that reason. It is kept until the record ends.
 */
final class CsvLines extends Reader {
  private static final int CHUNK = 16 * 1024;

  private final CsvText text;
  private char[] chars = new char[CHUNK];
  private int next;
  private int end;
  private boolean ended;

  /** What was handed out of the record after its first line. */
  private final StringBuilder afterFirstLine = new StringBuilder();

  private boolean isFirstLine = true;
  private int recordChars;

  CsvLines(CsvText text) {
    this.text = text;
  }

  /** Notes that another record begins. */
  void recordBegins() {
    text.recordBegins();
    afterFirstLine.setLength(0);
    isFirstLine = true;
    recordChars = 0;
  }

  /** Returns whether it was told that all text has been read. */
  boolean ended() {
    return ended;
  }

  /** Goes on in the line after the one in which the record begins. */
  void toSecondLineOfRecord() throws IOException {
    while (isFirstLine && hasMore()) {
      handOut(lineEnd(end));
      text.recordBegins();
    }
    int kept = afterFirstLine.length();
    char[] again = new char[Math.max(CHUNK, kept + end - next)];
    afterFirstLine.getChars(0, kept, again, 0);
    System.arraycopy(chars, next, again, kept, end - next);
    end = kept + end - next;
    next = 0;
    chars = again;
    ended = false;
    recordBegins();
  }

  /**
   * Reads up to the end of the line.
   *
   * @throws CsvText.RecordTooLong if the record has gone on for too long
   */
  @Override
  public int read(char[] buffer, int offset, int length) throws IOException {
    if (recordChars >= CsvText.MAX_RECORD_CHARS) {
      throw new CsvText.RecordTooLong();
    }
    if (!hasMore()) {
      ended = true;
      return -1;
    }
    int from = next;
    int count = handOut(lineEnd(Math.min(end, next + length)));
    System.arraycopy(chars, from, buffer, offset, count);
    return count;
  }

  /** Returns whether there is more, and sees to it that LF is known if it follows CR. */
  private boolean hasMore() throws IOException {
    if (next == end) {
      chars = chars.length > CHUNK ? new char[CHUNK] : chars;
      next = 0;
      end = 0;
      fill();
    }
    if (next == end - 1 && chars[next] == '\r') {
      chars[0] = '\r';
      next = 0;
      end = 1;
      fill();
    }
    return next < end;
  }

  private void fill() throws IOException {
    end += Math.max(0, text.read(chars, end, chars.length - end));
  }

  /** Notes that what is next is handed out, up to a position; returns how much that is. */
  private int handOut(int to) {
    int count = to - next;
    if (isFirstLine) {
      char last = chars[to - 1];
      isFirstLine = last != '\n' && last != '\r';
    } else {
      afterFirstLine.append(chars, next, count);
    }
    next = to;
    recordChars += count;
    return count;
  }

  /**
   * Returns the position behind the line, or as far as is known that it goes. CR and LF are not
   * parted.
   */
  private int lineEnd(int known) {
    for (int i = next; i < known; i++) {
      if (chars[i] == '\n') {
        return i + 1;
      }
      if (chars[i] == '\r') {
        if (i + 1 < known) {
          return chars[i + 1] == '\n' ? i + 2 : i + 1;
        }
        return i > next ? i : i + 1;
      }
    }
    return known;
  }

  @Override
  public void close() throws IOException {
    text.close();
  }
}
