package io.github.klaviyoexport.testkit.behavior;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.Customer;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.SharedIdentifiers;
import io.github.klaviyoexport.testkit.VirtualTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Customers who share a phone number or an external id: whatever Klaviyo makes of that, none of
 * them is lost, and the report tells who shares what with whom.
 */
class SharedIdentifierTest {
  private static final Segment SEGMENT = Segment.named("vip-eu");
  private static final FieldMapping MAPPING =
      FieldMapping.email("Email").phone("Phone").externalId("Key").property("LTV");

  private static final InMemorySegments HOUSEHOLDS =
      InMemorySegments.of(
          "vip-eu",
          customer("c-1", "ada@shop.example", "+358401234567", "k-1"),
          customer("c-2", "bo@shop.example", "+358 40 123 4567", "k-2"),
          customer("c-3", "cy@shop.example", "+358401234568", "k-1"),
          customer("c-4", "di@shop.example", "+358401234567", " k-1 "),
          customer("c-5", "ed@shop.example", "+358401234569", "K-1"));

  private final VirtualTime time = VirtualTime.create();

  private static io.github.klaviyoexport.profile.CustomerProfile customer(
      String id, String email, String phone, String key) {
    return Customer.of(id)
        .field("Email", email)
        .field("Phone", phone)
        .field("Key", key)
        .field("LTV", id)
        .profile();
  }

  private FakeKlaviyo klaviyo(SharedIdentifiers shared) {
    return FakeKlaviyo.builder().time(time).sharedIdentifiers(shared).start();
  }

  private SegmentExporter.Builder exporter(FakeKlaviyo klaviyo) {
    return SegmentExporter.builder()
        .source(HOUSEHOLDS)
        .klaviyo(klaviyo.connection())
        .mapping(MAPPING)
        .maxRejectedFields(1)
        .time(time);
  }

  private static Rejection shared(String id, String field, String other) {
    return Rejection.ofField(id, field, Reason.SHARED_WITH_ANOTHER).withOtherCustomer(other);
  }

  @ParameterizedTest
  @EnumSource(SharedIdentifiers.class)
  void whatever_klaviyo_makes_of_it_everybody_is_on_the_list_and_sharing_is_reported(
      SharedIdentifiers shared) {
    for (int batchSize : new int[] {1, 2, 10_000}) {
      try (FakeKlaviyo klaviyo = klaviyo(shared);
          SegmentExporter exporter = exporter(klaviyo).batchSize(batchSize).build()) {
        ExportReport report = exporter.export(SEGMENT, klaviyo.listId());

        assertThat(klaviyo.list().emails())
            .containsExactlyInAnyOrder(
                "ada@shop.example",
                "bo@shop.example",
                "cy@shop.example",
                "di@shop.example",
                "ed@shop.example");
        assertThat(report.profiles().accepted()).isEqualTo(5);
        assertThat(report.rejections().first())
            .containsExactly(
                shared("c-2", "Phone", "c-1"),
                shared("c-3", "Key", "c-1"),
                shared("c-4", "Phone", "c-1"),
                shared("c-4", "Key", "c-1"));
        assertThat(klaviyo.list().profile("bo@shop.example").orElseThrow())
            .doesNotContainKey("phone_number")
            .containsEntry("external_id", "k-2");
        assertThat(klaviyo.list().profile("cy@shop.example").orElseThrow())
            .containsEntry("phone_number", "+358401234568")
            .doesNotContainKey("external_id");
      }
    }
  }

  @Test
  void a_mirror_that_runs_again_finds_everybody_where_they_were() {
    try (FakeKlaviyo klaviyo = klaviyo(SharedIdentifiers.MERGED);
        SegmentExporter exporter = exporter(klaviyo).mode(SyncMode.MIRROR).build()) {
      for (int run = 0; run < 3; run++) {
        ExportReport report = exporter.export(SEGMENT, klaviyo.listId());

        assertThat(report.leavers().found()).isZero();
        assertThat(klaviyo.list().size()).isEqualTo(5);
      }
      assertThat(klaviyo.requests(Operation.REMOVE_PROFILES_FROM_LIST)).isEmpty();
    }
  }
}
