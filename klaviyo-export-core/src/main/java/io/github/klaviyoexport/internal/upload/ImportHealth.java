package io.github.klaviyoexport.internal.upload;

import io.github.klaviyoexport.internal.run.RunContext;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * The evidence of a run's imports for whether it is Klaviyo that is down, or a profile that makes
 * it fail.
 *
 * <p>A batch on which Klaviyo has failed waits here until another has got an answer since its
 * failures began: then it is its own profiles that Klaviyo fails on. If no other is there to tell,
 * and Klaviyo answers for the list, a part of one that waits is tried. {@value
 * #MAX_FAILED_IN_A_ROW} failures in a row, with no answer to any import in between, are an outage.
 *
 * <p>Belongs to the thread of the run.
 */
final class ImportHealth {
  static final int MAX_FAILED_IN_A_ROW = 16;

  private final RunContext run;
  private final BooleanSupplier othersUnderWay;
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private long answeredAt;
  private boolean answered;
  private boolean trying;
  private int failedInARow;

  /**
   * Creates the evidence of a run; there is none yet.
   *
   * @param othersUnderWay whether an import is under way that may get an answer
   */
  ImportHealth(RunContext run, BooleanSupplier othersUnderWay) {
    this.run = run;
    this.othersUnderWay = othersUnderWay;
  }

  /** Notes that Klaviyo has answered an import, whether it took it or refused it. */
  void answered() {
    answered = true;
    answeredAt = run.loop().time().nanoTime();
    failedInARow = 0;
    List<Runnable> all = List.copyOf(waiting);
    waiting.clear();
    all.forEach(Runnable::run);
  }

  /** Notes that Klaviyo has failed on an import; returns whether it may still be its profiles. */
  boolean failed() {
    return ++failedInARow <= MAX_FAILED_IN_A_ROW;
  }

  /** Returns whether an import was answered since, by the loop's nano time. */
  boolean hasAnsweredSince(long nanos) {
    return answered && answeredAt - nanos > 0;
  }

  /** Has a batch go on when another is answered, or when it is chosen to be tried in parts. */
  void await(Runnable goOn) {
    waiting.add(goOn);
  }

  /** Has a batch that waits tried in parts, if no other is under way to tell. */
  void tryOneIfNoneTells() {
    if (!waiting.isEmpty() && !trying && run.maySend() && !othersUnderWay.getAsBoolean()) {
      trying = true;
      run.checkList(
          () -> {
            trying = false;
            Runnable first = waiting.poll();
            if (first != null && run.maySend()) {
              first.run();
            }
            tryOneIfNoneTells();
          });
    }
  }
}
