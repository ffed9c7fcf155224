package io.github.klaviyoexport.internal.call;

import io.github.klaviyoexport.klaviyo.KlaviyoResponse;
import io.github.klaviyoexport.klaviyo.PermitSource;
import io.github.klaviyoexport.klaviyo.PermitSource.Permit;
import io.github.klaviyoexport.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * The quota of one endpoint of an account: it decides when the next call may go, and leaves the
 * waiting to the caller.
 *
 * <p>Klaviyo counts calls in fixed windows of a second and a minute, and does not tell where they
 * begin. While this JVM is alone on the account, a sliding log is safe against every position of
 * those edges: never more calls in any second, and in any minute, than a window allows. A call
 * leaves the log one window after its <em>answer</em>, because Klaviyo counted it at some moment
 * before that.
 *
 * <p>A 429 shows that others use the account too. Then no log of our own calls tells what is left
 * of the minute, and calls are spread evenly over it instead, after the time Klaviyo asks for; the
 * second is still kept by the log, since a burst may just have filled it. When {@link #ALONE_AGAIN}
 * has passed without another 429, the log takes over again.
 *
 * <p>One instance serves all exports of an account in this JVM. Where several wait, each gets its
 * turn, however many calls it has waiting. A turn is one call, of those that wait when it may go:
 * none is kept for a call that may yet come. So where ten may go at once, an export that makes one
 * call at a time has one of them. Safe for use by many threads.
 */
final class Quota {
  static final Duration ALONE_AGAIN = Duration.ofMinutes(5);

  /**
   * So many calls are played through to tell how long they take; more take as long in proportion.
   */
  private static final int MOST_SIMULATED = 100_000;

  private static final long UNANSWERED = Long.MAX_VALUE;
  private static final long RECHECK_NANOS = Duration.ofMillis(20).toNanos();

  /** How late a caller may ask again before its turn goes to another. */
  private static final long LATE_NANOS = Duration.ofMillis(500).toNanos();

  private final Endpoint endpoint;
  private final TimeSource time;
  private final Deque<CountedCall> log = new ArrayDeque<>();
  private final Set<Caller> waiting = Collections.newSetFromMap(new WeakHashMap<>());
  private final List<Window> published;
  private List<Window> windows;
  private String heard = "";
  private List<Window> believed = List.of();
  private long toldAt;
  private long blockedUntil;
  private int blockedBy;
  private long sharedSince;
  private @Nullable EvenSpacing even;
  private double evenShare;
  private long evenPeriod;
  private long notBefore;
  private final SharedPermits permits;
  private boolean awayBefore;

  /** How many turns the caller that had the last one counted before it. */
  private long turn = 1;

  /** A number of calls that Klaviyo takes in a time. */
  record Window(int calls, Duration length) {}

  /** A call that was sent; the log keeps it until no window can still hold it. */
  final class CountedCall {
    private final long sentAt;
    private final @Nullable Permit permit;
    private long answeredAt = UNANSWERED;

    private CountedCall(long sentAt, @Nullable Permit permit) {
      this.sentAt = sentAt;
      this.permit = permit;
    }

    /** Notes the answer: by now Klaviyo has counted the call, if it ever will. */
    void answered() {
      synchronized (Quota.this) {
        answeredAt = time.nanoTime();
      }
      if (permit != null) {
        permits.answered(permit);
      }
    }
  }

  /**
   * A decision: go now with a call, or wait and ask again.
   *
   * @param trouble what is wrong with the shared permits, in a sentence; {@code null} if nothing
   *     is, or it was said before
   */
  record Decision(@Nullable CountedCall call, Duration delay, @Nullable String trouble) {}

  /**
   * What Klaviyo has asked for that no call may go before.
   *
   * @param left how long that still is; zero if it is over
   * @param status the status of the answer that asked for it
   */
  record Closing(Duration left, int status) {}

  /** Creates the quota of an endpoint, which also needs permits of a source if there is one. */
  Quota(Endpoint endpoint, TimeSource time, @Nullable PermitSource source) {
    this.permits = new SharedPermits(endpoint, time, source);
    this.endpoint = endpoint;
    this.time = time;
    this.published =
        List.of(
            new Window(endpoint.perSecond(), Duration.ofSeconds(1)),
            new Window(endpoint.perMinute(), Duration.ofMinutes(1)));
    this.windows = published;
    this.toldAt = time.nanoTime();
    this.blockedUntil = time.nanoTime();
  }

  /**
   * Asks to send one call.
   *
   * @param share the share of the quota that this JVM may use up, more than 0, at most 1
   * @param paced whether to keep to the quota; even if not, Klaviyo's Retry-After is obeyed
   * @param slot the call's place among those that wait
   */
  synchronized Decision ask(double share, boolean paced, Slot slot) {
    long now = time.nanoTime();
    forget(now);
    Caller caller = slot.caller;
    boolean last = caller.turns == 0 && !waiting.isEmpty();
    caller.turns = Math.max(caller.turns, last ? turn + 1 : turn);
    long wait = Math.max(0, blockedUntil - now);
    if (wait == 0 && paced) {
      wait = untilLogHasRoom(now, share);
      if (even != null) {
        wait = Math.max(wait, untilSpaced(now, share, slot));
      }
    }
    if (wait == 0 && paced && isOthersTurn(caller, now)) {
      wait = RECHECK_NANOS;
    }
    Permit permit = null;
    if (wait == 0 && paced) {
      permit = permits.ask(windows(share));
      wait = permit == null ? 0 : permit.delay().toNanos();
      followOutage(now);
    }
    if (wait > 0) {
      slot.asksAgainAt = now + wait;
      caller.line.add(slot);
      waiting.add(caller);
      return new Decision(null, Duration.ofNanos(wait), permits.news());
    }
    leave(slot);
    turn = caller.turns++;
    if (even != null && paced) {
      notBefore = now + untilNext(even);
    }
    CountedCall call = new CountedCall(now, permit);
    log.add(call);
    return new Decision(call, Duration.ZERO, permits.news());
  }

  /** Spaces calls evenly while the shared permits are away: others use the account, unseen. */
  private void followOutage(long now) {
    if (permits.areAway()) {
      spaceEvenly(now);
      awayBefore = true;
    } else if (awayBefore) {
      awayBefore = false;
      even = null;
    }
  }

  private void spaceEvenly(long now) {
    sharedSince = now;
    if (even == null) {
      space(1);
      notBefore = now;
    }
  }

  /** An export, or another caller; callers that wait take turns. */
  static final class Caller {
    /** Its calls that wait, in the order in which they came. */
    private final Set<Slot> line = new LinkedHashSet<>();

    /**
     * How many turns it counts as having had: no fewer than the one that had the last turn had
     * before, so that none makes up for time away; and one more if it is new while others wait.
     */
    private long turns;
  }

  /** A call's place among those that wait. */
  static final class Slot {
    private final Caller caller;
    private long asksAgainAt;

    Slot(Caller caller) {
      this.caller = caller;
    }
  }

  /** Lets a call wait no longer: it goes, or has ended. */
  synchronized void leave(Slot slot) {
    Caller caller = slot.caller;
    caller.line.remove(slot);
    if (caller.line.isEmpty()) {
      waiting.remove(caller);
    }
  }

  /** Returns whether another caller that waits has had fewer turns, and is not late for its own. */
  private boolean isOthersTurn(Caller caller, long now) {
    for (Caller other : waiting) {
      if (other.turns < caller.turns
          && now - other.line.iterator().next().asksAgainAt < LATE_NANOS) {
        return true;
      }
    }
    return false;
  }

  /** Follows a 429 that asks to wait this long, and spaces calls evenly from then on. */
  synchronized void rateLimited(Duration retryAfter) {
    close(retryAfter, 429);
    spaceEvenly(time.nanoTime());
    // Another process asks anew after the longest wait that a call makes.
    permits.close(Calls.longestWait(retryAfter));
  }

  /** Lets no call go before so much time has passed, as an answer of that status asks. */
  synchronized void close(Duration retryAfter, int status) {
    long now = time.nanoTime();
    if (blockedUntil - now < retryAfter.toNanos()) {
      blockedUntil = now + retryAfter.toNanos();
      blockedBy = status;
    }
  }

  /** Returns how long no call may go. */
  synchronized Closing closing() {
    return new Closing(Duration.ofNanos(Math.max(0, blockedUntil - time.nanoTime())), blockedBy);
  }

  /**
   * Takes over the windows that an answer tells. Most tell what the one before has told, which is
   * not read again.
   */
  synchronized void hear(KlaviyoResponse answer) {
    String limits = Headers.limits(answer);
    if (!limits.equals(heard)) {
      heard = limits;
      believed = PaceHints.believed(endpoint, Headers.windows(answer));
    }
    learn(believed);
  }

  /**
   * Takes over the windows that Klaviyo says it counts in, until it says otherwise, or has not said
   * so for {@link #ALONE_AGAIN}.
   */
  synchronized void learn(List<Window> told) {
    if (!told.isEmpty()) {
      toldAt = time.nanoTime();
      use(told);
    }
  }

  private void use(List<Window> told) {
    if (!told.equals(windows)) {
      windows = List.copyOf(told);
      if (even != null) {
        space(evenShare);
      }
    }
  }

  private Window longestWindow() {
    return Collections.max(windows, Comparator.comparing(Window::length));
  }

  /**
   * Returns the least time in which so many calls can be sent, one after the other, by a caller
   * that is alone on the account: from the first that is sent to the last.
   */
  Duration leastTime(Endpoint of, long calls, double share) {
    StillTime clock = new StillTime();
    Quota alone = new Quota(of, clock, null);
    List<Window> known = windows();
    Slot slot = new Slot(new Caller());
    long simulated = Math.min(calls, MOST_SIMULATED);
    for (long sent = 0; sent < simulated; ) {
      alone.learn(known);
      Decision decision = alone.ask(share, true, slot);
      if (decision.call() == null) {
        clock.pass(decision.delay());
      } else {
        decision.call().answered();
        sent++;
      }
    }
    Duration took = clock.passed();
    return simulated == 0 || simulated == calls
        ? took
        : Duration.ofNanos((long) ((double) took.toNanos() / simulated * calls));
  }

  private synchronized List<Window> windows() {
    return windows;
  }

  /** A clock that moves only as it is told to. */
  private static final class StillTime implements TimeSource {
    private long nanos;

    void pass(Duration time) {
      nanos += time.toNanos();
    }

    Duration passed() {
      return Duration.ofNanos(nanos);
    }

    @Override
    public Instant now() {
      return Instant.EPOCH.plusNanos(nanos);
    }

    @Override
    public long nanoTime() {
      return nanos;
    }

    @Override
    public boolean await(Semaphore signal, Duration atMost, boolean exchanging) {
      throw new UnsupportedOperationException("Nothing waits by this clock.");
    }
  }

  private void forget(long now) {
    if (even != null && now - sharedSince > ALONE_AGAIN.toNanos()) {
      even = null;
    }
    if (now - toldAt > ALONE_AGAIN.toNanos()) {
      use(published);
    }
    long longest = longestWindow().length().toNanos();
    while (!log.isEmpty()
        && log.peek().answeredAt != UNANSWERED
        && now - log.peek().answeredAt > longest) {
      log.poll();
    }
  }

  private long untilLogHasRoom(long now, double share) {
    long wait = 0;
    for (Window window : windows) {
      if (even != null && !awayBefore && window.equals(longestWindow())) {
        continue;
      }
      Window ours = part(window, share);
      wait = Math.max(wait, untilRoom(now, ours.calls(), ours.length().toNanos()));
    }
    return wait;
  }

  /** Returns the part of a window that a share of it is: fewer calls, or one in a longer time. */
  private static Window part(Window window, double share) {
    double allowed = window.calls() * share;
    long length = (long) (window.length().toNanos() * Math.max(1, 1 / allowed));
    return new Window(Math.max(1, (int) allowed), Duration.ofNanos(length));
  }

  private List<PermitSource.Window> windows(double share) {
    return windows.stream()
        .map(window -> part(window, share))
        .map(window -> new PermitSource.Window(window.calls(), window.length()))
        .toList();
  }

  /**
   * Returns how long it is until at most {@code calls - 1} calls may still be counted in a window.
   */
  private long untilRoom(long now, int calls, long length) {
    int counted = 0;
    long wait = 0;
    for (var newest = log.descendingIterator(); newest.hasNext(); ) {
      CountedCall call = newest.next();
      long leaves = call.answeredAt == UNANSWERED ? UNANSWERED : call.answeredAt + length - now + 1;
      if (leaves > 0 && ++counted >= calls) {
        long recheck = Math.max(RECHECK_NANOS, call.sentAt + length - now);
        wait = Math.max(wait, leaves == UNANSWERED ? recheck : leaves);
        break;
      }
    }
    return wait;
  }

  /** Returns how long it is until a call may go, and those of its caller that came before it. */
  private long untilSpaced(long now, double share, Slot slot) {
    if (share < evenShare) {
      space(share);
    }
    long before = slot.caller.line.stream().takeWhile(other -> other != slot).count();
    return Math.max(0, notBefore + before * evenPeriod - now);
  }

  /** Takes permits up to the first that is not due yet; one that was not used is lost. */
  private static long untilNext(EvenSpacing even) {
    long wait;
    do {
      wait = even.reserve();
    } while (wait == 0);
    return wait;
  }

  /** Spaces calls so that the longest window is used up evenly: 400 ms apart for 150 a minute. */
  private void space(double share) {
    Window longest = longestWindow();
    evenShare = share;
    evenPeriod = (long) (longest.length().toNanos() / (longest.calls() * share));
    even = EvenSpacing.of(Duration.ofNanos(evenPeriod), endpoint.words(), time);
  }
}
