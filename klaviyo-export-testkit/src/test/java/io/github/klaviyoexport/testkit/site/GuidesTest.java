package io.github.klaviyoexport.testkit.site;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.testkit.site.SiteMap.Entry;
import io.github.klaviyoexport.testkit.site.SiteMap.Section;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What guides show is so: their Java is regions of tests, and nothing is left out of their tables.
 *
 * <p>Run with {@code -Dguides.write=true}, it writes the regions into the guides.
 */
class GuidesTest {
  private static final Path REPOSITORY = Path.of("..");
  private static final Pattern EXAMPLE =
      Pattern.compile("(?:<!-- region: (\\w+)\\.(\\w+) -->\n)?```java\n(.*?)```\n", Pattern.DOTALL);

  private static List<Path> guides() throws IOException {
    return SiteMap.of(REPOSITORY).in(Section.GUIDES).stream()
        .map(Entry::document)
        .map(REPOSITORY::resolve)
        .toList();
  }

  @Test
  void every_example_in_java_is_the_region_of_a_test_that_is_named_before_it() throws IOException {
    int found = 0;
    List<String> wrong = new ArrayList<>();
    for (Path guide : guides()) {
      if (Boolean.getBoolean("guides.write")) {
        Files.writeString(guide, written(Files.readString(guide)));
      }
      for (MatchResult example : EXAMPLE.matcher(Files.readString(guide)).results().toList()) {
        found++;
        if (example.group(1) == null || !example.group(3).equals(region(example))) {
          wrong.add(guide.getFileName() + ":\n" + example.group());
        }
      }
    }
    assertThat(found).as("examples found").isGreaterThan(25);
    assertThat(wrong).as("examples that are no regions; -Dguides.write=true writes them").isEmpty();
  }

  private static String region(MatchResult example) throws IOException {
    return Region.of(REPOSITORY, example.group(1), example.group(2));
  }

  private static String written(String guide) throws IOException {
    StringBuilder written = new StringBuilder();
    Matcher examples = EXAMPLE.matcher(guide);
    int end = 0;
    while (examples.find()) {
      if (examples.group(1) != null) {
        written.append(guide, end, examples.start(3)).append(region(examples));
        end = examples.end(3);
      }
    }
    return written.append(guide.substring(end)).toString();
  }

  @Test
  void the_folders_of_guides_hold_no_guide_that_the_site_leaves_out() throws IOException {
    List<Path> found = new ArrayList<>();
    for (String module : List.of(SiteMap.CORE, SiteMap.TESTKIT)) {
      try (Stream<Path> files = Files.list(REPOSITORY.resolve(module + "docs/guides"))) {
        files.forEach(found::add);
      }
    }
    assertThat(guides()).containsAll(found);
  }

  @Test
  void a_guide_is_read_in_five_minutes_and_begins_with_what_its_reader_wants() throws IOException {
    for (Path guide : guides()) {
      String text = Files.readString(guide);
      String prose = text.replaceAll("(?s)```.*?```", " ").replaceAll("\\(\\S+\\)|[|`#*]", " ");
      assertThat(prose.strip().split("\\s+")).as("words of %s", guide).hasSizeLessThan(1_200);
      assertThat(text).as("beginning of %s", guide).matches("(?s)# [A-Z][^\n]+\n\n[A-Z].*");
    }
  }

  @Test
  void operators_are_told_what_each_reason_for_stopping_means_and_what_to_do() throws IOException {
    String guide = Files.readString(REPOSITORY.resolve(SiteMap.CORE + "docs/guides/operations.md"));
    List<String> told =
        Pattern.compile("^\\| `([A-Z_]+)` \\| [^|]+ \\| [^|]+ \\|$", Pattern.MULTILINE)
            .matcher(guide)
            .results()
            .map(row -> row.group(1))
            .toList();

    assertThat(told)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(ExportException.Reason.values()).map(Enum::name).toList());
  }

  @Test
  void the_version_in_guides_is_that_of_the_poms() throws IOException {
    String version = Site.version(REPOSITORY);
    for (Path guide : guides()) {
      assertThat(
              Pattern.compile("<version>(.*?)</version>")
                  .matcher(Files.readString(guide))
                  .results()
                  .map(named -> named.group(1)))
          .as("%s", guide)
          .allMatch(version::equals);
    }
  }
}
