package io.github.klaviyoexport.source;

import java.util.Objects;
import java.util.OptionalLong;

/**
 * A segment that a {@link ListingSource} has.
 *
 * @param size how many customers it has, if that is known
 */
public record AvailableSegment(Segment segment, OptionalLong size) {
  /** Checks that nothing is missing. */
  public AvailableSegment {
    Objects.requireNonNull(segment, "segment");
    Objects.requireNonNull(size, "size");
  }
}
