package io.github.klaviyoexport.testkit.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * What an export costs, measured from outside: the CPU time of whole processes beside that of a
 * {@linkplain LowerBound bare loop} over the same customers, and the heap they need.
 *
 * <p>Every client is a JVM of its own and tells its CPU time (user and system, compiler and garbage
 * collector included) at its end. The rounds are interleaved, so that a machine that slows down
 * slows all of them down, and the median is told.
 */
final class WholeProcessBenchmark {
  private static final int ROUNDS = Integer.getInteger("benchmark.rounds", 5);
  private static final int PROFILES = Integer.getInteger("benchmark.profiles", 1_000_000);
  private static final String[] HEAPS =
      System.getProperty("benchmark.heaps", "1000000:48m,10000000:256m").split(",");

  private final String sink;
  private final HttpClient http = HttpClient.newHttpClient();

  private WholeProcessBenchmark(String sink) {
    this.sink = sink;
  }

  public static void main(String[] args) throws Exception {
    Process server = MeasuredJvm.start("256m", Sink.class);
    try (BufferedReader output = MeasuredJvm.reader(server)) {
      WholeProcessBenchmark benchmark = new WholeProcessBenchmark(output.readLine());
      benchmark.compareCpu();
      boolean fits = benchmark.tryHeaps();
      System.exit(fits ? 0 : 1);
    } finally {
      server.destroyForcibly();
    }
  }

  private void compareCpu() throws Exception {
    List<Class<?>> clients =
        List.of(GenerateOnly.class, LowerBound.class, Exporter.class, OutcomeExporter.class);
    List<List<Figures>> figures =
        List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    String sent = "";
    print("CPU of whole processes, %,d profiles, JDK %s", PROFILES, Runtime.version());
    for (int round = 1; round <= ROUNDS; round++) {
      for (int i = 0; i < clients.size(); i++) {
        Figures one = run(clients.get(i), PROFILES, "256m");
        figures.get(i).add(one);
        String totals = totals();
        if (i == 1) {
          sent = totals;
        } else if (i > 1 && !totals.equals(sent)) {
          throw new IllegalStateException(
              "The two sides sent different batches: " + sent + " and " + totals + " (jobs bytes)");
        }
      }
      print("  round %d: %s", round, roundOf(figures, round - 1));
    }
    double generate = median(figures.get(0));
    double bound = median(figures.get(1));
    double exporter = median(figures.get(2));
    double outcomes = median(figures.get(3));
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
    print(
        "  %-34s %10.2f %12.2f, %.2f times the exporter",
        "exporter, outcomes in a file", outcomes, outcomes / bound, outcomes / exporter);
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
    return MeasuredJvm.run(client, profiles, heap, sink, Integer.toString(profiles));
  }

  /** What the sink took since it was asked last: jobs and bytes. */
  private String totals() throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(sink + "/totals")).build();
    return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  private static String roundOf(List<List<Figures>> figures, int round) {
    Function<Integer, Double> of = client -> figures.get(client).get(round).microsPerProfile();
    return format(
        "making %.2f, lower bound %.2f, exporter %.2f, with outcomes %.2f us/profile, %.2f times",
        of.apply(0), of.apply(1), of.apply(2), of.apply(3), of.apply(2) / of.apply(1));
  }

  static double median(List<Figures> figures) {
    double[] sorted = figures.stream().mapToDouble(Figures::microsPerProfile).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  static void print(String pattern, Object... values) {
    System.out.println(format(pattern, values));
  }

  static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
