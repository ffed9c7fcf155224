package io.github.klaviyoexport.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.assertj.core.util.diff.DiffUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What users may call is written down in {@code api.txt}, so that every change to it is seen. */
class PublicApiTest {
  private static final Path ROOT = Path.of(System.getProperty("basedir", "")).resolve("..");
  private static final Pattern QUALIFIED_NAME =
      Pattern.compile("\\b[a-z]\\w*(\\.\\w+)*\\.[A-Z]\\w*");
  private static final boolean ACCEPT = Boolean.getBoolean("api.accept");

  @ParameterizedTest
  @ValueSource(strings = {"klaviyo-export-core", "klaviyo-export-testkit"})
  void the_public_api_is_the_one_written_down(String module) throws IOException {
    Path file = ROOT.resolve(module).resolve("api.txt");
    List<String> actual = apiOf(module);
    if (ACCEPT) {
      Files.write(file, actual);
    }

    List<String> expected = Files.exists(file) ? Files.readAllLines(file) : List.of();

    assertThat(actual)
        .overridingErrorMessage(() -> advice(module, diff(expected, actual)))
        .isEqualTo(expected);
  }

  @Test
  void core_shows_no_type_of_a_library_but_of_those_it_is_at_home_in() {
    assertThat(libraryTypesIn("klaviyo-export-core"))
        .allMatch(name -> name.startsWith("io.micrometer."));
  }

  @Test
  void the_testkit_shows_no_type_of_a_library_but_those_it_is_made_for() {
    assertThat(libraryTypesIn("klaviyo-export-testkit"))
        .allMatch(
            name ->
                name.startsWith("com.github.tomakehurst.wiremock.")
                    || name.startsWith("org.assertj.core.api.")
                    || name.startsWith("org.junit.jupiter.api.extension."));
  }

  private static List<String> libraryTypesIn(String module) {
    return apiOf(module).stream()
        .flatMap(line -> QUALIFIED_NAME.matcher(line).results().map(MatchResult::group))
        .distinct()
        .toList();
  }

  private static List<String> apiOf(String module) {
    return PublicApi.of(ROOT.resolve(module).resolve("target/classes"));
  }

  private static String advice(String module, String diff) {
    return """
        The public API of %s differs from its api.txt. If that is what you want, accept it with
          mvn -pl klaviyo-export-testkit -am test -Dtest=PublicApiTest \
        -DfailIfNoTests=false -Dapi.accept=true
        commit api.txt and tell users in CHANGELOG.md.

        %s
        """
        .formatted(module, diff);
  }

  private static String diff(List<String> expected, List<String> actual) {
    var patch = DiffUtils.diff(expected, actual);
    return String.join(
        "\n", DiffUtils.generateUnifiedDiff("api.txt", "compiled", expected, patch, 3));
  }
}
