package io.github.klaviyoexport.testkit.process;

import io.github.klaviyoexport.journal.ExportJournal;
import io.github.klaviyoexport.journal.FileJournal;
import io.github.klaviyoexport.journal.JdbcJournal;
import io.github.klaviyoexport.testkit.Postgres;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.h2.tools.Server;

/** A journal that several processes share, as the test that started them sees it. */
abstract class SharedJournal implements AutoCloseable {
  private static final AtomicInteger COUNT = new AtomicInteger();

  /** Where it is kept. */
  enum Kind {
    DIRECTORY,
    H2,
    POSTGRESQL
  }

  static SharedJournal open(Kind kind, Path directory) throws IOException, SQLException {
    return switch (kind) {
      case DIRECTORY -> new InDirectory(directory);
      case H2 -> InDatabase.ofH2();
      case POSTGRESQL -> InDatabase.ofPostgres();
    };
  }

  /** The journal at an address, in whatever process. */
  static ExportJournal at(String address) {
    return address.startsWith("jdbc:")
        ? JdbcJournal.on(connectingTo(address))
        : FileJournal.in(Path.of(address));
  }

  /** The database at an address, with a connection of its own for each use. */
  static DataSource connectingTo(String url) {
    return (DataSource)
        Proxy.newProxyInstance(
            SharedJournal.class.getClassLoader(),
            new Class<?>[] {DataSource.class},
            (proxy, method, arguments) -> {
              if (!method.getName().equals("getConnection")) {
                throw new UnsupportedOperationException(method.getName());
              }
              return DriverManager.getConnection(url);
            });
  }

  /** Where processes find it. */
  abstract String address();

  /** What is written in it. */
  abstract List<String> lines() throws IOException, SQLException;

  /** Whether the hold of a dead process ends at once, and not only after some time. */
  abstract boolean freesAtOnce();

  /** Lets so much time pass that nobody who is silent holds anything any more. */
  abstract void letHoldsEnd() throws SQLException;

  @Override
  public void close() {}

  private static final class InDirectory extends SharedJournal {
    private final Path directory;

    InDirectory(Path directory) {
      this.directory = directory;
    }

    @Override
    String address() {
      return directory.toString();
    }

    @Override
    List<String> lines() throws IOException {
      List<String> lines = new ArrayList<>();
      try (Stream<Path> files = Files.list(directory)) {
        for (Path file : files.filter(path -> path.toString().endsWith(".journal")).toList()) {
          String text = Files.readString(file);
          // The beginning of a line says nothing yet.
          lines.addAll(Arrays.asList(text.substring(0, text.lastIndexOf('\n') + 1).split("\n")));
        }
      }
      return lines;
    }

    @Override
    boolean freesAtOnce() {
      return true;
    }

    @Override
    void letHoldsEnd() {}
  }

  private static final class InDatabase extends SharedJournal {
    private final String url;
    private final Runnable stop;

    private InDatabase(String url, Runnable stop) throws IOException {
      this.url = url;
      this.stop = stop;
      // Makes the tables.
      at(url).open("none").close();
    }

    static SharedJournal ofH2() throws IOException, SQLException {
      Server server = Server.createTcpServer("-tcpPort", "0", "-ifNotExists").start();
      return new InDatabase(
          "jdbc:h2:tcp://localhost:"
              + server.getPort()
              + "/mem:journal"
              + COUNT.incrementAndGet()
              + ";DB_CLOSE_DELAY=-1",
          server::stop);
    }

    static SharedJournal ofPostgres() throws IOException, SQLException {
      String name = "journal" + COUNT.incrementAndGet();
      try (Connection connection = Postgres.server().getPostgresDatabase().getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE DATABASE " + name);
      }
      return new InDatabase(Postgres.server().getJdbcUrl("postgres", name), () -> {});
    }

    @Override
    String address() {
      return url;
    }

    @Override
    List<String> lines() throws SQLException {
      List<String> lines = new ArrayList<>();
      try (Connection connection = DriverManager.getConnection(url);
          Statement statement = connection.createStatement();
          ResultSet rows =
              statement.executeQuery("SELECT line FROM klaviyo_export_journal_line ORDER BY seq")) {
        while (rows.next()) {
          lines.add(rows.getString(1));
        }
      }
      return lines;
    }

    @Override
    boolean freesAtOnce() {
      return false;
    }

    @Override
    void letHoldsEnd() throws SQLException {
      try (Connection connection = DriverManager.getConnection(url);
          Statement statement = connection.createStatement()) {
        statement.executeUpdate(
            "UPDATE klaviyo_export_journal_log SET renewed_at = renewed_at - INTERVAL '3' MINUTE");
      }
    }

    @Override
    public void close() {
      stop.run();
    }
  }
}
