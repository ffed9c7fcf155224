package io.github.klaviyoexport.internal.page;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A timeline: lanes of columns over the same time, which is cut into {@value #STEPS} steps however
 * long it is, so that it takes the same room for any number of events.
 */
public final class TimeChart {
  /** How many steps the time is cut into. */
  public static final int STEPS = 60;

  private static final int HEIGHT = 44;
  private static final long LEAST_NANOS = 1_000_000;

  private final long nanos;
  private final List<Lane> lanes = new ArrayList<>();

  /** Creates a timeline of that length without lanes. */
  public TimeChart(Duration length) {
    this.nanos = Math.max(LEAST_NANOS, length.toNanos());
  }

  /** One lane: how much of something there was in each step. */
  public final class Lane {
    private final String name;
    private final Tone tone;
    private final double[] steps = new double[STEPS];
    private double full;
    private String said = "";

    private Lane(String name, Tone tone) {
      this.name = name;
      this.tone = tone;
    }

    /** Adds an amount at a moment, counted from the beginning. */
    public Lane at(Duration moment, double amount) {
      steps[step(moment.toNanos())] += amount;
      return this;
    }

    /** Adds an amount that is spread over a time. */
    public Lane over(Duration from, Duration until, double amount) {
      long begin = within(from.toNanos());
      long end = Math.max(begin + 1, within(until.toNanos()));
      for (int i = step(begin); i <= step(end - 1); i++) {
        steps[i] += amount * inStep(i, begin, end) / (end - begin);
      }
      return this;
    }

    /** Adds one to every step for its part that lies in a time. */
    public Lane during(Duration from, Duration until) {
      long begin = within(from.toNanos());
      long end = Math.max(begin + 1, within(until.toNanos()));
      for (int i = step(begin); i <= step(end - 1); i++) {
        steps[i] += inStep(i, begin, end) / ((double) nanos / STEPS);
      }
      return this;
    }

    /** Sets what fills a column to its top; without it, the highest column does. */
    public Lane full(double amount) {
      full = amount;
      return this;
    }

    /** Says in words what the lane shows, beside its name. */
    public Lane said(String words) {
      said = words;
      return this;
    }

    /** Returns the highest amount of any step. */
    public double highest() {
      return Arrays.stream(steps).max().orElse(0);
    }

    private void writeTo(Markup to) {
      to.open("figure", "class", "lane").open("figcaption").element("b", name);
      to.text(" ").element("span", said).close();
      if (highest() > 0) {
        writeColumns(to);
      }
      to.closeLine();
    }

    private void writeColumns(Markup to) {
      to.open(
          "svg",
          "width",
          "100%",
          "height",
          Integer.toString(HEIGHT),
          "role",
          "img",
          "class",
          "fill-" + tone.css());
      to.element("title", name + ": " + said);
      double top = full > 0 ? full : highest();
      for (int i = 0; i < STEPS; i++) {
        if (steps[i] > 0) {
          double height = Math.max(2, Math.min(1, steps[i] / top) * HEIGHT);
          to.empty(
              "rect",
              "x",
              StackedBar.percent(100.0 * i / STEPS),
              "width",
              StackedBar.percent(85.0 / STEPS),
              "y",
              String.format(Locale.ROOT, "%.1f", HEIGHT - height),
              "height",
              String.format(Locale.ROOT, "%.1f", height));
        }
      }
      to.close();
    }
  }

  private long within(long moment) {
    return Math.max(0, Math.min(nanos, moment));
  }

  private int step(long moment) {
    return (int) Math.min(STEPS - 1, (double) within(moment) / nanos * STEPS);
  }

  /** Returns how much of a time lies in a step, in nanoseconds. */
  private double inStep(int step, long begin, long end) {
    double from = Math.max((double) begin, (double) nanos * step / STEPS);
    double until = Math.min((double) end, (double) nanos * (step + 1) / STEPS);
    return Math.max(0, until - from);
  }

  /** Adds a lane. */
  public Lane lane(String name, Tone tone) {
    Lane lane = new Lane(name, tone);
    lanes.add(lane);
    return lane;
  }

  /** Returns how long one step is. */
  public Duration step() {
    return Duration.ofNanos(nanos / STEPS);
  }

  /** Writes the lanes and, beneath them, the time. */
  public void writeTo(Markup to) {
    to.open("div", "class", "timeline");
    lanes.forEach(lane -> lane.writeTo(to));
    to.open("p", "class", "axis", "aria-hidden", "true");
    for (int i = 0; i <= 2; i++) {
      to.element("span", clock(Duration.ofNanos(nanos / 2 * i)));
    }
    to.close().closeLine();
  }

  /** Returns a time since the beginning as a clock that was started then shows it. */
  public static String clock(Duration since) {
    long seconds = since.toSeconds();
    if (seconds < 60) {
      return seconds < 10
          ? String.format(Locale.ROOT, "%.1f s", since.toMillis() / 1000.0)
          : seconds + " s";
    }
    String rest = String.format(Locale.ROOT, "%02d", seconds % 60);
    return seconds < 3600
        ? seconds / 60 + ":" + rest + " min"
        : String.format(Locale.ROOT, "%d:%02d:%s h", seconds / 3600, seconds / 60 % 60, rest);
  }
}
