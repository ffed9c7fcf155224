package io.github.klaviyoexport.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What documents say about each other and about the packages is so. */
class DocumentsTest {
  private static final Path PROJECT = Path.of("..");
  private static final List<Path> MODULES =
      List.of(PROJECT.resolve("klaviyo-export-core"), PROJECT.resolve("klaviyo-export-testkit"));
  private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("^#+ (.+)$", Pattern.MULTILINE);
  private static final Pattern RECORD = Pattern.compile("\\d{4}-[a-z0-9-]+\\.md");

  @Test
  void links_between_documents_lead_somewhere() throws IOException {
    List<String> broken = new ArrayList<>();
    int links = 0;
    for (Path document : documents()) {
      for (MatchResult link : LINK.matcher(Files.readString(document)).results().toList()) {
        String[] target = link.group(1).split("#", 2);
        if (target[0].contains(":")) {
          continue;
        }
        links++;
        Path file = target[0].isEmpty() ? document : document.resolveSibling(target[0]);
        if (!Files.exists(file) || target.length == 2 && !anchors(file).contains(target[1])) {
          broken.add(document + " -> " + link.group(1));
        }
      }
    }
    assertThat(links).as("links found").isGreaterThan(30);
    assertThat(broken).as("links that lead nowhere").isEmpty();
  }

  private static List<Path> documents() throws IOException {
    List<Path> folders = new ArrayList<>(List.of(PROJECT.resolve(".github")));
    MODULES.forEach(module -> folders.add(module.resolve("docs")));
    List<Path> documents =
        new ArrayList<>(List.of(PROJECT.resolve("README.md"), PROJECT.resolve("CHANGELOG.md")));
    for (Path folder : folders) {
      try (Stream<Path> files = Files.walk(folder)) {
        files.filter(file -> file.toString().endsWith(".md")).forEach(documents::add);
      }
    }
    return documents;
  }

  /** Returns the names under which the headings of a document can be linked to. */
  private static List<String> anchors(Path document) throws IOException {
    return HEADING
        .matcher(Files.readString(document))
        .results()
        .map(heading -> heading.group(1).toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^a-z0-9 -]", "").replace(' ', '-'))
        .toList();
  }

  @Test
  void each_decision_record_stands_in_the_index_beside_it() throws IOException {
    for (Path record : records()) {
      String file = record.getFileName().toString();
      String number = file.substring(0, 4);
      String title = Files.readString(record).lines().findFirst().orElseThrow();

      assertThat(title).as(file).startsWith("# " + number + ": ");
      assertThat(Files.readString(record.resolveSibling("README.md")))
          .as("the index beside %s", file)
          .contains("| [" + number + "](" + file + ") | " + title.substring(8) + " |");
    }
  }

  @Test
  void an_index_of_decision_records_is_one_table_in_the_order_of_their_numbers()
      throws IOException {
    for (Path module : MODULES) {
      List<String> lines = Files.readAllLines(module.resolve("docs/decisions/README.md"));
      List<String> rows =
          lines.stream()
              .dropWhile(line -> !line.startsWith("| ["))
              .takeWhile(line -> line.startsWith("| ["))
              .toList();

      assertThat(rows).as("rows in %s", module).hasSizeGreaterThan(5).isSorted();
      assertThat(lines.stream().filter(line -> line.startsWith("| [")))
          .as("rows in %s that stand outside of the table", module)
          .hasSameSizeAs(rows);
    }
  }

  @Test
  void a_number_that_no_decision_record_has_is_named_as_never_used() throws IOException {
    String index = Files.readString(MODULES.get(0).resolve("docs/decisions/README.md"));
    List<String> used =
        records().stream().map(record -> record.getFileName().toString().substring(0, 4)).toList();
    int last = used.stream().mapToInt(Integer::parseInt).max().orElseThrow();

    assertThat(
            IntStream.rangeClosed(1, last)
                .mapToObj(number -> String.format(Locale.ROOT, "%04d", number)))
        .filteredOn(number -> !used.contains(number))
        .allSatisfy(number -> assertThat(index).contains(number));
  }

  @Test
  void a_number_is_that_of_one_decision_record() throws IOException {
    assertThat(records())
        .hasSizeGreaterThan(25)
        .extracting(record -> record.getFileName().toString().substring(0, 4))
        .doesNotHaveDuplicates();
  }

  @Test
  void each_decision_record_has_its_four_parts_in_order() throws IOException {
    for (Path record : records()) {
      assertThat(Files.readString(record))
          .as(record.getFileName().toString())
          .containsSubsequence("\nQuestion? ", "\nDecision. ", "\nBecause. ", "\nRevisit when ");
    }
  }

  private static List<Path> records() throws IOException {
    List<Path> records = new ArrayList<>();
    for (Path module : MODULES) {
      try (Stream<Path> files = Files.list(module.resolve("docs/decisions"))) {
        files
            .filter(file -> RECORD.matcher(file.getFileName().toString()).matches())
            .sorted()
            .forEach(records::add);
      }
    }
    return records;
  }

  @Test
  void the_overview_names_every_package_that_is_exported() throws IOException {
    Path sources = MODULES.get(0).resolve("src/main");
    String overview = Files.readString(sources.resolve("javadoc/overview.html"));
    List<String> exported =
        Pattern.compile("exports ([\\w.]+);")
            .matcher(Files.readString(sources.resolve("java/module-info.java")))
            .results()
            .map(exports -> exports.group(1))
            .toList();

    assertThat(exported).hasSizeGreaterThan(6);
    assertThat(exported).allSatisfy(name -> assertThat(overview).contains("{@link " + name + "}:"));
  }

  @Test
  void contributors_are_told_what_is_in_each_internal_room() throws IOException {
    String rooms = Files.readString(PROJECT.resolve(".github/CONTRIBUTING.md"));
    int found = 0;
    for (Path module : MODULES) {
      Path sources = module.resolve("src/main/java");
      try (Stream<Path> files = Files.walk(sources)) {
        for (Path room : files.filter(file -> file.endsWith("package-info.java")).toList()) {
          String name = sources.relativize(room.getParent()).toString().replaceAll("[/\\\\]", ".");
          int internal = name.indexOf(".internal");
          if (internal >= 0) {
            found++;
            assertThat(rooms).contains("\n| `" + name.substring(internal + 1) + "` | ");
          }
        }
      }
    }
    assertThat(found).as("internal rooms").isGreaterThan(15);
  }
}
