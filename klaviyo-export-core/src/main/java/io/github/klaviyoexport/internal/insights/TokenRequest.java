package io.github.klaviyoexport.internal.insights;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.github.klaviyoexport.internal.insights.WebApiCall.Answer;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A request for an access token with an application's own credentials, as Entra takes it. */
public final class TokenRequest {
  private static final Pattern ERROR = Pattern.compile("[a-z_]{1,40}");

  private final HttpClient client;

  /** Creates requests over a client. */
  public TokenRequest(HttpClient client) {
    this.client = client;
  }

  /** A token, and how long it is good for. */
  public record Token(String value, Duration life) {
    /** Returns words that do not hold the token. */
    @Override
    public String toString() {
      return "Token[for " + life + "]";
    }
  }

  /**
   * Asks for a token.
   *
   * @throws IOException if there is none; the message says what to do, and holds no secret
   */
  public Token ask(URI authority, String tenant, String client, String secret, URI organization)
      throws IOException {
    String form =
        Map.of(
                "grant_type",
                "client_credentials",
                "client_id",
                client,
                "client_secret",
                secret,
                "scope",
                organization + "/.default")
            .entrySet()
            .stream()
            .map(field -> field.getKey() + "=" + encoded(field.getValue()))
            .collect(Collectors.joining("&"));
    Answer answer =
        new WebApiCall(this.client)
            .send(
                HttpRequest.newBuilder(
                        authority.resolve("/" + encoded(tenant) + "/oauth2/v2.0/token"))
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .header("Accept", "application/json")
                    .POST(BodyPublishers.ofString(form))
                    .build());
    JsonNode parsed = RowJson.object(answer.body());
    JsonNode said = parsed == null ? MissingNode.getInstance() : parsed;
    String token = said.path("access_token").asText("");
    if (answer.status() != 200 || token.isEmpty()) {
      throw refused(answer.status(), said.path("error").asText(""), authority);
    }
    return new Token(token, Duration.ofSeconds(said.path("expires_in").asLong(0)));
  }

  private static IOException refused(int status, String error, URI authority) {
    String advice =
        switch (error) {
          case "invalid_client" -> "the client secret is wrong or has expired; make a new one";
          case "unauthorized_client" ->
              "the tenant knows no such application; check tenant and client id";
          case "invalid_scope", "invalid_resource", "invalid_target" ->
              "the tenant knows no such environment; check the organization's URL";
          case "invalid_request" -> "check tenant and client id";
          default ->
              status == 429 || status >= 500
                  ? "try again later"
                  : "check tenant, client id and client secret";
        };
    return new IOException(
        "No access token for Customer Insights: "
            + authority.getHost()
            + " answered "
            + status
            + (ERROR.matcher(error).matches() ? " (" + error + ")" : "")
            + "; "
            + advice
            + ".");
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
