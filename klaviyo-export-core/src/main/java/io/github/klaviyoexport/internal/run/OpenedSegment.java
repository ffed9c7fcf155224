package io.github.klaviyoexport.internal.run;

import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.source.Segment;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a source has said of a segment that it opened.
 *
 * @param size how many profiles it has, if that is known
 * @param fields the fields of the profiles, if they are known
 * @param isWhole whether all of the segment is given
 * @param isSortedByEmail whether the profiles are sorted by email address
 * @param parts the segments that are read, one unless there are several
 */
record OpenedSegment(
    OptionalLong size,
    Optional<FieldNames> fields,
    boolean isWhole,
    boolean isSortedByEmail,
    List<Segment> parts) {

  /** Returns what is known of a segment before it is open. */
  static OpenedSegment unknown(Segment segment) {
    return new OpenedSegment(OptionalLong.empty(), Optional.empty(), true, false, List.of(segment));
  }
}
