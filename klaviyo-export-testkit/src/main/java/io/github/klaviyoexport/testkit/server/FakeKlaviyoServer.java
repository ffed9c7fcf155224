package io.github.klaviyoexport.testkit.server;

import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.GeneratedProfiles;
import java.io.PrintStream;
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
 * <p>In a browser, its address shows the account as it changes: lists and their members, import
 * jobs, requests with what they were refused for, and quotas.
 *
 * <p>Its exit code is 2 for wrong options, and 1 when the port is taken or there is not enough
 * memory for the profiles that were asked for.
 */
public final class FakeKlaviyoServer {
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
      out.println(ServerOptions.HELP);
      return 0;
    }
    ServerOptions options;
    try {
      options = ServerOptions.parse(args);
    } catch (IllegalArgumentException wrong) {
      err.println(wrong.getMessage() + " (--help lists the options.)");
      return 2;
    }
    try (FakeKlaviyo klaviyo = options.account().start()) {
      klaviyo.list(options.firstList()).add(GeneratedProfiles.of(options.profiles()));
      out.println("The fake Klaviyo listens on " + klaviyo.baseUrl() + " until it is stopped.");
      out.println("Open that address in a browser to watch it.");
      serving.accept(klaviyo);
      return 0;
    } catch (IllegalStateException notStarted) {
      err.println(notStarted.getMessage());
      return 1;
    } catch (OutOfMemoryError full) {
      err.println(
          "There is not enough memory. The fake Klaviyo keeps every profile: raise -Xmx, or ask for"
              + " fewer with --seed-profiles.");
      return 1;
    }
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
