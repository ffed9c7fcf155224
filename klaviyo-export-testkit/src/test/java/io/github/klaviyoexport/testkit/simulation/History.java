package io.github.klaviyoexport.testkit.simulation;

import io.github.klaviyoexport.Sending;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.testkit.SharedIdentifiers;
import io.github.klaviyoexport.testkit.simulation.Step.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What happens to a segment and its list, derived from a seed: a world, and steps in it.
 *
 * <p>A history that fails is made as short as it can be: steps are left out as long as it still
 * fails.
 */
record History(Setup setup, List<Step> steps) {
  private static final int MOST_TRIALS = 400;
  private static final List<Kind> KINDS =
      java.util.Arrays.stream(Kind.values())
          .flatMap(kind -> IntStream.range(0, kind.weight()).mapToObj(i -> kind))
          .toList();

  /**
   * The world in which it happens, as it is from beginning to end.
   *
   * @param modes of each export; there are two of a list that others fill too
   */
  record Setup(
      long seed,
      List<SyncMode> modes,
      int people,
      boolean phones,
      boolean keys,
      SharedIdentifiers shared,
      boolean journaled,
      boolean remembers,
      Sending sending,
      boolean refusesStrangers,
      boolean doubtIsPassedOver,
      int batchSize,
      int jobSeconds,
      int strangers) {}

  static History of(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Setup setup = setup(seed, random);
    List<Step> steps = new ArrayList<>();
    for (int i = 3 + random.nextInt(random.nextInt(4) == 0 ? 40 : 14); i > 0; i--) {
      Kind kind = KINDS.get(random.nextInt(KINDS.size()));
      steps.add(
          new Step(kind, random.nextInt(1_000), random.nextLong(1_000_000), run(setup, random)));
    }
    return new History(setup, steps);
  }

  private static Setup setup(long seed, SplittableRandom random) {
    SyncMode[] all = SyncMode.values();
    SyncMode mode =
        random.nextInt(5) == 0 ? SyncMode.UPSERT : all[1 + random.nextInt(all.length - 1)];
    boolean tracked = mode == SyncMode.TRACKED;
    boolean remembers = tracked || random.nextInt(4) > 0;
    return new Setup(
        seed,
        tracked && random.nextBoolean() ? List.of(mode, mode) : List.of(mode),
        2 + random.nextInt(9),
        random.nextInt(3) == 0,
        random.nextInt(3) == 0,
        SharedIdentifiers.values()[random.nextInt(SharedIdentifiers.values().length)],
        random.nextInt(4) > 0,
        remembers,
        remembers && random.nextInt(4) > 0 ? Sending.CHANGED_ONLY : Sending.EVERYTHING,
        random.nextBoolean(),
        random.nextBoolean(),
        1 + random.nextInt(4),
        random.nextInt(3) * random.nextInt(60),
        random.nextInt(30) == 0 ? 250 : random.nextInt(4));
  }

  private static Step.Run run(Setup setup, SplittableRandom random) {
    int export = random.nextInt(setup.modes().size());
    SyncMode mode = random.nextInt(8) == 0 ? SyncMode.UPSERT : setup.modes().get(export);
    boolean remembers = mode == SyncMode.TRACKED || setup.remembers() && random.nextInt(8) > 0;
    return new Step.Run(
        export,
        mode,
        remembers && random.nextInt(8) > 0 ? setup.sending() : Sending.EVERYTHING,
        remembers,
        random.nextInt(3) == 0,
        random.nextBoolean(),
        random.nextInt(4) == 0,
        random.nextInt(3) == 0 ? random.nextInt(50) : Step.Run.NEVER,
        random.nextInt(6) == 0 ? 1 + random.nextInt(9) : 0);
  }

  /**
   * Lives through it.
   *
   * @throws AssertionError if something is not as promised; its message ends with the shortest
   *     history that was found to fail too
   */
  void live() {
    Throwable failure = failure(steps);
    if (failure == null) {
      return;
    }
    List<Step> shortest = shortest(failure);
    List<String> trace = new ArrayList<>();
    Throwable last = failure(shortest, trace);
    StringBuilder told = new StringBuilder("Seed ").append(setup.seed);
    told.append(" fails; replay it with -Dhistory.seed=")
        .append(setup.seed)
        .append(". ")
        .append(last);
    told.append("\nThe shortest history that fails too, in ").append(setup).append(":");
    shortest.forEach(step -> told.append("\n  ").append(step));
    told.append("\nWhat happened last:");
    trace
        .subList(Math.max(0, trace.size() - 60), trace.size())
        .forEach(line -> told.append("\n  ").append(line));
    throw new AssertionError(told.toString(), last);
  }

  private @Nullable Throwable failure(List<Step> some) {
    return failure(some, new ArrayList<>());
  }

  private @Nullable Throwable failure(List<Step> some, List<String> trace) {
    World world = new World(setup, trace);
    try {
      some.forEach(world::take);
      world.comeToRest();
      return null;
    } catch (RuntimeException | Error failure) {
      return failure;
    } finally {
      world.close();
    }
  }

  private List<Step> shortest(Throwable first) {
    List<Step> shortest = steps;
    int trials = 0;
    for (int part = Math.max(1, steps.size() / 2); part > 0 && trials < MOST_TRIALS; ) {
      boolean shorter = false;
      for (int from = 0; from < shortest.size() && trials < MOST_TRIALS; ) {
        List<Step> fewer = new ArrayList<>(shortest);
        fewer.subList(from, Math.min(from + part, fewer.size())).clear();
        trials++;
        if (isLike(first, failure(fewer))) {
          shortest = fewer;
          shorter = true;
        } else {
          from += part;
        }
      }
      part = shorter && part == 1 ? 1 : part / 2;
    }
    return shortest;
  }

  /** Whether a failure is of the same kind, so that shortening does not lead to another one. */
  private static boolean isLike(Throwable first, @Nullable Throwable other) {
    return other != null && first.getClass() == other.getClass();
  }
}
