package io.github.klaviyoexport.testkit.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.Fault;
import io.github.klaviyoexport.testkit.Operation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuickStartTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir Path directory;

  @Test
  void generated_customers_reach_a_klaviyo_of_its_own_and_the_list_is_read_back() {
    int exitCode = run("--profiles", "1000");

    assertThat(exitCode).isEqualTo(QuickStart.CONFIRMED);
    assertThat(printed(out))
        .contains("1,000 read = 980 accepted + 0 rejected + 20 duplicates + 0 unconfirmed")
        .contains("List Y6nRLr now holds 980 profiles, as read back over HTTP; the first are 01")
        .endsWith(
            "Of the generated customers these are so on purpose: 20 an earlier one again (a"
                + " duplicate).\n");
    assertThat(printed(err))
        .startsWith("Exporting segment generated to list Y6nRLr\n")
        .contains("Ended after 0:0");
  }

  @Test
  void rejections_are_explained_counted_in_the_files_and_told_by_the_exit_code()
      throws IOException {
    Path report = directory.resolve("report.json");
    Path rejections = directory.resolve("rejections.csv");

    int exitCode =
        run(
            "--profiles",
            "100",
            "--bad-rows",
            "0.05",
            "--report",
            report.toString(),
            "--rejections",
            rejections.toString());

    assertThat(exitCode).isEqualTo(QuickStart.SOME_REJECTED);
    assertThat(printed(out))
        .contains(
            "2 an earlier one again (a duplicate); 5 without a well-formed email address"
                + " (rejected); 5 without a well-formed phone number (left out).")
        .endsWith("Some profiles were rejected, so this ends with exit code 3.\n");
    assertThat(report).content().contains("\"rejected\" : 5", "\"accepted\" : 93");
    assertThat(Files.readAllLines(rejections))
        .hasSize(1 + 10)
        .startsWith("customer_id,scope,field,reason,code,other_customer_id");
  }

  @Test
  void a_file_reaches_a_server_with_the_key_from_the_environment() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("customers.csv"),
            """
            CustomerId,E-mail,firstname,Telephone1,Favourite colour
            c-1,ada@shop.example,Ada,+442079460001,blue
            c-2,bo@shop.example,Bo,,
            c-3,nobody,No,,
            """);
    Path rejections = directory.resolve("rejections.csv");
    try (FakeKlaviyo klaviyo = FakeKlaviyo.builder().keepBodies(true).start()) {
      int exitCode =
          run(
              Map.of("KLAVIYO_API_KEY", klaviyo.apiKey().value()),
              "--base-url",
              klaviyo.baseUrl().toString(),
              "--csv",
              file.toString(),
              "--email-field",
              "E-mail",
              "--rejections",
              rejections.toString());

      assertThat(exitCode).isEqualTo(QuickStart.SOME_REJECTED);
      assertThat(klaviyo.list().emails())
          .containsExactlyInAnyOrder("ada@shop.example", "bo@shop.example");
      assertThat(klaviyo.requests(Operation.BULK_IMPORT_PROFILES))
          .singleElement()
          .satisfies(
              request ->
                  assertThat(request.body())
                      .contains(
                          "\"external_id\":\"c-1\"",
                          "\"first_name\":\"Ada\"",
                          "\"phone_number\":\"+442079460001\"",
                          "\"properties\":{\"Favourite colour\":\"blue\"}"));
      assertThat(rejections).content().contains("c-3,PROFILE,E-mail,EMAIL_MALFORMED,");
    }
  }

  @Test
  void an_export_that_stops_says_why_in_one_line_and_leaves_its_report() throws IOException {
    Path report = directory.resolve("report.json");
    try (FakeKlaviyo klaviyo = FakeKlaviyo.start()) {
      int exitCode =
          run(
              Map.of("KLAVIYO_API_KEY", klaviyo.apiKey().value()),
              "--base-url",
              klaviyo.baseUrl().toString(),
              "--list",
              "Zz9Zz9",
              "--report",
              report.toString());

      assertThat(exitCode).isEqualTo(QuickStart.STOPPED);
      assertThat(printed(err).lines())
          .last()
          .asString()
          .startsWith("The export of segment generated to list Zz9Zz9 stopped: Klaviyo has no list")
          .contains(" Cause: ");
      assertThat(report).content().contains("\"accepted\" : 0");
    }
  }

  @Test
  void what_klaviyo_leaves_unconfirmed_is_no_success() {
    try (FakeKlaviyo klaviyo = FakeKlaviyo.start()) {
      klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.jobCancelled());

      int exitCode =
          run(
              Map.of("KLAVIYO_API_KEY", klaviyo.apiKey().value()),
              "--base-url",
              klaviyo.baseUrl().toString(),
              "--profiles",
              "10");

      assertThat(exitCode).isEqualTo(QuickStart.STOPPED);
      assertThat(printed(err))
          .endsWith(
              "Klaviyo has not confirmed every profile: look its jobs up later, by their ids.\n");
    }
  }

  @Test
  void more_customers_than_the_limit_stop_before_anything_is_sent() {
    int exitCode = run("--profiles", "11", "--limit", "10");

    assertThat(exitCode).isEqualTo(QuickStart.STOPPED);
    assertThat(printed(out)).contains("0 read").contains(" 0 calls");
    assertThat(printed(err)).endsWith("Here that is --limit N.\n");
  }

  @Test
  void help_names_every_option_and_does_nothing_else() {
    int exitCode = run("--profiles", "10", "--help");

    assertThat(exitCode).isEqualTo(QuickStart.CONFIRMED);
    assertThat(printed(out))
        .contains("--profiles", "--bad-rows", "--csv", "--email-field", "--list", "--limit")
        .contains("--base-url", "--no-quota", "--report", "--rejections", "--help", "Exit code")
        .doesNotContain("accepted +");
    assertThat(printed(out).lines()).allMatch(line -> line.length() <= 80);
    assertThat(printed(err)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --verbose                           | There is no option '--verbose'.
          customers.csv                       | There is no option 'customers.csv'.
          --profiles                          | The option --profiles needs a number, 0 or more.
          --profiles --no-quota               | The option --profiles needs a number, 0 or more.
          --profiles many                     | The option --profiles needs a number, 0 or more, not 'many'.
          --profiles -1                       | The option --profiles needs a number, 0 or more, not '-1'.
          --limit 0                           | The option --limit needs a number, 1 or more, not '0'.
          --bad-rows 0.5                      | The option --bad-rows needs a share from 0 to 0.4, not '0.5'.
          --base-url a^b                      | The option --base-url needs a URL, not 'a^b'.
          --csv a.csv                         | Say with --email-field which column of the file holds the email address.
          --email-field E                     | --email-field speaks of a file: say with --csv which.
          --csv a --email-field E --bad-rows 0| --profiles and --bad-rows speak of generated customers: leave them out with --csv.
          --csv none.csv --email-field E      | There is no file none.csv: check the path.
          --base-url http://127.0.0.1:1       | The environment variable KLAVIYO_API_KEY is not set: set it to the private API key of the account behind --base-url.
          --base-url https://a.klaviyo.com    | Generated customers would become profiles of a real account, which Klaviyo bills: export a file with --csv, or say with --profiles how many you want there.
          """)
  void wrong_options_are_told_in_one_line(String options, String message) {
    int exitCode = run(options.split(" "));

    assertThat(exitCode).isEqualTo(QuickStart.WRONG_OPTIONS);
    assertThat(printed(err)).isEqualTo(message + " (--help lists the options.)\n");
    assertThat(printed(out)).isEmpty();
  }

  @Test
  void a_list_id_that_cannot_be_one_is_told_in_one_line() {
    int exitCode = run("--list", "not an id");

    assertThat(exitCode).isEqualTo(QuickStart.WRONG_OPTIONS);
    assertThat(printed(err).lines()).hasSize(1);
  }

  @Test
  void an_email_field_that_the_file_does_not_have_is_told_with_those_it_has() throws IOException {
    Path file = Files.writeString(directory.resolve("customers.csv"), "Id,Mail\n1,a@shop.example");

    int exitCode = run("--csv", file.toString(), "--email-field", "EMail");

    assertThat(exitCode).isEqualTo(QuickStart.WRONG_OPTIONS);
    assertThat(printed(err)).contains("'EMail'").contains("It has: 'Id', 'Mail'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--report", "--rejections"})
  void a_file_that_has_no_place_is_told_before_anything_is_sent(String option) {
    Path file = directory.resolve("none/file");

    int exitCode = run("--profiles", "10", option, file.toString());

    assertThat(exitCode).isEqualTo(QuickStart.STOPPED);
    assertThat(printed(err))
        .isEqualTo("There is no directory for the file " + file + ": make it first.\n");
    assertThat(printed(out)).isEmpty();
  }

  private int run(String... args) {
    return run(Map.of(), args);
  }

  private int run(Map<String, String> environment, String... args) {
    return QuickStart.run(List.of(args), stream(out), stream(err), environment);
  }

  private static PrintStream stream(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  private static String printed(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
  }
}
