package io.github.klaviyoexport.testkit.assertj;

import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.FakeList;
import io.github.klaviyoexport.testkit.internal.api.UsageErrors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;

/**
 * Assertions on a {@link FakeList}, each on the list as it is then.
 *
 * <p>Addresses are compared as Klaviyo compares them, without regard to case, and their order says
 * nothing. A number equals any number of the same value, 120 the text that was sent as {@code
 * 120.0}, for example, but no text. An array stands for a list, and a set for a list in any order.
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
    difference.add("missing", without(given, members), this::missing);
    difference.add("unexpected", without(members, given), this::member);
    difference.add("unexpected, without an email address", actual.size() - members.size());
    return verify("hold exactly the " + given(given), difference);
  }

  /**
   * Asserts that each of these addresses is the one that a member shows; there may be other
   * members.
   *
   * @throws IllegalArgumentException if none is given
   */
  public FakeListAssert contains(String... emails) {
    isNotNull();
    Map<String, Place> given = places(some(emails));
    Difference difference = new Difference();
    difference.add("missing", without(given, places(actual.emails())), this::missing);
    return verify("contain the " + given(given), difference);
  }

  /**
   * Asserts that none of these addresses is a member's, neither the one that it shows nor another.
   *
   * @throws IllegalArgumentException if none is given, or one has no {@code @} or white space
   *     around it, so that no member could have it
   */
  public FakeListAssert doesNotContain(String... emails) {
    isNotNull();
    Map<String, Place> given = places(some(emails));
    given.values().forEach(FakeListAssert::requireAddress);
    Map<String, Place> members = places(actual.emails());
    List<Place> hidden = new ArrayList<>(without(given, members));
    hidden.removeIf(place -> !isMember(place));
    members.keySet().retainAll(given.keySet());
    Difference difference = new Difference();
    difference.add("unexpected", List.copyOf(members.values()), this::member);
    difference.add("unexpected", hidden, this::missing);
    return verify("do without the addresses given", difference);
  }

  /**
   * Asserts that the list has so many members.
   *
   * @throws IllegalArgumentException if that is below zero
   */
  public FakeListAssert hasSize(int members) {
    isNotNull();
    UsageErrors.notNegative("The number of members", members);
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
   * @throws IllegalArgumentException if no profile has an attribute of that name
   */
  public FakeListAssert hasAttribute(String email, String attribute, @Nullable Object value) {
    return has("attribute", email, path(attribute), value);
  }

  /**
   * Asserts that a member has these attributes and properties, and no others: that nothing else was
   * sent.
   *
   * @param attributes their names: {@code email}, {@code first_name}, {@code location.city} and
   *     {@code properties.LTV}, for example
   * @throws IllegalArgumentException if no profile has an attribute of one of these names
   */
  public FakeListAssert hasOnlyAttributes(String email, String... attributes) {
    Set<String> missing = new TreeSet<>();
    for (String attribute : attributes) {
      missing.add(String.join(".", path(attribute)));
    }
    Set<String> unexpected = new TreeSet<>(names(member(email)));
    Set<String> expected = Set.copyOf(missing);
    missing.removeAll(unexpected);
    unexpected.removeAll(expected);
    if (missing.isEmpty() && unexpected.isEmpty()) {
      return this;
    }
    Difference difference = new Difference();
    difference.add("missing", List.copyOf(missing), name -> name);
    difference.add("unexpected", List.copyOf(unexpected), name -> name);
    throw failure(
        "%s",
        (privacy().email(email) + " should have the attributes given, and no others.")
            + difference
            + ("\n" + actual.timeline()));
  }

  private static Set<String> names(Map<String, @Nullable Object> attributes) {
    Set<String> names = new TreeSet<>();
    attributes.forEach(
        (name, value) -> {
          if (value instanceof Map<?, ?> parts) {
            parts.forEach((part, one) -> addName(names, name + "." + part, one));
          } else {
            addName(names, name, value);
          }
        });
    return names;
  }

  private static void addName(Set<String> names, String name, @Nullable Object value) {
    if (value != null) {
      names.add(name);
    }
  }

  /** Returns where an attribute stands: in a profile, or in its location or properties. */
  private static List<String> path(String attribute) {
    UsageErrors.attributePath(attribute);
    return List.of(attribute.split("\\."));
  }

  private Map<String, @Nullable Object> member(String email) {
    contains(email);
    return actual.profile(email).orElseThrow();
  }

  /**
   * Asserts that a member has a property of your own with that value.
   *
   * @param value a text, number, boolean, list or map; {@code null} asserts that it has none
   */
  public FakeListAssert hasProperty(String email, String property, @Nullable Object value) {
    return has("property", email, List.of("properties", property), value);
  }

  private FakeListAssert has(String kind, String email, List<String> path, @Nullable Object value) {
    Object expected = Values.listed(value);
    Object found = member(email);
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
      String is = privacy().value(found);
      String wanted = privacy().value(expected);
      text += " is " + is + ", expected ";
      text += is.equals(wanted) ? "another one: same kind and size, other content." : wanted + ".";
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
      if (email == null) {
        throw new IllegalArgumentException(
            "Address " + (number + 1) + " of those given is null: give addresses only.");
      }
      places.putIfAbsent(email.toLowerCase(Locale.ROOT), new Place(email, ++number));
    }
    return places;
  }

  /** Lets addresses through that are some: without any, nothing would be asserted. */
  private static List<String> some(String... emails) {
    if (emails.length == 0) {
      throw new IllegalArgumentException(
          "No address is given, so nothing would be asserted: give one at least.");
    }
    return Arrays.asList(emails);
  }

  private static void requireAddress(Place place) {
    if (place.email.indexOf('@') < 0 || !place.email.equals(place.email.strip())) {
      throw new IllegalArgumentException(
          "Address "
              + place.number
              + " of those given is no email address: give one with an @, and without white space"
              + " around it.");
    }
  }

  private boolean isMember(Place place) {
    return actual.profile(place.email).isPresent();
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

  private String missing(Place place) {
    return given(place) + (isMember(place) ? ": of a member that shows another address" : "");
  }

  private String member(Place place) {
    Object id = actual.profile(place.email).map(known -> known.get("external_id")).orElse(null);
    return privacy().email(place.email)
        + (", member " + place.number)
        + (id == null ? "" : ", external id " + privacy().id(id.toString()));
  }
}
