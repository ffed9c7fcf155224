package io.github.klaviyoexport.testkit.benchmark;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.source.ProfileReader;
import java.time.LocalDate;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Customers that cost next to nothing to make, so that a measurement is of what is done with them:
 * all good, all different, some 400 bytes each as JSON, the same in every run. They come in the
 * order of their ids, as from a table that is read by its key; their email addresses and phone
 * numbers come in none.
 */
final class BenchmarkProfiles implements ProfileReader {
  static final FieldNames FIELDS =
      FieldNames.of(
          "CustomerId",
          "EMailAddress",
          "FirstName",
          "LastName",
          "Telephone1",
          "City",
          "Country",
          "LTV",
          "Orders",
          "Member",
          "LastOrder",
          "Note");

  /** From here on numbers have nine digits. */
  private static final int FIRST_NUMBER = 100_000_000;

  private static final String[] FIRST_NAMES = {"Ada", "Aino", "Amélie", "Ben", "Chloé", "Elif"};
  private static final String[] LAST_NAMES = {"Brown", "Chen", "García", "Khan", "Nguyen"};
  private static final String[] CITIES = {"London", "München", "Paris", "Helsinki"};
  private static final String[] COUNTRIES = {"United Kingdom", "Germany", "France", "Finland"};
  private static final String[] NOTES = {
    "Prefers deliveries on weekdays, before noon", "Asked for the \"autumn\" catalogue"
  };
  private static final LocalDate[] DATES = new LocalDate[365];

  static {
    for (int day = 0; day < DATES.length; day++) {
      DATES[day] = LocalDate.ofYearDay(2026, day + 1);
    }
  }

  private final int size;
  private final boolean sorted;
  private int next;

  BenchmarkProfiles(int size) {
    this(size, false);
  }

  private BenchmarkProfiles(int size, boolean sorted) {
    this.size = size;
    this.sorted = sorted;
  }

  /** Returns such customers whose email addresses come in order too. */
  static BenchmarkProfiles sortedByEmail(int size) {
    return new BenchmarkProfiles(size, true);
  }

  @Override
  public boolean isSortedByEmail() {
    return sorted;
  }

  /** Returns another number of at most 27 bits for each. */
  private static int scattered(int number) {
    return number * 0x2545_F491 & (1 << 27) - 1;
  }

  /** Returns a mapping of everything. */
  static FieldMapping mapping() {
    return byEmail().phone("Telephone1").externalId("CustomerId");
  }

  /** Returns a mapping of everything but what customers are known by beside the email address. */
  static FieldMapping byEmail() {
    return FieldMapping.email("EMailAddress")
        .firstName("FirstName")
        .lastName("LastName")
        .city("City")
        .country("Country")
        .property("Lifetime value", "LTV")
        .property("Orders")
        .property("Loyalty member", "Member")
        .property("Last order", "LastOrder")
        .property("Note");
  }

  @Override
  public OptionalLong size() {
    return OptionalLong.of(size);
  }

  @Override
  public @Nullable CustomerProfile next() {
    if (next == size) {
      return null;
    }
    int number = next++;
    if (number == size / 2) {
      Figures.atHalf();
    }
    String id = "C-" + (FIRST_NUMBER + number);
    String digits = Integer.toString(FIRST_NUMBER + (sorted ? number : scattered(number)));
    return CustomerProfile.of(
        id,
        FIELDS,
        id,
        "customer." + digits + "@shop.example",
        FIRST_NAMES[number % FIRST_NAMES.length],
        LAST_NAMES[number % LAST_NAMES.length],
        "+358" + digits,
        CITIES[number % CITIES.length],
        COUNTRIES[number % COUNTRIES.length],
        number % 100_000 / 8.0,
        number % 60,
        number % 3 == 0,
        DATES[number % DATES.length],
        NOTES[number % NOTES.length]);
  }
}
