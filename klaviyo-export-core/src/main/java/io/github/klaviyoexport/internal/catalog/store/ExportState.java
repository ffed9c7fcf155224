package io.github.klaviyoexport.internal.catalog.store;

import io.github.klaviyoexport.catalog.RunRecord.Trigger;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is going on with an export right now.
 *
 * <p>There is one for each export that ever ran, and everything that must happen only once is
 * decided by changing it: who runs the export, and which moment of its schedule was the last to be
 * seen to.
 *
 * @param exportId which export
 * @param scheduledUpTo the last moment of its schedule that was seen to
 * @param open the run that has not ended yet
 * @param version counts its changes
 */
public record ExportState(
    String exportId, @Nullable Instant scheduledUpTo, @Nullable Open open, long version) {

  /**
   * A run that has not ended yet: with all it takes to write its record anew, should the process
   * die before it did.
   *
   * @param runId the run's id
   * @param trigger what started it
   * @param startedBy who started it
   * @param queuedAt when
   * @param attempt how often it has been tried
   * @param connection the connection it goes through
   * @param holder which catalog runs it
   * @param heldUntil until when nobody else may
   * @param retryAt when it is to be tried again; {@code null} while somebody holds it
   * @param cancelledBy who wants it stopped
   * @param cancelReason why, for its record
   */
  public record Open(
      String runId,
      Trigger trigger,
      String startedBy,
      Instant queuedAt,
      int attempt,
      String connection,
      String holder,
      Instant heldUntil,
      @Nullable Instant retryAt,
      @Nullable String cancelledBy,
      @Nullable String cancelReason) {

    /** Whether somebody is at it at this moment. */
    public boolean isHeld(Instant now) {
      return retryAt == null && now.isBefore(heldUntil);
    }

    /** Taken by a holder for another attempt. */
    public Open heldBy(String holder, Instant until, int attempt) {
      return new Open(
          runId,
          trigger,
          startedBy,
          queuedAt,
          attempt,
          connection,
          holder,
          until,
          null,
          cancelledBy,
          cancelReason);
    }

    /** Held for longer by who holds it. */
    public Open heldUntil(Instant until) {
      return heldBy(holder, until, attempt);
    }

    /** Through that connection. */
    public Open connection(String id) {
      return new Open(
          runId,
          trigger,
          startedBy,
          queuedAt,
          attempt,
          id,
          holder,
          heldUntil,
          retryAt,
          cancelledBy,
          cancelReason);
    }

    /** Given up until it is tried again. */
    public Open retryAt(Instant at) {
      return new Open(
          runId,
          trigger,
          startedBy,
          queuedAt,
          attempt,
          connection,
          holder,
          heldUntil,
          at,
          cancelledBy,
          cancelReason);
    }

    /** Wanted to stop. */
    public Open cancelled(String by, String why) {
      return new Open(
          runId,
          trigger,
          startedBy,
          queuedAt,
          attempt,
          connection,
          holder,
          heldUntil,
          retryAt,
          by,
          why);
    }
  }

  /** The state of an export of which nothing is known yet. */
  public static ExportState none(String exportId) {
    return new ExportState(exportId, null, null, 0);
  }

  /** With that run, or none. */
  public ExportState open(@Nullable Open open) {
    return new ExportState(exportId, scheduledUpTo, open, version);
  }

  /** With its schedule seen to up to that moment. */
  public ExportState scheduledUpTo(Instant moment) {
    return new ExportState(exportId, moment, open, version);
  }
}
