package io.github.klaviyoexport.testkit;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A request as a door hands it in: the same, whether it came over a socket or not. */
final class Call {
  private final String method;
  private final String origin;
  private final String path;
  private final String query;
  private final Map<String, String> headers;
  private final byte[] body;

  /**
   * @param origin scheme and authority, with which the answer's links begin
   * @param path the path, percent-encoded
   * @param query the query, percent-encoded; empty when there is none
   * @param body not copied: bodies are large, and nobody changes them
   */
  Call(
      String method,
      String origin,
      String path,
      String query,
      Map<String, String> headers,
      byte[] body) {
    this.method = method;
    this.origin = origin;
    this.path = path;
    this.query = query;
    this.headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    this.headers.putAll(headers);
    this.body = body;
  }

  String method() {
    return method;
  }

  String origin() {
    return origin;
  }

  String path() {
    return path;
  }

  String query() {
    return query;
  }

  @Nullable String header(String name) {
    return headers.get(name);
  }

  byte[] body() {
    return body;
  }

  /** The address that was called, as links quote it. */
  String url() {
    return query.isEmpty() ? origin + path : origin + path + "?" + query;
  }
}
