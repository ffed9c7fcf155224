package io.github.klaviyoexport.internal.page;

import io.github.klaviyoexport.internal.text.InWords;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A bar of parts that add up to a whole, and beneath it the same figures as a table. */
public final class StackedBar {
  /** What a part takes at least, in hundredths of the bar, so that it can be seen. */
  private static final double LEAST = 0.8;

  private final String whole;
  private final List<Part> parts = new ArrayList<>();

  private record Part(String name, long count, Tone tone, String note) {}

  /**
   * Creates a bar without parts.
   *
   * @param whole what the parts add up to, as in {@code profiles read}
   */
  public StackedBar(String whole) {
    this.whole = whole;
  }

  /** Adds a part. */
  public StackedBar part(String name, long count, Tone tone) {
    return part(name, count, tone, "");
  }

  /**
   * Adds a part.
   *
   * @param note what to know of it; may be empty
   */
  public StackedBar part(String name, long count, Tone tone, String note) {
    parts.add(new Part(name, count, tone, note));
    return this;
  }

  /** Writes the bar and its table. */
  public void writeTo(Markup to) {
    long total = parts.stream().mapToLong(Part::count).sum();
    if (total > 0) {
      writeBar(total, to);
    }
    to.open("table", "class", "figures");
    to.element("caption", "What the " + whole + " add up to");
    to.open("thead").open("tr").element("th", "What became of them", "scope", "col");
    to.element("th", "How many", "scope", "col", "class", "number");
    to.element("th", "Share", "scope", "col", "class", "number").close().close();
    to.open("tbody");
    for (Part part : parts) {
      to.open("tr").open("th", "scope", "row");
      to.open("svg", "class", "swatch", "width", "14", "height", "14", "aria-hidden", "true");
      rect(to, "0", "100%", "100%", part.tone());
      to.close().text(part.name());
      if (!part.note().isEmpty()) {
        to.text(" ").element("small", part.note());
      }
      to.close().element("td", InWords.number(part.count()), "class", "number");
      to.element("td", share(part.count(), total), "class", "number").close();
    }
    to.close().open("tfoot").open("tr").element("th", "Together: " + whole, "scope", "row");
    to.element("td", InWords.number(total), "class", "number");
    to.element("td", total == 0 ? "" : "100 %", "class", "number").close().close();
    to.closeLine();
  }

  private void writeBar(long total, Markup to) {
    List<Part> seen = parts.stream().filter(part -> part.count() > 0).toList();
    String said =
        seen.stream()
            .map(part -> InWords.number(part.count()) + " " + lower(part.name()))
            .collect(Collectors.joining(", "));
    to.open("svg", "class", "bar", "width", "100%", "height", "28", "role", "img");
    to.element("title", "Of " + InWords.number(total) + " " + whole + ": " + said);
    double[] widths = widths(seen, total);
    double at = 0;
    for (int i = 0; i < widths.length; i++) {
      double gap = i == widths.length - 1 ? 0 : 0.3;
      rect(to, percent(at), percent(widths[i] - gap), "100%", seen.get(i).tone());
      at += widths[i];
    }
    to.close();
  }

  /** Returns the widths of parts in hundredths; what small ones get more, the largest gives. */
  private static double[] widths(List<Part> parts, long total) {
    double[] widths = parts.stream().mapToDouble(part -> 100.0 * part.count() / total).toArray();
    int largest = 0;
    double given = 0;
    for (int i = 0; i < widths.length; i++) {
      largest = widths[i] > widths[largest] ? i : largest;
      if (widths[i] < LEAST) {
        given += LEAST - widths[i];
        widths[i] = LEAST;
      }
    }
    widths[largest] -= given;
    return widths;
  }

  /** Writes a rectangle in its colour, and in its pattern over it. */
  static void rect(Markup to, String x, String width, String height, Tone tone) {
    for (String look : List.of("fill-", "pattern-")) {
      to.empty(
          "rect", "x", x, "y", "0", "width", width, "height", height, "class", look + tone.css());
    }
  }

  /** Returns a share in words: never 0 % of something, nor 100 % of less than all. */
  private static String share(long count, long total) {
    if (count == 0 || total == 0) {
      return total == 0 ? "" : "0 %";
    }
    if (count == total) {
      return "100 %";
    }
    double share = 100.0 * count / total;
    return share < 0.1
        ? "< 0.1 %"
        : share > 99.9 ? "> 99.9 %" : String.format(Locale.ROOT, "%.1f %%", share);
  }

  static String percent(double hundredths) {
    return String.format(Locale.ROOT, "%.2f%%", hundredths);
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
