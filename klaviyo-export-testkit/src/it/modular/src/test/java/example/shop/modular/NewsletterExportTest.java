package example.shop.modular;

import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program in this test's own JVM, whose modules Surefire makes, and in one of its own. */
class NewsletterExportTest {
  @TempDir private Path folder;

  @BeforeEach
  void two_customers_want_the_newsletter() throws Exception {
    Files.writeString(
        folder.resolve("newsletter.csv"),
        "EMailAddress,FirstName\nada@shop.example,Ada\nbo@shop.example,Bo\n");
  }

  @Test
  void a_module_exports_a_csv_file() {
    assertThat(NewsletterExport.class.getModule().isNamed()).isTrue();
    assertThat(SegmentExporter.class.getModule().getName())
        .isEqualTo("io.github.klaviyoexport.core");

    try (FakeKlaviyo klaviyo = FakeKlaviyo.start()) {
      NewsletterExport.run(folder, klaviyo.connection(), klaviyo.listId());

      assertThat(klaviyo.list()).holdsExactly("ada@shop.example", "bo@shop.example");
    }
  }

  @Test
  void it_runs_with_nothing_on_the_class_path() throws Exception {
    try (FakeKlaviyo klaviyo = FakeKlaviyo.start()) {
      ProcessBuilder program =
          new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-XX:TieredStopAtLevel=1",
              "--module-path",
              modules(),
              "--module",
              "example.shop.modular/" + NewsletterExport.class.getName(),
              folder.toString(),
              klaviyo.baseUrl().toString(),
              klaviyo.listId().value());
      program.environment().put("KLAVIYO_API_KEY", klaviyo.apiKey().value());
      program.environment().remove("CLASSPATH");
      Process process = program.redirectError(ProcessBuilder.Redirect.INHERIT).start();

      assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .isEqualToIgnoringNewLines("2");
      assertThat(process.waitFor()).isZero();
      assertThat(klaviyo.list()).holdsExactly("ada@shop.example", "bo@shop.example");
    }
  }

  /** Returns what this test has on its module path, without what is of tests. */
  private static String modules() {
    return Stream.of(System.getProperty("jdk.module.path").split(File.pathSeparator))
        .filter(entry -> !entry.contains("test-classes"))
        .collect(Collectors.joining(File.pathSeparator));
  }
}
