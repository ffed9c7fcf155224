/**
 * The clock of an export, {@link io.github.klaviyoexport.time.TimeSource}: it tells the time, and
 * waits.
 */
@NullMarked
package io.github.klaviyoexport.time;

import org.jspecify.annotations.NullMarked;
