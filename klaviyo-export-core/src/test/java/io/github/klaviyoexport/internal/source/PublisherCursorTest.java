package io.github.klaviyoexport.internal.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow.Publisher;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A publisher is asked for a few objects at a time, and is held to the rules of Flow. */
@Timeout(60)
class PublisherCursorTest {
  /** A publisher that does what a test says whenever it is asked for more, on the same thread. */
  private static final class Scripted implements Publisher<String>, Subscription {
    final List<Long> asked = new ArrayList<>();
    private final BiConsumer<Subscriber<? super String>, Long> script;
    private @Nullable Subscriber<? super String> subscriber;
    int cancelled;

    Scripted(BiConsumer<Subscriber<? super String>, Long> script) {
      this.script = script;
    }

    @Override
    public void subscribe(Subscriber<? super String> given) {
      subscriber = given;
      given.onSubscribe(this);
    }

    @Override
    public void request(long count) {
      asked.add(count);
      Subscriber<? super String> given = subscriber;
      if (given != null) {
        script.accept(given, count);
      }
    }

    @Override
    public void cancel() {
      cancelled++;
    }
  }

  private static List<String> read(Publisher<String> publisher) throws IOException {
    List<String> read = new ArrayList<>();
    try (ObjectCursor<String> cursor = PublisherCursor.of(publisher)) {
      while (cursor.advance()) {
        read.add(String.valueOf(cursor.current()));
      }
    }
    return read;
  }

  @Test
  void no_more_than_a_few_objects_are_asked_for_ahead_of_those_that_are_read() throws IOException {
    Scripted publisher =
        new Scripted(
            (to, count) -> IntStream.range(0, count.intValue()).forEach(i -> to.onNext("x")));
    try (ObjectCursor<String> cursor = PublisherCursor.of(publisher)) {
      assertThat(publisher.asked).isEmpty();
      for (int read = 1; read <= 1_000; read++) {
        assertThat(cursor.advance()).isTrue();
        assertThat(publisher.asked.stream().mapToLong(count -> count).sum())
            .isLessThanOrEqualTo(read + 64);
      }
    }
    assertThat(publisher.cancelled).isEqualTo(1);
  }

  @Test
  void all_objects_come_from_another_thread_in_their_order() throws Exception {
    SubmissionPublisher<String> publisher = new SubmissionPublisher<>(Runnable::run, 16);
    Thread giver =
        new Thread(
            () -> {
              while (publisher.getNumberOfSubscribers() == 0) {
                Thread.onSpinWait();
              }
              IntStream.range(0, 10_000).forEach(i -> publisher.submit("" + i));
              publisher.close();
            });
    giver.start();
    assertThat(read(publisher))
        .containsExactlyElementsOf(IntStream.range(0, 10_000).mapToObj(i -> "" + i).toList());
    giver.join();
  }

  @Test
  void what_was_given_before_the_end_is_read_and_an_ended_publisher_is_not_cancelled()
      throws IOException {
    Scripted publisher =
        new Scripted(
            (to, count) -> {
              to.onNext("a");
              to.onNext("b");
              to.onComplete();
            });
    assertThat(read(publisher)).containsExactly("a", "b");
    assertThat(publisher.cancelled).isZero();
  }

  @Test
  void a_failure_ends_the_reading_after_what_came_before_it_and_is_not_quoted() throws IOException {
    Scripted publisher =
        new Scripted(
            (to, count) -> {
              to.onNext("a");
              to.onError(new IllegalArgumentException("Rosebud"));
            });
    try (ObjectCursor<String> cursor = PublisherCursor.of(publisher)) {
      assertThat(cursor.advance()).isTrue();
      assertThatIOException()
          .isThrownBy(cursor::advance)
          .withMessage(
              "The publisher of the segment failed with java.lang.IllegalArgumentException.")
          .satisfies(told -> assertThat(told.getCause().toString()).doesNotContain("Rosebud"));
    }
  }

  @Test
  void a_publisher_that_gives_nothing_can_be_interrupted() throws Exception {
    Scripted publisher = new Scripted((to, count) -> {});
    List<Throwable> told = new ArrayList<>();
    Thread reading =
        new Thread(
            () -> {
              try {
                read(publisher);
              } catch (IOException interrupted) {
                told.add(interrupted);
              }
            });
    reading.start();
    reading.interrupt();
    reading.join(TimeUnit.MINUTES.toMillis(1));

    assertThat(told).hasSize(1).hasOnlyElementsOfType(InterruptedIOException.class);
    assertThat(publisher.cancelled).isEqualTo(1);
  }

  @Test
  void each_rule_that_is_broken_is_told_and_the_subscription_cancelled() {
    assertBroken("gave null", (to, count) -> to.onNext(nothing()));
    assertBroken(
        "gave more objects than it was asked for",
        (to, count) -> IntStream.rangeClosed(0, count.intValue()).forEach(i -> to.onNext("x")));
    assertBroken(
        "called onSubscribe twice", (to, count) -> to.onSubscribe(new Scripted((a, b) -> {})));
    assertBroken("called onSubscribe with null", (to, count) -> to.onSubscribe(nothing()));
    assertBroken(
        "gave an object after its end",
        (to, count) -> {
          to.onComplete();
          to.onNext("x");
        });
    assertBroken(
        "ended twice",
        (to, count) -> {
          to.onComplete();
          to.onComplete();
        });
    assertBroken(
        "failed with java.lang.UnsupportedOperationException when it was asked for more",
        (to, count) -> {
          throw new UnsupportedOperationException("Rosebud");
        });
  }

  private static void assertBroken(
      String how, BiConsumer<Subscriber<? super String>, Long> script) {
    Scripted publisher = new Scripted(script);
    assertThatIOException()
        .isThrownBy(() -> read(publisher))
        .withMessage(
            "The publisher of the segment %s: use one that keeps to the rules of Flow.", how);
    assertThat(publisher.cancelled).as(how).isPositive();
  }

  @Test
  void a_publisher_that_gives_without_end_comes_to_an_end() {
    Scripted publisher =
        new Scripted(
            (to, count) -> {
              while (true) {
                to.onNext("x");
              }
            });
    assertThatIOException()
        .isThrownBy(() -> read(publisher))
        .withMessageContaining("gave more objects than it was asked for");
  }

  @Test
  void an_object_before_the_subscription_is_told() throws IOException {
    try (ObjectCursor<String> cursor = PublisherCursor.of(to -> to.onNext("x"))) {
      assertThatIOException()
          .isThrownBy(cursor::advance)
          .withMessageContaining("gave an object before it called onSubscribe");
    }
  }

  @Test
  void a_publisher_that_cannot_be_subscribed_to_is_cancelled_and_its_failure_passed_on() {
    Scripted publisher = new Scripted((to, count) -> {});
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                PublisherCursor.of(
                    to -> {
                      publisher.subscribe(to);
                      throw new IllegalStateException("down");
                    }));
    assertThat(publisher.cancelled).isEqualTo(1);
  }

  @Test
  void what_comes_after_closing_is_passed_over_and_a_late_subscription_cancelled()
      throws IOException {
    List<Subscriber<? super String>> subscribers = new ArrayList<>();
    ObjectCursor<String> cursor = PublisherCursor.of(subscribers::add);
    cursor.close();
    Scripted late = new Scripted((to, count) -> {});

    subscribers.get(0).onSubscribe(late);
    subscribers.get(0).onNext("x");
    subscribers.get(0).onComplete();
    subscribers.get(0).onComplete();

    assertThat(late.cancelled).isEqualTo(1);
  }

  @Test
  void null_is_answered_with_an_exception_as_the_rules_ask() throws IOException {
    List<Subscriber<? super String>> subscribers = new ArrayList<>();
    try (ObjectCursor<String> cursor = PublisherCursor.of(subscribers::add)) {
      Subscriber<? super String> subscriber = subscribers.get(0);
      assertThatExceptionOfType(NullPointerException.class)
          .isThrownBy(() -> subscriber.onError(nothing()));
      assertThatIOException()
          .isThrownBy(cursor::advance)
          .withMessageContaining("failed with java.lang.NullPointerException");
    }
  }

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // What no rule allows.
  private static <V> V nothing() {
    return null;
  }
}
