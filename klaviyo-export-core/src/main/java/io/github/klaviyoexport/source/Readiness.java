package io.github.klaviyoexport.source;

import java.util.Objects;

/**
 * Whether a segment of a {@link RefreshedSource} is to be read now.
 *
 * @param reason what is going on, in words that people read after "It waits:" or "It is skipped:";
 *     empty when the segment is ready
 */
public record Readiness(State state, String reason) {
  /** What can be said of a segment. */
  public enum State {
    /** It can be read. */
    READY,
    /** It is being refreshed, and can be read when that is done. */
    REFRESHING,
    /** Its refresh has failed: what it holds is old, or half of it. */
    REFRESH_FAILED
  }

  /** Checks that nothing is missing. */
  public Readiness {
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(reason, "reason");
  }

  /** Creates the word that a segment can be read. */
  public static Readiness ready() {
    return new Readiness(State.READY, "");
  }

  /**
   * Creates the word that a segment is being refreshed.
   *
   * @param reason such as {@code it is being refreshed since 06:00}
   */
  public static Readiness refreshing(String reason) {
    return new Readiness(State.REFRESHING, reason);
  }

  /**
   * Creates the word that the refresh of a segment has failed.
   *
   * @param reason such as {@code its refresh of 06:00 has failed}
   */
  public static Readiness refreshFailed(String reason) {
    return new Readiness(State.REFRESH_FAILED, reason);
  }
}
