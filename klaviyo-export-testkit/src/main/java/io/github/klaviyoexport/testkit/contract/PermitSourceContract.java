package io.github.klaviyoexport.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.klaviyo.PermitSource;
import io.github.klaviyoexport.klaviyo.PermitSource.Permit;
import io.github.klaviyoexport.klaviyo.PermitSource.Window;
import io.github.klaviyoexport.time.TimeSource;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What a {@link PermitSource} owes an exporter, as tests: extend it to prove your own.
 *
 * {@snippet class="io.github.klaviyoexport.testkit.contract.PermitSourcesTest" region="example"}
 *
 * <p>That a call which is never told of counts as answered after a while is left for you to prove,
 * since you say how long that is.
 */
@ExtendWith(RuleInMessage.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class PermitSourceContract {
  private static final String IMPORT = "import profiles";
  private static final Duration LENGTH = Duration.ofMillis(300);
  private static final List<Window> ONE = List.of(new Window(1, LENGTH));
  private static final List<Window> TWO = List.of(new Window(2, LENGTH));
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration SECONDS = Duration.ofSeconds(2);
  private static final int THREADS = 8;
  private static final int PATIENCE = 20;

  /** Creates the tests; for subclasses. */
  protected PermitSourceContract() {}

  /**
   * Returns the permits of an account that no call was made of when the test begins. It is called
   * several times in a test, as by several processes that share the quota.
   */
  protected abstract PermitSource permits();

  /**
   * Lets so much time pass, by the clock of the permits: less than a second at once. A source that
   * lives by the real time waits.
   */
  protected abstract void pass(Duration time) throws InterruptedException;

  @Test
  @Rule("As many permits are given as every window has room for, whichever process asks.")
  void as_many_permits_are_given_as_every_window_has_room_for() throws IOException {
    List<Window> both = List.of(new Window(5, LENGTH), new Window(3, LENGTH.multipliedBy(100)));
    PermitSource one = permits();
    PermitSource other = permits();

    assertThat(one.ask(IMPORT, both).isGiven()).as("the first of 3").isTrue();
    assertThat(other.ask(IMPORT, both).isGiven()).as("the second of 3").isTrue();
    assertThat(one.ask(IMPORT, both).isGiven()).as("the third of 3").isTrue();
    assertThat(one.ask(IMPORT, both).isGiven()).as("the fourth of 3, of one process").isFalse();
    assertThat(other.ask(IMPORT, both).isGiven()).as("the fourth of 3, of the other").isFalse();
  }

  @Test
  @Rule("As many permits are given as every window has room for, whichever process asks.")
  void the_shortest_window_counts_as_well_and_has_room_again() throws Exception {
    List<Window> both = List.of(new Window(1, LENGTH), new Window(3, HOUR));
    PermitSource permits = permits();
    Permit first = permits.ask(IMPORT, both);
    assertThat(first.isGiven()).as("the first of 1").isTrue();
    assertThat(permits.ask(IMPORT, both).isGiven()).as("the second of 1").isFalse();

    permits.answered(IMPORT, first.id());

    assertThat(isGivenAfterWaiting(permits, IMPORT, both)).as("given afterwards").isTrue();
    assertThat(permits.ask(IMPORT, both).isGiven()).as("the second of 1, afterwards").isFalse();
  }

  @Test
  @Rule("A call is in its window until one length after it was answered, however long that takes.")
  void a_call_is_in_its_window_until_one_length_after_its_answer() throws Exception {
    PermitSource permits = permits();
    Permit first = permits.ask(IMPORT, ONE);
    pass(LENGTH.multipliedBy(2));
    assertThat(permits.ask(IMPORT, ONE).isGiven()).as("while the call goes on").isFalse();

    permits.answered(IMPORT, first.id());

    Permit next = permits.ask(IMPORT, ONE);
    // A source may add a little, for clocks that differ.
    assertThat(next.delay())
        .as("the wait after the answer")
        .isLessThanOrEqualTo(LENGTH.multipliedBy(2));
    assertThat(next.isGiven() || isGivenAfterWaiting(permits, IMPORT, ONE))
        .as("given when the window is over")
        .isTrue();
  }

  @Test
  @Rule("A call is in its window until one length after it was answered, however long that takes.")
  void an_answer_frees_no_place_before_the_length_is_over() throws Exception {
    PermitSource permits = permits();
    List<Window> both = List.of(new Window(5, LENGTH), new Window(1, HOUR));
    permits.answered(IMPORT, permits.ask(IMPORT, both).id());

    assertThat(permits.ask(IMPORT, both).isGiven()).as("given at once").isFalse();
    pass(LENGTH.multipliedBy(2));
    assertThat(permits.ask(IMPORT, both).isGiven()).as("given before the hour is over").isFalse();

    List<Window> seconds = List.of(new Window(1, SECONDS));
    Permit call = permits.ask("get list", seconds);
    long before = TimeSource.system().nanoTime();
    permits.answered("get list", call.id());
    pass(SECONDS.multipliedBy(2).dividedBy(5));
    pass(SECONDS.multipliedBy(2).dividedBy(5));
    boolean isGiven = permits.ask("get list", seconds).isGiven();
    // On a slow machine it may be asked too late, by the real time; then this says nothing.
    Duration took = Duration.ofNanos(TimeSource.system().nanoTime() - before);
    assertThat(isGiven && took.compareTo(SECONDS) < 0)
        .as("given when four fifths of the length were over")
        .isFalse();
  }

  @Test
  @Rule("The answer of one call frees no place of another's.")
  void the_answer_of_one_call_frees_no_place_of_anothers() throws Exception {
    PermitSource permits = permits();
    Permit first = permits.ask(IMPORT, TWO);
    Permit second = permits.ask(IMPORT, TWO);
    assertThat(first.id()).isNotEqualTo(second.id());

    permits.answered(IMPORT, first.id());

    assertThat(isGivenAfterWaiting(permits, IMPORT, TWO)).as("the place of the first").isTrue();
    assertThat(permits.ask(IMPORT, TWO).isGiven()).as("the place of the second").isFalse();
  }

  @Test
  @Rule("Operations have nothing to do with each other.")
  void operations_have_nothing_to_do_with_each_other() throws IOException {
    PermitSource permits = permits();

    assertThat(permits.ask(IMPORT, ONE).isGiven()).isTrue();
    assertThat(permits.ask("get list", ONE).isGiven()).isTrue();
    permits.close("get list", Duration.ofHours(1));
    assertThat(permits.ask("find profiles", ONE).isGiven()).isTrue();
  }

  @Test
  @Rule("What is closed is closed for all processes, until the longest wait is over.")
  void what_is_closed_is_closed_for_all_until_the_longest_wait_is_over() throws Exception {
    PermitSource one = permits();
    PermitSource other = permits();
    one.close(IMPORT, Duration.ofMinutes(10));
    other.close(IMPORT, Duration.ofSeconds(1));

    assertThat(other.ask(IMPORT, ONE).delay()).isGreaterThan(Duration.ofMinutes(9));

    one.close("get list", LENGTH);
    assertThat(isGivenAfterWaiting(other, "get list", ONE)).as("given afterwards").isTrue();
  }

  @Test
  @Rule("Of many that ask at once no more are given than there is room for.")
  void of_many_that_ask_at_once_no_more_are_given_than_there_is_room_for() throws Exception {
    CyclicBarrier together = new CyclicBarrier(THREADS);
    Callable<Boolean> asking =
        () -> {
          PermitSource permits = permits();
          together.await(1, TimeUnit.MINUTES);
          return permits.ask(IMPORT, TWO).isGiven();
        };
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    int given = 0;
    try {
      for (Future<Boolean> asked : threads.invokeAll(Collections.nCopies(THREADS, asking))) {
        given += asked.get() ? 1 : 0;
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(given).isEqualTo(2);
  }

  /** Asks until a permit is given, waiting as long as the source says, within reason. */
  private boolean isGivenAfterWaiting(PermitSource permits, String operation, List<Window> windows)
      throws IOException, InterruptedException {
    for (int time = 0; time < PATIENCE; time++) {
      Permit permit = permits.ask(operation, windows);
      if (permit.isGiven()) {
        return true;
      }
      pass(permit.delay().compareTo(LENGTH) < 0 ? permit.delay() : LENGTH);
    }
    return false;
  }
}
