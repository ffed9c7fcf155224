package io.github.klaviyoexport.testkit.contract;

import io.github.klaviyoexport.klaviyo.PermitSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Permits with a flaw break the rule that they are named for, and no other. */
class FlawedPermitsTest {
  private static final TreeMap<String, List<Supplier<Permits>>> FLAWED = new TreeMap<>();
  private static Supplier<Permits> onTrial = Permits::new;

  static class Trial extends PermitSourceContract {
    private final Permits permits = onTrial.get();

    @Override
    protected PermitSource permits() {
      return permits.ofProcess();
    }

    @Override
    protected void pass(Duration time) {
      permits.now += time.toNanos();
    }
  }

  /** Permits without a flaw, for all processes, with a clock of their own. */
  private static class Permits {
    /** A call: when it was answered, or that it goes on. */
    private record Call(long id, String operation, long answered) {}

    private static final long GOES_ON = Long.MAX_VALUE;

    final Map<String, Long> closedUntil = new LinkedHashMap<>();
    private final List<Call> calls = new ArrayList<>();
    long now;
    private long ids;

    PermitSource ofProcess() {
      return new PermitSource() {
        @Override
        public Permit ask(String operation, List<Window> windows) {
          return Permits.this.ask(name(operation), windows);
        }

        @Override
        public void answered(String operation, long permit) {
          Permits.this.answered(name(operation), permit);
        }

        @Override
        public void close(String operation, Duration wait) {
          Permits.this.close(name(operation), wait);
        }
      };
    }

    String name(String operation) {
      return operation;
    }

    synchronized PermitSource.Permit ask(String operation, List<PermitSource.Window> windows) {
      long wait = closedUntil.getOrDefault(operation, now) - now;
      for (PermitSource.Window window : windows) {
        List<Call> inside =
            calls.stream()
                .filter(call -> call.operation.equals(operation))
                .filter(call -> left(call, window, windows) > 0)
                .toList();
        if (inside.size() >= room(window)) {
          long first =
              inside.stream().mapToLong(call -> left(call, window, windows)).min().orElseThrow();
          wait = Math.max(wait, Math.min(first, window.length().toNanos()));
        }
      }
      if (wait > 0) {
        return PermitSource.Permit.in(delay(Duration.ofNanos(wait)));
      }
      calls.add(new Call(++ids, operation, whenGiven()));
      return PermitSource.Permit.given(ids);
    }

    int room(PermitSource.Window window) {
      return window.calls();
    }

    long whenGiven() {
      return GOES_ON;
    }

    Duration delay(Duration wait) {
      return wait;
    }

    private long left(Call call, PermitSource.Window window, List<PermitSource.Window> windows) {
      return call.answered == GOES_ON
          ? window.length().toNanos()
          : call.answered + afterAnswer(window, windows).toNanos() - now;
    }

    /** Returns how long a call is in a window after its answer; the window is one of these. */
    Duration afterAnswer(PermitSource.Window window, List<PermitSource.Window> windows) {
      return window.length();
    }

    synchronized void answered(String operation, long permit) {
      calls.replaceAll(call -> isOf(call.id, permit) ? at(call) : call);
    }

    private Call at(Call call) {
      return call.answered == GOES_ON ? new Call(call.id, call.operation, now) : call;
    }

    boolean isOf(long call, long permit) {
      return call == permit;
    }

    synchronized void close(String operation, Duration wait) {
      closedUntil.merge(operation, now + wait.toNanos(), Math::max);
    }
  }

  private static void flawed(String rule, Supplier<Permits> permits) {
    FLAWED.computeIfAbsent(rule, none -> new ArrayList<>()).add(permits);
  }

  private static void frees(
      BiFunction<PermitSource.Window, List<PermitSource.Window>, Duration> afterAnswer) {
    flawed(
        "A call is in its window until one length after it was answered, however long that takes.",
        () ->
            new Permits() {
              @Override
              Duration afterAnswer(PermitSource.Window window, List<PermitSource.Window> windows) {
                return afterAnswer.apply(window, windows);
              }
            });
  }

  static {
    flawed(
        "As many permits are given as every window has room for, whichever process asks.",
        () ->
            new Permits() {
              @Override
              int room(PermitSource.Window window) {
                return window.calls() == 3 ? 4 : window.calls();
              }
            });
    flawed(
        "As many permits are given as every window has room for, whichever process asks.",
        () ->
            new Permits() {
              @Override
              synchronized PermitSource.Permit ask(
                  String operation, List<PermitSource.Window> windows) {
                return super.ask(operation, windows.subList(windows.size() - 1, windows.size()));
              }
            });
    frees((window, windows) -> Duration.ZERO);
    frees((window, windows) -> window.length().dividedBy(2));
    frees((window, windows) -> windows.get(0).length());
    flawed(
        "A call is in its window until one length after it was answered, however long that takes.",
        () ->
            new Permits() {
              @Override
              Duration delay(Duration wait) {
                return wait.compareTo(Duration.ofHours(1)) < 0 ? wait.multipliedBy(7) : wait;
              }
            });
    flawed(
        "The answer of one call frees no place of another's.",
        () ->
            new Permits() {
              @Override
              boolean isOf(long call, long permit) {
                return true;
              }
            });
    flawed(
        "Operations have nothing to do with each other.",
        () ->
            new Permits() {
              @Override
              String name(String operation) {
                return operation.equals("find profiles") ? "get list" : operation;
              }
            });
    flawed(
        "What is closed is closed for all processes, until the longest wait is over.",
        () ->
            new Permits() {
              @Override
              synchronized void close(String operation, Duration wait) {
                closedUntil.put(operation, now + wait.toNanos());
              }
            });
    flawed(
        "Of many that ask at once no more are given than there is room for.",
        () ->
            new Permits() {
              private final Map<Thread, Long> asking = new LinkedHashMap<>();

              @Override
              synchronized PermitSource.Permit ask(
                  String operation, List<PermitSource.Window> windows) {
                asking.put(Thread.currentThread(), now);
                // Two threads that ask do not see each other.
                return asking.size() > 1
                    ? PermitSource.Permit.given(1_000 + asking.size())
                    : super.ask(operation, windows);
              }
            });
  }

  static Stream<String> flaws() {
    return FLAWED.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("flaws")
  void flawed_permits_break_their_rule_and_no_other(String rule) {
    for (Supplier<Permits> flawed : FLAWED.getOrDefault(rule, List.of())) {
      onTrial = flawed;

      Trials.breaksOnly(Trial.class, rule);
    }
  }

  @Test
  void permits_without_a_flaw_break_none_and_every_rule_is_broken_by_some() {
    onTrial = Permits::new;

    Trials.keepsAll(Trial.class, FLAWED.keySet());
  }
}
