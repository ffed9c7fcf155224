package io.github.klaviyoexport.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.internal.call.Waits.Wait;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WaitsTest {
  private static final Instant AT = Instant.parse("2026-09-01T08:00:00Z");
  private static final long SECOND = 1_000_000_000L;

  private final Waits waits = new Waits(AT);

  @Test
  void few_waits_are_kept_as_they_were() {
    waits.add(2 * SECOND, 3 * SECOND);
    waits.add(5 * SECOND, 5 * SECOND);
    waits.add(7 * SECOND, 9 * SECOND);

    assertThat(waits.list())
        .containsExactly(
            new Wait(AT.plusSeconds(2), AT.plusSeconds(3), Duration.ofSeconds(1)),
            new Wait(AT.plusSeconds(7), AT.plusSeconds(9), Duration.ofSeconds(2)));
  }

  @Test
  void the_two_that_lie_closest_become_one_where_there_would_be_too_many() {
    for (int i = 0; i < Waits.MOST; i++) {
      waits.add(i * 10 * SECOND, (i * 10 + (i == 4 ? 6 : 5)) * SECOND);
    }
    waits.add(10_000 * SECOND, 10_001 * SECOND);

    assertThat(waits.list()).hasSize(Waits.MOST);
    assertThat(waits.list().get(4))
        .isEqualTo(new Wait(AT.plusSeconds(40), AT.plusSeconds(55), Duration.ofSeconds(11)));
  }

  @Test
  void however_many_there_are_they_stay_few_in_order_and_add_up() {
    Random random = new Random(7);
    long now = 0;
    long waited = 0;
    for (int i = 0; i < 10_000; i++) {
      long from = now + random.nextInt(5) * SECOND / 10;
      now = from + random.nextInt(1_000_000_000);
      waited += now - from;
      waits.add(from, now);
    }

    List<Wait> list = waits.list();

    assertThat(list).hasSize(Waits.MOST);
    assertThat(list.stream().mapToLong(wait -> wait.waited().toNanos()).sum()).isEqualTo(waited);
    for (int i = 0; i < list.size(); i++) {
      Wait wait = list.get(i);
      assertThat(wait.waited()).isLessThanOrEqualTo(Duration.between(wait.from(), wait.until()));
      assertThat(i == 0 || !wait.from().isBefore(list.get(i - 1).until())).isTrue();
    }
  }
}
