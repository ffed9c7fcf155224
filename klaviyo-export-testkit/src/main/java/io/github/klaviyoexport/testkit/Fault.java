package io.github.klaviyoexport.testkit;

import io.github.klaviyoexport.testkit.internal.account.ScriptedFault;
import io.github.klaviyoexport.testkit.internal.api.UsageErrors;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Something that goes wrong with one call, scripted ahead.
 *
 * <p>The fake behaves well until it is told otherwise:
 *
 * {@snippet class="io.github.klaviyoexport.testkit.ExamplesTest" region="faults"}
 *
 * <p>Each fault is met by one call. Its text names it, as reports do. Faults are immutable, and
 * equal when the same happens.
 */
public final class Fault {
  private final ScriptedFault scripted;

  /** When a fault strikes. */
  public enum Moment {
    /** The call changes nothing in the account. */
    BEFORE_PROCESSING,
    /** The account did what was asked; only the answer suffers. */
    AFTER_PROCESSING
  }

  private Fault(ScriptedFault scripted) {
    this.scripted = scripted;
  }

  /** Answers 429 with a {@code Retry-After} in whole seconds, rounded up, at least 1. */
  public static Fault rateLimited(Duration retryAfter) {
    UsageErrors.notNegative("Retry-After", retryAfter);
    long seconds = Math.max(1, retryAfter.plusNanos(999_999_999).toSeconds());
    return new Fault(new ScriptedFault.RateLimited(Optional.of(Duration.ofSeconds(seconds))));
  }

  /** Answers 429 without {@code Retry-After}, as Klaviyo has done in the past. */
  public static Fault rateLimited() {
    return new Fault(new ScriptedFault.RateLimited(Optional.empty()));
  }

  /**
   * Answers with a server error before processing.
   *
   * @param status 500 to 599; those of Klaviyo's edge, 502, 504 and 520 and up, come as HTML
   * @throws IllegalArgumentException if the status is none of these
   */
  public static Fault serverError(int status) {
    return serverError(status, Moment.BEFORE_PROCESSING);
  }

  /**
   * Answers with a server error before or after processing.
   *
   * @throws IllegalArgumentException if the status is not 500 to 599
   */
  public static Fault serverError(int status, Moment moment) {
    return new Fault(new ScriptedFault.ServerError(status, isProcessed(moment)));
  }

  /** Breaks the connection without an answer. */
  public static Fault dropped(Moment moment) {
    return new Fault(new ScriptedFault.Dropped(isProcessed(moment)));
  }

  private static boolean isProcessed(Moment moment) {
    return Objects.requireNonNull(moment, "moment") == Moment.AFTER_PROCESSING;
  }

  /** Does what was asked and begins to answer, and then sends nothing more. */
  public static Fault stalled() {
    return new Fault(new ScriptedFault.Stalled());
  }

  /** Does what was asked, and sends half of the answer's body as if it were whole. */
  public static Fault garbled() {
    return new Fault(new ScriptedFault.Garbled());
  }

  /**
   * Does what was asked, and answers {@code {}}, which does not say which job was made. It happens
   * to imports.
   */
  public static Fault jobUntold() {
    return new Fault(new ScriptedFault.Silent(false));
  }

  /**
   * Does what was asked, and gives the answer that the import before got, so that two imports have
   * one job by what is said. It happens to imports, unless they are refused.
   */
  public static Fault jobOfImportBefore() {
    return new Fault(new ScriptedFault.AnsweredAsBefore());
  }

  /**
   * Does what was asked, and answers with headers beside its own or in their place, {@code
   * RateLimit-Limit} for example.
   *
   * @param headers names and values
   */
  public static Fault withHeaders(Map<String, String> headers) {
    return new Fault(new ScriptedFault.WithHeaders(headers));
  }

  /**
   * Does what was asked, and puts another text in the place of one in the answer, wherever it is:
   * {@code "complete"} becomes {@code "paused"}, for example. It is what a Klaviyo answers that has
   * moved on.
   *
   * @param text what is there, as it stands in JSON
   * @throws IllegalArgumentException if it is empty
   */
  public static Fault rewritten(String text, String other) {
    return new Fault(new ScriptedFault.Rewritten(text, other));
  }

  /**
   * Answers 410, as Klaviyo does when it has retired the revision of a call that would have no
   * other.
   */
  public static Fault revisionRetired() {
    return new Fault(new ScriptedFault.RevisionRetired());
  }

  /** Does what was asked, and sends the answer without a body. */
  public static Fault emptied() {
    return new Fault(new ScriptedFault.Silent(true));
  }

  /**
   * Answers 403 as the API does, whatever scopes the key has, as Klaviyo may under load. An export
   * waits for the end of that where the scopes of the call have let the key in before, and takes it
   * for a missing scope where not.
   */
  public static Fault forbidden() {
    return new Fault(new ScriptedFault.Forbidden());
  }

  /**
   * Answers 403 with an HTML page, by which Klaviyo's edge asks a machine to prove that it is
   * human.
   */
  public static Fault edgeChallenge() {
    return new Fault(new ScriptedFault.EdgeChallenge());
  }

  /**
   * Gives an answer of your own instead of processing the call.
   *
   * @param headers names and values, {@code Content-Type} for example
   */
  public static Fault answered(int status, Map<String, String> headers, String body) {
    return new Fault(new ScriptedFault.Answered(status, headers, body));
  }

  /** Lets one call through without a fault, so that a later one meets the next. */
  public static Fault none() {
    return new Fault(new ScriptedFault.None());
  }

  /**
   * Has the job that the call starts take this long instead of the account's usual time.
   *
   * @throws IllegalArgumentException if the duration is negative
   */
  public static Fault jobTakes(Duration duration) {
    return new Fault(new ScriptedFault.JobTakes(duration));
  }

  /** Cancels the job that the call starts half way, so that it imports nothing. */
  public static Fault jobCancelled() {
    return new Fault(new ScriptedFault.JobCancelled());
  }

  /**
   * Has the job that the call starts count so many profiles fewer as imported than it imports.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  public static Fault jobMiscounts(int missing) {
    if (missing < 1) {
      throw new IllegalArgumentException("A job miscounts by 1 profile or more, not " + missing);
    }
    return new Fault(new ScriptedFault.JobMiscounts(missing));
  }

  /** Has the job that the call starts count nothing, {@code null}, but what it was given. */
  public static Fault jobCountsNothing() {
    return new Fault(new ScriptedFault.JobMiscounts(-1));
  }

  /** Leaves the job that the call starts in processing for ever. */
  public static Fault jobEndless() {
    return new Fault(new ScriptedFault.JobEndless());
  }

  /** Returns what the account is to do. */
  ScriptedFault scripted() {
    return scripted;
  }

  /** Returns whether the same happens. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Fault fault && fault.scripted.equals(scripted);
  }

  /** Returns a hash code of what happens. */
  @Override
  public int hashCode() {
    return scripted.hashCode();
  }

  /** Returns the fault's name, {@code rate-limited} for example. */
  @Override
  public String toString() {
    return scripted.toString();
  }
}
