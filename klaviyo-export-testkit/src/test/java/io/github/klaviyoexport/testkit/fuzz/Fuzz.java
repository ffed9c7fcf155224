package io.github.klaviyoexport.testkit.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Runs Jazzer on the target that speaks raw HTTP to the fake.
 *
 * <p>Arguments: the directory to work in, and how many seconds. What is found lies in that
 * directory as a file {@code crash-...}: put it among the inputs, under a name that says what is
 * wrong with it and which status is right, and mend the code.
 */
public final class Fuzz {
  private static final String TARGET =
      "io.github.klaviyoexport.testkit.internal.server.RawHttpFuzz";

  private Fuzz() {}

  /** Runs the target; ends with 1 if it broke its contract. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path work = Path.of(args[0], "raw-http");
    Path corpus = Files.createDirectories(work.resolve("corpus"));
    int ended =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + TARGET,
                "--instrumentation_includes=io.github.klaviyoexport.**:wiremock.org.eclipse.jetty.http.**",
                "--custom_hook_includes=io.github.klaviyoexport.**",
                // It opens connections, to the fake.
                "--disabled_hooks=com.code_intelligence.jazzer.sanitizers.ServerSideRequestForgery",
                "--reproducer_path=" + work,
                "-artifact_prefix=" + work + "/",
                "-max_total_time=" + args[1],
                "-timeout=60",
                "-print_final_stats=1",
                corpus.toString(),
                folder().toString())
            .inheritIO()
            .start()
            .waitFor();
    if (ended != 0) {
      System.exit(1);
    }
  }

  /** The inputs that are kept. */
  public static List<Path> seeds() throws IOException {
    try (Stream<Path> files = Files.list(folder())) {
      return files.sorted().toList();
    }
  }

  private static Path folder() {
    try {
      return Path.of(Objects.requireNonNull(Fuzz.class.getResource("/fuzz/raw-http")).toURI());
    } catch (URISyntaxException impossible) {
      throw new UncheckedIOException(new IOException(impossible));
    }
  }
}
