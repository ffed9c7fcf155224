/** The readers behind the sources that are ready to use. */
@NullMarked
package io.github.klaviyoexport.internal.source;

import org.jspecify.annotations.NullMarked;
