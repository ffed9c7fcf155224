package io.github.klaviyoexport.internal.report;

import io.github.klaviyoexport.Outcome;
import io.github.klaviyoexport.profile.Rejection;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The lines of outcomes on their way to a file: UTF-8, one outcome a line, gathered until they are
 * taken.
 *
 * <p>There may be millions of them, so they are written as bytes at once.
 */
public final class OutcomeLines {
  /** The names of what a line has, in the order of the columns. */
  static final String[] COLUMNS = {
    "id",
    "list",
    "outcome",
    "job",
    "why",
    "duplicate_of",
    "field",
    "reason",
    "code",
    "type",
    "shared_with",
    "fields_left_out"
  };

  private static final int FIRST_BYTES = 80_000;
  private static final int MOST_BYTES_OF_A_CHAR = 6;
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private static final byte[] ID = bytes("{\"id\":");
  private static final byte[] LIST = bytes(",\"list\":");
  private static final byte[] JOB = bytes(",\"job\":");

  /** For each kind what follows the list. */
  private static final byte[][] KINDS =
      Stream.of(Outcome.Kind.values())
          .map(kind -> bytes(",\"outcome\":\"" + kind + "\""))
          .toArray(byte[][]::new);

  private final Form form;
  private byte[] bytes = new byte[FIRST_BYTES];
  private int length;

  /** The form of the lines. */
  public enum Form {
    /** One JSON object a line. */
    JSON_LINES,
    /** CSV for programs, an id byte for byte. */
    CSV,
    /** CSV that no spreadsheet runs as formulas. */
    SPREADSHEET;

    /** Returns what a file begins with. */
    public String header() {
      return switch (this) {
        case JSON_LINES -> "";
        case CSV -> String.join(",", COLUMNS) + "\r\n";
        // Named otherwise, so that nobody takes such ids for the source's.
        case SPREADSHEET -> "shown_" + String.join(",", COLUMNS) + "\r\n";
      };
    }
  }

  /** Creates a place for lines of a form. */
  public OutcomeLines(Form form) {
    this.form = form;
  }

  /** Returns how many bytes have been gathered. */
  public int length() {
    return length;
  }

  /** Writes all that was gathered, and is empty. */
  public void writeTo(OutputStream out) throws IOException {
    int all = length;
    length = 0;
    out.write(bytes, 0, all);
  }

  /** Adds the line of an outcome. */
  public void add(Outcome outcome) {
    if (form == Form.JSON_LINES) {
      json(outcome);
    } else {
      csv(outcome);
    }
  }

  private void json(Outcome outcome) {
    raw(ID);
    quoted(outcome.id());
    raw(LIST);
    quoted(outcome.list().value());
    raw(KINDS[outcome.kind().ordinal()]);
    String job = outcome.job();
    if (job != null) {
      raw(JOB);
      quoted(job);
    }
    if (outcome.why() != null) {
      member("why", outcome.why().name());
    }
    member("duplicate_of", outcome.otherCustomerId());
    Rejection rejection = outcome.rejection();
    if (rejection != null) {
      members(rejection);
    }
    if (!outcome.fieldsLeftOut().isEmpty()) {
      ascii(",\"fields_left_out\":");
      fields(outcome);
    }
    put('}');
    put('\n');
  }

  private void members(Rejection rejection) {
    member("field", rejection.field());
    member("reason", rejection.reason().name());
    member("code", rejection.code());
    member("type", rejection.type());
    member("shared_with", rejection.otherCustomerId());
  }

  private void fields(Outcome outcome) {
    put('[');
    for (int i = 0; i < outcome.fieldsLeftOut().size(); i++) {
      ascii(i == 0 ? "{" : ",{");
      int first = length;
      members(outcome.fieldsLeftOut().get(i));
      // Without the comma before the first member.
      System.arraycopy(bytes, first + 1, bytes, first, length - first - 1);
      length--;
      put('}');
    }
    put(']');
  }

  private void member(String name, @Nullable String value) {
    if (value != null) {
      ascii(",\"");
      ascii(name);
      ascii("\":");
      quoted(value);
    }
  }

  private void quoted(String text) {
    int chars = text.length();
    room(chars * MOST_BYTES_OF_A_CHAR + 2);
    bytes[length++] = '"';
    int plain = plain(text, chars);
    for (int i = plain; i < chars; i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        bytes[length++] = '\\';
        bytes[length++] = (byte) c;
      } else if (c >= ' ' && c < 0x7f) {
        bytes[length++] = (byte) c;
      } else if (c < ' ' || c == 0x7f || isHalf(text, i)) {
        escaped(c);
      } else {
        i = encoded(text, i);
      }
    }
    bytes[length++] = '"';
  }

  /** Writes the characters up to the first that is not plain ASCII; returns how many those are. */
  private int plain(String text, int chars) {
    byte[] to = bytes;
    int at = length;
    for (int i = 0; i < chars; i++) {
      char c = text.charAt(i);
      if (c < ' ' || c >= 0x7f || c == '"' || c == '\\') {
        length = at;
        return i;
      }
      to[at++] = (byte) c;
    }
    length = at;
    return chars;
  }

  private void escaped(char c) {
    bytes[length++] = '\\';
    bytes[length++] = 'u';
    for (int shift = 12; shift >= 0; shift -= 4) {
      bytes[length++] = HEX[c >>> shift & 0xf];
    }
  }

  /** Returns whether a character is half of a pair whose other half is not there. */
  private static boolean isHalf(String text, int at) {
    return Character.isSurrogate(text.charAt(at)) && Character.charCount(text.codePointAt(at)) == 1;
  }

  /** Writes a character that is not ASCII; returns where its last half stands. */
  private int encoded(String text, int at) {
    int point = text.codePointAt(at);
    if (point < 0x800) {
      bytes[length++] = (byte) (0xc0 | point >>> 6);
    } else if (point < 0x10000) {
      bytes[length++] = (byte) (0xe0 | point >>> 12);
      bytes[length++] = (byte) (0x80 | point >>> 6 & 0x3f);
    } else {
      bytes[length++] = (byte) (0xf0 | point >>> 18);
      bytes[length++] = (byte) (0x80 | point >>> 12 & 0x3f);
      bytes[length++] = (byte) (0x80 | point >>> 6 & 0x3f);
    }
    bytes[length++] = (byte) (0x80 | point & 0x3f);
    return at + Character.charCount(point) - 1;
  }

  private void csv(Outcome outcome) {
    Rejection rejection = outcome.rejection();
    field(outcome.id());
    next(outcome.list().value());
    put(',');
    ascii(outcome.kind().name());
    next(outcome.job());
    next(outcome.why() == null ? null : outcome.why().name());
    next(outcome.otherCustomerId());
    next(rejection == null ? null : rejection.field());
    next(rejection == null ? null : rejection.reason().name());
    next(rejection == null ? null : rejection.code());
    next(rejection == null ? null : rejection.type());
    next(rejection == null ? null : rejection.otherCustomerId());
    if (outcome.fieldsLeftOut().isEmpty()) {
      ascii(",\r\n");
    } else {
      int begin = length;
      fields(outcome);
      String json = new String(bytes, begin, length - begin, StandardCharsets.UTF_8);
      length = begin;
      next(json);
      ascii("\r\n");
    }
  }

  private void next(@Nullable String value) {
    put(',');
    if (value != null) {
      field(value);
    }
  }

  private void field(String value) {
    room(value.length() * MOST_BYTES_OF_A_CHAR);
    int begin = length;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      // Upper case, lower case, digits, and what ids are joined by within.
      boolean plain =
          c >= '0' && c <= '9'
              || c >= 'A' && c <= 'Z'
              || c >= 'a' && c <= 'z'
              || i > 0 && (c == '-' || c == '_' || c == '.' || c == '@');
      if (!plain) {
        length = begin;
        ascii(form == Form.CSV ? ReportText.csvField(value) : ReportText.spreadsheetField(value));
        return;
      }
      bytes[length++] = (byte) c;
    }
    if (value.isEmpty()) {
      ascii("\"\"");
    }
  }

  private void put(char c) {
    room(1);
    bytes[length++] = (byte) c;
  }

  private void raw(byte[] text) {
    room(text.length);
    System.arraycopy(text, 0, bytes, length, text.length);
    length += text.length;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Adds text, which is ASCII for the most part. */
  @SuppressWarnings("deprecation") // It is what copies the low bytes of characters.
  private void ascii(String text) {
    int chars = text.length();
    room(chars);
    for (int i = 0; i < chars; i++) {
      if (text.charAt(i) >= 0x80) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        room(encoded.length);
        System.arraycopy(encoded, 0, bytes, length, encoded.length);
        length += encoded.length;
        return;
      }
    }
    text.getBytes(0, chars, bytes, length);
    length += chars;
  }

  private void room(int more) {
    if (more > bytes.length - length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }
}
