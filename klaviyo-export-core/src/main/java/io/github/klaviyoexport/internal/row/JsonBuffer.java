package io.github.klaviyoexport.internal.row;

import com.fasterxml.jackson.core.io.NumberOutput;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Arrays;

/**
 * JSON text in one reused array, which can be taken back to an earlier length.
 *
 * <p>A streaming generator cannot take back; here a value that turns out unwritable half way
 * through leaves no trace in the row.
 */
final class JsonBuffer {
  /** A row must be smaller than this, in bytes. */
  static final int MAX_ROW_BYTES = 100_000;

  private static final int MAX_BYTES_PER_CHAR = 6; // a control character, such as \u0001
  private static final int MAX_BYTES_PER_LONG = 20;
  private static final int THOUSAND = 1000;

  /** From here on {@link Double#toString(double)} writes an exponent. */
  private static final double MAX_DECIMAL = 1e7;

  private static final int PIECE = 128;
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  /** What follows the backslash for an ASCII character; 0 for those written as they are. */
  private static final byte[] ESCAPES = new byte[128];

  static {
    Arrays.fill(ESCAPES, 0, ' ', (byte) 'u');
    ESCAPES['\b'] = 'b';
    ESCAPES['\t'] = 't';
    ESCAPES['\n'] = 'n';
    ESCAPES['\f'] = 'f';
    ESCAPES['\r'] = 'r';
    ESCAPES['"'] = '"';
    ESCAPES['\\'] = '\\';
  }

  private byte[] bytes;
  private int length;

  /** The piece of text that is being written, in the form in which it is read the quickest. */
  private final char[] chars = new char[PIECE];

  /** Creates a buffer without text. */
  JsonBuffer() {
    this(4096);
  }

  /** Creates a buffer without text that takes so many bytes at first. */
  JsonBuffer(int bytes) {
    this.bytes = new byte[bytes];
  }

  /** Returns the array that begins with the text; valid until the next change. */
  byte[] bytes() {
    return bytes;
  }

  /** Returns how many bytes of the array are text. */
  int length() {
    return length;
  }

  /** Takes back everything after the first {@code length} bytes. */
  void rewind(int length) {
    this.length = length;
  }

  /** Begins an element: writes a comma unless it is the first of its object or array. */
  void next() {
    byte last = bytes[length - 1];
    if (last != '{' && last != '[') {
      raw(',');
    }
  }

  /** Writes a character of JSON's own. */
  void raw(char ascii) {
    ensure(1);
    bytes[length++] = (byte) ascii;
  }

  /** Writes JSON that is made already. */
  void raw(byte[] json) {
    ensure(json.length);
    System.arraycopy(json, 0, bytes, length, json.length);
    length += json.length;
  }

  /** Writes ASCII that needs no escaping, such as the digits of a number. */
  @SuppressWarnings("deprecation") // It copies half of each character, which of ASCII is all.
  void ascii(String text) {
    int count = text.length();
    ensure(count);
    text.getBytes(0, count, bytes, length);
    length += count;
  }

  /** Returns whether a text is ASCII that needs no escaping. */
  static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= ESCAPES.length || ESCAPES[c] != 0) {
        return false;
      }
    }
    return true;
  }

  /** Writes {@linkplain #isPlain plain} text as a string, with its quotes. */
  void plainText(String text) {
    raw('"');
    ascii(text);
    raw('"');
  }

  /** Writes a whole number. */
  void number(long value) {
    ensure(MAX_BYTES_PER_LONG);
    length = NumberOutput.outputLong(value, bytes, length);
  }

  /**
   * Writes a fraction, in the form of {@link Double#toString(double)}, if it has at most three
   * decimal places, as most amounts and rates have: those need no search for the shortest digits.
   *
   * @return false, with nothing written, if it has more, or is so small or large that it may have
   *     an exponent
   */
  boolean decimal(double value) {
    double size = Math.abs(value);
    if (!(size < MAX_DECIMAL)) {
      return false;
    }
    // Dividend and divisor are exact as doubles, so the quotient is what those digits are read as.
    long thousandths = (long) (size * THOUSAND + 0.5);
    if ((double) thousandths / THOUSAND != size) {
      return false;
    }
    ensure(MAX_BYTES_PER_LONG);
    byte[] out = bytes;
    int at = length;
    if (Double.doubleToRawLongBits(value) < 0) { // the minus of a zero, too
      out[at++] = '-';
    }
    int whole = (int) (thousandths / THOUSAND);
    int rest = (int) (thousandths % THOUSAND);
    at = NumberOutput.outputInt(whole, out, at);
    int last = rest % 10;
    int middle = rest / 10 % 10;
    out[at] = '.';
    out[at + 1] = (byte) ('0' + rest / 100);
    out[at + 2] = (byte) ('0' + middle);
    out[at + 3] = (byte) ('0' + last);
    length = at + (last != 0 ? 4 : middle != 0 ? 3 : 2);
    return true;
  }

  /**
   * Writes a date as a string, in the form of {@link LocalDate#toString}.
   *
   * @return false, with nothing written, if its year does not have four digits
   */
  boolean date(LocalDate date) {
    int year = date.getYear();
    if (year < 1000 || year > 9999) {
      return false;
    }
    ensure(12);
    byte[] out = bytes;
    int at = length;
    out[at] = '"';
    twoDigits(out, at + 1, year / 100);
    twoDigits(out, at + 3, year % 100);
    out[at + 5] = '-';
    twoDigits(out, at + 6, date.getMonthValue());
    out[at + 8] = '-';
    twoDigits(out, at + 9, date.getDayOfMonth());
    out[at + 11] = '"';
    length = at + 12;
    return true;
  }

  private static void twoDigits(byte[] out, int at, int number) {
    out[at] = (byte) ('0' + number / 10);
    out[at + 1] = (byte) ('0' + number % 10);
  }

  /**
   * Writes a string with its quotes, and without U+0000: receivers that keep text in a database
   * fail on the whole request for it.
   *
   * @return false, with nothing written, if the text holds half a surrogate pair
   */
  boolean text(String text) {
    int count = text.length();
    ensure(count * MAX_BYTES_PER_CHAR + 2);
    byte[] out = bytes;
    int end = length;
    out[end++] = '"';
    int i = 0;
    int plain = PIECE;
    while (i < count && plain == PIECE) {
      plain = plain(text, i, Math.min(PIECE, count - i), out, end);
      i += plain;
      end += plain;
    }
    // Most text has ended here.
    while (i < count) {
      char c = text.charAt(i++);
      if (c < 0x80) {
        byte escape = ESCAPES[c];
        if (escape == 0) {
          out[end++] = (byte) c;
        } else if (c != 0) {
          out[end++] = '\\';
          out[end++] = escape;
          if (escape == 'u') {
            out[end++] = '0';
            out[end++] = '0';
            out[end++] = HEX[c >> 4];
            out[end++] = HEX[c & 0xF];
          }
        }
      } else if (c < 0x800) {
        out[end++] = (byte) (0xC0 | c >> 6);
        out[end++] = (byte) (0x80 | c & 0x3F);
      } else if (!Character.isSurrogate(c)) {
        out[end++] = (byte) (0xE0 | c >> 12);
        out[end++] = (byte) (0x80 | c >> 6 & 0x3F);
        out[end++] = (byte) (0x80 | c & 0x3F);
      } else {
        if (i == count || !Character.isSurrogatePair(c, text.charAt(i))) {
          return false;
        }
        int point = Character.toCodePoint(c, text.charAt(i++));
        out[end++] = (byte) (0xF0 | point >> 18);
        out[end++] = (byte) (0x80 | point >> 12 & 0x3F);
        out[end++] = (byte) (0x80 | point >> 6 & 0x3F);
        out[end++] = (byte) (0x80 | point & 0x3F);
      }
    }
    out[end++] = '"';
    length = end;
    return true;
  }

  /** Writes a piece of text as far as it is plain ASCII; returns how many characters that are. */
  private int plain(String text, int start, int count, byte[] out, int at) {
    char[] piece = chars;
    byte[] escapes = ESCAPES;
    text.getChars(start, start + count, piece, 0);
    for (int i = 0; i < count; i++) {
      char c = piece[i];
      if (c >= 128 || escapes[c] != 0) {
        return i;
      }
      out[at + i] = (byte) c;
    }
    return count;
  }

  private void ensure(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }
}
