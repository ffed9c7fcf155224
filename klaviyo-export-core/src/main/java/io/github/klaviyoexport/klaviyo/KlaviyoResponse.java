package io.github.klaviyoexport.klaviyo;

import io.github.klaviyoexport.internal.text.InWords;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The response to a {@link KlaviyoRequest}: status, headers and the whole body.
 *
 * <p>Header names are compared without regard to case. {@link #toString()} shows status and size
 * only.
 */
public final class KlaviyoResponse {
  private final int status;
  private final TreeMap<String, List<String>> headers;
  private final byte[] body;

  private KlaviyoResponse(int status, Map<String, List<String>> headers, byte[] body) {
    this.status = status;
    this.headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.forEach((name, values) -> this.headers.put(name, List.copyOf(values)));
    this.body = body.clone();
  }

  /** Creates a response; the body is copied. */
  public static KlaviyoResponse of(int status, Map<String, List<String>> headers, byte[] body) {
    return new KlaviyoResponse(status, headers, body);
  }

  /** Returns the HTTP status. */
  public int status() {
    return status;
  }

  /** Returns the first value of a header; empty when the response has no such header. */
  public Optional<String> header(String name) {
    List<String> values = headers.get(name);
    return values == null || values.isEmpty() ? Optional.empty() : Optional.of(values.get(0));
  }

  /** Returns a copy of the body's bytes; empty when there is none. */
  public byte[] body() {
    return body.clone();
  }

  /** Returns status and size; no header, no content. */
  @Override
  public String toString() {
    return status + " (" + InWords.count(body.length, "byte") + ")";
  }
}
