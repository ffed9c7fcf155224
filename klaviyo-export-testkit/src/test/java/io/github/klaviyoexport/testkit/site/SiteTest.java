package io.github.klaviyoexport.testkit.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.testkit.internal.server.Chromium;
import io.github.klaviyoexport.testkit.site.SiteMap.Entry;
import io.github.klaviyoexport.testkit.site.SiteMap.Section;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pages of the documentation site but those of the API, which take JDK 25. */
class SiteTest {
  private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();

  @TempDir static Path site;

  @BeforeAll
  static void write_the_pages() throws IOException {
    new Site(REPOSITORY, site).writePages();
  }

  private static Map<String, String> files(Path folder) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        contents.put(folder.relativize(file).toString().replace('\\', '/'), Files.readString(file));
      }
    }
    return contents;
  }

  @Test
  void every_link_leads_to_a_page_a_heading_or_the_api() throws IOException {
    List<String> dead =
        DeadLinks.of(site).stream().filter(link -> !link.contains("-> api/")).toList();

    assertThat(dead).filteredOn(link -> !link.contains("-> ../api/")).isEmpty();
  }

  @Test
  void every_guide_is_reached_from_every_page_but_the_api() throws IOException {
    List<Entry> guides = SiteMap.of(REPOSITORY).in(Section.GUIDES);
    assertThat(guides).hasSize(8);

    files(site)
        .forEach(
            (address, html) -> {
              if (address.endsWith(".html")) {
                assertThat(guides)
                    .as(address)
                    .allSatisfy(
                        guide ->
                            assertThat(html)
                                .contains(
                                    "href=\"" + Hyperlinks.relative(address, guide.address())));
              }
            });
  }

  @Test
  void a_cell_of_a_table_knows_its_head_for_screens_that_have_no_room_for_columns()
      throws IOException {
    assertThat(Files.readString(site.resolve("guides/operations.html")))
        .contains("<td data-label=\"what to do\">mend the source, run again</td>");
  }

  @Test
  void the_same_documents_give_the_same_bytes_wherever_the_site_is_made(@TempDir Path elsewhere)
      throws IOException {
    new Site(REPOSITORY, elsewhere).writePages();

    Map<String, String> files = files(site);
    assertThat(files(elsewhere)).isEqualTo(files);
    assertThat(files.values())
        .noneMatch(text -> text.contains(REPOSITORY.toString()) || text.contains("<script"));
  }

  @Test
  void a_link_is_taken_to_the_page_the_api_or_the_sources_of_the_release() throws IOException {
    SiteMap map = SiteMap.of(REPOSITORY);
    Entry guide = map.pageOf(SiteMap.CORE + "docs/guides/sources.md").orElseThrow();
    Hyperlinks links = new Hyperlinks(REPOSITORY, map, "1.2.3", guide);

    assertThat(links.address("../values.md#types")).isEqualTo("../reference/values.html#types");
    assertThat(links.address("#objects")).isEqualTo("#objects");
    assertThat(links.address("https://fastcsv.org")).isEqualTo("https://fastcsv.org");
    assertThat(links.address("../../src/main/java/io/github/klaviyoexport/source/JdbcSource.java"))
        .isEqualTo("../api/io/github/klaviyoexport/source/JdbcSource.html");
    assertThat(links.address("../../src/main/java/io/github/klaviyoexport/source"))
        .isEqualTo("../api/io/github/klaviyoexport/source/package-summary.html");
    assertThat(links.address("../../src/main/java/io/github/klaviyoexport/internal/row"))
        .startsWith("https://github.com/klaviyoexport/klaviyo-export/tree/v1.2.3/");
    assertThat(links.address("../../../LICENSE"))
        .isEqualTo("https://github.com/klaviyoexport/klaviyo-export/blob/v1.2.3/LICENSE");
    assertThatThrownBy(() -> links.address("../gone.md"))
        .hasMessage(guide.document() + " links to ../gone.md, which is not there.");
  }

  /** Frames of three widths, and a script outside of them that says which of them scroll. */
  @Test
  void no_page_scrolls_sideways_on_phones_tablets_and_desks(@TempDir Path directory)
      throws Exception {
    Chromium chromium = Chromium.installed(directory);
    StringBuilder frames = new StringBuilder("<!DOCTYPE html><meta charset=\"utf-8\"><body>");
    List<String> expected = new ArrayList<>();
    for (String page : List.of("index.html", "guides/operations.html", "reference/fidelity.html")) {
      String html = Files.readString(site.resolve(page));
      String style = "<style>" + Files.readString(site.resolve("style.css")) + "</style>";
      String alone = html.replaceFirst("<link rel=\"stylesheet\"[^>]*>", style);
      for (int width : List.of(360, 768, 1440)) {
        expected.add(page + " " + width + " fits");
        frames.append("<iframe title=\"").append(page).append("\" height=\"900\" width=\"");
        frames.append(width).append("\" srcdoc=\"").append(HtmlText.escaped(alone));
        frames.append("\"></iframe>");
      }
    }
    frames.append(
        """
        <pre id="seen"></pre>
        <script>
        onload = () => {
          document.getElementById("seen").textContent = Array.from(
            document.querySelectorAll("iframe"),
            frame => {
              const page = frame.contentDocument.documentElement;
              return frame.title + " " + frame.width
                + (page.scrollWidth > page.clientWidth ? " SCROLLS" : " fits");
            }).join("\\n");
        };
        </script>
        """);
    Path ruler = Files.writeString(directory.resolve("ruler.html"), frames);

    Chromium.Page seen = chromium.open(ruler.toUri());

    String said = seen.html().replaceAll("(?s).*<pre id=\"seen\">|</pre>.*", "");
    assertThat(said.lines()).containsExactlyElementsOf(expected);
    assertThat(seen.console()).isEmpty();
  }
}
