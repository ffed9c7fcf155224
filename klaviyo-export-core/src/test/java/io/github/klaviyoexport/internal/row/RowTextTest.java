package io.github.klaviyoexport.internal.row;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Text of a row is what people read: without what cannot be seen around it, escaped as JSON wants
 * it.
 */
class RowTextTest extends WrittenRows {
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
    assertThat(property("Ada\u202e")).isEqualTo("\"Ada\u202e\"");
    assertThat(property("\u202e")).isEqualTo("\"\u202e\"");
  }

  @Test
  void a_flag_at_the_end_of_a_text_stays_whole() {
    String scotland =
        new String(Character.toChars(0x1F3F4)) + new String(Character.toChars(0xE007F));

    assertThat(property(scotland)).isEqualTo("\"" + scotland + "\"");
    assertThat(property("\u2764\ufe0f")).isEqualTo("\"\u2764\ufe0f\"");
  }
}
