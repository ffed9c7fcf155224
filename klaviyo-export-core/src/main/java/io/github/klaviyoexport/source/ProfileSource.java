package io.github.klaviyoexport.source;

import java.io.IOException;

/**
 * A place that profiles come from.
 *
 * <p>An export opens a segment once, reads it forward, and always closes the reader, whatever
 * happens. Nothing is read ahead of what Klaviyo takes: a slow Klaviyo slows the source down.
 *
 * <p><b>Threads.</b> Each export has a daemon thread on which it asks its source for everything,
 * from {@code open} to {@code close}. What is bound to the thread that calls the exporter, such as
 * a transaction, is not there: open what you need in {@code open}. When the export stops, by a
 * cancel, its deadline or a closing of its exporter, a call that does not return is interrupted. If
 * it has not returned 5 seconds later, the export ends without it; what it yields then is ignored,
 * and a reader is closed.
 *
 * <p>One source serves many exports, also at the same time, so {@code open} must be safe for use by
 * many threads; each reader belongs to one.
 *
 * {@snippet class="io.github.klaviyoexport.source.SourceExamplesTest" region="source"}
 */
@FunctionalInterface
public interface ProfileSource {
  /**
   * Opens a segment for reading.
   *
   * @throws IOException if there is no such segment or it cannot be read; the message should say
   *     what to do, and must not quote personal data
   */
  ProfileReader open(Segment segment) throws IOException;
}
