package io.github.klaviyoexport.internal.page;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Markup as it is written: well-formed, so that it can be read as XML too, and with every text and
 * attribute escaped.
 *
 * <p>What neither XML nor a reader can show, such as controls and halves of surrogate pairs, is
 * replaced by U+FFFD. Belongs to one thread.
 */
public final class Markup {
  private static final char REPLACEMENT = '\uFFFD';

  private final StringBuilder out = new StringBuilder();
  private final Deque<String> open = new ArrayDeque<>();

  /**
   * Opens an element.
   *
   * @param attributes names and values in turn
   */
  public Markup open(String element, String... attributes) {
    begin(element, attributes);
    out.append('>');
    open.push(element);
    return this;
  }

  /** Closes the element that was opened last. */
  public Markup close() {
    out.append("</").append(open.pop()).append('>');
    return this;
  }

  /** Closes the element that was opened last, and ends the line. */
  public Markup closeLine() {
    close();
    out.append('\n');
    return this;
  }

  /**
   * Writes an element without content.
   *
   * @param attributes names and values in turn
   */
  public Markup empty(String element, String... attributes) {
    begin(element, attributes);
    out.append("/>");
    return this;
  }

  /**
   * Writes an element that holds a text.
   *
   * @param attributes names and values in turn
   */
  public Markup element(String element, String text, String... attributes) {
    return open(element, attributes).text(text).close();
  }

  /** Writes a text. */
  public Markup text(String text) {
    escape(text);
    return this;
  }

  /**
   * Writes a name from outside: set apart, so that one from right to left moves nothing around it.
   */
  public Markup name(String name) {
    return element("bdi", name);
  }

  private void begin(String element, String... attributes) {
    if (attributes.length % 2 != 0) {
      throw new IllegalArgumentException("Attributes are names and values in turn.");
    }
    out.append('<').append(element);
    for (int i = 0; i < attributes.length; i += 2) {
      out.append(' ').append(attributes[i]).append("=\"");
      escape(attributes[i + 1]);
      out.append('"');
    }
  }

  private void escape(String text) {
    for (int i = 0; i < text.length(); ) {
      int point = text.codePointAt(i);
      i += Character.charCount(point);
      switch (point) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        case '\t', '\n', '\r' -> out.append(' ');
        default -> {
          if (isShown(point)) {
            out.appendCodePoint(point);
          } else {
            out.append(REPLACEMENT);
          }
        }
      }
    }
  }

  private static boolean isShown(int point) {
    return !Character.isISOControl(point)
        && (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE)
        && (point & 0xFFFE) != 0xFFFE;
  }

  /** Returns what was written; every element must be closed. */
  @Override
  public String toString() {
    if (!open.isEmpty()) {
      throw new IllegalStateException("The element " + open.peek() + " is still open.");
    }
    return out.toString();
  }
}
