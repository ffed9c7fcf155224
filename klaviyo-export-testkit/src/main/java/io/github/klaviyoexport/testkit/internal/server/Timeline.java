package io.github.klaviyoexport.testkit.internal.server;

import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.testkit.RecordedRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/**
 * What reached an account and how it was answered, as lines for people: equal calls in a row are
 * one line, and so are waits between calls. It holds ids and counts, no personal data.
 */
public final class Timeline {
  /** How many lines are shown at the beginning, and how many at the end. */
  static final int EDGE = 20;

  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneOffset.UTC);
  private static final Duration A_WAIT = Duration.ofSeconds(1);

  private Timeline() {}

  /** Writes requests as lines, in the order given. */
  public static String of(List<RecordedRequest> requests) {
    if (requests.isEmpty()) {
      return "No request has reached the account.";
    }
    List<String> lines = lines(requests);
    StringBuilder text = new StringBuilder("What happened, by the account's clock (UTC):");
    int left = lines.size() - 2 * EDGE;
    for (int i = 0; i < lines.size(); i++) {
      if (left > 1 && i == EDGE) {
        text.append("\n  (").append(InWords.count(left, "more line")).append(')');
        i += left;
      }
      text.append("\n  ").append(lines.get(i));
    }
    return text.toString();
  }

  private static List<String> lines(List<RecordedRequest> requests) {
    List<String> lines = new ArrayList<>();
    long forgotten = requests.get(0).number() - 1;
    if (forgotten > 0) {
      lines.add("(" + InWords.count(forgotten, "request") + " before these)");
    }
    Instant before = requests.get(0).at();
    int next = 0;
    while (next < requests.size()) {
      RecordedRequest first = requests.get(next);
      Duration pause = Duration.between(before, first.at());
      if (pause.compareTo(A_WAIT) >= 0) {
        lines.add(
            "             (" + inSeconds(pause) + (pause.equals(A_WAIT) ? " passes)" : " pass)"));
      }
      int end = next + 1;
      while (end < requests.size() && words(requests.get(end)).equals(words(first))) {
        end++;
      }
      before = requests.get(end - 1).at();
      lines.add(CLOCK.format(first.at()) + " " + words(first) + repeated(end - next, before));
      next = end;
    }
    return lines;
  }

  private static String repeated(int times, Instant last) {
    return times == 1
        ? ""
        : ", " + InWords.number(times) + " times, the last at " + CLOCK.format(last);
  }

  /**
   * Describes a request. The path of a call that is no operation is left out: it might hold
   * anything.
   */
  private static String words(RecordedRequest request) {
    return (request.operation() == null ? "an unknown operation" : request.operation())
        + (request.bodyBytes() == 0 ? "" : ", " + InWords.count(request.bodyBytes(), "byte"))
        + (request.status() == 0 ? ": no answer" : ": " + request.status())
        + (request.fault() == null ? "" : " [" + request.fault() + "]");
  }

  private static String inSeconds(Duration duration) {
    return duration.toMillis() % 1_000 == 0
        ? duration.toSeconds() + " s"
        : duration.toMillis() / 1_000.0 + " s";
  }
}
