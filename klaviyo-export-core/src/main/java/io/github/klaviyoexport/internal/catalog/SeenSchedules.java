package io.github.klaviyoexport.internal.catalog;

import io.github.klaviyoexport.internal.catalog.Repository.Change;
import io.github.klaviyoexport.internal.catalog.store.ExportState;
import io.github.klaviyoexport.internal.catalog.store.FutureBound;
import io.github.klaviyoexport.time.TimeSource;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The moments up to which the schedules of exports are seen to, as far as they are believed. */
public final class SeenSchedules {
  private static final System.Logger LOG = System.getLogger("io.github.klaviyoexport.catalog");

  private final Repository<ExportState> states;
  private final TimeSource time;

  /** Creates the view of what is kept of schedules. */
  public SeenSchedules(Repository<ExportState> states, TimeSource time) {
    this.states = states;
    this.time = time;
  }

  /** Returns the last moment of an export's schedule that was seen to, if that is believed. */
  Optional<Instant> upTo(String exportId) {
    return Optional.ofNullable(known(exportId))
        .filter(moment -> !FutureBound.isBeyond(moment, time.now()));
  }

  /**
   * Has an export's schedule count as seen to up to now, if the moment it is seen to up to is not
   * believed, or there is none.
   *
   * @return whether that was so
   */
  boolean goOnFromNow(String exportId, boolean ifNone) {
    Instant now = time.now();
    Instant known = known(exportId);
    if (known == null ? !ifNone : !FutureBound.isBeyond(known, now)) {
      return false;
    }
    states.change(
        exportId,
        ExportState::none,
        state ->
            Objects.equals(state.scheduledUpTo(), known)
                ? Change.to(state.scheduledUpTo(now), true)
                : Change.none(false));
    LOG.log(
        System.Logger.Level.WARNING,
        "The schedule of export {0} was set or seen to at a time that has not come: a clock must"
            + " have been wrong. It goes on from now.",
        exportId);
    return true;
  }

  private @Nullable Instant known(String exportId) {
    return states.findReadable(exportId).map(ExportState::scheduledUpTo).orElse(null);
  }
}
