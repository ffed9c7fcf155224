package io.github.klaviyoexport.internal.hold;

import java.time.Duration;
import java.util.regex.Pattern;

/** The rules for what a log is opened with, which all stores keep. */
public final class LogKey {
  private static final Pattern KEY = Pattern.compile("[a-z0-9-]{1,64}");
  private static final Pattern DEVICE = Pattern.compile("con|prn|aux|nul|com[0-9]|lpt[0-9]");

  private LogKey() {}

  /**
   * Requires a key to be one.
   *
   * @throws IllegalArgumentException if it is not
   */
  public static void require(String key) {
    if (!isKey(key)) {
      throw new IllegalArgumentException(
          "The key of a log has 1 to 64 characters of a-z, 0-9 and -; this one is unlike that.");
    }
  }

  /** Returns whether a text is a key. */
  public static boolean isKey(String text) {
    return KEY.matcher(text).matches();
  }

  /**
   * Requires a key to be one that can be the name of a file.
   *
   * @throws IllegalArgumentException if it is not
   */
  public static void requireFileName(String key) {
    require(key);
    if (DEVICE.matcher(key).matches()) {
      throw new IllegalArgumentException(
          "The key "
              + key
              + " is the name of a device, which Windows would open in place of the log's file: use"
              + " another.");
    }
  }

  /**
   * Returns how long a holder may be silent, if it is positive.
   *
   * @throws IllegalArgumentException if it is not
   */
  public static Duration checkedSilence(Duration silence) {
    if (silence.isNegative() || silence.isZero()) {
      throw new IllegalArgumentException(
          "A holder may be silent for a time of more than zero before it is taken for dead, not "
              + silence
              + ".");
    }
    return silence;
  }
}
