package io.github.klaviyoexport;

import io.github.klaviyoexport.internal.report.OutcomeData;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.Rejection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of one profile in an export: what became of it, and of a mirror's leaver.
 *
 * {@snippet class="io.github.klaviyoexport.OutcomeExamplesTest" region="listener"}
 *
 * <p>Every profile that was read has exactly one in an execution of an export, whatever stopped it;
 * {@link ExportListener#outcome} hears of it as soon as it is certain, and at the end of those that
 * are not. So outcomes add up to the report's figures, but for one thing: where Klaviyo counts
 * profiles of a job as failed or missing and does not name them, a report counts, and an outcome
 * says {@link Kind#UNCONFIRMED} of each that it may be.
 *
 * <p>An outcome holds ids, names of fields and reasons, never a value. Immutable, and safe for use
 * by many threads; exports make them.
 */
public sealed interface Outcome permits OutcomeData {
  /**
   * Returns the customer's id, as the source gives it; of a {@linkplain Kind#LEFT leaver} and a
   * {@linkplain Kind#KEPT member that was kept}, Klaviyo's id of the profile. The empty text stands
   * for a customer without an id.
   */
  String id();

  /** Returns the list to which it was exported, or a mirror's leaver belonged. */
  ListId list();

  /** Returns what became of the profile. */
  Kind kind();

  /**
   * Returns Klaviyo's id of the import job that the profile was in; {@code null} if it was in none.
   */
  @Nullable String job();

  /**
   * Returns the source's id of the customer whose {@linkplain Kind#DUPLICATE duplicate} this is;
   * {@code null} for other outcomes, and where that customer was read by the process that a resumed
   * run goes on for.
   */
  @Nullable String otherCustomerId();

  /**
   * Returns why the profile was {@linkplain Kind#REJECTED rejected}; {@code null} if it was not.
   */
  @Nullable Rejection rejection();

  /**
   * Returns the fields that were left out of the profile before it was {@linkplain Kind#ACCEPTED
   * accepted}, found {@linkplain Kind#UNCHANGED unchanged}, or {@linkplain Kind#REJECTED rejected}
   * by Klaviyo. Where a resumed run confirms what an earlier process has handed over, only those
   * are here that Klaviyo refused.
   */
  List<Rejection> fieldsLeftOut();

  /** Returns why the profile is unconfirmed, or the leaver kept; {@code null} for all others. */
  @Nullable Why why();

  /**
   * Returns whether the profile should be sent again as it is: it is {@linkplain Kind#UNCONFIRMED
   * unconfirmed}, or was rejected for a reason that may pass. Those are {@link
   * Rejection.Reason#FAILS_KLAVIYO}, and {@link Rejection.Reason#FAILED_IN_KLAVIYO} unless
   * Klaviyo's code for it is {@code invalid}.
   */
  boolean isUnresolved();

  /** Returns the outcome in a line; an {@linkplain CustomerProfile#idAsText email} is not shown. */
  @Override
  String toString();

  /** What became of a profile. */
  enum Kind {
    /** Klaviyo has confirmed it. */
    ACCEPTED,
    /** It is as Klaviyo has confirmed it before, and was not sent. */
    UNCHANGED,
    /** An earlier customer of the segment has its identifier, and was taken in its place. */
    DUPLICATE,
    /** It was set aside, here or by Klaviyo. */
    REJECTED,
    /** It is not known what became of it. */
    UNCONFIRMED,
    /** A member who is not in the segment was removed from the list by a mirror. */
    LEFT,
    /** A member who is not in the segment is in the list still, although the export mirrors. */
    KEPT
  }

  /** Why a profile is unconfirmed, or a leaver kept. */
  enum Why {
    /** It was read and never handed over, because the export stopped. */
    UNSENT("was not sent, because the export stopped"),
    /** It was sent and no answer came, so Klaviyo may have it or not. */
    UNANSWERED("was sent without an answer, so that Klaviyo may have it or not"),
    /** Its job had not ended. */
    JOB_RUNNING("is in a job that had not ended"),
    /** Its job had ended, but what failed in it could not be read. */
    JOB_UNREAD("is in a job that has ended without telling what failed"),
    /** Klaviyo ended its job before it was done. */
    JOB_CANCELLED("is in a job that Klaviyo ended before it was done"),
    /** Klaviyo no longer knew its job. */
    JOB_LOST("is in a job that Klaviyo no longer knows"),
    /** Klaviyo counted profiles of its job as failed or missing, and did not name them. */
    NOT_NAMED("is in a job that counts profiles as failed or missing without naming them"),
    /** The leaver was to be removed, and the export stopped. */
    STOPPED("was not removed, because the export stopped"),
    /** No leaver was removed, because profiles are unconfirmed. */
    PROFILES_UNCONFIRMED("was not removed, because profiles are unconfirmed"),
    /** No leaver was removed, because too many customers of the segment cannot be read. */
    CUSTOMERS_UNREADABLE("was not removed, because it may be a customer who cannot be read");

    private final String advice;

    Why(String advice) {
      this.advice = advice;
    }

    /** Returns why, in words that are read after the customer or member. */
    public String advice() {
      return advice;
    }
  }
}
