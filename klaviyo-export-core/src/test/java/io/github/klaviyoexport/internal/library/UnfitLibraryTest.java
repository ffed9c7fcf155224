package io.github.klaviyoexport.internal.library;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.CsvSource;
import io.github.klaviyoexport.source.ProfileReader;
import java.io.File;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A library that is missing or does not fit is told as that, with the version that was found and
 * those that work. Each is tried in a process of its own, in which an older one, made here, comes
 * before the right one.
 */
class UnfitLibraryTest {
  @TempDir private Path directory;

  /** What the process does: it builds a source or an exporter, and prints how that ended. */
  static final class Program {
    private Program() {}

    public static void main(String[] arguments) {
      try {
        if (arguments[0].equals("csv")) {
          CsvSource.of(Path.of("vip.csv"));
        } else {
          SegmentExporter.builder()
              .source(segment -> ProfileReader.of(List.of()))
              .mapping(FieldMapping.email("Email"))
              .klaviyo(KlaviyoConnection.of(ApiKey.of("pk_0123456789")))
              .build()
              .close();
        }
        System.out.println("It fits.");
      } catch (IllegalStateException unfit) {
        System.out.println(unfit.getMessage());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"csv", "exporter"})
  void the_libraries_of_the_build_fit(String what) throws Exception {
    assertThat(printed(what, List.of(), libraries(""))).isEqualTo("It fits.");
  }

  @Test
  void a_fastcsv_that_is_too_old_is_told_with_its_version() throws Exception {
    Path old =
        older(
            "de.siegmar.fastcsv.reader",
            "CsvReader",
            "public abstract class CsvReader<T> {}",
            Map.of("Bundle-SymbolicName", "de.siegmar.fastcsv", "Bundle-Version", "3.7.0"));

    assertThat(printed("csv", List.of(old), libraries("")))
        .isEqualTo(
            "FastCSV does not fit: the version that was found is 3.7.0, and the exporter works with"
                + " 4.4.0 or a later 4.x. Have your build resolve de.siegmar:fastcsv to such a"
                + " version, once; a newer one may be overruled by a dependency that brings an"
                + " older one.");
  }

  @Test
  void a_jackson_that_is_too_old_is_told_with_its_version() throws Exception {
    Path old =
        older(
            "com.fasterxml.jackson.core",
            "JsonFactory",
            "public class JsonFactory {}",
            Map.of(
                "Bundle-SymbolicName",
                "com.fasterxml.jackson.core.jackson-core",
                "Implementation-Version",
                "2.9.10"));

    assertThat(printed("exporter", List.of(old), libraries("")))
        .startsWith("Jackson does not fit: the version that was found is 2.9.10 and ")
        .contains(
            "works with 2.15.2 or a later 2.x", "com.fasterxml.jackson.core:jackson-databind");
  }

  @Test
  void a_resilience4j_that_is_too_old_is_told_with_its_version() throws Exception {
    Path old =
        older(
            "io.github.resilience4j.retry",
            "Retry",
            "public interface Retry {}",
            Map.of(
                "Automatic-Module-Name",
                "io.github.resilience4j.retry",
                "Implementation-Version",
                "1.7.1"));

    assertThat(printed("exporter", List.of(old), libraries("")))
        .startsWith("resilience4j does not fit: the version that was found is 1.7.1 and ")
        .contains("works with 2.2.0 or a later 2.x");
  }

  @Test
  void a_version_that_is_written_nowhere_is_unknown() throws Exception {
    Path old =
        older(
            "de.siegmar.fastcsv.reader",
            "CsvReader",
            "public abstract class CsvReader<T> {}",
            Map.of("Implementation-Version", "47.11 of an application"));

    assertThat(printed("csv", List.of(old), libraries("")))
        .contains("the version that was found is unknown,");
  }

  @ParameterizedTest
  @org.junit.jupiter.params.provider.CsvSource({
    "csv, fastcsv, CSV files are read by FastCSV",
    "exporter, jackson, JSON is read by Jackson",
    "exporter, resilience4j, calls to Klaviyo are limited by resilience4j"
  })
  void a_library_that_is_missing_is_named(String what, String library, String words)
      throws Exception {
    assertThat(printed(what, List.of(), libraries(library)))
        .startsWith(words + ", which is not on the class path: add ");
  }

  @Test
  void a_fastcsv_that_the_module_does_not_see_is_told_as_that() throws Exception {
    List<String> command =
        List.of(
            java(),
            "--module-path",
            place(CsvSource.class) + File.pathSeparator + libraries(""),
            "--patch-module",
            "io.github.klaviyoexport.core=" + place(Program.class),
            "--module",
            "io.github.klaviyoexport.core/" + Program.class.getName(),
            "csv");

    assertThat(run(command))
        .startsWith("FastCSV is not visible to the module of the exporter: ")
        .contains("on the module path", "requires de.siegmar.fastcsv", "--add-modules");
  }

  /** Runs the program with some jars before the libraries; returns what it printed. */
  private static String printed(String what, List<Path> before, String libraries) throws Exception {
    List<String> path = new ArrayList<>();
    before.forEach(jar -> path.add(jar.toString()));
    path.add(place(CsvSource.class).toString());
    path.add(place(Program.class).toString());
    path.add(libraries);
    return run(
        List.of(
            java(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            String.join(File.pathSeparator, path),
            Program.class.getName(),
            what));
  }

  private static String run(List<String> command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String printed =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    // A JVM that takes options from its environment says so before anything else.
    return printed.replaceFirst("^Picked up JAVA_TOOL_OPTIONS:.*\\R", "");
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private static Path place(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  /** Returns the path of the libraries of this process, without those of one name. */
  private static String libraries(String without) {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(jar -> jar.endsWith(".jar"))
        .filter(
            jar ->
                Stream.of("jackson", "resilience4j", "fastcsv", "slf4j-api", "jspecify")
                    .anyMatch(needed -> new File(jar).getName().contains(needed)))
        .filter(jar -> without.isEmpty() || !new File(jar).getName().contains(without))
        .reduce((some, more) -> some + File.pathSeparator + more)
        .orElseThrow();
  }

  /** Makes the jar of a library in which a class lacks what later versions have. */
  private Path older(String packageName, String name, String code, Map<String, String> manifest)
      throws Exception {
    Path source = directory.resolve(name + ".java");
    Files.writeString(source, "package " + packageName + ";\n" + code);
    assertThat(
            ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-proc:none", "-d", directory.toString(), source.toString()))
        .isZero();
    Manifest says = new Manifest();
    says.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.forEach((key, value) -> says.getMainAttributes().putValue(key, value));
    Path jar = directory.resolve("older.jar");
    String entry = packageName.replace('.', '/') + "/" + name + ".class";
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(file, says)) {
      entries.putNextEntry(new JarEntry(entry));
      Files.copy(directory.resolve(entry), entries);
    }
    return jar;
  }
}
