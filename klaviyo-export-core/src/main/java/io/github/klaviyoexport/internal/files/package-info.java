/** Files that only their owner may read. */
@NullMarked
package io.github.klaviyoexport.internal.files;

import org.jspecify.annotations.NullMarked;
