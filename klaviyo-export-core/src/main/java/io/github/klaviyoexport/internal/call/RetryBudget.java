package io.github.klaviyoexport.internal.call;

/**
 * The further attempts that the calls of an account may make, so that an outage does not multiply
 * calls.
 *
 * <p>It holds {@value #CAPACITY} further attempts at first. Each further attempt takes one, and
 * each answer that shows Klaviyo well brings back a tenth of one. In good times it makes no
 * difference. In an outage, however many exports run, it is soon empty, and a call that finds it
 * empty waits the longest back-off instead of a short one.
 *
 * <p>Safe for use by many threads.
 */
final class RetryBudget {
  static final int CAPACITY = 50;
  static final int ANSWERS_PER_RETRY = 10;

  /** Counted in answers, so that a sum of tenths stays exact. */
  private int answers = CAPACITY * ANSWERS_PER_RETRY;

  /** Takes one further attempt out, and returns whether there was one. */
  synchronized boolean spend() {
    if (answers < ANSWERS_PER_RETRY) {
      return false;
    }
    answers -= ANSWERS_PER_RETRY;
    return true;
  }

  /** Adds a tenth of an attempt, since Klaviyo has answered as it should. */
  synchronized void earn() {
    answers = Math.min(answers + 1, CAPACITY * ANSWERS_PER_RETRY);
  }
}
