package io.github.klaviyoexport.internal.row;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.profile.ProfileField;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProfileWriterTest extends WrittenRows {
  @Test
  void writes_each_field_where_klaviyo_has_it() {
    FieldMapping interleaved =
        FieldMapping.email("Email")
            .property("Lifetime value", "LTV")
            .city("City")
            .lastName("Last")
            .property("VIP")
            .country("Country")
            .phone("Phone");

    assertThat(
            row(
                interleaved,
                "Email",
                "ada@shop.example",
                "LTV",
                120.5,
                "City",
                "London",
                "Last",
                "Lovelace",
                "VIP",
                true,
                "Country",
                "United Kingdom",
                "Phone",
                "+442079460958",
                "Other",
                "unmapped"))
        .isEqualTo(
            "{\"type\":\"profile\",\"attributes\":{\"email\":\"ada@shop.example\","
                + "\"phone_number\":\"+442079460958\",\"last_name\":\"Lovelace\","
                + "\"location\":{\"city\":\"London\",\"country\":\"United Kingdom\"},"
                + "\"properties\":{\"Lifetime value\":120.5,\"VIP\":true}}}");
    assertThat(rejections).isEmpty();
  }

  @Test
  void leaves_out_nulls_blank_text_and_fields_the_profile_does_not_have() {
    assertThat(row("Email", "ada@shop.example", "First", null, "Zip", "", "Value", " \t\n"))
        .isEqualTo("{\"type\":\"profile\",\"attributes\":{\"email\":\"ada@shop.example\"}}");
    assertThat(rejections).isEmpty();
  }

  @Test
  void writes_property_names_that_json_has_to_escape() {
    String name = "A \"quoted\\ name\".with \u00e9\ud83d\ude00\n";

    assertThat(row(FieldMapping.email("Email").property(name, "V"), "Email", "a@b.co", "V", 1))
        .contains("\"properties\":{\"A \\\"quoted\\\\ name\\\".with \u00e9\ud83d\ude00\\n\":1}");
  }

  @Test
  void gives_up_on_an_iterable_without_an_end() {
    Iterable<@Nullable Object> nothings =
        () -> Stream.<@Nullable Object>generate(() -> null).iterator();

    assertThat(row("Email", "ada@shop.example", "Value", nothings)).isNull();
    assertThat(rejections).containsExactly(Rejection.ofProfile("c-1", null, Reason.TOO_LARGE));
  }

  @Test
  void a_holder_that_holds_itself_is_not_unwrapped_for_ever() {
    AtomicReference<Object> holder = new AtomicReference<>();
    holder.set(holder);

    row("Email", "ada@shop.example", "Value", holder);

    assertThat(rejections)
        .containsExactly(Rejection.ofField("c-1", "Value", Reason.UNSUPPORTED_TYPE));
  }

  static Stream<Arguments> values() {
    LinkedHashMap<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("b", 1);
    map.put("a", null);
    map.put("", "");
    return Stream.of(
        Arguments.of("0123", "\"0123\""),
        Arguments.of(new StringBuilder("text"), "\"text\""),
        Arguments.of('c', "\"c\""),
        Arguments.of(true, "true"),
        Arguments.of(false, "false"),
        Arguments.of((byte) -1, "-1"),
        Arguments.of((short) 7, "7"),
        Arguments.of(Integer.MIN_VALUE, "-2147483648"),
        Arguments.of(Long.MIN_VALUE, "-9223372036854775808"),
        Arguments.of(Long.MAX_VALUE, "9223372036854775807"),
        Arguments.of(0L, "0"),
        Arguments.of(new AtomicLong(5), "5"),
        Arguments.of(120.5, "120.5"),
        Arguments.of(3.0, "3.0"),
        Arguments.of(1.5f, "1.5"),
        Arguments.of(Double.MAX_VALUE, "1.7976931348623157E308"),
        Arguments.of(
            new BigInteger("123456789012345678901234567890"), "123456789012345678901234567890"),
        Arguments.of(new BigDecimal("100.00"), "100.00"),
        Arguments.of(new BigDecimal("1E+3"), "1000"),
        Arguments.of(new BigDecimal("1E-10"), "0.0000000001"),
        Arguments.of(new BigDecimal("1.7E+308"), "1.7E+308"),
        Arguments.of(new BigDecimal("-17E307"), "-1.7E+308"),
        Arguments.of(new BigDecimal("-1.5E-300"), "-1.5E-300"),
        Arguments.of(new BigDecimal("0E-1000000"), "0E-1000000"),
        Arguments.of(List.of("a", 1, List.of()), "[\"a\",1,[]]"),
        Arguments.of(Arrays.asList("a", null, ""), "[\"a\",\"\"]"),
        Arguments.of(map, "{\"b\":1,\"\":\"\"}"),
        Arguments.of(Map.of(), "{}"),
        Arguments.of(new int[] {1, 2}, "[1,2]"),
        Arguments.of(new double[0], "[]"),
        Arguments.of(new Object[] {"a", null, new boolean[] {true}}, "[\"a\",[true]]"),
        Arguments.of(ProfileField.EMAIL, "\"EMAIL\""),
        Arguments.of(new UUID(1, 2), "\"00000000-0000-0001-0000-000000000002\""),
        Arguments.of(URI.create("https://shop.example/a?b=c"), "\"https://shop.example/a?b=c\""),
        Arguments.of(LocalDate.of(2026, 7, 1), "\"2026-07-01\""),
        Arguments.of(LocalDate.of(1000, 10, 31), "\"1000-10-31\""),
        Arguments.of(LocalDate.of(9999, 12, 31), "\"9999-12-31\""),
        Arguments.of(LocalDate.of(999, 1, 1), "\"0999-01-01\""),
        Arguments.of(LocalDate.of(-44, 3, 15), "\"-0044-03-15\""),
        Arguments.of(LocalDate.of(12026, 7, 1), "\"+12026-07-01\""),
        Arguments.of(LocalDateTime.of(2026, 7, 1, 9, 5), "\"2026-07-01T09:05:00+03:00\""),
        Arguments.of(LocalDateTime.of(2026, 1, 1, 9, 5), "\"2026-01-01T09:05:00+02:00\""),
        Arguments.of(Instant.parse("2026-07-01T10:00:00Z"), "\"2026-07-01T10:00:00Z\""),
        Arguments.of(Instant.parse("2026-07-01T10:00:01.0203Z"), "\"2026-07-01T10:00:01.020Z\""),
        Arguments.of(
            Instant.parse("1969-12-31T23:59:59.999999999Z"), "\"1969-12-31T23:59:59.999Z\""),
        Arguments.of(
            OffsetDateTime.parse("2026-07-01T10:00-03:30"), "\"2026-07-01T10:00:00-03:30\""),
        Arguments.of(
            OffsetDateTime.of(2026, 7, 1, 10, 0, 0, 0, ZoneOffset.ofHoursMinutesSeconds(1, 0, 1)),
            "\"2026-07-01T08:59:59Z\""),
        Arguments.of(
            ZonedDateTime.of(2026, 7, 1, 10, 0, 0, 0, ZoneId.of("Asia/Kolkata")),
            "\"2026-07-01T10:00:00+05:30\""),
        Arguments.of(Date.from(Instant.EPOCH), "\"1970-01-01T00:00:00Z\""),
        Arguments.of(Optional.of("a"), "\"a\""),
        Arguments.of(LocalTime.NOON, "\"12:00:00\""),
        Arguments.of(Path.of("a"), "\"a\""),
        Arguments.of(new char[] {'a'}, "\"a\""),
        Arguments.of(java.sql.Date.valueOf("2026-03-29"), "\"2026-03-29\""),
        Arguments.of(java.sql.Time.valueOf("09:05:07"), "\"09:05:07\""),
        Arguments.of(Map.of(1, "a"), "{\"1\":\"a\"}"),
        Arguments.of(List.of(Optional.empty(), Optional.of(1)), "[1]"),
        Arguments.of(new java.sql.Timestamp(12), "\"1970-01-01T00:00:00.012Z\""));
  }

  @ParameterizedTest
  @MethodSource("values")
  void keeps_the_json_type_of_a_property(Object value, String json) {
    assertThat(property(value)).isEqualTo(json);
    assertThat(rejections).isEmpty();
  }

  static Stream<Arguments> texts() {
    return Stream.of(
        Arguments.of(" as  it is ", "\"as  it is\""),
        Arguments.of(90210, "\"90210\""),
        Arguments.of(90210.0, "\"90210\""),
        Arguments.of(new BigDecimal("90210.0"), "\"90210\""),
        Arguments.of(new BigDecimal("100.00"), "\"100\""),
        Arguments.of(new BigDecimal("0.0"), "\"0\""),
        Arguments.of(new BigDecimal("12.50"), "\"12.50\""),
        Arguments.of(-0.0, "\"0\""),
        Arguments.of(1.25, "\"1.25\""),
        Arguments.of(1e300, "\"1.0E300\""),
        Arguments.of(1.5f, "\"1.5\""),
        Arguments.of(new BigDecimal("1E+3"), "\"1000\""),
        Arguments.of(true, "\"true\""),
        Arguments.of(LocalDate.of(2026, 7, 1), "\"2026-07-01\""));
  }

  @ParameterizedTest
  @MethodSource("texts")
  void writes_whatever_it_is_given_for_a_text_field_as_text(Object value, String json) {
    assertThat(row("Email", "ada@shop.example", "First", value))
        .contains("\"first_name\":" + json + "}}");
  }

  @Test
  void writes_a_coordinate_as_the_number_or_the_text_it_is() {
    assertThat(row("Email", "ada@shop.example", "Lat", 60.17)).contains("{\"latitude\":60.17}");
    assertThat(row("Email", "ada@shop.example", "Lat", "60.17"))
        .contains("{\"latitude\":\"60.17\"}");
  }

  static Stream<Arguments> unwritable() {
    List<Object> cyclic = new ArrayList<>();
    cyclic.add("a");
    cyclic.add(cyclic);
    return Stream.of(
        Arguments.of("a\ud800", Reason.BROKEN_TEXT),
        Arguments.of("\udc00a", Reason.BROKEN_TEXT),
        Arguments.of("\udc00\ud800", Reason.BROKEN_TEXT),
        Arguments.of("\ud800\ud800\udc00", Reason.BROKEN_TEXT),
        Arguments.of(List.of(1, "\ud83d"), Reason.BROKEN_TEXT),
        Arguments.of(Map.of("\ud83d", 1), Reason.BROKEN_TEXT),
        Arguments.of('\ud83d', Reason.BROKEN_TEXT),
        Arguments.of(Double.NaN, Reason.NOT_A_NUMBER),
        Arguments.of(Double.NEGATIVE_INFINITY, Reason.NOT_A_NUMBER),
        Arguments.of(Float.NaN, Reason.NOT_A_NUMBER),
        Arguments.of(Map.of("a", List.of(Float.POSITIVE_INFINITY)), Reason.NOT_A_NUMBER),
        Arguments.of(new double[] {1, Double.NaN}, Reason.NOT_A_NUMBER),
        Arguments.of(new BigDecimal("1.8E+308"), Reason.NOT_A_NUMBER),
        Arguments.of(new BigDecimal("-1E+1000000"), Reason.NOT_A_NUMBER),
        Arguments.of(List.of(new BigDecimal("12e2147483647")), Reason.NOT_A_NUMBER),
        Arguments.of(new BigDecimal("9".repeat(400) + ".5"), Reason.NOT_A_NUMBER),
        Arguments.of(nested(17), Reason.TOO_DEEP),
        Arguments.of(cyclic, Reason.TOO_DEEP),
        Arguments.of(new Object(), Reason.UNSUPPORTED_TYPE),
        Arguments.of(new byte[] {1}, Reason.UNSUPPORTED_TYPE),
        Arguments.of(Instant.MAX, Reason.UNSUPPORTED_TYPE),
        Arguments.of(Map.of(List.of(), "a"), Reason.UNSUPPORTED_TYPE),
        Arguments.of(List.of(new Object()), Reason.UNSUPPORTED_TYPE));
  }

  @ParameterizedTest
  @MethodSource("unwritable")
  void reports_a_value_that_json_cannot_hold_and_writes_the_row_without_it(
      Object value, Reason reason) {
    assertThat(row("Email", "ada@shop.example", "First", "Ada", "Value", value))
        .isEqualTo(
            "{\"type\":\"profile\",\"attributes\":{\"email\":\"ada@shop.example\","
                + "\"first_name\":\"Ada\"}}");
    assertThat(rejections).containsExactly(Rejection.ofField("c-1", "Value", reason));
  }

  @Test
  void nests_16_deep() {
    assertThat(property(nested(16))).isEqualTo("[".repeat(16) + "]".repeat(16));
  }

  @ParameterizedTest
  @ValueSource(strings = {"First", "Zip", "Lat"})
  void takes_no_lists_and_maps_for_klaviyos_own_fields(String field) {
    row("Email", "ada@shop.example", field, List.of("a"));
    row("Email", "ada@shop.example", field, Map.of("a", "b"));

    Rejection expected = Rejection.ofField("c-1", field, Reason.UNSUPPORTED_TYPE);
    assertThat(rejections).containsExactly(expected, expected);
  }

  @Test
  void writes_rows_of_up_to_99999_bytes_and_sets_larger_ones_aside() {
    int overhead = length("Email", "ada@shop.example", "Value", "x") - 1;

    assertThat(length("Email", "ada@shop.example", "Value", "x".repeat(99_999 - overhead)))
        .isEqualTo(99_999);
    assertThat(row("Email", "ada@shop.example", "Value", "x".repeat(100_000 - overhead))).isNull();
    assertThat(row("Email", "ada@shop.example", "Value", "\u20ac".repeat(34_000))).isNull();
    assertThat(row("Email", "ada@shop.example", "First", "a" + "\u0001".repeat(17_000) + "a"))
        .isNull();
    assertThat(rejections)
        .hasSize(3)
        .containsOnly(Rejection.ofProfile("c-1", null, Reason.TOO_LARGE));
  }

  static Stream<Named<Object>> enormous() {
    List<Object> wide = List.of();
    for (int depth = 0; depth < 14; depth++) {
      wide = Collections.nCopies(1_000, wide);
    }
    return Stream.of(
        Named.of("a long text", "x".repeat(50_000_000)),
        Named.of("a long list", Collections.nCopies(Integer.MAX_VALUE, 1)),
        Named.of("a wide tree", wide));
  }

  static Stream<Named<Object>> numbersNobodyReads() {
    return Stream.of(
        Named.of("a large whole number", BigInteger.ONE.shiftLeft(100_000_000)),
        Named.of("a large decimal", new BigDecimal(BigInteger.ONE.shiftLeft(100_000_000), 3)),
        Named.of("more digits than readers take", new BigDecimal("0." + "3".repeat(501))),
        Named.of("larger than any double", BigInteger.TEN.pow(309)),
        Named.of("smaller than any double", new BigDecimal("1E-2147483647")),
        Named.of("one of them in a list", List.of(1, BigInteger.TEN.pow(1_000))));
  }

  @ParameterizedTest
  @MethodSource("numbersNobodyReads")
  void a_number_that_no_reader_of_json_takes_costs_its_field(Object value) {
    assertThat(row("Email", "ada@shop.example", "Value", value)).doesNotContain("properties");
    assertThat(rejections).containsExactly(Rejection.ofField("c-1", "Value", Reason.NOT_A_NUMBER));
  }

  @ParameterizedTest
  @MethodSource("enormous")
  void gives_up_on_an_enormous_value_without_writing_it_out(Object value) {
    RowWriter writer = new RowWriter(MAPPING);

    assertThat(writer.write(profile("Email", "ada@shop.example", "Value", value), rejections::add))
        .isFalse();

    assertThat(rejections).containsExactly(Rejection.ofProfile("c-1", null, Reason.TOO_LARGE));
    assertThat(writer.bytes().length).isLessThan(1_000_000);
  }

  @Test
  void reports_nothing_about_the_fields_of_a_profile_that_is_set_aside() {
    assertThat(
            row("Email", "a@b.co", "Phone", "040", "First", "\ud800", "Value", "x".repeat(100_000)))
        .isNull();
    assertThat(rejections).containsExactly(Rejection.ofProfile("c-1", null, Reason.TOO_LARGE));
  }

  @Test
  void carries_nothing_over_from_one_profile_to_the_next() {
    RowWriter writer = new RowWriter(MAPPING);
    writer.write(
        profile("Email", "ada@shop.example", "Value", List.of(1, "\ud800")), rejections::add);
    writer.write(profile("Email", "nonsense"), rejections::add);
    rejections.clear();

    assertThat(writer.write(profile("Email", "bo@shop.example"), rejections::add)).isTrue();

    assertThat(text(writer))
        .isEqualTo("{\"type\":\"profile\",\"attributes\":{\"email\":\"bo@shop.example\"}}");
    assertThat(writer.identifier()).isEqualTo("bo@shop.example");
    assertThat(rejections).isEmpty();
  }

  @Test
  void finds_the_fields_of_profiles_that_name_them_in_different_orders() {
    RowWriter writer = new RowWriter(MAPPING);
    FieldNames one = FieldNames.of("Email", "First");
    FieldNames other = FieldNames.of("First", "Email");

    for (int i = 0; i < 3; i++) {
      writer.write(CustomerProfile.of("c-1", one, "ada@shop.example", "Ada"), rejections::add);
      assertThat(text(writer)).contains("\"first_name\":\"Ada\"");
      writer.write(CustomerProfile.of("c-2", other, "Bo", "bo@shop.example"), rejections::add);
      assertThat(text(writer)).contains("\"first_name\":\"Bo\"");
    }
  }
}
