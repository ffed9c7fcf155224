package io.github.klaviyoexport.journal;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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

  /** Arguments: directory, key, lines to add. */
  public static void main(String[] args) throws IOException {
    try (JournalLog log = FileJournal.in(Path.of(args[0])).open(args[1])) {
      for (int i = 2; i < args.length; i++) {
        log.append(args[i]);
      }
      System.out.println(OPEN);
      System.in.read();
    } catch (LogHeldException held) {
      System.out.println(held.getMessage());
    }
  }

  static JournalProcess start(Path directory, String key, String... lines)
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
                key));
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

  /** Ends it as the kernel does when memory is short. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  @Override
  public void close() {
    kill();
  }
}
