/**
 * One export, from its source to its report.
 *
 * <p>{@link io.github.klaviyoexport.internal.run.ExportTask} reads the segment and fills batches, a
 * {@link io.github.klaviyoexport.internal.run.Delivery} brings each batch to Klaviyo, the {@link
 * io.github.klaviyoexport.internal.run.JobWatcher} sees the import jobs to their end, and the
 * {@link io.github.klaviyoexport.internal.run.Tally} keeps the count. All of it runs on one thread.
 */
@NullMarked
package io.github.klaviyoexport.internal.run;

import org.jspecify.annotations.NullMarked;
