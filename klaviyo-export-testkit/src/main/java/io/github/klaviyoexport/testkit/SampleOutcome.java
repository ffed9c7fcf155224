package io.github.klaviyoexport.testkit;

import io.github.klaviyoexport.Outcome;
import io.github.klaviyoexport.Outcome.Why;
import io.github.klaviyoexport.internal.report.OutcomeData;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Scope;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What became of a customer of an export that was never run: outcomes of every kind, to test a
 * listener that hears them.
 *
 * {@snippet class="io.github.klaviyoexport.testkit.SampleValuesTest" region="outcome"}
 *
 * <p>They are of the list {@code Y6nRLr}. {@link SampleExport#tell} tells a listener the outcomes
 * of a whole export, to any list. A {@code null} that cannot be is refused with a {@link
 * NullPointerException} that says what to pass.
 */
public final class SampleOutcome {
  private static final ListId LIST = ListId.of("Y6nRLr");
  private static final String CUSTOMER = "customerId: pass the customer's id, as the source has it";
  private static final String PROFILE = "profileId: pass Klaviyo's id of the profile";

  private SampleOutcome() {}

  /**
   * Returns the outcome of a profile that Klaviyo has confirmed.
   *
   * @param job the id of the job that it was in
   * @param fieldsLeftOut the fields that were left out before, each a rejection of a field
   */
  public static Outcome accepted(String customerId, String job, List<Rejection> fieldsLeftOut) {
    Objects.requireNonNull(customerId, CUSTOMER);
    Objects.requireNonNull(job, "job: pass the id of the job that the profile was in");
    return OutcomeData.accepted(customerId, LIST, job, List.copyOf(fieldsLeftOut));
  }

  /** Returns the outcome of a profile that was not sent, because it has not changed. */
  public static Outcome unchanged(String customerId) {
    return OutcomeData.unchanged(Objects.requireNonNull(customerId, CUSTOMER), LIST, List.of());
  }

  /**
   * Returns the outcome of a profile that is another customer's again.
   *
   * @param otherCustomerId who was taken in its place; {@code null} if that is not known
   */
  public static Outcome duplicate(String customerId, @Nullable String otherCustomerId) {
    return OutcomeData.duplicate(
        Objects.requireNonNull(customerId, CUSTOMER), LIST, otherCustomerId);
  }

  /**
   * Returns the outcome of a profile that was set aside before it was sent.
   *
   * @throws IllegalArgumentException if the rejection is of a field
   */
  public static Outcome rejected(Rejection rejection) {
    return rejectedIn(rejection, null);
  }

  /**
   * Returns the outcome of a profile that failed in a job.
   *
   * @throws IllegalArgumentException if the rejection is of a field
   */
  public static Outcome rejected(Rejection rejection, String job) {
    return rejectedIn(
        rejection, Objects.requireNonNull(job, "job: pass the id of the job that it failed in"));
  }

  private static Outcome rejectedIn(Rejection rejection, @Nullable String job) {
    Objects.requireNonNull(rejection, "rejection: pass why the profile was set aside");
    if (rejection.scope() != Scope.PROFILE) {
      throw new IllegalArgumentException(
          "A field that was left out is no outcome: pass a Rejection.ofProfile(...), or give the"
              + " rejection to accepted(...).");
    }
    String customer = rejection.customerId();
    return OutcomeData.rejected(customer == null ? "" : customer, LIST, job, rejection, List.of());
  }

  /**
   * Returns the outcome of a profile of which it is not known what became of it.
   *
   * @param job the id of the job that it is in; {@code null} if it is in none
   */
  public static Outcome unconfirmed(String customerId, @Nullable String job, Why why) {
    Objects.requireNonNull(why, "why: pass why the profile is unconfirmed");
    return OutcomeData.unconfirmed(Objects.requireNonNull(customerId, CUSTOMER), LIST, job, why);
  }

  /** Returns the outcome of a member that was removed from the list by a mirror. */
  public static Outcome left(String profileId) {
    return OutcomeData.left(Objects.requireNonNull(profileId, PROFILE), LIST);
  }

  /** Returns the outcome of a member that is not in the segment and stays. */
  public static Outcome kept(String profileId, Why why) {
    Objects.requireNonNull(why, "why: pass why the member was kept");
    return OutcomeData.kept(Objects.requireNonNull(profileId, PROFILE), LIST, why);
  }
}
