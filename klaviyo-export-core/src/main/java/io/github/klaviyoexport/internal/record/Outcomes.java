package io.github.klaviyoexport.internal.record;

import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.Outcome;
import io.github.klaviyoexport.Outcome.Why;
import io.github.klaviyoexport.internal.keys.RowKeys;
import io.github.klaviyoexport.internal.listen.GuardedListeners;
import io.github.klaviyoexport.internal.report.OutcomeData;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The teller of outcomes: each profile that was read has exactly one in an execution of an export.
 *
 * <p>Who would tell one asks first whether any listener {@linkplain #areAsked asks} for them: if
 * none does, nothing is made or kept for them.
 */
public final class Outcomes {
  private final GuardedListeners<ExportListener> listeners;
  private final ListId list;
  private boolean tellsAny;

  /** Creates a teller of the outcomes in a list, to the listeners that hear them. */
  Outcomes(GuardedListeners<ExportListener> listeners, ListId list) {
    this.listeners = listeners;
    this.list = list;
  }

  /** Returns whether anybody hears them. */
  public boolean areAsked() {
    return !listeners.isEmpty();
  }

  private void tell(Outcome outcome) {
    tellsAny = true;
    listeners.tell(listener -> listener.outcome(outcome));
  }

  /** Tells of a profile that was set aside before it was sent. */
  public void setAside(String customer, Rejection why) {
    tell(OutcomeData.rejected(customer, list, null, why, List.of()));
  }

  /** Tells of a profile that is another customer's again, who may not be known. */
  public void duplicate(String customer, @Nullable String original) {
    tell(OutcomeData.duplicate(customer, list, original));
  }

  /** Tells of a profile that is as Klaviyo has confirmed it before. */
  public void unchanged(String customer, List<Rejection> fieldsLeftOut) {
    tell(OutcomeData.unchanged(customer, list, List.copyOf(fieldsLeftOut)));
  }

  /** Tells of a profile that Klaviyo has refused when it was sent. */
  void refused(String customer, Rejection why, List<Rejection> fieldsLeftOut) {
    tell(OutcomeData.rejected(customer, list, null, why, fieldsLeftOut));
  }

  /** Tells of a profile of which it is not known what became of it. */
  public void unconfirmed(String customer, @Nullable String job, Why why) {
    tell(OutcomeData.unconfirmed(customer, list, job, why));
  }

  /**
   * Tells of the rows of a job that is complete, as far as it says what became of each. Rows of
   * which it does not are told at the end, unless its counts say what became of all together: then
   * each of them may be one of those that failed.
   *
   * @param named the rows that it names as failed
   * @param accepted how many profiles it counts as imported
   * @param rejected how many it counts as failed
   */
  public void ofJob(
      PreviousRun.OpenJob job,
      RowKeys keys,
      Map<Integer, Rejection> named,
      int accepted,
      int rejected) {
    LeftOutFields fields =
        job.leftOut() == null
            ? new LeftOutFields()
            : LeftOutFields.unpack(job.leftOut().read(), keys);
    boolean addsUp = accepted + rejected == job.profiles();
    boolean allNamed = rejected == named.size();
    for (int row = 0; row < keys.rows(); row++) {
      Rejection why = named.isEmpty() ? null : named.get(row);
      String customer = keys.customerId(row);
      if (addsUp && accepted == 0 && why == null) {
        why = Rejection.ofProfile(customer, null, Reason.FAILED_IN_KLAVIYO);
      }
      if (why != null) {
        tell(OutcomeData.rejected(customer, list, job.id(), why, fields.of(row)));
      } else if (addsUp && allNamed) {
        tell(OutcomeData.accepted(customer, list, job.id(), fields.of(row)));
      } else if (addsUp) {
        unconfirmed(customer, job.id(), Why.NOT_NAMED);
      }
    }
  }

  /** Tells of a member, by Klaviyo's id of the profile, that was removed from the list. */
  public void left(String profile) {
    tell(OutcomeData.left(profile, list));
  }

  /** Tells of a leaver, by Klaviyo's id of the profile, that is in the list still. */
  public void kept(String profile, Why why) {
    tell(OutcomeData.kept(profile, list, why));
  }

  /** Tells that the outcomes so far count as told. */
  public void told() {
    if (tellsAny) {
      tellsAny = false;
      listeners.tell(ExportListener::outcomesTold);
    }
  }
}
