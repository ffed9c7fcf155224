package io.github.klaviyoexport.testkit.behavior;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.SavedExport;
import io.github.klaviyoexport.profile.Conversion;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.ProfileField;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.Customer;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a mapping says arrives at Klaviyo as it was meant. */
@Timeout(60)
class MappingReachesKlaviyoTest {
  private static final Segment SEGMENT = Segment.named("vip-eu");
  private static final FieldMapping EMAIL = FieldMapping.email("Email");

  private final VirtualTime time = VirtualTime.create();
  private final FakeKlaviyo klaviyo = FakeKlaviyo.builder().time(time).start();

  private ExportReport export(FieldMapping mapping, CustomerProfile... customers) {
    return export(mapping, SyncMode.UPSERT, customers);
  }

  private ExportReport export(FieldMapping mapping, SyncMode mode, CustomerProfile... customers) {
    return export(mapping, mode, InMemorySegments.of(SEGMENT.name(), customers));
  }

  private ExportReport export(FieldMapping mapping, SyncMode mode, ProfileSource source) {
    try (SegmentExporter exporter =
        SegmentExporter.builder()
            .source(source)
            .klaviyo(klaviyo.connection())
            .mapping(mapping)
            .mode(mode)
            .maxLeavers(1)
            .maxRejectedFields(1)
            .time(time)
            .build()) {
      return exporter.export(SEGMENT, klaviyo.listId());
    }
  }

  private static Customer ada() {
    return Customer.of("c-1").field("Email", "ada@shop.example");
  }

  private Map<?, ?> adasProperties() {
    return (Map<?, ?>) klaviyo.list().profile("ada@shop.example").orElseThrow().get("properties");
  }

  @Test
  void properties_are_cleared_and_lists_changed() {
    export(
        EMAIL.property("VIP").property("Tags").property("LTV"),
        ada().field("VIP", true).field("Tags", List.of("a", "b")).field("LTV", 5).profile());

    export(
        EMAIL
            .property("VIP")
            .orClear()
            .property("LTV")
            .appendTo("Tags", "New")
            .as(Conversion.list(","))
            .removeFrom("Tags", "Old"),
        ada()
            .field("VIP", null)
            .field("LTV", null)
            .field("New", "c,d")
            .field("Old", "a")
            .profile());

    assertThat(adasProperties().keySet()).isEqualTo(Set.of("LTV", "Tags"));
    assertThat(adasProperties().get("LTV")).as("omitted, as by default").isEqualTo(5);
    assertThat(adasProperties().get("Tags")).isEqualTo(List.of("b", "c", "d"));
  }

  @Test
  void what_the_mapping_cannot_convert_is_in_the_report_and_the_rest_arrives() {
    ExportReport report =
        export(
            EMAIL.property("LTV").as(Conversion.number()).allOthers(),
            ada().field("LTV", "much").field("VIP", "yes").profile());

    assertThat(adasProperties()).isEqualTo(Map.of("VIP", "yes"));
    assertThat(report.rejections().first())
        .containsExactly(
            Rejection.ofField("c-1", "LTV", Reason.UNREADABLE_IN_SOURCE).withCode("no number"));
  }

  private static CustomerProfile byPhone(int number, String phone) {
    return Customer.of("c-" + number).field("Phone", phone).field("LTV", number).profile();
  }

  @Test
  void customers_known_by_phone_number_only_are_exported_once_each_and_mirrored() {
    FieldMapping mapping =
        FieldMapping.identifiedBy(ProfileField.PHONE_NUMBER, "Phone").property("LTV");

    ExportReport first =
        export(
            mapping,
            byPhone(1, "+358401234567"),
            byPhone(2, "+358 40 123 4567"),
            byPhone(3, "+358401234568"),
            byPhone(4, "+358401234569"),
            byPhone(5, "none"));

    assertThat(first.profiles().accepted()).isEqualTo(3);
    assertThat(first.profiles().duplicates()).isEqualTo(1);
    assertThat(first.rejections().reasons()).isEqualTo(Map.of(Reason.PHONE_MALFORMED, 1L));
    assertThat(klaviyo.list().size()).isEqualTo(3);

    ExportReport mirrored =
        export(
            mapping, SyncMode.MIRROR, byPhone(1, "+358401234567"), byPhone(3, "+358 (40) 1234568"));

    assertThat(mirrored.leavers().removed()).isEqualTo(1);
    assertThat(klaviyo.list().size()).isEqualTo(2);
  }

  @Test
  void customers_known_by_an_id_only_are_exported_once_each_and_mirrored() {
    FieldMapping mapping = FieldMapping.identifiedBy(ProfileField.EXTERNAL_ID, "Key");
    List<CustomerProfile> customers = new ArrayList<>();
    for (String key : List.of("k-1", "k-2", "k-1", "k-3")) {
      customers.add(Customer.of("c-" + customers.size()).field("Key", key).profile());
    }

    ExportReport first = export(mapping, customers.toArray(CustomerProfile[]::new));
    ExportReport mirrored = export(mapping, SyncMode.MIRROR, customers.get(0), customers.get(1));

    assertThat(first.profiles().accepted()).isEqualTo(3);
    assertThat(first.profiles().duplicates()).isEqualTo(1);
    assertThat(mirrored.leavers().removed()).isEqualTo(1);
    assertThat(klaviyo.list().size()).isEqualTo(2);
  }

  @Test
  void a_mirror_stays_its_hand_where_most_phone_numbers_cannot_be_read() {
    FieldMapping mapping = FieldMapping.identifiedBy(ProfileField.PHONE_NUMBER, "Phone");
    export(mapping, byPhone(1, "+358401234567"), byPhone(2, "+358401234568"));

    ExportReport report =
        export(mapping, SyncMode.MIRROR, byPhone(1, "+358401234567"), byPhone(2, "040 1234568"));

    assertThat(report.leavers().removed()).isZero();
    assertThat(klaviyo.list().size()).isEqualTo(2);
  }

  @Test
  void a_mapping_whose_identifier_no_profile_has_stops_before_anything_is_sent() {
    List<CustomerProfile> customers = new ArrayList<>();
    for (int i = 0; i < 1_200; i++) {
      customers.add(Customer.of("c-" + i).field("Email", i + "@b.co").profile());
    }

    assertThatThrownBy(
            () ->
                export(
                    FieldMapping.identifiedBy(ProfileField.EXTERNAL_ID, "Key"),
                    SyncMode.UPSERT,
                    segment -> ProfileReader.of(customers)))
        .isInstanceOfSatisfying(
            ExportException.class,
            stopped -> {
              assertThat(stopped.reason()).isEqualTo(ExportException.Reason.MAPPING_UNFIT);
              assertThat(stopped)
                  .hasMessageContaining("takes the external id from the field 'Key'");
            });
    assertThat(klaviyo.list().size()).isZero();
  }

  @Test
  void membership_only_touches_no_attribute() {
    FieldMapping mapping = EMAIL.firstName("First").property("LTV");
    export(mapping, ada().field("First", "Ada").field("LTV", 5).profile());

    export(mapping.membershipOnly(), ada().field("First", "Eve").field("LTV", 6).profile());

    assertThat(klaviyo.list().profile("ada@shop.example").orElseThrow())
        .containsEntry("first_name", "Ada")
        .containsEntry("properties", Map.of("LTV", 5));
  }

  @Test
  void a_catalog_keeps_what_a_mapping_says_and_refuses_a_function() {
    try (Office office = new Office();
        Catalog catalog = office.catalog().build()) {
      SavedExport export = Office.saved(catalog);
      FieldMapping mapping =
          FieldMapping.email("email")
              .property("Name", "name")
              .as(Conversion.lowerCase())
              .orClear()
              .constant("Source", "CRM");

      SavedExport changed =
          catalog.edit(Office.ADMINISTRATOR, export, export.definition().mapping(mapping));

      assertThat(catalog.export(Office.ADMINISTRATOR, export.id()).definition().mapping())
          .isEqualTo(mapping);
      assertThatThrownBy(
              () ->
                  catalog.edit(
                      Office.ADMINISTRATOR,
                      changed,
                      changed.definition().mapping(mapping.computed("Greeting", customer -> "x"))))
          .isInstanceOfSatisfying(
              CatalogException.class,
              refused -> {
                assertThat(refused.reason()).isEqualTo(CatalogException.Reason.MAPPING_UNFIT);
                assertThat(refused)
                    .hasMessageContaining("properties.Greeting is computed by a function");
              });
    }
  }
}
