package io.github.klaviyoexport.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.JobStatus;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import io.github.klaviyoexport.testkit.internal.server.Chromium;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The page of a report in Chromium, where there is one. */
class ReportPageInBrowserTest {
  private static final ExportReport REPORT = report();

  /** Frames of three widths, and a script outside of them that says what in them is amiss. */
  private static final String RULER =
      """
      <!DOCTYPE html><meta charset="utf-8"><body>
      <iframe width="360" height="900" srcdoc="%1$s"></iframe>
      <iframe width="768" height="900" srcdoc="%1$s"></iframe>
      <iframe width="1440" height="900" srcdoc="%1$s"></iframe>
      <pre id="seen"></pre>
      <script>
      const hidden = node => {
        const head = node.parentElement.closest("thead");
        return head && head.getBoundingClientRect().width <= 1;
      };
      const name = node => node.textContent.trim().slice(0, 40);
      onload = () => {
        const seen = [];
        for (const frame of document.querySelectorAll("iframe")) {
          const page = frame.contentDocument;
          const width = page.documentElement.clientWidth;
          seen.push(frame.width + " texts " + page.querySelectorAll("h2").length);
          if (page.documentElement.scrollWidth > width) seen.push(frame.width + " SCROLLS");
          const boxes = [];
          const texts = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT);
          while (texts.nextNode()) {
            const node = texts.currentNode;
            if (!node.textContent.trim() || hidden(node)) continue;
            const range = page.createRange();
            range.selectNodeContents(node);
            for (const box of range.getClientRects()) boxes.push([node, box]);
          }
          boxes.forEach(([node, box], i) => {
            if (box.right > width + 1) seen.push(frame.width + " SPILLS " + name(node));
            for (const [other, there] of boxes.slice(i + 1)) {
              const across = Math.min(box.right, there.right) - Math.max(box.left, there.left);
              const down = Math.min(box.bottom, there.bottom) - Math.max(box.top, there.top);
              if (other !== node && across > 1 && down > 3)
                seen.push(frame.width + " OVERLAPS " + name(node) + " / " + name(other));
            }
          });
        }
        document.getElementById("seen").textContent = seen.join("\\n");
      };
      </script>
      """;

  @TempDir Path directory;
  private Chromium chromium;
  private Path page;

  @BeforeEach
  void write_the_page() throws Exception {
    chromium = Chromium.installed(directory);
    page = Files.writeString(directory.resolve("report.html"), REPORT.toHtml());
  }

  private static ExportReport report() {
    SampleExport export =
        SampleExport.of("vip <b>eu</b> \u05DC\u05E7\u05D5\u05D7\u05D5\u05EA")
            .accepted(998_000)
            .duplicates(1_400)
            .rejected(300, Reason.EMAIL_MALFORMED)
            .rejected(17, Reason.FAILED_IN_KLAVIYO)
            .rejected(Rejection.ofField("ada@shop.example", "x".repeat(120), Reason.TOO_DEEP))
            .unconfirmed(
                JobStatus.LOST,
                IntStream.range(0, 60).mapToObj(i -> "customer-" + i).toArray(String[]::new))
            .leavers(1_020_000, 3_412, 0, 12)
            .unreadable(4)
            .missingFields("Telephone2", "y".repeat(120))
            .emptyFields("Loyalty level")
            .emailIds()
            .rateLimited(2, Duration.ofSeconds(7))
            .paced(Duration.ofSeconds(12))
            .took(Duration.ofSeconds(58));
    return export.report();
  }

  @Test
  void nothing_scrolls_sideways_spills_or_overlaps_on_phones_tablets_and_desks() throws Exception {
    String escaped = REPORT.toHtml().replace("&", "&amp;").replace("\"", "&quot;");
    Path ruler = Files.writeString(directory.resolve("ruler.html"), RULER.replace("%1$s", escaped));

    Chromium.Page seen = chromium.open(ruler.toUri());

    String said = seen.html().replaceAll("(?s).*<pre id=\"seen\">|</pre>.*", "");
    assertThat(said.lines()).containsExactly("360 texts 8", "768 texts 8", "1440 texts 8");
    assertThat(seen.console()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"360,false,f6f5f1", "1440,false,f6f5f1", "360,true,151513", "1440,true,151513"})
  void it_is_drawn_in_light_and_in_dark_and_the_console_is_silent(
      int width, boolean dark, String paper) throws Exception {
    Path file = directory.resolve("page.png");

    assertThat(chromium.draw(page.toUri(), width, dark, file)).isEmpty();

    BufferedImage image = ImageIO.read(file.toFile());
    assertThat(image.getWidth()).isEqualTo(width);
    assertThat(Integer.toHexString(image.getRGB(1, 1) & 0xFFFFFF)).isEqualTo(paper);
    long colours =
        IntStream.range(0, image.getWidth() * image.getHeight())
            .map(i -> image.getRGB(i % image.getWidth(), i / image.getWidth()))
            .distinct()
            .count();
    assertThat(colours).isGreaterThan(50);
  }

  @Test
  void it_is_a_page_of_headings_tables_and_charts_in_words() throws Exception {
    Chromium.Page open = chromium.open(page.toUri());

    assertThat(open.html())
        .contains("<bdi>vip &lt;b&gt;eu&lt;/b&gt;", "Not all is confirmed", "Waiting for the quota")
        .doesNotContain("ada@shop", "<b>eu");
    assertThat(open.console()).isEmpty();
  }
}
