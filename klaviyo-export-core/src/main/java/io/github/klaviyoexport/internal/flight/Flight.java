package io.github.klaviyoexport.internal.flight;

/**
 * The recording of what takes time in an export: the run, its batches, waits for the quota,
 * attempts and jobs.
 *
 * <p>It goes to JDK Flight Recorder where the JVM has it, and costs next to nothing while nothing
 * is recorded. Safe for use by many threads; a {@link Span} belongs to its export's thread.
 */
public interface Flight {
  /** A flight that records nothing. */
  Flight NONE = (kind, what, number, size) -> Span.NONE;

  /** What takes time. */
  enum Kind {
    /** A run, from its opening to its end. */
    RUN,
    /** A batch, from being full until it needs no more care. */
    BATCH,
    /** A wait of one call for the quota. */
    WAIT,
    /** One sending of a call, until its answer. */
    ATTEMPT,
    /** An import job, from Klaviyo's taking it over to its end. */
    JOB
  }

  /** Something that is under way. */
  interface Span {
    /** A span that records nothing. */
    Span NONE = outcome -> {};

    /** Records that it has ended, and how. */
    void end(String outcome);
  }

  /** Returns the recorder of this JVM; {@link #NONE} where it has none. */
  static Flight recorder() {
    return FlightRecorder.OF_THIS_JVM;
  }

  /**
   * Records that something begins.
   *
   * @param what what it is: segment and list, an operation, Klaviyo's id of a job; nothing personal
   * @param number which it is of its kind in the run, counted from 0, or which attempt, from 1
   * @param size how large it is, in profiles; of an attempt in bytes
   */
  Span begin(Kind kind, String what, int number, long size);
}
