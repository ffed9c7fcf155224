package io.github.klaviyoexport.testkit.process;

import io.github.klaviyoexport.catalog.Actor;
import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.CatalogScheduler;
import io.github.klaviyoexport.catalog.CatalogStore;
import io.github.klaviyoexport.catalog.FileCatalogStore;
import io.github.klaviyoexport.catalog.JdbcCatalogStore;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.ProfileReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** A JVM of its own with a catalog and its scheduler, on the clock of the machine. */
final class CatalogProcess implements AutoCloseable {
  static final Actor KIM = Actor.administrator("kim");
  static final String SEGMENT = "vip-eu";

  static final FieldMapping MAPPING = FieldMapping.email("email").property("note");

  /** Four full batches and a little more, of few customers with much to say. */
  static final List<CustomerProfile> CUSTOMERS = customers(420);

  private static final String READY = "ready";
  private static final String LET_GO = "let go";
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final Process process;
  private final LinkedBlockingQueue<String> said = new LinkedBlockingQueue<>();
  private final List<String> all = new ArrayList<>();

  private CatalogProcess(Process process) {
    this.process = process;
  }

  /** How long a lease lasts, how long the catalog waits before the second attempt. */
  record Settings(Duration lease, Duration retryDelay) {
    static final Settings DEFAULT = new Settings(Duration.ofMinutes(2), Duration.ofMinutes(5));
    static final Settings SHORT = new Settings(Duration.ofSeconds(20), Duration.ofSeconds(2));
  }

  /** Arguments: base URL, address of catalog and journal, seconds of the settings. */
  public static void main(String[] args) throws IOException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    Settings settings =
        new Settings(
            Duration.ofSeconds(Long.parseLong(args[2])),
            Duration.ofSeconds(Long.parseLong(args[3])));
    Catalog catalog =
        catalog(URI.create(args[0]), args[1], settings)
            .executor(
                task ->
                    new Thread(
                            () -> {
                              task.run();
                              out.println(LET_GO);
                            },
                            "export")
                        .start())
            .build();
    CatalogScheduler.start(catalog);
    out.println(READY);
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String export = commands.readLine(); export != null; export = commands.readLine()) {
      catalog.run(KIM, export);
    }
    // Whoever gave the commands is gone.
    Runtime.getRuntime().halt(1);
  }

  /** Fits out the catalog at an address, in whatever process. */
  static Catalog.Builder catalog(URI klaviyo, String address, Settings settings) {
    return Catalog.builder()
        .store(storeAt(address))
        .source(segment -> ProfileReader.of(CUSTOMERS))
        .klaviyo(connection -> connection.baseUrl(klaviyo))
        .journal(SharedJournal.at(address))
        .takeOverAfter(settings.lease())
        .attempts(3, settings.retryDelay());
  }

  private static List<CustomerProfile> customers(int count) {
    String note = "x".repeat(45_000);
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                CustomerProfile.of(
                    "c-" + i, Map.of("email", "c" + i + "@shop.example", "note", note)))
        .toList();
  }

  private static CatalogStore storeAt(String address) {
    return address.startsWith("jdbc:")
        ? JdbcCatalogStore.on(SharedJournal.connectingTo(address))
        : FileCatalogStore.in(Path.of(address).resolve("catalog"));
  }

  /** Starts a process and waits until it is ready. */
  static CatalogProcess start(WatchedKlaviyo klaviyo, SharedJournal journal, Settings settings)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx128m",
            "-cp",
            System.getProperty("java.class.path"),
            CatalogProcess.class.getName(),
            klaviyo.baseUrl().toString(),
            journal.address(),
            Long.toString(settings.lease().toSeconds()),
            Long.toString(settings.retryDelay().toSeconds()));
    builder.environment().put("KLAVIYO_API_KEY", klaviyo.apiKey());
    CatalogProcess started = new CatalogProcess(builder.redirectErrorStream(true).start());
    Thread listener = new Thread(started::listen, "listens to process " + started.process.pid());
    listener.setDaemon(true);
    listener.start();
    started.awaitWord(READY);
    return started;
  }

  private void listen() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        synchronized (all) {
          all.add(line);
        }
        if (line.equals(READY) || line.equals(LET_GO)) {
          said.add(line);
        }
      }
    } catch (IOException killed) {
      // It says no more.
    }
  }

  private void awaitWord(String word) throws InterruptedException {
    String line = said.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    if (!word.equals(line)) {
      throw new AssertionError("It did not say '" + word + "': " + allSaid());
    }
  }

  /** Returns all that it has said, log and all. */
  List<String> allSaid() {
    synchronized (all) {
      return List.copyOf(all);
    }
  }

  /** Has it run an export. */
  void run(String export) throws IOException {
    process.getOutputStream().write((export + "\n").getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
  }

  /** Waits until it works on no export any more. */
  void awaitLettingGo() throws InterruptedException {
    awaitWord(LET_GO);
  }

  /** Ends it as the kernel does when memory is short: SIGKILL. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** Stops it as a debugger or a frozen container does: SIGSTOP. */
  void freeze() {
    signal("-STOP");
  }

  /** Lets it go on: SIGCONT. */
  void thaw() {
    signal("-CONT");
  }

  private void signal(String name) {
    try {
      new ProcessBuilder("kill", name, Long.toString(process.pid())).start().onExit().join();
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }

  @Override
  public void close() {
    kill();
  }
}
