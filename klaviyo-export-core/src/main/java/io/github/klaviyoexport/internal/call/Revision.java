package io.github.klaviyoexport.internal.call;

import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * The revision of Klaviyo's API that the library is written for, and how long Klaviyo supports it.
 *
 * <p>Klaviyo supports a revision for two years. It answers a call of a later day by the oldest
 * revision that it still has, in silence, unless the call says that it would have none but its own:
 * every call of the library says so, and is refused with 410 then.
 */
public final class Revision {
  private static final LocalDate CAME_OUT = LocalDate.of(2026, 7, 15);

  /** The revision's name, which is the day it came out. */
  public static final String NAME = CAME_OUT.toString();

  /** The header by which a call is refused rather than answered by another revision. */
  static final String NO_OTHER = "X-Klaviyo-Revision-Fall-Forward-Opt-Out";

  private static final Period SUPPORTED = Period.ofYears(2);
  private static final Period TOLD_BEFORE = Period.ofMonths(6);

  private Revision() {}

  /** Returns the day on which Klaviyo's support of the revision ends. */
  public static LocalDate supportEnds() {
    return CAME_OUT.plus(SUPPORTED);
  }

  /**
   * Returns the day on which Klaviyo's support of the revision ends, if that is less than half a
   * year ahead or past; else {@code null}.
   */
  public static @Nullable LocalDate supportEndsSoon(Instant now) {
    LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
    return today.isBefore(supportEnds().minus(TOLD_BEFORE)) ? null : supportEnds();
  }
}
