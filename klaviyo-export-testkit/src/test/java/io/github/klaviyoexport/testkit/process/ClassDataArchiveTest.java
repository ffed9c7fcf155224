package io.github.klaviyoexport.testkit.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.Customer;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands by which a program that exports starts with an archive of its classes. */
class ClassDataArchiveTest {
  private static final Path DOCUMENT = Path.of("../klaviyo-export-core/docs/starting.md");
  private static final String DONE = "1 accepted";

  @TempDir Path directory;

  /** Exports one customer. */
  static final class Nightly {
    private Nightly() {}

    public static void main(String[] args) {
      VirtualTime time = VirtualTime.create();
      try (FakeKlaviyo klaviyo = FakeKlaviyo.builder().time(time).start();
          SegmentExporter exporter =
              SegmentExporter.builder()
                  .source(
                      InMemorySegments.of(
                          "vip-eu", Customer.of("c-1").email("ada@shop.example").profile()))
                  .klaviyo(klaviyo.connection())
                  .mapping(FieldMapping.email("EMailAddress"))
                  .time(time)
                  .build()) {
        System.out.println(exporter.export(Segment.named("vip-eu"), klaviyo.listId()));
      }
    }
  }

  @Test
  void an_archive_holds_the_library_but_for_its_events_and_is_started_from() throws Exception {
    String classPath = jars();

    String written = run(option("-XX:ArchiveClassesAtExit"), classPath);
    String started =
        run(option("-XX:SharedArchiveFile"), classPath, "-Xshare:on", "-Xlog:class+load");

    assertThat(written).contains(DONE);
    assertThat(written.lines().filter(line -> line.contains("[warning]")))
        .filteredOn(line -> line.contains("klaviyoexport"))
        .allMatch(line -> line.contains("/internal/flight/FlightEvents$"));
    assertThat(started).contains(DONE);
    assertThat(started.lines().filter(line -> line.contains("io.github.klaviyoexport.")))
        .filteredOn(line -> line.contains(" source: "))
        .hasSizeGreaterThan(200)
        .filteredOn(line -> !line.contains("shared objects file"))
        .allMatch(line -> line.contains("FlightEvents") || line.contains("Lambda"));
  }

  /** The option as the document has it. */
  private static String option(String name) throws IOException {
    return Pattern.compile("java (" + name + "=\\S+) -cp")
        .matcher(Files.readString(DOCUMENT))
        .results()
        .map(found -> found.group(1))
        .findFirst()
        .orElseThrow();
  }

  private String run(String archive, String classPath, String... more)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add(archive);
    command.addAll(List.of(more));
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", classPath, Nightly.class.getName()));
    Process process =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  /** The class path with jars in place of folders, which archives do not take. */
  private String jars() throws IOException {
    List<String> jars = new ArrayList<>();
    for (String part : System.getProperty("java.class.path").split(File.pathSeparator)) {
      Path path = Path.of(part);
      if (Files.isDirectory(path)) {
        jars.add(jar(path, directory.resolve("classes" + jars.size() + ".jar")).toString());
      } else if (Files.exists(path)) {
        jars.add(part);
      }
    }
    return String.join(File.pathSeparator, jars);
  }

  private static Path jar(Path classes, Path jar) throws IOException {
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(file);
        Stream<Path> found = Files.walk(classes)) {
      for (Path path : found.filter(Files::isRegularFile).collect(Collectors.toList())) {
        entries.putNextEntry(
            new JarEntry(classes.relativize(path).toString().replace(File.separatorChar, '/')));
        Files.copy(path, entries);
      }
    }
    return jar;
  }
}
