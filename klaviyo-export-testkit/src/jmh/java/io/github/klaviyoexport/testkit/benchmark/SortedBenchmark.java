package io.github.klaviyoexport.testkit.benchmark;

import static io.github.klaviyoexport.testkit.benchmark.WholeProcessBenchmark.print;

import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;

/** The heap that is enough for customers who are sorted, however many they are. */
final class SortedBenchmark {
  private static final String[] HEAPS =
      System.getProperty("benchmark.sorted", "10000000:64m").split(",");

  private SortedBenchmark() {}

  public static void main(String[] args) throws Exception {
    boolean allFit = true;
    Process server = MeasuredJvm.start("512m", Sink.class);
    try (BufferedReader output = MeasuredJvm.reader(server)) {
      String sink = output.readLine();
      print("Heap that is enough for an export of customers who are sorted by their email address");
      for (String heap : HEAPS) {
        int profiles = Integer.parseInt(heap.split(":")[0]);
        String limit = heap.split(":")[1];
        long begin = System.nanoTime();
        try {
          Figures figures =
              MeasuredJvm.run(
                  SortedExporter.class, profiles, limit, sink, Integer.toString(profiles));
          print(
              "  %,11d profiles, -Xmx%-5s complete in %d s, %.2f us CPU/profile, process at most"
                  + " %,d MB",
              profiles,
              limit,
              Duration.ofNanos(System.nanoTime() - begin).toSeconds(),
              figures.microsPerProfile(),
              figures.peakKilobytes() / 1024);
        } catch (IOException failed) {
          allFit = false;
          print("  %,11d profiles, -Xmx%-5s FAILED: %s", profiles, limit, failed.getMessage());
        }
      }
    } finally {
      server.destroyForcibly();
    }
    System.exit(allFit ? 0 : 1);
  }
}
