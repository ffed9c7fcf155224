package io.github.klaviyoexport.testkit.assertj;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.FakeKlaviyoBuilder;
import io.github.klaviyoexport.testkit.FakeList;
import io.github.klaviyoexport.testkit.FakeSource;
import io.github.klaviyoexport.testkit.InMemorySegments;
import org.assertj.core.api.Assertions;

/**
 * The entry to all assertions of a test, AssertJ's own among them: one static import serves both.
 *
 * {@snippet class="io.github.klaviyoexport.testkit.assertj.AssertionExamplesTest" region="example"}
 *
 * <p>A failure says what differs, with counts and a few examples, and what had reached the account
 * until then. Addresses and values of profiles are masked in it, because reports of tests travel
 * far: an address shows its first letter, its place and the customer's external id, which suffices
 * to find it in the test. Where all test data are made up, failures show them in full if the system
 * property {@value FakeKlaviyo#SHOW_VALUES} is {@code true}, for all accounts of a build, or if
 * {@link FakeKlaviyoBuilder#showValues} says so, for one; {@link FakeListAssert#showingValues()}
 * does it for one assertion.
 *
 * <p>Several failures are told at once by AssertJ's {@code SoftAssertions}, whose {@code check}
 * takes any of these assertions:
 *
 * {@snippet class="io.github.klaviyoexport.testkit.assertj.AssertionExamplesTest" region="soft"}
 */
public final class KlaviyoAssertions extends Assertions {
  private KlaviyoAssertions() {}

  /** Begins assertions on an account: its quotas, its consents, what was scripted. */
  public static FakeKlaviyoAssert assertThat(FakeKlaviyo actual) {
    return new FakeKlaviyoAssert(actual);
  }

  /** Begins assertions on a list: its members and what is known of them. */
  public static FakeListAssert assertThat(FakeList actual) {
    return new FakeListAssert(actual);
  }

  /** Begins assertions on a report: its counts, and whether all of it is confirmed. */
  public static ExportReportAssert assertThat(ExportReport actual) {
    return new ExportReportAssert(actual);
  }

  /** Begins assertions on a source: whether its readers are closed. */
  public static InMemorySegmentsAssert assertThat(InMemorySegments actual) {
    return new InMemorySegmentsAssert(actual);
  }

  /** Begins assertions on a source: whether its readers are closed. */
  public static FakeSourceAssert assertThat(FakeSource actual) {
    return new FakeSourceAssert(actual);
  }
}
