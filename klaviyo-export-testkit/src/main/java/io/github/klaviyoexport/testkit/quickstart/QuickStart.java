package io.github.klaviyoexport.testkit.quickstart;

import io.github.klaviyoexport.ConsoleProgress;
import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.RejectionFile;
import io.github.klaviyoexport.SegmentExport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.KlaviyoException;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A program that exports customers to a Klaviyo list and shows what became of every one.
 *
 * <p>Without options it needs nothing: 100,000 generated customers go to a {@link FakeKlaviyo} in
 * the same process, over real HTTP, and the list is read back. A few of them stand in the segment
 * twice, so that the report has duplicates to tell of; {@code --bad-rows 0.01} shows rejections
 * too. With {@code --csv} and {@code --base-url} it exports a file of yours to Klaviyo. {@code
 * --help} lists the options.
 *
 * <pre>{@code
 * mvn -q compile exec:java -Dexec.args="--profiles 1000 --bad-rows 0.01"
 * }</pre>
 *
 * <p>The exit code is 0 when every profile is confirmed, 3 when some were rejected, 1 when the
 * export stopped, and 2 for wrong options. Progress and errors go to standard error, the report to
 * standard output.
 */
public final class QuickStart {
  static final int CONFIRMED = 0;
  static final int STOPPED = 1;
  static final int WRONG_OPTIONS = 2;
  static final int SOME_REJECTED = 3;

  private static final String KEY_VARIABLE = "KLAVIYO_API_KEY";
  private static final Duration JOB_DURATION = Duration.ofSeconds(1);

  private final QuickStartOptions options;
  private final Customers customers;
  private final @Nullable KlaviyoConnection server;
  private final PrintStream out;
  private final PrintStream err;

  /**
   * Prepares a run.
   *
   * @throws IllegalArgumentException if the options are wrong
   */
  private QuickStart(
      List<String> args, PrintStream out, PrintStream err, Map<String, String> environment) {
    this.options = QuickStartOptions.parse(args);
    this.customers = Customers.of(options);
    this.server = server(options, environment);
    this.out = out;
    this.err = err;
  }

  private static @Nullable KlaviyoConnection server(
      QuickStartOptions options, Map<String, String> environment) {
    URI baseUrl = options.baseUrl();
    if (baseUrl == null) {
      return null;
    }
    String key = environment.get(KEY_VARIABLE);
    if (key == null) {
      throw new IllegalArgumentException(
          "The environment variable "
              + KEY_VARIABLE
              + " is not set: set it to the private API key of the account behind --base-url.");
    }
    return KlaviyoConnection.of(ApiKey.of(key)).baseUrl(baseUrl);
  }

  /** Runs the program; see {@code --help}. */
  public static void main(String[] args) {
    int exitCode = run(List.of(args), System.out, System.err, System.getenv());
    if (exitCode != CONFIRMED) {
      System.exit(exitCode);
    }
  }

  /** Runs the program and returns its exit code. */
  static int run(
      List<String> args, PrintStream out, PrintStream err, Map<String, String> environment) {
    if (args.contains("--help")) {
      out.println(QuickStartOptions.HELP);
      return CONFIRMED;
    }
    QuickStart program;
    try {
      program = new QuickStart(args, out, err, environment);
    } catch (IllegalArgumentException wrong) {
      err.println(wrong.getMessage() + " (--help lists the options.)");
      return WRONG_OPTIONS;
    }
    try {
      return program.run();
    } catch (IOException failed) {
      err.println(failed.getMessage());
      return STOPPED;
    } catch (OutOfMemoryError full) {
      err.println(
          "There is not enough memory. A Klaviyo in this process keeps every profile: raise -Xmx,"
              + " or run it in a process of its own (FakeKlaviyoServer) and say where with"
              + " --base-url.");
      return STOPPED;
    }
  }

  private int run() throws IOException {
    if (server != null) {
      return export(server);
    }
    try (FakeKlaviyo klaviyo =
        FakeKlaviyo.builder()
            .list(options.list().value(), "Quick start")
            .quota(options.quota())
            .jobDuration(JOB_DURATION)
            .start()) {
      return export(klaviyo.httpConnection());
    }
  }

  private int export(KlaviyoConnection connection) throws IOException {
    Path reportFile = options.report();
    requireDirectory(reportFile);
    ExportReport report;
    ExportException stopped = null;
    try (RejectionFile rejections = rejectionFile();
        SegmentExporter exporter = exporter(connection)) {
      SegmentExport export = exporter.prepare(customers.segment(), options.list());
      report = (rejections == null ? export : export.listener(rejections)).run();
    } catch (ExportException stop) {
      stopped = stop;
      report = stop.report();
    }
    out.println(report);
    if (reportFile != null) {
      Files.writeString(reportFile, report.toJson());
    }
    if (stopped != null) {
      err.println(oneLine(stopped));
      return STOPPED;
    }
    out.println(new ListReader(connection).describe(options.list()));
    if (!customers.expected().isEmpty()) {
      out.println(customers.expected());
    }
    return exitCode(report);
  }

  private SegmentExporter exporter(KlaviyoConnection connection) {
    return SegmentExporter.builder()
        .source(customers.source())
        .klaviyo(options.quota() ? connection : connection.unpaced())
        .mapping(customers.mapping())
        .limit(options.limit())
        .listener(ConsoleProgress.on(err))
        .build();
  }

  private @Nullable RejectionFile rejectionFile() throws IOException {
    Path path = options.rejections();
    return path == null ? null : RejectionFile.csv(path);
  }

  /**
   * Requires that the directory of a file is there. An export may take long, so it is better to say
   * so before than after it.
   */
  private static void requireDirectory(@Nullable Path file) throws IOException {
    Path directory = file == null ? null : file.toAbsolutePath().getParent();
    if (directory != null && !Files.isDirectory(directory)) {
      throw new IOException("There is no directory for the file " + file + ": make it first.");
    }
  }

  private int exitCode(ExportReport report) {
    if (!report.isConfirmed()) {
      err.println("Klaviyo has not confirmed every profile: look its jobs up later, by their ids.");
      return STOPPED;
    }
    if (report.profiles().rejected() > 0) {
      out.println("Some profiles were rejected, so this ends with exit code 3.");
      return SOME_REJECTED;
    }
    return CONFIRMED;
  }

  /** Returns the message, and what it refers to, in one line. */
  private static String oneLine(ExportException stopped) {
    String message = String.valueOf(stopped.getMessage());
    if (stopped.getCause() instanceof KlaviyoException cause) {
      return message + " Cause: " + cause.getMessage();
    }
    return switch (stopped.reason()) {
      case FAULT -> message + " Cause: " + stopped.getCause();
      case LIMIT_EXCEEDED -> message + " Here that is --limit N.";
      default -> message;
    };
  }
}
