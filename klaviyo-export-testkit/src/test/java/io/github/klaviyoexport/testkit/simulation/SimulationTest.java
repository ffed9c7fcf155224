package io.github.klaviyoexport.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Lives of exports through every fault there is, many of them, in virtual time.
 *
 * <p>{@code -Dsimulation.seed=4711} replays a single one, {@code -Dsimulation.seeds=10000} lives
 * through so many.
 */
class SimulationTest {
  private static final Long ONLY = Long.getLong("simulation.seed");
  private static final long SEEDS = Long.getLong("simulation.seeds", 300);

  @Test
  void nothing_is_lost_whatever_goes_wrong() {
    LongStream seeds = ONLY != null ? LongStream.of(ONLY) : LongStream.range(0, SEEDS);

    seeds.forEach(Simulation::run);
  }

  @Test
  void the_same_seed_takes_the_same_steps() {
    for (long seed : new long[] {1, 17, 4711}) {
      assertThat(Simulation.run(seed)).isEqualTo(Simulation.run(seed));
    }
    assertThat(Simulation.run(1)).isNotEqualTo(Simulation.run(2));
  }
}
