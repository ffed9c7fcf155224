package io.github.klaviyoexport.klaviyo;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * A source of permits for calls: what processes on several hosts share, so that together they keep
 * the quota of one Klaviyo account.
 *
 * {@snippet class="io.github.klaviyoexport.klaviyo.JdbcPermitsTest" region="permits"}
 *
 * <p>Klaviyo counts calls by account and operation. Without a source each JVM keeps the quota as if
 * it were alone; a 429 shows that it is not, and then it spaces its calls evenly and obeys {@code
 * Retry-After}. With one, no 429 is needed to know. For tools that know nothing of it leave a part
 * of the quota: {@link KlaviyoConnection#share}.
 *
 * <p>It is asked on the threads of exports, before each call, and by several of them at once; it
 * should answer within milliseconds. When it fails, calls are spaced evenly until it answers again.
 *
 * <p>A source of your own owes an exporter what follows; the testkit's {@code PermitSourceContract}
 * proves it.
 *
 * <ul>
 *   <li>As many permits are given as every window has room for, whichever process asks.
 *   <li>A call is in its window until one length after it was answered, however long that takes.
 *   <li>The answer of one call frees no place of another's.
 *   <li>Operations have nothing to do with each other.
 *   <li>What is closed is closed for all processes, until the longest wait is over.
 *   <li>Of many that ask at once no more are given than there is room for.
 * </ul>
 */
public interface PermitSource {
  /**
   * A number of calls that are taken in any time of that length.
   *
   * @param calls one at least
   */
  record Window(int calls, Duration length) {}

  /**
   * What a source has decided.
   *
   * @param delay how long to wait before asking again; zero when the permit is given
   * @param id by which {@link PermitSource#answered} tells of the call, when it is given
   */
  record Permit(Duration delay, long id) {
    /** Returns a permit that is given. */
    public static Permit given(long id) {
      return new Permit(Duration.ZERO, id);
    }

    /** Returns that there is none, and how long to wait before asking again. */
    public static Permit in(Duration delay) {
      return new Permit(delay, 0);
    }

    /** Returns whether it is given. */
    public boolean isGiven() {
      return delay.isZero();
    }
  }

  /**
   * Asks for a permit to send one call now.
   *
   * @param operation what is to be called, in words such as {@code import profiles}
   * @param windows what the account may call in which times
   * @throws IOException if the source cannot tell
   */
  Permit ask(String operation, List<Window> windows) throws IOException;

  /**
   * Tells that a call for which a permit was given has been answered, or has failed: Klaviyo has
   * counted it by now. A call that is never told of, because its process died, is to be taken for
   * answered after a while.
   *
   * @throws IOException if the source cannot take note of it
   */
  void answered(String operation, long permit) throws IOException;

  /**
   * Tells that Klaviyo wants no call of an operation for a while (429): no permit is to be given
   * before.
   *
   * @param wait a quarter of an hour at most
   * @throws IOException if the source cannot take note of it
   */
  void close(String operation, Duration wait) throws IOException;
}
