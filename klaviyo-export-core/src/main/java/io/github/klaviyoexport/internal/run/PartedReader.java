package io.github.klaviyoexport.internal.run;

import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.Segment;
import java.util.List;

/** A reader of several segments, one after the other, that tells which of them it is in. */
public interface PartedReader extends ProfileReader {
  /** Returns the segments. */
  List<Segment> parts();

  /** Returns the index of the segment from which the last profile came. */
  int part();
}
