package io.github.klaviyoexport.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldNames;
import org.junit.jupiter.api.Test;

class CustomerTest {
  private static final Customer ADA =
      Customer.of("c-17").email("ada@shop.example").firstName("Ada").field("Points", 120);

  @Test
  void a_customer_has_the_fields_that_were_given_in_that_order() {
    assertThat(ADA.lastName("Byron").phone("+358401234567").profile())
        .isEqualTo(
            CustomerProfile.of(
                "c-17",
                FieldNames.of("EMailAddress", "FirstName", "Points", "LastName", "Telephone1"),
                "ada@shop.example",
                "Ada",
                120,
                "Byron",
                "+358401234567"));
  }

  @Test
  void another_customer_is_made_from_one_that_stays_as_it_is() {
    CustomerProfile bo =
        ADA.as("c-18")
            .email("bo@shop.example")
            .field("Points", null)
            .without("FirstName")
            .profile();

    assertThat(bo)
        .isEqualTo(
            CustomerProfile.of(
                "c-18", FieldNames.of("EMailAddress", "Points"), "bo@shop.example", null));
    assertThat(ADA.profile().value("Points")).isEqualTo(120);
    assertThat(ADA.profile().value("FirstName")).isEqualTo("Ada");
  }

  @Test
  void its_text_tells_no_value() {
    assertThat(ADA).hasToString("Customer[id=c-17, fields=3]");
  }
}
