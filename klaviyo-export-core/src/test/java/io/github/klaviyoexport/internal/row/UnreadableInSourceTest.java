package io.github.klaviyoexport.internal.row;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import io.github.klaviyoexport.profile.Unreadable;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a source could not read costs the field, or the customer, and is told in its words. */
class UnreadableInSourceTest extends WrittenRows {
  private static final Unreadable NO_DATE = Unreadable.because("no date of the form yyyy-MM-dd");

  @Test
  void a_value_that_could_not_be_read_costs_its_field() {
    assertThat(row("Email", "a@b.co", "Value", NO_DATE, "First", "Ada"))
        .contains("\"first_name\":\"Ada\"")
        .doesNotContain("properties");
    assertThat(rejections)
        .containsExactly(
            Rejection.ofField("c-1", "Value", Reason.UNREADABLE_IN_SOURCE)
                .withCode("no date of the form yyyy-MM-dd"));
    assertThat(rejections.get(0))
        .hasToString(
            "Customer c-1: field 'Value' could not be read: correct it in the source, or say there or"
                + " in the mapping how it is written (no date of the form yyyy-MM-dd)");
  }

  @Test
  void so_does_one_inside_a_list_or_map_and_in_fields_of_text_and_numbers() {
    assertThat(row("Email", "a@b.co", "Value", List.of(1, Map.of("k", NO_DATE)), "First", NO_DATE))
        .isEqualTo("{\"type\":\"profile\",\"attributes\":{\"email\":\"a@b.co\"}}");
    assertThat(row("Email", "a@b.co", "Lat", NO_DATE)).doesNotContain("location");
    assertThat(rejections)
        .extracting(Rejection::reason)
        .containsOnly(Reason.UNREADABLE_IN_SOURCE)
        .hasSize(3);
    assertThat(rejections).extracting(Rejection::code).containsOnly(NO_DATE.reason());
    assertThat(rejections).extracting(Rejection::type).containsOnlyNulls();
  }

  @Test
  void an_email_address_that_could_not_be_read_costs_the_profile() {
    assertThat(row("Email", NO_DATE, "Id", "c-1")).isNull();
    assertThat(rejections)
        .containsExactly(
            Rejection.ofProfile("c-1", "Email", Reason.UNREADABLE_IN_SOURCE)
                .withCode(NO_DATE.reason()));
  }

  @Test
  void another_identifier_costs_its_field_unless_it_is_the_only_one() {
    assertThat(row("Email", "a@b.co", "Phone", NO_DATE, "Id", NO_DATE)).contains("a@b.co");
    assertThat(rejections)
        .extracting(Rejection::scope)
        .containsExactly(Rejection.Scope.FIELD, Rejection.Scope.FIELD);
    rejections.clear();

    assertThat(row("Phone", NO_DATE)).isNull();
    assertThat(rejections)
        .containsExactly(
            Rejection.ofProfile("c-1", "Phone", Reason.UNREADABLE_IN_SOURCE)
                .withCode(NO_DATE.reason()));
  }

  @Test
  void a_customer_who_could_not_be_read_is_set_aside_and_the_next_is_not() {
    RowWriter writer = new RowWriter(FieldMapping.email("Email"));
    CustomerProfile good = profile("Email", "a@b.co");

    assertThat(writer.write(good, rejections::add)).isTrue();
    assertThat(
            writer.write(
                CustomerProfile.unreadable("line 3", Unreadable.because("has 2 fields, not 4")),
                rejections::add))
        .isFalse();
    assertThat(writer.write(good, rejections::add)).isTrue();

    assertThat(rejections)
        .containsExactly(
            Rejection.ofProfile("line 3", null, Reason.UNREADABLE_IN_SOURCE)
                .withCode("has 2 fields, not 4"));
  }

  @Test
  void a_reason_is_kept_short() {
    assertThat(Unreadable.because("x".repeat(201)).reason())
        .hasSize(Unreadable.MAX_REASON)
        .endsWith("x…");
  }
}
