package io.github.klaviyoexport.klaviyo;

import io.github.klaviyoexport.internal.text.InWords;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One HTTP request to Klaviyo, ready to be sent.
 *
 * <p>The body is a list of buffers, so that a batch is sent from where it was written, without
 * another copy. Every call of {@link #body()} returns fresh views: a request can be sent again with
 * identical bytes. {@link #toString()} shows method and path only.
 */
public final class KlaviyoRequest {
  private final String method;
  private final URI uri;
  private final Map<String, String> headers;
  private final List<ByteBuffer> body;

  private KlaviyoRequest(
      String method, URI uri, Map<String, String> headers, List<ByteBuffer> body) {
    this.method = Objects.requireNonNull(method, "method");
    this.uri = Objects.requireNonNull(uri, "uri");
    this.headers = Map.copyOf(headers);
    List<ByteBuffer> views = new ArrayList<>(body.size());
    for (ByteBuffer part : body) {
      views.add(part.asReadOnlyBuffer());
    }
    this.body = views;
  }

  /** Creates a request; the buffers' content must not change until its exchange has ended. */
  public static KlaviyoRequest of(
      String method, URI uri, Map<String, String> headers, List<ByteBuffer> body) {
    return new KlaviyoRequest(method, uri, headers, body);
  }

  /** Returns the HTTP method. */
  public String method() {
    return method;
  }

  /** Returns the absolute address. */
  public URI uri() {
    return uri;
  }

  /** Returns the headers, Authorization among them; unmodifiable. */
  public Map<String, String> headers() {
    return headers;
  }

  /** Returns the body's bytes, in order, as fresh read-only views; empty when there is no body. */
  public List<ByteBuffer> body() {
    List<ByteBuffer> views = new ArrayList<>(body.size());
    for (ByteBuffer part : body) {
      views.add(part.duplicate());
    }
    return Collections.unmodifiableList(views);
  }

  /** Returns how many bytes the body has. */
  public long bodyBytes() {
    long bytes = 0;
    for (ByteBuffer part : body) {
      bytes += part.remaining();
    }
    return bytes;
  }

  /** Returns method, path and size; no header, no query, no content. */
  @Override
  public String toString() {
    return method + " " + uri.getRawPath() + " (" + InWords.count(bodyBytes(), "byte") + ")";
  }
}
