package io.github.klaviyoexport.testkit.benchmark;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import de.siegmar.fastcsv.reader.CsvReader;
import io.github.klaviyoexport.SegmentExporter;
import io.github.resilience4j.core.Registry;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.retry.Retry;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.postgresql.Driver;
import org.slf4j.Logger;

/**
 * A JVM of its own that does one thing and tells what it took. Near its memory limit a JVM can hang
 * rather than fail, so each has a deadline and is killed when it passes.
 */
final class MeasuredJvm {
  private static final Duration DEADLINE = Duration.ofMinutes(15);
  private static final String CLASS_PATH = System.getProperty("java.class.path");

  private MeasuredJvm() {}

  /**
   * Runs a JVM that deals with so many profiles, and returns its figures. On its class path stands
   * nothing but the library, what it needs, and what the sources that are measured need: a JVM
   * opens each archive there when it looks for a class in vain, and holds its index, be it used or
   * not.
   */
  static Figures run(Jdk jdk, String heap, String main, int profiles, String... arguments)
      throws Exception {
    List<String> command = command(jdk, heap, needed(), main, arguments);
    Path counts = Files.createTempFile("instructions", ".csv");
    try {
      Ended ended = end(Instructions.counted() ? Instructions.counting(counts, command) : command);
      if (ended.status() != 0 || ended.output().isEmpty()) {
        throw new IOException("ended with " + ended.status() + " " + ended.lastErrors());
      }
      Figures figures = Figures.parse(ended.output().get(0), Instructions.in(counts));
      if (figures.profiles() != profiles) {
        throw new IOException("only " + figures.profiles() + " of " + profiles + " were confirmed");
      }
      return figures;
    } finally {
      Files.delete(counts);
    }
  }

  private static String needed() throws URISyntaxException {
    List<Class<?>> classes =
        List.of(
            Exporter.class,
            Figure.class,
            SegmentExporter.class,
            JsonFactory.class,
            ObjectMapper.class,
            JsonProperty.class,
            Retry.class,
            RateLimiter.class,
            Registry.class,
            Logger.class,
            CsvReader.class,
            Driver.class);
    List<String> places = new ArrayList<>();
    for (Class<?> one : classes) {
      places.add(
          Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI()).toString());
    }
    return String.join(File.pathSeparator, places);
  }

  /**
   * How a JVM has ended.
   *
   * @param lastErrors the end of what it said of errors
   */
  record Ended(int status, List<String> output, String lastErrors) {}

  /** Lets a program end that measures itself. */
  static Ended end(Jdk jdk, String heap, String main) throws Exception {
    return end(command(jdk, heap, CLASS_PATH, main));
  }

  private static Ended end(List<String> command) throws Exception {
    Path errors = Files.createTempFile("errors", ".log");
    try {
      Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
      CompletableFuture<List<String>> output =
          CompletableFuture.supplyAsync(() -> reader(process).lines().toList());
      if (!process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
        throw new IOException("not done after " + DEADLINE.toMinutes() + " minutes, killed");
      }
      List<String> said = Files.readAllLines(errors);
      return new Ended(
          process.exitValue(),
          output.join(),
          String.join("\n", said.subList(Math.max(0, said.size() - 10), said.size())));
    } finally {
      Files.delete(errors);
    }
  }

  /** Starts a JVM like this one, which writes its errors to ours. */
  static Process start(String heap, Class<?> main) throws IOException {
    Jdk own = Jdk.ofThisJvm();
    return new ProcessBuilder(command(own, heap, CLASS_PATH, main.getName()))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static List<String> command(
      Jdk jdk, String heap, String classPath, String main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(jdk.java());
    command.add("-Xmx" + heap);
    command.add("-XX:+ExitOnOutOfMemoryError");
    command.add("-cp");
    command.add(classPath);
    command.add(main);
    command.addAll(Arrays.asList(arguments));
    return command;
  }

  static BufferedReader reader(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }
}
