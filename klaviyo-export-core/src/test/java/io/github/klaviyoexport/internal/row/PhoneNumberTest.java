package io.github.klaviyoexport.internal.row;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PhoneNumberTest {
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "+358401234567, +358401234567",
        "+358 40 123-4567, +358401234567",
        "+1 (212) 555.0100, +12125550100",
        "+44.20.7946.0958, +442079460958",
        "+1234567, +1234567",
        "+123456789012345, +123456789012345",
        "+1 (0 2) 3456789, +1023456789",
        "(+358) 40 1234567, +358401234567",
        "+358/401234567, +358401234567",
        "+\u0663\u0665\u0668\u0664\u0660\u0661\u0662\u0663, +35840123",
        "'+380993456789, +380993456789",
        "\u2019+380993456789, +380993456789",
        "+380\u00a099\u202f345\u200967\u300089, +380993456789",
        "+380\u200b99\u00ad345\ufeff6789, +380993456789",
        "\u202a+380993456789\u202c, +380993456789",
        "+380\u201099\u2011345\u201267\u201389\u2014\u2212, +380993456789",
        "+380 [99] 345\u00b767\u202289, +380993456789",
        "\uff0b380\uff089\uff19\uff09 345\uff0d6789, +380993456789",
        "tel:+380993456789, +380993456789",
        "TEL: +380-99-345-67-89, +380993456789",
        "tel.\u00a0(+380) 993456789, +380993456789",
        "whatsapp:+380993456789, +380993456789",
        "+ 380 99 345 6789, +380993456789",
        "+\ud835\udfce358401234567, ",
        "+\ud835\udfd1\ud835\udfd358401234567, +3558401234567",
      })
  void takes_out_what_people_write_between_digits(String written, String normalized) {
    assertThat(PhoneNumber.normalize(written)).isEqualTo(normalized);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "+380993456789.0, +380993456789",
        "+380993456789.00, +380993456789",
        "'+380993456789.0, +380993456789",
        "=\"+380993456789.0\", +380993456789",
        "\uff0b380993456789\uff0e0, +380993456789",
        "+380993456789., +380993456789",
      })
  void a_fraction_of_zeros_is_no_part_of_a_number(String written, String normalized) {
    assertThat(PhoneNumber.normalize(written)).isEqualTo(normalized);
  }

  @ParameterizedTest
  @CsvSource({
    "401234567.0, 401234567",
    "0401234567.00, 0401234567",
    "555.0000, 5550000",
    "01.23.45.67.00, 0123456700",
    "01-23-45-67-89, 0123456789",
    "123-45-67, 1234567",
    "030 1234567-0, 03012345670",
    "(415) 555-2671, 4155552671",
    "(030 1234567), 0301234567",
    "089 (1234567), 0891234567",
  })
  void a_number_as_dialled_is_read_by_the_same_rules(String written, String digits) {
    assertThat(PhoneNumber.dialled(written)).isEqualTo(digits);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "401234567.5",
        "401234567.25",
        "401234567.0000",
        "401234567,0",
        "401,234,567",
        "401.234.567.0",
        "401.234.567,0",
        "040 1234567.0",
        "4.01234567E8",
        "4.01234567E+8",
        "040 1234567 (2)",
        "040 1234567 (22)",
        "040 1234567 (123)",
        "040 1234567 [2",
        "+1 415 555 2671 (2)",
        "+1 415 555 2671 (123).",
        "+380 99 345 67 89.0",
        "+3.80993456789E+11",
        "+38099345678.9",
      })
  void what_may_be_a_fraction_or_an_extension_is_not_glued_to_a_number(String written) {
    assertThat(PhoneNumber.normalize(written)).isNull();
    assertThat(PhoneNumber.dialled(written)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "+",
        "358401234567",
        "00358401234567",
        "040 123 4567",
        "+0401234567",
        "+44 (0)20 7946 0958",
        "+44 ( 0 ) 20 7946 0958",
        "+123456",
        "+1234567890123456",
        "+35840123456x",
        "+358401234567 ext 2",
        "+358401234567/68",
        "+358401234567/401234568",
        "+358/40/1234567",
        "++358401234567",
        "+358+401234567",
        "+44 [0] 20 7946 0958",
        "+44 \uff08\uff10\uff09 20 7946 0958",
        "00 380 99 345 67 89",
        "tel:00380993456789",
        "tel:+358401234567;ext=2",
        "fax:+358401234567",
        "+358401234567, +358401234568",
        "+358401234567 #2",
        "+1-800-FLOWERS",
        "\u202e+358401234567\u202c",
        "+358\ud83d401234567",
        "''''''''''",
        "+358401234567                                                                  "
      })
  void does_not_guess_at_anything_else(String written) {
    assertThat(PhoneNumber.normalize(written)).isNull();
  }
}
