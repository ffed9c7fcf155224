package io.github.klaviyoexport;

import io.github.klaviyoexport.internal.report.ReportText;
import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.source.Segment;
import java.io.Console;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A listener that shows how far an export is: as a bar on a terminal, as plain lines elsewhere.
 *
 * {@snippet class="io.github.klaviyoexport.ReportExamplesTest" region="console"}
 *
 * <p>On a terminal it looks like this, in place, at most ten times a second. {@code #} is what has
 * been settled (confirmed by Klaviyo, rejected or left out as a duplicate), {@code =} what has been
 * sent and waits for Klaviyo to confirm it:
 *
 * <pre>
 * [######====            ]  30% of 100,000  48,211 sent  9,119/s  0:07 left
 * </pre>
 *
 * <p>Rate and remaining time speak of settled profiles, so they are shown once Klaviyo has
 * confirmed the first ones. A mirror shows how many customers and members it has read before it
 * sends, and at its end how many leavers are removed. Where the source does not know its size,
 * counts stand in place of the bar. Elsewhere than on a terminal the same figures are a line every
 * ten seconds. The last line tells what became of every profile.
 *
 * <p>Only ids, counts and times are shown, the same in every locale, and in ASCII but for the
 * segment's name. There is no thread behind it: what is shown moves when the export does. The
 * stream stays the caller's to close.
 *
 * <p>For one export at a time: give exports that run side by side one each, with {@link
 * SegmentExport#listener}.
 */
public final class ConsoleProgress implements ExportListener {
  private static final int STANDARD_COLUMNS = 80;
  private static final int MIN_COLUMNS = 20;
  private static final int MAX_BAR = 40;
  private static final int MIN_BAR = 10;
  private static final Duration BETWEEN_BARS = Duration.ofMillis(100);
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);
  private static final Duration WORTH_A_WORD = Duration.ofSeconds(1);

  private final PrintStream out;

  /** How wide a line may be on the terminal; 0 where there is none. */
  private final int width;

  private @Nullable ExportProgress last;
  private @Nullable Duration shownAt;
  private boolean lastShown;
  private int shownLength;

  private ConsoleProgress(PrintStream out, int width) {
    this.out = Objects.requireNonNull(out, "out");
    this.width = width;
  }

  /**
   * Creates a listener that draws a bar if this program runs on a terminal of its own, and else
   * prints lines.
   *
   * @param out where to, usually {@code System.err}, so that {@code System.out} stays free for
   *     results
   */
  public static ConsoleProgress on(PrintStream out) {
    return isTerminal(System.console()) ? bar(out, STANDARD_COLUMNS) : lines(out);
  }

  /**
   * Creates a listener that draws a bar, again and again on the same line.
   *
   * @param columns the terminal's width; one column of it is left free, so that no line wraps
   * @throws IllegalArgumentException if it is less than 20
   */
  public static ConsoleProgress bar(PrintStream out, int columns) {
    if (columns < MIN_COLUMNS) {
      throw new IllegalArgumentException(
          "The terminal must be at least "
              + MIN_COLUMNS
              + " columns wide; it is "
              + columns
              + ". Use lines(...) instead.");
    }
    return new ConsoleProgress(out, columns - 1);
  }

  /** Creates a listener that prints plain lines, as a log file or a build server wants them. */
  public static ConsoleProgress lines(PrintStream out) {
    return new ConsoleProgress(out, 0);
  }

  /** Asks what only JDK 22 and later can tell: there, a console may be without a terminal. */
  private static boolean isTerminal(@Nullable Console console) {
    if (console == null) {
      return false;
    }
    try {
      return (Boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException before22) {
      return true;
    } catch (ReflectiveOperationException unexpected) {
      return false;
    }
  }

  @Override
  public void started(Segment segment, ListId list) {
    last = null;
    shownAt = null;
    shownLength = 0;
    out.println("Exporting segment " + segment + " to list " + list);
  }

  @Override
  public void progressed(ExportProgress progress) {
    last = progress;
    lastShown = false;
    Duration between = width > 0 ? BETWEEN_BARS : BETWEEN_LINES;
    Duration since = shownAt == null ? Duration.ZERO : shownAt;
    boolean due = progress.elapsed().minus(since).compareTo(between) >= 0;
    if (due || width > 0 && shownAt == null) {
      show(progress, "");
      lastShown = true;
    }
  }

  @Override
  public void paced(Duration wait) {
    showWait(wait, " for the quota");
  }

  @Override
  public void rateLimited(Duration retryAfter) {
    showWait(retryAfter, ", rate-limited");
  }

  @Override
  public void retried(String what, Duration wait) {
    say(what + "; again in " + clock(wait));
  }

  private void say(String text) {
    if (last == null || width == 0) {
      out.println(text);
    } else {
      show(last, "  " + text);
      lastShown = false;
    }
  }

  @Override
  public void listRead(long members, long leavers) {
    say(
        InWords.count(members, "member")
            + " in the list, "
            + InWords.count(leavers, "leaver")
            + " among them");
  }

  @Override
  public void warned(String what) {
    say(what);
  }

  private void showWait(Duration wait, String why) {
    if (last != null && wait.compareTo(WORTH_A_WORD) >= 0) {
      show(last, "  waits " + clock(wait) + why);
      lastShown = false;
    }
  }

  @Override
  public void finished(ExportReport report) {
    if (last != null && width > 0) {
      if (!lastShown) {
        show(last, "");
      }
      out.println();
    }
    out.println("Ended after " + clock(report.took()) + ": " + ReportText.counts(report));
    out.flush();
    last = null;
  }

  private void show(ExportProgress progress, String note) {
    shownAt = progress.elapsed();
    if (width == 0) {
      String figures = figures(progress, note);
      out.println(clock(progress.elapsed()) + "  " + figures + unchanged(progress));
    } else {
      String line = line(progress, note);
      // Blanks wipe out what a longer line has left behind, on every terminal.
      out.print("\r" + line + " ".repeat(Math.max(0, shownLength - line.length())));
      shownLength = line.length();
    }
    out.flush();
  }

  private static String unchanged(ExportProgress progress) {
    return progress.unchanged() == 0 ? "" : format("  %,d unchanged", progress.unchanged());
  }

  private String line(ExportProgress progress, String note) {
    String text = figures(progress, note);
    if (progress.size().isPresent()) {
      int room = width - longestFigures(progress.size().getAsLong()) - "[] ".length();
      if (room >= MIN_BAR && !compares(progress)) {
        text = "[" + bar(progress, Math.min(MAX_BAR, room)) + "] " + text;
      }
    }
    return text.length() <= width ? text : text.substring(0, width);
  }

  /** Returns how long the figures may become, so that the bar keeps its length while they grow. */
  private static int longestFigures(long size) {
    return format("100%% of %,d  %,d sent  999,999/s  9:59:59 left", size, size).length();
  }

  private static String bar(ExportProgress progress, int length) {
    long size = Math.max(1, progress.size().orElse(1));
    int settled = (int) Math.min(length, settled(progress) * length / size);
    long sent = progress.sent() + progress.unchanged() + progress.duplicates();
    int both = (int) Math.max(settled, Math.min(length, sent * length / size));
    return "#".repeat(settled) + "=".repeat(both - settled) + " ".repeat(length - both);
  }

  private static String figures(ExportProgress progress, String note) {
    String counts;
    if (compares(progress)) {
      return comparing(progress) + note;
    }
    if (progress.size().isPresent()) {
      long size = progress.size().getAsLong();
      long percent = size == 0 ? 100 : Math.min(100, settled(progress) * 100 / size);
      counts = format("%3d%% of %,d  %,d sent", percent, size, progress.sent());
    } else {
      counts =
          format(
              "%,d read  %,d sent  %,d confirmed",
              progress.read(), progress.sent(), progress.accepted());
    }
    return counts + (note.isEmpty() ? now(progress) : note);
  }

  /** Returns whether a mirror compares list and segment, and has read nothing yet to send it. */
  private static boolean compares(ExportProgress progress) {
    return progress.read() == 0 && progress.compared() > 0;
  }

  private static String comparing(ExportProgress progress) {
    return progress.members() == 0
        ? "compares segment and list  " + InWords.count(progress.compared(), "customer")
        : "compares segment and list  "
            + InWords.count(progress.compared(), "customer")
            + "  "
            + InWords.count(progress.members(), "member")
            + "  "
            + InWords.count(progress.leavers(), "leaver");
  }

  /** Returns what others keep the export waiting for, or else how fast it is. */
  private static String now(ExportProgress progress) {
    if (progress.removed() > 0) {
      return format(
          "  %,d of %s removed", progress.removed(), InWords.count(progress.leavers(), "leaver"));
    }
    return progress.waitingFor().map(what -> "  waits for " + what).orElseGet(() -> pace(progress));
  }

  /** Returns rate and remaining time, as soon as Klaviyo has shown how fast it is. */
  private static String pace(ExportProgress progress) {
    double seconds = progress.elapsed().toMillis() / 1000.0;
    if (progress.accepted() == 0 || seconds == 0) {
      return "";
    }
    double rate = settled(progress) / seconds;
    String text = format("  %,d/s", Math.round(rate));
    if (progress.size().isPresent()) {
      long left = Math.max(0, progress.size().getAsLong() - settled(progress));
      text += "  " + clock(Duration.ofMillis(Math.round(left / rate * 1000))) + " left";
    }
    return text;
  }

  private static long settled(ExportProgress progress) {
    return progress.accepted() + progress.unchanged() + progress.rejected() + progress.duplicates();
  }

  private static String clock(Duration time) {
    return time.toHours() > 0
        ? format("%d:%02d:%02d", time.toHours(), time.toMinutesPart(), time.toSecondsPart())
        : format("%d:%02d", time.toMinutes(), time.toSecondsPart());
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
