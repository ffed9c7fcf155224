package io.github.klaviyoexport;

import io.github.klaviyoexport.internal.report.AttemptData;
import java.time.Duration;
import java.util.OptionalInt;

/**
 * One sending of a call to Klaviyo that has ended, see {@link ExportListener#attempted}. It is
 * immutable and holds nothing personal.
 */
public sealed interface Attempt permits AttemptData {
  /** Returns what was asked of Klaviyo, in words such as {@code import profiles}. */
  String operation();

  /** Returns which attempt of its call it was, counted from 1. */
  int number();

  /** Returns the HTTP status of the answer; empty if none came. */
  OptionalInt status();

  /**
   * Returns how long it took from its sending to the last byte of the answer, or to its failure.
   */
  Duration took();

  /** Returns how many bytes of a body were sent. */
  long bytesSent();
}
