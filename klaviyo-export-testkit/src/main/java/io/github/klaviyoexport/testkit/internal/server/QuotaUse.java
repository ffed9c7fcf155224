package io.github.klaviyoexport.testkit.internal.server;

import java.util.List;

/**
 * What a quota looked like at a moment.
 *
 * @param name what it counts
 * @param refused how many calls it turned away so far
 * @param windows its windows, the shortest first
 */
record QuotaUse(String name, long refused, List<Window> windows) {

  /**
   * One window.
   *
   * @param limit how many calls it takes
   * @param seconds how long it is
   * @param used how many it has taken since it began
   * @param most how many any window of its kind has taken so far
   * @param endsInMillis when the next one begins
   */
  record Window(int limit, int seconds, int used, int most, long endsInMillis) {}

  /** Returns whether any call was counted or turned away so far. */
  boolean isTouched() {
    return refused > 0 || windows.stream().anyMatch(window -> window.most() > 0);
  }
}
