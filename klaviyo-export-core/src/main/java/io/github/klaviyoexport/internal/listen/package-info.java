/** Calls listeners in a way that keeps what they throw from disturbing the caller. */
@NullMarked
package io.github.klaviyoexport.internal.listen;

import org.jspecify.annotations.NullMarked;
