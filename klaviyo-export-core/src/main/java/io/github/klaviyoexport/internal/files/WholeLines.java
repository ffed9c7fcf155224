package io.github.klaviyoexport.internal.files;

import java.io.IOException;
import java.io.InputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The beginning of a file that is whole lines, of JSON or CSV: what is behind them was cut off when
 * a process was killed.
 *
 * @param first the first line without its end, or what is there of it, and no more than can tell
 *     what it is
 * @param cut whether there is no more of it here, though there may be in the file
 * @param bytes how many bytes the whole lines are
 */
public record WholeLines(String first, boolean cut, long bytes) {
  private static final int ENOUGH = 1000;

  /** Reads a file to its end. */
  public static WholeLines of(InputStream file) throws IOException {
    StringBuilder first = new StringBuilder();
    byte[] buffer = new byte[64 * 1024];
    boolean quotes = false;
    boolean json = false;
    boolean cut = true;
    long at = 0;
    long end = 0;
    for (int count = file.read(buffer); count > 0; count = file.read(buffer)) {
      for (int i = 0; i < count; i++) {
        byte b = buffer[i];
        if (at == 0) {
          json = b == '{';
        }
        if (cut && b == '\n') {
          cut = false;
        } else if (cut && at < ENOUGH && b != '\r') {
          first.append((char) (b & 0xff));
        }
        at++;
        quotes ^= b == '"' && !json;
        if (b == '\n' && !quotes) {
          end = at;
        }
      }
    }
    return new WholeLines(first.toString(), cut, end);
  }

  /** Returns whether the first line is like that, or may be as far as it is there. */
  @SuppressWarnings("JdkObsolete") // Only hitEnd tells a line that is cut from another.
  public boolean begin(Pattern line) {
    Matcher matcher = line.matcher(first);
    return matcher.matches() || (cut || first.length() == ENOUGH) && matcher.hitEnd();
  }

  /** Returns whether the first line is that header. */
  public boolean beginWith(String header) {
    return !cut && first.equals(header.strip());
  }
}
