package io.github.klaviyoexport.testkit.process;

import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.JdbcPermits;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.Customer;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.time.TimeSource;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A JVM of its own that stands for a host: it calls an account without end, by permits of a
 * database that it shares with others, and by a wall clock of its own.
 */
final class HostProcess implements AutoCloseable {
  static final ListId LIST = ListId.of("Y6nRLr");

  /** To compare the list with a segment, over and over: the members are read. */
  static final String READ = "read";

  /** To export a segment in batches of one, over and over. */
  static final String IMPORT = "import";

  /** To come to a standstill before its next commit, with the permits' row locked. */
  static final String HOLD = "hold";

  private static final String MANY = "many";
  private static final String READY = "ready";
  private static final String HOLDING = "holding";
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Process process;
  private final List<String> all = new ArrayList<>();
  private final List<Expected> expected = new ArrayList<>();

  /** What somebody waits to hear. */
  private record Expected(String words, CompletableFuture<String> heard) {}

  private HostProcess(Process process) {
    this.process = process;
  }

  /** Arguments: base URL, address of the database, seconds by which the wall clock is ahead. */
  public static void main(String[] args) throws IOException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    Pool pool = new Pool(args[1], out);
    SegmentExporter exporter =
        SegmentExporter.builder()
            .source(segment -> ProfileReader.of(customers(segment.name().equals(MANY) ? 500 : 1)))
            .klaviyo(
                KlaviyoConnection.of(ApiKey.fromEnvironment("KLAVIYO_API_KEY"))
                    .baseUrl(URI.create(args[0]))
                    .permits(JdbcPermits.on(pool.dataSource(), "shop-eu")))
            .mapping(FieldMapping.email("EMailAddress"))
            .batchSize(1)
            .time(ahead(Duration.ofSeconds(Long.parseLong(args[2]))))
            .build();
    out.println(READY);
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String command = commands.readLine(); command != null; command = commands.readLine()) {
      switch (command) {
        case READ -> again(() -> exporter.verify(Segment.named("one"), LIST), out);
        case IMPORT -> again(() -> exporter.export(Segment.named(MANY), LIST), out);
        case HOLD -> pool.holdNext = true;
        default -> throw new IllegalArgumentException(command);
      }
    }
    // Whoever gave the commands is gone.
    Runtime.getRuntime().halt(1);
  }

  private static List<CustomerProfile> customers(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> Customer.of("c-" + i).email("m" + i + "@shop.example").profile())
        .toList();
  }

  private static void again(Runnable task, PrintStream out) {
    new Thread(
            () -> {
              try {
                while (true) {
                  task.run();
                }
              } catch (RuntimeException failure) {
                out.println("It has failed: " + failure);
              }
            },
            "calls")
        .start();
  }

  /** The machine's clock, on whose wall it is later. */
  private static TimeSource ahead(Duration by) {
    TimeSource system = TimeSource.system();
    return new TimeSource() {
      @Override
      public Instant now() {
        return system.now().plus(by);
      }

      @Override
      public long nanoTime() {
        return system.nanoTime() + by.toNanos();
      }

      @Override
      public boolean await(Semaphore signal, Duration atMost, boolean exchanging)
          throws InterruptedException {
        return system.await(signal, atMost, exchanging);
      }
    };
  }

  /** Lends one connection over and over, to one thread. */
  static DataSource lending(Connection connection) {
    Connection kept =
        Pool.proxy(
            Connection.class,
            (method, arguments) ->
                method.getName().equals("close") ? null : method.invoke(connection, arguments));
    return Pool.proxy(DataSource.class, (method, arguments) -> kept);
  }

  /** Connections that are kept, and tried before they are lent again. */
  private static final class Pool {
    private final String url;
    private final PrintStream out;
    private final Deque<Connection> idle = new ArrayDeque<>();
    private volatile boolean holdNext;

    Pool(String url, PrintStream out) {
      this.url = url;
      this.out = out;
    }

    DataSource dataSource() {
      return proxy(DataSource.class, (name, none) -> lend());
    }

    private Connection lend() throws SQLException {
      Connection kept = take();
      while (kept != null && !kept.isValid(1)) {
        kept = take();
      }
      Connection lent = kept == null ? DriverManager.getConnection(url) : kept;
      return proxy(
          Connection.class,
          (method, arguments) -> {
            if (method.getName().equals("close")) {
              putBack(lent);
              return null;
            }
            if (method.getName().equals("commit") && holdNext) {
              out.println(HOLDING);
              new Semaphore(0).acquire();
            }
            return method.invoke(lent, arguments);
          });
    }

    private synchronized @Nullable Connection take() {
      return idle.poll();
    }

    private synchronized void putBack(Connection connection) {
      idle.push(connection);
    }

    private interface Call {
      @Nullable Object with(Method method, Object @Nullable [] arguments) throws Exception;
    }

    private static <T> T proxy(Class<T> type, Call call) {
      return type.cast(
          Proxy.newProxyInstance(
              HostProcess.class.getClassLoader(),
              new Class<?>[] {type},
              (proxy, method, arguments) -> {
                try {
                  return call.with(method, arguments);
                } catch (InvocationTargetException failure) {
                  throw failure.getCause();
                }
              }));
    }
  }

  /** Starts a process. */
  static HostProcess start(FakeKlaviyo klaviyo, String database, Duration ahead)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx128m",
            "-cp",
            System.getProperty("java.class.path"),
            HostProcess.class.getName(),
            klaviyo.baseUrl().toString(),
            database,
            Long.toString(ahead.toSeconds()));
    builder.environment().put("KLAVIYO_API_KEY", klaviyo.apiKey().value());
    HostProcess started = new HostProcess(builder.redirectErrorStream(true).start());
    Thread listener = new Thread(started::listen, "listens to process " + started.process.pid());
    listener.setDaemon(true);
    listener.start();
    return started;
  }

  private void listen() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        said(line);
      }
    } catch (IOException killed) {
      // It says no more.
    }
  }

  private synchronized void said(String line) {
    all.add(line);
    expected.removeIf(
        one -> {
          boolean heard = line.contains(one.words);
          if (heard) {
            one.heard.complete(line);
          }
          return heard;
        });
  }

  /** All that it has said, log and all. */
  synchronized List<String> said() {
    return List.copyOf(all);
  }

  /** Waits until it has said so, now or before. */
  void hear(String words) throws Exception {
    CompletableFuture<String> heard = new CompletableFuture<>();
    synchronized (this) {
      if (all.stream().anyMatch(line -> line.contains(words))) {
        return;
      }
      expected.add(new Expected(words, heard));
    }
    try {
      heard.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException silence) {
      throw new AssertionError("It did not say '" + words + "': " + said(), silence);
    }
  }

  void awaitReady() throws Exception {
    hear(READY);
  }

  /** Waits until it has the permits' row locked, and does nothing. */
  void awaitHolding() throws Exception {
    hear(HOLDING);
  }

  /** Gives it a command. */
  void tell(String command) throws IOException {
    process.getOutputStream().write((command + "\n").getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
  }

  /** Stops it as a frozen container does: SIGSTOP. */
  void freeze() throws IOException {
    new ProcessBuilder("kill", "-STOP", Long.toString(process.pid())).start().onExit().join();
  }

  /** Ends it as the kernel does when memory is short: SIGKILL. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  @Override
  public void close() {
    kill();
  }
}
