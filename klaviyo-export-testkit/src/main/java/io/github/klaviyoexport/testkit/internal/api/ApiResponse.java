package io.github.klaviyoexport.testkit.internal.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an entry gives back for an {@link ApiRequest}. */
public record ApiResponse(int status, Map<String, String> headers, byte[] body, Ending ending) {
  private static final String JSON_API = "application/vnd.api+json";

  /** How the exchange ends. */
  public enum Ending {
    /** The whole answer arrives. */
    COMPLETE,
    /** The connection breaks before anything of it arrives. */
    DROPPED,
    /** The head arrives, the body never ends. */
    STALLED
  }

  public static final ApiResponse DROPPED =
      new ApiResponse(0, Map.of(), new byte[0], Ending.DROPPED);

  /** Done, and nothing to tell. */
  public static final ApiResponse EMPTY =
      new ApiResponse(204, Map.of(), new byte[0], Ending.COMPLETE);

  /** Taken over, and nothing to tell. */
  public static final ApiResponse ACCEPTED =
      new ApiResponse(202, Map.of(), new byte[0], Ending.COMPLETE);

  /** Answers with JSON. */
  public static ApiResponse json(int status, JsonNode body) {
    return new ApiResponse(
        status, Map.of("Content-Type", JSON_API), JsonValues.bytes(body), Ending.COMPLETE);
  }

  /** Answers with a document of one resource. */
  public static ApiResponse document(int status, ApiRequest call, JsonNode data) {
    return document(status, call, data, null);
  }

  /**
   * Answers with a document of one resource.
   *
   * @param included the related resources that come along; {@code null} when none were asked for
   */
  public static ApiResponse document(
      int status, ApiRequest call, JsonNode data, @Nullable ArrayNode included) {
    ObjectNode body = JsonValues.object();
    body.set("data", data);
    if (included != null) {
      body.set("included", included);
    }
    body.putObject("links").put("self", call.url());
    return json(status, body);
  }

  /** Answers with a page in HTML. */
  public static ApiResponse html(int status, Map<String, String> headers, String body) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.put("Content-Type", "text/html; charset=UTF-8");
    return new ApiResponse(status, all, body.getBytes(StandardCharsets.UTF_8), Ending.COMPLETE);
  }

  /** Adds headers. */
  public ApiResponse with(Map<String, String> moreHeaders) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.putAll(moreHeaders);
    return new ApiResponse(status, all, body, ending);
  }

  /** Adds a header. */
  public ApiResponse with(String header, String value) {
    return with(Map.of(header, value));
  }

  /** Has the answer begin and never end. */
  public ApiResponse stalled() {
    return new ApiResponse(status, headers, body, Ending.STALLED);
  }

  /** Gives the answer another body. */
  public ApiResponse withBody(String text) {
    return new ApiResponse(status, headers, text.getBytes(StandardCharsets.UTF_8), ending);
  }

  /** Cuts the body in half. */
  public ApiResponse garbled() {
    return new ApiResponse(status, headers, Arrays.copyOf(body, body.length / 2), ending);
  }
}
