package io.github.klaviyoexport.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The versions that the README names are those of the build and of its consumer project. */
class ReadmeVersionsTest {
  private static final Path PROJECT = Path.of("..");
  private static final Pattern OF_GRADLE =
      Pattern.compile("(\\w+)\\(\"io.github.klaviyoexport:([\\w-]+):([^\"]+)\"\\)");

  private static String read(String file) throws IOException {
    return Files.readString(PROJECT.resolve(file)).replace("\r\n", "\n");
  }

  private static String only(String pattern, String text) {
    List<String> found =
        Pattern.compile(pattern, Pattern.DOTALL)
            .matcher(text)
            .results()
            .map(match -> match.group(1))
            .toList();
    assertThat(found).as(pattern).hasSize(1);
    return found.get(0);
  }

  @Test
  void gradle_takes_what_maven_takes() throws IOException {
    String readme = read("README.md");
    String version =
        only("<artifactId>klaviyo-export</artifactId>\n  <version>(.+?)<", read("pom.xml"));
    List<MatchResult> gradle = OF_GRADLE.matcher(readme).results().toList();

    assertThat(gradle)
        .extracting(taken -> taken.group(1) + " " + taken.group(2))
        .containsExactly(
            "implementation klaviyo-export-core", "testImplementation klaviyo-export-testkit");
    assertThat(gradle).extracting(taken -> taken.group(3)).containsOnly(version);
    for (MatchResult taken : gradle) {
      assertThat(readme)
          .contains(
              "<artifactId>"
                  + taken.group(2)
                  + "</artifactId>\n  <version>"
                  + version
                  + "</version>");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Jackson, jackson, JACKSON",
    "resilience4j, resilience4j, RESILIENCE4J",
    "FastCSV, fastcsv, FASTCSV",
    "Micrometer, micrometer,",
    "JUnit, junit,",
    "AssertJ, assertj,"
  })
  void the_ends_of_what_is_supported_are_built_by_the_consumer_project(
      String words, String property, String constant) throws IOException {
    String project = read("klaviyo-export-testkit/src/it-heavy/versions/pom.xml");
    String row = only("\n(\\| \\[?" + words + "[ ,\\]|][^\n]+)", read("README.md"));
    String oldest = versionIn("oldest", property, project);
    String newest = versionIn("newest", property, project);

    assertThat(row)
        .contains(oldest.equals(newest) ? "| " + oldest + " |" : oldest + " to " + newest);
    if (constant != null) {
      String library =
          read(
              "klaviyo-export-core/src/main/java/io/github/klaviyoexport/internal/library/Library.java");
      assertThat(only("\n  " + constant + "\\((.+?)\\)[,;]", library))
          .as("what is said where it does not fit")
          .contains("\"" + oldest + " or a later ");
    }
  }

  private static String versionIn(String profile, String property, String project) {
    String properties = only("<id>" + profile + "</id>(.*?)</properties>", project);
    return only("<" + property + ".version>(.+?)<", properties);
  }

  @Test
  void both_generations_of_spring_boot_that_are_supported_have_a_project() throws IOException {
    String parent = "<artifactId>spring-boot-starter-parent</artifactId>\\s*<version>(.+?)<";
    String old = only(parent, read("klaviyo-export-testkit/src/it-heavy/spring-boot-3/pom.xml"));
    String current = only(parent, read("klaviyo-export-testkit/src/it-heavy/spring-boot/pom.xml"));

    assertThat(only("\n(\\| Spring Boot [^\n]+)", read("README.md")))
        .endsWith("| " + old + " and " + current + " |");
  }

  @Test
  void the_build_compiles_with_what_is_supported() throws IOException {
    String build = read("pom.xml");
    String project = read("klaviyo-export-testkit/src/it-heavy/versions/pom.xml");

    for (String library : List.of("assertj", "fastcsv", "micrometer", "resilience4j")) {
      assertThat(only("<" + library + ".version>(.+?)<", build))
          .as(library)
          .isEqualTo(versionIn("newest", library, project));
    }
    assertThat(only("\n(\\| libphonenumber [^\n]+)", read("README.md")))
        .endsWith("| " + only("<libphonenumber.version>(.+?)<", build) + " |");
  }
}
