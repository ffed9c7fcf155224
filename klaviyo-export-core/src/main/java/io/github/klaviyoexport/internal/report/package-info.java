/**
 * The values that reports and progress consist of, and the text of a report: JSON, CSV, summary.
 */
@NullMarked
package io.github.klaviyoexport.internal.report;

import org.jspecify.annotations.NullMarked;
