package io.github.klaviyoexport.internal.record;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a batch that are in one job, by their numbers in the batch.
 *
 * <p>A job of a whole batch takes a few bytes; one of a part 1.25 KB for 10,000 rows.
 */
public final class BatchRows {
  private final int batch;
  private final @Nullable BitSet some;
  private final @Nullable BitSet inPart;

  private BatchRows(int batch, @Nullable BitSet some, @Nullable BitSet inPart) {
    this.batch = batch;
    this.some = some;
    this.inPart = inPart;
  }

  /**
   * Creates the rows of a job.
   *
   * @param batch the batch's number in its run
   * @param batchSize how many rows it has in all
   * @param rows those in the job, ascending
   * @param changed rows of the batch that were sent otherwise than they were written
   */
  static BatchRows of(int batch, int batchSize, int[] rows, BitSet changed) {
    BitSet some = rows.length == batchSize ? null : setOf(rows);
    BitSet inPart = (BitSet) changed.clone();
    if (some != null) {
      inPart.and(some);
    }
    return new BatchRows(batch, some, inPart.isEmpty() ? null : inPart);
  }

  private static BitSet setOf(int[] rows) {
    BitSet set = new BitSet();
    for (int row : rows) {
      set.set(row);
    }
    return set;
  }

  /** Returns the number of the batch in its run. */
  public int batch() {
    return batch;
  }

  /** Returns the numbers of the rows, ascending; {@code null} if they are all of the batch. */
  public int @Nullable [] numbers() {
    return some == null ? null : some.stream().toArray();
  }

  /**
   * Returns those of the rows that were sent without something that Klaviyo had refused of them.
   */
  public BitSet inPart() {
    return inPart == null ? new BitSet() : (BitSet) inPart.clone();
  }

  /**
   * Returns the numbers in the batch of some of the rows.
   *
   * @param positions which of the job's rows, counted from 0
   */
  public BitSet numbersOf(Iterable<Integer> positions) {
    int[] numbers = numbers();
    BitSet found = new BitSet();
    for (int position : positions) {
      found.set(numbers == null ? position : numbers[position]);
    }
    return found;
  }
}
