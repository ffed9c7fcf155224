package io.github.klaviyoexport.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.source.Segment;
import org.junit.jupiter.api.Test;

/** Generated customers as members from the start. */
class SeededListTest {
  private final GeneratedProfiles customers =
      GeneratedProfiles.of(500).withBadEmails(20).withBadPhones(30).withDuplicates(40);
  private final FakeKlaviyo klaviyo = FakeKlaviyo.builder().start();

  @Test
  void members_from_the_start_are_the_profiles_that_an_export_makes_of_the_same_customers() {
    VirtualTime time = VirtualTime.create();
    FakeKlaviyo exportedTo = FakeKlaviyo.builder().time(time).start();
    try (SegmentExporter exporter =
        SegmentExporter.builder()
            .source(InMemorySegments.of("all", customers))
            .klaviyo(exportedTo.connection())
            .mapping(customers.mapping())
            .time(time)
            .build()) {
      exporter.export(Segment.named("all"), exportedTo.listId());
    }

    klaviyo.list().add(customers);

    assertThat(klaviyo.list().emails())
        .hasSize(customers.good())
        .containsExactlyInAnyOrderElementsOf(exportedTo.list().emails())
        .allSatisfy(
            email ->
                assertThat(klaviyo.list().profile(email))
                    .isEqualTo(exportedTo.list().profile(email)));
    assertThat(klaviyo.requests()).isEmpty();
  }

  @Test
  void profiles_that_are_there_already_join_as_they_are() {
    GeneratedProfiles one = GeneratedProfiles.of(1);
    String email = String.valueOf(one.iterator().next().value("EMailAddress"));
    klaviyo.list().add(email);

    klaviyo.list().add(one);

    assertThat(klaviyo.list().size()).isEqualTo(1);
    assertThat(klaviyo.list().profile(email).orElseThrow()).containsOnlyKeys("email");
  }

  @Test
  void people_who_share_phone_numbers_and_external_ids_with_those_before_are_the_same_people() {
    klaviyo.list().add(GeneratedProfiles.of(50));

    klaviyo.list().add(GeneratedProfiles.of(50).withSeed(7));

    assertThat(klaviyo.list().size()).isEqualTo(50);
  }
}
