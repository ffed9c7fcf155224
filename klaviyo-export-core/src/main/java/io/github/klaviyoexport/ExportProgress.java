package io.github.klaviyoexport;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * How far an export has got: a snapshot, in profiles.
 *
 * @param size how many the segment has, when its source knows
 * @param read how many have been read from the source
 * @param sent how many Klaviyo has taken over for import
 * @param accepted how many Klaviyo has confirmed
 * @param rejected how many were set aside, here or by Klaviyo
 * @param duplicates how many were left out because their identifier stood in the segment before
 * @param elapsed since the export started
 */
public record ExportProgress(
    OptionalLong size,
    long read,
    long sent,
    long accepted,
    long rejected,
    long duplicates,
    Duration elapsed) {}
