package io.github.klaviyoexport.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.testkit.internal.server.RequestGate;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** The tables that say how true the fake is to Klaviyo are backed by tests, row by row. */
class FidelityTest {
  private static final Pattern IN_README =
      Pattern.compile("^\\| (.+) \\| (.+) \\| `(\\w+)\\.(\\w+)` \\|$", Pattern.MULTILINE);
  private static final Pattern IN_JAVADOC =
      Pattern.compile("<tr><td>(.+)</td><td>(.+)</td><td>\\{@code (\\w+)\\.(\\w+)}</td></tr>");

  private record Row(String klaviyo, String fake, String testClass, String test) {}

  private static String readme() throws IOException {
    return Files.readString(Path.of("../README.md"));
  }

  private static String javadoc() throws IOException {
    return Files.readString(
        Path.of("src/main/java/io/github/klaviyoexport/testkit/package-info.java"));
  }

  private static List<Row> rows(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map(row -> new Row(plain(row.group(1)), row.group(2), row.group(3), row.group(4)))
        .toList();
  }

  private static String plain(String text) {
    return text.replaceAll("\\{@code ([^}]*)}", "`$1`");
  }

  @Test
  void the_readme_and_the_package_say_the_same() throws IOException {
    List<Row> rows = rows(IN_README, readme());

    assertThat(rows).hasSizeGreaterThan(20).doesNotHaveDuplicates();
    assertThat(rows(IN_JAVADOC, javadoc())).isEqualTo(rows);
    assertThat(javadoc().split("<tr><td>", -1)).as("rows of any form").hasSize(rows.size() + 1);
  }

  @Test
  void both_name_the_revision_that_the_fake_follows() throws IOException {
    assertThat(readme())
        .contains(
            "How true the fake is to Klaviyo's revision " + RequestGate.NEWEST_REVISION + ":");
    assertThat(javadoc())
        .contains("<caption>Fidelity to Klaviyo's revision " + RequestGate.NEWEST_REVISION + "</c");
  }

  @Test
  void each_row_names_a_test_that_is_run() throws Exception {
    for (Row row : rows(IN_README, readme())) {
      Class<?> type = Class.forName(getClass().getPackageName() + "." + row.testClass());
      List<Method> methods =
          Arrays.stream(type.getDeclaredMethods())
              .filter(method -> method.getName().equals(row.test()))
              .toList();

      assertThat(methods).as("%s of %s", row.test(), type).hasSize(1);
      Method test = methods.get(0);
      assertThat(
              test.isAnnotationPresent(Test.class)
                  || test.isAnnotationPresent(ParameterizedTest.class))
          .as("a test: %s", test)
          .isTrue();
      assertThat(test.isAnnotationPresent(Disabled.class)).as("off: %s", test).isFalse();
      assertThat(type.isAnnotationPresent(Disabled.class)).as("off: %s", type).isFalse();
      assertThat(Modifier.isAbstract(type.getModifiers())).as("abstract: %s", type).isFalse();
      // The names that Surefire looks for.
      assertThat(type.getSimpleName()).endsWith("Test");
    }
  }
}
