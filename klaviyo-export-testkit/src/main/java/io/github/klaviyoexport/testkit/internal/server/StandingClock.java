package io.github.klaviyoexport.testkit.internal.server;

import io.github.klaviyoexport.time.TimeSource;
import java.time.Duration;

/**
 * Notices that a caller waits for what never comes: it lives by a clock of its own, and that of the
 * account stands still.
 *
 * <p>A caller that lives by the account's clock moves it by waiting, and never asks so often at one
 * moment of it. Real time counts too, so that a test which moves the clock by hand may take a
 * while.
 */
final class StandingClock {
  /** What the timeline calls it. */
  static final String NOTE = "the account lives by virtual time, and the caller does not";

  private static final String HELP =
      "The account's clock stands still, and a caller was told to wait again and again: "
          + NOTE
          + ". Give the exporter the account's clock, by time(klaviyo.time()), or the account the"
          + " machine's: FakeKlaviyo.builder().time(TimeSource.system()). What the caller asks for"
          + " is answered with 401 from now on.";
  private static final System.Logger LOG =
      System.getLogger("io.github.klaviyoexport.testkit.server");
  private static final long PATIENCE = Duration.ofSeconds(10).toNanos();
  private static final int SEVERAL = 5;
  private static final int VERY_MANY = 1_000;

  private final TimeSource time;
  private final TimeSource realTime;
  private long stoodAt;
  private long since;
  private int told;
  private boolean logged;

  StandingClock(TimeSource time, TimeSource realTime) {
    this.time = time;
    this.realTime = realTime;
  }

  /** Notes that a caller is told to wait, and returns whether it would wait in vain. */
  synchronized boolean isWaitedForInVain() {
    long now = time.nanoTime();
    long realNow = realTime.nanoTime();
    if (told == 0 || now != stoodAt) {
      stoodAt = now;
      since = realNow;
      told = 0;
    }
    told++;
    boolean inVain = told >= VERY_MANY || told >= SEVERAL && realNow - since >= PATIENCE;
    if (inVain && !logged) {
      logged = true;
      LOG.log(System.Logger.Level.WARNING, HELP);
    }
    return inVain;
  }
}
