package io.github.klaviyoexport.internal.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.testing.TestTime;
import io.github.klaviyoexport.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

class EventLoopTest {
  private final TestTime time = new TestTime();
  private final EventLoop loop = new EventLoop(time);
  private final List<String> happened = new ArrayList<>();

  private Runnable note(String what) {
    return () -> happened.add(what + " at " + time.elapsed().toSeconds());
  }

  private static Duration seconds(long seconds) {
    return Duration.ofSeconds(seconds);
  }

  @Test
  void things_happen_when_they_are_due_and_in_the_order_they_were_asked_for() throws Exception {
    loop.after(seconds(5), note("last"));
    loop.after(seconds(2), note("first"));
    loop.after(seconds(2), note("second"));

    loop.run();
    assertThat(happened).containsExactly("first at 2", "second at 2");
    loop.run();
    assertThat(happened).endsWith("last at 5");
  }

  @Test
  void what_is_due_already_is_not_waited_for() throws Exception {
    loop.after(Duration.ZERO, note("now"));
    loop.after(seconds(1), note("later"));

    loop.run();

    assertThat(happened).containsExactly("now at 0");
  }

  @Test
  void nothing_that_is_not_due_happens_without_waiting() {
    loop.after(seconds(1), note("later"));

    loop.runReady();

    assertThat(happened).isEmpty();
  }

  @Test
  void what_is_cancelled_neither_happens_nor_is_waited_for() throws Exception {
    loop.after(seconds(1), note("cancelled")).cancel();
    loop.after(seconds(5), note("kept"));

    loop.run();

    assertThat(happened).containsExactly("kept at 5");
  }

  @Test
  void what_an_exchange_brings_ends_the_wait_and_is_handled() throws Exception {
    CompletableFuture<String> exchange = new CompletableFuture<>();
    loop.when(exchange, (value, failure) -> note(value).run());
    loop.after(seconds(9), note("timer"));
    time.in(seconds(4), () -> exchange.complete("answer"));

    loop.run();

    assertThat(happened).containsExactly("answer at 4");
  }

  @Test
  void a_failed_exchange_is_handled_too() throws Exception {
    CompletableFuture<String> exchange = new CompletableFuture<>();
    loop.when(exchange, (value, failure) -> note(String.valueOf(failure)).run());
    time.in(seconds(4), () -> exchange.completeExceptionally(new IllegalStateException("no")));

    loop.run();

    assertThat(happened).containsExactly("java.lang.IllegalStateException: no at 4");
  }

  @Test
  void being_woken_ends_the_wait() throws Exception {
    loop.after(seconds(9), note("timer"));
    time.in(seconds(3), loop::wake);

    loop.run();

    assertThat(time.elapsed()).isEqualTo(seconds(3));
    assertThat(happened).isEmpty();
  }

  @Test
  void a_wait_that_nothing_could_end_is_refused() throws Exception {
    CompletableFuture<String> exchange = CompletableFuture.completedFuture("answer");
    loop.when(exchange, (value, failure) -> {});
    loop.run();
    loop.after(seconds(1), note("cancelled")).cancel();

    assertThatThrownBy(loop::run)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("An export waits, and nothing is under way.");
    assertThat(time.elapsed()).isZero();
  }

  @Test
  void a_delay_of_more_than_any_clock_can_count_is_as_good_as_never() throws Exception {
    loop.after(seconds(Long.MAX_VALUE), note("never"));
    loop.after(seconds(1), note("soon"));

    loop.run();

    assertThat(happened).containsExactly("soon at 1");
  }

  @Test
  void the_clock_is_told_whether_an_exchange_is_under_way() throws Exception {
    List<Boolean> told = new ArrayList<>();
    TimeSource clock =
        new TimeSource() {
          @Override
          public Instant now() {
            return time.now();
          }

          @Override
          public long nanoTime() {
            return time.nanoTime();
          }

          @Override
          public boolean await(Semaphore signal, Duration atMost, boolean exchanging)
              throws InterruptedException {
            told.add(exchanging);
            return time.await(signal, atMost, exchanging);
          }
        };
    EventLoop loop = new EventLoop(clock);
    CompletableFuture<String> exchange = new CompletableFuture<>();
    time.in(seconds(2), () -> exchange.complete("answer"));

    loop.after(seconds(1), () -> loop.when(exchange, (value, failure) -> {}));
    loop.run();
    loop.run();
    loop.after(seconds(1), () -> {});
    loop.run();

    assertThat(told).containsExactly(false, true, false);
  }
}
