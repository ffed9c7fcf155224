package io.github.klaviyoexport.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.testing.TestTime;
import io.github.klaviyoexport.time.TimeSource;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class QuotasTest {
  private static final KlaviyoConnection ACCOUNT = account("pk_0123456789");

  private final TestTime time = new TestTime();

  private static KlaviyoConnection account(String key) {
    return KlaviyoConnection.of(ApiKey.of(key));
  }

  @Test
  void exporters_of_one_account_share_its_quotas_and_those_of_another_do_not() {
    Quotas quotas = Quotas.shared(ACCOUNT, time);

    assertThat(Quotas.shared(account("pk_0123456789"), time)).isSameAs(quotas);
    assertThat(Quotas.shared(account("pk_9876543210"), time)).isNotSameAs(quotas);
  }

  @Test
  void an_account_is_remembered_for_two_minutes_after_its_last_exporter() {
    Quotas quotas = Quotas.shared(ACCOUNT, time);
    quotas.release();
    time.pass(Duration.ofMinutes(2));

    assertThat(Quotas.shared(ACCOUNT, time)).as("after two minutes").isSameAs(quotas);
    quotas.release();
    time.pass(Duration.ofMinutes(2).plusMillis(1));

    assertThat(Quotas.shared(ACCOUNT, time)).as("after more").isNotSameAs(quotas);
  }

  @Test
  void an_account_is_remembered_as_long_as_an_exporter_uses_it() {
    Quotas quotas = Quotas.shared(ACCOUNT, time);
    Quotas.shared(ACCOUNT, time).release();
    time.pass(Duration.ofDays(1));

    assertThat(Quotas.shared(ACCOUNT, time)).isSameAs(quotas);
  }

  @Test
  void an_account_is_forgotten_with_its_clock() {
    WeakReference<Quotas> ofTest = usedByOneThatEnds();

    // Nobody else knows the clock, which stands still: without this it would be kept for ever.
    for (int i = 0; i < 10 && ofTest.get() != null; i++) {
      System.gc();
      Quotas.shared(ACCOUNT, time).release();
    }

    assertThat(ofTest.get()).isNull();
  }

  private static WeakReference<Quotas> usedByOneThatEnds() {
    Quotas quotas = Quotas.shared(ACCOUNT, new TestTime());
    quotas.release();
    return new WeakReference<>(quotas);
  }

  @Test
  void the_clock_of_an_account_that_is_in_use_is_not_forgotten() {
    List<Quotas> inUse = new ArrayList<>();
    WeakReference<TimeSource> clock = usedBy(inUse);

    System.gc();

    assertThat(clock.get()).isNotNull();
    inUse.forEach(Quotas::release);
  }

  private static WeakReference<TimeSource> usedBy(List<Quotas> users) {
    TimeSource clock = new TestTime();
    users.add(Quotas.shared(ACCOUNT, clock));
    return new WeakReference<>(clock);
  }

  @Test
  void an_account_costs_no_more_the_more_others_there_have_been() {
    CountingTime counting = new CountingTime();
    for (int i = 0; i < 1_000; i++) {
      Quotas.shared(account("pk_000000" + i), counting).release();
    }
    counting.readings.set(0);

    Quotas.shared(account("pk_0000001000"), counting).release();

    assertThat(counting.readings).hasValueLessThan(100);
  }

  private static final class CountingTime implements TimeSource {
    private final AtomicInteger readings = new AtomicInteger();

    @Override
    public Instant now() {
      return Instant.EPOCH;
    }

    @Override
    public long nanoTime() {
      return readings.incrementAndGet();
    }

    @Override
    public boolean await(Semaphore signal, Duration atMost, boolean exchanging) {
      throw new AssertionError("Nothing waits here.");
    }
  }
}
