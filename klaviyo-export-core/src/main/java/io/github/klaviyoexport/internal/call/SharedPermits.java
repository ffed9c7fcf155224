package io.github.klaviyoexport.internal.call;

import io.github.klaviyoexport.internal.text.UnquotedFailure;
import io.github.klaviyoexport.klaviyo.PermitSource;
import io.github.klaviyoexport.klaviyo.PermitSource.Permit;
import io.github.klaviyoexport.time.TimeSource;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The permits of an endpoint that the account's processes share, if they share any. A source that
 * fails is left alone for a while, so that calls do not wait for its time limits one after the
 * other.
 */
final class SharedPermits {
  private static final Duration LEFT_ALONE = Duration.ofSeconds(10);

  private final String operation;
  private final TimeSource time;
  private final @Nullable PermitSource source;
  private boolean away;
  private boolean told;
  private long noneBefore;
  private long askAgainAt;
  private @Nullable String news;

  /** Whether a 429 tells something new: not after calls that the source knows nothing of. */
  private boolean surprised = true;

  SharedPermits(Endpoint endpoint, TimeSource time, @Nullable PermitSource source) {
    this.operation = endpoint.words();
    this.time = time;
    this.source = source;
  }

  /**
   * Asks for a permit; returns {@code null} where there is none to be had and none is needed, since
   * no source is there, or it is away.
   */
  synchronized @Nullable Permit ask(List<PermitSource.Window> windows) {
    if (source == null || away && time.nanoTime() - askAgainAt < 0) {
      return null;
    }
    long toldToWait = told ? noneBefore - time.nanoTime() : 0;
    if (toldToWait > 0) {
      // One question for all calls that wait here.
      return Permit.in(Duration.ofNanos(toldToWait));
    }
    try {
      Permit permit = source.ask(operation, windows);
      away = false;
      told = !permit.isGiven();
      noneBefore = time.nanoTime() + permit.delay().toNanos();
      return permit;
    } catch (IOException | RuntimeException failure) {
      failed(failure);
      return null;
    }
  }

  /** Tells the source that a call is answered; whether it hears of it makes little difference. */
  void answered(Permit permit) {
    tell(() -> source().answered(operation, permit.id()));
  }

  /** Tells the source that Klaviyo wants no call for a while. */
  void close(Duration wait) {
    if (source != null) {
      tell(() -> source().close(operation, wait));
      wonder();
    }
  }

  /** Says once that a 429 came although all processes should share the permits. */
  private synchronized void wonder() {
    if (surprised && !away) {
      surprised = false;
      news =
          "Klaviyo has answered 429 to '"
              + operation
              + "', although calls have permits that the account's processes share. So something"
              + " calls the account without them: a process that has none, or has another name for"
              + " the account, or another tool; leave that a part of the quota with share(...).";
    }
  }

  private PermitSource source() {
    return Objects.requireNonNull(source);
  }

  private interface Word {
    void tell() throws IOException;
  }

  private synchronized void tell(Word word) {
    if (!away) {
      try {
        word.tell();
      } catch (IOException | RuntimeException failure) {
        failed(failure);
      }
    }
  }

  private void failed(Exception failure) {
    if (!away) {
      news =
          "The permits that the account's processes share cannot be had ("
              + (failure instanceof IOException
                  ? UnquotedFailure.messageOf(failure)
                  : failure.getClass().getName())
              + "): until they can, calls are spaced evenly, and Klaviyo's 429s are obeyed. See to"
              + " their database.";
    }
    away = true;
    surprised = false;
    askAgainAt = time.nanoTime() + LEFT_ALONE.toNanos();
  }

  /** Returns whether there is a source and it failed when it was asked last. */
  synchronized boolean areAway() {
    return away;
  }

  /** Takes what is to be told of an outage that has begun; {@code null} if nothing is. */
  synchronized @Nullable String news() {
    String told = news;
    news = null;
    return told;
  }
}
