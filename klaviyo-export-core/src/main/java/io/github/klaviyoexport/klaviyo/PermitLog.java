package io.github.klaviyoexport.klaviyo;

import io.github.klaviyoexport.klaviyo.PermitSource.Permit;
import io.github.klaviyoexport.klaviyo.PermitSource.Window;
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
 */
final class PermitLog {
  /** How long an answer may take of which nothing is heard. */
  static final long UNTOLD_MILLIS = Duration.ofSeconds(30).toMillis();

  /** By how much the clocks of two processes may differ, and Klaviyo's windows be late. */
  static final long SLACK_MILLIS = 40;

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
  }

  /** Reads a log that {@link #bytes} has written; of other bytes, a log of no calls. */
  static PermitLog of(byte[] bytes, long closedUntil) {
    PermitLog log = new PermitLog();
    log.closedUntil = closedUntil;
    ByteBuffer from = ByteBuffer.wrap(bytes);
    if (bytes.length >= Long.BYTES && (bytes.length - Long.BYTES) % BYTES_PER_CALL == 0) {
      log.lastId = from.getLong();
      while (from.hasRemaining()) {
        log.calls.add(new Call(from.getLong(), from.getLong(), from.getLong()));
      }
    }
    return log;
  }

  /** Returns the calls as bytes. */
  byte[] bytes() {
    ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES + calls.size() * BYTES_PER_CALL);
    bytes.putLong(lastId);
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
