package io.github.klaviyoexport.testkit.benchmark;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;

/** A JDK whose JVM is measured. */
record Jdk(int version, Path home) {
  /** The ones that {@code benchmark.jdks} names, by their homes; else the one of this JVM. */
  static List<Jdk> measured() {
    String homes = System.getProperty("benchmark.jdks", "");
    return homes.isBlank()
        ? List.of(ofThisJvm())
        : Arrays.stream(homes.split(",")).map(home -> at(Path.of(home.strip()))).toList();
  }

  static Jdk ofThisJvm() {
    return at(Path.of(System.getProperty("java.home")));
  }

  private static Jdk at(Path home) {
    Properties release = new Properties();
    try (Reader file = Files.newBufferedReader(home.resolve("release"))) {
      release.load(file);
    } catch (IOException none) {
      throw new IllegalArgumentException(home + " is not the home of a JDK.", none);
    }
    String version = release.getProperty("JAVA_VERSION").replace("\"", "");
    return new Jdk(Runtime.Version.parse(version).feature(), home);
  }

  String java() {
    return home.resolve("bin").resolve("java").toString();
  }
}
