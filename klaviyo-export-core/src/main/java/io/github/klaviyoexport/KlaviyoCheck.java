package io.github.klaviyoexport;

import io.github.klaviyoexport.internal.check.AccountCheck;
import io.github.klaviyoexport.internal.check.CheckData;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.time.TimeSource;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A comparison of what Klaviyo answers with what this version of the library knows, on demand: for
 * operators, when a service is deployed or an export behaves oddly.
 *
 * {@snippet class="io.github.klaviyoexport.KlaviyoCheckTest" region="check"}
 *
 * <p>It makes nine calls at most, all of which read, on the calling thread and within the account's
 * quota: the account, lists, one list with its members, import jobs, one job with its errors, and a
 * look-up without a result. It takes some seconds. The key needs {@code lists:read} and {@code
 * profiles:read}; with {@code accounts:read} it also tells which account it is. Whether the key has
 * {@code lists:write} and {@code profiles:write} only a change would show.
 *
 * <p>It is immutable, safe for use by many threads, and holds no personal data: of customers, only
 * whether a field is there is looked at.
 */
public sealed interface KlaviyoCheck permits CheckData {
  /** Asks Klaviyo and compares; whatever Klaviyo answers is a finding, and no exception. */
  static KlaviyoCheck of(KlaviyoConnection connection) {
    return of(connection, TimeSource.system());
  }

  /** Asks and compares as {@link #of(KlaviyoConnection)} does, by another clock. */
  static KlaviyoCheck of(KlaviyoConnection connection, TimeSource time) {
    return AccountCheck.of(connection, time);
  }

  /** Returns when Klaviyo was asked. */
  Instant at();

  /** Returns whether Klaviyo has answered and knows the key. */
  boolean isReached();

  /** Returns the account's id, its public API key; {@code null} if the key may not read it. */
  @Nullable String accountId();

  /** Returns the revision of Klaviyo's API that this version of the library speaks. */
  String revision();

  /** Returns the day on which Klaviyo's support of that revision ends. */
  LocalDate supportEnds();

  /** Returns how many days there are until then; negative when it is past. */
  long daysOfSupport();

  /** Returns the operations that Klaviyo has answered as expected, in words. */
  List<String> checked();

  /** Returns what is otherwise than expected, in the order in which it was found. */
  List<Finding> findings();

  /** Returns whether no finding is {@linkplain Finding.Kind#isSerious() serious}. */
  boolean isFit();

  /** Returns all of it in some lines, for people. */
  @Override
  String toString();

  /**
   * Something that is otherwise than this version of the library expects.
   *
   * @param operation what Klaviyo was asked for, in words; {@code null} where it is about all
   * @param words a sentence on what was found and what to do about it; it quotes no customer
   */
  record Finding(Kind kind, @Nullable String operation, String words) {
    /** Returns the words, behind the operation. */
    @Override
    public String toString() {
      return operation == null ? words : operation + ": " + words;
    }

    /** What kind of thing is otherwise. */
    public enum Kind {
      /** No usable answer came, from Klaviyo at least. */
      UNREACHABLE(true),
      /** Klaviyo does not know the key or token. */
      UNAUTHORIZED(true),
      /** The key lacks a scope that exports need. */
      SCOPE_MISSING(true),
      /** Klaviyo serves the revision no more. */
      REVISION_RETIRED(true),
      /** Klaviyo has refused a call as it is made by exports. */
      REFUSED(true),
      /** An answer has another form than the library can read. */
      UNREADABLE(true),
      /** A field that the library reads is nowhere in an answer. */
      FIELD_MISSING(true),
      /** A field has a value that this version does not know, such as a state of a job. */
      UNKNOWN_VALUE(false),
      /** Less than half a year of support is left, or Klaviyo announces an end. */
      SUPPORT_ENDS(false),
      /** Klaviyo answers by another revision than it was asked. */
      OTHER_REVISION(false),
      /** The quota is another one; exports learn it from the answers. */
      QUOTA(false),
      /** Something could not be looked at, since the account has none or the key may not. */
      NOT_CHECKED(false);

      private final boolean serious;

      Kind(boolean serious) {
        this.serious = serious;
      }

      /** Returns whether exports, or mirrors, may be expected to fail of it. */
      public boolean isSerious() {
        return serious;
      }
    }
  }
}
