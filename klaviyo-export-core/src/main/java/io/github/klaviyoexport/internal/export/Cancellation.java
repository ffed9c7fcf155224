package io.github.klaviyoexport.internal.export;

import io.github.klaviyoexport.internal.run.StopCause;
import java.time.Duration;

/**
 * The wish that an export stops.
 *
 * @param grace how long Klaviyo is waited for, to confirm what it has
 */
record Cancellation(StopCause cause, Duration grace) {}
