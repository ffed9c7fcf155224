/** How members of a list that are no longer in the segment are found and removed. */
@NullMarked
package io.github.klaviyoexport.internal.mirror;

import org.jspecify.annotations.NullMarked;
