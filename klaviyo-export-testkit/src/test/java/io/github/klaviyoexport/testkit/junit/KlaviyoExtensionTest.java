package io.github.klaviyoexport.testkit.junit;

import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.assertThat;
import static io.github.klaviyoexport.testkit.junit.TestsFromOutside.eventsOf;
import static io.github.klaviyoexport.testkit.junit.TestsFromOutside.failureOf;
import static io.github.klaviyoexport.testkit.junit.TestsFromOutside.run;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.klaviyo.KlaviyoRequest;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.Fault;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.VirtualTime;
import io.github.klaviyoexport.time.TimeSource;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.engine.JupiterTestEngine;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.testkit.engine.EngineTestKit;

/** Tests that use the extension, run and looked at from outside. */
class KlaviyoExtensionTest {
  /** The accounts that the tests below were given. */
  private static final List<FakeKlaviyo> ACCOUNTS = Collections.synchronizedList(new ArrayList<>());

  private static final FakeKlaviyo SHARED = FakeKlaviyo.start();

  private static final CyclicBarrier AT_A_TIME = new CyclicBarrier(4);

  @BeforeEach
  void forgets_the_accounts() {
    ACCOUNTS.clear();
  }

  private static void export(SegmentExporter.Builder builder, FakeKlaviyo klaviyo) {
    try (SegmentExporter exporter = builder.mapping(FieldMapping.email("email")).build()) {
      exporter.export(Segment.named("vip"), klaviyo.listId());
    }
  }

  private static CustomerProfile customer(String email) {
    return CustomerProfile.of("c-1", Map.of("email", email));
  }

  @ExtendWith(KlaviyoExtension.class)
  static class Typical {
    private FakeKlaviyo klaviyo;
    private VirtualTime time;
    private InMemorySegments segments;

    @BeforeEach
    void has_a_segment(InMemorySegments segments) {
      segments.segment("vip", customer("ada@shop.example"));
    }

    @Test
    void exports(FakeKlaviyo klaviyo, VirtualTime time, SegmentExporter.Builder builder) {
      assertThat(this.klaviyo).isSameAs(klaviyo);
      assertThat(this.time).isSameAs(time);
      ACCOUNTS.add(klaviyo);
      klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.rateLimited(Duration.ofSeconds(7)));

      export(builder, klaviyo);

      assertThat(klaviyo.list()).holdsExactly("ada@shop.example");
      assertThat(time.waited()).isGreaterThanOrEqualTo(Duration.ofSeconds(7));
    }

    @RepeatedTest(3)
    void finds_an_account_that_nobody_has_used() {
      ACCOUNTS.add(klaviyo);
      assertThat(klaviyo.list()).isEmpty();
      assertThat(klaviyo.requests()).isEmpty();
      klaviyo.list().add("bo@shop.example");
    }

    @Nested
    class Within {
      private FakeKlaviyo own;

      @Test
      void has_the_account_of_its_test(FakeKlaviyo klaviyo) {
        ACCOUNTS.add(klaviyo);
        assertThat(own).isSameAs(klaviyo);
        assertThat(Typical.this.klaviyo).isSameAs(klaviyo);
        assertThat(segments.openedReaders()).isZero();
      }
    }

    @AfterEach
    void still_has_it_open(FakeKlaviyo klaviyo) {
      assertThat(this.klaviyo).isSameAs(klaviyo);
    }
  }

  @Test
  void parameters_and_fields_are_of_one_account_fresh_for_each_test_and_closed_after_it() {
    run(selectClass(Typical.class)).testEvents().assertStatistics(it -> it.succeeded(5).failed(0));

    assertThat(ACCOUNTS).hasSize(5).doesNotHaveDuplicates();
    assertThat(ACCOUNTS).allSatisfy(KlaviyoExtensionTest::isClosed);
  }

  private static void isClosed(FakeKlaviyo klaviyo) {
    URI lists = URI.create("https://a.klaviyo.com/api/lists");
    assertThat(klaviyo.transport().send(KlaviyoRequest.of("GET", lists, Map.of(), List.of())))
        .isCompletedExceptionally();
  }

  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  @Execution(ExecutionMode.CONCURRENT)
  static class Parallel {
    @RegisterExtension
    static final KlaviyoExtension KLAVIYO =
        KlaviyoExtension.inProcess()
            .account(account -> account.jobDuration(Duration.ofMinutes(3)))
            .strict();

    @RepeatedTest(12)
    void exports(
        RepetitionInfo repetition,
        FakeKlaviyo klaviyo,
        VirtualTime time,
        InMemorySegments segments,
        SegmentExporter.Builder builder)
        throws Exception {
      ACCOUNTS.add(klaviyo);
      String own = repetition.getCurrentRepetition() + "@shop.example";
      segments.segment("vip", customer(own));
      // Four tests are here at a time, or this waits in vain.
      AT_A_TIME.await(60, TimeUnit.SECONDS);

      export(builder, klaviyo);

      AT_A_TIME.await(60, TimeUnit.SECONDS);
      assertThat(klaviyo.list()).holdsExactly(own);
      assertThat(klaviyo.requests(Operation.BULK_IMPORT_PROFILES)).hasSize(1);
      assertThat(time.waited()).isGreaterThanOrEqualTo(Duration.ofMinutes(3));
    }
  }

  @Test
  void tests_that_run_in_parallel_do_not_meet() {
    EngineTestKit.engine(new JupiterTestEngine())
        .selectors(selectClass(Parallel.class))
        .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
        .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
        .configurationParameter("junit.jupiter.execution.parallel.config.fixed.parallelism", "4")
        .execute()
        .testEvents()
        .assertStatistics(it -> it.succeeded(12).failed(0));

    assertThat(ACCOUNTS).hasSize(12).doesNotHaveDuplicates();
    assertThat(ACCOUNTS).allSatisfy(KlaviyoExtensionTest::isClosed);
  }

  static class OverHttp {
    @RegisterExtension static final KlaviyoExtension KLAVIYO = KlaviyoExtension.overHttp();

    @Test
    void exports(FakeKlaviyo klaviyo, InMemorySegments segments, SegmentExporter.Builder builder) {
      segments.segment("vip", customer("ada@shop.example"));

      export(builder, klaviyo);

      assertThat(klaviyo.port()).isPositive();
      assertThat(klaviyo.list()).hasSize(1);
    }
  }

  @Test
  void accounts_are_reached_over_http_when_wanted() {
    run(selectClass(OverHttp.class)).testEvents().assertStatistics(it -> it.succeeded(1));
  }

  @ExtendWith(KlaviyoExtension.class)
  static class Failing {
    @Test
    void for_a_reason_of_its_own(
        FakeKlaviyo klaviyo, InMemorySegments segments, SegmentExporter.Builder builder) {
      ACCOUNTS.add(klaviyo);
      segments.segment("vip", customer("ada@shop.example"));
      export(builder, klaviyo);
      throw new IllegalStateException("The shop is closed.");
    }

    @Test
    void by_an_assertion_that_shows_what_happened(FakeKlaviyo klaviyo) {
      assertThat(klaviyo.list()).holdsExactly("ada@shop.example");
    }
  }

  @Test
  void a_failure_shows_what_had_reached_the_account_and_no_personal_data() {
    Throwable failure = failureOf(Failing.class, "for_a_reason_of_its_own");

    StringWriter printed = new StringWriter();
    failure.printStackTrace(new PrintWriter(printed));
    String timeline = ACCOUNTS.get(0).timeline();
    assertThat(failure).hasMessage("The shop is closed.");
    assertThat(timeline).contains("BULK_IMPORT_PROFILES");
    assertThat(printed.toString())
        .containsSubsequence("The shop is closed.", "Suppressed: " + timeline)
        .doesNotContain("ada@");
    isClosed(ACCOUNTS.get(0));
  }

  @Test
  void what_had_reached_the_account_is_published_as_a_report_entry() {
    List<ReportEntry> entries =
        eventsOf(Failing.class, "for_a_reason_of_its_own")
            .flatMap(event -> event.getPayload(ReportEntry.class).stream())
            .toList();

    assertThat(entries).hasSize(1);
    assertThat(entries.get(0).getKeyValuePairs())
        .containsExactly(Map.entry("klaviyo", ACCOUNTS.get(0).timeline()));
  }

  @Test
  void a_failure_that_shows_it_already_is_left_as_it_is() {
    assertThat(failureOf(Failing.class, "by_an_assertion_that_shows_what_happened"))
        .hasMessageContaining("No request has reached the account.")
        .hasNoSuppressedExceptions();
  }

  @ExtendWith(KlaviyoExtension.class)
  static class TooEarly {
    TooEarly(FakeKlaviyo klaviyo) {
      ACCOUNTS.add(klaviyo);
    }

    @Test
    void is_never_reached() {}
  }

  @Test
  void who_asks_before_there_is_a_test_is_told_where_to_ask() {
    assertThat(failureOf(TooEarly.class, "is_never_reached"))
        .hasMessageContaining(
            "Each test has a FakeKlaviyo of its own, and there is no test yet: take it as a"
                + " parameter of a test, of @BeforeEach or of @AfterEach, or in a field, not of a"
                + " constructor, @BeforeAll or @AfterAll.");
    assertThat(ACCOUNTS).isEmpty();
  }

  static class ByItsOwnClock {
    private static final VirtualTime OWN = VirtualTime.create();

    @RegisterExtension
    static final KlaviyoExtension KLAVIYO =
        KlaviyoExtension.inProcess()
            .account(account -> account.time(OWN).jobDuration(Duration.ofHours(2)));

    @Test
    void exports(
        FakeKlaviyo klaviyo,
        VirtualTime time,
        InMemorySegments segments,
        SegmentExporter.Builder builder) {
      segments.segment("vip", customer("ada@shop.example"));

      export(builder, klaviyo);

      assertThat(time).isSameAs(OWN);
      assertThat(klaviyo.time()).isSameAs(OWN);
      assertThat(time.waited()).isGreaterThanOrEqualTo(Duration.ofHours(2));
    }
  }

  static class ByRealTime {
    @RegisterExtension
    static final KlaviyoExtension KLAVIYO =
        KlaviyoExtension.inProcess().account(account -> account.time(TimeSource.system()));

    @Test
    void exports(FakeKlaviyo klaviyo, InMemorySegments segments, SegmentExporter.Builder builder) {
      segments.segment("vip", customer("ada@shop.example"));

      export(builder, klaviyo);

      assertThat(klaviyo.time()).isSameAs(TimeSource.system());
      assertThat(klaviyo.requests().get(0).at()).isBeforeOrEqualTo(TimeSource.system().now());
    }

    @Test
    void asks_for_virtual_time(VirtualTime time) {
      assertThat(time).isNull();
    }
  }

  @Test
  void account_and_exporter_live_by_the_clock_that_the_settings_give_the_account() {
    for (Class<?> tests : List.of(ByItsOwnClock.class, ByRealTime.class)) {
      assertThat(eventsOf(tests, "exports"))
          .anyMatch(event -> event.getPayload(TestExecutionResult.class).isPresent())
          .allMatch(
              event ->
                  event
                      .getPayload(TestExecutionResult.class)
                      .flatMap(TestExecutionResult::getThrowable)
                      .isEmpty());
    }
    assertThat(failureOf(ByRealTime.class, "asks_for_virtual_time"))
        .hasMessageContaining(
            "The account has a clock that account(...) gave it, which is no VirtualTime: take none,"
                + " or leave the account the one it has.");
  }

  static class FilledByItself {
    @RegisterExtension static final KlaviyoExtension KLAVIYO = KlaviyoExtension.inProcess();
    private FakeKlaviyo us = SHARED;

    @Test
    void is_never_reached() {
      ACCOUNTS.add(us);
    }
  }

  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  static class OnceForAll {
    @RegisterExtension static final KlaviyoExtension KLAVIYO = KlaviyoExtension.inProcess();
    private FakeKlaviyo klaviyo;

    @RepeatedTest(3)
    void is_given_another(FakeKlaviyo klaviyo) {
      assertThat(this.klaviyo).isSameAs(klaviyo);
      ACCOUNTS.add(klaviyo);
    }
  }

  @Test
  void a_field_that_the_test_has_filled_itself_is_not_replaced() {
    assertThat(failureOf(FilledByItself.class, "is_never_reached"))
        .hasMessage(
            "The field us of "
                + FilledByItself.class.getName()
                + " has a FakeKlaviyo of the test's own, which this extension would replace: make"
                + " it final to keep it, or leave it empty.");
    assertThat(ACCOUNTS).isEmpty();

    run(selectClass(OnceForAll.class))
        .testEvents()
        .assertStatistics(it -> it.succeeded(3).failed(0));
    assertThat(ACCOUNTS).hasSize(3).doesNotHaveDuplicates();
  }

  static class WithoutSettings {
    @RegisterExtension
    static final KlaviyoExtension KLAVIYO = KlaviyoExtension.inProcess().account(account -> null);

    @Test
    void is_never_reached(FakeKlaviyo klaviyo) {
      ACCOUNTS.add(klaviyo);
    }
  }

  @Test
  void settings_that_return_nothing_are_told_what_to_return() {
    assertThat(failureOf(WithoutSettings.class, "is_never_reached"))
        .hasMessage(
            "The settings of the account are null: have account(...) return the builder it is given.");
    assertThat(ACCOUNTS).isEmpty();
  }

  @ExtendWith(KlaviyoExtension.class)
  static class OfItsOwn {
    private static FakeKlaviyo kept = SHARED;

    private final VirtualTime time = VirtualTime.create();
    private final VirtualTime same = time;

    @Test
    void keeps_what_is_static_or_final(VirtualTime other) {
      assertThat(kept).isSameAs(SHARED);
      assertThat(time).isSameAs(same).isNotSameAs(other);
    }
  }

  @Test
  void fields_that_are_static_or_final_are_the_tests_own() {
    run(selectClass(OfItsOwn.class)).testEvents().assertStatistics(it -> it.succeeded(1));
  }
}
