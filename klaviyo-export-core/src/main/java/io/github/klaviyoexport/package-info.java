/**
 * Exports segments of unified customer profiles to Klaviyo lists, and proves what became of every
 * profile.
 *
 * <p>Start at {@link io.github.klaviyoexport.SegmentExporter}.
 */
@NullMarked
package io.github.klaviyoexport;

import org.jspecify.annotations.NullMarked;
