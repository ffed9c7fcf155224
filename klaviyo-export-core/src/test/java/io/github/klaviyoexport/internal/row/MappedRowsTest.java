package io.github.klaviyoexport.internal.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.profile.Conversion;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.profile.ProfileField;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import io.github.klaviyoexport.profile.Unreadable;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a mapping makes of a customer: conversions, values from elsewhere, changes to lists. */
class MappedRowsTest extends WrittenRows {
  private static final FieldMapping EMAIL = FieldMapping.email("Email");
  private static final String HEAD = "{\"type\":\"profile\",\"attributes\":{\"email\":\"a@b.co\"";

  private String rest(FieldMapping mapping, Object... namesAndValues) {
    Object[] all = Arrays.copyOf(namesAndValues, namesAndValues.length + 2);
    all[all.length - 2] = "Email";
    all[all.length - 1] = "a@b.co";
    String row = row(mapping, all);
    assertThat(row).startsWith(HEAD).endsWith("}");
    return row.substring(HEAD.length(), row.length() - 1);
  }

  // Conversions

  @Test
  void a_value_is_converted_before_it_is_written() {
    FieldMapping mapping =
        EMAIL
            .property("LTV")
            .as(Conversion.emptyWords("-"))
            .as(Conversion.decimal(Locale.GERMANY))
            .lastName("Name")
            .as(Conversion.upperCase());

    assertThat(rest(mapping, "LTV", "1.234,50", "Name", " lovelace "))
        .isEqualTo(",\"last_name\":\"LOVELACE\",\"properties\":{\"LTV\":1234.50}}");
    assertThat(rest(mapping, "LTV", "-")).isEqualTo("}");
    assertThat(rejections).isEmpty();
  }

  @Test
  void a_value_that_cannot_be_converted_is_a_rejection_of_its_field_with_the_reason() {
    FieldMapping mapping = EMAIL.property("LTV").as(Conversion.number());

    assertThat(rest(mapping, "LTV", "much")).isEqualTo("}");

    assertThat(rejections)
        .containsExactly(
            Rejection.ofField("c-1", "LTV", Reason.UNREADABLE_IN_SOURCE).withCode("no number"));
  }

  @Test
  void an_identifier_is_converted_for_the_row_and_for_a_mirror_alike() {
    FieldMapping mapping =
        FieldMapping.email("Email").as(Conversion.of(text -> text + "@b.co")).externalId("Id");
    CustomerIdentifiers identifiers = new CustomerIdentifiers(mapping);
    identifiers.look(profile("Email", "a", "Id", 17));

    assertThat(row(mapping, "Email", "a", "Id", 17)).startsWith(HEAD);
    assertThat(identifiers.found())
        .containsExactly(
            new Identifier(ProfileField.EMAIL, "a@b.co"),
            new Identifier(ProfileField.EXTERNAL_ID, "17"));
  }

  @Test
  void an_email_address_that_cannot_be_converted_sets_the_customer_aside() {
    FieldMapping mapping =
        FieldMapping.email("Email").as(Conversion.of(text -> ((String) text).charAt(9)));

    assertThatThrownBy(() -> Conversion.of(null)).isInstanceOf(NullPointerException.class);
    assertThat(row(mapping.property("X"), "Email", "a@b.co")).isNull();
    assertThat(rejections)
        .singleElement()
        .satisfies(
            rejection -> {
              assertThat(rejection.scope()).isEqualTo(Rejection.Scope.PROFILE);
              assertThat(rejection.reason()).isEqualTo(Reason.UNREADABLE_IN_SOURCE);
              assertThat(rejection.code())
                  .isEqualTo(
                      "its conversion failed with java.lang.StringIndexOutOfBoundsException");
            });
  }

  // Values from elsewhere

  @Test
  void a_value_may_be_computed_of_the_customer_or_the_same_for_all() {
    FieldMapping mapping =
        EMAIL
            .computed("Name", customer -> customer.value("First") + " " + customer.value("Last"))
            .computed(ProfileField.FIRST_NAME, customer -> customer.value("First"))
            .as(Conversion.upperCase())
            .constant("Source", "CRM")
            .constant(ProfileField.COUNTRY, "Finland");

    assertThat(rest(mapping, "First", "Ada", "Last", "Lovelace"))
        .isEqualTo(
            ",\"first_name\":\"ADA\",\"location\":{\"country\":\"Finland\"},"
                + "\"properties\":{\"Name\":\"Ada Lovelace\",\"Source\":\"CRM\"}}");
  }

  @Test
  void a_fixed_value_stays_as_it_was_given() {
    List<Object> tags = new ArrayList<>(List.of("a"));
    int[] sizes = {1};
    Object[] marks = {"x", null};
    Map<String, Object> value = new LinkedHashMap<>(Map.of("tags", tags));
    value.put("sizes", sizes);
    value.put("marks", marks);
    FieldMapping mapping = EMAIL.constant("P", value);

    tags.add("b");
    sizes[0] = 2;
    marks[0] = "y";
    value.clear();

    assertThat(rest(mapping))
        .isEqualTo(",\"properties\":{\"P\":{\"tags\":[\"a\"],\"sizes\":[1],\"marks\":[\"x\"]}}}");
    tags.add(tags);
    assertThatThrownBy(() -> ProfileWriter.checkConstants(EMAIL.constant("P", tags)))
        .hasMessageContaining("TOO_DEEP");
  }

  @Test
  void a_function_that_fails_costs_its_field_and_its_message_is_not_told() {
    FieldMapping mapping =
        EMAIL.computed("Age", customer -> Integer.parseInt((String) customer.value("Born")));

    assertThat(rest(mapping, "Born", "in spring")).isEqualTo("}");
    assertThat(rejections)
        .containsExactly(
            Rejection.ofField("c-1", "Age", Reason.UNREADABLE_IN_SOURCE)
                .withCode("its function failed with java.lang.NumberFormatException"));
  }

  @Test
  void a_function_is_not_asked_about_a_customer_who_could_not_be_read() {
    FieldMapping mapping =
        EMAIL.computed(
            "X",
            customer -> {
              throw new AssertionError("asked");
            });
    RowWriter writer = new RowWriter(mapping);

    assertThat(
            writer.write(
                CustomerProfile.unreadable("line 3", Unreadable.because("torn")), rejections::add))
        .isFalse();
    assertThat(rejections).hasSize(1);
  }

  @Test
  void an_identifier_cannot_be_the_same_for_all() {
    assertThatThrownBy(() -> EMAIL.constant(ProfileField.EXTERNAL_ID, "1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "With a fixed external_id, Klaviyo would take all customers for one: map a field to"
                + " it.");
  }

  // Paths

  @Test
  void a_name_with_a_dot_is_a_field_if_there_is_one_and_else_leads_into_a_map() {
    FieldMapping mapping = EMAIL.city("address.city").property("Zip", "address.zip.code");
    Map<String, ?> address = Map.of("city", "Oslo", "zip", Map.of("code", "0150"));

    assertThat(rest(mapping, "address", address))
        .isEqualTo(",\"location\":{\"city\":\"Oslo\"},\"properties\":{\"Zip\":\"0150\"}}");
    assertThat(rest(mapping, "address", Map.of("zip.code", "0151")))
        .as("a map's key of the very name goes first")
        .isEqualTo(",\"properties\":{\"Zip\":\"0151\"}}");
    assertThat(rest(mapping, "address", address, "address.city", "Bergen"))
        .as("and so does a field")
        .startsWith(",\"location\":{\"city\":\"Bergen\"}");
    assertThat(rest(mapping, "address.zip", Map.of("code", 5), "address", address))
        .as("the longest name that is a field's is the field")
        .endsWith(",\"properties\":{\"Zip\":5}}");
    assertThat(rejections).isEmpty();
  }

  @Test
  void a_path_into_what_is_no_map_is_reported() {
    FieldMapping mapping = EMAIL.city("address.city");

    assertThat(rest(mapping, "address", "Oslo")).isEqualTo("}");
    assertThat(rest(mapping, "address", null)).isEqualTo("}");
    assertThat(rejections)
        .containsExactly(
            Rejection.ofField("c-1", "address.city", Reason.UNREADABLE_IN_SOURCE)
                .withCode("of the type java.lang.String, and no map"));
  }

  @Test
  void a_mapping_fits_a_segment_that_has_the_field_that_a_path_begins_with() {
    FieldMapping mapping = EMAIL.city("address.city");

    mapping.checkAgainst(FieldNames.of("Email", "address"));
    mapping.checkAgainst(FieldNames.of("Email", "address.city"));
    assertThatThrownBy(() -> mapping.checkAgainst(FieldNames.of("Email", "adress")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'address.city'");
  }

  // All others

  @Test
  void every_field_that_no_line_names_can_become_a_property_of_its_name() {
    FieldMapping mapping = EMAIL.city("address.city").property("Value", "LTV").allOthers("Secret");
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("Email", "a@b.co");
    values.put("LTV", 5);
    values.put("address", Map.of("city", "Oslo"));
    values.put("Secret", "x");
    values.put("VIP", true);
    RowWriter writer = new RowWriter(mapping);

    assertThat(writer.write(CustomerProfile.of("c-1", values), rejections::add)).isTrue();
    assertThat(text(writer))
        .isEqualTo(
            HEAD + ",\"location\":{\"city\":\"Oslo\"},\"properties\":{\"Value\":5,\"VIP\":true}}}");
    assertThat(writer.write(profile("Email", "a@b.co", "New", 1), rejections::add)).isTrue();
    assertThat(text(writer)).isEqualTo(HEAD + ",\"properties\":{\"New\":1}}}");
    assertThat(rejections).isEmpty();
  }

  @Test
  void all_others_can_have_a_prefix_and_a_conversion() {
    FieldMapping mapping = EMAIL.allOthersPrefixed("crm ").as(Conversion.emptyWords("N/A"));

    assertThat(rest(mapping, "VIP", "yes", "Age", "N/A"))
        .isEqualTo(",\"properties\":{\"crm VIP\":\"yes\"}}");
    assertThat(rest(mapping, "$id", 1)).isEqualTo(",\"properties\":{\"crm $id\":1}}");
  }

  @Test
  void one_of_all_others_that_can_be_no_property_is_refused_before_or_reported() {
    FieldMapping mapping = EMAIL.property("VIP", "Status").allOthers();

    assertThatThrownBy(
            () -> mapping.checkAgainst(FieldNames.of("Email", "Status", "VIP", "$id", "Age")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "The mapping takes all other fields, and these cannot be custom properties of their own"
                + " names, which begin with $ or are filled already: VIP, $id. Leave them out of"
                + " allOthers(...), map them under other names, or give all a prefix.");
    assertThat(rest(mapping, "Status", "gold", "VIP", 1, "$id", null))
        .isEqualTo(",\"properties\":{\"VIP\":\"gold\"}}");
    assertThat(rejections).containsExactly(Rejection.ofField("c-1", "VIP", Reason.NAME_UNFIT));
  }

  @Test
  void the_use_of_all_others_is_known_like_that_of_mapped_fields() {
    FieldUse use = new FieldUse();
    RowWriter writer = new RowWriter(EMAIL.allOthers(), use);
    writer.write(profile("Email", "a@b.co", "Age", 5, "Empty", null), rejections::add);

    assertThat(use.figures())
        .containsEntry("Age", new FieldUse.Figures(true, 1, 0))
        .containsEntry("Empty", new FieldUse.Figures(false, 0, 0));
  }

  // No value, and lists

  @Test
  void a_property_without_a_value_is_cleared_if_so_mapped() {
    FieldMapping mapping =
        EMAIL.property("Old \"score\"", "Score").orClear().property("VIP").orClear().property("P");

    assertThat(rest(mapping, "Score", " ", "VIP", null, "P", null))
        .isEqualTo("},\"meta\":{\"patch_properties\":{\"unset\":[\"Old \\\"score\\\"\",\"VIP\"]}}");
    assertThat(rest(mapping, "Score", 5, "VIP", true))
        .isEqualTo(",\"properties\":{\"Old \\\"score\\\"\":5,\"VIP\":true}}");
  }

  @Test
  void what_is_not_there_or_cannot_be_read_or_written_clears_nothing() {
    FieldMapping mapping = EMAIL.property("LTV").as(Conversion.number()).orClear();

    assertThat(rest(mapping)).as("no such field").isEqualTo("}");
    assertThat(rest(mapping, "LTV", "much")).isEqualTo("}");
    assertThat(rest(EMAIL.property("X").orClear(), "X", Double.NaN)).isEqualTo("}");
    assertThat(rest(EMAIL.property("LTV").as(Conversion.emptyWords("-")).orClear(), "LTV", "-"))
        .as("a word for no value")
        .isEqualTo("},\"meta\":{\"patch_properties\":{\"unset\":[\"LTV\"]}}");
  }

  @Test
  void klaviyos_own_fields_cannot_be_cleared_and_the_mapping_says_so() {
    assertThatThrownBy(() -> EMAIL.firstName("First").orClear())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Klaviyo's bulk import cannot clear first_name, only custom");
    assertThatThrownBy(() -> EMAIL.appendTo("Tags", "New").orClear())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("map the property itself to clear it");
  }

  @Test
  void values_are_added_to_lists_and_taken_out_of_them() {
    FieldMapping mapping =
        EMAIL
            .appendTo("Tags", "New")
            .as(Conversion.list(","))
            .removeFrom("Tags", "Old")
            .property("VIP");

    assertThat(rest(mapping, "New", "a,b", "Old", "c", "VIP", 1))
        .isEqualTo(
            ",\"properties\":{\"VIP\":1}},\"meta\":{\"patch_properties\":{"
                + "\"append\":{\"Tags\":[\"a\",\"b\"]},\"unappend\":{\"Tags\":\"c\"}}}");
    assertThat(rest(mapping, "Old", "c"))
        .isEqualTo("},\"meta\":{\"patch_properties\":{\"unappend\":{\"Tags\":\"c\"}}}");
    assertThat(rest(mapping)).isEqualTo("}");
  }

  @Test
  void a_list_is_filled_or_changed_not_both() {
    assertThatThrownBy(() -> EMAIL.property("Tags").appendTo("Tags", "New"))
        .hasMessageStartingWith("Klaviyo's properties.Tags is mapped already");
    assertThatThrownBy(() -> EMAIL.appendTo("Tags", "New").appendTo("Tags", "Newer"))
        .hasMessageStartingWith("Klaviyo's properties.Tags is mapped already");
  }

  @Test
  void what_is_shared_can_be_left_out_of_a_row_with_changes() {
    RowWriter writer =
        new RowWriter(EMAIL.phone("Phone").property("VIP").orClear().appendTo("Tags", "New"));
    writer.write(
        profile("Email", "a@b.co", "Phone", "+358401234567", "VIP", null, "New", "x"),
        rejections::add);

    writer.leaveOut(java.util.Set.of(ProfileField.PHONE_NUMBER));

    assertThat(text(writer))
        .isEqualTo(
            HEAD
                + "},\"meta\":{\"patch_properties\":{\"append\":{\"Tags\":\"x\"},"
                + "\"unset\":[\"VIP\"]}}}");
  }

  // Identifiers

  @Test
  void customers_may_be_known_by_a_phone_number_or_an_external_id() {
    assertThat(
            row(
                FieldMapping.identifiedBy(ProfileField.PHONE_NUMBER, "Phone").firstName("First"),
                "Phone",
                "+358401234567",
                "First",
                "Ada"))
        .isEqualTo(
            "{\"type\":\"profile\",\"attributes\":{\"phone_number\":\"+358401234567\","
                + "\"first_name\":\"Ada\"}}");
    assertThat(row(FieldMapping.identifiedBy(ProfileField.EXTERNAL_ID, "Id"), "Id", null)).isNull();
    assertThat(rejections).containsExactly(Rejection.ofProfile("c-1", null, Reason.NO_IDENTIFIER));
    assertThatThrownBy(() -> FieldMapping.identifiedBy(ProfileField.CITY, "City"))
        .hasMessage(
            "Klaviyo knows no profile by its location.city: name the email address, phone number or"
                + " external id.");
  }

  @Test
  void a_mapping_of_membership_only_sends_identifiers() {
    FieldMapping mapping = MAPPING.appendTo("Tags", "First").allOthers().membershipOnly();

    assertThat(row(mapping, "Email", "a@b.co", "Id", "7", "First", "Ada", "Value", 1, "Other", 2))
        .isEqualTo(HEAD + ",\"external_id\":\"7\"}}");
    assertThat(mapping.zone()).isEqualTo(MAPPING.zone());
  }

  @Test
  void a_mapping_says_all_of_itself() {
    FieldMapping mapping =
        EMAIL
            .property("LTV")
            .as(Conversion.number())
            .orClear()
            .appendTo("Tags", "New")
            .removeFrom("Tags", "Old")
            .computed("Name", customer -> "x")
            .constant("Source", "CRM")
            .allOthersPrefixed("crm_", "Secret", "Password");

    assertThat(mapping)
        .hasToString(
            "FieldMapping[Email -> email, LTV as number() -> properties.LTV or cleared,"
                + " New -> added to properties.Tags, Old -> taken out of properties.Tags,"
                + " a function -> properties.Name, a fixed String -> properties.Source,"
                + " all others but Password, Secret -> properties.crm_*]");
    assertThat(EMAIL.allOthers("a")).isEqualTo(EMAIL.allOthers("a")).isNotEqualTo(EMAIL);
    assertThat(EMAIL.property("P").as(Conversion.trim()))
        .isEqualTo(EMAIL.property("P").as(Conversion.trim()))
        .isNotEqualTo(EMAIL.property("P"));
    assertThat(List.of(EMAIL.constant("P", 1))).doesNotContain(EMAIL.constant("P", 2));
  }

  @Test
  void a_fixed_value_that_cannot_be_sent_is_refused_before_anything_is_read() {
    ProfileWriter.checkConstants(
        EMAIL.constant("P", List.of(1, "a")).constant(ProfileField.TIMEZONE, ZoneOffset.UTC));

    assertThatThrownBy(() -> ProfileWriter.checkConstants(EMAIL.constant("P", new Object())))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "The fixed value of properties.P cannot be sent (UNSUPPORTED_TYPE, java.lang.Object):"
                + " give a text, number, date, list or map of such.");
    assertThatThrownBy(
            () -> ProfileWriter.checkConstants(EMAIL.constant(ProfileField.CITY, List.of("Turku"))))
        .hasMessageContaining("location.city");
  }
}
