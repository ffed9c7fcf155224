package io.github.klaviyoexport.internal.record;

import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.internal.call.Calls;
import io.github.klaviyoexport.internal.report.ReportText;
import io.github.klaviyoexport.internal.report.UnconfirmedReasons;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What an operator reads of an export in the log: a line when it begins, one when it ends, and one
 * for each wait of more than a minute.
 *
 * <p>Attempts of calls that fail at once, each after a wait, are one wait. So are the waits of
 * several calls for the same thing.
 */
public final class ExportLog implements ExportListener {
  private static final System.Logger LOG = System.getLogger("io.github.klaviyoexport");
  private static final Duration LONG = Duration.ofMinutes(1);

  /** So long after a wait a failed attempt at most begins the next one, which belongs to it. */
  private static final Duration BETWEEN_ATTEMPTS = Duration.ofSeconds(5);

  private final String what;
  private final LongSupplier nanoTime;
  private final long from;

  /** When the retries that follow each other have begun, and when the last wait of them is over. */
  private long failingFrom;

  private long failingUntil;

  /** Until when a wait has been told; nanoseconds since the export began. */
  private long toldUntil = -1;

  /**
   * Creates the log of an export.
   *
   * @param what which, to begin a sentence
   * @param nanoTime the clock
   */
  public ExportLog(String what, LongSupplier nanoTime) {
    this.what = what;
    this.nanoTime = nanoTime;
    this.from = nanoTime.getAsLong();
    this.failingUntil = -BETWEEN_ATTEMPTS.toNanos() - 1;
  }

  /** Tells that the export begins. */
  public void begins() {
    LOG.log(Level.INFO, what + " begins.");
  }

  /**
   * Tells of something, in a sentence, that is as it should be and that people will want to know.
   */
  public void noted(String what) {
    LOG.log(Level.INFO, what);
  }

  /**
   * Tells that the export has ended; as a warning, if it came to its end and left profiles
   * unconfirmed, which no exception tells of.
   *
   * @param stopped why it stopped, in sentences; {@code null} if it came to its end
   */
  public void ended(ExportReport report, @Nullable String stopped) {
    String took = " It took " + report.took().toSeconds() + " s";
    String run = report.run().isEmpty() ? "." : ", as run " + report.run() + ".";
    if (stopped != null) {
      LOG.log(Level.INFO, stopped + took + run);
      return;
    }
    boolean confirmed = report.profiles().unconfirmed() == 0;
    LOG.log(
        confirmed ? Level.INFO : Level.WARNING,
        what
            + " has ended: "
            + ReportText.counts(report)
            + "."
            + (confirmed
                ? ""
                : " Of those unconfirmed, "
                    + UnconfirmedReasons.inWords(report)
                    + ": run the export again, no profile is added twice.")
            + took
            + run);
  }

  @Override
  public void paced(Duration wait) {
    long until = now() + wait.toNanos();
    tell("Klaviyo's quota is used up, by this or by others who use the account", wait, until);
  }

  @Override
  public void rateLimited(Duration retryAfter) {
    if (retryAfter.compareTo(Calls.LONGEST_RETRY_AFTER) <= 0) {
      tell("Klaviyo has asked for it (429)", retryAfter, now() + retryAfter.toNanos());
    }
  }

  @Override
  public void retried(String what, Duration wait) {
    long now = now();
    if (now > failingUntil + BETWEEN_ATTEMPTS.toNanos()) {
      failingFrom = now;
    }
    failingUntil = Math.max(failingUntil, now + wait.toNanos());
    tell(what, Duration.ofNanos(failingUntil - failingFrom), failingUntil);
  }

  private long now() {
    return nanoTime.getAsLong() - from;
  }

  private void tell(String why, Duration wait, long until) {
    if (wait.compareTo(LONG) <= 0) {
      return;
    }
    // Waits that begin before one that was told is over belong to it.
    boolean told = toldUntil >= 0 && now() <= toldUntil + BETWEEN_ATTEMPTS.toNanos();
    toldUntil = Math.max(toldUntil, until);
    if (!told) {
      LOG.log(
          Level.WARNING,
          what
              + " waits for "
              + wait.toSeconds()
              + " s or more: "
              + why
              + ". It goes on by itself, as long as its deadline allows.");
    }
  }
}
