package io.github.klaviyoexport.testkit.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeadLinksTest {
  @TempDir Path site;

  @BeforeEach
  void write_another_page() throws IOException {
    Files.createDirectory(site.resolve("deeper"));
    Files.writeString(
        site.resolve("deeper/other.html"),
        "<h1 id=\"there\">There</h1><a id=\"of(java.util.List&lt;T&gt;)\"></a>");
  }

  private void page(String html) throws IOException {
    Files.writeString(site.resolve("index.html"), html);
  }

  @Test
  void links_to_pages_headings_and_other_sites_are_well() throws IOException {
    page(
        """
        <h1 id="here">Here</h1> <a href="#here">up</a> <a href="deeper/other.html">other</a>
        <a class="x" href="deeper/other.html#there">there</a> <a href="https://example.org">far</a>
        <a href="deeper/other.html#of(java.util.List%3CT%3E)">method</a>
        <!-- <a href="gone.html">not any more</a> -->
        """);

    assertThat(DeadLinks.of(site)).isEmpty();
  }

  @Test
  void a_page_that_is_not_there_is_found() throws IOException {
    page("<p>See <a title=\"x\" href=\"deeper/gone.html\">this</a>.");

    assertThat(DeadLinks.of(site)).containsExactly("index.html -> deeper/gone.html: no such file");
  }

  @Test
  void a_heading_that_is_not_there_is_found() throws IOException {
    page("<a href=\"deeper/other.html#gone\">this</a> <a href=\"#gone\">that</a>");

    assertThat(DeadLinks.of(site))
        .containsExactly(
            "index.html -> deeper/other.html#gone: no such anchor",
            "index.html -> #gone: no such anchor");
  }

  @Test
  void a_link_out_of_the_site_is_found() throws IOException {
    page("<a href=\"../secret.html\">this</a>");

    assertThat(DeadLinks.of(site))
        .containsExactly("index.html -> ../secret.html: leads out of the site");
  }

  @Test
  void what_a_page_would_fetch_from_elsewhere_is_found() throws IOException {
    page(
        "<link rel=\"stylesheet\" href=\"https://fonts.example/a.css\">"
            + "<script src=\"//tracker.example/t.js\"></script>");

    assertThat(DeadLinks.of(site))
        .containsExactly(
            "index.html -> https://fonts.example/a.css: is fetched from elsewhere",
            "index.html -> //tracker.example/t.js: is fetched from elsewhere");
  }
}
