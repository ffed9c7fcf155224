package io.github.klaviyoexport.testkit.site;

import io.github.klaviyoexport.testkit.site.SiteMap.Entry;
import io.github.klaviyoexport.testkit.site.SiteMap.Section;
import java.util.List;
import java.util.Map;

/** What all pages have around their text: head, bar, menu, contents, and the way on. */
final class PageFrame {
  static final String STYLE = "style.css";
  static final String HOME = "index.html";
  static final String API = "api/index.html";
  private static final String SOURCES = "https://github.com/klaviyoexport/klaviyo-export";

  private final String version;

  private final List<Entry> guides;
  private final List<Entry> reference;

  PageFrame(SiteMap map, String version) {
    this.version = version;
    this.guides = map.in(Section.GUIDES);
    this.reference = map.in(Section.REFERENCE);
  }

  /** Returns a page with a menu beside its text. */
  String page(Entry entry, MarkdownPage page) {
    String at = entry.address();
    return head(at, page.title() + " · klaviyo-export")
        + "<div class=\"columns\">\n"
        + "<main id=\"text\">\n"
        + page.html()
        + wayOn(entry)
        + "</main>\n"
        + contents(page)
        + menu(at)
        + "</div>\n"
        + foot();
  }

  /**
   * Returns the page that all others are reached from.
   *
   * @param beginning what it begins with, as HTML
   * @param leads what each guide is about, by its address
   */
  String home(String beginning, Map<String, String> leads) {
    StringBuilder html = new StringBuilder(head(HOME, "klaviyo-export"));
    html.append("<main id=\"text\" class=\"home\">\n<section class=\"hero\">\n");
    html.append("<div><h1>klaviyo-export</h1>\n").append(beginning).append("</div>\n");
    html.append("<p class=\"ways\"><a class=\"first\" href=\"")
        .append(guides.get(0).address())
        .append("\">Get started</a> <a href=\"" + API + "\">Read the API</a></p>\n</section>\n");
    html.append("<h2 id=\"guides\">Guides</h2>\n<div class=\"cards\">\n");
    for (Entry guide : guides) {
      html.append("<a class=\"card\" href=\"").append(guide.address()).append("\"><b>");
      html.append(HtmlText.escaped(guide.name())).append("</b> <span>");
      html.append(HtmlText.escaped(leads.get(guide.address()))).append("</span></a>\n");
    }
    html.append("</div>\n<h2 id=\"reference\">To look things up</h2>\n<ul class=\"plain\">\n");
    html.append("<li><a href=\"" + API + "\">API of library and testkit</a></li>\n");
    for (Entry entry : reference) {
      html.append("<li>").append(link(HOME, entry)).append("</li>\n");
    }
    return html.append("</ul>\n</main>\n").append(foot()).toString();
  }

  /** Returns the bar's links for pages of the API, which lie one folder deeper. */
  static String barOfApi() {
    return "<a href=\"{@docRoot}/../"
        + HOME
        + "\">klaviyo-export</a> "
        + "<a href=\"{@docRoot}/../"
        + HOME
        + "#guides\">Guides</a>";
  }

  private String head(String at, String title) {
    return """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>%s</title>
    <link rel="stylesheet" href="%s">
    </head>
    <body>
    <a class="skip" href="#text">To the text</a>
    <header class="bar"><nav aria-label="Site">
    <a class="brand" href="%s">klaviyo-export</a> <span class="version">%s</span>
    <a href="%s">Guides</a>
    <a href="%s">API</a>
    <a href="%s">Source</a>
    </nav></header>
    """
        .formatted(
            HtmlText.escaped(title),
            Hyperlinks.relative(at, STYLE),
            Hyperlinks.relative(at, HOME),
            version,
            at.equals(HOME) ? "#guides" : "#menu",
            Hyperlinks.relative(at, API),
            SOURCES);
  }

  private static String foot() {
    return """
    <footer>klaviyo-export is licensed under the <a href="https://www.apache.org/licenses/LICENSE-2.0">Apache License 2.0</a>.</footer>
    </body>
    </html>
    """;
  }

  private String menu(String at) {
    StringBuilder html = new StringBuilder("<nav id=\"menu\" aria-label=\"Pages\">\n");
    appendMenu(html, "Guides", guides, at);
    appendMenu(html, "Reference", reference, at);
    return html.append("</nav>\n").toString();
  }

  private void appendMenu(StringBuilder html, String title, List<Entry> entries, String at) {
    html.append("<p>").append(title).append("</p>\n<ul>\n");
    if (entries == reference) {
      html.append("<li><a href=\"")
          .append(Hyperlinks.relative(at, API))
          .append("\">API of library and testkit</a></li>\n");
    }
    for (Entry entry : entries) {
      html.append("<li>").append(link(at, entry)).append("</li>\n");
    }
    html.append("</ul>\n");
  }

  private static String link(String from, Entry to) {
    return "<a href=\""
        + Hyperlinks.relative(from, to.address())
        + "\""
        + (from.equals(to.address()) ? " aria-current=\"page\"" : "")
        + ">"
        + HtmlText.escaped(to.name())
        + "</a>";
  }

  private static String contents(MarkdownPage page) {
    List<MarkdownPage.Section> sections =
        page.sections().stream().filter(section -> section.level() == 2).toList();
    if (sections.size() < 2) {
      return "";
    }
    StringBuilder html =
        new StringBuilder("<nav class=\"contents\" aria-label=\"On this page\">\n");
    html.append("<p>On this page</p>\n<ul>\n");
    for (MarkdownPage.Section section : sections) {
      html.append("<li><a href=\"#").append(section.id()).append("\">");
      html.append(HtmlText.escaped(section.title())).append("</a></li>\n");
    }
    return html.append("</ul>\n</nav>\n").toString();
  }

  private String wayOn(Entry entry) {
    int here = guides.indexOf(entry);
    if (here < 0) {
      return "";
    }
    StringBuilder html = new StringBuilder("<nav class=\"on\" aria-label=\"Other guides\">\n");
    if (here > 0) {
      html.append("<span>Before: ").append(link(entry.address(), guides.get(here - 1)));
      html.append("</span>\n");
    }
    if (here < guides.size() - 1) {
      html.append("<span>Next: ").append(link(entry.address(), guides.get(here + 1)));
      html.append("</span>\n");
    }
    return html.append("</nav>\n").toString();
  }
}
