package io.github.klaviyoexport.internal.springboot;

import io.github.klaviyoexport.Attempt;
import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.internal.call.Revision;
import io.github.klaviyoexport.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What Klaviyo has said last, and how the last export ended: the ground of the health. */
final class LastWord implements ExportListener {
  /** How Klaviyo is, as far as it has said. */
  enum Standing {
    /** It has not been called yet. */
    NOT_ASKED,
    /** It answers. */
    ANSWERS,
    /** It has refused the key, or knows the revision no more: people have to do something. */
    REFUSES,
    /** It gave no answer, or failed, {@value LastWord#FAILURES} times in a row. */
    FAILS
  }

  /** So many failures in a row are more than a hiccup, which calls that are made again get over. */
  static final int FAILURES = 3;

  private static final Set<Integer> REFUSALS = Set.of(401, 403, 410);

  private final TimeSource time;
  private @Nullable Attempt last;
  private @Nullable Instant lastAt;
  private int failures;
  private @Nullable Instant rateLimitedAt;
  private @Nullable String warning;
  private @Nullable Instant warnedAt;
  private @Nullable ExportReport report;
  private @Nullable Instant endedAt;

  LastWord(TimeSource time) {
    this.time = time;
  }

  @Override
  public synchronized void attempted(Attempt attempt) {
    last = attempt;
    lastAt = time.now();
    failures = failed(attempt) ? failures + 1 : 0;
  }

  private static boolean failed(Attempt attempt) {
    return attempt.status().isEmpty() || attempt.status().getAsInt() >= 500;
  }

  @Override
  public synchronized void rateLimited(Duration retryAfter) {
    rateLimitedAt = time.now();
  }

  @Override
  public synchronized void warned(String what) {
    warning = what;
    warnedAt = time.now();
  }

  @Override
  public synchronized void finished(ExportReport ended) {
    report = ended;
    endedAt = time.now();
  }

  synchronized Standing standing() {
    if (last == null) {
      return Standing.NOT_ASKED;
    }
    if (last.status().isPresent() && REFUSALS.contains(last.status().getAsInt())) {
      return Standing.REFUSES;
    }
    return failures < FAILURES ? Standing.ANSWERS : Standing.FAILS;
  }

  /** Returns what there is to say, in values that every writer of JSON knows. */
  synchronized Map<String, Object> details() {
    Map<String, Object> details = new LinkedHashMap<>();
    if (last != null) {
      Map<String, Object> answer = new LinkedHashMap<>();
      answer.put("operation", last.operation());
      answer.put("status", last.status().isPresent() ? "" + last.status().getAsInt() : "none");
      answer.put("at", String.valueOf(lastAt));
      details.put("lastAnswer", answer);
    }
    if (failures > 0) {
      details.put("failuresInARow", failures);
    }
    if (rateLimitedAt != null) {
      details.put("rateLimitedAt", rateLimitedAt.toString());
    }
    if (report != null) {
      Map<String, Object> run = new LinkedHashMap<>();
      run.put("run", report.run());
      run.put("status", status(report));
      run.put("clean", report.isClean());
      run.put("at", String.valueOf(endedAt));
      details.put("lastRun", run);
    }
    if (warning != null) {
      details.put("lastWarning", Map.of("what", warning, "at", String.valueOf(warnedAt)));
    }
    LocalDate supportEnds = Revision.supportEndsSoon(time.now());
    if (supportEnds != null) {
      details.put("revisionSupportEnds", supportEnds.toString());
    }
    return details;
  }

  /** Returns how an export ended, by the word that its metrics use. */
  static String status(ExportReport report) {
    return report.stopReason() == null
        ? "completed"
        : report.stopReason().name().toLowerCase(Locale.ROOT);
  }
}
