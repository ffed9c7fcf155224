package io.github.klaviyoexport.internal.record;

import io.github.klaviyoexport.internal.keys.SeenIdentifiers;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an export has still to do with the profiles it reads: everything, unless it continues an
 * earlier run.
 */
public final class PendingWork {
  public static final int NO_GROUP = -1;

  private final SeenIdentifiers seen;
  private final SeenIdentifiers[] settled;
  private final Map<Long, Integer> groups;
  private final @Nullable String position;
  private long toMeet;

  /**
   * What is left of an earlier run.
   *
   * @param seen what was read before the position to continue at
   * @param settled what the earlier run has settled behind that position
   * @param toMeet how many those are
   * @param groups the batch, for each row of which it is unknown whether it arrived
   * @param position where to open the source; {@code null} for its start
   */
  public PendingWork(
      SeenIdentifiers seen,
      SeenIdentifiers[] settled,
      long toMeet,
      Map<Long, Integer> groups,
      @Nullable String position) {
    this.seen = seen;
    this.settled = settled.clone();
    this.toMeet = toMeet;
    this.groups = groups;
    this.position = position;
  }

  /** Everything. */
  public static PendingWork everything() {
    return new PendingWork(new SeenIdentifiers(), new SeenIdentifiers[0], 0, Map.of(), null);
  }

  public SeenIdentifiers seen() {
    return seen;
  }

  public @Nullable String position() {
    return position;
  }

  /** Whether the earlier run has settled the row; to be asked once for each. */
  public boolean isSettled(long lane0, long lane1) {
    for (SeenIdentifiers set : settled) {
      if (set.contains(lane0, lane1)) {
        toMeet--;
        return true;
      }
    }
    return false;
  }

  /** The batch that the row was in, if it is unknown whether it arrived; else {@link #NO_GROUP}. */
  public int groupOf(long lane1) {
    return groups.isEmpty() ? NO_GROUP : groups.getOrDefault(lane1, NO_GROUP);
  }

  /** Profiles that the earlier run settled and this one has not met: read then, and counted so. */
  public long notMet() {
    return toMeet;
  }
}
