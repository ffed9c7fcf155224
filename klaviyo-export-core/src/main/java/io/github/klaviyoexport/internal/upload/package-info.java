/** How batches are filled, sent and repaired, and their import jobs watched to the end. */
@NullMarked
package io.github.klaviyoexport.internal.upload;

import org.jspecify.annotations.NullMarked;
