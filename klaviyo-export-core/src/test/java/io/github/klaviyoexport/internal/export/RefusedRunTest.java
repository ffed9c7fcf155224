package io.github.klaviyoexport.internal.export;

import static io.github.klaviyoexport.testing.SmallKlaviyo.IMPORT;
import static io.github.klaviyoexport.testing.SmallKlaviyo.LIST;
import static io.github.klaviyoexport.testing.SmallKlaviyo.LISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.SegmentExport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.VerificationListener;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.TransportException.Fate;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What keeps a run from sending anything: fields, limits, the list, the key, the network. */
class RefusedRunTest {
  private final Lab lab = new Lab();

  @Test
  void unknown_fields_are_named_with_the_known_ones_before_anything_is_sent() {
    NumberedSource source = new NumberedSource(5, OptionalLong.of(5));
    source.fields = FieldNames.of("EMail", "Phone", "City", "LTV");

    ExportException stopped = lab.stopped(source);

    assertThat(stopped.reason()).isEqualTo(Reason.MAPPING_UNFIT);
    assertThat(stopped)
        .message()
        .startsWith("The export of segment vip to list Y6nRLr stopped: The mapping names a field")
        .contains("'Email'", "'EMail', 'Phone', 'City', 'LTV'");
    assertThat(source.read).isZero();
    assertThat(source.closed).isEqualTo(1);
    assertThat(lab.klaviyo.asked()).isEmpty();
  }

  @Test
  void a_segment_known_to_be_over_the_limit_is_refused_before_it_is_read() {
    NumberedSource source = new NumberedSource(100_001, OptionalLong.of(100_001));

    ExportException stopped = lab.stopped(source);

    assertThat(stopped.reason()).isEqualTo(Reason.LIMIT_EXCEEDED);
    assertThat(stopped)
        .message()
        .contains("larger than the limit of 100,000 profiles: it has 100,001", "limit(...)");
    assertThat(source.read).isZero();
    assertThat(source.closed).isEqualTo(1);
    assertThat(lab.klaviyo.asked()).isEmpty();
  }

  @Test
  void a_segment_that_turns_out_to_be_over_the_limit_is_exported_up_to_it() {
    NumberedSource source = new NumberedSource(50, OptionalLong.empty());

    ExportException stopped;
    try (SegmentExporter exporter = lab.exporter(source).build()) {
      stopped = Lab.stopped(exporter.prepare(Lab.VIP, Lab.LIST).limit(20));
    }

    assertThat(stopped.reason()).isEqualTo(Reason.LIMIT_EXCEEDED);
    assertThat(stopped.report().profiles().read()).isEqualTo(20);
    assertThat(stopped.report().profiles().accepted()).isEqualTo(20);
    assertThat(lab.klaviyo.emails()).hasSize(20);
    assertThat(source.closed).isEqualTo(1);
  }

  @Test
  void a_segment_of_exactly_the_limit_is_exported() {
    NumberedSource source = new NumberedSource(20, OptionalLong.empty());

    try (SegmentExporter exporter = lab.exporter(source).limit(20).build()) {
      assertThat(exporter.export(Lab.VIP, Lab.LIST).profiles().accepted()).isEqualTo(20);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 0, 3, 500})
  void a_size_that_is_not_so_costs_no_profile(long claimed) {
    assertThat(lab.export(new NumberedSource(5, OptionalLong.of(claimed))).profiles().accepted())
        .isEqualTo(5);
  }

  @Test
  void an_unknown_list_stops_the_export_before_anything_is_sent() {
    lab.klaviyo.on(LIST, Answer.error(404, "not_found", "/data/"));

    ExportException stopped = lab.stopped(Lab.customers(5));

    assertThat(stopped.reason()).isEqualTo(Reason.LIST_NOT_FOUND);
    assertThat(stopped).message().contains("Klaviyo has no list Y6nRLr in this account (404)");
    assertThat(stopped.getCause()).hasMessageContaining("error id 6b1f-404");
    assertThat(lab.klaviyo.asked()).hasSize(1);
    assertThat(lab.events).containsExactly("started vip Y6nRLr", "finished");
  }

  @Test
  void a_key_that_is_not_known_a_scope_that_is_missing_and_an_edge_challenge_are_told_apart() {
    lab.klaviyo.on(LIST, Answer.error(401, "authentication_failed", "/data/"));
    assertThat(lab.stopped(Lab.customers(5)).reason()).isEqualTo(Reason.UNAUTHORIZED);

    Lab scope = new Lab();
    scope.klaviyo.on(LIST, Answer.error(403, "permission_denied", "/data/"));
    ExportException forbidden = scope.stopped(Lab.customers(5));
    assertThat(forbidden.reason()).isEqualTo(Reason.FORBIDDEN);
    assertThat(forbidden).message().contains("lacks a scope for 'get list'", "lists:read");

    Lab edge = new Lab();
    edge.klaviyo.on(LIST, Answer.of(403, "text/html", "<html>"));
    ExportException challenge = edge.stopped(Lab.customers(5));
    assertThat(challenge.reason()).isEqualTo(Reason.EDGE_CHALLENGE);
    assertThat(challenge).message().contains("the key is not at fault");
  }

  @Test
  void a_redirect_is_not_followed_and_said_to_be_one() {
    lab.klaviyo.on(
        LIST, Answer.of(302, "text/html", "", "Location", "https://shop.example/api/lists/Y6nRLr"));

    ExportException stopped = lab.stopped(Lab.customers(5));

    assertThat(stopped.reason()).isEqualTo(Reason.REFUSED);
    assertThat(stopped).message().contains("the server redirects (302)", "check the base URL");
    assertThat(lab.klaviyo.asked()).hasSize(1);
  }

  @Test
  void a_klaviyo_that_cannot_be_reached_stops_the_export_after_ten_attempts() {
    lab.klaviyo.on(LIST, Answer.broken(Fate.UNPROCESSED));

    ExportException stopped = lab.stopped(Lab.customers(5));

    assertThat(stopped.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(stopped)
        .message()
        .contains(
            "stopped: Klaviyo gave no answer: the line went dead ('get list', 10 attempts in ",
            "). Try again later. So far ")
        .doesNotContain("cause");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"type\":\"ticket\",\"id\":\"7\"}", "{\"id\":\"7\"}"})
  void an_answer_about_what_was_not_asked_for_is_not_klaviyos(String foreign) {
    for (String asked : List.of(LIST, IMPORT)) {
      Lab gateway = new Lab();
      gateway.klaviyo.on(asked, Answer.json(200, "{\"data\":" + foreign + "}"));

      ExportException stopped = gateway.stopped(Lab.customers(5));

      assertThat(stopped.reason()).isEqualTo(Reason.UNAVAILABLE);
      assertThat(stopped).message().contains("answered 200 with a body that cannot be read");
      assertThat(stopped.report().jobs()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"preview", "verify"})
  void a_look_that_stops_speaks_of_no_import(String look) {
    Lab refused = new Lab();
    refused.klaviyo.on(LIST, Answer.broken(Fate.UNPROCESSED));
    assertThat(stoppedLook(refused, look, segment -> ProfileReader.of(Lab.customers(5))))
        .contains("). Try again later. It has changed nothing at Klaviyo.")
        .doesNotContain("import");

    assertThat(
            stoppedLook(
                new Lab(),
                look,
                segment -> {
                  throw new IOException("no such segment");
                }))
        .contains("(no such segment); mend the source and try again. It has changed nothing");

    Thread.currentThread().interrupt();
    assertThat(stoppedLook(new Lab(), look, segment -> ProfileReader.of(Lab.customers(5))))
        .contains("its thread was interrupted; run it again. It has changed nothing");
    assertThat(Thread.interrupted()).isTrue();
  }

  private static String stoppedLook(Lab lab, String look, ProfileSource source) {
    try (SegmentExporter exporter = lab.exporter(source).build()) {
      SegmentExport export = exporter.prepare(Lab.VIP, Lab.LIST);
      ExportException stopped =
          catchThrowableOfType(
              ExportException.class,
              () -> {
                if (look.equals("preview")) {
                  export.preview();
                } else {
                  export.verify(new VerificationListener() {});
                }
              });
      return String.valueOf(stopped.getMessage());
    }
  }

  @Test
  void a_klaviyo_that_asks_to_wait_for_a_day_is_quoted() {
    lab.klaviyo.on(IMPORT, Answer.error(429, "throttled", "/data", "Retry-After", "99999999"));

    ExportException stopped = lab.stopped(Lab.customers(5));

    assertThat(stopped.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(stopped)
        .message()
        .contains(
            "stopped: Klaviyo asks to wait a day or more (429), more than the 15 minutes an export"
                + " waits ('import profiles', 1 attempt). The account's quota for that is used up: see"
                + " which other apps and keys call Klaviyo for the account,");
  }

  @Test
  void a_token_that_none_can_be_is_a_fault_of_credentials_and_says_which() {
    ExportException stopped;
    try (SegmentExporter exporter =
        lab.exporter(new NumberedSource(5, OptionalLong.empty()))
            .klaviyo(KlaviyoConnection.oauth(() -> "").transport(lab.klaviyo))
            .build()) {
      stopped = Lab.stopped(exporter.prepare(Lab.VIP, Lab.LIST));
    }

    assertThat(stopped.reason()).isEqualTo(Reason.UNAUTHORIZED);
    assertThat(stopped)
        .message()
        .contains(
            "stopped: the OAuth access token is empty: let the supplier return one that Klaviyo"
                + " issued. So far ");
    assertThat(lab.klaviyo.asked()).isEmpty();
  }

  @Test
  void a_status_that_is_not_known_is_told_with_its_error_code() {
    lab.klaviyo.on(IMPORT, Answer.error(418, "teapot", "/data"));

    ExportException stopped = lab.stopped(Lab.customers(5));

    assertThat(stopped.reason()).isEqualTo(Reason.REFUSED);
    assertThat(stopped)
        .message()
        .contains("stopped: Klaviyo refused 'import profiles' (418, teapot; error id 6b1f-418)");
  }

  @ParameterizedTest
  @ValueSource(strings = {IMPORT, LISTING})
  void a_403_in_the_middle_of_a_run_is_waited_out(String operation) {
    int[] asked = {0};
    lab.klaviyo.on(
        operation,
        any -> asked[0]++ % 3 == 1 ? Answer.error(403, "permission_denied", "/data/") : null);
    lab.klaviyo.status(job -> job.age().toSeconds() < 20 ? "processing" : "complete");

    try (SegmentExporter exporter =
        lab.exporter(new NumberedSource(20, OptionalLong.empty())).batchSize(5).build()) {
      assertThat(exporter.export(Lab.VIP, Lab.LIST).profiles().accepted()).isEqualTo(20);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_403_that_stays_is_told_from_a_missing_scope_and_from_a_challenge(boolean html) {
    int[] asked = {0};
    lab.klaviyo.on(
        IMPORT,
        any ->
            asked[0]++ == 0
                ? null
                : html
                    ? Answer.of(403, "text/html", "<html>")
                    : Answer.error(403, "permission_denied", "/data/"));

    ExportException stopped;
    try (SegmentExporter exporter =
        lab.exporter(new NumberedSource(20, OptionalLong.empty())).batchSize(10).build()) {
      stopped = Lab.stopped(exporter.prepare(Lab.VIP, Lab.LIST));
    }

    assertThat(stopped.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(stopped)
        .message()
        .contains(
            "Klaviyo has answered 'import profiles' with 403 for 5 minutes, though it let the same"
                + " key in before: so no scope is missing",
            "Try again later")
        .doesNotContain("lacks");
    assertThat(stopped.report().profiles().accepted()).isEqualTo(10);
    assertThat(stopped.report().profiles().unsent()).isEqualTo(10);
  }
}
