package io.github.klaviyoexport.testkit.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.testkit.FakeKlaviyo;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FakeKlaviyoServerTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private static final String IMPORT =
      """
      {"data": {"type": "profile-bulk-import-job", "attributes": {"profiles": {"data": [
        {"type": "profile", "attributes": {"email": "ada@shop.example"}}]}}}}
      """;

  private int run(Consumer<FakeKlaviyo> serving, String... args) {
    return FakeKlaviyoServer.run(
        List.of(args),
        new PrintStream(out, true, UTF_8),
        new PrintStream(err, true, UTF_8),
        serving);
  }

  @Test
  void serves_the_lists_it_was_given_and_says_where() {
    AtomicReference<String> address = new AtomicReference<>();

    int exitCode =
        run(
            klaviyo -> {
              address.set(klaviyo.baseUrl().toString());
              assertThat(klaviyo.apiKey().value()).isEqualTo("pk_mine");
              assertThat(klaviyo.list("AAAAAA").name()).isEqualTo("One=1");
              assertThat(klaviyo.list("BBBBBB").name()).isEqualTo("Two");
            },
            "--port",
            "0",
            "--api-key",
            "pk_mine",
            "--list",
            "AAAAAA=One=1",
            "--list",
            "BBBBBB=Two",
            "--no-quota");

    assertThat(exitCode).isZero();
    assertThat(out.toString(UTF_8))
        .isEqualToNormalizingNewlines(
            "The fake Klaviyo listens on "
                + address.get()
                + " until it is stopped.\n"
                + "Open that address in a browser to watch it.\n");
    assertThat(err.toString(UTF_8)).isEmpty();
  }

  @Test
  void help_lists_every_option_and_starts_nothing() {
    int exitCode =
        run(
            klaviyo -> {
              throw new AssertionError("started");
            },
            "--help");

    assertThat(exitCode).isZero();
    assertThat(out.toString(UTF_8))
        .contains("--port", "--api-key", "--list ID=NAME", "--no-quota", "--help")
        .contains("--host-name NAME", "--seed-profiles", "--latency", "--job-duration");
    assertThat(out.toString(UTF_8).lines()).allMatch(line -> line.length() <= 90);
  }

  @Test
  void the_first_list_holds_the_generated_profiles_that_were_asked_for_the_same_every_time() {
    List<String> first = new ArrayList<>();
    List<String> again = new ArrayList<>();
    String[] args = "--port 0 --list AAAAAA=One --list BBBBBB=Two --seed-profiles 300".split(" ");

    run(klaviyo -> first.addAll(klaviyo.list("AAAAAA").emails()), args);
    run(
        klaviyo -> {
          again.addAll(klaviyo.list("AAAAAA").emails());
          assertThat(klaviyo.list("BBBBBB").size()).isZero();
          assertThat(klaviyo.requests()).isEmpty();
        },
        args);

    assertThat(first).hasSize(300).doesNotHaveDuplicates().isEqualTo(again);
  }

  @Test
  void answers_take_the_latency() {
    AtomicLong took = new AtomicLong();

    run(
        klaviyo -> {
          long start = System.nanoTime();
          get(klaviyo, "/api/accounts");
          took.set(System.nanoTime() - start);
        },
        "--port",
        "0",
        "--latency",
        "PT0.05S");

    assertThat(took.get()).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(49));
  }

  @ParameterizedTest
  @CsvSource({"0s, complete", "3m, queued", "PT1M30S, queued", "168h, queued"})
  void jobs_take_the_duration(String duration, String status) {
    run(
        klaviyo -> {
          post(klaviyo, "/api/profile-bulk-import-jobs", IMPORT);
          assertThat(get(klaviyo, "/api/profile-bulk-import-jobs"))
              .contains("\"status\":\"" + status + "\"");
        },
        "--port",
        "0",
        "--job-duration",
        duration);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--prot 80        | There is no option '--prot'.",
        "8090             | There is no option '8090'.",
        "--port           | The option --port needs a number from 0 to 65535.",
        "--port --no-quota| The option --port needs a number from 0 to 65535.",
        "--port http      | The option --port needs a number from 0 to 65535, not 'http'.",
        "--port 70000     | The option --port needs a number from 0 to 65535, not '70000'.",
        "--list VIP       | The option --list needs ID=NAME, not 'VIP'.",
        "--list =VIP      | The option --list needs ID=NAME, not '=VIP'.",
        "--list A=1 --list A=2 | The list A is given twice: give each an id of its own.",
        "--latency        | The option --latency needs a time from 0s to 10m, such as 500ms or PT0.5S.",
        "--latency 500    | The option --latency needs a time from 0s to 10m, such as 500ms or PT0.5S, not '500'.",
        "--latency 11m    | The option --latency needs a time from 0s to 10m, such as 500ms or PT0.5S, not '11m'.",
        "--latency 1d     | The option --latency needs a time from 0s to 10m, such as 500ms or PT0.5S, not '1d'.",
        "--job-duration PT-1S | The option --job-duration needs a time from 0s to 168h, such as 500ms, 2s, 3m or PT1M30S, not 'PT-1S'.",
        "--job-duration 999999999h | The option --job-duration needs a time from 0s to 168h, such as 500ms, 2s, 3m or PT1M30S, not '999999999h'.",
        "--job-duration 9999999999999999999s | The option --job-duration needs a time from 0s to 168h, such as 500ms, 2s, 3m or PT1M30S, not '9999999999999999999s'.",
        "--seed-profiles -1 | The option --seed-profiles needs a number, 0 or more, not '-1'.",
        "--seed-profiles 1e6 | The option --seed-profiles needs a number, 0 or more, not '1e6'.",
      })
  void wrong_options_are_told_in_one_line(String args, String message) {
    int exitCode = run(klaviyo -> {}, args.split(" "));

    assertThat(exitCode).isEqualTo(2);
    assertThat(err.toString(UTF_8))
        .isEqualToNormalizingNewlines(message + " (--help lists the options.)\n");
    assertThat(out.toString(UTF_8)).isEmpty();
  }

  @Test
  void answers_under_the_names_that_it_is_given_and_no_other() {
    int exitCode =
        run(
            klaviyo -> {
              assertThat(statusUnder("fake.internal", klaviyo.port())).isEqualTo(200);
              assertThat(statusUnder("elsewhere.example", klaviyo.port())).isEqualTo(421);
            },
            "--port",
            "0",
            "--host-name",
            "fake.internal");

    assertThat(exitCode).isZero();
  }

  private static int statusUnder(String name, int port) {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket
          .getOutputStream()
          .write(("GET / HTTP/1.1\r\nHost: " + name + ":" + port + "\r\n\r\n").getBytes(UTF_8));
      String line =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8)).readLine();
      return Integer.parseInt(line.split(" ")[1]);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  @Test
  void a_key_that_is_none_is_told_without_showing_it() {
    assertThat(run(klaviyo -> {}, "--api-key", "pk mine")).isEqualTo(2);

    assertThat(err.toString(UTF_8))
        .startsWith("The API key holds U+0020 space")
        .doesNotContain("mine");
  }

  @Test
  void a_taken_port_is_told_in_one_line() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int exitCode = run(klaviyo -> {}, "--port", String.valueOf(taken.getLocalPort()));

      assertThat(exitCode).isEqualTo(1);
      assertThat(err.toString(UTF_8).lines())
          .containsExactly(
              "The fake Klaviyo cannot listen on port "
                  + taken.getLocalPort()
                  + ", which is most likely taken: choose another, or 0 for one that is free.");
    }
  }

  private static String get(FakeKlaviyo klaviyo, String path) {
    return send(klaviyo, HttpRequest.newBuilder(klaviyo.baseUrl().resolve(path)));
  }

  private static String post(FakeKlaviyo klaviyo, String path, String body) {
    return send(
        klaviyo,
        HttpRequest.newBuilder(klaviyo.baseUrl().resolve(path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  /** What a program in another language might send. */
  private static String send(FakeKlaviyo klaviyo, HttpRequest.Builder request) {
    request
        .header("Authorization", "Klaviyo-API-Key " + klaviyo.apiKey().value())
        .header("revision", "2026-07-15");
    try {
      return HttpClient.newHttpClient()
          .send(request.build(), HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException | InterruptedException failed) {
      throw new AssertionError(failed);
    }
  }
}
