package io.github.klaviyoexport.internal.insights;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.github.klaviyoexport.internal.insights.WebApiCall.Answer;
import io.github.klaviyoexport.time.TimeSource;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The Web API of a Dataverse environment, as far as it is read: one request at a time, each sent
 * again when the service asks for patience or fails.
 *
 * <p>One request at a time keeps far below the 52 that may run at once; who sends more than 6,000
 * in five minutes, or keeps the service busy for 1,200 seconds of them, is told to wait, which is
 * done.
 */
public final class WebApi {
  private static final String PATH = "/api/data/v9.2/";
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(2);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

  /** How often a request is sent that fails or is throttled: half an hour of throttling. */
  private static final int MAX_ATTEMPTS = 8;

  private final URI organization;
  private final Supplier<String> token;
  private final Supplier<String> anotherToken;
  private final WebApiCall call;
  private final TimeSource time;

  /** A page of rows, and where the next one is; {@code null} after the last. */
  public record Page(List<JsonNode> rows, @Nullable URI next) {}

  /**
   * Creates the way to an environment.
   *
   * @param token gives a token for each request
   * @param anotherToken gives one in place of a token that was refused
   */
  public WebApi(
      URI organization,
      Supplier<String> token,
      Supplier<String> anotherToken,
      HttpClient client,
      TimeSource time) {
    this.organization = organization;
    this.token = token;
    this.anotherToken = anotherToken;
    this.call = new WebApiCall(client);
    this.time = time;
  }

  /**
   * Returns the first page of a query.
   *
   * @param query a path below the API's root, with its options encoded
   * @param rows the most rows of a page
   * @throws IOException if the service refuses or does not answer; the message says what to do
   */
  Page first(String query, int rows) throws IOException {
    return page(organization.resolve(PATH + query), rows);
  }

  /** Returns the page that the one before has named. */
  Page next(URI link, int rows) throws IOException {
    return page(link, rows);
  }

  /** Returns what the service answers to a query that yields no rows. */
  JsonNode value(String query) throws IOException {
    return ask(organization.resolve(PATH + query), 1);
  }

  private Page page(URI uri, int pageSize) throws IOException {
    JsonNode answer = ask(uri, pageSize);
    JsonNode value = answer.path("value");
    if (!value.isArray()) {
      throw new IOException(
          "The answer of "
              + organization.getHost()
              + " has no rows: is the organization's URL that of a Dataverse environment?");
    }
    List<JsonNode> rows = new ArrayList<>(value.size());
    value.forEach(rows::add);
    String next = answer.path("@odata.nextLink").asText("");
    return new Page(rows, next.isEmpty() ? null : sameOrigin(next, uri));
  }

  /** Returns a link as it was given, if it leads to this environment and not back to itself. */
  private URI sameOrigin(String link, URI from) throws IOException {
    try {
      URI next = URI.create(link);
      if (Organization.isSameOrigin(next, organization) && !next.equals(from)) {
        return next;
      }
    } catch (IllegalArgumentException noUri) {
      // Said below.
    }
    throw new IOException(
        "Dataverse names a next page that is not one of "
            + organization.getHost()
            + ", so it is not asked for: check the organization's URL and what stands between.");
  }

  private JsonNode ask(URI uri, int pageSize) throws IOException {
    String bearer = given(token);
    boolean renewed = false;
    Duration pause = FIRST_PAUSE;
    for (int attempt = 1; ; attempt++) {
      Answer answer;
      try {
        answer = call.send(request(uri, pageSize, bearer));
      } catch (InterruptedIOException interrupted) {
        throw interrupted;
      } catch (IOException failure) {
        if (attempt == MAX_ATTEMPTS) {
          throw failure;
        }
        await(pause);
        pause = longer(pause);
        continue;
      }
      if (answer.status() == 200) {
        return parsed(answer);
      }
      if (answer.status() == 401 && !renewed) {
        renewed = true;
        bearer = given(anotherToken);
        continue;
      }
      if (answer.status() != 429 && answer.status() < 500 || attempt == MAX_ATTEMPTS) {
        throw new Refusal(answer.status(), error(answer), organization);
      }
      await(answer.retryAfter(time.now()).orElse(pause));
      pause = longer(pause);
    }
  }

  private JsonNode parsed(Answer answer) throws IOException {
    JsonNode parsed = RowJson.object(answer.body());
    if (parsed == null) {
      throw new IOException(
          "The answer of "
              + organization.getHost()
              + " is no JSON: is the organization's URL that of a Dataverse environment?");
    }
    return parsed;
  }

  private static JsonNode error(Answer answer) {
    JsonNode body = RowJson.object(answer.body());
    return body == null ? MissingNode.getInstance() : body.path("error");
  }

  private static Duration longer(Duration pause) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
  }

  private void await(Duration pause) throws IOException {
    Duration bounded = pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    try {
      time.await(new Semaphore(0), bounded, false);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for Dataverse");
    }
  }

  private static String given(Supplier<String> supplier) throws IOException {
    String token;
    try {
      token = supplier.get();
    } catch (UncheckedIOException failure) {
      throw failure.getCause();
    }
    if (token == null || token.isEmpty() || !token.chars().allMatch(c -> c > ' ' && c < 127)) {
      throw new IOException(
          "The supplier of access tokens gave none that can be sent: it must be the token alone,"
              + " without quotes, line breaks or 'Bearer'.");
    }
    return token;
  }

  private static HttpRequest request(URI uri, int pageSize, String bearer) {
    return HttpRequest.newBuilder(uri)
        .header("Authorization", "Bearer " + bearer)
        .header("Accept", "application/json")
        .header("OData-MaxVersion", "4.0")
        .header("OData-Version", "4.0")
        .header("Prefer", "odata.maxpagesize=" + pageSize)
        .build();
  }
}
