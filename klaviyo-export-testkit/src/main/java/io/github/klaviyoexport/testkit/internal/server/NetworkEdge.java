package io.github.klaviyoexport.testkit.internal.server;

import io.github.klaviyoexport.testkit.internal.api.ApiResponse;
import java.util.Map;

/** The network edge in front of Klaviyo, which speaks HTML. */
final class NetworkEdge {
  private static final Map<String, String> HEADERS =
      Map.of("Server", "cloudflare", "CF-Ray", "8c3b2e1f0a9d4c57-LHR");

  private NetworkEdge() {}

  /** Returns whether an error of this status comes from the edge rather than from Klaviyo. */
  static boolean answers(int status) {
    return status == 502 || status == 504 || status >= 520;
  }

  static ApiResponse error(int status) {
    return ApiResponse.html(
        status,
        HEADERS,
        "<!DOCTYPE html><html><head><title>"
            + status
            + "</title></head><body><h1>Error "
            + status
            + "</h1></body></html>");
  }

  /** Asks a machine to prove that it is human. */
  static ApiResponse challenge() {
    return ApiResponse.html(
            403,
            HEADERS,
            "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Enable"
                + " JavaScript and cookies to continue</body></html>")
        .with(Map.of("cf-mitigated", "challenge"));
  }
}
