package io.github.klaviyoexport.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Runs Jazzer on each {@link FuzzTarget} for a while, each in a JVM of its own.
 *
 * <p>Arguments: the directory to work in, how many seconds for each, and the names of targets if
 * not all are meant. What is found lies in that directory as a file {@code crash-...}: put it among
 * the target's inputs, under a name that says what is wrong with it, and mend the code.
 */
public final class Fuzz {
  private Fuzz() {}

  /** Runs the targets; ends with 1 if one of them broke its contract. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path work = Path.of(args[0]);
    List<FuzzTarget> targets =
        args.length > 2 && !args[2].isBlank()
            ? Stream.of(args[2].split(",")).map(FuzzTarget::valueOf).toList()
            : List.of(FuzzTarget.values());
    List<FuzzTarget> broken = new ArrayList<>();
    for (FuzzTarget target : targets) {
      System.out.println("Fuzzing " + target + " for " + args[1] + " seconds.");
      if (run(target, args[1], work.resolve(target.folder())) != 0) {
        broken.add(target);
      }
    }
    if (!broken.isEmpty()) {
      System.out.println("Broken: " + broken + ". The inputs lie in " + work + ".");
      System.exit(1);
    }
    System.out.println("All contracts held.");
  }

  private static int run(FuzzTarget target, String seconds, Path work)
      throws IOException, InterruptedException {
    Path corpus = Files.createDirectories(work.resolve("corpus"));
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-cp",
            System.getProperty("java.class.path"),
            "com.code_intelligence.jazzer.Jazzer",
            "--target_class=" + target.type().getName(),
            "--instrumentation_includes=io.github.klaviyoexport.**:de.siegmar.**",
            "--custom_hook_includes=io.github.klaviyoexport.**",
            "--reproducer_path=" + work,
            "-artifact_prefix=" + work + "/",
            "-max_total_time=" + seconds,
            "-timeout=60",
            "-print_final_stats=1",
            corpus.toString(),
            folder(target).toString())
        .inheritIO()
        .start()
        .waitFor();
  }

  /** The inputs that are kept for a target. */
  static List<Path> seeds(FuzzTarget target) throws IOException {
    try (Stream<Path> files = Files.list(folder(target))) {
      return files.sorted().toList();
    }
  }

  private static Path folder(FuzzTarget target) {
    try {
      return Path.of(
          Objects.requireNonNull(Fuzz.class.getResource("/fuzz/" + target.folder())).toURI());
    } catch (URISyntaxException impossible) {
      throw new UncheckedIOException(new IOException(impossible));
    }
  }
}
