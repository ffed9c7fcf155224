package io.github.klaviyoexport.testkit.benchmark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * JVMs that send the same profiles in rounds that take turns, so that a machine that slows down
 * slows all of them down. The first is a bare loop, and what the others cost is told beside that of
 * the same round.
 */
final class Comparison {
  /** The rows whose second half has a row of its own. */
  private static final Map<FigureRow, FigureRow> WARM =
      Map.of(FigureRow.LOOP, FigureRow.LOOP_WARM, FigureRow.EXPORT, FigureRow.EXPORT_WARM);

  /**
   * A program that is measured.
   *
   * @param arguments after the sink's address and the number of profiles
   */
  record Client(FigureRow row, Class<?> main, String... arguments) {
    boolean isAmong(Set<FigureRow> rows) {
      return rows.contains(row) || WARM.containsKey(row) && rows.contains(WARM.get(row));
    }
  }

  private final int profiles;
  private final int rounds;
  private final String heap;
  private final List<Client> clients;

  Comparison(int profiles, int rounds, String heap, List<Client> clients) {
    this.profiles = profiles;
    this.rounds = rounds;
    this.heap = heap;
    this.clients = clients;
  }

  /** This, as far as it takes to measure these rows; without clients if it does not measure any. */
  Comparison only(Set<FigureRow> rows) {
    List<Client> wanted =
        clients.stream()
            .filter(client -> client == clients.get(0) || client.isAmong(rows))
            .toList();
    boolean some = clients.stream().anyMatch(client -> client.isAmong(rows));
    return new Comparison(profiles, rounds, heap, some ? wanted : List.of());
  }

  List<Figure> measure(Jdk jdk, SinkProcess sink) throws Exception {
    List<List<Figures>> runs =
        clients.stream().<List<Figures>>map(any -> new ArrayList<>()).toList();
    for (int round = 1; round <= (clients.isEmpty() ? 0 : rounds); round++) {
      String sent = "";
      for (int i = 0; i < clients.size(); i++) {
        runs.get(i).add(run(jdk, sink, clients.get(i)));
        String totals = sink.totals();
        sent = i == 0 ? totals : sent;
        if (!totals.equals(sent)) {
          throw new IllegalStateException(
              "Others than the bare loop's batches were sent: "
                  + totals
                  + " and "
                  + sent
                  + " (jobs bytes)");
        }
      }
      print(jdk, round, runs);
    }
    List<Figure> figures = new ArrayList<>();
    for (int i = 0; i < clients.size(); i++) {
      FigureRow row = clients.get(i).row();
      figures.add(figure(row, jdk, runs.get(i), runs.get(0), Figures::microsPerProfile));
      if (WARM.containsKey(row)) {
        figures.add(
            figure(WARM.get(row), jdk, runs.get(i), runs.get(0), Figures::warmMicrosPerProfile));
      }
    }
    return figures;
  }

  private Figures run(Jdk jdk, SinkProcess sink, Client client) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(sink.url(), Integer.toString(profiles)));
    arguments.addAll(Arrays.asList(client.arguments()));
    return MeasuredJvm.run(
        jdk, heap, client.main().getName(), profiles, arguments.toArray(String[]::new));
  }

  private void print(Jdk jdk, int round, List<List<Figures>> runs) {
    StringBuilder line = new StringBuilder("  JDK " + jdk.version() + ", round " + round + ":");
    for (int i = 0; i < clients.size(); i++) {
      line.append(i == 0 ? " " : ", ")
          .append(clients.get(i).row())
          .append(
              String.format(Locale.ROOT, " %.2f", runs.get(i).get(round - 1).microsPerProfile()));
    }
    System.out.println(line.append(" us"));
  }

  private static Figure figure(
      FigureRow row,
      Jdk jdk,
      List<Figures> runs,
      List<Figures> bound,
      ToDoubleFunction<Figures> cost) {
    double[] costs = runs.stream().mapToDouble(cost).sorted().toArray();
    double[] times =
        IntStream.range(0, costs.length)
            .mapToDouble(i -> cost.applyAsDouble(runs.get(i)) / cost.applyAsDouble(bound.get(i)))
            .sorted()
            .toArray();
    double[] instructions =
        runs.stream().mapToDouble(run -> (double) run.instructions() / run.profiles()).toArray();
    Arrays.sort(instructions);
    boolean isWarm = WARM.containsValue(row);
    return new Figure(
        row,
        jdk.version(),
        Benchmarks.TODAY,
        median(costs),
        row.bound == null
            ? null
            : new Figure.Times(median(times), times[0], times[times.length - 1]),
        isWarm || !Instructions.counted() ? null : median(instructions));
  }

  private static double median(double[] sorted) {
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
