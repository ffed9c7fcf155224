package io.github.klaviyoexport.internal.run;

import java.math.BigDecimal;

/**
 * How many of some things may be rejected.
 *
 * @param share the largest share of all
 * @param from how many rejections it takes for the share to count, unless all are rejected
 */
public record RejectionLimit(double share, long from) {

  /** Returns whether the share was set, and is not a default. */
  boolean isSet() {
    return from == 0;
  }

  /** Returns whether so many rejections of so many things are more than may be. */
  boolean isExceeded(long rejected, long all) {
    return rejected >= from
        && BigDecimal.valueOf(rejected)
                .compareTo(BigDecimal.valueOf(share).multiply(BigDecimal.valueOf(all)))
            > 0;
  }
}
