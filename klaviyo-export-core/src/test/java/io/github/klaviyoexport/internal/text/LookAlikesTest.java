package io.github.klaviyoexport.internal.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which names people take for the same. */
class LookAlikesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "klaviyo eu",
        "KLAVIYO EU",
        " Klaviyo EU",
        "Klaviyo EU ",
        "Klaviyo  EU",
        "Klaviyo\u00A0EU",
        "Klaviyo\u2003EU",
        "Klav\u200Biyo EU",
        "Klaviyo EU\uFEFF",
        "Klaviyo EU\u200D",
        "Klaviyo \u200B EU",
        "\u202AKlaviyo EU\u202C",
        "K\u00ADlaviyo EU",
        "\uFF2Blaviyo EU",
        "Klaviyo EU\uFE0F",
      })
  void names_that_differ_by_case_white_space_or_what_cannot_be_seen_look_alike(String name) {
    assertThat(LookAlikes.areAlike("Klaviyo EU", name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Klaviyo US", "KlaviyoEU", "Klaviyo EU 2", "Klaviyo-EU", "Klaviy\u00F3 EU"})
  void other_names_do_not(String name) {
    assertThat(LookAlikes.areAlike("Klaviyo EU", name)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"STRASSE", "strasse", "Stra\u00DFe"})
  void letters_that_have_no_partner_in_the_other_case_count_as_what_they_become(String name) {
    assertThat(LookAlikes.areAlike("Stra\u00DFe", name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Cafe\u0301", "Caf\u00E9"})
  void an_accent_is_the_same_however_it_is_written(String name) {
    assertThat(LookAlikes.areAlike("CAF\u00C9", name)).isTrue();
  }
}
