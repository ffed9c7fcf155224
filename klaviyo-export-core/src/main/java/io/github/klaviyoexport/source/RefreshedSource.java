package io.github.klaviyoexport.source;

import java.io.IOException;

/**
 * A source whose data is refreshed now and then, and that can say whether a segment is to be read
 * now.
 *
 * <p>A saved export asks before each attempt. While the segment is being refreshed its run waits in
 * the queue and asks again each minute, which is no attempt; if the refresh has failed it is
 * skipped, with that reason. A preview of a saved export is made of what is ready only. An export
 * that is not saved does not ask: it is for its caller to decide when to run it.
 *
 * {@snippet class="io.github.klaviyoexport.source.SourceExamplesTest" region="refreshed"}
 */
public interface RefreshedSource extends ProfileSource {
  /**
   * Returns whether a segment is to be read now; safe for use by many threads, as {@link #open} is.
   * It is called on a thread of its own, and interrupted when the run is cancelled, or after ten
   * minutes.
   *
   * @throws IOException if that cannot be told, which fails the attempt; the message should say
   *     what to do, and must not quote personal data
   */
  Readiness readiness(Segment segment) throws IOException;
}
