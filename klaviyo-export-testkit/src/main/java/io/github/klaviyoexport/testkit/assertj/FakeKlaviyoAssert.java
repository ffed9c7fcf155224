package io.github.klaviyoexport.testkit.assertj;

import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.RecordedRequest;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.assertj.core.api.AbstractAssert;

/** Assertions on a {@link FakeKlaviyo}: on all that reached it so far. */
public final class FakeKlaviyoAssert extends AbstractAssert<FakeKlaviyoAssert, FakeKlaviyo> {
  private static final Pattern OF_CONSENT =
      Pattern.compile("/(profile-)?(subscription|suppression)s?(-bulk-(create|delete)-jobs)?/?$");

  FakeKlaviyoAssert(FakeKlaviyo actual) {
    super(actual, FakeKlaviyoAssert.class);
  }

  /**
   * Asserts that no operation was called more often than Klaviyo allows in any second, minute or
   * day, and that no call was turned away but those that were scripted to be. A second, minute or
   * day may begin anywhere, which is stricter than Klaviyo with its fixed windows.
   */
  public FakeKlaviyoAssert keptQuotas() {
    isNotNull();
    Difference difference = new Difference();
    for (Operation operation : Operation.values()) {
      add(difference, operation, Duration.ofSeconds(1), "second", operation.burst());
      add(difference, operation, Duration.ofMinutes(1), "minute", operation.steady());
      OptionalInt daily = operation.daily();
      daily.ifPresent(most -> add(difference, operation, Duration.ofDays(1), "day", most));
    }
    difference.add(
        "call turned away by the quota",
        "calls turned away by the quota",
        actual.requests().stream()
            .filter(request -> request.status() == 429 && request.fault() == null)
            .toList(),
        this::call);
    return verify("The account's quotas should be kept.", difference);
  }

  private void add(
      Difference difference, Operation operation, Duration within, String unit, int allowed) {
    int most = actual.mostRequests(operation, within);
    if (most > allowed) {
      String words = " of " + operation + " within a " + unit + "; allowed: " + allowed;
      difference.add("call" + words, "calls" + words, most);
    }
  }

  /**
   * Asserts that no call was made that subscribes, unsubscribes, suppresses or unsuppresses a
   * profile.
   */
  public FakeKlaviyoAssert changedNoConsent() {
    isNotNull();
    List<RecordedRequest> changes =
        actual.requests().stream()
            .filter(request -> !request.method().equals("GET"))
            .filter(request -> OF_CONSENT.matcher(request.path()).find())
            .toList();
    Difference difference = new Difference();
    difference.add("call that changes consent", "calls that change consent", changes, this::call);
    return verify("Nobody's consent should be changed.", difference);
  }

  /** Asserts that all that was scripted has happened, so that the test has tested what it says. */
  public FakeKlaviyoAssert usedAllScripts() {
    isNotNull();
    Difference difference = new Difference();
    difference.add("of what was scripted never happened", actual.unused(), name -> name);
    return verify(
        "Everything scripted should have happened: script less, or make the calls.", difference);
  }

  private FakeKlaviyoAssert verify(String expected, Difference difference) {
    if (difference.isEmpty()) {
      return this;
    }
    throw failure("%s", expected + difference + "\n" + actual.timeline());
  }

  private String call(RecordedRequest request) {
    String text = request.toString();
    if (actual.showsValues()) {
      text += "\n      path " + request.path();
      text += request.query().isEmpty() ? "" : "\n      query " + request.query();
      text += request.body() == null ? "" : "\n      body " + request.body();
    }
    return text;
  }
}
