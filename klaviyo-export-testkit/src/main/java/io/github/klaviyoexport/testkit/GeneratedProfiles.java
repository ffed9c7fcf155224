package io.github.klaviyoexport.testkit;

import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.profile.ProfileField;
import io.github.klaviyoexport.testkit.internal.customers.AwkwardValues;
import io.github.klaviyoexport.testkit.internal.customers.City;
import java.math.BigInteger;
import java.time.LocalDate;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Realistic customers by the million, made while they are read and the same in every run.
 *
 * {@snippet class="io.github.klaviyoexport.testkit.ExamplesTest" region="generated"}
 *
 * <p>The fields are named as Customer Insights names them, see {@link #fields()}. Each customer is
 * derived from the seed and its own number, so nothing is kept in memory. Addresses end in {@code
 * shop.example}, and phone numbers come from ranges that are reserved for fiction in Australia,
 * France, Germany, Sweden, the United Kingdom and the United States, or, when these are used up,
 * from an area code that is not assigned: no person can be reached by accident.
 *
 * <p>The exceptions are spread over the whole and never fall on the same customer, so that totals
 * can be asserted: {@code size = good + bad emails + duplicates}, and those with a bad phone number
 * or with awkward values are among the good. Instances are immutable and safe for use by many
 * threads.
 */
public final class GeneratedProfiles implements Iterable<CustomerProfile> {
  private static final FieldNames FIELDS =
      FieldNames.of(
          "CustomerId",
          "EMailAddress",
          "FirstName",
          "LastName",
          "Telephone1",
          "Address1_Line1",
          "Address1_City",
          "Address1_PostalCode",
          "Address1_Country",
          "TimeZone",
          "Locale",
          "Company",
          "JobTitle",
          "LifetimeValue",
          "OrderCount",
          "LoyaltyMember",
          "LastOrderDate",
          "Interests");

  private static final String[] COMPANIES = {
    "Bluebird Bakery",
    "Cobalt Cycles",
    "Fern & Fig",
    "Harbour Books",
    "Juniper Tea",
    "Maple Furniture",
    "Northlight Studio",
    "Pebble Toys"
  };
  private static final String[] TITLES = {
    "Accountant", "Architect", "Baker", "Designer", "Engineer", "Manager", "Nurse", "Teacher"
  };
  private static final String[] INTERESTS = {
    "books", "camping", "coffee", "cycling", "gardening", "music", "running", "tea", "travel"
  };

  // Beyond the ranges for fiction: the American area code 555, which is not assigned.
  private static final String UNASSIGNED = "+15552######";

  private static final String[] NO_EMAILS = {
    "?.shop.example", "?@@shop.example", "?@shop", "?.shop.example@", "? @shop.example"
  };
  private static final String[] NO_PHONES = {"555-HELLO", "07700 900", "+0 20 7946 0000", "none"};

  private static final long FIRST_ID = 10_000_001;
  private static final LocalDate NEWEST_ORDER = LocalDate.of(2026, 8, 31);

  private final int size;
  private final int badEmails;
  private final int badPhones;
  private final int duplicates;
  private final int awkward;
  private final List<City> cities;
  private final long seed;
  private final int step;

  private GeneratedProfiles(
      int size,
      int badEmails,
      int badPhones,
      int duplicates,
      int awkward,
      List<City> cities,
      long seed) {
    long exceptions = (long) badEmails + badPhones + duplicates + awkward;
    if (size < 0 || badEmails < 0 || badPhones < 0 || duplicates < 0 || awkward < 0) {
      throw new IllegalArgumentException("Numbers of customers are zero or more.");
    }
    if (exceptions > size || (duplicates > 0 && exceptions == size)) {
      throw new IllegalArgumentException(
          "There are "
              + InWords.count(size, "customer")
              + ", too few for "
              + InWords.count(exceptions, "exception")
              + ", of which duplicates need one good customer at least.");
    }
    this.size = size;
    this.badEmails = badEmails;
    this.badPhones = badPhones;
    this.duplicates = duplicates;
    this.awkward = awkward;
    this.cities = cities;
    this.seed = seed;
    this.step = step(size);
  }

  /** Creates so many customers, all of them good. */
  public static GeneratedProfiles of(int size) {
    return new GeneratedProfiles(size, 0, 0, 0, 0, City.WEST, 42);
  }

  /** Has exactly so many customers have a malformed email address. */
  public GeneratedProfiles withBadEmails(int count) {
    return new GeneratedProfiles(size, count, badPhones, duplicates, awkward, cities, seed);
  }

  /** Has exactly so many customers have a malformed phone number beside a good email address. */
  public GeneratedProfiles withBadPhones(int count) {
    return new GeneratedProfiles(size, badEmails, count, duplicates, awkward, cities, seed);
  }

  /**
   * Has exactly so many customers be an earlier one again, under another id, half of them with the
   * email address in upper case.
   */
  public GeneratedProfiles withDuplicates(int count) {
    return new GeneratedProfiles(size, badEmails, badPhones, count, awkward, cities, seed);
  }

  /**
   * Has exactly so many customers have values that are good and trip programs up: names with
   * apostrophes, of one letter, written from right to left or decomposed, characters of every plane
   * of Unicode, texts that are code to some program (SQL, HTML, JSON, formulas, templates),
   * addresses with tags and in mixed case. A hundred of them have met them all.
   */
  public GeneratedProfiles withAwkwardValues(int count) {
    return new GeneratedProfiles(size, badEmails, badPhones, duplicates, count, cities, seed);
  }

  /**
   * Has customers live all over the world, in 20 locales, with names and addresses in the scripts
   * of their countries; instead of in Europe's west, North America and Australia. Where no phone
   * numbers are reserved for fiction, customers have none.
   */
  public GeneratedProfiles worldwide() {
    return new GeneratedProfiles(size, badEmails, badPhones, duplicates, awkward, City.WORLD, seed);
  }

  /** Returns other customers of the same kind. */
  public GeneratedProfiles withSeed(long seed) {
    return new GeneratedProfiles(size, badEmails, badPhones, duplicates, awkward, cities, seed);
  }

  /** Returns how many customers there are in all. */
  public int size() {
    return size;
  }

  /** Returns how many have a malformed email address. */
  public int badEmails() {
    return badEmails;
  }

  /** Returns how many have a malformed phone number beside a good email address. */
  public int badPhones() {
    return badPhones;
  }

  /** Returns how many are an earlier customer again. */
  public int duplicates() {
    return duplicates;
  }

  /** Returns how many have awkward values. */
  public int awkwardValues() {
    return awkward;
  }

  /**
   * Returns how many different customers have a good email address: as many as can reach a list.
   */
  public int good() {
    return size - badEmails - duplicates;
  }

  /** Returns the names of the fields that every customer has. */
  public FieldNames fields() {
    return FIELDS;
  }

  /** Returns a mapping of all the fields. */
  public FieldMapping mapping() {
    return FieldMapping.email("EMailAddress")
        .externalId("CustomerId")
        .firstName("FirstName")
        .lastName("LastName")
        .phone("Telephone1")
        .map(ProfileField.ADDRESS1, "Address1_Line1")
        .city("Address1_City")
        .zip("Address1_PostalCode")
        .country("Address1_Country")
        .timezone("TimeZone")
        .locale("Locale")
        .organization("Company")
        .title("JobTitle")
        .property("Lifetime value", "LifetimeValue")
        .property("Orders", "OrderCount")
        .property("Loyalty member", "LoyaltyMember")
        .property("Last order", "LastOrderDate")
        .property("Interests");
  }

  @Override
  public Iterator<CustomerProfile> iterator() {
    return new Iterator<>() {
      private int next;

      @Override
      public boolean hasNext() {
        return next < size;
      }

      @Override
      public CustomerProfile next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        return profile(next++);
      }
    };
  }

  /** Returns the same customers as a stream. */
  public Stream<CustomerProfile> stream() {
    return IntStream.range(0, size).mapToObj(this::profile);
  }

  private enum Kind {
    GOOD,
    BAD_EMAIL,
    BAD_PHONE,
    DUPLICATE,
    AWKWARD
  }

  /**
   * Returns what kind of customer the one of that number is. Customers are ranked by steps of
   * nearly the golden ratio of their number, and the lowest ranks are the exceptions: exactly as
   * many as wanted, spread evenly, the first customer never.
   */
  private Kind kind(int number) {
    long rank = rank(number);
    if (rank < badEmails) {
      return Kind.BAD_EMAIL;
    }
    if (rank < badEmails + badPhones) {
      return Kind.BAD_PHONE;
    }
    if (rank < badEmails + badPhones + duplicates) {
      return Kind.DUPLICATE;
    }
    return rank < badEmails + badPhones + duplicates + awkward ? Kind.AWKWARD : Kind.GOOD;
  }

  private long rank(int number) {
    return (number * (long) step + size - 1) % size;
  }

  private static int step(int size) {
    int step = Math.max(1, (int) (size * 0.618));
    while (BigInteger.valueOf(step).gcd(BigInteger.valueOf(size)).intValue() != 1) {
      step++;
    }
    return step;
  }

  private CustomerProfile profile(int number) {
    Kind kind = kind(number);
    SplittableRandom random = random(number);
    if (kind == Kind.DUPLICATE) {
      int original = random.nextInt(number);
      while (kind(original) != Kind.GOOD) {
        original = original == 0 ? number - 1 : original - 1;
      }
      return person(number, original, Kind.GOOD, random.nextBoolean());
    }
    CustomerProfile plain = person(number, number, kind, false);
    return kind == Kind.AWKWARD
        ? AwkwardValues.in(plain, (int) (rank(number) - badEmails - badPhones - duplicates))
        : plain;
  }

  private SplittableRandom random(int number) {
    return new SplittableRandom(seed * 0x9E3779B97F4A7C15L + number);
  }

  /** Makes the customer of that number, with the values of another number if it is a duplicate. */
  private CustomerProfile person(int number, int person, Kind kind, boolean shouting) {
    SplittableRandom random = random(~person);
    City city = cities.get(person % cities.size());
    City.Names names = city.names();
    int first = random.nextInt(names.first().length);
    int last = random.nextInt(names.last().length);
    String name =
        dotted(names.plainFirst()[first])
            + dotted(names.plainLast()[last])
            + Integer.toString(person, 36);
    String email =
        kind == Kind.BAD_EMAIL ? one(NO_EMAILS, random).replace("?", name) : name + "@shop.example";
    String id = "C-" + (FIRST_ID + number);
    return CustomerProfile.of(
        id,
        FIELDS,
        id,
        shouting ? email.toUpperCase(Locale.ROOT) : email,
        names.first()[first],
        names.last()[last],
        phone(city, person, kind, random),
        random.nextInt(1, 200) + " " + one(names.streets(), random),
        city.name(),
        filled(city.zip(), random.nextInt(10)),
        city.country(),
        city.timeZone(),
        city.locale(),
        random.nextInt(4) == 0 ? one(COMPANIES, random) : null,
        random.nextInt(4) == 0 ? one(TITLES, random) : null,
        random.nextInt(500_000) / 100.0,
        random.nextInt(60),
        random.nextBoolean(),
        NEWEST_ORDER.minusDays(random.nextInt(1_000)),
        List.of(one(INTERESTS, random), one(INTERESTS, random)));
  }

  /**
   * Makes a phone number. Each is given once, because Klaviyo takes equal numbers for the same
   * person.
   */
  private @Nullable String phone(City city, int person, Kind kind, SplittableRandom random) {
    if (kind == Kind.BAD_PHONE) {
      return one(NO_PHONES, random);
    }
    if (random.nextInt(4) == 0 || city.phone().isEmpty()) {
      return null;
    }
    int inCity = person / cities.size();
    String fiction = filled(city.phone(), inCity);
    return fiction != null ? fiction : filled(UNASSIGNED, person);
  }

  private static String dotted(String plainName) {
    return plainName.isEmpty() ? "" : plainName + ".";
  }

  private static String one(String[] values, SplittableRandom random) {
    return values[random.nextInt(values.length)];
  }

  /** Fills a number into the # of a pattern; {@code null} when there are too few of them. */
  private static @Nullable String filled(String pattern, int number) {
    char[] filled = pattern.toCharArray();
    int rest = number;
    for (int at = filled.length - 1; at >= 0; at--) {
      if (filled[at] == '#') {
        filled[at] = (char) ('0' + rest % 10);
        rest /= 10;
      }
    }
    return rest == 0 ? new String(filled) : null;
  }

  /** Returns how many customers there are, and how many of them are exceptions. */
  @Override
  public String toString() {
    return "GeneratedProfiles["
        + size
        + ", bad emails "
        + badEmails
        + ", bad phones "
        + badPhones
        + ", duplicates "
        + duplicates
        + ", awkward "
        + awkward
        + "]";
  }
}
