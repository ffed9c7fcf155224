package io.github.klaviyoexport.internal.call;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Of JSON from outside, what is known by name is kept, and all else is passed over. */
class JsonTest {
  private static JsonNode read(String json) {
    return Json.object(json.getBytes(UTF_8));
  }

  @Test
  void what_is_known_is_kept_and_what_is_not_is_passed_over() {
    assertThat(
            read("""
                    {"data":[{"id":"a","type":"profile","attributes":{"email":"x","title":[{}]}},null],
                     "links":{"next":null,"prev":"y"},"included":[1,[2]]}""")
                .toString())
        .isEqualTo(
            "{\"data\":[{\"id\":\"a\",\"type\":\"profile\",\"attributes\":{\"email\":\"x\"}},null],"
                + "\"links\":{\"next\":null}}");
  }

  @Test
  void whole_numbers_keep_their_digits_and_all_others_are_text_that_counts_nothing() {
    JsonNode read =
        read(
            """
            {"data":{"id":123456789012345678901234567890,"total_count":7,"failed_count":1e2,
             "completed_count":-9223372036854775808,"external_id":1.50,"status":%s}}"""
                .formatted("9".repeat(2_000)));

    assertThat(read.at("/data/id").bigIntegerValue())
        .isEqualTo(new BigInteger("123456789012345678901234567890"));
    assertThat(read.at("/data/total_count").isIntegralNumber()).isTrue();
    assertThat(read.at("/data/completed_count").asLong()).isEqualTo(Long.MIN_VALUE);
    assertThat(read.at("/data/failed_count").isNumber()).isFalse();
    assertThat(read.at("/data/external_id").asText()).isEqualTo("1.50");
    assertThat(read.at("/data/status").isNull()).isTrue();
  }

  @Test
  void a_number_and_a_text_as_long_as_a_row_may_have_do_no_harm_where_they_are_not_kept() {
    String row = "\"a\":" + "9".repeat(99_000) + ",\"b\":\"" + "x".repeat(99_000) + "\"";

    assertThat(read("{\"data\":[{\"attributes\":{\"original_payload\":{" + row + "}}}]}"))
        .isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "[]",
        "1",
        "null",
        "{\"data\":[]} {}",
        "{\"data\":[]}x",
        "{\"data\":[",
        "{\"data\":{\"id\":\"a\"},\"errors\":[{\"code\":",
        "{\"errors\":[]",
        "{'data':[]}",
        "{\"data\":NaN}"
      })
  void what_is_not_exactly_one_object_is_none(String json) {
    assertThat(read(json)).isNull();
  }

  @Test
  void of_a_refusal_that_is_cut_off_the_errors_before_are_left_and_nothing_else() {
    assertThat(
            read("{\"data\":{\"id\":\"a\"},\"errors\":[{\"code\":\"b\"},{\"code\":\"c\"},{\"cod")
                .toString())
        .isEqualTo("{\"errors\":[{\"code\":\"b\"},{\"code\":\"c\"}]}");
  }

  @Test
  void a_page_of_more_than_a_thousand_items_is_none_and_of_errors_the_first_ten_thousand_count() {
    assertThat(read("{\"data\":[" + "{},".repeat(999) + "{}]}").path("data")).hasSize(1_000);
    assertThat(read("{\"data\":[" + "{},".repeat(1_000) + "{}]}")).isNull();
    assertThat(read("{\"errors\":[" + "{},".repeat(20_000) + "{}]}").path("errors"))
        .hasSize(10_000);
  }

  @Test
  void a_name_that_stands_twice_has_its_last_value() {
    assertThat(read("{\"data\":1,\"data\":[]}").path("data").isArray()).isTrue();
  }
}
