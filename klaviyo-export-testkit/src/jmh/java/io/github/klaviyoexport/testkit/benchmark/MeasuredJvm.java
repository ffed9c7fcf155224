package io.github.klaviyoexport.testkit.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A JVM of its own that does one thing and tells its {@link Figures}. Near its memory limit a JVM
 * can hang rather than fail, so each has a deadline and is killed when it passes.
 */
final class MeasuredJvm {
  private static final Duration DEADLINE = Duration.ofMinutes(15);

  private MeasuredJvm() {}

  /** The figures of a JVM that has dealt with so many profiles. */
  static Figures run(Class<?> client, int profiles, String heap, String... arguments)
      throws Exception {
    Process process = start(heap, client, arguments);
    CompletableFuture<String> line =
        CompletableFuture.supplyAsync(
            () -> {
              try (BufferedReader output = reader(process)) {
                return output.readLine();
              } catch (IOException broken) {
                return null;
              }
            });
    if (!process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      throw new IOException("not done after " + DEADLINE.toMinutes() + " minutes, killed");
    }
    if (process.exitValue() != 0 || line.join() == null) {
      throw new IOException(client.getSimpleName() + " ended with " + process.exitValue());
    }
    Figures figures = Figures.parse(line.join());
    if (figures.profiles() != profiles) {
      throw new IOException("only " + figures.profiles() + " of " + profiles + " were confirmed");
    }
    return figures;
  }

  /** A JVM that has started and writes its errors to ours. */
  static Process start(String heap, Class<?> main, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx" + heap);
    command.add("-XX:+ExitOnOutOfMemoryError");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(Arrays.asList(arguments));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  static BufferedReader reader(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }
}
