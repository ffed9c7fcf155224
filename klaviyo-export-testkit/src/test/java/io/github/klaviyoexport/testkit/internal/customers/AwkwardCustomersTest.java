package io.github.klaviyoexport.testkit.internal.customers;

import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.assertThat;

import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.Entry;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.GeneratedProfiles;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.VirtualTime;
import io.github.klaviyoexport.testkit.internal.api.FieldRules;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Customers from everywhere, and those that trip programs up, are customers like all others. */
class AwkwardCustomersTest {
  private static final GeneratedProfiles CUSTOMERS =
      GeneratedProfiles.of(1_000)
          .worldwide()
          .withAwkwardValues(100)
          .withBadEmails(10)
          .withBadPhones(20)
          .withDuplicates(30);

  @ParameterizedTest
  @EnumSource(Entry.class)
  void each_of_them_reaches_the_list_to_the_letter(Entry entry) {
    VirtualTime time = VirtualTime.create();
    try (FakeKlaviyo klaviyo = FakeKlaviyo.builder().time(time).start();
        SegmentExporter exporter =
            SegmentExporter.builder()
                .source(InMemorySegments.of("everyone", CUSTOMERS))
                .klaviyo(entry.connection(klaviyo))
                .mapping(CUSTOMERS.mapping())
                .time(time)
                .build()) {
      var report = exporter.export(Segment.named("everyone"), klaviyo.listId());

      assertThat(report)
          .isConfirmed()
          .hasAccepted(CUSTOMERS.good())
          .hasRejected(10)
          .hasDuplicates(30);
      Set<String> seen = new HashSet<>();
      for (CustomerProfile customer : CUSTOMERS) {
        String email = String.valueOf(customer.value("EMailAddress"));
        if (FieldRules.isEmail(email) && seen.add(email.toLowerCase(Locale.ROOT))) {
          Map<?, ?> known = klaviyo.list().profile(email).orElseThrow();
          Map<?, ?> properties = (Map<?, ?>) known.get("properties");
          assertThat(known.get("first_name")).isEqualTo(customer.value("FirstName"));
          assertThat(known.get("last_name")).isEqualTo(customer.value("LastName"));
          assertThat(known.get("organization")).isEqualTo(visible(customer.value("Company")));
          assertThat(properties.get("Interests")).isEqualTo(customer.value("Interests"));
        }
      }
      assertThat(seen).hasSize(CUSTOMERS.good());
    }
  }

  /** Returns a text without the mark and the end of a page that nobody sees around it. */
  private static @Nullable Object visible(@Nullable Object text) {
    return text == null
        ? null
        : text.toString().replaceFirst("^\\uFEFF", "").replaceFirst("\\f$", "");
  }

  @Test
  void a_hundred_awkward_ones_meet_every_plane_name_and_text_there_is() {
    Set<Integer> planes = new TreeSet<>();
    Set<Object> names = new HashSet<>();
    Set<Object> texts = new HashSet<>();
    for (CustomerProfile customer : GeneratedProfiles.of(101).withAwkwardValues(100)) {
      names.add(customer.value("FirstName"));
      texts.add(customer.value("Company"));
      String last = String.valueOf(customer.value("LastName"));
      last.codePoints().forEach(character -> planes.add(character >> 16));
    }
    assertThat(planes).containsExactlyElementsOf(IntStream.range(0, 17).boxed().toList());
    assertThat(names).containsAll(AwkwardValues.NAMES);
    assertThat(texts).containsAll(AwkwardValues.TEXTS);
  }

  @Test
  void exactly_as_many_are_awkward_as_wanted() {
    Set<Object> plain =
        GeneratedProfiles.of(1_000).stream()
            .map(customer -> customer.value("LastName"))
            .collect(Collectors.toSet());

    assertThat(GeneratedProfiles.of(1_000).withAwkwardValues(37))
        .filteredOn(customer -> !plain.contains(customer.value("LastName")))
        .hasSize(37);
    assertThat(GeneratedProfiles.of(1_000).withAwkwardValues(37).good()).isEqualTo(1_000);
  }

  @Test
  void customers_of_twenty_locales_have_addresses_of_their_own_and_no_real_phone() {
    GeneratedProfiles worldwide = GeneratedProfiles.of(5_000).worldwide();

    assertThat(worldwide.stream().map(customer -> customer.value("Locale")).distinct()).hasSize(20);
    assertThat(worldwide.stream().map(customer -> customer.value("EMailAddress")))
        .doesNotHaveDuplicates()
        .allMatch(email -> FieldRules.isEmail((String) email))
        .allMatch(email -> ((String) email).endsWith("@shop.example"));
    assertThat(worldwide)
        .filteredOn(customer -> "ja-JP".equals(customer.value("Locale")))
        .hasSizeGreaterThan(100)
        .allMatch(customer -> customer.value("Telephone1") == null)
        .anyMatch(customer -> "髙橋".equals(customer.value("LastName")));
  }

  @Test
  void the_same_seed_gives_the_same_customers() {
    assertThat(CUSTOMERS.withSeed(7).stream().toList())
        .isEqualTo(CUSTOMERS.withSeed(7).stream().toList());
    assertThat(CUSTOMERS.withSeed(8).stream().toList())
        .isNotEqualTo(CUSTOMERS.withSeed(7).stream().toList());
  }
}
