package io.github.klaviyoexport.testkit.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.testkit.FakeKlaviyo;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FakeKlaviyoServerTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

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
            "The fake Klaviyo listens on " + address.get() + " until it is stopped.\n");
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
        .contains("--port", "--api-key", "--list ID=NAME", "--no-quota", "--help");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--prot 80        | There is no option '--prot'.",
        "8090             | There is no option '8090'.",
        "--port           | The option --port needs a value.",
        "--port --no-quota| The option --port needs a value.",
        "--port http      | The port must be a number from 0 to 65535.",
        "--port 70000     | The port must be a number from 0 to 65535.",
        "--list VIP       | A list is given as ID=NAME, such as Y6nRLr=VIP.",
        "--list =VIP      | A list is given as ID=NAME, such as Y6nRLr=VIP.",
      })
  void wrong_options_are_told_in_one_line(String args, String message) {
    int exitCode = run(klaviyo -> {}, args.split(" "));

    assertThat(exitCode).isEqualTo(2);
    assertThat(err.toString(UTF_8))
        .isEqualToNormalizingNewlines(message + " (--help lists the options.)\n");
    assertThat(out.toString(UTF_8)).isEmpty();
  }

  @Test
  void a_key_that_is_none_is_told_without_showing_it() {
    assertThat(run(klaviyo -> {}, "--api-key", "pk mine")).isEqualTo(2);

    assertThat(err.toString(UTF_8)).startsWith("The API key holds a space").doesNotContain("mine");
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
}
