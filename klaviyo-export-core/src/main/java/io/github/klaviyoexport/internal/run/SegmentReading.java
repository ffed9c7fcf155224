package io.github.klaviyoexport.internal.run;

import io.github.klaviyoexport.internal.call.EventLoop;
import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.profile.MappedField;
import io.github.klaviyoexport.profile.ProfileField;
import io.github.klaviyoexport.source.Segment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The segment as its source gives it: opened, checked, and read profile by profile.
 *
 * <p>The source is asked on a {@link SourceThread thread of its own}. A source that is quick is
 * waited for in place; while a slow one is busy, the run goes on with its other work, and looks
 * again when the source has something.
 */
public final class SegmentReading {
  /** How long a source may take to return when it is interrupted, before it is left behind. */
  public static final Duration PATIENCE = Duration.ofSeconds(5);

  /** How long a source may take to close at the end of a run that did not stop. */
  private static final Duration CLOSING = Duration.ofSeconds(30);

  /** So long a source is waited for before anything else is looked at. */
  private static final Duration QUICK = Duration.ofSeconds(1);

  private static final System.Logger LOG = System.getLogger("io.github.klaviyoexport");

  private final ExportPlan plan;
  private final EventLoop loop;
  private final SourceThread source;
  private final ReadProfiles profiles;
  private OptionalLong size = OptionalLong.empty();
  private boolean withPositions;
  private int taken;
  private int known;
  private boolean interrupted;
  private @Nullable CompletableFuture<Void> awaited;

  /** Of several segments, those from which a profile came. */
  private final BitSet met = new BitSet();

  private boolean passedOver;

  /** Creates the reading of a plan's segment, which is not open yet. */
  public SegmentReading(ExportPlan plan, EventLoop loop) {
    this.plan = plan;
    this.loop = loop;
    this.source = new SourceThread(plan.settings().source(), plan.segment(), loop.time());
    this.profiles = source.profiles();
  }

  /**
   * Has the segment opened, which is done when {@link #isOpen()}.
   *
   * @param position where to begin, if the source can; {@code null} for its start
   * @param withPositions whether the {@link #position} of each profile will be asked for
   */
  public void open(@Nullable String position, boolean withPositions) {
    this.withPositions = withPositions;
    taken = 0;
    known = 0;
    awaited = null;
    met.clear();
    passedOver = position != null;
    source.open(position);
  }

  /**
   * Returns whether the segment is open, or could not be opened; if not, the loop is woken when
   * there is reason to ask again.
   */
  public boolean isOpen() {
    return !source.isBusy() || isIdle();
  }

  /**
   * Checks what can be told before reading; returns why it is not to be exported, if it is not.
   *
   * @throws SourceFailure if the segment could not be opened
   */
  public @Nullable StopCause check() throws SourceFailure {
    SourceFailure failure = source.failure();
    if (failure != null) {
      throw failure;
    }
    if (plan.settings().mode().removesLeavers() && !isWhole()) {
      return StopCause.partOfSegment();
    }
    size = source.opened().size();
    Optional<FieldNames> fields = source.opened().fields();
    try {
      fields.ifPresent(plan.settings().mapping()::checkAgainst);
    } catch (IllegalArgumentException unfit) {
      return StopCause.mappingUnfit(unfit);
    }
    return size.isPresent() && size.getAsLong() > plan.settings().limit()
        ? StopCause.limitExceeded(
            plan.settings().limit(), "it has " + InWords.number(size.getAsLong()))
        : null;
  }

  /**
   * Returns whether those profiles follow each other that are one customer's: the segment, when it
   * is open, is sorted by the email address, and nothing else identifies a customer.
   */
  public boolean hasDuplicatesSideBySide() {
    return source.opened().isSortedByEmail()
        && plan.settings().mapping().fields().stream()
            .map(MappedField::target)
            .noneMatch(
                target ->
                    target == ProfileField.PHONE_NUMBER || target == ProfileField.EXTERNAL_ID);
  }

  /** Returns whether the segment, when it is open, is read whole, and not a part of it only. */
  public boolean isWhole() {
    return source.opened().isWhole();
  }

  /** Returns how many profiles the segment has, if its source knows. */
  public OptionalLong size() {
    return size;
  }

  /**
   * Returns whether {@link #next} can be called; if not, the loop is woken when there is reason to
   * ask again.
   *
   * @param wanted how many profiles are wanted now, one at least: no more are read
   */
  public boolean isReady(long wanted) {
    return taken < known || look(wanted);
  }

  /** Returns whether there is a next profile that was read already. */
  public boolean hasNext() {
    return taken < known;
  }

  private boolean look(long wanted) {
    while (!interrupted) {
      boolean busy = source.isBusy();
      if (isMore()) {
        return true;
      }
      if (!busy) {
        taken = 0;
        known = 0;
        awaited = null;
        source.read((int) Math.min(ReadProfiles.MOST, wanted), withPositions);
      } else if (!isIdle()) {
        return isMore();
      }
    }
    return false;
  }

  /** Returns whether there is a profile that was not taken, or nothing comes any more. */
  private boolean isMore() {
    boolean ended = source.hasEnded();
    known = source.filled();
    return taken < known || ended;
  }

  /** Returns whether the source has done what it was asked for, after waiting a little for it. */
  private boolean isIdle() {
    try {
      if (awaited == null && source.awaitIdle(QUICK)) {
        return true;
      }
    } catch (InterruptedException interrupt) {
      Thread.currentThread().interrupt();
    }
    if (awaited == null || awaited.isDone()) {
      awaited = source.news();
      loop.when(awaited, (nothing, impossible) -> {});
    }
    return !source.isBusy();
  }

  /**
   * Returns that the source is waited for, in a clause; {@code null} if it is not, or has only just
   * been asked.
   */
  public @Nullable String waitingFor() {
    return awaited == null || awaited.isDone() || !source.isBusy()
        ? null
        : "the source of segment " + plan.segment() + " to return from " + source.method();
  }

  /**
   * Reads the next profile; returns {@code null} after the last.
   *
   * @throws SourceFailure if the source failed
   */
  public @Nullable CustomerProfile next() throws SourceFailure {
    if (taken < known) {
      met.set(profiles.part(taken));
      return profiles.profile(taken++);
    }
    SourceFailure failure = source.failure();
    if (failure != null) {
      throw failure;
    }
    return null;
  }

  /** Returns the index of the segment from which the last profile came; 0 if there is only one. */
  public int part() {
    return taken == 0 ? 0 : profiles.part(taken - 1);
  }

  /** Returns the segments, when they are open: one, unless several are read as if they were one. */
  public List<Segment> parts() {
    return source.opened().parts();
  }

  /** Returns the segments without those of the given indices, by name. */
  public List<String> without(BitSet some) {
    List<Segment> parts = source.opened().parts();
    List<String> rest = new ArrayList<>();
    for (int i = some.nextClearBit(0); i < parts.size(); i = some.nextClearBit(i + 1)) {
      rest.add(parts.get(i).name());
    }
    return rest;
  }

  /**
   * Returns which of several segments no profile came from, when all have been read. That a single
   * one is empty is no news: the counts say it. Nor is it that no part of one was to be given. What
   * comes before a position was met by the run that was there.
   */
  public List<String> empty() {
    return source.opened().parts().size() == 1 || passedOver || !isWhole()
        ? List.of()
        : without(met);
  }

  /** Returns where the source can be opened again behind the last profile, if it can. */
  public @Nullable String position() {
    return taken == 0 ? null : profiles.position(taken - 1);
  }

  /** Has the segment closed; it can be opened again. */
  public void close() {
    source.close();
  }

  /** Has nothing more read: the source is interrupted if it is busy. */
  public void interrupt() {
    interrupted = true;
    source.interrupt();
  }

  /** Returns whether this is the thread on which the source is read. */
  public boolean isReadBy(Thread thread) {
    return source.is(thread);
  }

  /**
   * Ends the reading: closes what is open, and waits for the source to return.
   *
   * @return what is to be said of a source that was left behind, a sentence; {@code null} if it was
   *     not
   */
  public @Nullable String end() {
    if (source.end(interrupted ? PATIENCE : CLOSING, PATIENCE)) {
      return null;
    }
    String left =
        "The source of segment "
            + plan.segment()
            + " did not return from "
            + source.method()
            + " within "
            + PATIENCE.toSeconds()
            + " seconds of an interrupt, so its thread was left behind: see what it waits for, and"
            + " let its calls end when they are interrupted";
    LOG.log(System.Logger.Level.WARNING, "{0} (thread {1}).", left, source.name());
    return left;
  }
}
