package io.github.klaviyoexport.testkit.server;

import io.github.klaviyoexport.testkit.FakeKlaviyo;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/**
 * A program that serves a {@link FakeKlaviyo} over HTTP until it is stopped.
 *
 * <pre>{@code
 * java -cp … io.github.klaviyoexport.testkit.server.FakeKlaviyoServer --port 8090 --list Y6nRLr=VIP
 * }</pre>
 *
 * <p>Its exit code is 2 for wrong options and 1 when the port is taken.
 */
public final class FakeKlaviyoServer {
  private static final int PORT = 8090;
  private static final String API_KEY = "pk_fake_local";
  private static final Duration JOB_DURATION = Duration.ofSeconds(2);
  private static final String HELP =
      String.join(
          System.lineSeparator(),
          "A Klaviyo account on this machine, behind HTTP, that forgets everything when it stops.",
          "",
          "  --port N         the port to listen on, 0 for one that is free (default " + PORT + ")",
          "  --api-key KEY    the private key that calls must carry (default " + API_KEY + ")",
          "  --list ID=NAME   a list of the account, repeatable (default Y6nRLr=VIP)",
          "  --no-quota       count no call against Klaviyo's quotas",
          "  --help           print this",
          "",
          "Import jobs take " + JOB_DURATION.toSeconds() + " seconds.");

  private FakeKlaviyoServer() {}

  /** Runs the program; see {@code --help}. */
  public static void main(String[] args) {
    int exitCode = run(List.of(args), System.out, System.err, FakeKlaviyoServer::untilStopped);
    if (exitCode != 0) {
      System.exit(exitCode);
    }
  }

  /**
   * Runs the program and returns its exit code.
   *
   * @param serving what to do while the fake listens
   */
  static int run(
      List<String> args, PrintStream out, PrintStream err, Consumer<FakeKlaviyo> serving) {
    if (args.contains("--help")) {
      out.println(HELP);
      return 0;
    }
    FakeKlaviyo.Builder builder;
    try {
      builder = options(args);
    } catch (IllegalArgumentException wrong) {
      err.println(wrong.getMessage() + " (--help lists the options.)");
      return 2;
    }
    try (FakeKlaviyo klaviyo = builder.start()) {
      out.println("The fake Klaviyo listens on " + klaviyo.baseUrl() + " until it is stopped.");
      serving.accept(klaviyo);
      return 0;
    } catch (IllegalStateException notStarted) {
      err.println(notStarted.getMessage());
      return 1;
    }
  }

  private static FakeKlaviyo.Builder options(List<String> args) {
    FakeKlaviyo.Builder builder =
        FakeKlaviyo.builder().port(PORT).apiKey(API_KEY).jobDuration(JOB_DURATION);
    Deque<String> rest = new ArrayDeque<>(args);
    while (!rest.isEmpty()) {
      String option = rest.remove();
      switch (option) {
        case "--port" -> builder.port(port(value(option, rest)));
        case "--api-key" -> builder.apiKey(value(option, rest));
        case "--list" -> list(builder, value(option, rest));
        case "--no-quota" -> builder.quota(false);
        default -> throw new IllegalArgumentException("There is no option '" + option + "'.");
      }
    }
    return builder;
  }

  private static String value(String option, Deque<String> rest) {
    if (rest.isEmpty() || rest.element().startsWith("--")) {
      throw new IllegalArgumentException("The option " + option + " needs a value.");
    }
    return rest.remove();
  }

  private static int port(String text) {
    try {
      int port = Integer.parseInt(text);
      if (port >= 0 && port <= 65_535) {
        return port;
      }
    } catch (NumberFormatException notANumber) {
      // Told below, as any other wrong port.
    }
    throw new IllegalArgumentException("The port must be a number from 0 to 65535.");
  }

  private static void list(FakeKlaviyo.Builder builder, String text) {
    int equals = text.indexOf('=');
    if (equals < 1 || equals == text.length() - 1) {
      throw new IllegalArgumentException("A list is given as ID=NAME, such as Y6nRLr=VIP.");
    }
    builder.list(text.substring(0, equals), text.substring(equals + 1));
  }

  private static void untilStopped(FakeKlaviyo klaviyo) {
    CountDownLatch never = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(klaviyo::close));
    try {
      never.await();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }
}
