package io.github.klaviyoexport.testkit.contract;

import io.github.klaviyoexport.profile.CustomerProfile;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The values of customers that tell of a person: email addresses, phone numbers, and words that one
 * customer alone has, such as names.
 */
final class PersonalValues {
  private static final Pattern PHONE = Pattern.compile("\\+[0-9][0-9 ()/.-]{6,}");
  private static final Pattern WORDS = Pattern.compile("\\p{L}[\\p{L}\\p{M} '.-]+\\p{L}");

  private final List<String> addressesAndPhones;
  private final List<String> words;

  private PersonalValues(List<String> addressesAndPhones, List<String> words) {
    this.addressesAndPhones = addressesAndPhones;
    this.words = words;
  }

  static PersonalValues of(List<CustomerProfile> profiles) {
    Map<String, Long> customers =
        profiles.stream()
            .flatMap(PersonalValues::texts)
            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    return new PersonalValues(
        customers.keySet().stream()
            .filter(text -> text.indexOf('@') > 0 || PHONE.matcher(text).matches())
            .toList(),
        customers.entrySet().stream()
            .filter(text -> text.getValue() == 1 && WORDS.matcher(text.getKey()).matches())
            .map(Map.Entry::getKey)
            .toList());
  }

  /** Returns the texts of a customer, each once, without its id: that may be told. */
  private static Stream<String> texts(CustomerProfile profile) {
    return IntStream.range(0, profile.fields().size())
        .mapToObj(profile::value)
        .filter(value -> value instanceof CharSequence || String.valueOf(value).indexOf('@') > 0)
        .map(String::valueOf)
        .filter(text -> !text.equals(profile.id()))
        .distinct();
  }

  /**
   * Returns how many of them a text holds.
   *
   * @param before what was there before a customer was read: its words are none of a customer
   */
  long in(String text, String before) {
    return addressesAndPhones.stream().filter(text::contains).count()
        + words.stream().filter(word -> holds(text, word) && !holds(before, word)).count();
  }

  private static boolean holds(String text, String word) {
    return text.contains(word)
        && Pattern.compile("(?<![\\p{L}\\p{N}])" + Pattern.quote(word) + "(?![\\p{L}\\p{N}])")
            .matcher(text)
            .find();
  }
}
