package io.github.klaviyoexport.internal.api;

import io.github.klaviyoexport.internal.call.Calls;
import io.github.klaviyoexport.internal.call.EventLoop;
import io.github.klaviyoexport.internal.call.HttpTransport;
import io.github.klaviyoexport.internal.call.Quotas;
import io.github.klaviyoexport.internal.call.Reply;
import io.github.klaviyoexport.internal.library.Library;
import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.KlaviyoException;
import io.github.klaviyoexport.klaviyo.KlaviyoTransport;
import io.github.klaviyoexport.time.TimeSource;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An exporter's access to Klaviyo, held open for all its exports: the transport, and a part in the
 * account's quotas.
 */
public final class KlaviyoAccess implements AutoCloseable {
  private final KlaviyoConnection connection;
  private final KlaviyoTransport transport;
  private final TimeSource time;
  private final Quotas quotas;

  /**
   * Creates an access through a connection, without opening any.
   *
   * @throws IllegalStateException if a library is missing or does not fit
   */
  public KlaviyoAccess(KlaviyoConnection connection, TimeSource time) {
    Library.JACKSON.require(Calls::readNothing);
    Library.RESILIENCE4J.require(Calls::limitNothing);
    KlaviyoTransport given = connection.transport();
    this.connection = connection;
    this.transport = given != null ? given : new HttpTransport(connection.httpClient());
    this.time = time;
    this.quotas = Quotas.shared(connection, time);
  }

  /** Returns what one export asks through, on its own loop. */
  public Klaviyo on(EventLoop loop, Calls.Observer observer) {
    Random jitter = new Random(loop.time().nanoTime());
    return new Klaviyo(new Calls(connection, transport, quotas, loop, observer, jitter));
  }

  /**
   * Makes one call on this thread and waits for its reply.
   *
   * @param atMost how long the call may take, its further attempts included
   * @throws InterruptedException if the thread is interrupted; the call is abandoned
   */
  public <T> Reply<T> ask(Duration atMost, BiConsumer<Klaviyo, Consumer<Reply<T>>> call)
      throws InterruptedException {
    EventLoop loop = new EventLoop(time);
    Klaviyo klaviyo = on(loop, Calls.Observer.NONE);
    AtomicReference<@Nullable Reply<T>> answer = new AtomicReference<>();
    loop.after(
        atMost,
        () ->
            answer.compareAndSet(
                null,
                new Reply.Unanswered<>(
                    new KlaviyoException(
                        late(atMost, klaviyo.calls().traffic().lastFailure()), 0, null),
                    true,
                    false,
                    OptionalLong.empty())));
    try {
      call.accept(klaviyo, reply -> answer.compareAndSet(null, reply));
      Reply<T> reply = answer.get();
      while (reply == null) {
        loop.run();
        reply = answer.get();
      }
      return reply;
    } finally {
      klaviyo.calls().abandon();
    }
  }

  private static String late(Duration atMost, @Nullable String last) {
    String within = " within " + InWords.duration(atMost);
    return last == null
        ? "Klaviyo did not answer" + within + "."
        : "Klaviyo gave no usable answer" + within + "; last, it " + last + ".";
  }

  /** Returns the server that is called: scheme, host and port. */
  public String server() {
    return connection.baseUrl().toString();
  }

  /** Returns what stands for the account in this JVM: the same for all that share its quotas. */
  public Object account() {
    return quotas;
  }

  /** Returns the clock. */
  public TimeSource time() {
    return time;
  }

  /** Lets go of the transport and the quotas; exports must have ended. */
  @Override
  public void close() {
    quotas.release();
    if (transport instanceof HttpTransport own) {
      own.close();
    }
  }
}
