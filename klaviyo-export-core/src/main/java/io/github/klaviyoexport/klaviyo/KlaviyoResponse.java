package io.github.klaviyoexport.klaviyo;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What came back for a {@link KlaviyoRequest}: status, headers and the whole body.
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

  /** A response. */
  public static KlaviyoResponse of(int status, Map<String, List<String>> headers, byte[] body) {
    return new KlaviyoResponse(status, headers, body);
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  /** The first value of a header. */
  public Optional<String> header(String name) {
    List<String> values = headers.get(name);
    return values == null || values.isEmpty() ? Optional.empty() : Optional.of(values.get(0));
  }

  /** A copy of the body's bytes; empty when there is none. */
  public byte[] body() {
    return body.clone();
  }

  /** Status and size; no header, no content. */
  @Override
  public String toString() {
    return status + " (" + body.length + " bytes)";
  }
}
