package io.github.klaviyoexport;

import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.source.Segment;
import java.time.Duration;

/**
 * Hears what happens during an export.
 *
 * <p>Every method has an empty default: implement those you want. They are called on the export's
 * own thread, one at a time, so they should return quickly. What they throw does not disturb the
 * export; the first of it is logged, by its type. An exporter with several exports at once calls
 * its listener from several threads.
 */
public interface ExportListener {
  /** The first profile has been read, and Klaviyo is about to be asked for the list. */
  default void started(Segment segment, ListId list) {}

  /**
   * Klaviyo has taken over a batch and will import it.
   *
   * @param jobId Klaviyo's id of the import job
   * @param profiles how many profiles it holds
   * @param bytes how large the request was
   */
  default void batchSent(String jobId, int profiles, long bytes) {}

  /** An import job has ended and its errors are read. */
  default void jobFinished(ExportReport.Job job) {}

  /** A profile, or a field of one, was set aside; called for each, also where the report stops. */
  default void rejected(Rejection rejection) {}

  /**
   * A {@linkplain SyncMode#MIRROR mirror} has read the list and held it against the segment;
   * nothing has been sent yet.
   *
   * @param members how many members the list has
   * @param leavers how many of them are not in the segment
   */
  default void listRead(long members, long leavers) {}

  /** So many leavers were removed from the list; told after each call that removes some. */
  default void leaversRemoved(long leavers) {}

  /**
   * It is not known what became of this customer's profile; called for each that the report counts
   * as unconfirmed, also where its list stops, when the export has ended or stopped.
   */
  default void unconfirmed(String customerId) {}

  /** A call waits this long for Klaviyo's quota. */
  default void paced(Duration wait) {}

  /** Klaviyo said 429 and asked to wait this long. */
  default void rateLimited(Duration retryAfter) {}

  /**
   * A call failed in a way that may pass, and is made again after this wait.
   *
   * @param what what happened, in a clause; it names no customer and no value
   */
  default void retried(String what, Duration wait) {}

  /**
   * Where the export stands: after each step, every few hundred profiles while reading, and every
   * ten seconds while it waits.
   */
  default void progressed(ExportProgress progress) {}

  /** The export has ended, as it should or because it stopped; nothing follows. */
  default void finished(ExportReport report) {}
}
