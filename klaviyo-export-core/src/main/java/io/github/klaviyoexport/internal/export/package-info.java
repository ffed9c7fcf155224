/** An export from its first check to its report: the order of its phases. */
@NullMarked
package io.github.klaviyoexport.internal.export;

import org.jspecify.annotations.NullMarked;
