package io.github.klaviyoexport.testkit;

import io.github.klaviyoexport.Attempt;
import io.github.klaviyoexport.internal.report.AttemptData;
import java.time.Duration;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * One sending of a call that was never made, to test a listener that hears of attempts.
 *
 * {@snippet class="io.github.klaviyoexport.testkit.SampleValuesTest" region="attempt"}
 *
 * <p>By default it is the first of its call, was answered 200 after 80 ms, and sent no body.
 * Instances are immutable and safe for use by many threads.
 */
public final class SampleAttempt {
  private final String operation;
  private final int number;
  private final OptionalInt status;
  private final Duration took;
  private final long bytesSent;

  private SampleAttempt(
      String operation, int number, OptionalInt status, Duration took, long bytesSent) {
    this.operation = operation;
    this.number = number;
    this.status = status;
    this.took = took;
    this.bytesSent = bytesSent;
  }

  /**
   * Creates an attempt.
   *
   * @param operation what was asked of Klaviyo, in words such as {@code import profiles}
   */
  public static SampleAttempt of(String operation) {
    Objects.requireNonNull(operation, "operation: pass what was asked, such as import profiles.");
    return new SampleAttempt(operation, 1, OptionalInt.of(200), Duration.ofMillis(80), 0);
  }

  /**
   * Makes it the so many-th attempt of its call, counted from 1.
   *
   * @throws IllegalArgumentException if that is less than 1
   */
  public SampleAttempt number(int number) {
    if (number < 1) {
      throw new IllegalArgumentException(
          "Attempts are counted from 1; this one is " + number + ": pass 1 or more.");
    }
    return new SampleAttempt(operation, number, status, took, bytesSent);
  }

  /** Has it answered with that HTTP status. */
  public SampleAttempt status(int status) {
    return new SampleAttempt(operation, number, OptionalInt.of(status), took, bytesSent);
  }

  /** Has no answer come. */
  public SampleAttempt noAnswer() {
    return new SampleAttempt(operation, number, OptionalInt.empty(), took, bytesSent);
  }

  /** Has it take so long. */
  public SampleAttempt took(Duration time) {
    Objects.requireNonNull(time, "time: pass how long the attempt took.");
    return new SampleAttempt(operation, number, status, time, bytesSent);
  }

  /** Has it send a body of so many bytes. */
  public SampleAttempt bytesSent(long bytes) {
    return new SampleAttempt(operation, number, status, took, bytes);
  }

  /** Returns the attempt. */
  public Attempt attempt() {
    return new AttemptData(operation, number, status, took, bytesSent);
  }

  /** Returns what was asked, and how it was answered. */
  @Override
  public String toString() {
    return "SampleAttempt[" + attempt() + "]";
  }
}
