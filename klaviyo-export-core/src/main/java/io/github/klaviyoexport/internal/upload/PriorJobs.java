package io.github.klaviyoexport.internal.upload;

import io.github.klaviyoexport.internal.api.ImportJob;
import io.github.klaviyoexport.internal.api.Page;
import io.github.klaviyoexport.internal.call.EventLoop;
import io.github.klaviyoexport.internal.call.Reply;
import io.github.klaviyoexport.internal.call.Reply.Done;
import io.github.klaviyoexport.internal.record.PreviousRun;
import io.github.klaviyoexport.internal.run.Phase;
import io.github.klaviyoexport.internal.run.RunContext;
import io.github.klaviyoexport.internal.run.StopCause;
import io.github.klaviyoexport.internal.text.InWords;
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
 * arrived, those that may be it: running at the first look, of as many profiles, and neither much
 * older nor much younger than the run. A job that is a day old is not waited for: it will never
 * end. If another has not ended in the time that is set, the run stops.
 */
public final class PriorJobs implements Phase {
  private static final int MAX_PAGES = 1_000;

  /** Times of two clocks are compared, and ours may have been wrong. */
  private static final Duration CLOCK_SLACK = Duration.ofDays(1);

  private static final Duration WORTH_A_WARNING = Duration.ofMinutes(1);

  private final RunContext run;
  private final PreviousRun previous;
  private final Set<String> known;
  private final Set<String> awaited;
  private final long sinceNanos;
  private boolean firstLook = true;
  private boolean gone;
  private @Nullable ImportJob found;
  private int more;
  private int pages;
  private EventLoop.@Nullable Timer warning;

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
    boolean any = !awaited.isEmpty() || !previous.sizesInDoubt().isEmpty();
    if (any && !run.settings().priorWait().isZero()) {
      look();
    } else {
      gone = true;
      if (any) {
        run.memory().olderMayCome();
      }
    }
  }

  @Override
  public boolean isOver() {
    return gone || run.hasStopped();
  }

  private void look() {
    found = null;
    more = 0;
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
      if (job.isOpen() && awaited.contains(job.id())) {
        found(job);
      }
    }
    URI next = done.value().next();
    if (next != null && pages < MAX_PAGES && (firstLook || found == null)) {
      page(next);
    } else if (found != null) {
      firstLook = false;
      waitFor(found);
    } else {
      gone = true;
      endWaiting();
    }
  }

  private void found(ImportJob job) {
    if (neverEnds(job)) {
      awaited.remove(job.id());
      run.memory().olderMayCome();
      run.recorder()
          .warned(
              "Klaviyo has not ended "
                  + named(job)
                  + ". A job that is a day old is taken for one that never ends, so the export goes"
                  + " on; if it does end, older values may come back until the next export.");
    } else if (found == null) {
      found = job;
    } else {
      more++;
    }
  }

  private void waitFor(ImportJob job) {
    Duration atMost = run.settings().priorWait();
    Duration watched = watched();
    run.waitFor(inShort(job));
    if (watched.compareTo(atMost) >= 0) {
      endWaiting();
      run.stop(StopCause.priorJobs(named(job), atMost));
      return;
    }
    if (warning == null) {
      warning = run.loop().after(WORTH_A_WARNING, this::warn);
    }
    Duration wait = JobWatcher.waitAfter(watched);
    Duration left = atMost.minus(watched);
    run.loop().after(wait.compareTo(left) > 0 ? left : wait, this::look);
  }

  private void warn() {
    ImportJob job = found;
    if (job != null && !isOver()) {
      run.recorder()
          .warned(
              "The export sends nothing yet: Klaviyo has not ended "
                  + named(job)
                  + (more == 0 ? "" : ", and " + more + " more")
                  + ". What that holds is older and must not be written over what is newer. It is"
                  + " waited for "
                  + InWords.duration(run.settings().priorWait())
                  + " at most.");
    }
  }

  private void endWaiting() {
    run.waitFor(null);
    if (warning != null) {
      warning.cancel();
    }
  }

  private Duration watched() {
    return Duration.ofNanos(run.loop().time().nanoTime() - sinceNanos);
  }

  private String inShort(ImportJob job) {
    String others = more == 0 ? "" : " and " + more + " more";
    Instant made = job.createdAt();
    return "job "
        + job.id()
        + others
        + " of an earlier run"
        + (made == null ? "" : ", since " + InWords.moment(made));
  }

  private String named(ImportJob job) {
    Instant made = job.createdAt();
    String since = made == null ? "" : " had since " + InWords.moment(made);
    return "job "
        + job.id()
        + ", which it has"
        + since
        + (known.contains(job.id())
            ? " from an earlier run of this export"
            : " and which may be from an earlier run of this export, being of as many profiles as"
                + " a batch of which no answer came ("
                + InWords.number(job.total().orElse(0))
                + ")");
  }

  private boolean mayBeInDoubt(ImportJob job) {
    Instant created = job.createdAt();
    return !known.contains(job.id())
        && (created == null || mayBeOfPreviousRun(created))
        && job.total().isPresent()
        && previous.sizesInDoubt().contains((int) job.total().getAsLong());
  }

  private boolean mayBeOfPreviousRun(Instant created) {
    return created.isAfter(previous.began().at().minus(CLOCK_SLACK))
        && created.isBefore(previous.lastActive().plus(CLOCK_SLACK));
  }

  /** Returns whether a job is too old to end, by Klaviyo's clock and by that of the journal. */
  private boolean neverEnds(ImportJob job) {
    Instant horizon = run.loop().time().now().minus(PreviousRun.JOB_NEVER_ENDS_AFTER);
    Instant created = job.createdAt();
    return previous.lastActive().isBefore(horizon)
        && (created == null || created.isBefore(horizon));
  }
}
