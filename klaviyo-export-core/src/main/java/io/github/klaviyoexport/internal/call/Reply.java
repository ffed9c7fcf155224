package io.github.klaviyoexport.internal.call;

import io.github.klaviyoexport.klaviyo.KlaviyoException;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The end of a call, after all its attempts.
 *
 * @param <T> what the reply says when Klaviyo has done it
 */
public sealed interface Reply<T> {
  /** Returns a reply that is not {@link Done}, which holds no value, as one to another question. */
  @SuppressWarnings("unchecked")
  static <U> Reply<U> notDone(Reply<?> reply) {
    if (reply instanceof Done<?>) {
      throw new IllegalArgumentException("Klaviyo did it.");
    }
    return (Reply<U>) reply;
  }

  /** The reply that Klaviyo did it, and what it said. */
  record Done<T>(T value) implements Reply<T> {}

  /**
   * The reply that Klaviyo will not do it.
   *
   * @param edgeChallenge whether it was not Klaviyo's API but the network edge before it that
   *     answered, with a page for browsers
   * @param shedding whether the key was let in before by the scopes of the endpoint, so that the
   *     refusal, which lasted for {@link Calls#LONGEST_SHEDDING}, is no missing scope
   * @param proxy host and port of the proxy that has answered in Klaviyo's place, if that is known
   * @param noToken what is wrong with the token to ask with, in a clause, so that Klaviyo was not
   *     asked; {@code null} if it was
   */
  record Refused<T>(
      Endpoint endpoint,
      int status,
      List<ApiError> errors,
      boolean edgeChallenge,
      boolean shedding,
      @Nullable String proxy,
      @Nullable String noToken)
      implements Reply<T> {
    /** Creates a refusal that no proxy has spoken. */
    public Refused(
        Endpoint endpoint,
        int status,
        List<ApiError> errors,
        boolean edgeChallenge,
        boolean shedding) {
      this(endpoint, status, errors, edgeChallenge, shedding, null, null);
    }

    /**
     * Returns the refusal of a call that was not made, since the token to make it with is none: it
     * stands as Klaviyo would refuse it, with 401.
     *
     * @param wrong what is wrong with the token, in a sentence
     */
    static <T> Refused<T> withoutToken(Endpoint endpoint, String wrong) {
      String clause =
          Character.toLowerCase(wrong.charAt(0)) + wrong.substring(1, wrong.length() - 1);
      return new Refused<>(endpoint, 401, List.of(), false, false, null, clause);
    }

    /** Returns the refusal as an exception, to be the cause of an export that stops. */
    public KlaviyoException asException() {
      if (noToken != null) {
        return new KlaviyoException(
            "Klaviyo was not asked ('" + endpoint.words() + "'): " + noToken + ".", 0, null);
      }
      String codes = codes();
      @Nullable String id = errorId();
      return new KlaviyoException(
          (status == Call.PROXY_ASKS ? "A proxy answered " : "Klaviyo answered ")
              + status
              + " to '"
              + endpoint.words()
              + "'"
              + (codes.isEmpty() ? "" : " (" + codes + ")")
              + (id == null ? "." : "; for Klaviyo's support: error id " + id + "."),
          status,
          null);
    }

    /** Returns the codes of the first errors, divided by commas; empty if there are none. */
    public String codes() {
      return errors.stream()
          .map(ApiError::code)
          .filter(code -> code != null)
          .distinct()
          .limit(3)
          .collect(Collectors.joining(", "));
    }

    /** Returns the id by which Klaviyo's support finds the refusal; {@code null} if it has none. */
    public @Nullable String errorId() {
      return errors.isEmpty() ? null : errors.get(0).id();
    }
  }

  /**
   * The reply that no usable answer came, however often it was tried.
   *
   * @param maybeDone whether Klaviyo may have done it all the same
   * @param lasting whether asking again later would end no better, since it is not the line that is
   *     at fault
   * @param failingSince since when Klaviyo failed on it, by the loop's nano time, if what was sent
   *     may be the cause: it arrived, and was answered with a server error, with 400 and no reason,
   *     or not at all; empty if that cannot be the cause
   */
  record Unanswered<T>(
      KlaviyoException failure, boolean maybeDone, boolean lasting, OptionalLong failingSince)
      implements Reply<T> {}
}
