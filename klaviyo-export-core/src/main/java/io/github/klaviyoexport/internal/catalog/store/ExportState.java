package io.github.klaviyoexport.internal.catalog.store;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.klaviyoexport.ExportProgress;
import io.github.klaviyoexport.catalog.RunRecord.Trigger;
import java.time.Instant;
import java.util.Map;
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
 * @param next the run that begins when that one has ended
 * @param progress how far the open run had got when its lease was last renewed
 * @param rest what another version of the library has written that this one does not know
 * @param version counts its changes
 */
public record ExportState(
    String exportId,
    @Nullable Instant scheduledUpTo,
    @Nullable Open open,
    @Nullable Open next,
    @Nullable ExportProgress progress,
    Map<String, JsonNode> rest,
    long version) {

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
   * @param owner which catalog runs it
   * @param leasedUntil until when no other catalog may
   * @param retryAt when it is to be tried again; {@code null} while it is leased
   * @param waiting whether it waits for another process until then, and has not failed
   * @param journaled whether it has begun a run of its own in the journal, with which another
   *     attempt goes on
   * @param cancelledBy the actor who wants it stopped
   * @param cancelReason why, for its record
   * @param rest what another version of the library has written that this one does not know
   */
  public record Open(
      String runId,
      Trigger trigger,
      String startedBy,
      Instant queuedAt,
      int attempt,
      String connection,
      String owner,
      Instant leasedUntil,
      @Nullable Instant retryAt,
      boolean waiting,
      boolean journaled,
      @Nullable String cancelledBy,
      @Nullable String cancelReason,
      Map<String, JsonNode> rest) {

    /**
     * Creates what the record of a run takes, with nothing in it that this version does not know.
     */
    public Open(
        String runId,
        Trigger trigger,
        String startedBy,
        Instant queuedAt,
        int attempt,
        String connection,
        String owner,
        Instant leasedUntil) {
      this(
          runId,
          trigger,
          startedBy,
          queuedAt,
          attempt,
          connection,
          owner,
          leasedUntil,
          null,
          false,
          false,
          null,
          null,
          Map.of());
    }

    /**
     * Returns whether it is leased at the given moment: not if that is until a time that no lease
     * can reach.
     */
    public boolean isLeased(Instant now) {
      return retryAt == null
          && now.isBefore(leasedUntil)
          && !FutureBound.isBeyond(leasedUntil, now);
    }

    /** Returns this leased to an owner for another attempt. */
    public Open leasedTo(String owner, Instant until, int attempt) {
      return with(
          attempt, connection, owner, until, null, false, journaled, cancelledBy, cancelReason);
    }

    /** Returns this leased to its owner for longer. */
    public Open leasedUntil(Instant until) {
      return leasedTo(owner, until, attempt);
    }

    /** Returns this through that connection. */
    public Open connection(String id) {
      return with(
          attempt, id, owner, leasedUntil, retryAt, waiting, journaled, cancelledBy, cancelReason);
    }

    /** Returns this with a run of its own in the journal. */
    public Open inJournal() {
      return with(
          attempt,
          connection,
          owner,
          leasedUntil,
          retryAt,
          waiting,
          true,
          cancelledBy,
          cancelReason);
    }

    /** Returns this without a lease until it is tried again after that attempt. */
    public Open retryAt(Instant at, int attempt) {
      return left(at, false, attempt);
    }

    /** Returns this without a lease until another process may have let go of what it needs. */
    public Open waiting(Instant until, int attempt) {
      return left(until, true, attempt);
    }

    /** Returns whether it waits for another process at the given moment. */
    public boolean isWaiting(Instant now) {
      return waiting && retryAt != null && now.isBefore(retryAt);
    }

    private Open left(Instant until, boolean waiting, int attempt) {
      return with(
          attempt,
          connection,
          owner,
          leasedUntil,
          until,
          waiting,
          journaled,
          cancelledBy,
          cancelReason);
    }

    /** Returns this as a run that is to stop. */
    public Open cancelled(String by, String why) {
      return with(attempt, connection, owner, leasedUntil, retryAt, waiting, journaled, by, why);
    }

    private Open with(
        int attempt,
        String connection,
        String owner,
        Instant leasedUntil,
        @Nullable Instant retryAt,
        boolean waiting,
        boolean journaled,
        @Nullable String cancelledBy,
        @Nullable String cancelReason) {
      return new Open(
          runId,
          trigger,
          startedBy,
          queuedAt,
          attempt,
          connection,
          owner,
          leasedUntil,
          retryAt,
          waiting,
          journaled,
          cancelledBy,
          cancelReason,
          rest);
    }
  }

  /** Returns the state of an export of which nothing is known yet. */
  public static ExportState none(String exportId) {
    return new ExportState(exportId, null, null, null, null, Map.of(), 0);
  }

  /** Returns whether that run is open here, or begins next. */
  public boolean names(String runId) {
    return open != null && open.runId().equals(runId) || next != null && next.runId().equals(runId);
  }

  /** Returns this with that run, or none. */
  public ExportState open(@Nullable Open open) {
    boolean same = open != null && this.open != null && open.runId().equals(this.open.runId());
    return new ExportState(
        exportId, scheduledUpTo, open, next, same ? progress : null, rest, version);
  }

  /** Returns this with how far the open run has got. */
  public ExportState progress(@Nullable ExportProgress progress) {
    return new ExportState(exportId, scheduledUpTo, open, next, progress, rest, version);
  }

  /** Returns this with its schedule seen to up to that moment. */
  public ExportState scheduledUpTo(Instant moment) {
    return new ExportState(exportId, moment, open, next, progress, rest, version);
  }

  /** Returns this with that run to begin when the open one has ended, or with none. */
  public ExportState next(@Nullable Open next) {
    return new ExportState(exportId, scheduledUpTo, open, next, progress, rest, version);
  }

  /** Returns this with its next run in the place of the open one, leased to an owner. */
  public ExportState nextBegins(String owner, Instant until) {
    return next(null).open(next == null ? null : next.leasedTo(owner, until, 0));
  }
}
