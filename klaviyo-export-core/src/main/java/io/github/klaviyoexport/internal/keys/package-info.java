/**
 * Fingerprints in place of identifiers: the set that finds duplicates, and the keys of a batch's
 * rows.
 */
@NullMarked
package io.github.klaviyoexport.internal.keys;

import org.jspecify.annotations.NullMarked;
