package io.github.klaviyoexport.testkit.internal.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.klaviyo.KlaviyoRequest;
import io.github.klaviyoexport.klaviyo.KlaviyoResponse;
import io.github.klaviyoexport.klaviyo.TransportException;
import io.github.klaviyoexport.testkit.Client;
import io.github.klaviyoexport.testkit.Entry;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.Fault;
import io.github.klaviyoexport.testkit.OpenAccount;
import io.github.klaviyoexport.testkit.Operation;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The account behind its entry without sockets. */
class InProcessEntryTest extends OpenAccount {
  private static final Duration LONG = Duration.ofMinutes(10);

  @Override
  public Entry entry() {
    return Entry.IN_PROCESS;
  }

  /** Asks for the lists; the signal is released when the exchange is over. */
  private CompletableFuture<KlaviyoResponse> send(Semaphore signal) {
    return klaviyo
        .transport()
        .send(
            KlaviyoRequest.of(
                "GET",
                URI.create("https://a.klaviyo.com/api/lists"),
                Map.of(
                    "authorization",
                    "Klaviyo-API-Key " + klaviyo.apiKey().value(),
                    "revision",
                    "2026-07-15"),
                List.of()))
        .whenComplete((response, failure) -> signal.release());
  }

  @Test
  void links_lead_to_the_host_that_was_called() {
    assertThat(client.get("/api/lists").at("/links/self"))
        .isEqualTo("https://a.klaviyo.com/api/lists");
  }

  @Test
  void latency_passes_in_virtual_time() throws Exception {
    fake(builder -> builder.latency(Duration.ofSeconds(3)));
    Semaphore signal = new Semaphore(0);

    CompletableFuture<KlaviyoResponse> exchange = send(signal);

    assertThat(exchange).isNotDone();
    assertThat(time.await(signal, LONG, true)).isTrue();
    assertThat(exchange.get().status()).isEqualTo(200);
    assertThat(time.waited()).isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void latency_passes_in_real_time_on_the_machines_clock() throws Exception {
    try (FakeKlaviyo real = FakeKlaviyo.builder().latency(Duration.ofMillis(20)).start()) {
      long start = System.nanoTime();

      assertThat(Client.inProcess(real).get("/api/lists").status()).isEqualTo(200);

      assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(19));
    }
  }

  @Test
  void a_stalled_answer_never_comes_and_does_not_hold_virtual_time_up() throws Exception {
    klaviyo.script(Operation.GET_LISTS, Fault.stalled());
    Semaphore signal = new Semaphore(0);
    long start = System.nanoTime();

    CompletableFuture<KlaviyoResponse> exchange = send(signal);

    assertThat(time.await(signal, LONG, true)).isFalse();
    assertThat(exchange).isNotDone();
    assertThat(time.waited()).isEqualTo(LONG);
    assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(4));
  }

  @Test
  void a_broken_connection_leaves_it_unknown_whether_the_request_was_processed() {
    klaviyo.script(Operation.GET_LISTS, Fault.dropped(Fault.Moment.AFTER_PROCESSING));

    assertThatThrownBy(() -> client.tryToSend("GET", "/api/lists", ""))
        .isInstanceOfSatisfying(
            TransportException.class,
            failed -> assertThat(failed.fate()).isEqualTo(TransportException.Fate.UNKNOWN));
  }

  @Test
  void a_closed_account_says_so() {
    klaviyo.close();

    assertThatThrownBy(() -> client.tryToSend("GET", "/api/lists", ""))
        .isInstanceOf(IOException.class)
        .hasMessage("The fake Klaviyo is closed: close it after the last call.");
  }

  @Test
  void calls_in_process_open_no_port_and_http_leads_to_the_same_account_later() {
    client.get("/api/lists");
    assertThat(klaviyo).hasToString("FakeKlaviyo[in process, 1 request]");

    assertThat(Entry.HTTP.client(klaviyo).get("/api/lists").status()).isEqualTo(200);
    assertThat(klaviyo).hasToString("FakeKlaviyo[" + klaviyo.baseUrl() + ", 2 requests]");
  }
}
