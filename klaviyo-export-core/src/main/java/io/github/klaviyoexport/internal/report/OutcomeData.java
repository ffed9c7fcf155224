package io.github.klaviyoexport.internal.report;

import io.github.klaviyoexport.Outcome;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The outcome of one profile, as a value. */
public record OutcomeData(
    String id,
    ListId list,
    Kind kind,
    @Nullable String job,
    @Nullable String otherCustomerId,
    @Nullable Rejection rejection,
    List<Rejection> fieldsLeftOut,
    @Nullable Why why)
    implements Outcome {

  /** The code that Klaviyo gives a profile which it will not import as it is. */
  private static final String INVALID = "invalid";

  /** Creates the outcome of a profile that Klaviyo has confirmed. */
  public static OutcomeData accepted(
      String customer, ListId list, String job, List<Rejection> fieldsLeftOut) {
    return new OutcomeData(customer, list, Kind.ACCEPTED, job, null, null, fieldsLeftOut, null);
  }

  /** Creates the outcome of a profile that is as it was confirmed before. */
  public static OutcomeData unchanged(String customer, ListId list, List<Rejection> fieldsLeftOut) {
    return new OutcomeData(customer, list, Kind.UNCHANGED, null, null, null, fieldsLeftOut, null);
  }

  /** Creates the outcome of a profile that is another's again. */
  public static OutcomeData duplicate(
      String customer, ListId list, @Nullable String otherCustomerId) {
    return new OutcomeData(
        customer, list, Kind.DUPLICATE, null, otherCustomerId, null, List.of(), null);
  }

  /**
   * Creates the outcome of a profile that was set aside.
   *
   * @param job the job in which it failed, if it did in one
   */
  public static OutcomeData rejected(
      String customer,
      ListId list,
      @Nullable String job,
      Rejection why,
      List<Rejection> fieldsLeftOut) {
    return new OutcomeData(customer, list, Kind.REJECTED, job, null, why, fieldsLeftOut, null);
  }

  /** Creates the outcome of a profile of which it is not known what became of it. */
  public static OutcomeData unconfirmed(
      String customer, ListId list, @Nullable String job, Why why) {
    return new OutcomeData(customer, list, Kind.UNCONFIRMED, job, null, null, List.of(), why);
  }

  /** Creates the outcome of a member that was removed from the list. */
  public static OutcomeData left(String profile, ListId list) {
    return new OutcomeData(profile, list, Kind.LEFT, null, null, null, List.of(), null);
  }

  /** Creates the outcome of a member that is in the list although it is not in the segment. */
  public static OutcomeData kept(String profile, ListId list, Why why) {
    return new OutcomeData(profile, list, Kind.KEPT, null, null, null, List.of(), why);
  }

  /** Returns the same outcome in another list. */
  public OutcomeData in(ListId other) {
    return new OutcomeData(id, other, kind, job, otherCustomerId, rejection, fieldsLeftOut, why);
  }

  @Override
  public boolean isUnresolved() {
    return kind == Kind.UNCONFIRMED || rejection != null && mayPass(rejection);
  }

  private static boolean mayPass(Rejection rejection) {
    return rejection.reason() == Reason.FAILS_KLAVIYO
        || rejection.reason() == Reason.FAILED_IN_KLAVIYO && !INVALID.equals(rejection.code());
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(kind).append(' ').append(CustomerProfile.idAsText(id));
    if (job != null) {
      text.append(" in job ").append(job);
    }
    if (otherCustomerId != null) {
      text.append(" of ").append(CustomerProfile.idAsText(otherCustomerId));
    }
    if (rejection != null) {
      text.append(": ").append(rejection);
    }
    if (why != null) {
      text.append(": ").append(why.advice());
    }
    if (!fieldsLeftOut.isEmpty()) {
      text.append("; without ");
      for (int i = 0; i < fieldsLeftOut.size(); i++) {
        Rejection field = fieldsLeftOut.get(i);
        text.append(i == 0 ? "" : ", ").append(field.field()).append(' ').append(field.reason());
      }
    }
    return text.toString();
  }
}
