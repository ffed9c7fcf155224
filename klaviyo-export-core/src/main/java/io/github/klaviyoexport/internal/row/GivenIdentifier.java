package io.github.klaviyoexport.internal.row;

import io.github.klaviyoexport.internal.convert.RegionalPhone;
import io.github.klaviyoexport.internal.text.UnicodeText;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.profile.ProfileField;
import io.github.klaviyoexport.profile.Rejection.Reason;
import io.github.klaviyoexport.profile.Unreadable;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * One kind of identifier of the customer that was read last: what the source gives, and what is
 * wrong with it.
 *
 * <p>It is reused from customer to customer, so that reading costs no memory.
 */
final class GivenIdentifier {
  private static final int MAX_EXTERNAL_ID = 255;

  private final Column column;
  private final @Nullable PhoneRegion region;
  private final ScalarText texts;
  private @Nullable Object value;
  private @Nullable String text;
  private @Nullable String identity;
  private boolean plain;
  private @Nullable Reason fault;
  private boolean unusual;
  private @Nullable Object unfit;

  GivenIdentifier(Column column, @Nullable PhoneRegion region, ZoneId zone) {
    this.column = column;
    this.region = region;
    this.texts = new ScalarText(zone);
  }

  /** Looks up where profiles with those fields have the value. */
  void locate(FieldNames names) {
    column.locate(names);
    if (region != null) {
      region.locate(names);
    }
  }

  /** Reads a customer's identifier of this kind. */
  void read(CustomerProfile customer) {
    String given = textIn(customer);
    switch (kind()) {
      case EMAIL -> readEmail(given);
      case PHONE_NUMBER -> readPhone(given, customer);
      default -> readExternalId(given);
    }
  }

  private void readEmail(@Nullable String given) {
    if (given == null) {
      setUnfit(value, Reason.EMAIL_MALFORMED);
      return;
    }
    String address = given;
    String ordinary = EmailAddress.ordinary(address);
    if (ordinary == null) {
      address = EmailAddress.normalize(address);
      ordinary = EmailAddress.ordinary(address);
    }
    set(address, ordinary == null ? EmailAddress.fault(address) : null);
    identity = ordinary;
    plain = ordinary != null;
    unusual = fault == null && ordinary == null;
  }

  private void readPhone(@Nullable String given, CustomerProfile customer) {
    if (given == null) {
      setUnfit(value, Reason.PHONE_MALFORMED);
      return;
    }
    String number = PhoneNumber.normalize(given);
    if (region != null) {
      readPhone(given, number, region.of(customer));
      return;
    }
    set(number == null ? given : number, number == null ? Reason.PHONE_MALFORMED : null);
    plain = number != null;
  }

  /** Reads a phone number by the numbering plan of its country. */
  private void readPhone(String given, @Nullable String number, @Nullable Object ofRegion) {
    String dialled = number == null ? PhoneNumber.dialled(given) : number;
    if (dialled == null) {
      set(given, Reason.PHONE_MALFORMED);
      return;
    }
    boolean complete = dialled.charAt(0) == '+';
    String code = ofRegion instanceof String known ? known : null;
    RegionalPhone phone = complete || code != null ? RegionalPhone.read(dialled, code) : null;
    if (phone == null) {
      set(given, Reason.PHONE_MALFORMED);
      unfit = complete ? null : PhoneRegion.whyNone(ofRegion);
    } else {
      set(phone.number(), phone.exists() ? null : Reason.PHONE_IMPOSSIBLE);
    }
  }

  private void readExternalId(@Nullable String given) {
    if (given != null) {
      boolean isPlain = JsonBuffer.isPlain(given);
      set(given, faultOfExternalId(given, isPlain));
      plain = isPlain;
    } else {
      Reason untold = value == null ? null : ScalarText.fault(value);
      set(null, untold == Reason.TOO_LARGE ? Reason.EXTERNAL_ID_TOO_LONG : untold);
      unfit =
          untold == Reason.UNSUPPORTED_TYPE || untold == Reason.UNREADABLE_IN_SOURCE ? value : null;
    }
  }

  /**
   * Reads the value of a customer, which is a single one of any type; returns its text without
   * U+0000, which rows never hold, or {@code null} if it has none.
   */
  private @Nullable String textIn(CustomerProfile customer) {
    value = column.valueIn(customer);
    if (value == null) {
      return null;
    }
    String given;
    try {
      given = value instanceof String string ? string : texts.of(value);
    } catch (Throwable thrown) {
      value = PlainValue.unreadable(value, thrown);
      return null;
    }
    return given == null || given.indexOf('\0') < 0 ? given : given.replace("\0", "");
  }

  private static @Nullable Reason faultOfExternalId(String id, boolean isPlain) {
    if (id.length() > MAX_EXTERNAL_ID && id.codePointCount(0, id.length()) > MAX_EXTERNAL_ID) {
      return Reason.EXTERNAL_ID_TOO_LONG;
    }
    return isPlain || UnicodeText.fits(id) ? null : Reason.BROKEN_TEXT;
  }

  /**
   * Takes every kind of identifier of a customer of whom the source could read nothing: it may be
   * any.
   */
  void readNothing(Unreadable why) {
    if (!source().isEmpty()) {
      setUnfit(why, Reason.UNREADABLE_IN_SOURCE);
    }
  }

  /** Takes a value that has no text, if there is one. */
  private void setUnfit(@Nullable Object value, Reason reason) {
    boolean unreadable = value instanceof Unreadable;
    set(null, value == null ? null : unreadable ? Reason.UNREADABLE_IN_SOURCE : reason);
    unfit = value;
  }

  private void set(@Nullable String text, @Nullable Reason fault) {
    this.text = text;
    this.identity = null;
    this.plain = false;
    this.fault = fault;
    this.unusual = false;
    this.unfit = null;
  }

  /** Returns which identifier this is. */
  ProfileField kind() {
    return column.target;
  }

  /** Returns where the source has it. */
  Column column() {
    return column;
  }

  /** Returns where the source has the region of a phone number; {@code null} if nowhere. */
  @Nullable Column regionColumn() {
    return region == null ? null : region.column();
  }

  /** Returns whether the customer has a value for it, readable or not. */
  boolean isGiven() {
    return text != null || fault != null;
  }

  /** Returns what is given, if it has no text and its type is the reason; else {@code null}. */
  @Nullable Object unfit() {
    return unfit;
  }

  /** Returns the name of the source's field. */
  String source() {
    return column.source;
  }

  /**
   * Returns what is given, without invisible characters around it, and if it {@linkplain
   * #isReadable can be read} in the form that is sent; {@code null} when nothing is given, or
   * nothing that has a text.
   */
  @Nullable String text() {
    return text;
  }

  /**
   * Returns what is given in the form in which equal ones are one customer.
   *
   * @param given what {@link #text} returns
   */
  String identity(String given) {
    return identity == null ? Identifier.value(kind(), given) : identity;
  }

  /** Returns whether the text is known to be one that {@link JsonBuffer#plainText} writes. */
  boolean isPlain() {
    return plain;
  }

  /** Returns what is wrong with what is given; {@code null} if nothing is, or nothing is given. */
  @Nullable Reason fault() {
    return fault;
  }

  /** Returns whether it can be read and is none of the kind that Klaviyo is known to take. */
  boolean isUnusual() {
    return unusual;
  }

  /** Returns whether an identifier is given that Klaviyo may take. */
  boolean isReadable() {
    return text != null && fault == null;
  }
}
