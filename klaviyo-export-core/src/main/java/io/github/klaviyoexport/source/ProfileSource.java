package io.github.klaviyoexport.source;

import java.io.IOException;

/**
 * A place that profiles come from.
 *
 * <p>An export opens a segment once, reads it forward on one thread, and always closes the reader,
 * whatever happens. Nothing is read ahead of what Klaviyo takes: a slow Klaviyo slows the source
 * down.
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
