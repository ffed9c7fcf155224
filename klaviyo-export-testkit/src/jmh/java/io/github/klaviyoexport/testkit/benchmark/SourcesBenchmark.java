package io.github.klaviyoexport.testkit.benchmark;

import static io.github.klaviyoexport.testkit.benchmark.WholeProcessBenchmark.print;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.testkit.Postgres;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/**
 * What an export costs by the source that it reads: the CPU time of whole processes, each with a
 * heap of 64 MB, for the same customers out of a CSV file and out of a PostgreSQL, whose own work
 * is not counted.
 */
final class SourcesBenchmark {
  private static final int ROUNDS = Integer.getInteger("benchmark.rounds", 5);
  private static final int PROFILES = Integer.getInteger("benchmark.profiles", 1_000_000);
  private static final String HEAP = "64m";

  private SourcesBenchmark() {}

  public static void main(String[] args) throws Exception {
    Path csv = Files.createTempFile("customers", ".csv");
    Process server = MeasuredJvm.start("256m", Sink.class);
    try (BufferedReader output = MeasuredJvm.reader(server)) {
      String sink = output.readLine();
      write(csv);
      Map<String, String> places = new LinkedHashMap<>();
      places.put("csv", csv.toString());
      String database = fill();
      places.put("pages", database);
      places.put("one pass", database);
      compare(sink, places);
    } finally {
      server.destroyForcibly();
      Files.delete(csv);
    }
    System.exit(0);
  }

  private static void compare(String sink, Map<String, String> places) throws Exception {
    print("CPU of exports by source, %,d profiles, -Xmx%s each", PROFILES, HEAP);
    Map<String, List<Figures>> figures = new LinkedHashMap<>();
    for (int round = 0; round < ROUNDS; round++) {
      for (Map.Entry<String, String> place : places.entrySet()) {
        Figures one =
            MeasuredJvm.run(
                SourceExporter.class,
                PROFILES,
                HEAP,
                sink,
                Integer.toString(PROFILES),
                place.getKey(),
                place.getValue());
        figures.computeIfAbsent(place.getKey(), none -> new ArrayList<>()).add(one);
      }
    }
    print("  %-12s %12s %14s", "median of " + ROUNDS, "us/profile", "process at most");
    figures.forEach(
        (source, those) ->
            print(
                "  %-12s %12.2f %11d MB",
                source,
                WholeProcessBenchmark.median(those),
                those.stream().mapToLong(Figures::peakKilobytes).max().orElse(0) / 1024));
    print("");
  }

  private static void write(Path csv) throws IOException {
    try (Writer out = Files.newBufferedWriter(csv)) {
      out.write(String.join(",", BenchmarkProfiles.FIELDS.names()) + "\n");
      BenchmarkProfiles profiles = new BenchmarkProfiles(PROFILES);
      for (CustomerProfile next = profiles.next(); next != null; next = profiles.next()) {
        StringJoiner line = new StringJoiner(",", "", "\n");
        for (int i = 0; i < next.fields().size(); i++) {
          line.add("\"" + String.valueOf(next.value(i)).replace("\"", "\"\"") + "\"");
        }
        out.write(line.toString());
      }
    }
  }

  /** Fills a table with the customers; returns the address of its database. */
  private static String fill() throws SQLException {
    try (Connection connection = Postgres.server().getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "create table customers (\"CustomerId\" varchar(20) primary key, \"EMailAddress\" text,"
              + " \"FirstName\" text, \"LastName\" text, \"Telephone1\" text, \"City\" text,"
              + " \"Country\" text, \"LTV\" double precision, \"Orders\" int,"
              + " \"Member\" boolean, \"LastOrder\" date, \"Note\" text)");
      connection.setAutoCommit(false);
      try (PreparedStatement row =
          connection.prepareStatement("insert into customers values (?,?,?,?,?,?,?,?,?,?,?,?)")) {
        BenchmarkProfiles profiles = new BenchmarkProfiles(PROFILES);
        for (CustomerProfile next = profiles.next(); next != null; next = profiles.next()) {
          for (int i = 0; i < next.fields().size(); i++) {
            row.setObject(i + 1, next.value(i));
          }
          row.addBatch();
          if (Integer.parseInt(next.id().substring(2)) % 1_000 == 0) {
            row.executeBatch();
          }
        }
        row.executeBatch();
      }
      connection.commit();
      statement.execute("analyze customers");
      connection.commit();
      return connection.getMetaData().getURL() + "?user=" + connection.getMetaData().getUserName();
    }
  }
}
