package io.github.klaviyoexport.source;

import java.io.IOException;
import java.util.List;

/** A source that can say which segments it has, for people to choose from. */
public interface ListingSource extends ProfileSource {
  /**
   * Returns the segments, each with its size where that is known.
   *
   * <p>It may take as long as reading a table, which a catalog waits for up to ten minutes; safe
   * for use by many threads, as {@link #open} is.
   *
   * @throws IOException if the source cannot be asked; the message should say what to do, and must
   *     not quote personal data
   */
  List<AvailableSegment> segments() throws IOException;
}
