package io.github.klaviyoexport.internal.run;

import io.github.klaviyoexport.klaviyo.internal.ImportJob;
import io.github.klaviyoexport.klaviyo.internal.ImportJob.Status;
import io.github.klaviyoexport.klaviyo.internal.Page;
import io.github.klaviyoexport.klaviyo.internal.Reply;
import io.github.klaviyoexport.klaviyo.internal.Reply.Done;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The wait for jobs that an earlier run has left with Klaviyo, before anything newer is sent: what
 * they hold is older, and must not be written over it.
 *
 * <p>Waited for are the jobs that the journal knows and, where it is unknown whether a batch
 * arrived, those that may be it: begun since it was sent, and of as many profiles.
 */
final class Drain {
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(5);
  private static final Duration CLOCK_SLACK = Duration.ofMinutes(5);

  private final SegmentRun run;
  private final Set<String> awaited;
  private final Set<String> known;
  private final Set<Integer> sizes;
  private final @Nullable Instant since;
  private final Runnable whenDrained;
  private boolean found;

  /**
   * A drain that has yet to begin.
   *
   * @param awaited jobs to wait for
   * @param known jobs that are no batch of unknown fate
   * @param sizes how many profiles the batches had that may have arrived
   * @param since when the first of those was sent
   */
  Drain(
      SegmentRun run,
      Set<String> awaited,
      Set<String> known,
      Set<Integer> sizes,
      @Nullable Instant since,
      Runnable whenDrained) {
    this.run = run;
    this.awaited = awaited;
    this.known = known;
    this.sizes = sizes;
    this.since = since;
    this.whenDrained = whenDrained;
  }

  void begin() {
    if (awaited.isEmpty() && sizes.isEmpty()) {
      whenDrained.run();
    } else {
      look();
    }
  }

  private void look() {
    found = false;
    run.klaviyo().runningJobs(null, this::read);
  }

  private void read(Reply<Page<ImportJob>> reply) {
    if (reply instanceof Done<Page<ImportJob>> done) {
      for (ImportJob job : done.value().items()) {
        found |= job.status() == Status.RUNNING && concerns(job);
      }
      URI next = done.value().next();
      if (next != null && !found) {
        run.klaviyo().runningJobs(next, this::read);
      } else if (found) {
        run.loop().after(BETWEEN_LOOKS, this::look);
      } else {
        whenDrained.run();
      }
    } else {
      run.stop(Stop.of(reply, run.plan().list()));
    }
  }

  private boolean concerns(ImportJob job) {
    if (known.contains(job.id())) {
      return awaited.contains(job.id());
    }
    Instant created = job.createdAt();
    boolean recent = since == null || created == null || created.isAfter(since.minus(CLOCK_SLACK));
    return recent && job.total().isPresent() && sizes.contains((int) job.total().getAsLong());
  }
}
