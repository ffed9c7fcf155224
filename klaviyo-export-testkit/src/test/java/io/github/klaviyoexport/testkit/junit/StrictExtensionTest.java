package io.github.klaviyoexport.testkit.junit;

import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.assertThat;
import static io.github.klaviyoexport.testkit.junit.TestsFromOutside.failureOf;
import static io.github.klaviyoexport.testkit.junit.TestsFromOutside.failuresOf;

import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.FakeKlaviyoBuilder;
import io.github.klaviyoexport.testkit.Fault;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.time.TimeSource;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tests that use a strict extension, run and looked at from outside. */
class StrictExtensionTest {
  static class Untidy {
    @RegisterExtension
    static final KlaviyoExtension KLAVIYO = KlaviyoExtension.inProcess().strict();

    @Test
    void scripts_too_much_and_leaves_a_reader_open(FakeKlaviyo klaviyo, InMemorySegments segments)
        throws IOException {
      segments.segment("vip", CustomerProfile.of("c-1", Map.of("email", "ada@shop.example")));
      klaviyo.script(Operation.GET_LIST, Fault.serverError(503));
      ProfileReader reader = segments.open(Segment.named("vip"));
      assertThat(reader.next()).isNotNull();
    }

    @Test
    void leaves_an_exporter_open(SegmentExporter.Builder builder) {
      builder.mapping(FieldMapping.email("email")).build().close();
      assertThat(builder.build()).isNotNull();
    }

    @Test
    void fails_anyway(FakeKlaviyo klaviyo) {
      klaviyo.script(Operation.GET_LIST, Fault.serverError(503));
      throw new IllegalStateException("The shop is closed.");
    }
  }

  @Test
  void a_strict_account_fails_a_test_that_left_something_undone() {
    assertThat(failureOf(Untidy.class, "scripts_too_much_and_leaves_a_reader_open"))
        .isInstanceOf(AssertionError.class)
        .hasMessage(
            """
            The test passed, and left something undone. Script what happens only, and close readers and exporters.
              scripted, and never happened: GET_LIST: server error 503 before processing
              readers of InMemorySegments[vip] not closed: 1 of 1
            No request has reached the account.""");
  }

  @Test
  void a_strict_account_fails_a_test_that_left_its_exporter_open() {
    assertThat(failureOf(Untidy.class, "leaves_an_exporter_open"))
        .hasMessageContaining("\n  not closed: 1 exporter\n");
  }

  static class Tidy {
    @RegisterExtension static final KlaviyoExtension HTTP = KlaviyoExtension.overHttp().strict();

    @Test
    void closes_an_account_that_nobody_has_reached(FakeKlaviyo klaviyo) {
      klaviyo.close();
    }
  }

  static class TidyByTheMachinesClock {
    @RegisterExtension
    static final KlaviyoExtension KLAVIYO =
        KlaviyoExtension.inProcess().strict().account(TidyByTheMachinesClock::account);

    /** Gives an account the machine's clock, and the key that all tests of a service use. */
    static FakeKlaviyoBuilder account(FakeKlaviyoBuilder account) {
      return account.time(TimeSource.system()).apiKey("pk_of_all_tests");
    }

    @Test
    void closes_its_exporter(SegmentExporter.Builder builder) {
      builder.mapping(FieldMapping.email("email")).build().close();
    }
  }

  @Test
  void a_strict_account_blames_no_test_for_what_it_did_not_leave() {
    assertThat(failuresOf(Tidy.class)).isEmpty();
    try (FakeKlaviyo other = TidyByTheMachinesClock.account(FakeKlaviyo.builder()).start();
        SegmentExporter open =
            SegmentExporter.builder()
                .klaviyo(other.connection())
                .source(InMemorySegments.empty())
                .mapping(FieldMapping.email("email"))
                .build()) {
      assertThat(open).as("an exporter of another test").isNotNull();
      assertThat(failuresOf(TidyByTheMachinesClock.class)).isEmpty();
    }
  }

  @Test
  void a_test_that_failed_anyway_is_not_blamed_for_more() {
    assertThat(failureOf(Untidy.class, "fails_anyway"))
        .hasMessage("The shop is closed.")
        .satisfies(it -> assertThat(it.getSuppressed()).hasSize(1));
  }
}
