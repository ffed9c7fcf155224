package io.github.klaviyoexport.internal.run;

import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.internal.api.KlaviyoAccess;
import io.github.klaviyoexport.journal.ExportJournal;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.ProfileSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The settings of an export: those of its exporter, unless it has some of its own.
 *
 * @param maxLeavers the largest share of the list's members that a mirror removes
 * @param maxUnreadable the largest share of the segment's customers that may be members which a
 *     mirror removes all the same
 * @param maxRejected how many of its profiles it may reject
 * @param maxRejectedFields how many values of each field it may leave out
 * @param limit the most profiles it may read
 * @param deadline how long it may take, until the last job has ended
 * @param priorWait how long it waits for jobs that an earlier run has left with Klaviyo
 * @param batchSize the most profiles of a batch
 * @param batchesInFlight how many batches may be filled and not yet taken over
 * @param journal where it is remembered, if anywhere
 * @param replacedSegment the segment of which the list was a mirror until now, if this is to mirror
 *     another
 * @param continuesUnfinished whether it goes on where an unfinished run of the same segment and
 *     list has stopped, instead of starting over
 */
public record ExportSettings(
    ProfileSource source,
    FieldMapping mapping,
    KlaviyoAccess klaviyo,
    SyncMode mode,
    double maxLeavers,
    double maxUnreadable,
    RejectionLimit maxRejected,
    RejectionLimit maxRejectedFields,
    long limit,
    Duration deadline,
    Duration priorWait,
    int batchSize,
    int batchesInFlight,
    @Nullable ExportJournal journal,
    @Nullable String replacedSegment,
    boolean continuesUnfinished,
    List<ExportListener> listeners) {

  /** Copies the listeners. */
  public ExportSettings {
    listeners = List.copyOf(listeners);
  }

  /** Returns the same for another source. */
  public ExportSettings source(ProfileSource source) {
    return new ExportSettings(
        source,
        mapping,
        klaviyo,
        mode,
        maxLeavers,
        maxUnreadable,
        maxRejected,
        maxRejectedFields,
        limit,
        deadline,
        priorWait,
        batchSize,
        batchesInFlight,
        journal,
        replacedSegment,
        continuesUnfinished,
        listeners);
  }

  /** Returns the same in another mode. */
  public ExportSettings mode(SyncMode mode) {
    return with(
        mode,
        maxLeavers,
        maxUnreadable,
        maxRejected,
        maxRejectedFields,
        limit,
        deadline,
        priorWait,
        replacedSegment,
        continuesUnfinished,
        listeners);
  }

  /** Returns the same with another largest share of leavers. */
  public ExportSettings maxLeavers(double share) {
    return with(
        mode,
        share,
        maxUnreadable,
        maxRejected,
        maxRejectedFields,
        limit,
        deadline,
        priorWait,
        replacedSegment,
        continuesUnfinished,
        listeners);
  }

  /** Returns the same with another largest share of customers that cannot be read. */
  public ExportSettings maxUnreadable(double share) {
    return with(
        mode,
        maxLeavers,
        share,
        maxRejected,
        maxRejectedFields,
        limit,
        deadline,
        priorWait,
        replacedSegment,
        continuesUnfinished,
        listeners);
  }

  /** Returns the same with another limit to how many profiles are rejected. */
  public ExportSettings maxRejected(RejectionLimit most) {
    return with(
        mode,
        maxLeavers,
        maxUnreadable,
        most,
        maxRejectedFields,
        limit,
        deadline,
        priorWait,
        replacedSegment,
        continuesUnfinished,
        listeners);
  }

  /** Returns the same with another limit to how many values of each field are left out. */
  public ExportSettings maxRejectedFields(RejectionLimit most) {
    return with(
        mode,
        maxLeavers,
        maxUnreadable,
        maxRejected,
        most,
        limit,
        deadline,
        priorWait,
        replacedSegment,
        continuesUnfinished,
        listeners);
  }

  /** Returns the same with another limit. */
  public ExportSettings limit(long profiles) {
    return with(
        mode,
        maxLeavers,
        maxUnreadable,
        maxRejected,
        maxRejectedFields,
        profiles,
        deadline,
        priorWait,
        replacedSegment,
        continuesUnfinished,
        listeners);
  }

  /** Returns the same with another deadline. */
  public ExportSettings deadline(Duration deadline) {
    return with(
        mode,
        maxLeavers,
        maxUnreadable,
        maxRejected,
        maxRejectedFields,
        limit,
        deadline,
        priorWait,
        replacedSegment,
        continuesUnfinished,
        listeners);
  }

  /** Returns the same with another wait for jobs of an earlier run. */
  public ExportSettings priorWait(Duration atMost) {
    return with(
        mode,
        maxLeavers,
        maxUnreadable,
        maxRejected,
        maxRejectedFields,
        limit,
        deadline,
        atMost,
        replacedSegment,
        continuesUnfinished,
        listeners);
  }

  /** Returns the same for a mirror that takes the place of one of another segment. */
  public ExportSettings replacing(String segment) {
    return with(
        mode,
        maxLeavers,
        maxUnreadable,
        maxRejected,
        maxRejectedFields,
        limit,
        deadline,
        priorWait,
        segment,
        continuesUnfinished,
        listeners);
  }

  /** Returns the same for an export that goes on where an unfinished run has stopped. */
  public ExportSettings continuingUnfinished() {
    return with(
        mode,
        maxLeavers,
        maxUnreadable,
        maxRejected,
        maxRejectedFields,
        limit,
        deadline,
        priorWait,
        replacedSegment,
        true,
        listeners);
  }

  /** Returns the same with one more listener. */
  public ExportSettings listener(ExportListener listener) {
    List<ExportListener> more = new ArrayList<>(listeners);
    more.add(listener);
    return with(
        mode,
        maxLeavers,
        maxUnreadable,
        maxRejected,
        maxRejectedFields,
        limit,
        deadline,
        priorWait,
        replacedSegment,
        continuesUnfinished,
        more);
  }

  private ExportSettings with(
      SyncMode mode,
      double maxLeavers,
      double maxUnreadable,
      RejectionLimit maxRejected,
      RejectionLimit maxRejectedFields,
      long limit,
      Duration deadline,
      Duration priorWait,
      @Nullable String replacedSegment,
      boolean continuesUnfinished,
      List<ExportListener> listeners) {
    return new ExportSettings(
        source,
        mapping,
        klaviyo,
        mode,
        maxLeavers,
        maxUnreadable,
        maxRejected,
        maxRejectedFields,
        limit,
        deadline,
        priorWait,
        batchSize,
        batchesInFlight,
        journal,
        replacedSegment,
        continuesUnfinished,
        listeners);
  }
}
