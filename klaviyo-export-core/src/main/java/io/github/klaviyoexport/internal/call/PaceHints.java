package io.github.klaviyoexport.internal.call;

import io.github.klaviyoexport.internal.call.Quota.Window;
import io.github.klaviyoexport.internal.text.InWords;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The bounds within which the windows that Klaviyo tells are believed: each is as long as a call
 * ever waits at most, and lets through from a tenth to ten times what the endpoint's published
 * quota does. What is beyond is taken for the bound; a window that is longer is passed over, since
 * a 429 tells of it in time.
 *
 * <p>Too low a figure that is believed stops an export; too high a one costs a 429, which tells how
 * long to wait.
 */
final class PaceHints {
  /** How far a figure may be from the published one. */
  static final int FACTOR = 10;

  /** Klaviyo tells of two windows, of three where a day is counted. */
  private static final int MOST_WINDOWS = 8;

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private PaceHints() {}

  /**
   * Returns the windows that an answer tells, as far as they are believed; none if it tells none.
   */
  static List<Window> believed(Endpoint endpoint, List<Window> told) {
    Map<Duration, Window> believed = new TreeMap<>();
    for (Window window : told.subList(0, Math.min(told.size(), MOST_WINDOWS))) {
      if (window.length().compareTo(Calls.LONGEST_RETRY_AFTER) <= 0) {
        believed.merge(
            window.length(),
            new Window(bounded(window, published(endpoint, window.length())), window.length()),
            (one, other) -> one.calls() < other.calls() ? one : other);
      }
    }
    if (!believed.isEmpty() && believed.keySet().stream().noneMatch(PaceHints::isMinute)) {
      believed.put(MINUTE, new Window(endpoint.perMinute(), MINUTE));
    }
    return new ArrayList<>(believed.values());
  }

  /** Returns whether a window is long enough to stand for the published one of a minute. */
  private static boolean isMinute(Duration length) {
    return length.compareTo(MINUTE) >= 0;
  }

  private static int bounded(Window told, double published) {
    double most = Math.min(Integer.MAX_VALUE, published * FACTOR);
    return (int) Math.max(1, Math.max(Math.ceil(published / FACTOR), Math.min(told.calls(), most)));
  }

  /** Returns how many calls the published quota lets through in a window of that length. */
  private static double published(Endpoint endpoint, Duration length) {
    double seconds = length.toSeconds();
    double byMinute = endpoint.perMinute() * Math.max(1, seconds / MINUTE.toSeconds());
    return Math.min(endpoint.perSecond() * seconds, byMinute);
  }

  /** Returns a clause on a wait that is longer than an export makes. */
  static String tooLong(Duration wait, Duration longest, int status) {
    return "asks to wait "
        + (wait.compareTo(Headers.LONGEST_ASKED) < 0
            ? InWords.count(wait.plusSeconds(59).toMinutes(), "minute")
            : "a day or more")
        + " ("
        + status
        + "), more than the "
        + InWords.duration(longest)
        + " an export waits";
  }
}
