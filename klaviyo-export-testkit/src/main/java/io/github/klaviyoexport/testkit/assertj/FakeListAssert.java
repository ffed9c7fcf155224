package io.github.klaviyoexport.testkit.assertj;

import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.FakeList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;

/**
 * Assertions on a {@link FakeList}, each on the list as it is then.
 *
 * <p>Addresses are compared as Klaviyo compares them, without regard to case, and their order says
 * nothing. A number equals any number of the same value, 120 the text that was sent as {@code
 * 120.0}, for example, but no text.
 */
public final class FakeListAssert extends AbstractAssert<FakeListAssert, FakeList> {
  private boolean shown;

  FakeListAssert(FakeList actual) {
    super(actual, FakeListAssert.class);
  }

  /**
   * Has the failures that follow show addresses and values in full: for tests with made-up data and
   * reports that stay where they are. {@link KlaviyoAssertions} says how to do so for all.
   */
  public FakeListAssert showingValues() {
    shown = true;
    return this;
  }

  private Privacy privacy() {
    return Privacy.of(shown || actual.showsValues());
  }

  /** Asserts that the members are those with these addresses, and no others. */
  public FakeListAssert holdsExactly(String... emails) {
    return holdsExactly(Arrays.asList(emails));
  }

  /** Asserts that the members are those with these addresses, and no others. */
  public FakeListAssert holdsExactly(Collection<String> emails) {
    isNotNull();
    Map<String, Place> given = places(emails);
    Map<String, Place> members = places(actual.emails());
    Difference difference = new Difference();
    difference.add("missing", without(given, members), this::given);
    difference.add("unexpected", without(members, given), this::member);
    difference.add("unexpected, without an email address", actual.size() - members.size());
    return verify("hold exactly the " + given(given), difference);
  }

  /** Asserts that each of these addresses is a member's; there may be other members. */
  public FakeListAssert contains(String... emails) {
    isNotNull();
    Map<String, Place> given = places(Arrays.asList(emails));
    Difference difference = new Difference();
    difference.add("missing", without(given, places(actual.emails())), this::given);
    return verify("contain the " + given(given), difference);
  }

  /** Asserts that none of these addresses is a member's. */
  public FakeListAssert doesNotContain(String... emails) {
    isNotNull();
    Map<String, Place> members = places(actual.emails());
    members.keySet().retainAll(places(Arrays.asList(emails)).keySet());
    Difference difference = new Difference();
    difference.add("unexpected", List.copyOf(members.values()), this::member);
    return verify("do without the addresses given", difference);
  }

  /** Asserts that the list has so many members. */
  public FakeListAssert hasSize(int members) {
    isNotNull();
    Difference difference = new Difference();
    difference.add("missing", members - actual.size());
    difference.add("too many", actual.size() - members);
    return verify("have " + InWords.count(members, "member"), difference);
  }

  /** Asserts that the list has no member. */
  public FakeListAssert isEmpty() {
    return hasSize(0);
  }

  /**
   * Asserts that a member has an attribute of Klaviyo's with that value.
   *
   * @param attribute its name at Klaviyo, {@code first_name} or {@code location.city} for example
   * @param value a text, number, boolean, list or map; {@code null} asserts that it has none
   */
  public FakeListAssert hasAttribute(String email, String attribute, @Nullable Object value) {
    return has("attribute", email, List.of(attribute.split("\\.")), value);
  }

  /**
   * Asserts that a member has a property of your own with that value.
   *
   * @param value a text, number, boolean, list or map; {@code null} asserts that it has none
   */
  public FakeListAssert hasProperty(String email, String property, @Nullable Object value) {
    return has("property", email, List.of("properties", property), value);
  }

  private FakeListAssert has(
      String kind, String email, List<String> path, @Nullable Object expected) {
    contains(email);
    Object found = actual.profile(email).orElseThrow();
    Collection<?> known = List.of();
    for (String name : path) {
      known = found instanceof Map<?, ?> map ? map.keySet() : List.of();
      found = found instanceof Map<?, ?> map ? map.get(name) : null;
    }
    if (Values.equal(found, expected)) {
      return this;
    }
    String name = path.get(path.size() - 1);
    String text = "The " + kind + " '" + name + "' of " + privacy().email(email);
    if (found == null) {
      text +=
          " is not there, expected " + privacy().value(expected) + ". There are: " + known + ".";
    } else {
      text += " is " + privacy().value(found) + ", expected " + privacy().value(expected) + ".";
      if (privacy() == Privacy.MASKED) {
        text +=
            " To see values of made-up data, assert with showingValues(), or set the system"
                + " property "
                + FakeKlaviyo.SHOW_VALUES
                + " to true.";
      }
    }
    throw failure("%s", text + "\n" + actual.timeline());
  }

  private FakeListAssert verify(String expected, Difference difference) {
    if (difference.isEmpty()) {
      return this;
    }
    throw failure(
        "%s",
        ("List "
                + actual.id()
                + " should "
                + expected
                + ", and has "
                + InWords.count(actual.size(), "member")
                + ".")
            + difference
            + ("\n" + actual.timeline()));
  }

  /** An address and where it stands among those it came with, counted from 1. */
  private record Place(String email, int number) {}

  private static Map<String, Place> places(Collection<String> emails) {
    Map<String, Place> places = new LinkedHashMap<>();
    int number = 0;
    for (String email : emails) {
      places.putIfAbsent(email.toLowerCase(Locale.ROOT), new Place(email, ++number));
    }
    return places;
  }

  private static List<Place> without(Map<String, Place> those, Map<String, Place> these) {
    List<Place> rest = new ArrayList<>();
    those.forEach(
        (email, place) -> {
          if (!these.containsKey(email)) {
            rest.add(place);
          }
        });
    return rest;
  }

  private static String given(Map<String, Place> places) {
    return InWords.count(places.size(), "address", "addresses") + " given";
  }

  private String given(Place place) {
    return privacy().email(place.email) + ", address " + place.number + " of those given";
  }

  private String member(Place place) {
    Object id = actual.profile(place.email).map(known -> known.get("external_id")).orElse(null);
    return privacy().email(place.email)
        + (", member " + place.number)
        + (id == null ? "" : ", external id " + privacy().id(id.toString()));
  }
}
