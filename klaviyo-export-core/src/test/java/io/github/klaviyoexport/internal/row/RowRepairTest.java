package io.github.klaviyoexport.internal.row;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowRepairTest {
  private static final String ROW =
      row(
          "\"email\":\"ada@shop.example\",\"phone_number\":\"+358401234567\","
              + "\"location\":{\"city\":\"London\",\"zip\":\"N1\"},"
              + "\"properties\":{\"a/b~c\":1,\"LTV\":120.50,\"Note\":\"Zoë \\u0001\"}");

  @Test
  void takes_out_an_attribute_and_leaves_the_rest_as_it_is() {
    assertThat(without(ROW, "phone_number"))
        .isEqualTo(ROW.replace("\"phone_number\":\"+358401234567\",", ""));
  }

  @Test
  void takes_out_a_field_of_the_location() {
    assertThat(without(ROW, "location/city")).isEqualTo(ROW.replace("\"city\":\"London\",", ""));
  }

  @Test
  void takes_out_a_property_whose_name_is_escaped() {
    assertThat(without(ROW, "properties/a~1b~0c")).isEqualTo(ROW.replace("\"a/b~c\":1,", ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "120.50",
        "1E+300",
        "1.0E-300",
        "1E+1000000000",
        "123456789012345678901234567890.123456789",
        "true",
        "[1,[2,{}]]"
      })
  void keeps_values_exactly(String value) {
    String row =
        row("\"email\":\"ada@shop.example\",\"title\":\"x\",\"properties\":{\"p\":" + value + "}");

    assertThat(without(row, "title")).isEqualTo(row.replace("\"title\":\"x\",", ""));
  }

  @Test
  void keeps_numbers_and_names_of_any_length() {
    String row =
        row(
            "\"email\":\"ada@shop.example\",\"title\":\"x\",\"properties\":{\""
                + "n".repeat(60_000)
                + "\":"
                + "9".repeat(5_000)
                + ",\"d\":1."
                + "7".repeat(5_000)
                + "}");

    assertThat(without(row, "title")).isEqualTo(row.replace("\"title\":\"x\",", ""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"email", "first_name", "location/country", "title/x", "properties/", ""})
  void a_row_that_cannot_do_without_it_or_never_had_it_is_not_repaired(String attribute) {
    assertThat(without(ROW, attribute)).isNull();
  }

  @Test
  void the_last_identifier_is_not_taken_out() {
    assertThat(without(row("\"phone_number\":\"+358401234567\",\"title\":\"x\""), "phone_number"))
        .isNull();
    assertThat(
            without(
                row("\"phone_number\":\"+358401234567\",\"external_id\":\"17\""), "phone_number"))
        .isEqualTo(row("\"external_id\":\"17\""));
  }

  private static String row(String attributes) {
    return "{\"type\":\"profile\",\"attributes\":{" + attributes + "}}";
  }

  private static @Nullable String without(String row, String attribute) {
    byte[] repaired = RowRepair.without(row.getBytes(UTF_8), attribute);
    return repaired == null ? null : new String(repaired, UTF_8);
  }
}
