package io.github.klaviyoexport.internal.run;

import io.github.klaviyoexport.internal.row.Batch;
import io.github.klaviyoexport.internal.text.InWords;
import java.time.Duration;
import java.util.Objects;

/** The limits of an export: what they are by default, and what they may be. */
public final class ExportRules {
  /** The largest share of a list's members that a mirror removes, by default. */
  public static final double MAX_LEAVERS = 0.2;

  /** The largest share of customers that cannot be read with which leavers leave, by default. */
  public static final double MAX_UNREADABLE = 0.05;

  /** How many of its profiles an export rejects, by default: half, or fewer than ten. */
  public static final RejectionLimit MAX_REJECTED = new RejectionLimit(0.5, 10);

  /**
   * How many values of a field an export leaves out, by default: nine tenths, or fewer than ten.
   */
  public static final RejectionLimit MAX_REJECTED_FIELDS = new RejectionLimit(0.9, 10);

  /** After how many profiles, at the latest, it is known that a field is missing. */
  public static final int ENOUGH_PROFILES = 1_000;

  /** The most profiles that an export reads, by default. */
  public static final long LIMIT = 100_000;

  /** How long an export may take, by default. */
  public static final Duration DEADLINE = Duration.ofHours(6);

  /** How long an export waits for jobs that an earlier run has left with Klaviyo, by default. */
  public static final Duration PRIOR_WAIT = Duration.ofHours(1);

  /** The most profiles of a batch, by default and at all: as many as Klaviyo takes in a call. */
  public static final int BATCH_SIZE = Batch.MAX_PROFILES;

  /** How many batches an export may hold, by default. */
  public static final int BATCHES_IN_FLIGHT = 4;

  /** How many runs of those that send only what has changed make one that sends everything. */
  public static final int RESEND_ALL_EVERY = 10;

  /** How many runs of a mirror with a memory make one that reads its list whole. */
  public static final int READ_LIST_EVERY = 10;

  /** How many times larger or smaller than last time a segment may be, by default. */
  public static final double MAX_SIZE_CHANGE = 10;

  private static final int MOST_BATCHES_IN_FLIGHT = 64;

  private ExportRules() {}

  /**
   * Checks the largest share of a list's members that a mirror removes.
   *
   * @throws IllegalArgumentException if it is not from 0 to 1
   */
  public static double checkedMaxLeavers(double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "The largest share of leavers must be from 0 to 1 (0.2 is a fifth of the list's"
              + " members); it is "
              + share
              + ".");
    }
    return share;
  }

  /**
   * Checks the largest share of customers that cannot be read with which leavers leave.
   *
   * @throws IllegalArgumentException if it is not from 0 to 1
   */
  public static double checkedMaxUnreadable(double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "The largest share of customers that cannot be read must be from 0 to 1 (0.05 is a"
              + " twentieth of the segment's customers); it is "
              + share
              + ".");
    }
    return share;
  }

  /**
   * Checks the largest share of profiles that an export rejects.
   *
   * @throws IllegalArgumentException if it is not from 0 to 1
   */
  public static RejectionLimit checkedMaxRejected(double share) {
    return limit("profiles that are rejected", "profiles", share);
  }

  /**
   * Checks the largest share of a field's values that an export leaves out.
   *
   * @throws IllegalArgumentException if it is not from 0 to 1
   */
  public static RejectionLimit checkedMaxRejectedFields(double share) {
    return limit("a field's values that are left out", "values", share);
  }

  private static RejectionLimit limit(String what, String whole, double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "The largest share of "
              + what
              + " must be from 0 to 1 (0.2 is a fifth of the "
              + whole
              + "); it is "
              + share
              + ".");
    }
    return new RejectionLimit(share, 0);
  }

  /**
   * Checks the most profiles that an export reads.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  public static long checkedLimit(long profiles) {
    if (profiles < 1) {
      throw new IllegalArgumentException(
          "The limit must be 1 profile or more; it is " + profiles + ".");
    }
    return profiles;
  }

  /**
   * Checks how many times larger or smaller than last time a segment may be.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public static double checkedMaxSizeChange(double times) {
    if (!(times >= 1)) {
      throw new IllegalArgumentException(
          "How many times larger or smaller a segment may be must be 1 or more (10 lets 1,000"
              + " customers become 10,000 or 100); it is "
              + times
              + ".");
    }
    return times;
  }

  /**
   * Checks the share of the unchanged profiles that is sent all the same.
   *
   * @throws IllegalArgumentException if it is not from 0 to 1
   */
  public static double checkedResendShare(double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "The share of unchanged profiles that is sent again must be from 0 to 1 (0.1 sends each"
              + " within ten runs); it is "
              + share
              + ".");
    }
    return share;
  }

  /**
   * Checks after how many runs everything is sent again.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public static int checkedResendAllEvery(int runs) {
    if (runs < 0) {
      throw new IllegalArgumentException(
          "Everything is sent again every 1 run or more, or never with 0; it is " + runs + ".");
    }
    return runs;
  }

  /**
   * Checks after how many runs a list is read whole again.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  public static int checkedReadListEvery(int runs) {
    if (runs < 1) {
      throw new IllegalArgumentException(
          "A mirror's list is read whole every 1 run or more; it is " + runs + ".");
    }
    return runs;
  }

  /**
   * Checks how long an export may take.
   *
   * @throws IllegalArgumentException if it is not longer than zero
   */
  public static Duration checkedDeadline(Duration deadline) {
    if (deadline.isZero() || deadline.isNegative()) {
      throw new IllegalArgumentException(
          "The deadline must be longer than zero; it is " + InWords.duration(deadline) + ".");
    }
    return deadline;
  }

  /**
   * Checks how long an export waits for jobs that an earlier run has left with Klaviyo.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public static Duration checkedPriorWait(Duration atMost) {
    if (atMost.isNegative()) {
      throw new IllegalArgumentException(
          "The wait for jobs of an earlier run must be zero, for none, or longer; it is "
              + InWords.duration(atMost)
              + ".");
    }
    return atMost;
  }

  /**
   * Checks how long a cancelled export waits for Klaviyo to confirm what it has.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public static Duration checkedConfirmation(Duration wait) {
    Objects.requireNonNull(wait, "confirmation");
    if (wait.isNegative()) {
      throw new IllegalArgumentException(
          "The wait for Klaviyo's confirmation must be zero or longer; it is "
              + InWords.duration(wait)
              + ".");
    }
    return wait;
  }

  /**
   * Checks the most profiles of a batch.
   *
   * @throws IllegalArgumentException if it is not from 1 to {@link #BATCH_SIZE}
   */
  public static int checkedBatchSize(int profiles) {
    if (profiles < 1 || profiles > BATCH_SIZE) {
      throw new IllegalArgumentException(
          "The batch size must be from 1 to 10,000 profiles; it is " + profiles + ".");
    }
    return profiles;
  }

  /**
   * Checks how many batches an export may hold.
   *
   * @throws IllegalArgumentException if it is not from 1 to 64
   */
  public static int checkedBatchesInFlight(int batches) {
    if (batches < 1 || batches > MOST_BATCHES_IN_FLIGHT) {
      throw new IllegalArgumentException(
          "The number of batches in flight must be from 1 to 64; it is " + batches + ".");
    }
    return batches;
  }
}
