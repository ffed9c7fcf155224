/**
 * The values that an export leaves behind and tells of itself, and their text: reports, progress,
 * outcomes, verifications and receipts, as JSON, as CSV and for people.
 */
@NullMarked
package io.github.klaviyoexport.internal.report;

import org.jspecify.annotations.NullMarked;
