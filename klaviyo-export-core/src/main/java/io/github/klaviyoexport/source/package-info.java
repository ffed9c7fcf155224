/**
 * Where profiles come from: the seam {@link io.github.klaviyoexport.source.ProfileSource} and the
 * sources that are ready to use.
 */
@NullMarked
package io.github.klaviyoexport.source;

import org.jspecify.annotations.NullMarked;
