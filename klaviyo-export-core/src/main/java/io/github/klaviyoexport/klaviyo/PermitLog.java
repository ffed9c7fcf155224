package io.github.klaviyoexport.klaviyo;

import io.github.klaviyoexport.klaviyo.PermitSource.Permit;
import io.github.klaviyoexport.klaviyo.PermitSource.Window;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The calls of an operation that Klaviyo may still count, by all processes of an account, and until
 * when the operation is closed: what one row of {@link JdbcPermits} holds.
 *
 * <p>A call leaves the log one window after its <em>answer</em>, because Klaviyo counted it at some
 * moment before that. One whose answer is never told, since its process died, is taken for answered
 * {@link #UNTOLD_MILLIS} after it was sent.
 *
 * <p>The database's clock may be set back, as when another server takes over. What lies in the
 * future then is taken for what it can be at most: a call that is sent now, and a quarter of an
 * hour until the operation opens.
 */
final class PermitLog {
  /** How long an answer may take of which nothing is heard. */
  static final long UNTOLD_MILLIS = Duration.ofSeconds(30).toMillis();

  /** By how much the clocks of two processes may differ, and Klaviyo's windows be late. */
  static final long SLACK_MILLIS = 40;

  /** By how much a time may be ahead that another process has written. */
  private static final long AHEAD_MILLIS = Duration.ofSeconds(1).toMillis();

  /** As long as a call waits at most when Klaviyo asks it to. */
  private static final long LONGEST_CLOSED_MILLIS = Duration.ofMinutes(15).toMillis();

  /** The version of what {@link #bytes} writes, which is its first byte. */
  private static final byte VERSION = 1;

  private static final int BYTES_BEFORE_CALLS = Byte.BYTES + Long.BYTES;
  private static final int BYTES_PER_CALL = Long.BYTES + Long.BYTES + Long.BYTES;
  private static final long UNTOLD = -1;

  private final List<Call> calls = new ArrayList<>();
  private long closedUntil;
  private long lastId;

  /** A call, with the times of its sending and of its answer. */
  private record Call(long id, long sentAt, long answeredAt) {
    /** Returns until when Klaviyo may count it in a window of that length. */
    long countedUntil(long length) {
      return (answeredAt == UNTOLD ? sentAt + UNTOLD_MILLIS : answeredAt) + length + SLACK_MILLIS;
    }

    /** Returns the call with no time that is ahead of the clock. */
    Call asOf(long now) {
      return Math.max(sentAt, answeredAt) <= now + AHEAD_MILLIS
          ? this
          : new Call(id, Math.min(sentAt, now), Math.min(answeredAt, now));
    }
  }

  /**
   * Reads a log that {@link #bytes} has written; of damaged bytes, a log of no calls.
   *
   * @throws IOException if another version has written it, which knows what it means
   */
  static PermitLog of(byte[] bytes, long closedUntil) throws IOException {
    PermitLog log = new PermitLog();
    log.closedUntil = closedUntil;
    ByteBuffer from = ByteBuffer.wrap(bytes);
    byte version = bytes.length == 0 ? VERSION : from.get();
    if (version != VERSION) {
      throw new IOException(
          "The permits are of version "
              + version
              + ", and this version of the library knows "
              + VERSION
              + ": use the same version of the library in all processes that call the account, or"
              + " give the newer ones another tablePrefix and each a part of the quota (share).");
    }
    if (bytes.length >= BYTES_BEFORE_CALLS
        && (bytes.length - BYTES_BEFORE_CALLS) % BYTES_PER_CALL == 0) {
      log.lastId = from.getLong();
      while (from.hasRemaining()) {
        log.calls.add(new Call(from.getLong(), from.getLong(), from.getLong()));
      }
    }
    return log;
  }

  /** Returns the calls as bytes. */
  byte[] bytes() {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES_BEFORE_CALLS + calls.size() * BYTES_PER_CALL);
    bytes.put(VERSION).putLong(lastId);
    for (Call call : calls) {
      bytes.putLong(call.id()).putLong(call.sentAt()).putLong(call.answeredAt());
    }
    return bytes.array();
  }

  long closedUntil() {
    return closedUntil;
  }

  /** Returns a permit, if every window has room for a call now; else how long to wait. */
  Permit ask(List<Window> windows, long now) {
    calls.replaceAll(call -> call.asOf(now));
    closedUntil = Math.min(closedUntil, now + LONGEST_CLOSED_MILLIS);
    long longest = windows.stream().mapToLong(window -> window.length().toMillis()).max().orElse(0);
    calls.removeIf(call -> call.countedUntil(longest) <= now);
    long wait = Math.max(0, closedUntil - now);
    for (Window window : windows) {
      wait = Math.max(wait, untilRoom(window, now));
    }
    if (wait > 0) {
      return Permit.in(Duration.ofMillis(wait));
    }
    calls.add(new Call(++lastId, now, UNTOLD));
    return Permit.given(lastId);
  }

  private long untilRoom(Window window, long now) {
    long length = window.length().toMillis();
    List<Long> counted =
        calls.stream()
            .map(call -> call.countedUntil(length))
            .filter(until -> until > now)
            .sorted(Comparator.reverseOrder())
            .toList();
    // With one call fewer than that there is room.
    int mostOfOthers = Math.max(1, window.calls());
    return counted.size() < mostOfOthers ? 0 : counted.get(mostOfOthers - 1) - now;
  }

  /** Notes the answer of a call. */
  void answered(long id, long now) {
    calls.replaceAll(call -> call.id() == id ? new Call(id, call.sentAt(), now) : call);
  }

  /** Closes the operation until then, unless it is closed for longer. */
  void close(long until) {
    closedUntil = Math.max(closedUntil, until);
  }
}
