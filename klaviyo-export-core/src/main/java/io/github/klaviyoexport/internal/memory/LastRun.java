package io.github.klaviyoexport.internal.memory;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The last run that has ended cleanly, of those that read the whole segment.
 *
 * @param customers how many customers the segment had
 * @param ended when it ended
 * @param runsSinceEverything how many clean runs, itself included, have ended since one that sent
 *     everything; 0 if it did itself
 * @param runsSinceListRead how many clean runs, itself included, have ended since one that read the
 *     list whole; 0 if it did itself
 * @param others how many members of the list were not remembered; {@link RunFacts#UNKNOWN} if that
 *     is not known
 */
public record LastRun(
    long customers, Instant ended, int runsSinceEverything, int runsSinceListRead, long others) {
  static LastRun after(@Nullable LastRun before, RunFacts run) {
    return new LastRun(
        run.customers(),
        run.ended(),
        run.everythingSent() ? 0 : (before == null ? 0 : before.runsSinceEverything) + 1,
        run.listReadWhole() ? 0 : (before == null ? 0 : before.runsSinceListRead) + 1,
        run.others());
  }
}
