/**
 * Metrics and observations of exports for Micrometer, which the host brings.
 *
 * <p>Nothing here is loaded unless you use it, so the library needs no Micrometer otherwise.
 */
@NullMarked
package io.github.klaviyoexport.micrometer;

import org.jspecify.annotations.NullMarked;
