package io.github.klaviyoexport.journal;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Another JVM that opens a log, says what came of it, and keeps it until it is ended. */
final class JournalProcess implements AutoCloseable {
  static final String OPEN = "open";

  private final Process process;
  private final BufferedReader out;

  private JournalProcess(Process process) {
    this.process = process;
    this.out = process.inputReader(StandardCharsets.UTF_8);
  }

  /** Arguments: directory, key, seconds of silence or 0, lines to add. */
  public static void main(String[] args) throws IOException {
    FileJournal journal = FileJournal.in(Path.of(args[0]));
    Duration silence = Duration.ofSeconds(Long.parseLong(args[2]));
    try (JournalLog log =
        silence.isZero() ? journal.open(args[1]) : journal.open(args[1], silence)) {
      for (int i = 3; i < args.length; i++) {
        log.append(args[i]);
      }
      System.out.println(OPEN);
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        System.out.println(appended(log, line));
      }
    } catch (LogHeldException held) {
      System.out.println(held.getMessage());
    }
  }

  private static String appended(JournalLog log, String line) {
    try {
      log.append(line);
      return "appended";
    } catch (IOException failure) {
      return failure.getMessage();
    }
  }

  static JournalProcess start(Path directory, String key, String... lines)
      throws IOException, URISyntaxException {
    return startSilent(directory, key, Duration.ZERO, lines);
  }

  /** Starts one that may be silent for so long. */
  static JournalProcess startSilent(Path directory, String key, Duration silence, String... lines)
      throws IOException, URISyntaxException {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                place(FileJournal.class) + File.pathSeparator + place(JournalProcess.class),
                JournalProcess.class.getName(),
                directory.toString(),
                key,
                Long.toString(silence.toSeconds())));
    command.addAll(List.of(lines));
    return new JournalProcess(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  private static Path place(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  long pid() {
    return process.pid();
  }

  /** What came of opening. */
  String outcome() throws IOException {
    return String.valueOf(out.readLine());
  }

  /** Has it add a line; returns what came of it. */
  String appended(String line) throws IOException {
    process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
    return outcome();
  }

  /** Sends it a signal, by the name that the program {@code kill} takes. */
  void signal(String name) throws IOException {
    new ProcessBuilder("kill", name, Long.toString(pid())).start().onExit().join();
  }

  /** Ends it as the kernel does when memory is short. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  @Override
  public void close() {
    kill();
  }
}
