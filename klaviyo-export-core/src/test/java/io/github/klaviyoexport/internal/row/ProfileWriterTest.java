package io.github.klaviyoexport.internal.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.profile.ProfileField;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
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
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

class ProfileWriterTest {
  private static final FieldMapping MAPPING =
      FieldMapping.email("Email")
          .phone("Phone")
          .externalId("Id")
          .firstName("First")
          .zip("Zip")
          .map(ProfileField.LATITUDE, "Lat")
          .property("P", "Value")
          .zone(ZoneId.of("Europe/Helsinki"));

  private final List<Rejection> rejections = new ArrayList<>();

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
  void escapes_what_json_must_and_nothing_else() {
    assertThat(property("a\b\t\n\f\r\"\\/\u0001\u001f\u007f\u2028\u00e9\u20ac\ud83d\ude00"))
        .isEqualTo(
            "\"a\\b\\t\\n\\f\\r\\\"\\\\/\\u0001\\u001f\u007f\u2028\u00e9\u20ac\ud83d\ude00\"");
  }

  @Test
  void u_0000_is_written_nowhere() {
    FieldMapping mapping = MAPPING.property("a\u0000b", "Value");
    String row =
        row(
            mapping,
            "Email",
            "ad\u0000a@shop.example",
            "Phone",
            "+3584012\u000034567",
            "Id",
            "\u0000c\u0000-17",
            "First",
            "\u0000A\u0000da",
            "Zip",
            "\u0000",
            "Value",
            Map.of("k\u0000ey", List.of("\u0000", "v\u0000")));

    assertThat(row)
        .isEqualTo(
            "{\"type\":\"profile\",\"attributes\":{\"email\":\"ada@shop.example\","
                + "\"phone_number\":\"+358401234567\",\"external_id\":\"c-17\",\"first_name\":\"Ada\","
                + "\"properties\":{\"P\":{\"key\":[\"\",\"v\"]},\"ab\":{\"key\":[\"\",\"v\"]}}}}");
    assertThat(rejections).isEmpty();
  }

  static Stream<String> invisible() {
    return Stream.of(
        " ",
        "\t",
        "\r\n",
        "\u00a0",
        "\u2007",
        "\u202f",
        "\u3000",
        "\u1680",
        "\u2028",
        "\u0085",
        "\u200b",
        "\u200c",
        "\u200d",
        "\u2060",
        "\ufeff",
        "\u00ad",
        "\u200e",
        "\u200f",
        "\u061c",
        "\u202a\u202b",
        "\u202c",
        "\u2066",
        "\u2069",
        "\u180e",
        "\u3164",
        "\u2800",
        "\u0000");
  }

  @ParameterizedTest
  @MethodSource("invisible")
  void what_cannot_be_seen_around_a_value_is_no_part_of_it(String mark) {
    String around = mark + mark;
    Object text = around + "A" + mark + "da" + around;

    String row =
        row(
            "Email",
            around + "ada@shop.example" + around,
            "Phone",
            around + "+358 40" + mark + "1234567" + around,
            "Id",
            around + "c-17" + around,
            "First",
            text,
            "Value",
            text);

    String inside = RowModel.quoted("A" + mark.replace("\u0000", "") + "da");
    assertThat(row)
        .isEqualTo(
            "{\"type\":\"profile\",\"attributes\":{\"email\":\"ada@shop.example\","
                + "\"phone_number\":\"+358401234567\",\"external_id\":\"c-17\",\"first_name\":"
                + inside
                + ",\"properties\":{\"P\":"
                + inside
                + "}}}");
    assertThat(rejections).isEmpty();
  }

  @Test
  void text_inside_lists_and_maps_is_written_to_the_letter() {
    assertThat(property(List.of("\u00a0A ", Map.of(" b ", " "))))
        .isEqualTo("[\"\u00a0A \",{\" b \":\" \"}]");
  }

  @ParameterizedTest
  @MethodSource("invisible")
  void a_value_of_nothing_that_can_be_seen_is_none(String mark) {
    assertThat(
            row(
                "Email",
                "ada@shop.example",
                "Phone",
                mark,
                "Id",
                mark + mark,
                "First",
                mark,
                "Zip",
                new StringBuilder(mark),
                "Lat",
                Optional.of(mark),
                "Value",
                mark))
        .isEqualTo("{\"type\":\"profile\",\"attributes\":{\"email\":\"ada@shop.example\"}}");
    assertThat(row("Email", mark)).isNull();
    assertThat(rejections).containsExactly(Rejection.ofProfile("c-1", null, Reason.NO_IDENTIFIER));
  }

  @Test
  void a_joiner_that_shapes_the_last_letter_of_a_name_stays() {
    String mohan = "\u0d2e\u0d4b\u0d39\u0d28\u0d4d\u200d";

    assertThat(row("Email", "ada@shop.example", "First", "\u200e" + mohan + "\u00a0"))
        .contains("\"first_name\":\"" + mohan + "\"");
    assertThat(row("Email", "ada@shop.example", "First", "Ada\u200d")).contains("\"Ada\"");
  }

  @Test
  void letters_that_are_turned_around_stay_so() {
    assertThat(property("\u200e\u202eybba\u202c\u00a0")).isEqualTo("\"\u202eybba\u202c\"");
    assertThat(property("a \u2067b\u2069")).isEqualTo("\"a \u2067b\u2069\"");
    assertThat(property("\u202dAda\u202c")).isEqualTo("\"Ada\"");
  }

  @Test
  void a_flag_at_the_end_of_a_text_stays_whole() {
    String scotland =
        new String(Character.toChars(0x1F3F4)) + new String(Character.toChars(0xE007F));

    assertThat(property(scotland)).isEqualTo("\"" + scotland + "\"");
    assertThat(property("\u2764\ufe0f")).isEqualTo("\"\u2764\ufe0f\"");
  }

  @Test
  void unusual_addresses_are_told_from_ordinary_ones() {
    ProfileWriter writer = new ProfileWriter(MAPPING);

    assertThat(writer.write(profile("Email", "o'brien@shop.example"), rejections::add)).isTrue();
    assertThat(writer.isDoubtful()).isTrue();
    assertThat(writer.write(profile("Email", "ada@shop.example"), rejections::add)).isTrue();
    assertThat(writer.isDoubtful()).isFalse();
    assertThat(writer.write(profile("Phone", "+358401234567"), rejections::add)).isTrue();
    assertThat(writer.isDoubtful()).isFalse();
    assertThat(rejections).isEmpty();
  }

  @Test
  void sends_an_international_domain_as_mail_systems_know_it() {
    ProfileWriter writer = new ProfileWriter(MAPPING);

    writer.write(profile("Email", "Ada@B\u00fccher.example"), rejections::add);

    assertThat(text(writer)).contains("\"email\":\"Ada@xn--bcher-kva.example\"");
    assertThat(writer.identifier()).isEqualTo("ada@xn--bcher-kva.example");
    assertThat(writer.isDoubtful()).isTrue();
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
        Arguments.of(new BigDecimal("1E+1000000"), "1E+1000000"),
        Arguments.of(new BigDecimal("-1.5E-1000000"), "-1.5E-1000000"),
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
  void trims_the_email_address_and_knows_the_customer_by_it_in_lower_case() {
    ProfileWriter writer = new ProfileWriter(MAPPING);

    writer.write(
        profile("Email", " Ada.I@Shop.Example\n", "Phone", "+358401234567"), rejections::add);

    assertThat(text(writer)).contains("\"email\":\"Ada.I@Shop.Example\"");
    assertThat(writer.identifierKind()).isEqualTo(ProfileField.EMAIL);
    assertThat(writer.identifier()).isEqualTo("ada.i@shop.example");
  }

  @Test
  void knows_a_customer_without_email_by_the_phone_number_and_else_by_the_external_id() {
    ProfileWriter writer = new ProfileWriter(MAPPING);

    writer.write(profile("Email", " ", "Phone", "+358 40 1234567", "Id", "17"), rejections::add);
    assertThat(text(writer))
        .isEqualTo(
            "{\"type\":\"profile\",\"attributes\":{\"phone_number\":\"+358401234567\","
                + "\"external_id\":\"17\"}}");
    assertThat(writer.identifierKind()).isEqualTo(ProfileField.PHONE_NUMBER);
    assertThat(writer.identifier()).isEqualTo("+358401234567");

    writer.write(profile("Phone", "", "Id", 17), rejections::add);
    assertThat(writer.identifierKind()).isEqualTo(ProfileField.EXTERNAL_ID);
    assertThat(writer.identifier()).isEqualTo("17");
    assertThat(rejections).isEmpty();
  }

  @Test
  void writes_an_external_id_that_is_a_number_as_text() {
    assertThat(row("Id", 17L)).contains("\"external_id\":\"17\"");
    assertThat(row("Id", 17.0)).contains("\"external_id\":\"17\"");
    assertThat(row("Id", new BigDecimal("17"))).contains("\"external_id\":\"17\"");
    assertThat(row("Id", new UUID(0, 1)))
        .contains("\"external_id\":\"00000000-0000-0000-0000-000000000001\"");
  }

  @Test
  void counts_the_255_characters_of_an_external_id_as_people_do() {
    String id = "\ud83d\ude00".repeat(255);

    assertThat(row("Id", id)).contains(id);
    assertThat(row("Email", "ada@shop.example", "Id", id + "x")).doesNotContain("external_id");
    assertThat(rejections)
        .containsExactly(Rejection.ofField("c-1", "Id", Reason.EXTERNAL_ID_TOO_LONG));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ada", "ada@bob@shop.example", "mailto:ada", "ada@shop", "a da@shop.example"})
  void sets_a_profile_with_a_malformed_email_address_aside_whatever_else_it_has(String email) {
    assertThat(row("Email", email, "Phone", "040", "Id", "17")).isNull();
    assertThat(rejections)
        .containsExactly(Rejection.ofProfile("c-1", "Email", Reason.EMAIL_MALFORMED));
  }

  @Test
  void sets_a_profile_aside_whose_email_address_is_too_long_or_no_text() {
    assertThat(row("Email", "a".repeat(100) + "@shop.example")).isNull();
    assertThat(row("Email", 17)).isNull();
    assertThat(row("Email", List.of("ada@shop.example"))).isNull();
    assertThat(rejections)
        .containsExactly(
            Rejection.ofProfile("c-1", "Email", Reason.EMAIL_TOO_LONG),
            Rejection.ofProfile("c-1", "Email", Reason.EMAIL_MALFORMED),
            Rejection.ofProfile("c-1", "Email", Reason.EMAIL_MALFORMED));
  }

  @Test
  void drops_a_bad_phone_number_or_external_id_beside_a_good_email_address() {
    assertThat(row("Email", "ada@shop.example", "Phone", "040 123", "Id", Double.NaN))
        .isEqualTo("{\"type\":\"profile\",\"attributes\":{\"email\":\"ada@shop.example\"}}");
    assertThat(row("Email", "ada@shop.example", "Phone", 358401234567L, "Id", "\ud800"))
        .isNotNull();
    assertThat(row("Email", "ada@shop.example", "Id", BigInteger.TEN.pow(200_000))).isNotNull();
    assertThat(rejections)
        .containsExactly(
            Rejection.ofField("c-1", "Phone", Reason.PHONE_MALFORMED),
            Rejection.ofField("c-1", "Id", Reason.NOT_A_NUMBER),
            Rejection.ofField("c-1", "Phone", Reason.PHONE_MALFORMED),
            Rejection.ofField("c-1", "Id", Reason.BROKEN_TEXT),
            Rejection.ofField("c-1", "Id", Reason.EXTERNAL_ID_TOO_LONG));
  }

  @Test
  void sets_a_profile_aside_that_has_no_identifier() {
    assertThat(row("Email", "", "First", "Ada")).isNull();
    assertThat(rejections).containsExactly(Rejection.ofProfile("c-1", null, Reason.NO_IDENTIFIER));
  }

  @Test
  void says_what_is_wrong_with_the_only_identifier_there_is() {
    assertThat(row("Phone", "040 123", "Id", "x".repeat(256))).isNull();
    assertThat(row("Id", "\ud800")).isNull();
    assertThat(rejections)
        .containsExactly(
            Rejection.ofProfile("c-1", "Phone", Reason.PHONE_MALFORMED),
            Rejection.ofProfile("c-1", "Id", Reason.BROKEN_TEXT));
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
        Named.of("a wide tree", wide),
        Named.of("a large whole number", BigInteger.ONE.shiftLeft(100_000_000)),
        Named.of("a large decimal", new BigDecimal(BigInteger.ONE.shiftLeft(100_000_000), 3)));
  }

  @ParameterizedTest
  @MethodSource("enormous")
  void gives_up_on_an_enormous_value_without_writing_it_out(Object value) {
    ProfileWriter writer = new ProfileWriter(MAPPING);

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
    ProfileWriter writer = new ProfileWriter(MAPPING);
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
    ProfileWriter writer = new ProfileWriter(MAPPING);
    FieldNames one = FieldNames.of("Email", "First");
    FieldNames other = FieldNames.of("First", "Email");

    for (int i = 0; i < 3; i++) {
      writer.write(CustomerProfile.of("c-1", one, "ada@shop.example", "Ada"), rejections::add);
      assertThat(text(writer)).contains("\"first_name\":\"Ada\"");
      writer.write(CustomerProfile.of("c-2", other, "Bo", "bo@shop.example"), rejections::add);
      assertThat(text(writer)).contains("\"first_name\":\"Bo\"");
    }
  }

  private String property(Object value) {
    String row = row("Email", "a@b.co", "Value", value);
    assertThat(row)
        .startsWith(
            "{\"type\":\"profile\",\"attributes\":{\"email\":\"a@b.co\",\"properties\":{\"P\":")
        .endsWith("}}}");
    return row.substring(row.indexOf("\"P\":") + 4, row.length() - 3);
  }

  private int length(Object... namesAndValues) {
    return row(namesAndValues).getBytes(StandardCharsets.UTF_8).length;
  }

  private String row(@Nullable Object... namesAndValues) {
    return row(MAPPING, namesAndValues);
  }

  private String row(FieldMapping mapping, @Nullable Object... namesAndValues) {
    ProfileWriter writer = new ProfileWriter(mapping);
    return writer.write(profile(namesAndValues), rejections::add) ? text(writer) : null;
  }

  @Test
  void leaves_identifiers_out_of_a_row_that_is_written_and_knows_it_by_what_remains() {
    ProfileWriter writer = new ProfileWriter(MAPPING);
    CustomerProfile ada =
        profile("Email", "ada@shop.example", "Phone", "+358401234567", "Id", "k", "First", "Ada");
    String rest = ",\"first_name\":\"Ada\"}}";
    String begin = "{\"type\":\"profile\",\"attributes\":{";

    writer.write(ada, rejections::add);
    writer.leaveOut(Set.of(ProfileField.PHONE_NUMBER));
    assertThat(text(writer))
        .isEqualTo(begin + "\"email\":\"ada@shop.example\",\"external_id\":\"k\"" + rest);
    writer.leaveOut(Set.of(ProfileField.PHONE_NUMBER, ProfileField.EXTERNAL_ID));
    assertThat(text(writer)).isEqualTo(begin + "\"email\":\"ada@shop.example\"" + rest);

    writer.write(profile("Phone", "+358401234567", "Id", "k", "First", "Ada"), rejections::add);
    writer.leaveOut(Set.of(ProfileField.PHONE_NUMBER));
    assertThat(text(writer)).isEqualTo(begin + "\"external_id\":\"k\"" + rest);
    assertThat(writer.identifierKind()).isEqualTo(ProfileField.EXTERNAL_ID);
    assertThat(writer.identifier()).isEqualTo("k");

    writer.write(profile("Phone", "+358401234567", "Id", "k"), rejections::add);
    writer.leaveOut(Set.of(ProfileField.PHONE_NUMBER));
    assertThat(text(writer)).isEqualTo(begin + "\"external_id\":\"k\"}}");
    assertThatThrownBy(
            () -> writer.leaveOut(Set.of(ProfileField.PHONE_NUMBER, ProfileField.EXTERNAL_ID)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(rejections).isEmpty();
  }

  private static String text(ProfileWriter writer) {
    return new String(writer.bytes(), 0, writer.length(), StandardCharsets.UTF_8);
  }

  private static CustomerProfile profile(@Nullable Object... namesAndValues) {
    Map<String, @Nullable Object> values = new HashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      values.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return CustomerProfile.of("c-1", values);
  }

  private static List<?> nested(int depth) {
    List<?> list = List.of();
    for (int i = 1; i < depth; i++) {
      list = List.of(list);
    }
    return list;
  }
}
