/**
 * What survives a crash: the seam {@link io.github.klaviyoexport.journal.ExportJournal}, which
 * remembers what was sent, taken over and confirmed, and its stores.
 *
 * <p>A journal holds ids, counts and fingerprints. It holds no profile data and no secret.
 */
@NullMarked
package io.github.klaviyoexport.journal;

import org.jspecify.annotations.NullMarked;
