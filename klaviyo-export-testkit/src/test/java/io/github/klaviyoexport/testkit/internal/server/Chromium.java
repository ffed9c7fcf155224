package io.github.klaviyoexport.testkit.internal.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A headless Chromium of this machine that opens a page and tells what it then looks like. */
public final class Chromium {
  private static final List<String> NAMES =
      List.of(
          "chromium",
          "chromium-browser",
          "chromium-headless-shell",
          "google-chrome",
          "google-chrome-stable");
  private static final String ELSEWHERE = "CHROMIUM";
  private static final List<String> OPTIONS =
      List.of(
          "--headless",
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--disable-dev-shm-usage",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync",
          "--enable-logging=stderr",
          "--timeout=60000",
          // Its own time: so many milliseconds pass as quickly as the page allows.
          "--virtual-time-budget=5000");

  private final Path program;
  private final Path directory;

  /** A page as it stands after five seconds of its own time, and what the console said. */
  public record Page(String html, List<String> console) {}

  private Chromium(Path program, Path directory) {
    this.program = program;
    this.directory = directory;
  }

  /** The one that CHROMIUM names or the PATH has; the test is skipped where there is none. */
  public static Chromium installed(Path directory) {
    Optional<Path> program =
        Stream.concat(
                Stream.ofNullable(System.getenv(ELSEWHERE)).map(Path::of),
                Stream.of(System.getenv("PATH").split(File.pathSeparator))
                    .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name))))
            .filter(Files::isExecutable)
            .findFirst();
    assumeTrue(
        program.isPresent(),
        "Chromium is not installed, so the page is not tried in a browser: put chromium on the"
            + " PATH, or its path into the environment variable CHROMIUM.");
    return new Chromium(program.orElseThrow(), directory);
  }

  /** Opens a page and reads what it then consists of. */
  public Page open(URI address) throws IOException, InterruptedException {
    return run(address, List.of("--dump-dom"));
  }

  /**
   * Opens a page in a window of that width and draws it.
   *
   * @param dark whether people have said that they like it dark
   */
  public List<String> draw(URI address, int width, boolean dark, Path image)
      throws IOException, InterruptedException {
    return run(
            address,
            List.of(
                "--hide-scrollbars",
                "--window-size=" + width + ",900",
                "--blink-settings=preferredColorScheme=" + (dark ? 0 : 1),
                "--screenshot=" + image))
        .console();
  }

  private Page run(URI address, List<String> what) throws IOException, InterruptedException {
    Path html = directory.resolve("page.html");
    Path console = directory.resolve("console.txt");
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(OPTIONS);
    command.addAll(what);
    command.add("--user-data-dir=" + directory.resolve("profile"));
    command.add(address.toString());
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(html.toFile())
            .redirectError(console.toFile())
            .start();
    try {
      if (!process.waitFor(2, TimeUnit.MINUTES)) {
        throw new AssertionError("Chromium did not end: " + Files.readString(console));
      }
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    try (Stream<String> lines = Files.lines(console, UTF_8)) {
      return new Page(
          Files.readString(html), lines.filter(line -> line.contains("CONSOLE")).toList());
    }
  }
}
