package io.github.klaviyoexport.internal.hold;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** How the process that has a log is written down, and told to others. */
class LogHolderTest {
  private static final long PID = ProcessHandle.current().pid();
  private static final Instant SINCE = Instant.parse("2026-11-26T16:43:03.120Z");

  @Test
  void this_process_is_told_to_be_this_process() {
    assertThat(LogHolder.read(LogHolder.written(null, null)).since(SINCE))
        .matches("process " + PID + " on \\S+, which is this process, since 2026-11-26T16:43:03Z");
  }

  @Test
  void one_of_another_number_is_just_named() {
    assertThat(
            LogHolder.read("process " + (PID + 1) + " on export-1, started 2026-11-26T10:00:00Z")
                .since(SINCE))
        .isEqualTo("process " + (PID + 1) + " on export-1 since 2026-11-26T16:43:03Z");
  }

  @Test
  void one_of_the_same_number_elsewhere_is_told_from_this_process() {
    assertThat(LogHolder.read("process " + PID + " on export-2").since(SINCE))
        .isEqualTo(
            "process "
                + PID
                + " on export-2, which is another container or machine, since"
                + " 2026-11-26T16:43:03Z");
  }

  @Test
  void one_of_the_same_number_and_host_is_told_from_this_process() throws UnknownHostException {
    String host = InetAddress.getLocalHost().getHostName();

    assertThat(
            LogHolder.read("process " + PID + " on " + host + ", started 2026-11-26T10:00:00Z")
                .since(SINCE))
        .isEqualTo(
            "process "
                + PID
                + " on "
                + host
                + ", which is not this process but one of another container or of before a restart,"
                + " since 2026-11-26T16:43:03Z");
  }

  @Test
  void how_long_it_may_be_silent_is_kept_in_full_seconds() {
    assertThat(LogHolder.read(LogHolder.written(Duration.ofMillis(20_001), SINCE)).silence())
        .isEqualTo(Duration.ofSeconds(21));
    assertThat(LogHolder.read(LogHolder.written(null, null)).silence()).isNull();
  }

  @Test
  void since_when_is_what_was_written_down_if_it_was() {
    assertThat(LogHolder.read(LogHolder.written(null, SINCE)).since(SINCE.plusSeconds(60)))
        .endsWith(" since 2026-11-26T16:43:03Z");
  }

  @Test
  void what_is_written_otherwise_is_told_as_it_is() {
    assertThat(LogHolder.read("thread main").since(SINCE))
        .isEqualTo("thread main since 2026-11-26T16:43:03Z");
  }
}
