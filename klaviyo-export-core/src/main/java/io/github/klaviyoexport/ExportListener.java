package io.github.klaviyoexport;

import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.source.Segment;
import java.time.Duration;

/**
 * A listener that hears what happens during an export.
 *
 * {@snippet class="io.github.klaviyoexport.ReportExamplesTest" region="listener"}
 *
 * <p>Every method has an empty default: implement those you want. An export calls them on its own
 * thread, one at a time, so they should return quickly. Exports that run at once call a listener
 * that they share from several threads.
 *
 * <p>What a method throws does not disturb the export: the first exception of a listener is logged,
 * by its type.
 */
public interface ExportListener {
  /**
   * Hears that the first profile has been read, and that Klaviyo is about to be asked for the list.
   */
  default void started(Segment segment, ListId list) {}

  /**
   * Hears that a batch is full and will now be handed over; {@link #batchEnded} follows when it
   * needs no more care.
   *
   * @param batch its number in the export, counted from 0
   * @param profiles how many profiles it holds
   */
  default void batchBegun(int batch, int profiles) {}

  /**
   * Hears that a batch needs no more care: of each of its profiles Klaviyo has a job, or has
   * refused it. It is not called for batches that an export which stopped has left.
   */
  default void batchEnded(int batch) {}

  /**
   * Hears that Klaviyo has taken over a batch and will import it.
   *
   * @param jobId Klaviyo's id of the import job
   * @param profiles how many profiles it holds
   * @param bytes how large the body of the request was
   */
  default void batchSent(String jobId, int profiles, long bytes) {}

  /**
   * Hears that an import job has ended; its {@linkplain ExportReport.JobStatus status} says how.
   */
  default void jobFinished(ExportReport.Job job) {}

  /**
   * Hears that a profile, or a field of one, was set aside; called for each, also for those beyond
   * the {@value ExportReport#MAX_REJECTIONS} that a report keeps.
   */
  default void rejected(Rejection rejection) {}

  /**
   * Hears of something that stops nothing and should be looked at: a mapped field that no profile
   * had, or customers' ids that are email addresses. It is said once, and in the log as well.
   *
   * @param what what it is and what to do, in a sentence; it names no customer and no value
   */
  default void warned(String what) {}

  /**
   * Hears that a {@linkplain SyncMode#MIRROR mirror} has read the list and compared it with the
   * segment; nothing has been sent yet.
   *
   * @param members how many members the list has
   * @param leavers how many of them are not in the segment
   */
  default void listRead(long members, long leavers) {}

  /**
   * Hears that so many leavers were removed from the list; called after each call that removes
   * some.
   */
  default void leaversRemoved(long leavers) {}

  /**
   * Hears that it is not known what became of this customer's profile; called when the export has
   * ended or stopped, for each that {@link ExportReport#unconfirmedCustomers()} speaks of, also for
   * those beyond the {@value ExportReport#MAX_REJECTIONS} that it names.
   */
  default void unconfirmed(String customerId) {}

  /**
   * Hears what became of a profile, once for each that was read, as soon as it is certain, and at
   * the end of an export of each that is not; and of a mirror's leavers. {@link OutcomeFile} writes
   * it to a file.
   *
   * <p>An export does more for a listener that has this method of its own: it remembers which
   * fields were left out of which profile, and whose address it was that came twice. So override it
   * only to use it. It is called for every profile: return within a microsecond or two, or hand on.
   *
   * <p>A resumed run tells what the run it goes on for has not told yet, or not as {@linkplain
   * #outcomesTold done}: together they have told of every profile at least once, and what they say
   * last holds.
   */
  default void outcome(Outcome outcome) {}

  /**
   * Hears that the outcomes so far are about to count as told: a listener that keeps them makes
   * them safe now, by a flush or a commit. An export that is resumed after a crash tells only those
   * again that came after. Called at the end, and with a journal also for each batch and each job,
   * if there were any outcomes since.
   */
  default void outcomesTold() {}

  /** Hears that one sending of a call to Klaviyo has ended, whatever came of it. */
  default void attempted(Attempt attempt) {}

  /** Hears that a call waits this long for Klaviyo's quota. */
  default void paced(Duration wait) {}

  /** Hears that Klaviyo said 429 and asked to wait this long. */
  default void rateLimited(Duration retryAfter) {}

  /**
   * Hears that a call failed in a way that may pass, and is made again after this wait.
   *
   * @param what what happened, in a clause; it names no customer and no value
   */
  default void retried(String what, Duration wait) {}

  /**
   * Hears how far the export has got: after each step, every few hundred profiles while reading,
   * and every ten seconds while it waits.
   */
  default void progressed(ExportProgress progress) {}

  /** Hears that the export has ended, as it should or because it stopped; nothing follows. */
  default void finished(ExportReport report) {}
}
