package io.github.klaviyoexport.internal.row;

import io.github.klaviyoexport.internal.text.InvisibleCharacters;
import java.text.Normalizer;

/**
 * The form in which mail systems know a domain outside ASCII: labels of ASCII that begin with
 * {@code xn--}, each the Punycode (RFC 3492) of one label.
 *
 * <p>{@code java.net.IDN} stands on the standard of 2003, by which {@code straße.example} is {@code
 * strasse.example}. Since 2010 that is another domain, which may be another owner's, and letters
 * younger than 2002 are refused. So it is worked out here: capitals, wide and composed letters are
 * mapped to what they stand for, and a sharp s and a final sigma stay what they are.
 */
final class InternationalDomain {
  private static final int BASE = 36;
  private static final int T_MIN = 1;
  private static final int T_MAX = 26;
  private static final int SKEW = 38;
  private static final int DAMP = 700;
  private static final int INITIAL_BIAS = 72;
  private static final int FIRST_NON_ASCII = 0x80;

  private InternationalDomain() {}

  /**
   * Returns a domain with its labels in ASCII, but for those with characters that cannot be seen,
   * which are no labels; never fails, whatever the text is.
   */
  static String encode(String domain) {
    String mapped = map(domain);
    StringBuilder encoded = new StringBuilder(mapped.length() + 8);
    int label = 0;
    for (int i = 0; i <= mapped.length(); i++) {
      if (i == mapped.length() || mapped.charAt(i) == '.') {
        label(mapped.substring(label, i), encoded);
        if (i < mapped.length()) {
          encoded.append('.');
        }
        label = i + 1;
      }
    }
    return encoded.toString();
  }

  private static String map(String domain) {
    String composed = Normalizer.normalize(domain, Normalizer.Form.NFKC);
    StringBuilder mapped = new StringBuilder(composed.length());
    composed.codePoints().forEach(point -> map(point, mapped));
    return Normalizer.normalize(mapped, Normalizer.Form.NFKC);
  }

  private static void map(int point, StringBuilder mapped) {
    switch (point) {
      case '\u3002' -> mapped.append('.'); // the full stop of Chinese and Japanese
      case '\u0130' -> mapped.append("i\u0307");
      // What UTS 46 takes out: nobody sees it.
      case '\u00AD', '\u034F', '\u200B', '\u2060', '\uFEFF' -> {}
      default -> mapped.appendCodePoint(Character.toLowerCase(point));
    }
  }

  private static void label(String label, StringBuilder encoded) {
    if (label.chars().anyMatch(c -> InvisibleCharacters.isUnseen((char) c))) {
      // As labels of ASCII they would pass for an address.
      encoded.append(label);
      return;
    }
    int[] points = label.codePoints().toArray();
    int from = encoded.length();
    encoded.append("xn--");
    for (int point : points) {
      if (point < FIRST_NON_ASCII) {
        encoded.append((char) point);
      }
    }
    int basic = encoded.length() - from - 4;
    if (basic == points.length) {
      encoded.delete(from, from + 4);
      return;
    }
    if (basic > 0) {
      encoded.append('-');
    }
    encodeOthers(points, basic, encoded);
  }

  /** Writes the code points outside ASCII, as section 6.3 of RFC 3492 has it. */
  private static void encodeOthers(int[] points, int basic, StringBuilder encoded) {
    int next = FIRST_NON_ASCII;
    int bias = INITIAL_BIAS;
    long delta = 0;
    int handled = basic;
    while (handled < points.length) {
      int least = Integer.MAX_VALUE;
      for (int point : points) {
        least = point >= next ? Math.min(least, point) : least;
      }
      delta += (long) (least - next) * (handled + 1);
      next = least;
      for (int point : points) {
        if (point < next) {
          delta++;
        } else if (point == next) {
          number(delta, bias, encoded);
          bias = adapted(delta, handled + 1, handled == basic);
          delta = 0;
          handled++;
        }
      }
      delta++;
      next++;
    }
  }

  private static void number(long delta, int bias, StringBuilder encoded) {
    long rest = delta;
    for (int k = BASE; ; k += BASE) {
      int threshold = Math.max(T_MIN, Math.min(T_MAX, k - bias));
      if (rest < threshold) {
        encoded.append(digit(rest));
        return;
      }
      encoded.append(digit(threshold + (rest - threshold) % (BASE - threshold)));
      rest = (rest - threshold) / (BASE - threshold);
    }
  }

  private static char digit(long value) {
    return (char) (value < 26 ? 'a' + value : '0' + value - 26);
  }

  private static int adapted(long delta, int points, boolean first) {
    long rest = first ? delta / DAMP : delta / 2;
    rest += rest / points;
    int k = 0;
    for (; rest > (BASE - T_MIN) * T_MAX / 2; k += BASE) {
      rest /= BASE - T_MIN;
    }
    return (int) (k + (BASE - T_MIN + 1) * rest / (rest + SKEW));
  }
}
