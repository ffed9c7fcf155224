package io.github.klaviyoexport.testkit.benchmark;

import io.github.klaviyoexport.profile.CustomerProfile;

/** The part that both sides share: a JVM that starts, makes the customers and does nothing else. */
final class GenerateOnly {
  private GenerateOnly() {}

  public static void main(String[] args) {
    BenchmarkProfiles profiles = new BenchmarkProfiles(Integer.parseInt(args[1]));
    long characters = 0;
    for (CustomerProfile profile = profiles.next(); profile != null; profile = profiles.next()) {
      characters += profile.id().length();
    }
    Figures.print(characters > 0 ? profiles.size().getAsLong() : 0);
  }
}
