package io.github.klaviyoexport.testkit.internal.insights;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.klaviyoexport.testkit.internal.insights.InsightsApi.Answer;
import io.github.klaviyoexport.time.TimeSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * The fake Customer Insights behind HTTP, on this machine only: the Web API, and the place where
 * tokens for it are asked for.
 */
public final class InsightsServer implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads;
  private final InsightsApi api;
  private final ServiceProtection protection;
  private final String clientId;
  private final String secret;
  private final List<String> requests = new ArrayList<>();
  private final Deque<Integer> failures = new ArrayDeque<>();
  private String token = "fake-token-1";
  private int tokens = 1;

  /**
   * Starts a server.
   *
   * @param port the port, 0 for one that is free
   * @param clientId the application that gets tokens, for {@code secret}
   * @param countsRecords whether it says how many profiles there are
   * @param requestsPerFiveMinutes how many requests pass in five minutes
   */
  public InsightsServer(
      InsightsTables tables,
      int port,
      String clientId,
      String secret,
      boolean countsRecords,
      int requestsPerFiveMinutes,
      TimeSource time) {
    this.api = new InsightsApi(tables, countsRecords);
    this.protection = new ServiceProtection(time, requestsPerFiveMinutes);
    this.clientId = clientId;
    this.secret = secret;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    } catch (IOException taken) {
      throw new UncheckedIOException(
          "The fake Customer Insights cannot listen on port " + port + ": is it taken?", taken);
    }
    threads =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "fake-customer-insights");
              thread.setDaemon(true);
              return thread;
            });
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  /** Returns the URL of the environment. */
  public URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Returns the token that is good now. */
  public synchronized String token() {
    return token;
  }

  /** Makes the token that is good now one that is not. */
  public synchronized void revokeToken() {
    token = "fake-token-" + ++tokens;
  }

  /** Answers the next requests with these statuses. */
  public synchronized void fail(int... statuses) {
    Arrays.stream(statuses).forEach(failures::add);
  }

  /** Answers the next requests with 429, and tells them to wait so long. */
  public void throttle(int next, Duration retryAfter) {
    protection.refuse(next, retryAfter);
  }

  /** Returns the requests so far, each with its method, path and query. */
  public synchronized List<String> requests() {
    return List.copyOf(requests);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      URI uri = exchange.getRequestURI();
      synchronized (this) {
        requests.add(exchange.getRequestMethod() + " " + uri);
      }
      Answer answer =
          uri.getPath().endsWith("/oauth2/v2.0/token")
              ? giveToken(exchange)
              : read(exchange, url().resolve(uri));
      exchange.getResponseHeaders().set("Content-Type", "application/json; charset=utf-8");
      exchange.sendResponseHeaders(answer.status(), answer.body().length);
      exchange.getResponseBody().write(answer.body());
    }
  }

  private Answer giveToken(HttpExchange exchange) throws IOException {
    Set<String> fields = new HashSet<>();
    String form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    for (String field : form.split("&", -1)) {
      fields.add(URLDecoder.decode(field, StandardCharsets.UTF_8));
    }
    String error =
        !fields.contains("grant_type=client_credentials")
            ? "unsupported_grant_type"
            : !fields.contains("client_id=" + clientId)
                ? "unauthorized_client"
                : !fields.contains("client_secret=" + secret)
                    ? "invalid_client"
                    : !fields.contains("scope=" + url() + "/.default") ? "invalid_scope" : "";
    String body =
        error.isEmpty()
            ? "{\"token_type\":\"Bearer\",\"expires_in\":3599,\"access_token\":\"" + token() + "\"}"
            : "{\"error\":\"" + error + "\",\"error_description\":\"AADSTS: " + error + "\"}";
    return new Answer(
        error.isEmpty() ? 200 : error.equals("invalid_client") ? 401 : 400,
        body.getBytes(StandardCharsets.UTF_8));
  }

  private Answer read(HttpExchange exchange, URI uri) {
    if (!uri.getPath().startsWith(InsightsApi.PATH)) {
      return InsightsApi.error(404, "0x80060888", "Resource not found.");
    }
    String given = exchange.getRequestHeaders().getFirst("Authorization");
    if (!("Bearer " + token()).equals(given)) {
      return InsightsApi.error(401, "0x80072560", "The user is not a member of the organization.");
    }
    if (!exchange.getRequestMethod().equals("GET")) {
      return InsightsApi.error(405, "0x0", "Only reading is allowed.");
    }
    Integer failure = nextFailure();
    if (failure != null) {
      return InsightsApi.error(failure, "0x80040216", "An unexpected error occurred.");
    }
    Optional<Duration> wait = protection.take();
    if (wait.isPresent()) {
      exchange
          .getResponseHeaders()
          .set("Retry-After", String.valueOf(Math.max(1, (wait.get().toMillis() + 999) / 1000)));
      return InsightsApi.error(
          429, "0x80072322", "Number of requests exceeded the limit over the time window.");
    }
    String prefer = exchange.getRequestHeaders().getFirst("Prefer");
    return api.get(uri, prefer == null ? "" : prefer);
  }

  private synchronized @Nullable Integer nextFailure() {
    return failures.poll();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
