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
import java.util.stream.Stream;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** The table that says how true the fake is to Klaviyo is backed by tests, row by row. */
class FidelityTest {
  private static final Path DOCUMENT = Path.of("docs/fidelity.md");
  private static final Path TESTS = Path.of("src/test/java");
  private static final Pattern ROW =
      Pattern.compile("^\\| (.+) \\| (.+) \\| `(\\w+)\\.(\\w+)` \\|$", Pattern.MULTILINE);

  private record Row(String klaviyo, String fake, String testClass, String test) {}

  private static String document() throws IOException {
    return Files.readString(DOCUMENT);
  }

  private static List<Row> rows() throws IOException {
    return ROW.matcher(document())
        .results()
        .map(row -> new Row(row.group(1), row.group(2), row.group(3), row.group(4)))
        .toList();
  }

  @Test
  void each_row_of_the_table_names_one_test_and_each_thing_stands_once() throws IOException {
    List<Row> rows = rows();

    assertThat(rows).hasSizeGreaterThan(20);
    assertThat(rows).extracting(Row::klaviyo).doesNotHaveDuplicates();
    // Beside the rows, the head and the line below it.
    assertThat(document().lines().filter(line -> line.startsWith("|")))
        .as("lines of the table, rows of any form")
        .hasSize(rows.size() + 2);
  }

  @Test
  void it_names_the_revision_that_the_fake_follows() throws IOException {
    assertThat(document()).contains("Klaviyo's revision " + RequestGate.REVISION + ",");
  }

  @Test
  void it_stands_once() throws IOException {
    String aRow = rows().get(0).test();

    assertThat(Files.readString(Path.of("../README.md"))).doesNotContain(aRow);
    assertThat(
            Files.readString(
                Path.of("src/main/java/io/github/klaviyoexport/testkit/package-info.java")))
        .contains(DOCUMENT.toString().replace('\\', '/'))
        .doesNotContain(aRow);
  }

  @Test
  void each_row_names_a_test_that_is_run() throws Exception {
    for (Row row : rows()) {
      Class<?> type = testClass(row.testClass());
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

  /** Finds the one test class of this module with the simple name, in whichever package it lies. */
  private static Class<?> testClass(String simpleName) throws Exception {
    List<Path> sources;
    try (Stream<Path> files = Files.walk(TESTS)) {
      sources = files.filter(file -> file.endsWith(simpleName + ".java")).toList();
    }
    assertThat(sources).as("test classes named %s", simpleName).hasSize(1);
    String path = TESTS.relativize(sources.get(0)).toString();
    return Class.forName(
        path.substring(0, path.length() - ".java".length()).replace('/', '.').replace('\\', '.'));
  }
}
