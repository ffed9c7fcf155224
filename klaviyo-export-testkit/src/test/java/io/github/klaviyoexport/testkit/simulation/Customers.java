package io.github.klaviyoexport.testkit.simulation;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;

/** The customers of a simulated segment, good and bad, and what is to become of each. */
final class Customers {
  /** Stands in every value that is personal, so that it is found wherever one leaks. */
  static final String CANARY = "canary";

  static final FieldMapping MAPPING =
      FieldMapping.email("EMailAddress")
          .firstName("FirstName")
          .phone("Telephone1")
          .property("Version", "Version");

  /** Nothing but the email address identifies a customer, so that sorted ones need not be held. */
  static final FieldMapping BY_EMAIL =
      FieldMapping.email("EMailAddress").firstName("FirstName").property("Version", "Version");

  private static final FieldNames FIELDS =
      FieldNames.of("EMailAddress", "FirstName", "Telephone1", "Version");

  private final List<Kind> kinds = new ArrayList<>();
  private final List<Integer> originals = new ArrayList<>();
  private final boolean sorted;

  private enum Kind {
    GOOD,
    /** Its email address is none. */
    NO_EMAIL,
    /** Its phone number is none, and is left out. */
    NO_PHONE,
    /** It has the email address of an earlier one. */
    DUPLICATE,
    /** Klaviyo refuses its email address. */
    REFUSED,
    /** Klaviyo refuses its first name; without it the profile is taken, if Klaviyo says so much. */
    REFUSED_FIELD,
    /** Klaviyo takes it over and fails to import it. */
    FAILING
  }

  Customers(int count, double bad, boolean sorted, SplittableRandom random) {
    this.sorted = sorted;
    List<Integer> good = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Kind kind = Kind.GOOD;
      if (random.nextDouble() < bad) {
        kind = Kind.values()[random.nextInt(Kind.values().length)];
      }
      if (kind == Kind.DUPLICATE && good.isEmpty() || kind == Kind.NO_PHONE && sorted) {
        kind = Kind.GOOD;
      }
      originals.add(kind == Kind.DUPLICATE ? good.get(random.nextInt(good.size())) : i);
      kinds.add(kind);
      if (kind == Kind.GOOD) {
        good.add(i);
      }
    }
  }

  int count() {
    return kinds.size();
  }

  /** Tells the account whom to refuse and to fail. */
  void spoil(FakeKlaviyo klaviyo) {
    emails(Kind.REFUSED).forEach(email -> klaviyo.refuseProfiles("email", email));
    emails(Kind.REFUSED_FIELD).forEach(email -> klaviyo.refuseProfiles("first_name", email));
    emails(Kind.FAILING).forEach(klaviyo::failProfiles);
  }

  /** The segment as it is at a time; later versions have newer data. */
  List<CustomerProfile> profiles(int version) {
    List<CustomerProfile> profiles = new ArrayList<>();
    for (int i = 0; i < count(); i++) {
      Kind kind = kinds.get(i);
      String email = email(originals.get(i));
      profiles.add(
          CustomerProfile.of(
              id(i),
              FIELDS,
              kind == Kind.NO_EMAIL
                  ? CANARY + i + ".shop.example"
                  : kind == Kind.DUPLICATE ? email.toUpperCase(Locale.ROOT) : email,
              CANARY + "-name-" + i,
              kind == Kind.NO_PHONE ? CANARY : null,
              version));
    }
    if (sorted) {
      profiles.sort(Comparator.comparing(Customers::sortKey));
    }
    return profiles;
  }

  FieldMapping mapping() {
    return sorted ? BY_EMAIL : MAPPING;
  }

  private static String sortKey(CustomerProfile customer) {
    return String.valueOf(customer.value("EMailAddress")).toLowerCase(Locale.ROOT);
  }

  private static String id(int customer) {
    return "c-" + customer;
  }

  /** The email address of a customer. */
  static String emailOf(String id) {
    return email(Integer.parseInt(id.substring("c-".length())));
  }

  private static String email(int customer) {
    return CANARY + customer + "@shop.example";
  }

  private Set<String> emails(Kind... wanted) {
    Set<String> emails = new TreeSet<>();
    for (int i = 0; i < count(); i++) {
      if (List.of(wanted).contains(kinds.get(i))) {
        emails.add(email(i));
      }
    }
    return emails;
  }

  private Set<String> ids(Kind... wanted) {
    Set<String> ids = new TreeSet<>();
    for (int i = 0; i < count(); i++) {
      if (List.of(wanted).contains(kinds.get(i))) {
        ids.add(id(i));
      }
    }
    return ids;
  }

  /** The email addresses that belong in the list. */
  Set<String> listed(boolean klaviyoNamesRows) {
    return klaviyoNamesRows
        ? emails(Kind.GOOD, Kind.NO_PHONE, Kind.REFUSED_FIELD)
        : emails(Kind.GOOD, Kind.NO_PHONE);
  }

  /** All email addresses that are some. */
  Set<String> sendable() {
    return emails(Kind.GOOD, Kind.NO_PHONE, Kind.REFUSED, Kind.REFUSED_FIELD, Kind.FAILING);
  }

  /**
   * Whether more than a twentieth have an email address that cannot be read, and may be anybody.
   */
  boolean areTooManyUnreadable() {
    return kinds.stream().filter(kind -> kind == Kind.NO_EMAIL).count() > count() / 20;
  }

  /** The customers that are to be rejected. */
  Set<String> rejected(boolean klaviyoNamesRows) {
    return klaviyoNamesRows
        ? ids(Kind.NO_EMAIL, Kind.REFUSED, Kind.FAILING)
        : ids(Kind.NO_EMAIL, Kind.REFUSED, Kind.FAILING, Kind.REFUSED_FIELD);
  }

  /** Those of them that fail in a job, where Klaviyo may not name them. */
  Set<String> failing() {
    return ids(Kind.FAILING);
  }

  /** How many fields are to be left out of profiles that are delivered. */
  int fieldsLeftOut(boolean klaviyoNamesRows) {
    return klaviyoNamesRows
        ? ids(Kind.NO_PHONE, Kind.REFUSED_FIELD).size()
        : ids(Kind.NO_PHONE).size();
  }

  /** How many are an earlier one again. */
  int duplicates() {
    return ids(Kind.DUPLICATE).size();
  }

  /** How many Klaviyo refuses when they are sent. */
  int refused() {
    return ids(Kind.REFUSED, Kind.REFUSED_FIELD).size();
  }
}
