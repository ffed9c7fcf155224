package io.github.klaviyoexport.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random histories of segments and lists: whatever happens to either, and however runs end, after
 * the next run the list is what the segment says.
 *
 * <p>{@code -Dhistory.seed=4711} replays a single one, {@code -Dhistory.seeds=10000} lives through
 * so many; without either, as many as fit into some seconds.
 */
class HistoryTest {
  private static final @Nullable Long ONLY = Long.getLong("history.seed");
  private static final @Nullable Long SEEDS = Long.getLong("history.seeds");
  private static final long FROM = Long.getLong("history.from", 0);
  private static final long BUILD_SECONDS = 8;

  @Test
  void the_list_is_what_the_segment_says_whatever_happened_before() {
    if (ONLY != null) {
      History.of(ONLY).live();
      return;
    }
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(BUILD_SECONDS);
    long seed = FROM;
    while (SEEDS == null ? System.nanoTime() < end : seed < FROM + SEEDS) {
      History.of(seed++).live();
    }
    assertThat(seed).as("histories").isGreaterThan(FROM);
  }
}
