package io.github.klaviyoexport.klaviyo.internal;

import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.KlaviyoTransport;
import io.github.klaviyoexport.klaviyo.TimeSource;
import java.util.Random;

/**
 * What an exporter holds open for all its exports: the transport, and its part in the account's
 * quotas.
 */
public final class KlaviyoAccess implements AutoCloseable {
  private final KlaviyoConnection connection;
  private final KlaviyoTransport transport;
  private final TimeSource time;
  private final Quotas quotas;

  /** Access through a connection; opens nothing yet. */
  public KlaviyoAccess(KlaviyoConnection connection, TimeSource time) {
    KlaviyoTransport given = connection.transport();
    this.connection = connection;
    this.transport = given != null ? given : new HttpTransport(connection.httpClient());
    this.time = time;
    this.quotas = Quotas.shared(connection, time);
  }

  /** What one export calls through, on its own loop. */
  public Klaviyo on(EventLoop loop, Calls.Observer observer) {
    Random jitter = new Random(time.nanoTime());
    return new Klaviyo(new Calls(connection, transport, quotas, loop, observer, jitter));
  }

  /** The clock. */
  public TimeSource time() {
    return time;
  }

  /** Lets go of both; exports must have ended. */
  @Override
  public void close() {
    quotas.release();
    if (transport instanceof HttpTransport own) {
      own.close();
    }
  }
}
