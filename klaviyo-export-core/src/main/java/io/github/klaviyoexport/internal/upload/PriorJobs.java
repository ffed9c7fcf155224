package io.github.klaviyoexport.internal.upload;

import io.github.klaviyoexport.internal.api.ImportJob;
import io.github.klaviyoexport.internal.api.ImportJob.Status;
import io.github.klaviyoexport.internal.api.Page;
import io.github.klaviyoexport.internal.call.Reply;
import io.github.klaviyoexport.internal.call.Reply.Done;
import io.github.klaviyoexport.internal.record.PreviousRun;
import io.github.klaviyoexport.internal.run.Phase;
import io.github.klaviyoexport.internal.run.RunContext;
import io.github.klaviyoexport.internal.run.StopCause;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The wait for jobs that the previous run has left with Klaviyo, before anything newer is sent:
 * what they hold is older, and must not be written over it.
 *
 * <p>Waited for are the jobs that the journal knows and, where it leaves in doubt whether a batch
 * arrived, those that may be it: running at the first look, not much older than the run, and of as
 * many profiles.
 */
public final class PriorJobs implements Phase {
  private static final int MAX_PAGES = 1_000;

  /** Times of two clocks are compared, and ours may have been wrong. */
  private static final Duration CLOCK_SLACK = Duration.ofDays(1);

  private final RunContext run;
  private final PreviousRun previous;
  private final Set<String> known;
  private final Set<String> awaited;
  private final long sinceNanos;
  private boolean firstLook = true;
  private boolean gone;
  private boolean found;
  private int pages;

  /**
   * Creates the wait for what a run has left.
   *
   * @param watches whether the run watches the jobs that the journal knows, so that they are not
   *     waited for here
   */
  public PriorJobs(RunContext run, PreviousRun previous, boolean watches) {
    this.run = run;
    this.previous = previous;
    this.known =
        previous.openJobs().stream().map(PreviousRun.OpenJob::id).collect(Collectors.toSet());
    this.awaited = new HashSet<>(watches ? Set.of() : known);
    this.sinceNanos = run.loop().time().nanoTime();
  }

  @Override
  public void begin() {
    if (awaited.isEmpty() && previous.sizesInDoubt().isEmpty()) {
      gone = true;
    } else {
      look();
    }
  }

  @Override
  public boolean isOver() {
    return gone || run.hasStopped();
  }

  private void look() {
    found = false;
    pages = 0;
    page(null);
  }

  private void page(@Nullable URI next) {
    pages++;
    run.klaviyo().runningJobs(next, this::read);
  }

  private void read(Reply<Page<ImportJob>> reply) {
    if (!(reply instanceof Done<Page<ImportJob>> done)) {
      run.stop(StopCause.of(reply, run.list()));
      return;
    }
    for (ImportJob job : done.value().items()) {
      if (firstLook && mayBeInDoubt(job)) {
        awaited.add(job.id());
      }
      found |= job.status() == Status.RUNNING && awaited.contains(job.id());
    }
    URI next = done.value().next();
    if (next != null && pages < MAX_PAGES && (firstLook || !found)) {
      page(next);
    } else if (found) {
      firstLook = false;
      Duration watched = Duration.ofNanos(run.loop().time().nanoTime() - sinceNanos);
      run.loop().after(JobWatcher.waitAfter(watched), this::look);
    } else {
      gone = true;
    }
  }

  private boolean mayBeInDoubt(ImportJob job) {
    Instant created = job.createdAt();
    Instant begun = previous.began().at().minus(CLOCK_SLACK);
    return !known.contains(job.id())
        && (created == null || created.isAfter(begun))
        && job.total().isPresent()
        && previous.sizesInDoubt().contains((int) job.total().getAsLong());
  }
}
