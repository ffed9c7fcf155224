package io.github.klaviyoexport.testkit.process;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.journal.ExportJournal;
import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.GeneratedProfiles;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.VirtualTime;
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
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A JVM of its own that exports the segment when told to, and says what came of it.
 *
 * <p>Its clock is virtual, so that it does not wait between looks at Klaviyo's jobs; while requests
 * are under way it stands still.
 */
final class ExportProcess implements AutoCloseable {
  static final Segment SEGMENT = Segment.named("vip-eu");
  static final ListId LIST = ListId.of("Y6nRLr");
  static final GeneratedProfiles PROFILES =
      GeneratedProfiles.of(1_200).withBadEmails(30).withBadPhones(40).withDuplicates(50);

  /** To export the segment, or to go on with an export that was cut off. */
  static final String EXPORT = "export";

  /** To close the exporter when the JVM shuts down. */
  static final String CLOSE_ON_SHUTDOWN = "close on shutdown";

  /** To end the JVM from another thread than the one that exports. */
  static final String EXIT = "exit";

  /** Begins what it says when an export has come to its end; the report follows as JSON. */
  static final String REPORT = "report ";

  /** Begins what it says when an export has stopped. */
  static final String STOPPED = "stopped ";

  /** Begins what it says when somebody else runs the export. */
  static final String HELD = "held ";

  /** What there is to hear when it has ended. */
  static final String NOTHING = "";

  private static final String READY = "ready";
  private static final List<String> OUTCOMES = List.of(REPORT, STOPPED, HELD);
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final Process process;
  private final LinkedBlockingQueue<String> said = new LinkedBlockingQueue<>();
  private final CompletableFuture<ExportProcess> spoken = new CompletableFuture<>();
  private final List<String> all = new ArrayList<>();

  private ExportProcess(Process process) {
    this.process = process;
  }

  /** Arguments: base URL, address of the journal, batches in flight. */
  public static void main(String[] args) throws IOException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    KlaviyoConnection connection =
        KlaviyoConnection.of(ApiKey.fromEnvironment("KLAVIYO_API_KEY"))
            .baseUrl(URI.create(args[0]));
    SegmentExporter exporter =
        exporter(connection, SharedJournal.at(args[1]), Integer.parseInt(args[2]));
    out.println(READY);
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String command = commands.readLine(); command != null; command = commands.readLine()) {
      switch (command) {
        case EXPORT -> new Thread(() -> out.println(export(exporter)), "export").start();
        case CLOSE_ON_SHUTDOWN ->
            Runtime.getRuntime().addShutdownHook(new Thread(exporter::close, "close"));
        case EXIT -> System.exit(0);
        default -> throw new IllegalArgumentException(command);
      }
    }
    // Whoever gave the commands is gone.
    Runtime.getRuntime().halt(1);
  }

  static SegmentExporter exporter(
      KlaviyoConnection connection, ExportJournal journal, int batchesInFlight) {
    return SegmentExporter.builder()
        .source(InMemorySegments.of(SEGMENT.name(), PROFILES))
        .klaviyo(connection)
        .mapping(PROFILES.mapping())
        .journal(journal)
        .batchSize(50)
        .batchesInFlight(batchesInFlight)
        .time(VirtualTime.create().patience(PATIENCE))
        .build();
  }

  private static String export(SegmentExporter exporter) {
    try {
      Optional<String> unfinished = exporter.unfinishedRun(SEGMENT, LIST);
      ExportReport report =
          unfinished.isPresent()
              ? exporter.resume(unfinished.get())
              : exporter.export(SEGMENT, LIST);
      return REPORT + report.toJson().replace(System.lineSeparator(), "").replace("\n", "");
    } catch (IllegalStateException held) {
      return HELD + held.getMessage();
    } catch (ExportException stopped) {
      return STOPPED + stopped.reason() + " " + stopped.getMessage();
    } catch (RuntimeException | Error failure) {
      return STOPPED + failure;
    }
  }

  /** Starts a process and waits until it is ready. */
  static ExportProcess start(WatchedKlaviyo klaviyo, SharedJournal journal, int batchesInFlight)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            // What lives for a second only need not be compiled well.
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx128m",
            "-cp",
            System.getProperty("java.class.path"),
            ExportProcess.class.getName(),
            klaviyo.baseUrl().toString(),
            journal.address(),
            Integer.toString(batchesInFlight));
    builder.environment().put("KLAVIYO_API_KEY", klaviyo.apiKey());
    ExportProcess started = new ExportProcess(builder.redirectErrorStream(true).start());
    Thread listener = new Thread(started::listen, "listens to process " + started.pid());
    listener.setDaemon(true);
    listener.start();
    String first = started.hear();
    if (!first.equals(READY)) {
      throw new AssertionError("The process did not start: " + started.all);
    }
    return started;
  }

  private void listen() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(REPORT) && !line.endsWith("}")) {
          break; // It was killed in the midst of its report.
        }
        synchronized (all) {
          all.add(line);
        }
        if (line.equals(READY)) {
          said.add(line);
        } else if (OUTCOMES.stream().anyMatch(line::startsWith)) {
          said.add(line);
          spoken.complete(this);
        }
      }
    } catch (IOException killed) {
      // It says no more.
    }
    said.add(NOTHING);
    spoken.complete(this);
  }

  /** The moment at which it says what came of its first export, or ends without a word. */
  CompletableFuture<ExportProcess> spoken() {
    return spoken;
  }

  long pid() {
    return process.pid();
  }

  /** Gives it a command. */
  void tell(String command) throws IOException {
    process.getOutputStream().write((command + "\n").getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
  }

  /** Waits for what it says next; {@link #NOTHING} when it has ended. */
  String hear() throws InterruptedException {
    String line = said.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    if (line == null) {
      throw new AssertionError("Nothing more is heard of the process, which said " + all);
    }
    return line;
  }

  /** Has it export, and waits for what comes of it. */
  String export() throws IOException, InterruptedException {
    tell(EXPORT);
    return hear();
  }

  /** Ends it as the kernel does when memory is short: SIGKILL. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** Asks it to end, as a service manager does: SIGTERM. */
  void terminate() {
    // The process itself would close its streams as well, and the end of its commands ends it.
    process.toHandle().destroy();
  }

  /** Waits until it has ended by itself. */
  void awaitEnd() {
    process.onExit().join();
  }

  @Override
  public void close() {
    kill();
  }
}
