package io.github.klaviyoexport.internal.row;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.profile.ProfileField;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What customers can be recognised by among the members of a list: all their identifiers, in the
 * form in which equal ones are one customer, those too that no row is made of.
 *
 * <p>An email address that Klaviyo would refuse is compared as it stands: somebody may have joined
 * the list under it all the same.
 *
 * <p>Belongs to one thread.
 */
public final class CustomerIdentifiers {
  private final Column email;
  private final Column phone;
  private final Column externalId;
  private final ScalarText texts;
  private final List<Identifier> found = new ArrayList<>();
  private final Set<ProfileField> readable = EnumSet.noneOf(ProfileField.class);
  private final Set<ProfileField> unreadable = EnumSet.noneOf(ProfileField.class);
  private boolean inDoubt;
  private @Nullable FieldNames located;

  /** Finds the identifiers that {@code mapping} picks. */
  public CustomerIdentifiers(FieldMapping mapping) {
    email = Column.of(mapping, ProfileField.EMAIL);
    phone = Column.of(mapping, ProfileField.PHONE_NUMBER);
    externalId = Column.of(mapping, ProfileField.EXTERNAL_ID);
    texts = new ScalarText(mapping.zone());
  }

  /** Looks at a customer; what it has found is valid until the next. */
  @SuppressWarnings("ReferenceEquality") // Sharing is what is meant; equal names cost a look-up.
  public void look(CustomerProfile customer) {
    if (customer.fields() != located) {
      located = customer.fields();
      email.locate(located);
      phone.locate(located);
      externalId.locate(located);
    }
    found.clear();
    readable.clear();
    unreadable.clear();
    Object address = email.valueIn(customer);
    Object number = phone.valueIn(customer);
    Object id = externalId.valueIn(customer);
    if (address instanceof String text) {
      found(ProfileField.EMAIL, text, EmailAddress.fault(text.strip()) == null);
    }
    if (number instanceof String text) {
      String normal = PhoneNumber.normalize(text.strip());
      found(ProfileField.PHONE_NUMBER, normal == null ? text : normal, normal != null);
    }
    String text = id == null ? null : texts.of(id);
    if (text != null) {
      found(ProfileField.EXTERNAL_ID, text, isExternalId(text.strip()));
    }
    given(ProfileField.EMAIL, address);
    given(ProfileField.PHONE_NUMBER, number);
    given(ProfileField.EXTERNAL_ID, id);
    inDoubt =
        unreadable.contains(ProfileField.EMAIL) || readable.isEmpty() && !unreadable.isEmpty();
  }

  private void found(ProfileField kind, String text, boolean isReadable) {
    found.add(Identifier.of(kind, text));
    if (isReadable) {
      readable.add(kind);
    }
  }

  private void given(ProfileField kind, @Nullable Object value) {
    if (value != null && !readable.contains(kind)) {
      unreadable.add(kind);
    }
  }

  private static boolean isExternalId(String text) {
    return text.codePointCount(0, text.length()) <= ProfileWriter.MAX_EXTERNAL_ID
        && text.codePoints().noneMatch(point -> Character.getType(point) == Character.SURROGATE);
  }

  /** All identifiers of the customer. */
  public List<Identifier> found() {
    return found;
  }

  /**
   * Whether what the customer is known by cannot be read, so that the customer may be a member of
   * any other name: an email address is given that is none, or no identifier that is given is one.
   * Somebody without any identifier is not in doubt: nothing says that a member could be that.
   */
  public boolean isInDoubt() {
    return inDoubt;
  }

  /** The kinds of which the customer has an identifier that is one. */
  public Set<ProfileField> readable() {
    return readable;
  }

  /**
   * Leaves of some kinds of identifiers those by which a member can be told from the customer; says
   * whether that made them fewer. In doubt, it takes one that both have; else, any but a kind of
   * which the customer's own cannot be read, since that may be the member's.
   */
  public boolean narrow(Set<ProfileField> telling) {
    return inDoubt ? telling.retainAll(readable) : telling.removeAll(unreadable);
  }
}
