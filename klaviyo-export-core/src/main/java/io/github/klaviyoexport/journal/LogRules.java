package io.github.klaviyoexport.journal;

/** The rules for lines of logs, which all stores here keep. */
final class LogRules {
  /** Far above the few megabytes a line is made for; reading a damaged store ends there. */
  static final int LONGEST_LINE = 16 * 1024 * 1024;

  private LogRules() {}

  /**
   * Requires a line to be one that a journal can keep. Lines hold what no message may show, so none
   * is quoted.
   *
   * @throws IllegalArgumentException if it is not
   */
  static void requireLine(String line) {
    int length = line.length();
    if (length == 0 || length > LONGEST_LINE) {
      throw new IllegalArgumentException(
          "A line of a journal has 1 to " + LONGEST_LINE + " characters, not " + length + ".");
    }
    for (int i = 0; i < length; i++) {
      char c = line.charAt(i);
      if (c < ' ') {
        throw unfit("a control character", i);
      }
      if (Character.isSurrogate(c)) {
        if (!Character.isSurrogatePair(c, i + 1 < length ? line.charAt(i + 1) : ' ')) {
          throw unfit("half a surrogate pair", i);
        }
        i++;
      }
    }
  }

  private static IllegalArgumentException unfit(String what, int index) {
    return new IllegalArgumentException(
        "The line has " + what + " at index " + index + ", which a journal cannot keep.");
  }
}
