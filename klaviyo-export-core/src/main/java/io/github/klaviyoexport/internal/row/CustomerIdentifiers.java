package io.github.klaviyoexport.internal.row;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.profile.ProfileField;
import io.github.klaviyoexport.profile.Unreadable;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The identifiers of one customer after another: which are given, and which of those can be read.
 *
 * <p>That is decided here and nowhere else. {@link ProfileWriter} writes the identifiers into rows
 * that can be read here, and a mirror recognises customers among the members of a list by them, so
 * that it removes no customer whom it sends.
 *
 * <p>Belongs to one thread.
 */
public final class CustomerIdentifiers {
  private static final Set<ProfileField> EVERY_KIND = Set.copyOf(Identifier.KINDS);

  final GivenIdentifier email;
  final GivenIdentifier phone;
  final GivenIdentifier externalId;

  /** Those three, in Klaviyo's order; not to be changed. */
  final GivenIdentifier[] all;

  private @Nullable FieldNames located;

  /** Creates a reader of the identifiers that {@code mapping} picks. */
  public CustomerIdentifiers(FieldMapping mapping) {
    email = given(mapping, ProfileField.EMAIL);
    phone = given(mapping, ProfileField.PHONE_NUMBER);
    externalId = given(mapping, ProfileField.EXTERNAL_ID);
    all = new GivenIdentifier[] {email, phone, externalId};
  }

  private static GivenIdentifier given(FieldMapping mapping, ProfileField kind) {
    PhoneRegion region = kind == ProfileField.PHONE_NUMBER ? PhoneRegion.of(mapping) : null;
    return new GivenIdentifier(Column.of(mapping, kind), region, mapping.zone());
  }

  /** Reads a customer's identifiers; all other methods speak of that customer until the next. */
  @SuppressWarnings("ReferenceEquality") // Sharing is what is meant; equal names cost a look-up.
  public void look(CustomerProfile customer) {
    if (customer.fields() != located) {
      located = customer.fields();
      for (GivenIdentifier given : all) {
        given.locate(located);
      }
    }
    Unreadable unreadable = customer.unreadable();
    for (GivenIdentifier given : all) {
      if (unreadable == null) {
        given.read(customer);
      } else {
        given.readNothing(unreadable);
      }
    }
  }

  /** Returns what is given of that kind of identifier. */
  GivenIdentifier given(ProfileField kind) {
    return switch (kind) {
      case EMAIL -> email;
      case PHONE_NUMBER -> phone;
      case EXTERNAL_ID -> externalId;
      default -> throw new IllegalArgumentException(kind + " is no identifier.");
    };
  }

  /**
   * Returns all identifiers of the customer, in the form in which equal ones are one customer.
   *
   * <p>One that Klaviyo would refuse is among them as it stands: the customer may have joined the
   * list under it all the same.
   */
  public List<Identifier> found() {
    List<Identifier> found = new ArrayList<>(3);
    for (GivenIdentifier given : all) {
      String text = given.text();
      if (text != null) {
        found.add(Identifier.of(given.kind(), text));
      }
    }
    return found;
  }

  /**
   * Returns whether the customer may be a member under any other identifier: an email address is
   * given and cannot be read, or identifiers are given and none of them can be.
   *
   * <p>A customer without any identifier is not in doubt, because no member can be that customer.
   */
  public boolean isInDoubt() {
    return email.fault() != null
        || (phone.fault() != null || externalId.fault() != null)
            && !phone.isReadable()
            && !externalId.isReadable()
            && !email.isReadable();
  }

  /** Returns the kinds of identifiers that are given and can be read. */
  public Set<ProfileField> readable() {
    Set<ProfileField> readable = EnumSet.noneOf(ProfileField.class);
    for (GivenIdentifier given : all) {
      if (given.isReadable()) {
        readable.add(given.kind());
      }
    }
    return readable;
  }

  /**
   * Returns the kinds by which a member of the list can be told from this customer, if it is known
   * by one of them.
   *
   * <p>A kind tells unless the customer's own identifier of that kind is given and cannot be read:
   * it may be the member's. If the customer is {@linkplain #isInDoubt in doubt}, a kind tells only
   * if the customer's own can be read.
   */
  public Set<ProfileField> telling() {
    if (email.fault() == null && phone.fault() == null && externalId.fault() == null) {
      return EVERY_KIND;
    }
    boolean inDoubt = isInDoubt();
    Set<ProfileField> telling = EnumSet.noneOf(ProfileField.class);
    for (GivenIdentifier given : all) {
      if (inDoubt ? given.isReadable() : given.fault() == null) {
        telling.add(given.kind());
      }
    }
    return telling;
  }

  /** Returns the customer's email address, if one is given that can be read. */
  public @Nullable String address() {
    return email.isReadable() ? email.text() : null;
  }

  /** Returns the identifiers that are given and cannot be read, as far as they have a text. */
  public List<Identifier> unreadable() {
    List<Identifier> unreadable = new ArrayList<>(3);
    for (GivenIdentifier given : all) {
      String text = given.text();
      if (text != null && given.fault() != null) {
        unreadable.add(Identifier.of(given.kind(), text));
      }
    }
    return unreadable;
  }
}
