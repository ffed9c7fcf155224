package io.github.klaviyoexport.testkit.internal.api;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A request as an entry hands it in: the same, whether it came over a socket or not. */
public final class ApiRequest {
  private static final String CHARSET = "charset=";

  private final String method;
  private final String origin;
  private final String path;
  private final String query;
  private final Map<String, String> headers;
  private final byte[] body;

  /**
   * Takes a request over from an entry.
   *
   * @param origin scheme and authority, with which the answer's links begin
   * @param path the path, percent-encoded
   * @param query the query, percent-encoded; empty when there is none
   * @param body not copied: bodies are large, and are not changed
   */
  public ApiRequest(
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

  public String method() {
    return method;
  }

  /** Returns scheme and authority, with which the answer's links begin. */
  public String origin() {
    return origin;
  }

  /** Returns the path, percent-encoded. */
  public String path() {
    return path;
  }

  /** Returns the query, percent-encoded; empty when there is none. */
  public String query() {
    return query;
  }

  /** Returns a header, by its name in any case; {@code null} without it. */
  public @Nullable String header(String name) {
    return headers.get(name);
  }

  /** Returns the media types that a header names, in lower case and without parameters. */
  public List<String> mediaTypes(String header) {
    List<String> types = new ArrayList<>();
    for (String type : Objects.requireNonNullElse(header(header), "").split(",")) {
      types.add(type.split(";")[0].strip().toLowerCase(Locale.ROOT));
    }
    return types;
  }

  /** Returns the charsets that a header names beside its media types, in lower case. */
  public List<String> charsets(String header) {
    List<String> charsets = new ArrayList<>();
    for (String part : Objects.requireNonNullElse(header(header), "").split("[;,]")) {
      String parameter = part.strip().toLowerCase(Locale.ROOT);
      if (parameter.startsWith(CHARSET)) {
        charsets.add(parameter.substring(CHARSET.length()).replace("\"", "").strip());
      }
    }
    return charsets;
  }

  /** Returns the body, which is not to be changed. */
  public byte[] body() {
    return body;
  }

  /**
   * Returns the parameters of the query, decoded.
   *
   * @throws ApiErrorException if they are not percent-encoded correctly
   */
  public Map<String, String> parameters() {
    return parameters(query);
  }

  /**
   * Returns the parameters of a query, decoded.
   *
   * @throws ApiErrorException if they are not percent-encoded correctly
   */
  public static Map<String, String> parameters(String query) {
    Map<String, String> parameters = new LinkedHashMap<>();
    if (!query.isEmpty()) {
      for (String pair : query.split("&")) {
        int equals = pair.indexOf('=');
        String name = equals < 0 ? pair : pair.substring(0, equals);
        parameters.put(decoded(name), equals < 0 ? "" : decoded(pair.substring(equals + 1)));
      }
    }
    return parameters;
  }

  private static String decoded(String text) {
    try {
      // A bare + is a space here, as it is in Klaviyo: an unencoded address with + finds nothing.
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException malformed) {
      throw ApiErrorException.invalid("/data", "The query is not percent-encoded correctly.");
    }
  }

  /** Returns the address that was called, as links quote it. */
  public String url() {
    return query.isEmpty() ? origin + path : origin + path + "?" + query;
  }
}
