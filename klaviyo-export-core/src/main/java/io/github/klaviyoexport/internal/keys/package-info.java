/**
 * Fingerprints in place of identifiers: the sets that find duplicates and what customers share, and
 * the keys of a batch's rows.
 */
@NullMarked
package io.github.klaviyoexport.internal.keys;

import org.jspecify.annotations.NullMarked;
