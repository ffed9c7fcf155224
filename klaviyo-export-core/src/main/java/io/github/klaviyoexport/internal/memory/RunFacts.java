package io.github.klaviyoexport.internal.memory;

import java.time.Instant;

/**
 * What a memory keeps of a run that has ended cleanly.
 *
 * @param customers how many customers the segment had
 * @param ended when it ended
 * @param everythingSent whether unchanged rows were sent too
 * @param listReadWhole whether the members of the list were all read
 * @param others how many members of the list are not remembered here; -1 if that is not known
 */
public record RunFacts(
    long customers, Instant ended, boolean everythingSent, boolean listReadWhole, long others) {
  /** What {@link #others} is when it is not known. */
  public static final long UNKNOWN = -1;
}
