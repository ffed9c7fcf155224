package io.github.klaviyoexport.internal.upload;

import io.github.klaviyoexport.ExportReport.JobStatus;
import io.github.klaviyoexport.Outcome.Why;
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
import io.github.klaviyoexport.internal.record.UnconfirmedRows;
import io.github.klaviyoexport.internal.run.RunContext;
import io.github.klaviyoexport.internal.run.StopCause;
import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.profile.Rejection;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The jobs that Klaviyo has taken over, until each has ended and its errors are read.
 *
 * <p>One call lists a hundred jobs, so all are watched together: the account's jobs from the newest
 * back to the oldest that is open. Rounds begin a second apart and grow to half a minute with the
 * age of the oldest open job. Jobs that the listing does not show, or only after more pages than
 * there are jobs to look for, are asked for by their ids; so are all while the listing does not
 * serve. A job of which nothing usable is said for 15 minutes, though Klaviyo answers, is given up.
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

  /** After so many jobs that cannot be had the others are left for the next round. */
  private static final int MAX_FAILED_IN_A_ROW = 3;

  /** For how long a listing that has failed is not asked for. */
  private static final Duration LISTED_AFTER = Duration.ofMinutes(5);

  private final RunContext run;
  private final Map<String, WatchedJob> open = new LinkedHashMap<>();
  private final Set<String> known = new HashSet<>();
  private final Queue<WatchedJob> toRead = new ArrayDeque<>();
  private boolean readingErrors;
  private final List<UnconfirmedRows> unconfirmed = new ArrayList<>();
  private boolean polling;
  private boolean hurried;
  private EventLoop.@Nullable Timer nextRound;
  private @Nullable Long listingFailedAt;
  private boolean warnedOfUnknown;
  private boolean warnedOfSlow;
  private long answeredAt;

  /** Creates the watcher of a run's jobs. */
  public JobWatcher(RunContext run) {
    this.run = run;
    this.answeredAt = run.loop().time().nanoTime();
    run.whenSendingEnds(this::hurry);
    run.mayWaitFor(this::waitingFor);
  }

  /** Takes up the jobs of the previous run. */
  public void takeUp(PreviousRun previous) {
    unconfirmed.addAll(previous.endedUnconfirmed());
    previous.openJobs().forEach(this::watch);
  }

  /** Takes up rows of which Klaviyo said that they are a job which it had made of other rows. */
  void cannotTell(PreviousRun.OpenJob rows) {
    unconfirmed.add(new UnconfirmedRows(rows.keys(), null, Why.UNANSWERED));
    WatchedJob others = open.get(rows.id());
    if (others != null) {
      others.job = others.job.ofUnknownRows();
    }
  }

  /** Watches a job from now on. */
  void watch(PreviousRun.OpenJob job) {
    known.add(job.id());
    open.put(job.id(), new WatchedJob(job, loop().time()));
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

  /** Returns the rows of jobs that have not ended, or not said what became of their profiles. */
  public List<UnconfirmedRows> unconfirmed() {
    List<UnconfirmedRows> rows = new ArrayList<>(unconfirmed);
    for (WatchedJob job : open.values()) {
      JobStatus status = job.hasEnded() ? JobStatus.UNREAD : JobStatus.RUNNING;
      rows.add(UnconfirmedRows.of(job.job, status));
    }
    return rows;
  }

  /** Returns the ids of the jobs that Klaviyo has ended, and whose errors are not read yet. */
  public List<String> unread() {
    return open.values().stream().filter(WatchedJob::hasEnded).map(WatchedJob::id).toList();
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
    Round round = new Round();
    if (listingFailedAt == null || nanosSince(listingFailedAt) >= LISTED_AFTER.toNanos()) {
      round.page(null);
    } else {
      round.askEach();
    }
  }

  private long nanosSince(long nanos) {
    return loop().time().nanoTime() - nanos;
  }

  /** Returns whether the key, or a proxy, is what stands in the way: that will not pass. */
  static boolean isLocked(Reply<?> reply) {
    return reply instanceof Refused<?> refused
        && (refused.status() == 401 || refused.status() == 403 || refused.status() == 407);
  }

  /** Returns whether there were answers, and none of them could be used. */
  static boolean isUnusable(Unanswered<?> unanswered) {
    int status = unanswered.failure().status().orElse(0);
    return status >= 200 && status < 300 || status == 400;
  }

  private void pollLater() {
    WatchedJob oldest = null;
    for (WatchedJob job : open.values()) {
      if (!job.isReading()) {
        oldest = job;
        break;
      }
    }
    polling = oldest != null;
    if (oldest != null) {
      nextRound = loop().after(hurried ? FIRST_WAIT : waitAfter(oldest.age()), this::look);
    }
  }

  /** Returns how long to wait before the next look at something watched for that long. */
  static Duration waitAfter(Duration watched) {
    Duration wait = watched.dividedBy(4);
    wait = wait.compareTo(FIRST_WAIT) < 0 ? FIRST_WAIT : wait;
    return wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
  }

  /** One look at all open jobs. */
  private final class Round {
    private final Set<String> unseen = new HashSet<>();
    private int pages;
    private int failedInARow;

    /** Whether the listing has served, so that it is Klaviyo that says it knows no job. */
    private boolean listed;

    Round() {
      for (WatchedJob job : open.values()) {
        if (!job.isReading()) {
          unseen.add(job.id());
        }
      }
    }

    void page(@Nullable URI next) {
      pages++;
      run.klaviyo().jobs(next, this::read);
    }

    private void read(Reply<Page<ImportJob>> reply) {
      if (reply instanceof Done<Page<ImportJob>> done) {
        listingFailedAt = null;
        answeredAt = loop().time().nanoTime();
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
          listed = true;
          askEach();
        }
      } else if (isLocked(reply)) {
        run.stop(StopCause.of(reply, run.list()));
        pollLater();
      } else {
        listingFailedAt = loop().time().nanoTime();
        askEach();
      }
    }

    /** Returns the time before which no open job can have been made; {@code null} if unknown. */
    private @Nullable Instant horizon() {
      Instant oldest = null;
      for (String id : unseen) {
        WatchedJob job = open.get(id);
        Instant created = job == null ? null : job.job.createdAt();
        if (created == null) {
          return null;
        }
        oldest = oldest == null || created.isBefore(oldest) ? created : oldest;
      }
      return oldest == null ? null : oldest.minus(CLOCK_SLACK);
    }

    /** Asks for those that are still unseen, one by one, first those that have failed least. */
    void askEach() {
      List<WatchedJob> jobs = new ArrayList<>();
      for (String id : unseen) {
        WatchedJob job = open.get(id);
        if (job != null) {
          jobs.add(job);
        }
      }
      jobs.sort((one, other) -> Integer.compare(one.failures(), other.failures()));
      ask(new ArrayDeque<>(jobs));
    }

    private void ask(Queue<WatchedJob> jobs) {
      WatchedJob job = jobs.poll();
      if (job == null || failedInARow == MAX_FAILED_IN_A_ROW) {
        pollLater();
      } else {
        run.klaviyo().job(job.id(), reply -> read(reply, job, jobs));
      }
    }

    private void read(Reply<ImportJob> reply, WatchedJob job, Queue<WatchedJob> rest) {
      if (reply instanceof Done<ImportJob> done) {
        failedInARow = 0;
        answeredAt = loop().time().nanoTime();
        seen(done.value());
      } else if (isLocked(reply)) {
        run.stop(StopCause.of(reply, run.list()));
        rest.clear();
      } else {
        boolean answered = !(reply instanceof Unanswered<?> none) || isUnusable(none);
        failedInARow += answered ? 0 : 1;
        boolean unknown = isUnknown(reply);
        boolean late = job.failsAlone(answered, answeredAt);
        if (late || unknown && listed && job.age().compareTo(LOST_AFTER) >= 0) {
          // If it is still running, what comes after this run has to wait for it.
          run.recorder().inDoubt(job.job.profiles());
          end(job.id(), unknown ? JobStatus.LOST : JobStatus.UNREAD);
        }
      }
      ask(rest);
    }

    /** Returns whether Klaviyo says that there is no such job. */
    private boolean isUnknown(Reply<ImportJob> reply) {
      return reply instanceof Refused<ImportJob> refused
          && (refused.status() == 404 || refused.status() == 410);
    }
  }

  private void seen(ImportJob job) {
    WatchedJob ours = open.get(job.id());
    if (ours == null) {
      return;
    }
    ours.usable();
    ours.seen = job;
    if (ours.isReading()) {
      return;
    }
    if (job.isOpen()) {
      warnOf(ours, job);
    } else if (job.status() == Status.CANCELLED) {
      end(job.id(), JobStatus.CANCELLED);
    } else if (!ours.counts(job) && ours.mayCountYet() && !hurried) {
      // Klaviyo may come to count what it has done.
      return;
    } else if (job.failed().isPresent() && job.failed().getAsLong() == 0) {
      complete(ours, List.of(), null, ours.job.keys());
    } else {
      ours.reading(true);
      toRead.add(ours);
      if (!readingErrors) {
        readNext();
      }
    }
  }

  /** Tells of a job that keeps the run waiting as jobs do not: once in a run for each cause. */
  private void warnOf(WatchedJob ours, ImportJob job) {
    if (job.status() == Status.UNKNOWN && !warnedOfUnknown) {
      warnedOfUnknown = true;
      run.recorder()
          .warned(
              "Klaviyo has job "
                  + job.id()
                  + ", "
                  + job.stateInWords()
                  + ": this version of the library does not know what that means. It takes the job"
                  + " for running, and waits for it until the export's deadline. Look the job up in"
                  + " Klaviyo, and use a newer version of the library if there is one.");
    } else if (ours.isSlow() && !warnedOfSlow) {
      warnedOfSlow = true;
      run.recorder()
          .warned(
              "The export waits for Klaviyo to end "
                  + inShort(ours)
                  + ". Imports can take hours; it is waited for until the export's deadline of "
                  + InWords.duration(run.settings().deadline())
                  + ". Klaviyo's status page says whether imports are delayed.");
    }
  }

  /** Returns the job that takes longer than jobs do, in a clause; {@code null} if none does. */
  private @Nullable String waitingFor() {
    for (WatchedJob job : open.values()) {
      ImportJob seen = job.seen;
      boolean unknown = seen != null && seen.status() == Status.UNKNOWN;
      if (unknown || job.isSlow()) {
        return (job.hasEnded() ? "the errors of " : "Klaviyo to end ") + inShort(job);
      }
    }
    return null;
  }

  private String inShort(WatchedJob job) {
    Duration age = job.age().truncatedTo(ChronoUnit.MINUTES);
    int more = open.size() - 1;
    return "job "
        + job.id()
        + (job.seen == null ? "" : ", " + job.seen.stateInWords())
        + (age.isZero() ? "" : " after " + InWords.duration(age))
        + (more == 0 ? "" : ", and " + more + " more");
  }

  private final ErrorReading.Then errors =
      new ErrorReading.Then() {
        @Override
        public void read(
            WatchedJob job,
            List<Rejection> rejections,
            ErrorReading.Named named,
            RowKeySpill.Kept rest) {
          complete(job, rejections, named, rest);
          readNext();
        }

        @Override
        public void later(WatchedJob job) {
          // The next round finds the job complete once more.
          job.reading(false);
          pollOn();
          readNext();
        }

        @Override
        public void never(WatchedJob job) {
          end(job.id(), JobStatus.UNREAD);
          readNext();
        }
      };

  private void readNext() {
    WatchedJob next = toRead.poll();
    readingErrors = next != null;
    if (next != null) {
      new ErrorReading(run, next, errors).begin();
    }
  }

  /**
   * Ends a job that is complete.
   *
   * @param named the rows that it names as failed; {@code null} if it counts none
   * @param rest the keys of the rows that it does not name as failed: those of the job, or others
   */
  private void complete(
      WatchedJob job,
      List<Rejection> rejections,
      ErrorReading.@Nullable Named named,
      RowKeySpill.Kept rest) {
    String id = job.job.id();
    int accepted = job.accepted(rejections.size());
    if (!open.containsKey(id)) {
      return;
    }
    boolean addsUp = accepted + rejections.size() >= job.job.profiles();
    Set<Integer> failed = named == null ? Set.of() : named.failed().keySet();
    if (addsUp && failed.size() == rejections.size()) {
      // While the job is open still: if this fails, its customers are unconfirmed.
      run.memory().confirm(job.job, failed, job.createdAt(), job.completedAt());
    }
    open.remove(id);
    if (run.recorder().outcomes().areAsked()) {
      tellOutcomes(job.job, named, accepted, rejections.size());
    }
    if (addsUp) {
      job.job.keys().drop();
    } else {
      // Some of these are imported, and Klaviyo does not say which.
      unconfirmed.add(new UnconfirmedRows(rest, id, Why.NOT_NAMED));
    }
    run.recorder().jobEnded(id, JobStatus.COMPLETE, accepted, rejections);
  }

  private void tellOutcomes(
      PreviousRun.OpenJob job, ErrorReading.@Nullable Named named, int accepted, int rejected) {
    try {
      RowKeys keys = named == null ? RowKeys.unpack(job.keys().read()) : named.keys();
      Map<Integer, Rejection> failed = named == null ? Map.of() : named.failed();
      run.recorder().outcomes().ofJob(job, keys, failed, accepted, rejected);
    } catch (UncheckedIOException unreadable) {
      run.recorder()
          .warned(
              "The outcomes of "
                  + InWords.count(job.profiles(), "profile")
                  + " cannot be told, because the export's temporary file cannot be read: see to"
                  + " the disk of java.io.tmpdir. The export is not affected.");
    }
    if (job.leftOut() != null) {
      job.leftOut().drop();
    }
  }

  /** Ends a job that does not say what became of its profiles. */
  private void end(String id, JobStatus status) {
    WatchedJob job = open.remove(id);
    if (job != null) {
      unconfirmed.add(UnconfirmedRows.of(job.job, status));
      run.recorder().jobEnded(id, status, 0, List.of());
    }
  }
}
