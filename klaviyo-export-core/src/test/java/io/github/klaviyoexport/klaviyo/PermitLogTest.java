package io.github.klaviyoexport.klaviyo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.klaviyo.PermitSource.Permit;
import io.github.klaviyoexport.klaviyo.PermitSource.Window;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What one row of the permits holds. */
class PermitLogTest {
  private static final long NOW = Duration.ofDays(20_000).toMillis();
  private static final long HOUR = Duration.ofHours(1).toMillis();
  private static final List<Window> SINGLE = List.of(new Window(1, Duration.ofMinutes(1)));

  @Test
  void is_read_as_it_was_written() throws IOException {
    PermitLog log = PermitLog.of(new byte[0], 0);
    Permit given = log.ask(SINGLE, NOW);
    log.answered(given.id(), NOW + 200);
    log.close(NOW + 90_000);

    PermitLog read = PermitLog.of(log.bytes(), log.closedUntil());

    assertThat(read.bytes()).isEqualTo(log.bytes());
    assertThat(read.ask(SINGLE, NOW + 300).delay()).isEqualTo(Duration.ofMillis(89_700));
  }

  @Test
  void of_a_database_whose_clock_was_set_back_holds_nobody_up_for_longer_than_a_call_ever_counts() {
    PermitLog log = new PermitLog();
    Permit given = log.ask(SINGLE, NOW + HOUR);
    log.answered(given.id(), NOW + HOUR + 200);

    assertThat(log.ask(SINGLE, NOW).delay()).isLessThanOrEqualTo(Duration.ofSeconds(61));
    assertThat(log.ask(SINGLE, NOW + 61_000).isGiven()).isTrue();
  }

  @Test
  void
      of_a_database_whose_clock_was_set_back_is_closed_for_as_long_as_klaviyo_may_have_asked_for() {
    PermitLog log = new PermitLog();
    log.close(NOW + HOUR + 2_000);

    assertThat(log.ask(SINGLE, NOW).delay()).isLessThanOrEqualTo(Duration.ofMinutes(15));
    assertThat(log.ask(SINGLE, NOW + Duration.ofMinutes(15).toMillis()).isGiven()).isTrue();
  }

  @Test
  void that_a_later_version_has_written_is_left_alone() {
    PermitLog log = new PermitLog();
    log.ask(SINGLE, NOW);
    byte[] later = log.bytes();
    later[0]++;

    assertThatThrownBy(() -> PermitLog.of(later, 0))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("of version 2")
        .hasMessageContaining("tablePrefix");
  }

  @Test
  void that_is_damaged_counts_as_empty() throws IOException {
    PermitLog log = new PermitLog();
    log.ask(SINGLE, NOW);
    byte[] cut = Arrays.copyOf(log.bytes(), 20);

    assertThat(PermitLog.of(cut, 0).ask(SINGLE, NOW).isGiven()).isTrue();
  }
}
