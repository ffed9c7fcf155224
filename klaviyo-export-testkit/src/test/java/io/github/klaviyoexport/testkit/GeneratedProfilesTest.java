package io.github.klaviyoexport.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.testkit.internal.api.FieldRules;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GeneratedProfilesTest {

  private static String text(CustomerProfile profile, String field) {
    return (String) profile.value(field);
  }

  /** What a stranger finds in the profiles, by looking at each. */
  private static Map<String, Integer> countedIn(GeneratedProfiles profiles) {
    Map<String, Integer> counts = new TreeMap<>();
    Set<String> seen = new HashSet<>();
    for (CustomerProfile profile : profiles) {
      String email = text(profile, "EMailAddress");
      String phone = text(profile, "Telephone1");
      if (!FieldRules.isEmail(email)) {
        counts.merge("bad emails", 1, Integer::sum);
      } else if (!seen.add(email.toLowerCase(Locale.ROOT))) {
        counts.merge("duplicates", 1, Integer::sum);
      } else {
        counts.merge("good", 1, Integer::sum);
        if (phone != null && !FieldRules.isPhone(phone)) {
          counts.merge("bad phones", 1, Integer::sum);
        }
      }
    }
    return counts;
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0, 0, 0",
    "2, 0, 0, 1",
    "7, 2, 2, 2",
    "100, 99, 0, 0",
    "100, 10, 10, 79",
    "1000, 0, 1000, 0",
    "4000, 137, 211, 503",
    "99991, 1000, 2000, 3000"
  })
  void there_are_exactly_as_many_of_each_kind_as_wanted(
      int size, int badEmails, int badPhones, int duplicates) {
    GeneratedProfiles profiles =
        GeneratedProfiles.of(size)
            .withBadEmails(badEmails)
            .withBadPhones(badPhones)
            .withDuplicates(duplicates);

    Map<String, Integer> expected =
        new TreeMap<>(
            Map.of(
                "bad emails", badEmails,
                "bad phones", badPhones,
                "duplicates", duplicates,
                "good", size - badEmails - duplicates));
    expected.values().removeIf(count -> count == 0);
    assertThat(countedIn(profiles)).isEqualTo(expected);
    assertThat(profiles.size()).isEqualTo(size);
    assertThat(profiles.badEmails()).isEqualTo(badEmails);
    assertThat(profiles.badPhones()).isEqualTo(badPhones);
    assertThat(profiles.duplicates()).isEqualTo(duplicates);
    assertThat(profiles.good()).isEqualTo(size - badEmails - duplicates);
  }

  @Test
  void exceptions_are_spread_over_the_whole() {
    GeneratedProfiles profiles = GeneratedProfiles.of(10_000).withBadEmails(100);
    List<CustomerProfile> all = profiles.stream().toList();

    for (int part = 0; part < 10; part++) {
      assertThat(all.subList(part * 1_000, part * 1_000 + 1_000))
          .filteredOn(profile -> !FieldRules.isEmail(text(profile, "EMailAddress")))
          .hasSizeBetween(8, 12);
    }
  }

  @Test
  void more_exceptions_than_customers_are_refused() {
    assertThatThrownBy(() -> GeneratedProfiles.of(10).withBadEmails(6).withBadPhones(5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("There are 10 customers, too few for 11 exceptions");
    assertThatThrownBy(() -> GeneratedProfiles.of(10).withDuplicates(10))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> GeneratedProfiles.of(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void they_are_the_same_in_every_run_and_others_with_another_seed() {
    GeneratedProfiles profiles = GeneratedProfiles.of(300).withDuplicates(20);

    assertThat(profiles.stream().toList()).isEqualTo(profiles.stream().toList());
    assertThat(profiles.withSeed(7).stream().toList()).isNotEqualTo(profiles.stream().toList());
    assertThat(profiles.iterator()).toIterable().isEqualTo(profiles.stream().toList());
  }

  @Test
  void ids_and_phone_numbers_are_given_once() {
    List<CustomerProfile> profiles = GeneratedProfiles.of(200_000).stream().toList();
    List<String> phones =
        profiles.stream()
            .map(profile -> text(profile, "Telephone1"))
            .filter(phone -> phone != null)
            .toList();

    assertThat(new HashSet<>(phones)).hasSameSizeAs(phones);
    assertThat(phones.size()).isBetween(145_000, 155_000);
    assertThat(profiles.stream().map(CustomerProfile::id).distinct()).hasSize(200_000);
  }

  @Test
  void nobody_can_be_reached_by_accident() {
    String reserved =
        "\\+(442079460\\d{3}|441614960\\d{3}|441134960\\d{3}" // Ofcom: London, Manchester, Leeds
            + "|3319900\\d{4}|3346571\\d{4}|3335301\\d{4}" // Arcep
            + "|493023125\\d{3}|498999998\\d{3}" // Bundesnetzagentur: Berlin, Munich
            + "|468465004\\d{2}" // PTS: Stockholm
            + "|121255501\\d{2}|131255501\\d{2}" // 555-0100 to 555-0199
            + "|6125550\\d{4}|6135550\\d{4}" // ACMA
            + "|15552\\d{6})"; // area code 555, not assigned

    assertThat(GeneratedProfiles.of(20_000))
        .allSatisfy(
            profile -> {
              assertThat(text(profile, "EMailAddress")).endsWith("@shop.example");
              if (profile.value("Telephone1") != null) {
                assertThat(text(profile, "Telephone1")).matches(reserved);
              }
            });
  }

  @Test
  void a_customer_lives_in_one_place() {
    Map<String, Set<String>> countries = new HashMap<>();
    Map<String, Set<String>> prefixes = new HashMap<>();
    for (CustomerProfile profile : GeneratedProfiles.of(500)) {
      String city = text(profile, "Address1_City");
      countries
          .computeIfAbsent(city, key -> new HashSet<>())
          .add(profile.value("Address1_Country") + " " + profile.value("TimeZone"));
      String phone = text(profile, "Telephone1");
      if (phone != null) {
        prefixes.computeIfAbsent(city, key -> new HashSet<>()).add(phone.substring(0, 6));
      }
    }

    assertThat(countries).hasSize(13).allSatisfy((city, ones) -> assertThat(ones).hasSize(1));
    assertThat(countries.get("München")).containsExactly("Germany Europe/Berlin");
    assertThat(prefixes).allSatisfy((city, ones) -> assertThat(ones).hasSize(1));
  }

  @Test
  void values_have_their_types() {
    CustomerProfile first = GeneratedProfiles.of(1).iterator().next();

    assertThat(first.value("CustomerId")).isEqualTo(first.id());
    assertThat(first.value("LifetimeValue")).isInstanceOf(Double.class);
    assertThat(first.value("OrderCount")).isInstanceOf(Integer.class);
    assertThat(first.value("LoyaltyMember")).isInstanceOf(Boolean.class);
    assertThat(first.value("LastOrderDate")).isInstanceOf(java.time.LocalDate.class);
    assertThat(first.value("Interests")).isInstanceOf(List.class);
  }

  @Test
  void the_mapping_takes_every_field() {
    GeneratedProfiles profiles = GeneratedProfiles.of(1);

    assertThatCode(() -> profiles.mapping().checkAgainst(profiles.fields()))
        .doesNotThrowAnyException();
    assertThat(
            profiles.mapping().fields().stream()
                .map(field -> field.source())
                .collect(Collectors.toSet()))
        .isEqualTo(Set.copyOf(profiles.fields().names()));
  }

  @Test
  void a_duplicate_is_the_same_person_under_another_id() {
    List<CustomerProfile> all = GeneratedProfiles.of(50).withDuplicates(20).stream().toList();
    Map<String, CustomerProfile> first = new HashMap<>();
    for (CustomerProfile profile : all) {
      String email = text(profile, "EMailAddress").toLowerCase(Locale.ROOT);
      CustomerProfile before = first.putIfAbsent(email, profile);
      if (before != null) {
        assertThat(profile.id()).isNotEqualTo(before.id());
        assertThat(profile.value("LastName")).isEqualTo(before.value("LastName"));
        assertThat(profile.value("Telephone1")).isEqualTo(before.value("Telephone1"));
      }
    }
    assertThat(all)
        .filteredOn(profile -> text(profile, "EMailAddress").startsWith("A"))
        .as("some duplicates are written in upper case")
        .isNotEmpty();
  }
}
