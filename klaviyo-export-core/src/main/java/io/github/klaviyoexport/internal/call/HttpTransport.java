package io.github.klaviyoexport.internal.call;

import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.klaviyo.KlaviyoRequest;
import io.github.klaviyoexport.klaviyo.KlaviyoResponse;
import io.github.klaviyoexport.klaviyo.KlaviyoTransport;
import io.github.klaviyoexport.klaviyo.TransportException;
import io.github.klaviyoexport.klaviyo.TransportException.Fate;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Flow;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * The transport over java.net.http.
 *
 * <p>HTTP/1.1, since batches gain nothing from multiplexing; no redirects, since some JDKs hand the
 * Authorization header to the new host; bodies up to {@link LimitedBody#MAX_BYTES}. The time an
 * exchange may take is watched above this seam, where the future is cancelled: the client's own
 * timeout ends at the headers.
 */
public final class HttpTransport implements KlaviyoTransport, AutoCloseable {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(20);

  /** Dropped on closing: JDKs before 21 end a client's threads once it cannot be reached. */
  private volatile @Nullable HttpClient client;

  private final boolean own;

  /**
   * Creates a transport over the given client, or over one of its own.
   *
   * @param client the caller's to close; {@code null} for one that this transport makes and closes
   */
  public HttpTransport(@Nullable HttpClient client) {
    this.own = client == null;
    this.client =
        client != null
            ? client
            : HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT_TIMEOUT)
                .build();
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // What comes back is handled inside.
  public CompletableFuture<KlaviyoResponse> send(KlaviyoRequest request) {
    HttpRequest.Builder http = HttpRequest.newBuilder(request.uri());
    request.headers().forEach(http::setHeader);
    http.method(request.method(), publisher(request));
    HttpClient open = client;
    if (open == null) {
      return CompletableFuture.failedFuture(
          new TransportException(Fate.UNUSABLE, "the exporter is closed", null));
    }
    CompletableFuture<HttpResponse<LimitedBody>> exchange =
        open.sendAsync(http.build(), info -> new LimitedBody(info.statusCode(), info.headers()));
    CompletableFuture<KlaviyoResponse> result = new CompletableFuture<>();
    exchange.whenComplete(
        (response, failure) -> {
          try {
            if (failure == null) {
              result.complete(answer(response, response.body()));
            } else {
              end(result, cause(failure), open, request.uri());
            }
          } catch (RuntimeException | Error fault) {
            // What is not ended here is waited for until its whole time is up.
            result.completeExceptionally(
                fault instanceof OutOfMemoryError
                    ? LimitedBody.noMemory()
                    : broken(request.uri().getHost(), fault));
          }
        });
    result.whenComplete(
        (response, failure) -> {
          if (result.isCancelled()) {
            exchange.cancel(true);
          }
        });
    return result;
  }

  /** Returns an answer; the client gives no body at all with a proxy's refusal of a tunnel. */
  private static KlaviyoResponse answer(HttpResponse<?> response, @Nullable LimitedBody body) {
    return KlaviyoResponse.of(
        response.statusCode(), response.headers().map(), body == null ? new byte[0] : body.take());
  }

  /** Ends an exchange that the client says has failed, with the answer if there was one. */
  private static void end(
      CompletableFuture<KlaviyoResponse> result, Throwable cause, HttpClient client, URI uri) {
    String proxy = Proxies.between(client, uri);
    OptionalInt challenge = Proxies.unmetChallenge(cause, proxy != null);
    if (challenge.isPresent()) {
      result.complete(KlaviyoResponse.of(challenge.getAsInt(), Map.of(), new byte[0]));
    } else {
      result.completeExceptionally(explain(cause, uri.getHost(), proxy));
    }
  }

  private static BodyPublisher publisher(KlaviyoRequest request) {
    if (request.bodyBytes() == 0) {
      return BodyPublishers.noBody();
    }
    return BodyPublishers.fromPublisher(new Buffers(request), request.bodyBytes());
  }

  /** Publishes a request's buffers as they are, anew for each subscriber. */
  private record Buffers(KlaviyoRequest request) implements Flow.Publisher<ByteBuffer> {
    @Override
    public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
      subscriber.onSubscribe(new BufferSubscription(request.body(), subscriber));
    }
  }

  /** Hands over buffers as they are asked for, also when asked from within a hand-over. */
  private static final class BufferSubscription implements Flow.Subscription {
    private final List<ByteBuffer> buffers;
    private final Flow.Subscriber<? super ByteBuffer> subscriber;
    private long demand;
    private int next;
    private boolean delivering;
    private boolean ended;

    BufferSubscription(List<ByteBuffer> buffers, Flow.Subscriber<? super ByteBuffer> subscriber) {
      this.buffers = buffers;
      this.subscriber = subscriber;
    }

    @Override
    public void request(long n) {
      synchronized (this) {
        demand = demand + n < 0 ? Long.MAX_VALUE : demand + n;
        if (delivering) {
          return;
        }
        delivering = true;
      }
      while (true) {
        ByteBuffer buffer;
        synchronized (this) {
          if (ended || demand == 0 && next < buffers.size()) {
            delivering = false;
            return;
          }
          if (next == buffers.size()) {
            ended = true;
            break;
          }
          demand--;
          buffer = buffers.get(next++);
        }
        subscriber.onNext(buffer);
      }
      subscriber.onComplete();
    }

    @Override
    public synchronized void cancel() {
      ended = true;
    }
  }

  private static Throwable cause(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  private static TransportException explain(Throwable cause, String host, @Nullable String proxy) {
    if (cause instanceof TransportException known) {
      return known;
    }
    OptionalInt refusal = Proxies.tunnelRefusal(cause);
    if (refusal.isPresent()) {
      return new TransportException(
          Fate.UNPROCESSED,
          "the proxy "
              + (proxy == null ? "" : proxy + " ")
              + "made no way to "
              + host
              + " ("
              + refusal.getAsInt()
              + "): allow the host there, or see why the proxy cannot reach it",
          null);
    }
    boolean unresolved =
        causedBy(cause, UnresolvedAddressException.class, UnknownHostException.class);
    if (unresolved) {
      return new TransportException(
          Fate.UNPROCESSED,
          "the name " + host + " does not resolve: check DNS and the network",
          cause);
    }
    if (causedBy(cause, HttpConnectTimeoutException.class)) {
      return new TransportException(
          Fate.UNPROCESSED,
          "no connection to "
              + host
              + " within "
              + InWords.duration(CONNECT_TIMEOUT)
              + ": check network, firewall and proxy",
          cause);
    }
    if (causedBy(cause, ConnectException.class)) {
      return new TransportException(
          Fate.UNPROCESSED,
          isBlackholed(host)
              ? "a DNS block list sends " + host + " to 0.0.0.0: allow the host there"
              : "the connection to " + host + " was refused: check network, firewall and proxy",
          cause);
    }
    if (causedBy(cause, SSLHandshakeException.class)) {
      return new TransportException(
          Fate.UNPROCESSED,
          "TLS with " + host + " failed: check trust store, proxy and clock",
          cause);
    }
    return broken(host, cause);
  }

  /**
   * Returns the failure of a connection that broke: only of which kind, since the client's messages
   * may quote bytes that came back.
   */
  private static TransportException broken(String host, Throwable cause) {
    return new TransportException(
        Fate.UNKNOWN,
        "the connection to " + host + " broke (" + cause.getClass().getSimpleName() + ")",
        null);
  }

  @SafeVarargs
  private static boolean causedBy(Throwable failure, Class<? extends Throwable>... kinds) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      for (Class<? extends Throwable> kind : kinds) {
        if (kind.isInstance(t)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean isBlackholed(String host) {
    try {
      return InetAddress.getByName(host).isAnyLocalAddress();
    } catch (UnknownHostException unresolved) {
      return false;
    }
  }

  /** Closes the client if it is this transport's own; before JDK 21, leaves it to the collector. */
  @Override
  public void close() {
    HttpClient open = client;
    client = null;
    if (own && (Object) open instanceof AutoCloseable closeable) {
      try {
        closeable.close();
      } catch (Exception impossible) {
        throw new IllegalStateException(impossible);
      }
    }
  }
}
