package io.github.klaviyoexport.internal.upload;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Rows of a batch that are sent together. */
final class DeliveryPart {
  final int[] rows;

  /** Whether an answer to these rows, with others perhaps, has named some. */
  final boolean named;

  /** How much was known to be refused when the rows were last looked through. */
  final int lookedThroughAt;

  /** How often it was sent as one on which Klaviyo fails. */
  int trials;

  /** Since when Klaviyo has failed on it alone. */
  @Nullable Long failingSince;

  /** Whether it has waited for another batch to tell. */
  boolean waited;

  DeliveryPart(int[] rows, boolean named, int lookedThroughAt) {
    this.rows = rows;
    this.named = named;
    this.lookedThroughAt = lookedThroughAt;
  }

  /** Returns those of the rows from one place to before another. */
  DeliveryPart of(int from, int to) {
    return new DeliveryPart(Arrays.copyOfRange(rows, from, to), named, lookedThroughAt);
  }
}
