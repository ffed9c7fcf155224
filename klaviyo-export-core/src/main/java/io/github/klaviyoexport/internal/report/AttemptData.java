package io.github.klaviyoexport.internal.report;

import io.github.klaviyoexport.Attempt;
import java.time.Duration;
import java.util.OptionalInt;

/** One sending of a call, as a value. */
public record AttemptData(
    String operation, int number, OptionalInt status, Duration took, long bytesSent)
    implements Attempt {}
