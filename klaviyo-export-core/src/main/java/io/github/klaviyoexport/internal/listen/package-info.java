/** Calls listeners and executors so that what they throw, or drop, does not disturb the caller. */
@NullMarked
package io.github.klaviyoexport.internal.listen;

import org.jspecify.annotations.NullMarked;
