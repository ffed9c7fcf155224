package io.github.klaviyoexport.internal.export;

import static io.github.klaviyoexport.testing.SmallKlaviyo.IMPORT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.FieldCount;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.profile.Rejection.Reason;
import io.github.klaviyoexport.profile.Rejection.Scope;
import io.github.klaviyoexport.source.ObjectSource;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.testing.SmallKlaviyo;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/**
 * Fields that are lost: told by name, field and type, and a reason to stop when there are too many.
 */
class FieldLossTest extends LossInLab {
  // Too many values of a field left out

  private static CustomerProfile withMoney(int number) {
    return CustomerProfile.of(
        Lab.id(number), Lab.FIELDS, Lab.email(number), null, "London", new Money());
  }

  @Test
  void a_property_lost_in_every_profile_stops_the_export_before_anything_is_sent() {
    ExportException stopped = stopped(exporter(source(50_000, FieldLossTest::withMoney)));

    assertThat(stopped.reason()).isEqualTo(ExportException.Reason.TOO_MANY_REJECTED);
    assertThat(stopped)
        .hasMessageContaining("'LTV'")
        .hasMessageContaining(Money.class.getName())
        .hasMessageContaining("maxRejectedFields(1)");
    assertThat(lab.klaviyo.asked(IMPORT)).isEmpty();
  }

  @Test
  void what_says_why_values_could_not_be_read_is_in_the_message_and_in_the_summary() {
    FieldMapping failing =
        FieldMapping.email("Email")
            .computed(
                "Tier",
                customer -> {
                  throw new IllegalStateException("of " + customer.id());
                });

    ExportException stopped =
        stopped(exporter(source(1_200, number -> named(number, "Email"))).mapping(failing));
    assertThat(stopped)
        .hasMessageContaining("the field 'Tier' could not be read")
        .hasMessageContaining(
            "; for example: its function failed with java.lang.IllegalStateException"
                + " (UNREADABLE_IN_SOURCE)");
    assertThat(stopped.report().toString())
        .contains(" not sent, for example: its function failed with java.lang.IllegalState");
  }

  @Test
  void an_exporter_is_not_built_with_a_fixed_value_that_is_lost_in_every_profile() {
    SegmentExporter.Builder builder =
        exporter(source(1, FieldLossTest::withMoney))
            .mapping(FieldMapping.email("Email").constant("Paid", new Money()));

    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("properties.Paid cannot be sent (UNSUPPORTED_TYPE");
  }

  @Test
  void fewer_than_ten_lost_values_stop_nothing() {
    ExportReport report = export(exporter(source(9, FieldLossTest::withMoney)));

    assertThat(report.profiles().accepted()).isEqualTo(9);
    assertThat(report.isClean()).isFalse();
  }

  @Test
  void the_summary_tells_reasons_by_field_and_the_type_where_that_was_the_reason() {
    ExportReport report =
        export(exporter(source(1_200, FieldLossTest::withMoney)).maxRejectedFields(1));

    assertThat(report.toString())
        .contains("LTV: 1,200 not sent, unsupported type " + Money.class.getName());
    assertThat(report.rejections().byField())
        .extracting(
            FieldCount::field,
            FieldCount::scope,
            FieldCount::reason,
            FieldCount::type,
            FieldCount::count)
        .containsExactly(
            tuple("LTV", Scope.FIELD, Reason.UNSUPPORTED_TYPE, Money.class.getName(), 1_200L));
    assertThat(report.toJson()).contains("\"rejections_by_field\"", Money.class.getName());
    assertThat(report.rejections().first().get(0).type()).isEqualTo(Money.class.getName());
  }

  @Test
  void the_type_of_a_value_within_a_list_is_told_and_of_an_address_that_is_no_text() {
    FieldNames fields = FieldNames.of("Email", "Phone", "City", "LTV");
    ExportReport report =
        export(
            exporter(
                source(
                    3,
                    number ->
                        number == 1
                            ? CustomerProfile.of("c-1", fields, List.of("a"), null, null, 1)
                            : CustomerProfile.of(
                                Lab.id(number),
                                fields,
                                Lab.email(number),
                                new Money(),
                                "x",
                                List.of(1, new Money())))));

    assertThat(report.rejections().byField())
        .extracting(FieldCount::field, FieldCount::type)
        .contains(
            tuple("LTV", Money.class.getName()),
            tuple("Email", List.of("a").getClass().getName()),
            tuple("Phone", Money.class.getName()));
  }

  @Test
  void what_klaviyo_refuses_of_a_field_is_told_and_stops_only_an_export_whose_share_is_set() {
    lab.klaviyo.judging(
        rows -> {
          IntPredicate phone = i -> rows.get(i).has("phone_number");
          return IntStream.range(0, rows.size()).anyMatch(phone)
              ? SmallKlaviyo.refusing(
                  400, IntStream.range(0, rows.size()).filter(phone), "/attributes/phone_number")
              : null;
        });

    ExportReport report = export(exporter(source(30, Lab::customer)));
    ExportException stopped = stopped(exporter(source(30, Lab::customer)).maxRejectedFields(0.9));

    assertThat(report.profiles().accepted()).isEqualTo(30);
    assertThat(report.isClean()).isFalse();
    assertThat(report.rejections().byField())
        .allMatch(count -> "Phone".equals(count.field()) && count.scope() == Scope.FIELD);
    assertThat(stopped.reason()).isEqualTo(ExportException.Reason.TOO_MANY_REJECTED);
    assertThat(stopped).hasMessageContaining("30 of the 30 values");
    assertThat(stopped.report().profiles().accepted()).isEqualTo(30);
  }

  @Test
  void a_field_may_be_set_to_lose_nothing() {
    ProfileSource source =
        source(30, number -> number == 7 ? withMoney(number) : Lab.customer(number));

    assertThat(export(exporter(source)).rejections().fields()).isEqualTo(1);
    assertThat(stopped(exporter(source).maxRejectedFields(0)).report().profiles().accepted())
        .isEqualTo(30);
  }

  // Values of customers about whom nothing was decided

  @Test
  void values_behind_a_customer_out_of_order_are_in_no_checkpoint_for_they_are_read_again() {
    Journaled journal = new Journaled();
    ProfileSource source =
        ObjectSource.of(
                List.of(
                    address("c-1", "ada@shop.example"),
                    address("c-2", "cy@shop.example"),
                    address("c-3", "bo@shop.example"),
                    address("c-4", "dora@shop.example"),
                    address("c-5", "ed@shop.example")))
            .id(CustomerProfile::id)
            .fields(Lab.FIELDS.names(), CustomerProfile::value)
            .sortedByEmail();

    ExportException stopped =
        stopped(
            exporter(source)
                .mapping(FieldMapping.email("Email").property("City").property("LTV"))
                .journal(journal)
                .maxRejectedFields(1));

    assertThat(stopped.reason()).isEqualTo(ExportException.Reason.SOURCE_FAILED);
    assertThat(stopped.report().profiles().read()).isEqualTo(2);
    assertThat(journal.lines("filled"))
        .singleElement(InstanceOfAssertFactories.STRING)
        .contains("\"Email\":{\"valued\":true,\"values\":2,\"lost\":0}")
        .contains("\"City\":{\"valued\":true,\"values\":2,\"lost\":0}")
        .contains("\"LTV\":{\"valued\":true,\"values\":2,\"lost\":2}");
  }

  private static CustomerProfile address(String id, String email) {
    return CustomerProfile.of(id, Lab.FIELDS, email, null, "London", new Money());
  }
}
