package io.github.klaviyoexport.testkit;

import static java.util.concurrent.CompletableFuture.runAsync;
import static java.util.concurrent.CompletableFuture.supplyAsync;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class VirtualTimeTest {
  /** The common pool may have a single thread, and these wait for each other. */
  private static final Executor A_THREAD_EACH = task -> new Thread(task).start();

  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final boolean EXCHANGING = true;
  private static final boolean IDLE = false;

  private final VirtualTime time = VirtualTime.create();
  private final Semaphore signal = new Semaphore(0);

  @AfterEach
  void leave_no_interrupt_behind() {
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void stands_still_until_somebody_waits() {
    Instant start = time.now();

    assertThat(start).isEqualTo("2026-09-01T08:00:00Z");
    assertThat(time.now()).isEqualTo(start);
    assertThat(time.nanoTime()).isZero();
    assertThat(time.waited()).isZero();
  }

  @Test
  void a_wait_that_nobody_ends_takes_its_time_and_no_real_time() throws Exception {
    assertThat(time.await(signal, HOUR, IDLE)).isFalse();

    assertThat(time.waited()).isEqualTo(HOUR);
    assertThat(time.nanoTime()).isEqualTo(HOUR.toNanos());
    assertThat(time.now()).isEqualTo("2026-09-01T09:00:00Z");
  }

  @Test
  void a_permit_that_is_there_is_taken_without_moving_the_clock() throws Exception {
    signal.release();

    assertThat(time.await(signal, HOUR, IDLE)).isTrue();

    assertThat(signal.availablePermits()).isZero();
    assertThat(time.waited()).isZero();
  }

  @Test
  void the_clock_does_not_move_while_a_thread_is_woken_and_has_not_noticed_it() throws Exception {
    Semaphore noticedLate =
        new Semaphore(1) {
          private boolean late;

          @Override
          public boolean tryAcquire() {
            boolean first = !late;
            late = true;
            return !first && super.tryAcquire();
          }
        };

    assertThat(time.await(noticedLate, HOUR, IDLE)).isTrue();

    assertThat(time.waited()).isZero();
  }

  @Test
  void a_wait_of_no_time_runs_what_is_due_and_nothing_else() throws Exception {
    time.schedule(Duration.ZERO, signal::release);
    time.schedule(Duration.ofNanos(1), signal::release);

    assertThat(time.await(signal, Duration.ZERO, IDLE)).isTrue();
    assertThat(time.await(signal, Duration.ZERO, IDLE)).isFalse();
    assertThat(time.waited()).isZero();
  }

  @Test
  void an_event_before_the_deadline_happens_at_its_time_and_can_end_the_wait() throws Exception {
    time.schedule(MINUTE, signal::release);

    assertThat(time.await(signal, HOUR, EXCHANGING)).isTrue();

    assertThat(time.waited()).isEqualTo(MINUTE);
  }

  @Test
  void an_event_after_the_deadline_does_not_happen() throws Exception {
    time.schedule(HOUR.plusNanos(1), signal::release);

    assertThat(time.await(signal, HOUR, IDLE)).isFalse();

    assertThat(time.waited()).isEqualTo(HOUR);
  }

  @Test
  void events_happen_in_the_order_of_their_times_then_of_scheduling() throws Exception {
    List<String> happened = new ArrayList<>();
    time.schedule(MINUTE, () -> happened.add("second"));
    time.schedule(MINUTE, () -> happened.add("third"));
    time.schedule(
        Duration.ofSeconds(1),
        () -> {
          happened.add("first at " + time.now());
          time.schedule(HOUR.minusSeconds(1), () -> happened.add("last"));
        });

    time.await(signal, HOUR, IDLE);

    assertThat(happened)
        .containsExactly("first at 2026-09-01T08:00:01Z", "second", "third", "last");
  }

  @Test
  void advancing_by_hand_runs_events_and_does_not_count_as_waiting() {
    List<Instant> happened = new ArrayList<>();
    time.schedule(MINUTE, () -> happened.add(time.now()));
    time.schedule(HOUR, () -> happened.add(time.now()));

    time.advance(MINUTE);

    assertThat(happened).containsExactly(Instant.parse("2026-09-01T08:01:00Z"));
    assertThat(time.nanoTime()).isEqualTo(MINUTE.toNanos());
    assertThat(time.waited()).isZero();
    assertThatThrownBy(() -> time.advance(Duration.ofNanos(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Time moves forward only: advance by zero or more.");
  }

  @Test
  void stands_still_for_a_response_that_is_under_way() throws Exception {
    CompletableFuture<Void> response =
        runAsync(signal::release, CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS));
    time.schedule(MINUTE, () -> {});

    assertThat(time.await(signal, HOUR, EXCHANGING)).isTrue();

    assertThat(time.waited()).as("the event comes first").isEqualTo(MINUTE);
    response.join();
  }

  @Test
  void moves_on_after_its_patience_when_no_response_comes() throws Exception {
    time.patience(Duration.ofMillis(30));
    long start = System.nanoTime();

    assertThat(time.await(signal, MINUTE, EXCHANGING)).isFalse();

    assertThat(time.waited()).isEqualTo(MINUTE);
    assertThat(System.nanoTime() - start).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(29));
  }

  @Test
  void loses_its_patience_once_for_many_waits_and_regains_it_by_a_response() throws Exception {
    time.patience(Duration.ofMillis(300));
    assertThat(time.await(signal, MINUTE, EXCHANGING)).isFalse();
    long start = System.nanoTime();

    for (int i = 0; i < 100; i++) {
      assertThat(time.await(signal, MINUTE, EXCHANGING)).isFalse();
    }

    assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(3));
    signal.release();
    assertThat(time.await(signal, MINUTE, EXCHANGING)).isTrue();
    long again = System.nanoTime();
    assertThat(time.await(signal, MINUTE, EXCHANGING)).isFalse();
    assertThat(System.nanoTime() - again).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(299));
  }

  @Test
  void an_exchange_in_virtual_time_does_not_hold_the_clock_up() throws Exception {
    time.exchangeClock().begins(new CompletableFuture<>());

    assertThat(time.await(signal, HOUR, EXCHANGING)).isFalse();

    assertThat(time.waited()).isEqualTo(HOUR);
  }

  @Test
  void an_interrupt_ends_a_wait_and_is_checked_before_it() {
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> time.await(signal, HOUR, IDLE))
        .isInstanceOf(InterruptedException.class);

    assertThat(time.waited()).isZero();
  }

  @Test
  void an_interrupt_ends_a_wait_that_stands_still() throws Exception {
    Thread waiting = Thread.currentThread();
    CompletableFuture<Void> interrupt =
        runAsync(waiting::interrupt, CompletableFuture.delayedExecutor(30, TimeUnit.MILLISECONDS));

    assertThatThrownBy(() -> time.await(signal, HOUR, EXCHANGING))
        .isInstanceOf(InterruptedException.class);
    interrupt.get();
  }

  @Test
  void threads_with_seats_pass_time_side_by_side() throws Exception {
    List<String> ticks = new CopyOnWriteArrayList<>();
    VirtualTime.Seat slow = time.join();
    VirtualTime.Seat quick = time.join();
    CompletableFuture<Void> one =
        runAsync(() -> tick(slow, "slow", Duration.ofSeconds(3), 2, ticks), A_THREAD_EACH);
    CompletableFuture<Void> other =
        runAsync(() -> tick(quick, "quick", Duration.ofSeconds(2), 5, ticks), A_THREAD_EACH);

    CompletableFuture.allOf(one, other).get(10, TimeUnit.SECONDS);

    // Six seconds fall together, and which of two threads is first then is nobody's business.
    assertThat(ticks)
        .containsExactlyInAnyOrder(
            "quick 2", "slow 3", "quick 4", "slow 6", "quick 6", "quick 8", "quick 10")
        .startsWith("quick 2", "slow 3", "quick 4")
        .endsWith("quick 8", "quick 10");
    assertThat(time.waited()).isEqualTo(Duration.ofSeconds(10));
  }

  private void tick(
      VirtualTime.Seat seat, String name, Duration pause, int times, List<String> ticks) {
    try (seat) {
      for (int i = 0; i < times; i++) {
        time.await(new Semaphore(0), pause, IDLE);
        ticks.add(name + " " + time.waited().toSeconds());
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void a_signal_from_another_thread_ends_a_wait_although_seats_are_free() throws Exception {
    VirtualTime.Seat mine = time.join();
    VirtualTime.Seat others = time.join();
    CompletableFuture<Boolean> waiting =
        supplyAsync(
            () -> {
              try {
                return time.await(signal, HOUR, IDLE);
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            });

    signal.release();

    assertThat(waiting.get(10, TimeUnit.SECONDS)).isTrue();
    assertThat(time.waited()).isZero();
    mine.close();
    mine.close();
    others.close();
    assertThat(time.await(signal, MINUTE, IDLE)).isFalse();
  }
}
