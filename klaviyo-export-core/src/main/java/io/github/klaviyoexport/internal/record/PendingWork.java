package io.github.klaviyoexport.internal.record;

import io.github.klaviyoexport.internal.keys.Fingerprint;
import io.github.klaviyoexport.internal.keys.IdentifierHolders;
import io.github.klaviyoexport.internal.keys.SeenIdentifiers;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The work that an export has still to do with the profiles it reads: everything, unless it
 * continues a previous run.
 */
public final class PendingWork {
  public static final int NO_GROUP = -1;

  private final SeenIdentifiers seen;
  private final IdentifierHolders holders;
  private final SeenIdentifiers[] settled;
  private final Map<Long, Integer> groups;
  private final @Nullable String position;
  private final boolean sorted;
  private long toMeet;

  /**
   * Creates what is left of a previous run.
   *
   * @param seen what was read before the position to continue at
   * @param holders the holders of phone numbers and external ids that were read before it
   * @param settled what the previous run has settled behind that position
   * @param toMeet how many those are
   * @param groups the batch, for each row of which it is unknown whether it arrived
   * @param position where to open the source; {@code null} for its start
   */
  public PendingWork(
      SeenIdentifiers seen,
      IdentifierHolders holders,
      SeenIdentifiers[] settled,
      long toMeet,
      Map<Long, Integer> groups,
      @Nullable String position) {
    this(seen, holders, settled, toMeet, groups, position, false);
  }

  private PendingWork(
      SeenIdentifiers seen,
      IdentifierHolders holders,
      SeenIdentifiers[] settled,
      long toMeet,
      Map<Long, Integer> groups,
      @Nullable String position,
      boolean sorted) {
    this.seen = seen;
    this.holders = holders;
    this.settled = settled.clone();
    this.toMeet = toMeet;
    this.groups = groups;
    this.position = position;
    this.sorted = sorted;
  }

  /**
   * Returns all the work of a segment.
   *
   * @param holders has none yet
   */
  public static PendingWork everything(IdentifierHolders holders) {
    return new PendingWork(
        new SeenIdentifiers(), holders, new SeenIdentifiers[0], 0, Map.of(), null);
  }

  /** Returns the same of a sorted source, of which what was seen is no more than the last. */
  PendingWork inOrder() {
    return new PendingWork(seen, holders, settled, toMeet, groups, position, true);
  }

  /**
   * Returns the first identifiers of the customers that were read before the position; the batcher
   * adds to them.
   */
  public SeenIdentifiers seen() {
    return seen;
  }

  /**
   * Returns the holders of phone numbers and external ids that were read before the position; the
   * batcher adds to them.
   */
  public IdentifierHolders holders() {
    return holders;
  }

  /** Returns where to open the source; {@code null} for its start. */
  public @Nullable String position() {
    return position;
  }

  /** Returns whether it is all of the work, with nothing that a previous run has done of it. */
  public boolean isEverything() {
    return settled.length == 0 && groups.isEmpty() && position == null;
  }

  /**
   * Returns whether the source must be sorted: of what was read before the position, no more is
   * known than the last.
   */
  public boolean needsOrder() {
    return sorted;
  }

  /**
   * Returns whether a row may be the first that was not read before the position. Where order is
   * needed, the previous run must have met it there, behind all that came before.
   */
  public boolean mayBeFirst(Fingerprint row) {
    return !sorted
        || groups.containsKey(row.lane1())
        || Arrays.stream(settled).anyMatch(set -> set.contains(row));
  }

  /** Returns whether the previous run has settled the row; to be asked once for each. */
  public boolean isSettled(Fingerprint row) {
    boolean is = wasSettled(row);
    if (is) {
      toMeet--;
    }
    return is;
  }

  /** Returns the same, as often as it is asked. */
  public boolean wasSettled(Fingerprint row) {
    for (SeenIdentifiers set : settled) {
      if (set.contains(row)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Returns the batch that the row was in, if it is unknown whether it arrived; else {@link
   * #NO_GROUP}.
   */
  public int groupOf(Fingerprint row) {
    return groups.isEmpty() ? NO_GROUP : groups.getOrDefault(row.lane1(), NO_GROUP);
  }

  /**
   * Returns how many profiles the previous run settled and this one has not met: read then, and
   * counted so.
   */
  public long notMet() {
    return toMeet;
  }
}
