package io.github.klaviyoexport.internal.run;

import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.internal.text.InWords;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The guard on a segment's size: one that is many times larger or smaller than last time asks for
 * consent.
 *
 * <p>It takes a memory to know the last time, and nothing is guarded that had fewer than {@value
 * #LEAST} customers then: the share of a few says nothing.
 */
public final class SizeGuard {
  private static final long LEAST = 100;

  private final double times;
  private final long last;
  private final Instant when;

  /**
   * Creates a guard.
   *
   * @param times how many times larger or smaller a segment may be
   * @param last how many customers it had last time; 0 if that is not known
   * @param when when that was
   */
  SizeGuard(double times, long last, Instant when) {
    this.times = times;
    this.last = last < LEAST ? 0 : last;
    this.when = when;
  }

  /** Returns the most customers that the segment may have. */
  public long most() {
    double most = last == 0 ? Double.POSITIVE_INFINITY : last * times;
    return most >= Long.MAX_VALUE ? Long.MAX_VALUE : (long) most;
  }

  /** Returns why a segment of so many customers is not exported; {@code null} if it is. */
  public @Nullable StopCause check(long customers) {
    if (customers > most()) {
      return new StopCause(
          Reason.SIZE_CHANGED,
          has(customers) + ", " + allowed() + ", so nothing was sent. " + advice(customers),
          null);
    }
    String smaller = smaller(customers);
    return smaller == null
        ? null
        : new StopCause(
            Reason.SIZE_CHANGED,
            smaller + ", " + allowed() + ", so nothing was sent. " + advice(customers),
            null);
  }

  /** Returns why an export stops that has read as many customers as may be, and meets another. */
  public StopCause exceeded() {
    return new StopCause(
        Reason.SIZE_CHANGED,
        "the segment has more than "
            + InWords.count(most(), "customer")
            + before()
            + ", "
            + allowed()
            + ". Check that the segment is the right one; if it is to be so large, allow it with a"
            + " larger maxSizeChange(...)",
        null);
  }

  /**
   * Returns what is to be said of a segment of so many customers when it has been read to its end,
   * a sentence; {@code null} if nothing is.
   */
  public @Nullable String warning(long customers) {
    String smaller = smaller(customers);
    return smaller == null
        ? null
        : "T"
            + smaller.substring(1)
            + ". Its source did not tell its size, so that it was known only at the end. Check that"
            + " the segment is whole.";
  }

  private @Nullable String smaller(long customers) {
    return last > 0 && customers * times < last ? has(customers) : null;
  }

  private String has(long customers) {
    return "the segment has " + InWords.count(customers, "customer") + before();
  }

  private String before() {
    return ", and had " + InWords.number(last) + " at " + InWords.moment(when);
  }

  private String allowed() {
    return "which is more than " + plain(times) + " times as many or as few";
  }

  private String advice(long customers) {
    double needed =
        customers > last ? (double) customers / last : (double) last / Math.max(1, customers);
    return "Check that the segment is the right one and whole; if it is to be so "
        + (customers > last ? "large" : "small")
        + ", allow it with maxSizeChange("
        + plain(Math.ceil(needed))
        + ")";
  }

  private static String plain(double number) {
    return BigDecimal.valueOf(number)
        .setScale(2, RoundingMode.HALF_UP)
        .stripTrailingZeros()
        .toPlainString();
  }
}
