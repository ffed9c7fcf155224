package io.github.klaviyoexport.internal.upload;

import io.github.klaviyoexport.ExportReport.JobStatus;
import io.github.klaviyoexport.internal.api.ImportError;
import io.github.klaviyoexport.internal.api.ImportJob;
import io.github.klaviyoexport.internal.api.ImportJob.Status;
import io.github.klaviyoexport.internal.api.Page;
import io.github.klaviyoexport.internal.call.EventLoop;
import io.github.klaviyoexport.internal.call.Reply;
import io.github.klaviyoexport.internal.call.Reply.Done;
import io.github.klaviyoexport.internal.call.Reply.Refused;
import io.github.klaviyoexport.internal.call.Reply.Unanswered;
import io.github.klaviyoexport.internal.keys.RowKeySpill;
import io.github.klaviyoexport.internal.keys.RowKeys;
import io.github.klaviyoexport.internal.record.PreviousRun;
import io.github.klaviyoexport.internal.row.Identifier;
import io.github.klaviyoexport.internal.run.RunContext;
import io.github.klaviyoexport.internal.run.StopCause;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The jobs that Klaviyo has taken over, until each has ended and its errors are read.
 *
 * <p>One call lists a hundred jobs, so all are watched together: the account's jobs from the newest
 * back to the oldest that is open. Rounds begin a second apart and grow to half a minute with the
 * age of the oldest open job. Jobs that the listing does not show, or only after more pages than
 * there are jobs to look for, are asked for by their ids.
 *
 * <p>A job that is complete and counts fewer profiles, imported and failed, than it was given is
 * looked at for a minute more; then what is missing stays unconfirmed.
 *
 * <p>Errors are read job by job: each needs the keys of all its rows, and they would not fit into
 * memory for all jobs at once.
 */
public final class JobWatcher {
  private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);
  private static final Duration CLOCK_SLACK = Duration.ofMinutes(1);

  /** A job that was just made need not be found yet. */
  private static final Duration LOST_AFTER = Duration.ofMinutes(1);

  /** How long counts that do not add up may take to do so. */
  private static final Duration COUNTED_AFTER = Duration.ofMinutes(1);

  private static final int MAX_ERROR_PAGES = 1_000;

  private final RunContext run;
  private final Map<String, Open> open = new LinkedHashMap<>();
  private final Set<String> known = new HashSet<>();
  private final Queue<Open> toRead = new ArrayDeque<>();
  private boolean readingErrors;
  private final List<RowKeySpill.Kept> unconfirmed = new ArrayList<>();
  private boolean polling;
  private boolean hurried;
  private EventLoop.@Nullable Timer nextRound;

  /** A job that has not ended, or whose errors are not read. */
  private static final class Open {
    private final PreviousRun.OpenJob job;
    private final long sinceNanos;
    private OptionalLong completed = OptionalLong.empty();
    private OptionalLong failed = OptionalLong.empty();
    private @Nullable Long completeSinceNanos;
    private boolean reading;

    Open(PreviousRun.OpenJob job, long sinceNanos) {
      this.job = job;
      this.sinceNanos = sinceNanos;
    }

    /** Takes up Klaviyo's counts; returns whether they account for every profile. */
    private boolean counts(ImportJob seen) {
      completed = seen.completed();
      failed = seen.failed();
      return completed.isPresent()
          && completed.getAsLong() >= job.profiles() - Math.max(0, failed.orElse(0));
    }

    /** Returns how many profiles were imported by Klaviyo's count, so many of them not. */
    private int accepted(int rejected) {
      int most = job.profiles() - rejected;
      return (int) Math.max(0, Math.min(completed.orElse(0), most));
    }
  }

  /** Creates the watcher of a run's jobs. */
  public JobWatcher(RunContext run) {
    this.run = run;
    run.whenSendingEnds(this::hurry);
  }

  /** Takes up the jobs of the previous run. */
  public void takeUp(PreviousRun previous) {
    unconfirmed.addAll(previous.endedUnconfirmed());
    previous.openJobs().forEach(this::watch);
  }

  /** Watches a job from now on. */
  void watch(PreviousRun.OpenJob job) {
    known.add(job.id());
    open.put(job.id(), new Open(job, loop().time().nanoTime()));
    pollOn();
  }

  /** Returns whether it watches a job of that id, or has. */
  boolean knows(String id) {
    return known.contains(id);
  }

  private void pollOn() {
    if (!polling) {
      pollLater();
    }
  }

  /** Returns the keys of jobs that have not ended, or not said what became of their profiles. */
  public List<RowKeySpill.Kept> unconfirmed() {
    List<RowKeySpill.Kept> keys = new ArrayList<>(unconfirmed);
    open.values().forEach(job -> keys.add(job.job.keys()));
    return keys;
  }

  /** Returns whether no job is open. */
  boolean isIdle() {
    return open.isEmpty();
  }

  private EventLoop loop() {
    return run.loop();
  }

  /** Looks at the open jobs soon, and often from now on: there is not much time left for them. */
  private void hurry() {
    hurried = true;
    if (nextRound != null) {
      nextRound.cancel();
      nextRound = loop().after(Duration.ZERO, this::look);
    }
  }

  private void look() {
    nextRound = null;
    new Round().page(null);
  }

  private void pollLater() {
    Open oldest = null;
    for (Open job : open.values()) {
      if (!job.reading) {
        oldest = job;
        break;
      }
    }
    polling = oldest != null;
    if (oldest != null) {
      nextRound = loop().after(hurried ? FIRST_WAIT : waitAfter(age(oldest)), this::look);
    }
  }

  /** Returns how long to wait before the next look at something watched for that long. */
  static Duration waitAfter(Duration watched) {
    Duration wait = watched.dividedBy(4);
    wait = wait.compareTo(FIRST_WAIT) < 0 ? FIRST_WAIT : wait;
    return wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
  }

  private Duration age(Open job) {
    return Duration.ofNanos(loop().time().nanoTime() - job.sinceNanos);
  }

  /** One look at all open jobs. */
  private final class Round {
    private final Set<String> unseen = new HashSet<>();
    private int pages;

    Round() {
      open.forEach(
          (id, job) -> {
            if (!job.reading) {
              unseen.add(id);
            }
          });
    }

    void page(@Nullable URI next) {
      pages++;
      run.klaviyo().jobs(next, this::read);
    }

    private void read(Reply<Page<ImportJob>> reply) {
      if (reply instanceof Done<Page<ImportJob>> done) {
        boolean beyond = false;
        Instant horizon = horizon();
        for (ImportJob job : done.value().items()) {
          if (unseen.remove(job.id())) {
            seen(job);
          }
          Instant created = job.createdAt();
          beyond |= created != null && horizon != null && created.isBefore(horizon);
        }
        URI next = done.value().next();
        if (next != null && !beyond && pages < unseen.size()) {
          page(next);
        } else {
          askEach(new ArrayDeque<>(unseen));
        }
      } else if (reply instanceof Refused<Page<ImportJob>> refused) {
        run.stop(StopCause.refused(refused, run.list()));
        pollLater();
      } else {
        pollLater();
      }
    }

    /** Returns the time before which no open job can have been made; {@code null} if unknown. */
    private @Nullable Instant horizon() {
      Instant oldest = null;
      for (String id : unseen) {
        Open job = open.get(id);
        Instant created = job == null ? null : job.job.createdAt();
        if (created == null) {
          return null;
        }
        oldest = oldest == null || created.isBefore(oldest) ? created : oldest;
      }
      return oldest == null ? null : oldest.minus(CLOCK_SLACK);
    }

    private void askEach(Queue<String> ids) {
      String id = ids.poll();
      if (id == null) {
        pollLater();
        return;
      }
      run.klaviyo()
          .job(
              id,
              reply -> {
                if (reply instanceof Done<ImportJob> done) {
                  seen(done.value());
                } else if (reply instanceof Refused<ImportJob> refused
                    && (refused.status() == 404 || refused.status() == 410)) {
                  lost(id);
                }
                askEach(ids);
              });
    }
  }

  private void seen(ImportJob job) {
    Open ours = open.get(job.id());
    if (ours == null || ours.reading || job.status() == Status.RUNNING) {
      return;
    }
    if (job.status() == Status.CANCELLED) {
      end(job.id(), JobStatus.CANCELLED);
    } else if (!ours.counts(job) && mayCountYet(ours)) {
      // Klaviyo may come to count what it has done.
      return;
    } else if (job.failed().isPresent() && job.failed().getAsLong() == 0) {
      complete(ours, List.of(), ours.job.keys());
    } else {
      ours.reading = true;
      toRead.add(ours);
      if (!readingErrors) {
        readNext();
      }
    }
  }

  private boolean mayCountYet(Open job) {
    long now = loop().time().nanoTime();
    if (job.completeSinceNanos == null) {
      job.completeSinceNanos = now;
    }
    return !hurried && now - job.completeSinceNanos < COUNTED_AFTER.toNanos();
  }

  private void readNext() {
    Open next = toRead.poll();
    readingErrors = next != null;
    if (next != null) {
      new ErrorReading(next).page(null);
    }
  }

  private void lost(String id) {
    Open job = open.get(id);
    if (job != null && age(job).compareTo(LOST_AFTER) >= 0) {
      end(id, JobStatus.LOST);
    }
  }

  /**
   * Ends a job that is complete.
   *
   * @param rest the keys of the rows that it does not name as failed: those of the job, or others
   */
  private void complete(Open job, List<Rejection> rejections, RowKeySpill.Kept rest) {
    String id = job.job.id();
    int accepted = job.accepted(rejections.size());
    if (open.remove(id) == null) {
      return;
    }
    if (accepted + rejections.size() < job.job.profiles()) {
      // Some of these are imported, and Klaviyo does not say which.
      unconfirmed.add(rest);
    } else {
      job.job.keys().drop();
    }
    run.recorder().jobEnded(id, JobStatus.COMPLETE, accepted, rejections);
  }

  /** Ends a job that does not say what became of its profiles. */
  private void end(String id, JobStatus status) {
    Open job = open.remove(id);
    if (job != null) {
      unconfirmed.add(job.job.keys());
      run.recorder().jobEnded(id, status, 0, List.of());
    }
  }

  /** The reading of what one job could not import, page by page. */
  private final class ErrorReading {
    private final Open job;
    private final String id;
    private final RowKeys keys;
    private final Map<Integer, Rejection> named = new LinkedHashMap<>();
    private final Set<URI> followed = new HashSet<>();
    private long unnamed;

    ErrorReading(Open job) {
      this.job = job;
      this.id = job.job.id();
      this.keys = RowKeys.unpack(job.job.keys().read());
    }

    void page(@Nullable URI next) {
      run.klaviyo().importErrors(id, next, this::read);
    }

    private void read(Reply<Page<ImportError>> reply) {
      if (!(reply instanceof Done<Page<ImportError>> done)) {
        unread(reply);
        return;
      }
      done.value().items().forEach(this::match);
      URI next = done.value().next();
      if (next == null) {
        settle();
      } else if (!followed.add(next) || followed.size() > MAX_ERROR_PAGES) {
        end(id, JobStatus.UNREAD);
        readNext();
      } else {
        page(next);
      }
    }

    private void unread(Reply<Page<ImportError>> reply) {
      boolean locked =
          reply instanceof Refused<Page<ImportError>> refused
              && (refused.status() == 401 || refused.status() == 403);
      if (locked) {
        run.stop(StopCause.of(reply, run.list()));
      }
      if (locked || reply instanceof Unanswered<?> unanswered && !unanswered.lasting()) {
        // Klaviyo keeps the errors for days: the next round finds the job complete once more.
        job.reading = false;
        pollOn();
      } else {
        end(id, JobStatus.UNREAD);
      }
      readNext();
    }

    private void match(ImportError error) {
      for (Identifier identifier : error.identifiers()) {
        int row = keys.find(run.fingerprint().of(identifier.kind(), identifier.value()));
        if (row >= 0) {
          named.putIfAbsent(
              row,
              Rejection.ofProfile(
                      keys.customerId(row),
                      run.plan().sourceField(error.attribute()),
                      Reason.FAILED_IN_KLAVIYO)
                  .withCode(error.code()));
          return;
        }
      }
      unnamed++;
    }

    /** Ends the job by Klaviyo's own count: what it counts beyond the rows it names has no name. */
    private void settle() {
      long counted = Math.max(job.failed.orElse(named.size() + unnamed), named.size());
      int rejected = (int) Math.min(counted, job.job.profiles());
      List<Rejection> rejections = new ArrayList<>(named.values());
      while (rejections.size() < rejected) {
        rejections.add(Rejection.ofProfile(null, null, Reason.FAILED_IN_KLAVIYO));
      }
      complete(job, rejections, rest(rejected));
      readNext();
    }

    /** Returns the keys of the rows that are not named, if they will be asked for. */
    private RowKeySpill.Kept rest(int rejected) {
      if (named.isEmpty() || job.accepted(rejected) + rejected >= job.job.profiles()) {
        return job.job.keys();
      }
      int[] rows = IntStream.range(0, keys.rows()).filter(row -> !named.containsKey(row)).toArray();
      job.job.keys().drop();
      return run.spill().keep(keys.pack(rows));
    }
  }
}
