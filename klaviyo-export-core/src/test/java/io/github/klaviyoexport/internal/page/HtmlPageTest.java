package io.github.klaviyoexport.internal.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.StringReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class HtmlPageTest {
  private static final String HOSTILE =
      "</style><script>alert(1)</script>\"'& \u0000\uD800\u202E\uFFFF\tend";
  private static final String SHOWN =
      "</style><script>alert(1)</script>\"'& \uFFFD\uFFFD\u202E\uFFFD end";

  private final HtmlPage page = new HtmlPage("A page of " + HOSTILE);

  private Document read() throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(page.toHtml())));
  }

  private static List<String> texts(Document document, String element) {
    NodeList found = document.getElementsByTagName(element);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < found.getLength(); i++) {
      texts.add(found.item(i).getTextContent());
    }
    return texts;
  }

  private static List<String> attributes(Document document, String element, String name) {
    NodeList found = document.getElementsByTagName(element);
    List<String> values = new ArrayList<>();
    for (int i = 0; i < found.getLength(); i++) {
      values.add(((Element) found.item(i)).getAttribute(name));
    }
    return values;
  }

  @Test
  void a_page_says_its_language_its_title_and_that_nothing_of_it_may_run_or_be_fetched()
      throws Exception {
    Document document = read();

    assertThat(page.toHtml()).startsWith("<!DOCTYPE html>\n<html lang=\"en\"");
    assertThat(texts(document, "title")).containsExactly("A page of " + SHOWN);
    assertThat(attributes(document, "meta", "content"))
        .contains("default-src 'none'; style-src 'unsafe-inline'");
    assertThat(page.toHtml()).doesNotContain("<script", "src=", "href=", "@import", "http:");
  }

  @Test
  void texts_attributes_and_names_are_shown_as_they_are_and_are_never_markup() throws Exception {
    page.section(
        HOSTILE,
        to -> {
          to.name(HOSTILE).element("p", HOSTILE, "class", HOSTILE);
          new Table(HOSTILE).names(HOSTILE).numbers("Count").row(HOSTILE, 1_200).writeTo(to);
        });
    Document document = read();

    assertThat(texts(document, "script")).isEmpty();
    assertThat(texts(document, "h2")).containsExactly(SHOWN);
    assertThat(texts(document, "bdi")).containsExactly(SHOWN, SHOWN);
    assertThat(attributes(document, "p", "class")).containsExactly(SHOWN);
    assertThat(texts(document, "caption")).containsExactly(SHOWN);
    assertThat(texts(document, "td")).containsExactly("1,200");
  }

  @Test
  void a_bar_shows_parts_that_add_up_and_the_smallest_too() throws Exception {
    page.section(
        "Bar",
        to ->
            new StackedBar("profiles read")
                .part("Accepted", 999_997, Tone.GOOD)
                .part("Unchanged", 0, Tone.CALM)
                .part("Rejected", 3, Tone.BAD)
                .writeTo(to));
    Document document = read();

    assertThat(texts(document, "svg"))
        .contains("Of 1,000,000 profiles read: 999,997 accepted, 3 rejected");
    assertThat(texts(document, "td"))
        .containsExactly("999,997", "> 99.9 %", "0", "0 %", "3", "< 0.1 %", "1,000,000", "100 %");
    assertThat(page.toHtml())
        .contains("x=\"0.00%\" y=\"0\" width=\"98.90%\" height=\"100%\" class=\"fill-good\"")
        .contains("x=\"99.20%\" y=\"0\" width=\"0.80%\" height=\"100%\" class=\"fill-bad\"")
        .contains("x=\"99.20%\" y=\"0\" width=\"0.80%\" height=\"100%\" class=\"pattern-bad\"");
  }

  @Test
  void a_bar_of_nothing_is_a_table_only() throws Exception {
    page.section("Bar", to -> new StackedBar("profiles read").part("A", 0, Tone.GOOD).writeTo(to));

    assertThat(page.toHtml()).doesNotContain("class=\"bar\"");
    assertThat(texts(read(), "td")).containsExactly("0", "", "0", "");
  }

  @Test
  void a_table_says_how_many_rows_it_does_not_show() throws Exception {
    page.section(
        "Table",
        to -> {
          Table table = new Table("Numbers").numbers("Number").atMost(2, "the JSON has them");
          for (int i = 1; i <= 1_003; i++) {
            table.row(i);
          }
          table.writeTo(to);
        });

    assertThat(texts(read(), "th")).containsExactly("Number", "1", "2");
    assertThat(texts(read(), "p")).containsExactly("And 1,001 more: the JSON has them.");
  }

  @Test
  void a_timeline_takes_the_same_room_for_any_number_of_events() throws Exception {
    page.section(
        "Time",
        to -> {
          TimeChart timeline = new TimeChart(Duration.ofMinutes(2));
          TimeChart.Lane lane = timeline.lane("Batches", Tone.GOOD).said("100,000 in all");
          for (int i = 0; i < 100_000; i++) {
            lane.at(Duration.ofMillis(i), 1);
          }
          timeline.writeTo(to);
        });

    assertThat(page.toHtml().split("<rect", -1)).hasSizeLessThan(TimeChart.STEPS + 10);
    assertThat(texts(read(), "figcaption")).containsExactly("Batches 100,000 in all");
    assertThat(texts(read(), "span")).contains("0.0 s", "1:00 min", "2:00 min");
  }

  @Test
  void what_lies_before_or_beyond_a_timeline_is_shown_at_its_ends() {
    TimeChart timeline = new TimeChart(Duration.ofSeconds(60));
    TimeChart.Lane lane = timeline.lane("Batches", Tone.GOOD);
    lane.at(Duration.ofSeconds(-5), 1).at(Duration.ofSeconds(90), 2);
    lane.over(Duration.ofSeconds(-9), Duration.ofSeconds(-7), 4);

    assertThat(lane.highest()).isEqualTo(5);
  }

  @Test
  void an_amount_that_is_spread_over_a_time_is_spread_evenly() {
    TimeChart timeline = new TimeChart(Duration.ofSeconds(60));
    TimeChart.Lane spread = timeline.lane("Waiting", Tone.OPEN);
    spread.over(Duration.ofSeconds(10), Duration.ofSeconds(20), 5);
    TimeChart.Lane atOnce = timeline.lane("Jobs", Tone.CALM);
    atOnce.during(Duration.ofSeconds(10), Duration.ofSeconds(20));
    atOnce.during(Duration.ofMillis(12_500), Duration.ofSeconds(14));

    assertThat(spread.highest()).isCloseTo(0.5, within(1e-6));
    assertThat(atOnce.highest()).isCloseTo(2, within(1e-6));
  }

  @Test
  void a_timeline_of_no_time_is_no_fault() {
    TimeChart timeline = new TimeChart(Duration.ZERO);
    TimeChart.Lane lane = timeline.lane("Batches", Tone.GOOD).at(Duration.ZERO, 1);

    assertThat(lane.highest()).isEqualTo(1);
  }

  @Test
  void texts_and_charts_stand_out_from_what_is_behind_them_in_light_and_in_dark() {
    String[] looks = PageStyle.CSS.split("prefers-color-scheme: dark", 2);
    for (String look : looks) {
      for (String behind : List.of("paper", "card")) {
        for (String text : List.of("ink", "quiet", "good", "bad", "open-ink")) {
          assertThat(contrast(look, text, behind)).as(text + " on " + behind).isGreaterThan(4.5);
        }
        for (String fill : List.of("good", "calm", "still", "bad", "open")) {
          assertThat(contrast(look, fill, behind)).as(fill + " on " + behind).isGreaterThan(3);
        }
      }
      assertThat(contrast(look, "good", "good-soft")).isGreaterThan(4.5);
      assertThat(contrast(look, "bad", "bad-soft")).isGreaterThan(4.5);
      assertThat(contrast(look, "open-ink", "open-soft")).isGreaterThan(4.5);
    }
  }

  /** Returns the contrast of two colours as WCAG 2.2 has it. */
  private static double contrast(String look, String one, String other) {
    double first = luminance(look, one) + 0.05;
    double second = luminance(look, other) + 0.05;
    return Math.max(first, second) / Math.min(first, second);
  }

  private static double luminance(String look, String name) {
    int at = look.indexOf("--" + name + ": #") + name.length() + 5;
    int colour = Integer.parseInt(look.substring(at, at + 6), 16);
    return 0.2126 * linear(colour >> 16)
        + 0.7152 * linear(colour >> 8 & 0xFF)
        + 0.0722 * linear(colour & 0xFF);
  }

  private static double linear(int channel) {
    double share = channel / 255.0;
    return share <= 0.04045 ? share / 12.92 : Math.pow((share + 0.055) / 1.055, 2.4);
  }

  @Test
  void markup_that_was_left_open_is_noticed() {
    Markup markup = new Markup().open("p");

    assertThatThrownBy(markup::toString)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("p is still open");
    assertThatThrownBy(() -> new Markup().empty("p", "class"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Table("T").names("One").row("a", "b"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
