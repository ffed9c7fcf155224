package io.github.klaviyoexport.testkit.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A region of a test, as a guide shows it: between {@code // @start region="x"} and the next {@code
 * // @end}, without its indentation, and with what {@code @replace} says replaced.
 */
final class Region {
  private static final List<String> TESTS =
      List.of(SiteMap.CORE + "src/test/java", SiteMap.TESTKIT + "src/test/java");
  private static final Pattern REPLACE =
      Pattern.compile(
          "\\s*// @replace (substring|regex)=(['\"])(.*?)\\2 replacement=(['\"])(.*?)\\4(:?)$");

  private Region() {}

  /**
   * Returns the code of a region.
   *
   * @param test the simple name of the test's class
   * @throws IllegalArgumentException if there is no such test or no such region in it
   */
  static String of(Path repository, String test, String name) throws IOException {
    List<String> lines = Files.readAllLines(file(repository, test));
    int start = indexOf(lines, "// @start region=\"" + name + "\"", 0);
    if (start < 0) {
      throw new IllegalArgumentException(test + " has no region " + name + ".");
    }
    int end = indexOf(lines, "// @end", start);
    // A last line that is empty would count as one without indentation.
    return replaced(lines.subList(start + 1, end)).stripTrailing().stripIndent().strip() + "\n";
  }

  private static Path file(Path repository, String test) throws IOException {
    for (String root : TESTS) {
      try (Stream<Path> files = Files.walk(repository.resolve(root))) {
        List<Path> found = files.filter(file -> file.endsWith(test + ".java")).toList();
        if (found.size() > 1) {
          throw new IllegalArgumentException("Several tests are called " + test + ": " + found);
        }
        if (!found.isEmpty()) {
          return found.get(0);
        }
      }
    }
    throw new IllegalArgumentException("There is no test " + test + ".");
  }

  private static int indexOf(List<String> lines, String mark, int from) {
    for (int i = from; i < lines.size(); i++) {
      if (lines.get(i).strip().equals(mark)) {
        return i;
      }
    }
    return -1;
  }

  private static String replaced(List<String> lines) {
    List<String> shown = new ArrayList<>();
    Matcher next = null;
    for (String line : lines) {
      Matcher replace = REPLACE.matcher(line);
      if (!replace.find()) {
        shown.add(next == null ? line : replaced(line, next));
        next = null;
      } else if (!replace.group(6).isEmpty()) {
        next = replace;
      } else {
        String rest = replaced(line.substring(0, replace.start()), replace);
        if (!rest.isBlank()) {
          shown.add(rest);
        }
      }
    }
    return String.join("\n", shown);
  }

  private static String replaced(String line, Matcher how) {
    return how.group(1).equals("regex")
        ? line.replaceAll(how.group(3), how.group(5))
        : line.replace(how.group(3), how.group(5));
  }
}
