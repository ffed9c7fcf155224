/** The text of a report: JSON, CSV and the summary for people. */
@NullMarked
package io.github.klaviyoexport.internal.report;

import org.jspecify.annotations.NullMarked;
