package io.github.klaviyoexport.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A consumer project can be copied out of the repository and built with a released version: all it
 * takes from here is its own folder, and the version of ours is all that is put in.
 */
class ConsumerProjectsTest {
  private static final Pattern PUT_IN = Pattern.compile("@[\\w.]+@");
  private static final Pattern OURS =
      Pattern.compile(
          "<groupId>io.github.klaviyoexport</groupId>\\s*<artifactId>[\\w-]+</artifactId>\\s*<version>(.+?)</version>");
  private static final Pattern PLUGIN = Pattern.compile("<plugin>(.*?)</plugin>", Pattern.DOTALL);

  static List<Path> projects() throws IOException {
    try (Stream<Path> light = Files.list(Path.of("src/it"));
        Stream<Path> heavy = Files.list(Path.of("src/it-heavy"))) {
      return Stream.concat(light, heavy).filter(Files::isDirectory).sorted().toList();
    }
  }

  private static String pom(Path project) throws IOException {
    return Files.readString(project.resolve("pom.xml")).replace("\r\n", "\n");
  }

  @ParameterizedTest
  @MethodSource("projects")
  void it_is_named_as_its_folder_and_has_no_parent_here(Path project) throws IOException {
    assertThat(pom(project))
        .contains(
            "<artifactId>" + project.getFileName() + "</artifactId>\n  <version>1.0</version>")
        .doesNotContain("<relativePath>", "<module>", "<systemPath>", "../")
        .doesNotContainPattern("<parent>\\s*<groupId>io.github.klaviyoexport<");
  }

  @ParameterizedTest
  @MethodSource("projects")
  void the_released_version_is_all_that_is_put_into_it(Path project) throws IOException {
    assertThat(OURS.matcher(pom(project)).results().map(ours -> ours.group(1)))
        .isNotEmpty()
        .allMatch(List.of("@project.version@", "${klaviyo-export.version}")::contains);
    assertThat(pom(project).replace("@project.version@", "")).doesNotContainPattern(PUT_IN);
    try (Stream<Path> files = Files.walk(project)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!file.endsWith("pom.xml")) {
          assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
              .as(file.toString())
              .doesNotContainPattern(PUT_IN)
              .doesNotContain("klaviyo-export-testkit/src", "klaviyo-export-core/src", "\"../");
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("projects")
  void each_plugin_that_it_names_has_a_version(Path project) throws IOException {
    for (MatchResult plugin : PLUGIN.matcher(pom(project)).results().toList()) {
      assertThat(plugin.group(1)).contains("<version>");
    }
  }
}
