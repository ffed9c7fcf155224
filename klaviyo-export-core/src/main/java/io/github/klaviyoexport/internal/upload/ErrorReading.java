package io.github.klaviyoexport.internal.upload;

import io.github.klaviyoexport.internal.api.ImportError;
import io.github.klaviyoexport.internal.api.Page;
import io.github.klaviyoexport.internal.call.Reply;
import io.github.klaviyoexport.internal.call.Reply.Done;
import io.github.klaviyoexport.internal.call.Reply.Unanswered;
import io.github.klaviyoexport.internal.keys.RowKeySpill;
import io.github.klaviyoexport.internal.keys.RowKeys;
import io.github.klaviyoexport.internal.row.Identifier;
import io.github.klaviyoexport.internal.run.RunContext;
import io.github.klaviyoexport.internal.run.StopCause;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The reading of what one job could not import, page by page.
 *
 * <p>Where a page is answered and cannot be used, it is asked for once more in small pages: one
 * that repeats a hundred large profiles can be larger than what is read of an answer.
 */
final class ErrorReading {
  private static final int MAX_PAGES = 1_000;

  private final RunContext run;
  private final WatchedJob job;
  private final Then then;
  private final RowKeys keys;
  private final Map<Integer, Rejection> named = new LinkedHashMap<>();
  private final Set<URI> followed = new HashSet<>();
  private long unnamed;
  private boolean small;

  /**
   * What a job says of its rows.
   *
   * @param keys the keys of all of them
   * @param failed why those have failed that it names
   */
  record Named(RowKeys keys, Map<Integer, Rejection> failed) {}

  /** What comes of it. */
  interface Then {
    /**
     * Hears of the end of a job whose errors are read.
     *
     * @param named which of the job's rows are named as failed, counted from 0
     * @param rest the keys of the others: those of the job, or others
     */
    void read(WatchedJob job, List<Rejection> rejections, Named named, RowKeySpill.Kept rest);

    /** Hears that they cannot be read now: Klaviyo keeps them for days. */
    void later(WatchedJob job);

    /** Hears that they cannot be read. */
    void never(WatchedJob job);
  }

  ErrorReading(RunContext run, WatchedJob job, Then then) {
    this.run = run;
    this.job = job;
    this.then = then;
    this.keys = RowKeys.unpack(job.job.keys().read());
  }

  void begin() {
    page(null);
  }

  private void page(@Nullable URI next) {
    run.klaviyo().importErrors(job.id(), small, next, this::read);
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
    } else if (!followed.add(next) || followed.size() > MAX_PAGES) {
      then.never(job);
    } else {
      page(next);
    }
  }

  private void unread(Reply<Page<ImportError>> reply) {
    if (JobWatcher.isLocked(reply)) {
      run.stop(StopCause.of(reply, run.list()));
      then.later(job);
    } else if (reply instanceof Unanswered<?> unanswered) {
      unanswered(unanswered);
    } else {
      then.never(job);
    }
  }

  private void unanswered(Unanswered<?> unanswered) {
    boolean unusable = unanswered.lasting() || JobWatcher.isUnusable(unanswered);
    if (unusable && !small) {
      small = true;
      unnamed = 0;
      followed.clear();
      page(null);
    } else if (unusable || !job.mayBeReadYet()) {
      then.never(job);
    } else {
      then.later(job);
    }
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
    long counted = Math.max(job.failedProfiles().orElse(named.size() + unnamed), named.size());
    int rejected = (int) Math.min(counted, job.job.profiles());
    List<Rejection> rejections = new ArrayList<>(named.values());
    while (rejections.size() < rejected) {
      rejections.add(Rejection.ofProfile(null, null, Reason.FAILED_IN_KLAVIYO));
    }
    then.read(job, rejections, new Named(keys, named), rest(rejected));
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
