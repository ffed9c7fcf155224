package io.github.klaviyoexport.internal.hold;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The process that has a log, as it is written down for others to read.
 *
 * <p>A number and a host do not tell processes apart: in containers most have the number 1, and a
 * container that was started again has the name of before. The moment of its start does.
 */
public final class LogHolder {
  /** Such as {@code process 4711 on export-1, started 2026-11-26T16:43:03.120Z}. */
  private static final Pattern WRITTEN =
      Pattern.compile(
          "(process (\\d{1,18}) on (.{1,255}?)(?:, started \\S{1,64}?)?)"
              + "(?:, silent for (\\d{1,9}) s at most)?(?:, since (\\S{1,40}))?");

  private static final long PID = ProcessHandle.current().pid();
  private static final String HOST = host();
  private static final String SELF =
      "process "
          + PID
          + " on "
          + HOST
          + ", started "
          + ProcessHandle.current()
              .info()
              .startInstant()
              .map(Instant::toString)
              .orElseGet(() -> UUID.randomUUID().toString());

  private final String name;
  private final String relation;
  private final @Nullable Duration silence;
  private final @Nullable Instant since;

  private LogHolder(
      String name, String relation, @Nullable Duration silence, @Nullable Instant since) {
    this.name = name;
    this.relation = relation;
    this.silence = silence;
    this.since = since;
  }

  /**
   * Returns what this process writes down of itself.
   *
   * @param silence after how much silence it may be taken for dead; {@code null} for what the store
   *     says
   * @param since when it took the log; {@code null} if that is kept elsewhere
   */
  public static String written(@Nullable Duration silence, @Nullable Instant since) {
    return SELF
        + (silence == null ? "" : ", silent for " + seconds(silence) + " s at most")
        + (since == null ? "" : ", since " + since.truncatedTo(ChronoUnit.SECONDS));
  }

  private static long seconds(Duration silence) {
    return Math.min(999_999_999, silence.plusNanos(999_999_999).toSeconds());
  }

  /** Reads what a process has written down, also one of another version of the library. */
  public static LogHolder read(String written) {
    Matcher matcher = WRITTEN.matcher(written);
    if (!matcher.matches()) {
      return new LogHolder(written, "", null, null);
    }
    String process = matcher.group(1);
    boolean sameNumber = matcher.group(2).equals(Long.toString(PID));
    boolean sameHost = matcher.group(3).equals(HOST);
    return new LogHolder(
        "process " + matcher.group(2) + " on " + matcher.group(3),
        process.equals(SELF) ? ", which is this process," : relation(sameNumber, sameHost),
        matcher.group(4) == null ? null : Duration.ofSeconds(Long.parseLong(matcher.group(4))),
        matcher.group(5) == null ? null : Instant.parse(matcher.group(5)));
  }

  private static String relation(boolean sameNumber, boolean sameHost) {
    if (!sameNumber) {
      return "";
    }
    return sameHost
        ? ", which is not this process but one of another container or of before a restart,"
        : ", which is another container or machine,";
  }

  /** Returns after how much silence it may be taken for dead; {@code null} if it does not say. */
  public @Nullable Duration silence() {
    return silence;
  }

  /**
   * Returns the process by a name that readers do not take for that of their own.
   *
   * @param otherwise since when it has the log, where it does not say so itself
   */
  public String since(Instant otherwise) {
    return name
        + relation
        + " since "
        + (since == null ? otherwise : since).truncatedTo(ChronoUnit.SECONDS);
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException nameless) {
      return "a machine without a name";
    }
  }
}
