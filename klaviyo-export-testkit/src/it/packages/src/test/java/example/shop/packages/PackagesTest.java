package example.shop.packages;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What arrives with the two artifacts, and what does not show. */
class PackagesTest {
  private static final String VERSION = System.getProperty("klaviyo-export.version");

  @TempDir private Path directory;

  private static JarFile jar(String artifact, String ending) throws Exception {
    Class<?> part = artifact.endsWith("core") ? SegmentExporter.class : FakeKlaviyo.class;
    Path main = Path.of(part.getProtectionDomain().getCodeSource().getLocation().toURI());
    return new JarFile(main.resolveSibling(artifact + "-" + VERSION + ending + ".jar").toFile());
  }

  private static String read(JarFile jar, String entry) throws IOException {
    return new String(jar.getInputStream(jar.getEntry(entry)).readAllBytes());
  }

  @ParameterizedTest
  @CsvSource({
    "klaviyo-export-core, ''",
    "klaviyo-export-core, -sources",
    "klaviyo-export-core, -javadoc",
    "klaviyo-export-testkit, ''",
    "klaviyo-export-testkit, -sources",
    "klaviyo-export-testkit, -javadoc"
  })
  void each_jar_has_its_license_name_and_version(String artifact, String ending) throws Exception {
    try (JarFile jar = jar(artifact, ending)) {
      Attributes manifest = jar.getManifest().getMainAttributes();

      assertThat(manifest.getValue("Implementation-Title")).isEqualTo(artifact);
      assertThat(manifest.getValue("Implementation-Version")).isEqualTo(VERSION);
      assertThat(read(jar, "META-INF/LICENSE")).contains("Apache License");
    }
  }

  @Test
  void the_testkit_keeps_its_module_name() throws Exception {
    try (JarFile jar = jar("klaviyo-export-testkit", "")) {
      assertThat(jar.getManifest().getMainAttributes().getValue("Automatic-Module-Name"))
          .isEqualTo("io.github.klaviyoexport.testkit");
    }
  }

  @Test
  void javadoc_shows_examples_and_links_from_one_artifact_to_the_other_and_to_the_jdk()
      throws Exception {
    try (JarFile core = jar("klaviyo-export-core", "-javadoc");
        JarFile testkit = jar("klaviyo-export-testkit", "-javadoc")) {
      String packages = read(core, "element-list");
      String account =
          read(
              testkit,
              "io.github.klaviyoexport.testkit/io/github/klaviyoexport/testkit/FakeKlaviyo.html");

      assertThat(packages).contains("io.github.klaviyoexport.source").doesNotContain("internal");
      assertThat(account)
          .contains("service.exportTo(klaviyo.connection(), klaviyo.listId());")
          .contains("/klaviyo-export-core/" + VERSION + "/io.github.klaviyoexport.core/")
          .contains("https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/");
    }
  }

  @Test
  void main_code_is_compiled_with_the_exporter() throws IOException {
    assertThat(compiled("io.github.klaviyoexport.SegmentExporter")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "com.fasterxml.jackson.core.JsonFactory",
        "com.fasterxml.jackson.databind.ObjectMapper",
        "io.github.resilience4j.core.IntervalFunction",
        "io.github.resilience4j.ratelimiter.RateLimiter",
        "io.github.resilience4j.retry.Retry"
      })
  void what_the_exporter_uses_inside_is_there_to_run_and_not_to_compile_with(String type)
      throws Exception {
    assertThat(Class.forName(type)).isNotNull();
    assertThat(compiled(type)).containsExactly("compiler.err.doesnt.exist");
  }

  /** Compiles a class that imports a type, as main code is; returns the codes of what is wrong. */
  private List<String> compiled(String type) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> wrong = new DiagnosticCollector<>();
    List<String> options =
        List.of(
            "-d",
            directory.toString(),
            "-classpath",
            Files.readString(Path.of("target", "compile-class-path.txt")).strip());
    compiler
        .getTask(null, null, wrong, options, null, List.of(new Source("import " + type + ";")))
        .call();
    return wrong.getDiagnostics().stream().map(Diagnostic::getCode).toList();
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String imports;

    Source(String imports) {
      super(URI.create("string:///Shop.java"), Kind.SOURCE);
      this.imports = imports;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return imports + " class Shop {}";
    }
  }
}
