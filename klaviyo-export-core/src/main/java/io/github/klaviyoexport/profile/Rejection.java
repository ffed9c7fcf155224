package io.github.klaviyoexport.profile;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A profile that did not reach the list, or a field that did not travel with its profile, and why.
 *
 * <p>A rejection names the customer by the source's id and the field by its name. It never holds
 * the value: these are people's data, and reports travel far.
 *
 * @param customerId the source's id of the customer; {@code null} when Klaviyo counted a failed
 *     profile without saying which one
 * @param scope whether the whole profile or one field of it was set aside
 * @param field the field at fault, named as in the source where the mapping knows it; {@code null}
 *     when no single field is
 * @param reason the reason
 * @param code Klaviyo's own error code when Klaviyo was the one to object, or the status of its
 *     answer where that gave none; the source's words when it was the source, else {@code null}
 * @param type the name of the value's Java type when that was the reason, else {@code null}
 * @param otherCustomerId the source's id of the customer with whom the field is shared, else {@code
 *     null}
 */
public record Rejection(
    @Nullable String customerId,
    Scope scope,
    @Nullable String field,
    Reason reason,
    @Nullable String code,
    @Nullable String type,
    @Nullable String otherCustomerId) {

  /** Checks that scope and reason are there. */
  public Rejection {
    Objects.requireNonNull(scope, "scope");
    Objects.requireNonNull(reason, "reason");
  }

  /** Creates a rejection for a reason that neither a Java type nor another customer is part of. */
  public Rejection(
      @Nullable String customerId,
      Scope scope,
      @Nullable String field,
      Reason reason,
      @Nullable String code) {
    this(customerId, scope, field, reason, code, null, null);
  }

  /** Creates the rejection of a profile, which is set aside. */
  public static Rejection ofProfile(
      @Nullable String customerId, @Nullable String field, Reason reason) {
    return new Rejection(customerId, Scope.PROFILE, field, reason, null);
  }

  /** Creates the rejection of a field, without which its profile is delivered. */
  public static Rejection ofField(String customerId, String field, Reason reason) {
    return new Rejection(customerId, Scope.FIELD, field, reason, null);
  }

  /** Returns the same rejection with the code that Klaviyo gave, or the source's words. */
  public Rejection withCode(@Nullable String code) {
    return new Rejection(customerId, scope, field, reason, code, type, otherCustomerId);
  }

  /** Returns the same rejection with the name of the Java type that was the reason. */
  public Rejection withType(@Nullable String type) {
    return new Rejection(customerId, scope, field, reason, code, type, otherCustomerId);
  }

  /** Returns the same rejection with the customer with whom the field is shared. */
  public Rejection withOtherCustomer(@Nullable String otherCustomerId) {
    return new Rejection(customerId, scope, field, reason, code, type, otherCustomerId);
  }

  /**
   * Returns whether the other is a rejection of the same thing for the same reason. The type only
   * tells more about the reason, and tells no two rejections apart.
   */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Rejection that
        && Objects.equals(customerId, that.customerId)
        && scope == that.scope
        && Objects.equals(field, that.field)
        && reason == that.reason
        && Objects.equals(code, that.code)
        && Objects.equals(otherCustomerId, that.otherCustomerId);
  }

  @Override
  public int hashCode() {
    return Objects.hash(customerId, scope, field, reason, code, otherCustomerId);
  }

  /** How much was set aside. */
  public enum Scope {
    /** The profile was not delivered. */
    PROFILE,
    /** The profile was delivered without this field. */
    FIELD
  }

  /** Why a profile or a field was set aside. */
  public enum Reason {
    /** The profile has no email address, phone number or external id to be known by. */
    NO_IDENTIFIER("has no email, phone or external id: fill one of them"),
    /** The email address is certainly none; unusual ones are sent for Klaviyo to judge. */
    EMAIL_MALFORMED("is not an email address that Klaviyo takes: correct it in the source"),
    /** The email address is longer than 100 characters. */
    EMAIL_TOO_LONG("is longer than the 100 characters Klaviyo takes: correct it in the source"),
    /** The phone number is not in E.164 form, or can be read in two ways. */
    PHONE_MALFORMED(
        "is not a phone number in E.164 form, such as +358401234567: begin it with + and the country"
            + " code, not with 0 or 00, and give one number without (0) or extension; or name the"
            + " region of such numbers in the mapping, which takes libphonenumber"),
    /** The external id is longer than 255 characters. */
    EXTERNAL_ID_TOO_LONG("is longer than the 255 characters Klaviyo takes"),
    /** The profile takes 100,000 bytes or more as JSON. */
    TOO_LARGE("takes 100,000 bytes or more as JSON: map fewer or shorter fields"),
    /** The text holds half of a surrogate pair, which is not Unicode text. */
    BROKEN_TEXT("holds half a surrogate pair, which UTF-8 cannot write: repair the text"),
    /**
     * The number is NaN or infinite, which JSON cannot write, so large or small that a {@code
     * double} is infinite or nothing, which is what most readers of JSON make of it, or of more
     * digits than they take.
     */
    NOT_A_NUMBER(
        "is NaN, infinite, outside the range of a double or of more than 500 digits, which readers of"
            + " JSON do not take: leave it empty, or round it"),
    /** Lists and maps are nested too deeply. */
    TOO_DEEP("nests lists and maps more than 16 deep: flatten it"),
    /** The value is of a type that has no JSON form. */
    UNSUPPORTED_TYPE("is of a type that has no JSON form: convert it in the source"),
    /**
     * The phone number or external id is that of a customer who came before, too: with it, Klaviyo
     * might take the two for one.
     */
    SHARED_WITH_ANOTHER("is that of an earlier customer too, who keeps it: correct one of the two"),
    /**
     * The source could not read the value, or the whole customer, or the mapping could not convert
     * it, or the value threw something when it was read; the code says why.
     */
    UNREADABLE_IN_SOURCE(
        "could not be read: correct it in the source, or say there or in the mapping how it is"
            + " written"),
    /** The phone number is well formed, and its country's numbering plan has no such numbers. */
    PHONE_IMPOSSIBLE(
        "is a phone number that cannot exist by its country's numbering plan: correct it in the"
            + " source"),
    /** The field, one of all others, has a name that no custom property can have beside those. */
    NAME_UNFIT(
        "cannot be a custom property of its own name, which begins with $ or is filled already: map"
            + " it under another name, or leave it out"),
    /** The customer was erased, and is kept out of exports until that is forgotten. */
    ERASED(
        "is of a customer who was erased: delete the customer in the source, or call"
            + " forgetErasure(...) if the customer is to be exported again"),
    /** Klaviyo refused the profile, or the field, when it was sent. */
    REFUSED_BY_KLAVIYO("was refused by Klaviyo when it was sent"),
    /**
     * Klaviyo refused twenty other values of the field in the same batch, so it was left out of the
     * rest of the batch.
     */
    REFUSED_TOO_OFTEN(
        "was left out, since Klaviyo refused twenty others of its batch: see what it refused there,"
            + " and correct it in the source or leave it out of the mapping"),
    /**
     * Klaviyo failed, without an answer or with a server error, each time it was sent the profile,
     * while it took others. Whether it has the profile all the same is not known.
     */
    FAILS_KLAVIYO(
        "makes Klaviyo fail each time it is sent, while others pass: look for unusual text in it,"
            + " and ask Klaviyo's support if there is none"),
    /** Klaviyo's job failed to import the profile. */
    FAILED_IN_KLAVIYO("failed in Klaviyo's import job");

    private final String advice;

    Reason(String advice) {
      this.advice = advice;
    }

    /** Returns what is wrong and what to do, to be read after the name of the field. */
    public String advice() {
      return advice;
    }
  }

  /**
   * Returns one line of advice: which customer, which field, what is wrong; never the value, nor an
   * {@linkplain CustomerProfile#idAsText id that is an email address}.
   */
  @Override
  public String toString() {
    return (customerId == null
            ? "A customer Klaviyo did not name"
            : "Customer " + CustomerProfile.idAsText(customerId))
        + (field == null ? ": profile " : ": field '" + field + "' ")
        + reason.advice()
        + (code == null ? "" : " (" + code + ")")
        + (type == null ? "" : " (type " + type + ")")
        + (otherCustomerId == null
            ? ""
            : " (shared with customer " + CustomerProfile.idAsText(otherCustomerId) + ")");
  }
}
