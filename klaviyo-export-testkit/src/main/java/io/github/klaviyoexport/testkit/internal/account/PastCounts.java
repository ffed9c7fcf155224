package io.github.klaviyoexport.testkit.internal.account;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** How many members a list had, for an account that tells it late. */
final class PastCounts {
  private final Deque<Count> untold = new ArrayDeque<>();
  private int told = -1;
  private int last;

  private record Count(Instant since, int members) {}

  /**
   * Notes how many there are now; the first count is taken for one that was always so.
   *
   * @param toldUntil the time up to which changes are told
   */
  void note(Instant now, int members, Instant toldUntil) {
    if (told < 0) {
      told = members;
      last = members;
    }
    if (members != last) {
      last = members;
      untold.add(new Count(now, members));
    }
    while (!untold.isEmpty() && !untold.element().since.isAfter(toldUntil)) {
      told = untold.remove().members;
    }
  }

  /** Notes so many more, who were there always. */
  void add(int more) {
    if (told >= 0) {
      told += more;
      last += more;
      List<Count> later = List.copyOf(untold);
      untold.clear();
      later.forEach(count -> untold.add(new Count(count.since, count.members + more)));
    }
  }

  /** Returns how many are told. */
  int told() {
    return told;
  }
}
