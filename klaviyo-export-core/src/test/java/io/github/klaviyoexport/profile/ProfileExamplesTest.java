package io.github.klaviyoexport.profile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The examples in this package's Javadoc. */
class ProfileExamplesTest {
  @Test
  void a_customer_profile_names_its_values_itself_or_shares_the_names_with_others() {
    // @start region="profiles"
    CustomerProfile one =
        CustomerProfile.of("c-17", Map.of("EMailAddress", "ada@shop.example", "LTV", 120.5));

    FieldNames fields = FieldNames.of("EMailAddress", "LTV"); // many: share the names
    CustomerProfile other = CustomerProfile.of("c-18", fields, "bo@shop.example", 80);
    // @end

    assertThat(one.value("LTV")).isEqualTo(120.5);
    assertThat(other.value("LTV")).isEqualTo(80);
    assertThat(other.fields()).isSameAs(fields);
  }

  @Test
  void a_source_says_what_it_could_not_read() {
    FieldNames fields = FieldNames.of("EMailAddress", "Birthday");
    // @start region="unreadable"
    CustomerProfile withoutBirthday =
        CustomerProfile.of(
            "c-17",
            fields,
            "ada@shop.example",
            Unreadable.because("no date of the form yyyy-MM-dd"));

    CustomerProfile setAside =
        CustomerProfile.unreadable("line 18", Unreadable.because("has 1 field instead of 2"));
    // @end

    assertThat(withoutBirthday.unreadable()).isNull();
    assertThat(withoutBirthday.value("Birthday")).isInstanceOf(Unreadable.class);
    assertThat(setAside.unreadable()).isNotNull();
    assertThat(setAside.value("EMailAddress")).isNull();
  }

  @Test
  void a_mapping_says_which_field_becomes_which() {
    // @start region="mapping"
    FieldMapping mapping =
        FieldMapping.email("EMailAddress")
            .firstName("FirstName")
            .phone("Telephone1")
            .city("Address1_City")
            .property("Lifetime value", "LTV"); // Klaviyo's name, the source's field
    // @end

    assertThat(mapping)
        .hasToString(
            "FieldMapping[EMailAddress -> email, FirstName -> first_name,"
                + " Telephone1 -> phone_number, Address1_City -> location.city,"
                + " LTV -> properties.Lifetime value]");
  }

  @Test
  void a_mapping_converts_computes_and_takes_all_others() {
    // @start region="more"
    FieldMapping mapping =
        FieldMapping.email("EMailAddress")
            .as(Conversion.lowerCase())
            .phone("Telephone1", "FI") // 040 123 4567 is +358401234567
            .city("Address.City") // in the map of the field Address, if it is no field itself
            .property("LTV")
            .as(Conversion.decimal(Locale.GERMANY))
            .orClear() // for customers without one
            .appendTo("Interests", "NewInterests")
            .as(Conversion.list(";"))
            .computed("Initials", customer -> String.valueOf(customer.value("Name")).charAt(0))
            .constant("Source", "CRM")
            .allOthersPrefixed("crm_", "Notes"); // all but Notes
    // @end

    assertThat(mapping.fields()).hasSize(7);
    mapping.checkAgainst(
        FieldNames.of("EMailAddress", "Telephone1", "Address", "LTV", "NewInterests", "Notes"));
  }
}
