package io.github.klaviyoexport.internal.row;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PhoneNumberTest {
  @ParameterizedTest
  @CsvSource({
    "+358401234567, +358401234567",
    "+358 40 123-4567, +358401234567",
    "+1 (212) 555.0100, +12125550100",
    "+44.20.7946.0958, +442079460958",
    "+1234567, +1234567",
    "+123456789012345, +123456789012345",
    "+1 (0 2) 3456789, +1023456789",
  })
  void takes_out_what_people_write_between_digits(String written, String normalized) {
    assertThat(PhoneNumber.normalize(written)).isEqualTo(normalized);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "+",
        "358401234567",
        "00358401234567",
        "040 123 4567",
        "(+358) 40 1234567",
        "+0401234567",
        "+44 (0)20 7946 0958",
        "+44 ( 0 ) 20 7946 0958",
        "+123456",
        "+1234567890123456",
        "+35840123456x",
        "+358401234567 ext 2",
        "+358/401234567",
        "++358401234567",
        "+358+401234567",
        "+\u0663\u0665\u0668\u0664\u0660\u0661\u0662\u0663",
        "+358401234567                                                                  "
      })
  void does_not_guess_at_anything_else(String written) {
    assertThat(PhoneNumber.normalize(written)).isNull();
  }
}
