package io.github.klaviyoexport.internal.listen;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.text.MessageFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class GuardedListenersTest {
  private final List<String> logged = new ArrayList<>();
  private final List<String> heard = new ArrayList<>();

  private final System.Logger log =
      new System.Logger() {
        @Override
        public String getName() {
          return "test";
        }

        @Override
        public boolean isLoggable(Level level) {
          return true;
        }

        @Override
        public void log(
            Level level,
            @Nullable ResourceBundle bundle,
            @Nullable String message,
            @Nullable Throwable thrown) {
          logged.add(level + " " + message);
        }

        @Override
        public void log(
            Level level,
            @Nullable ResourceBundle bundle,
            @Nullable String format,
            @Nullable Object... values) {
          logged.add(level + " " + MessageFormat.format(String.valueOf(format), values));
        }
      };

  private interface Listener {
    void hear(String event);
  }

  /** Throws what the compiler does not know of, as code in other languages may. */
  @SuppressWarnings("unchecked")
  private static <X extends Throwable> void throwUndeclared(Throwable failure) throws X {
    throw (X) failure;
  }

  private static Listener throwing(Throwable failure) {
    return event -> GuardedListenersTest.<RuntimeException>throwUndeclared(failure);
  }

  @Test
  void whatever_one_throws_the_others_hear_all_the_same() {
    GuardedListeners<Listener> listeners =
        GuardedListeners.complainingAlways(
            List.of(
                throwing(new IllegalStateException("of ada@shop.example")),
                throwing(new AssertionError("of ada@shop.example")),
                throwing(new IOException("of ada@shop.example")),
                heard::add),
            log,
            "the test");

    listeners.tell(listener -> listener.hear("one"));

    assertThat(heard).containsExactly("one");
    assertThat(logged)
        .hasSize(3)
        .allSatisfy(
            line ->
                assertThat(line)
                    .startsWith("WARNING The listener ")
                    .endsWith("; the test goes on without its help.")
                    .doesNotContain("ada@shop.example"));
    assertThat(logged.get(1))
        .contains("threw java.lang.AssertionError at " + getClass().getName() + ".whatever_one_");
    assertThat(logged.get(2)).contains("threw java.io.IOException");
  }

  @Test
  void complaints_are_logged_once_for_each_listener_or_always() {
    List<Listener> broken =
        List.of(throwing(new IllegalStateException()), throwing(new IllegalStateException()));
    GuardedListeners<Listener> once = GuardedListeners.complainingOnce(broken, log, "the test");
    GuardedListeners<Listener> always = GuardedListeners.complainingAlways(broken, log, "the test");

    once.tell(listener -> listener.hear("one"));
    once.tell(listener -> listener.hear("two"));
    assertThat(logged)
        .hasSize(2)
        .allSatisfy(
            line ->
                assertThat(line)
                    .endsWith("; the test goes on, and is silent about it from now on."));

    always.tell(listener -> listener.hear("one"));
    always.tell(listener -> listener.hear("two"));
    assertThat(logged).hasSize(6);
  }
}
