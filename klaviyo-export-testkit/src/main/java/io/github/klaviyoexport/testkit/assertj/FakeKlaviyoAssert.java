package io.github.klaviyoexport.testkit.assertj;

import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.RecordedRequest;
import io.github.klaviyoexport.testkit.internal.api.UsageErrors;
import java.util.List;
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
   * day may begin anywhere, which is stricter than Klaviyo with its fixed windows. It fails as well
   * when there were more requests than the account {@linkplain FakeKlaviyo#requests() keeps}.
   */
  public FakeKlaviyoAssert keptQuotas() {
    isNotNull();
    Difference difference = new Difference();
    List<RecordedRequest> requests = actual.requests();
    actual.exceededQuotas().forEach(difference::add);
    difference.add(
        "call turned away by the quota",
        "calls turned away by the quota",
        requests.stream()
            .filter(request -> request.status() == 429 && request.fault() == null)
            .toList(),
        this::call);
    addForgotten(difference, requests);
    return verify("The account's quotas should be kept.", difference);
  }

  /** Adds how many requests are no longer known: what they were cannot be asserted. */
  private static void addForgotten(Difference difference, List<RecordedRequest> requests) {
    String words =
        " no longer known, since an account keeps the last "
            + InWords.number(requests.size())
            + ": assert sooner, or on an account of its own";
    difference.add(
        "request is" + words,
        "requests are" + words,
        requests.isEmpty() ? 0 : requests.get(0).number() - 1);
  }

  /**
   * Asserts that no call was made that subscribes, unsubscribes, suppresses or unsuppresses a
   * profile. It fails as well when there were more requests than the account {@linkplain
   * FakeKlaviyo#requests() keeps}.
   */
  public FakeKlaviyoAssert changedNoConsent() {
    isNotNull();
    List<RecordedRequest> requests = actual.requests();
    List<RecordedRequest> changes =
        requests.stream()
            .filter(request -> !request.method().equals("GET"))
            .filter(request -> OF_CONSENT.matcher(request.path()).find())
            .toList();
    Difference difference = new Difference();
    difference.add("call that changes consent", "calls that change consent", changes, this::call);
    addForgotten(difference, requests);
    return verify("Nobody's consent should be changed.", difference);
  }

  /**
   * Asserts that so many requests of an operation reached the account, those that it turned away
   * among them: that an export ran once, for example. It fails as well when there were more
   * requests than the account {@linkplain FakeKlaviyo#requests() keeps}.
   *
   * @throws IllegalArgumentException if the number is below zero
   */
  public FakeKlaviyoAssert received(Operation operation, int times) {
    isNotNull();
    UsageErrors.notNegative("The number of requests", times);
    List<RecordedRequest> requests = actual.requests();
    long found = requests.stream().filter(request -> request.operation() == operation).count();
    Difference difference = new Difference();
    difference.add("too few", times - found);
    difference.add("too many", found - times);
    addForgotten(difference, requests);
    return verify(
        ("The account should have received " + operation + " " + InWords.count(times, "time"))
            + (", not " + InWords.number(found) + "."),
        difference);
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
