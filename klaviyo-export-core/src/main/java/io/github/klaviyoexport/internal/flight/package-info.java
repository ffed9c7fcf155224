/** What of an export takes time, as events for JDK Flight Recorder. */
@NullMarked
package io.github.klaviyoexport.internal.flight;

import org.jspecify.annotations.NullMarked;
