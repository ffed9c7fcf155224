package io.github.klaviyoexport.internal.insights;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One call of the Web API over HTTP, which ends within two minutes whatever the server does. */
final class WebApiCall {
  /** What Dataverse itself allows a request. */
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  /** As many seconds as a wait can be: a day. An answer that asks for more asks for this. */
  private static final BigDecimal LONGEST_ASKED = BigDecimal.valueOf(86_400);

  private final HttpClient client;

  /** What the server said; a body that is larger than is read is an error before this. */
  record Answer(int status, Optional<String> retryAfter, Optional<String> date, byte[] body) {
    /** Returns how long the server asks to wait, if it does so in seconds or as a date. */
    Optional<Duration> retryAfter(Instant now) {
      return retryAfter.map(String::strip).flatMap(text -> wait(text, now));
    }

    private Optional<Duration> wait(String text, Instant now) {
      if (text.matches("\\d{1,100}(\\.\\d{1,100})?")) {
        BigDecimal seconds = new BigDecimal(text).min(LONGEST_ASKED);
        return Optional.of(
            Duration.ofMillis(
                seconds.movePointRight(3).setScale(0, RoundingMode.CEILING).longValue()));
      }
      Instant from = date.flatMap(Answer::instant).orElse(now);
      return instant(text)
          .map(until -> Duration.between(from, until))
          .map(wait -> wait.isNegative() ? Duration.ZERO : wait);
    }

    private static Optional<Instant> instant(String text) {
      try {
        return Optional.of(
            ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
      } catch (DateTimeException noDate) {
        return Optional.empty();
      }
    }
  }

  WebApiCall(HttpClient client) {
    this.client = client;
  }

  /**
   * Sends a request and returns the answer.
   *
   * @throws IOException if there is none; the message names the host only
   */
  Answer send(HttpRequest request) throws IOException {
    CompletableFuture<HttpResponse<byte[]>> exchange =
        client.sendAsync(request, info -> new PageBody());
    try {
      HttpResponse<byte[]> response = exchange.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
      return new Answer(
          response.statusCode(),
          response.headers().firstValue("Retry-After"),
          response.headers().firstValue("Date"),
          response.body());
    } catch (InterruptedException interrupted) {
      exchange.cancel(true);
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while " + request.uri().getHost() + " answers");
    } catch (TimeoutException late) {
      exchange.cancel(true);
      throw new IOException(
          request.uri().getHost() + " has not answered within " + TIMEOUT.toMinutes() + " minutes");
    } catch (ExecutionException failure) {
      Throwable cause = failure.getCause();
      if (cause instanceof PageBody.TooLargeException large) {
        throw large;
      }
      // The client's own messages may quote what was sent.
      throw new IOException(
          request.uri().getHost()
              + " cannot be reached or breaks off ("
              + (cause == null ? failure : cause).getClass().getName()
              + "): check URL, network and proxy");
    }
  }
}
