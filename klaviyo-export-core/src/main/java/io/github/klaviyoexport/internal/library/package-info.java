/** The libraries that the exporter works with: which versions fit, and which one is there. */
@NullMarked
package io.github.klaviyoexport.internal.library;

import org.jspecify.annotations.NullMarked;
