package io.github.klaviyoexport.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What values are made of by each conversion. */
class ConversionTest {
  private static final ZoneId HELSINKI = ZoneId.of("Europe/Helsinki");

  @Test
  void conversions_follow_one_another() {
    // @start region="conversions"
    Conversion revenue = Conversion.decimal(Locale.GERMANY);
    Conversion birthday = Conversion.emptyWords("N/A", "-").then(Conversion.date("dd.MM.yyyy"));
    Conversion interests = Conversion.list(";").then(Conversion.lowerCase());
    // @end

    assertThat(revenue.apply("1.234,50")).isEqualTo(new BigDecimal("1234.50"));
    assertThat(birthday.apply("24.12.1987")).isEqualTo(LocalDate.of(1987, 12, 24));
    assertThat(birthday.apply("N/A")).isNull();
    assertThat(interests.apply("Wine; Cheese ;;")).isEqualTo(List.of("wine", "cheese"));
  }

  @Test
  void a_number_is_read_exactly() {
    Conversion number = Conversion.number();

    assertThat(number.apply("17")).isEqualTo(17L);
    assertThat(number.apply(" -17 ")).isEqualTo(-17L);
    assertThat(number.apply("+17")).isEqualTo(17L);
    assertThat(number.apply("123456789012345678901"))
        .isEqualTo(new BigInteger("123456789012345678901"));
    assertThat(number.apply("0.10")).isEqualTo(new BigDecimal("0.10"));
    assertThat(number.apply("-.5")).isEqualTo(new BigDecimal("-0.5"));
    assertThat(number.apply("1.5E+3")).isEqualTo(new BigDecimal("1.5E+3"));
    assertThat(number.apply(2.5)).as("a number already").isEqualTo(2.5);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1,5", "1 000", "12a", "0x1F", "NaN", "1.", ".", "-", "1e", "1e9999", "1.2.3", "١", "--1"
      })
  void what_is_no_number_as_a_whole_is_unreadable(String text) {
    assertThat(Conversion.number().apply(text)).isEqualTo(Unreadable.because("no number"));
  }

  @Test
  void a_decimal_is_read_as_people_of_a_language_write_it() {
    assertThat(Conversion.decimal(Locale.US).apply("1,234.50"))
        .isEqualTo(new BigDecimal("1234.50"));
    assertThat(Conversion.decimal(Locale.GERMANY).apply("-1.234.567")).isEqualTo(-1_234_567L);
    assertThat(Conversion.decimal(Locale.GERMANY).apply("0,5")).isEqualTo(new BigDecimal("0.5"));
    for (String space : List.of(" ", "\u00A0", "\u202F", "\u2009", "")) {
      assertThat(Conversion.decimal(new Locale("fi", "FI")).apply("\u22121" + space + "234,5"))
          .isEqualTo(new BigDecimal("-1234.5"));
      assertThat(Conversion.decimal(Locale.FRANCE).apply("1" + space + "234,5"))
          .isEqualTo(new BigDecimal("1234.5"));
    }
    for (String apostrophe : List.of("'", "\u2019", "")) {
      assertThat(Conversion.decimal(new Locale("de", "CH")).apply("1" + apostrophe + "234.5"))
          .isEqualTo(new BigDecimal("1234.5"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {"12,34,567.5; 1234567.5", "1,00,000.5; 100000.5", "1,234,567.5; 1234567.5"})
  void groups_have_two_digits_before_the_last_in_india(String text, BigDecimal number) {
    assertThat(Conversion.decimal(new Locale("en", "IN")).apply(text)).isEqualTo(number);
  }

  @ParameterizedTest
  @ValueSource(strings = {"12,34", "1,2,345", "12,34,56", "0,12,345"})
  void the_last_group_has_three_digits_in_india_too(String text) {
    assertThat(Conversion.decimal(new Locale("en", "IN")).apply(text))
        .isEqualTo(Unreadable.because("no number as written in en-IN"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1,234.5",
        "12.34",
        "1.23.456",
        "1.2345",
        ".123",
        "1.",
        "1..234",
        "1.234,",
        "1,2,3",
        "1234.567",
        "1.234.56",
        "1-2",
        "5 €"
      })
  void groups_of_digits_that_are_none_make_a_decimal_unreadable(String text) {
    assertThat(Conversion.decimal(Locale.GERMANY).apply(text))
        .isEqualTo(Unreadable.because("no number as written in de-DE"));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "de-DE, 0.500",
        "de-DE, -0.123",
        "de-DE, 0.123.456",
        "de-DE, `0.500,00`",
        "de-DE, 00.123",
        "de-DE, 000.123",
        "en-US, `0,500`",
        "en-US, `+0,500.00`",
        "de-CH, 0'500",
        "fr-FR, 0 500",
        "ar-EG-u-nu-arab, \u0660\u066c\u0665\u0660\u0660",
      })
  void no_group_of_digits_begins_a_decimal_with_a_zero(String locale, String text) {
    assertThat(Conversion.decimal(Locale.forLanguageTag(locale)).apply(text))
        .isEqualTo(Unreadable.because("no number as written in " + locale));
  }

  @Test
  void a_decimal_below_one_is_read_with_its_zero() {
    assertThat(Conversion.decimal(Locale.GERMANY).apply("-0,500"))
        .isEqualTo(new BigDecimal("-0.500"));
    assertThat(Conversion.decimal(Locale.US).apply("0.500")).isEqualTo(new BigDecimal("0.500"));
    assertThat(Conversion.decimal(Locale.GERMANY).apply("1.000.000")).isEqualTo(1_000_000L);
    assertThat(Conversion.decimal(Locale.GERMANY).apply("007")).isEqualTo(7L);
  }

  @Test
  void words_say_yes_and_no() {
    Conversion usual = Conversion.yesNo();
    assertThat(usual.apply("Yes")).isEqualTo(true);
    assertThat(usual.apply("0")).isEqualTo(false);
    assertThat(usual.apply(1)).isEqualTo(true);
    assertThat(usual.apply(new BigDecimal("0.00"))).isEqualTo(false);
    assertThat(usual.apply(false)).isEqualTo(false);
    assertThat(usual.apply("maybe"))
        .isEqualTo(Unreadable.because("none of the words for yes and no"));
    assertThat(usual.apply(2)).isInstanceOf(Unreadable.class);
    for (String exponent : List.of("2147483647", "-2147483647")) {
      assertThat(usual.apply(new BigDecimal("1e" + exponent))).isInstanceOf(Unreadable.class);
    }

    Conversion german = Conversion.yesNo(Set.of("Ja", "X"), Set.of("Nein"));
    assertThat(german.apply("JA")).isEqualTo(true);
    assertThat(german.apply("nein")).isEqualTo(false);
    assertThat(german.apply("yes")).isInstanceOf(Unreadable.class);
  }

  @Test
  void words_for_yes_and_no_must_differ_and_be_there() {
    assertThatThrownBy(() -> Conversion.yesNo(Set.of("ja", "x"), Set.of("nein", "X")))
        .hasMessage("The word 'x' stands for both yes and no: let it stand for one.");
    assertThatThrownBy(() -> Conversion.yesNo(Set.of(), Set.of("nein")))
        .hasMessageContaining("name words for both");
    assertThatThrownBy(() -> Conversion.yesNo(Set.of("x"), Set.of(" ")))
        .hasMessageContaining("What is empty is no value");
  }

  @Test
  void a_date_is_read_strictly() {
    Conversion date = Conversion.date("dd.MM.yyyy");
    assertThat(date.apply("29.02.2024")).isEqualTo(LocalDate.of(2024, 2, 29));
    assertThat(date.apply(LocalDate.of(2024, 2, 29))).isEqualTo(LocalDate.of(2024, 2, 29));
    java.sql.Date known = java.sql.Date.valueOf("2024-02-29");
    assertThat(date.apply(known)).isSameAs(known);
    for (Object none :
        List.of("29.02.2023", "31.04.2024", "1.2.2024", "2024-02-29", "29.02.24", 5)) {
      assertThat(date.apply(none)).isInstanceOf(Unreadable.class);
    }
    assertThat(date.apply("30.02.2024"))
        .isEqualTo(Unreadable.because("no date of the form dd.MM.yyyy"));
    assertThat(date.apply(5))
        .isEqualTo(Unreadable.because("of the type java.lang.Integer, and no text"));
    assertThat(Conversion.date("d MMM uuuu").apply("3 FEB 2024"))
        .isEqualTo(LocalDate.of(2024, 2, 3));
    assertThat(Conversion.date("yyyy-MM-dd HH:mm:ss").apply("2024-02-29 23:59:59"))
        .isEqualTo(LocalDate.of(2024, 2, 29));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"dd.MM.yy", "MM/dd", "YYYY-MM-dd", "yyyy-mm-dd", "HH:mm", "yyyy-MM-DD", "yyyyMdd"})
  void a_pattern_that_does_not_say_one_date_is_refused(String pattern) {
    assertThatThrownBy(() -> Conversion.date(pattern))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("The pattern '" + pattern + "' does not say one date: it needs");
  }

  @Test
  void a_pattern_that_is_none_is_refused() {
    assertThatThrownBy(() -> Conversion.date("dd.MM.jjjj"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("The pattern 'dd.MM.jjjj' is none: Unknown pattern letter: j");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dd.MM.yyyy",
        "dd.MM.yyyy hh:mm",
        "dd.MM.yyyy HH:MM",
        "dd.MM.yyyy HH",
        "yyyy-MM-DD HH:mm"
      })
  void a_pattern_that_does_not_say_one_date_and_time_is_refused(String pattern) {
    assertThatThrownBy(() -> Conversion.dateTime(pattern, HELSINKI))
        .hasMessageContaining("does not say one date and time of day");
  }

  @Test
  void a_day_of_the_year_alone_and_a_day_of_a_week_are_dates_too() {
    assertThat(Conversion.date("yyyyDDD").apply("2024060")).isEqualTo(LocalDate.of(2024, 2, 29));
    assertThat(Conversion.date("YYYY-'W'ww-e").apply("2024-W09-5"))
        .isEqualTo(LocalDate.of(2024, 2, 29));
    assertThat(Conversion.dateTime("yyyy-MM-dd kk:mm", ZoneOffset.UTC).apply("2024-02-29 24:05"))
        .isEqualTo(OffsetDateTime.of(2024, 2, 29, 0, 5, 0, 0, ZoneOffset.UTC));
  }

  @Test
  void a_point_in_time_is_in_the_zone_that_its_text_or_the_conversion_names() {
    Conversion local = Conversion.dateTime("dd.MM.yyyy HH:mm", HELSINKI);
    assertThat(local.apply("01.07.2026 10:00"))
        .isEqualTo(OffsetDateTime.parse("2026-07-01T10:00:00+03:00"));
    assertThat(local.apply("01.01.2026 10:00"))
        .isEqualTo(OffsetDateTime.parse("2026-01-01T10:00:00+02:00"));
    assertThat(local.apply(LocalDateTime.parse("2026-01-01T10:00")))
        .isEqualTo(OffsetDateTime.parse("2026-01-01T10:00:00+02:00"));
    assertThat(local.apply(Instant.EPOCH)).isEqualTo(Instant.EPOCH);
    assertThat(
            Conversion.dateTime("yyyy-MM-dd'T'HH:mm:ssXXX", HELSINKI).apply("2026-07-01T10:00:00Z"))
        .isEqualTo(OffsetDateTime.of(2026, 7, 1, 10, 0, 0, 0, ZoneOffset.UTC));
    assertThat(
            Conversion.dateTime("MM/dd/yyyy hh:mm a", ZoneOffset.UTC).apply("07/01/2026 04:05 pm"))
        .isEqualTo(OffsetDateTime.parse("2026-07-01T16:05:00Z"));
    assertThat(local.apply("29.03.2026 03:30"))
        .isEqualTo(Unreadable.because("a time that the clocks of Europe/Helsinki have skipped"));
    assertThat(local.apply(LocalDateTime.parse("2026-03-29T03:30")))
        .isEqualTo(Unreadable.because("a time that the clocks of Europe/Helsinki have skipped"));
    Conversion ofText = Conversion.dateTime("dd.MM.yyyy HH:mm VV", ZoneOffset.UTC);
    assertThat(ofText.apply("29.03.2026 04:30 Europe/Helsinki"))
        .isEqualTo(OffsetDateTime.parse("2026-03-29T04:30:00+03:00"));
    assertThat(ofText.apply("25.10.2026 03:30 Europe/Helsinki"))
        .isEqualTo(OffsetDateTime.parse("2026-10-25T03:30:00+03:00"));
    assertThat(ofText.apply("29.03.2026 03:30 Europe/Helsinki"))
        .isEqualTo(Unreadable.because("a time that the clocks of its zone have skipped"));
    assertThat(
            Conversion.dateTime("yyyy-MM-dd'T'HH:mm:ssXXX'['VV']'", HELSINKI)
                .apply("2026-10-25T03:30:00+02:00[Europe/Helsinki]"))
        .as("shown twice, and its offset says when")
        .isEqualTo(OffsetDateTime.parse("2026-10-25T03:30:00+02:00"));
    assertThat(local.apply("25.10.2026 03:30"))
        .as("shown twice")
        .isEqualTo(OffsetDateTime.parse("2026-10-25T03:30:00+03:00"));
    assertThat(local.apply("01.07.2026 25:00"))
        .isEqualTo(Unreadable.because("no time of the form dd.MM.yyyy HH:mm"));
  }

  @Test
  void a_list_is_divided_at_its_separator_and_each_element_converted() {
    assertThat(Conversion.list("|").apply("a| b |")).isEqualTo(List.of("a", "b"));
    assertThat(Conversion.list(",").apply(List.of("a,b"))).isEqualTo(List.of("a,b"));
    assertThat(Conversion.list(",").then(Conversion.number()).apply("1, 2"))
        .isEqualTo(List.of(1L, 2L));
    assertThat(Conversion.list(",").then(Conversion.number()).apply("1, b"))
        .isEqualTo(Unreadable.because("no number"));
    assertThat(Conversion.emptyWords("-").apply(Arrays.asList("a", null, "-")))
        .isEqualTo(List.of("a"));
    assertThatThrownBy(() -> Conversion.list(""))
        .hasMessageContaining("separator of a list is empty");
  }

  @Test
  void json_is_read_as_a_whole() {
    Conversion json = Conversion.json();
    assertThat(json.apply("{\"a\": [1, 2.50, null]}"))
        .isEqualTo(Map.of("a", Arrays.asList(1, new BigDecimal("2.50"), null)));
    assertThat(json.apply("null")).isNull();
    assertThat(json.apply(Map.of("a", 1))).isEqualTo(Map.of("a", 1));
    for (String none :
        List.of(
            "{",
            "a",
            "1 2",
            "{\"a\":1,\"a\":2}",
            "[".repeat(5_000),
            "1e9999999999",
            "{\"a\":[-1e-99999999999]}")) {
      assertThat(json.apply(none))
          .isEqualTo(Unreadable.because("no JSON, and of JSON only one value"));
    }
  }

  @Test
  void text_is_trimmed_and_written_in_one_case_and_some_words_are_no_value() {
    assertThat(Conversion.trim().apply("\u200B Ada\u00A0")).isEqualTo("Ada");
    assertThat(Conversion.upperCase().apply("istanbul")).isEqualTo("ISTANBUL");
    assertThat(Conversion.lowerCase().apply("TITLE")).isEqualTo("title");
    assertThat(Conversion.lowerCase().apply(17)).isEqualTo(17);
    assertThat(Conversion.emptyWords("NULL", "-").apply(" NULL ")).isNull();
    assertThat(Conversion.emptyWords("NULL").apply("Null")).isEqualTo("Null");
    assertThatThrownBy(Conversion::emptyWords).hasMessageContaining("name some");
  }

  @Test
  void what_is_empty_or_unreadable_stays_so() {
    Unreadable unreadable = Unreadable.because("torn");
    for (Conversion each :
        List.of(
            Conversion.number(),
            Conversion.date("yyyy-MM-dd"),
            Conversion.json(),
            Conversion.trim(),
            Conversion.yesNo(),
            Conversion.list(","))) {
      assertThat(each.apply(null)).isNull();
      assertThat(each.apply(" \u00A0")).isNull();
      assertThat(each.apply(unreadable)).isSameAs(unreadable);
    }
    assertThat(Conversion.of(value -> "seen").apply(null)).isNull();
    assertThat(Conversion.of(value -> "seen").apply(unreadable)).isSameAs(unreadable);
  }

  @Test
  void a_function_that_fails_makes_its_value_unreadable_without_quoting_it() {
    assertThat(Conversion.of(value -> Integer.valueOf((String) value)).apply("ada"))
        .isEqualTo(
            Unreadable.because("its conversion failed with java.lang.NumberFormatException"));
  }

  @Test
  void a_value_that_fails_when_it_is_converted_is_unreadable_and_not_quoted() {
    Number torn =
        new AtomicInteger() {
          @Override
          public String toString() {
            throw new IllegalStateException("Rosebud");
          }
        };

    assertThat(Conversion.yesNo().apply(torn))
        .isEqualTo(
            Unreadable.because("its conversion failed with java.lang.IllegalStateException"));
  }

  @Test
  void nothing_depends_on_the_locale_of_the_machine() {
    Locale before = Locale.getDefault();
    try {
      for (String tag : List.of("tr-TR", "ar-EG-u-nu-arab", "th-TH-u-ca-buddhist")) {
        Locale.setDefault(Locale.forLanguageTag(tag));
        assertThat(Conversion.lowerCase().apply("TITLE")).isEqualTo("title");
        assertThat(Conversion.yesNo(Set.of("JI"), Set.of("NI")).apply("ji")).isEqualTo(true);
        assertThat(Conversion.date("d MMM yyyy").apply("3 Feb 2024"))
            .isEqualTo(LocalDate.of(2024, 2, 3));
        assertThat(Conversion.decimal(Locale.US).apply("1,234.5"))
            .isEqualTo(new BigDecimal("1234.5"));
      }
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void a_conversion_says_what_it_is_and_can_be_read_again() {
    Conversion all =
        Conversion.trim()
            .then(Conversion.emptyWords("N/A", "it's", "a, b)"))
            .then(Conversion.lowerCase())
            .then(Conversion.upperCase())
            .then(Conversion.list("'"))
            .then(Conversion.number())
            .then(Conversion.decimal(new Locale("fi", "FI")))
            .then(Conversion.yesNo(Set.of("ja=yes", "x"), Set.of("nein")))
            .then(Conversion.date("dd.MM.yyyy"))
            .then(Conversion.dateTime("yyyy-MM-dd'T'HH:mm", HELSINKI))
            .then(Conversion.json());

    assertThat(all.isDescribable()).isTrue();
    assertThat(all)
        .hasToString(
            "trim(), emptyWords('N/A', 'a, b)', 'it''s'), lowerCase(), upperCase(), list(''''),"
                + " number(), decimal('fi-FI'), yesNo('ja=yes=yes', 'x=yes', 'nein=no'),"
                + " date('dd.MM.yyyy'), dateTime('yyyy-MM-dd''T''HH:mm', 'Europe/Helsinki'),"
                + " json()");
    assertThat(Conversion.parse(all.toString())).isEqualTo(all).hasSameHashCodeAs(all);
    assertThat(Conversion.date("dd.MM.yyyy")).isNotEqualTo(Conversion.date("MM.dd.yyyy"));
  }

  @Test
  void a_function_of_ones_own_is_equal_to_itself_only_and_cannot_be_written_down() {
    Conversion own = Conversion.of(Object::toString);

    assertThat(own).hasToString("a function").isEqualTo(own);
    assertThat(own).isNotEqualTo(Conversion.of(Object::toString));
    assertThat(own.then(Conversion.number()).isDescribable()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a function",
        "date",
        "date(",
        "date('",
        "date('yyyy-MM-dd'",
        "date()",
        "foo()",
        "number() trim()",
        "number(),",
        "date(yyyy)",
        "yesNo('x')",
        "dateTime('yyyy-MM-dd HH:mm', 'Nowhere')",
        "date('yy')"
      })
  void what_describes_no_conversion_is_refused(String text) {
    assertThatThrownBy(() -> Conversion.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
