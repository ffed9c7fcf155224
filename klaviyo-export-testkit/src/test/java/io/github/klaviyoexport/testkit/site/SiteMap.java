package io.github.klaviyoexport.testkit.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Which documents of the repository are pages of the site, in the order of its menu. */
final class SiteMap {
  static final String CORE = "klaviyo-export-core/";
  static final String TESTKIT = "klaviyo-export-testkit/";
  private static final List<List<String>> GUIDES =
      List.of(
          guide(CORE, "docs/guides/getting-started", "Getting started"),
          guide(CORE, "docs/guides/sources", "Sources"),
          guide(CORE, "docs/guides/mapping", "Mapping and values"),
          guide(CORE, "docs/guides/mirror", "Mirrors"),
          guide(CORE, "docs/guides/operations", "Operations"),
          guide(CORE, "docs/observing", "Observing"),
          guide(TESTKIT, "docs/guides/testing", "Testing"),
          guide(CORE, "docs/guides/administrators", "Administrators"));
  private static final List<List<String>> REFERENCE =
      List.of(
          List.of("README.md", "reference/readme.html", "At a glance"),
          List.of(CORE + "docs/values.md", "reference/values.html", "Values"),
          List.of(TESTKIT + "docs/fidelity.md", "reference/fidelity.html", "The fake"),
          List.of("CHANGELOG.md", "reference/changes.html", "Changes"),
          List.of(".github/CONTRIBUTING.md", "reference/contributing.html", "Contributing"),
          List.of(".github/SECURITY.md", "reference/security.html", "Security"),
          List.of(CORE + "docs/decisions/README.md", "decisions/index.html", "Decisions"),
          List.of(
              TESTKIT + "docs/decisions/README.md",
              "decisions/testkit.html",
              "Decisions on the testkit"));

  /** Where in the menu a page stands; decision records are reached from their indexes. */
  enum Section {
    GUIDES,
    REFERENCE,
    DECISIONS
  }

  /**
   * A document that is a page.
   *
   * @param document its place in the repository, with slashes
   * @param address its place on the site, with slashes
   * @param name what it is called in the menu
   */
  record Entry(Section section, String document, String address, String name) {}

  private final List<Entry> entries;

  private SiteMap(List<Entry> entries) {
    this.entries = entries;
  }

  static SiteMap of(Path repository) throws IOException {
    List<Entry> entries = new ArrayList<>();
    GUIDES.forEach(page -> entries.add(entry(Section.GUIDES, page)));
    REFERENCE.forEach(page -> entries.add(entry(Section.REFERENCE, page)));
    for (String module : List.of(CORE, TESTKIT)) {
      try (Stream<Path> records = Files.list(repository.resolve(module + "docs/decisions"))) {
        records
            .map(record -> record.getFileName().toString())
            .filter(name -> name.matches("\\d{4}-.*\\.md"))
            .sorted()
            .forEach(
                name ->
                    entries.add(
                        new Entry(
                            Section.DECISIONS,
                            module + "docs/decisions/" + name,
                            "decisions/" + name.replace(".md", ".html"),
                            name)));
      }
    }
    return new SiteMap(entries);
  }

  private static List<String> guide(String module, String document, String name) {
    String file = document.substring(document.lastIndexOf('/') + 1);
    return List.of(module + document + ".md", "guides/" + file + ".html", name);
  }

  private static Entry entry(Section section, List<String> page) {
    return new Entry(section, page.get(0), page.get(1), page.get(2));
  }

  List<Entry> entries() {
    return entries;
  }

  List<Entry> in(Section section) {
    return entries.stream().filter(entry -> entry.section() == section).toList();
  }

  /** Returns the page that a file of the repository is, if it is one. */
  Optional<Entry> pageOf(String document) {
    return entries.stream().filter(entry -> entry.document().equals(document)).findFirst();
  }
}
