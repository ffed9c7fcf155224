package io.github.klaviyoexport.testkit.simulation;

import java.util.SplittableRandom;

/**
 * How rough a round of a simulation is.
 *
 * @param mishaps the share of exchanges that go wrong
 * @param refusals the share of exchanges that are refused for key, scope, edge or revision
 * @param oddJobs the share of jobs that are slow, cancelled or endless
 * @param oddErrorPages the share of pages of import errors that loop, lead astray or name nobody
 * @param journalFailures the share of journal writes that fail
 * @param slowness the longest an answer takes, in milliseconds
 */
record Weather(
    double mishaps,
    double refusals,
    double oddJobs,
    double oddErrorPages,
    double journalFailures,
    int slowness) {

  static Weather calm() {
    return new Weather(0, 0, 0, 0, 0, 50);
  }

  static Weather rough(SplittableRandom random) {
    return new Weather(
        pick(random, 0, 0.02, 0.1, 0.3, 0.6),
        pick(random, 0, 0, 0, 0.005, 0.03),
        pick(random, 0, 0, 0.1, 0.4),
        pick(random, 0, 0, 0.3),
        pick(random, 0, 0, 0, 0.01, 0.05),
        (int) pick(random, 0, 100, 3_000, 30_000));
  }

  private static double pick(SplittableRandom random, double... choices) {
    return choices[random.nextInt(choices.length)];
  }
}
