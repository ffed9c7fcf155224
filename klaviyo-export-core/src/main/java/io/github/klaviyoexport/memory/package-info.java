/**
 * What an export remembers of a list from run to run: the seam {@link
 * io.github.klaviyoexport.memory.ExportMemory}, its stores, and the secret that seals what they
 * keep.
 */
@NullMarked
package io.github.klaviyoexport.memory;

import org.jspecify.annotations.NullMarked;
