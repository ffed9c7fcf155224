package io.github.klaviyoexport.internal.page;

import java.util.function.Consumer;

/**
 * A page for people: one HTML document that holds all it needs, its style too, and runs no code.
 *
 * <p>It asks browsers for {@code default-src 'none'; style-src 'unsafe-inline'} itself, and may be
 * served with that. It is XML as well, so that any reader of XML can read its figures. The same
 * content always makes the same text. Belongs to one thread.
 */
public final class HtmlPage {
  private static final String POLICY = "default-src 'none'; style-src 'unsafe-inline'";

  private final String title;
  private final Markup header = new Markup();
  private final Markup main = new Markup();
  private final Markup footer = new Markup();

  /**
   * Creates a page without content.
   *
   * @param title what a browser's tab says
   */
  public HtmlPage(String title) {
    this.title = title;
  }

  /** Writes at the top of the page, above its sections; the {@code h1} belongs there. */
  public HtmlPage header(Consumer<Markup> content) {
    content.accept(header);
    return this;
  }

  /** Adds a section with a heading. */
  public HtmlPage section(String heading, Consumer<Markup> content) {
    main.open("section").element("h2", heading);
    content.accept(main);
    main.closeLine();
    return this;
  }

  /** Writes at the foot of the page. */
  public HtmlPage footer(Consumer<Markup> content) {
    content.accept(footer);
    return this;
  }

  /** Returns the document. */
  public String toHtml() {
    Markup head = new Markup();
    head.empty("meta", "charset", "utf-8");
    head.element("title", title);
    head.empty("meta", "http-equiv", "Content-Security-Policy", "content", POLICY);
    head.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    head.empty("meta", "name", "color-scheme", "content", "light dark");
    head.empty("meta", "name", "robots", "content", "noindex");
    head.empty("meta", "name", "referrer", "content", "no-referrer");
    return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>"
        + head
        + "\n<style>\n"
        + PageStyle.CSS
        + "</style>\n</head>\n<body>\n"
        + PageStyle.PATTERNS
        + "<header>"
        + header
        + "</header>\n<main>\n"
        + main
        + "</main>\n<footer>"
        + footer
        + "</footer>\n</body>\n</html>\n";
  }
}
