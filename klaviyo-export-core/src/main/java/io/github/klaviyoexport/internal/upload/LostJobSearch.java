package io.github.klaviyoexport.internal.upload;

import io.github.klaviyoexport.internal.api.ImportJob;
import io.github.klaviyoexport.internal.api.Page;
import io.github.klaviyoexport.internal.call.Reply;
import io.github.klaviyoexport.internal.call.Reply.Done;
import io.github.klaviyoexport.internal.run.RunContext;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The search for the job of a batch that Klaviyo has taken over without saying as which job.
 *
 * <p>It is the account's only job of as many profiles that was made since the batch was sent and is
 * no other job of this run. Where there are several, or none after a second look, it is not found.
 */
final class LostJobSearch {
  private static final int MAX_PAGES = 20;
  private static final Duration SECOND_LOOK = Duration.ofSeconds(2);

  /** Times of two clocks are compared. */
  private static final Duration CLOCK_SLACK = Duration.ofMinutes(1);

  private final RunContext run;
  private final JobWatcher watcher;
  private final int profiles;
  private final Instant since;
  private final Map<String, ImportJob> candidates = new HashMap<>();
  private int pages;
  private boolean second;

  /** Creates the search for a job of so many profiles that is made from now on. */
  LostJobSearch(RunContext run, JobWatcher watcher, int profiles) {
    this.run = run;
    this.watcher = watcher;
    this.profiles = profiles;
    this.since = run.loop().time().now().minus(CLOCK_SLACK);
  }

  /** Looks for the job, and passes it on, or {@code null} when it is not found. */
  void find(Consumer<@Nullable ImportJob> then) {
    second = false;
    look(then);
  }

  private void look(Consumer<@Nullable ImportJob> then) {
    candidates.clear();
    pages = 0;
    page(null, then);
  }

  private void page(@Nullable URI next, Consumer<@Nullable ImportJob> then) {
    pages++;
    run.klaviyo().jobs(next, reply -> read(reply, then));
  }

  private void read(Reply<Page<ImportJob>> reply, Consumer<@Nullable ImportJob> then) {
    if (!(reply instanceof Done<Page<ImportJob>> done)) {
      then.accept(null);
      return;
    }
    boolean beyond = false;
    for (ImportJob job : done.value().items()) {
      Instant created = job.createdAt();
      beyond |= created != null && created.isBefore(since);
      if (created != null && !created.isBefore(since) && isOurs(job)) {
        // A job that two pages show is one.
        candidates.put(job.id(), job);
      }
    }
    URI next = done.value().next();
    if (next != null && !beyond && pages < MAX_PAGES) {
      page(next, then);
    } else if (candidates.isEmpty() && !second) {
      // A job that was just made need not be listed yet.
      second = true;
      run.loop().after(SECOND_LOOK, () -> look(then));
    } else {
      boolean sure = candidates.size() == 1 && (next == null || beyond);
      then.accept(sure ? candidates.values().iterator().next() : null);
    }
  }

  private boolean isOurs(ImportJob job) {
    return !watcher.knows(job.id())
        && job.total().isPresent()
        && job.total().getAsLong() == profiles;
  }
}
