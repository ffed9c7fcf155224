package io.github.klaviyoexport.testkit.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * What an export costs, measured from outside: the CPU time of whole processes beside that of a
 * {@linkplain LowerBound bare loop} over the same customers, and the heap they need.
 *
 * <p>Every client is a JVM of its own and tells its CPU time (user and system, compiler and garbage
 * collector included) at its end. The rounds are interleaved, so that a machine that slows down
 * slows all of them down, and the median is told. Near its memory limit a JVM can hang rather than
 * fail, so each has a deadline and is killed when it passes.
 */
final class WholeProcessBenchmark {
  private static final int ROUNDS = Integer.getInteger("benchmark.rounds", 5);
  private static final int PROFILES = Integer.getInteger("benchmark.profiles", 1_000_000);
  private static final String[] HEAPS =
      System.getProperty("benchmark.heaps", "1000000:48m,10000000:256m").split(",");
  private static final Duration DEADLINE = Duration.ofMinutes(15);

  private final String sink;
  private final HttpClient http = HttpClient.newHttpClient();

  private WholeProcessBenchmark(String sink) {
    this.sink = sink;
  }

  public static void main(String[] args) throws Exception {
    Process server = jvm("256m", Sink.class).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (BufferedReader output = reader(server)) {
      WholeProcessBenchmark benchmark = new WholeProcessBenchmark(output.readLine());
      benchmark.compareCpu();
      boolean fits = benchmark.tryHeaps();
      System.exit(fits ? 0 : 1);
    } finally {
      server.destroyForcibly();
    }
  }

  private void compareCpu() throws Exception {
    List<Class<?>> clients = List.of(GenerateOnly.class, LowerBound.class, Exporter.class);
    List<List<Figures>> figures = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    String sent = "";
    print("CPU of whole processes, %,d profiles, JDK %s", PROFILES, Runtime.version());
    for (int round = 1; round <= ROUNDS; round++) {
      for (int i = 0; i < clients.size(); i++) {
        Figures one = run(clients.get(i), PROFILES, "256m");
        figures.get(i).add(one);
        String totals = totals();
        if (i == 1) {
          sent = totals;
        } else if (i == 2 && !totals.equals(sent)) {
          throw new IllegalStateException(
              "The two sides sent different batches: " + sent + " and " + totals + " (jobs bytes)");
        }
      }
      print("  round %d: %s", round, roundOf(figures, round - 1));
    }
    double generate = median(figures.get(0));
    double bound = median(figures.get(1));
    double exporter = median(figures.get(2));
    long bytes = Long.parseLong(sent.split(" ")[1]);
    print("");
    print("  %-34s %10s %12s", "median of " + ROUNDS, "us/profile", "times bound");
    print("  %-34s %10.2f", "making the profiles, JVM included", generate);
    print("  %-34s %10.2f %12.2f", "lower bound: bare loop", bound, 1.0);
    print("  %-34s %10.2f %12.2f", "exporter", exporter, exporter / bound);
    print(
        "  %-34s %10.2f %12.2f",
        "exporter, both without the making",
        exporter - generate,
        (exporter - generate) / (bound - generate));
    print("  both sent the same %,d bytes, %d a profile", bytes, bytes / PROFILES);
    print("");
  }

  private boolean tryHeaps() throws Exception {
    boolean allFit = true;
    print("Heap that is enough for an export");
    for (String heap : HEAPS) {
      int profiles = Integer.parseInt(heap.split(":")[0]);
      String limit = heap.split(":")[1];
      long begin = System.nanoTime();
      String outcome;
      try {
        Figures figures = run(Exporter.class, profiles, limit);
        outcome =
            format(
                "complete in %d s, %.2f us CPU/profile, process at most %,d MB",
                Duration.ofNanos(System.nanoTime() - begin).toSeconds(),
                figures.microsPerProfile(),
                figures.peakKilobytes() / 1024);
      } catch (IOException failed) {
        allFit = false;
        outcome = "FAILED: " + failed.getMessage();
      }
      totals();
      print("  %,11d profiles, -Xmx%-5s %s", profiles, limit, outcome);
    }
    return allFit;
  }

  private Figures run(Class<?> client, int profiles, String heap) throws Exception {
    ProcessBuilder builder = jvm(heap, client, sink, Integer.toString(profiles));
    Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
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

  private static ProcessBuilder jvm(String heap, Class<?> main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx" + heap);
    command.add("-XX:+ExitOnOutOfMemoryError");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(Arrays.asList(arguments));
    return new ProcessBuilder(command);
  }

  private static BufferedReader reader(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** What the sink took since it was asked last: jobs and bytes. */
  private String totals() throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(sink + "/totals")).build();
    return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  private static String roundOf(List<List<Figures>> figures, int round) {
    Function<Integer, Double> of = client -> figures.get(client).get(round).microsPerProfile();
    return format(
        "making %.2f, lower bound %.2f, exporter %.2f us/profile, %.2f times",
        of.apply(0), of.apply(1), of.apply(2), of.apply(2) / of.apply(1));
  }

  private static double median(List<Figures> figures) {
    double[] sorted = figures.stream().mapToDouble(Figures::microsPerProfile).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private static void print(String pattern, Object... values) {
    System.out.println(format(pattern, values));
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
