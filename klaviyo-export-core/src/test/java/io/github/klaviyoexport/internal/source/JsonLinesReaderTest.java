package io.github.klaviyoexport.internal.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.github.klaviyoexport.profile.Conversion;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.profile.Unreadable;
import io.github.klaviyoexport.source.ProfileReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a file of JSON Lines says is read exactly, and what is wrong with it is told by the line.
 */
class JsonLinesReaderTest extends CsvFiles {
  private static final SourceFile FILE = new SourceFile(Path.of("customers.jsonl"), "");
  private static final JsonLinesFormat USUAL = JsonLinesFormat.usual();

  @Test
  void values_have_the_types_that_json_gives_them_and_numbers_are_exact() throws IOException {
    CustomerProfile customer =
        readAll(
                """
                {"s":"a\\u00e9\\n","t":true,"f":false,"n":null,"i":7,"l":9223372036854775807,\
                "m":-9223372036854775808,"b":9223372036854775808,"d":0.10,"e":1E+3,"z":-0.0,\
                "a":[1,[null,"x"],{}],"o":{"city":"Oslo","geo":{"lat":59.9}}}
                """)
            .get(0);

    assertThat(customer.value("s")).isEqualTo("a\u00e9\n");
    assertThat(customer.value("t")).isEqualTo(true);
    assertThat(customer.value("f")).isEqualTo(false);
    assertThat(customer.value("n")).isNull();
    assertThat(customer.fields().indexOf("n")).isEqualTo(3);
    assertThat(customer.value("i")).isEqualTo(7L);
    assertThat(customer.value("l")).isEqualTo(Long.MAX_VALUE);
    assertThat(customer.value("m")).isEqualTo(Long.MIN_VALUE);
    assertThat(customer.value("b")).isEqualTo(new BigInteger("9223372036854775808"));
    assertThat(customer.value("d")).isEqualTo(new BigDecimal("0.10"));
    assertThat(customer.value("e")).isEqualTo(new BigDecimal("1E+3"));
    assertThat(customer.value("z")).isEqualTo(new BigDecimal("-0.0"));
    assertThat(customer.value("a")).isEqualTo(List.of(1L, Arrays.asList(null, "x"), Map.of()));
    assertThat(customer.value("o"))
        .isEqualTo(Map.of("city", "Oslo", "geo", Map.of("lat", new BigDecimal("59.9"))));
  }

  @Test
  void what_no_number_holds_and_what_is_nested_too_deep_costs_its_field() throws IOException {
    String digits = "9".repeat(1_001);
    CustomerProfile customer =
        readAll(
                ("{\"a\":1e99999999999,\"b\":" + digits + ",\"c\":0." + digits)
                    + (",\"d\":" + "[".repeat(40) + "1" + "]".repeat(40) + ",\"e\":1}"))
            .get(0);

    for (String field : List.of("a", "b", "c")) {
      assertThat(customer.value(field)).isEqualTo(Unreadable.because("a number that is too large"));
    }
    assertThat(String.valueOf(customer.value("d"))).contains("more than 32 levels deep");
    assertThat(customer.value("e")).isEqualTo(1L);
  }

  @Test
  void lines_may_have_different_names_and_share_those_that_are_the_same() throws IOException {
    List<CustomerProfile> read =
        readAll(
            "{\"a\":1,\"b\":2}\n{\"a\":3}\n{\"a\":4,\"b\":5}\n{\"b\":6,\"a\":7}\n{}\n{\"\":1}\n");

    assertThat(read)
        .extracting(CustomerProfile::fields)
        .containsExactly(
            FieldNames.of("a", "b"),
            FieldNames.of("a"),
            FieldNames.of("a", "b"),
            FieldNames.of("b", "a"),
            FieldNames.of(),
            FieldNames.of());
    assertThat(read.get(2).fields()).isSameAs(read.get(0).fields());
    assertThat(read.get(3).value("a")).isEqualTo(7L);
  }

  @Test
  void names_that_never_come_again_are_not_kept() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int line = 1; line <= 5_000; line++) {
      text.append("{\"name").append(line).append("\":1}\n");
    }
    assertThat(readAll(text.toString())).hasSize(5_000);
  }

  @Test
  void a_mark_at_the_start_of_a_line_is_no_part_of_it_as_files_have_it_that_were_joined()
      throws IOException {
    assertThat(readAll("\uFEFF{\"a\":1}\n\uFEFF{\"a\":2}\n\uFEFF\n{\"a\":3}\n"))
        .extracting(customer -> customer.value("a"))
        .containsExactly(1L, 2L, 3L);
  }

  @Test
  void a_first_customer_without_a_field_is_said_to_have_none() {
    assertThatIOException()
        .isThrownBy(() -> readAll("{}\n".getBytes(StandardCharsets.UTF_8), USUAL.withIdField("id")))
        .withMessage(
            "customers.jsonl, line 1: the first customer has no field 'id' to take the id from. It"
                + " has none.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n"})
  void blank_lines_a_mark_at_the_start_and_any_line_end_are_no_customers(String end)
      throws IOException {
    List<CustomerProfile> read =
        readAll("\uFEFF" + end + " {\"a\":1} " + end + " \t" + end + end + "{\"a\":2}");

    assertThat(read).extracting(CustomerProfile::id).containsExactly("line 2", "line 5");
  }

  @Test
  void a_file_without_a_line_is_an_empty_segment_and_fields_are_not_known() throws IOException {
    assertThat(readAll("")).isEmpty();
    assertThat(readAll("\n")).isEmpty();
    try (ProfileReader reader = JsonLinesReader.open(FILE, stream("{\"a\":1}"), USUAL)) {
      assertThat(reader.fields()).isEmpty();
      assertThat(reader.size()).isEmpty();
    }
  }

  @Test
  void the_id_is_a_text_or_a_number() throws IOException {
    List<CustomerProfile> read =
        read(
            JsonLinesReader.open(
                FILE,
                stream(
                    """
                    {"id":"c-1"}
                    {"id":1234567890123456789}
                    {"id":12345678901234567890}
                    {"id":17.0}
                    {"id":1E+400}
                    {"id":" "}
                    {"id":null}
                    {"id":["c-7"]}
                    {"x":1}
                    """),
                USUAL.withIdField("id")));

    assertThat(read)
        .extracting(CustomerProfile::id)
        .containsExactly(
            "c-1",
            "1234567890123456789",
            "12345678901234567890",
            "17",
            "line 5",
            "line 6",
            "line 7",
            "line 8",
            "line 9");
  }

  @Test
  void an_id_field_that_the_first_customer_does_not_have_is_most_likely_misspelt() {
    assertThatIOException()
        .isThrownBy(
            () ->
                read(
                    JsonLinesReader.open(
                        FILE,
                        stream("\n{\"customer_id\":1,\"email\":\"ada@shop.example\"}"),
                        USUAL.withIdField("customerId"))))
        .withMessage(
            "customers.jsonl, line 2: the first customer has no field 'customerId' (did you mean"
                + " 'customer_id'?) to take the id from. It has: 'customer_id', 'email'.");
  }

  @Test
  void gzip_and_utf_16_are_read_as_what_they_hold() throws IOException {
    String text = "{\"a\":\"\u00fc\"}\n{\"a\":\"\uD83D\uDE00\"}\n";
    for (byte[] content :
        List.of(
            packed(text),
            ("\uFEFF" + text).getBytes(StandardCharsets.UTF_16LE),
            ("\uFEFF" + text).getBytes(StandardCharsets.UTF_16BE))) {
      assertThat(readAll(content, USUAL))
          .extracting(customer -> customer.value("a"))
          .containsExactly("\u00fc", "\uD83D\uDE00");
    }
    assertThat(
            readAll(
                text.substring(0, 10).getBytes(StandardCharsets.ISO_8859_1),
                USUAL.withCharset(StandardCharsets.ISO_8859_1)))
        .hasSize(1);
  }

  @Test
  void lines_of_any_length_are_read_across_the_chunks_that_they_come_in() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int length = 1; length < 60_000; length += 997) {
      text.append("{\"a\":\"").append("x".repeat(length)).append("\"}\n");
    }
    text.append("{\"a\":\"").append("y".repeat(3_999_000)).append("\"}\n{\"a\":\"last\"}");

    List<CustomerProfile> read = readAll(text.toString());

    int length = 1;
    for (CustomerProfile customer : read.subList(0, read.size() - 2)) {
      assertThat(customer.value("a")).isEqualTo("x".repeat(length));
      length += 997;
    }
    assertThat(String.valueOf(read.get(read.size() - 2).value("a"))).hasSize(3_999_000);
    assertThat(read.get(read.size() - 1).value("a")).isEqualTo("last");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[{\"a\":\"Rosebud\"}]|the line begins a list, and each line must be the object of one"
            + " customer: jq -c '.[]' makes such lines of a list",
        "\"Rosebud\"|the line is no object, and each line must be that of one customer",
        "17|the line is no object, and each line must be that of one customer",
        "{\"a\":Rosebud}|the line is no JSON from column 6 on",
        "Rosebud|the line is no JSON from column 1 on",
        "{\"a\":NaN}|the line is no JSON from column 9 on",
        "{\"a\":\"Rosebud\"|the line ends in the middle of its JSON",
        "{\"a\":\"Rosebud|the line ends in the middle of its JSON",
        "{\"a\":tru|the line is no JSON from column 6 on",
        "{\"a\":1}{\"a\":2}|the line goes on after its object: put each customer on a line of their"
            + " own",
        "{\"a\":1,\"a\":2}|two fields of the line have the same name",
        "{\"a\":{\"b\":1,\"b\":null}}|two values inside one field have the same name",
      })
  void a_bad_line_is_the_end_or_is_set_aside_and_never_quoted(String bad, String what)
      throws IOException {
    String text = "{\"a\":1}\n" + bad + "\r\n{\"a\":2}\n";

    assertThatIOException()
        .isThrownBy(() -> readAll(text))
        .withMessage("customers.jsonl, line 2: " + what + ".")
        .withNoCause();

    List<CustomerProfile> read = readAside(text);
    assertThat(read).extracting(CustomerProfile::id).containsExactly("line 1", "line 2", "line 3");
    assertThat(read.get(1).unreadable()).isEqualTo(Unreadable.because(what));
    assertThat(read.get(2).value("a")).isEqualTo(2L);
  }

  @Test
  void a_line_that_is_too_long_is_passed_over_without_being_kept() throws IOException {
    byte[] chunk = "x".repeat(1_000_000).getBytes(StandardCharsets.US_ASCII);
    InputStream huge = stream("{\"a\":\"");
    for (int i = 0; i < 500; i++) {
      huge = new SequenceInputStream(huge, new ByteArrayInputStream(chunk));
    }
    InputStream in = new SequenceInputStream(huge, stream("\"}\n{\"a\":2}\n"));

    List<CustomerProfile> read = read(JsonLinesReader.open(FILE, in, USUAL.withSetsAside(true)));

    assertThat(reason(read.get(0))).startsWith("the line has more than 4,000,000 characters");
    assertThat(read.get(1).value("a")).isEqualTo(2L);
    assertThatIOException()
        .isThrownBy(() -> readAll("{\"a\":\"" + "x".repeat(4_000_000) + "\"}"))
        .withMessageStartingWith("customers.jsonl, line 1: the line has more than 4,000,000");
  }

  @Test
  void nesting_that_never_ends_is_a_bad_line() throws IOException {
    List<CustomerProfile> read =
        readAside(
            "{\"a\":" + "[".repeat(3_000_000) + "\n{\"a\":" + "{\"a\":".repeat(90_000) + "\n");

    assertThat(read).extracting(JsonLinesReaderTest::reason).doesNotContainNull().hasSize(2);
  }

  @Test
  void bytes_that_are_not_text_cost_their_value_and_in_a_name_the_line() throws IOException {
    byte[] content =
        "{\"a\":\"\u00fc\",\"b\":[\"x\",\"\u00fc\"],\"c\":1}\n{\"\u00fc\":1}\n{\"a\":2}\n"
            .getBytes(StandardCharsets.ISO_8859_1);

    assertThatIOException()
        .isThrownBy(() -> readAll(content, USUAL))
        .withMessageStartingWith(
            "customers.jsonl, line 1: the line holds bytes that are not UTF-8");

    List<CustomerProfile> read = readAll(content, USUAL.withSetsAside(true));
    assertThat(read.get(0).value("a")).isInstanceOf(Unreadable.class);
    assertThat(read.get(0).value("b"))
        .isInstanceOfSatisfying(
            List.class, list -> assertThat(list.get(1)).isInstanceOf(Unreadable.class));
    assertThat(read.get(0).value("c")).isEqualTo(1L);
    assertThat(reason(read.get(1))).startsWith("a name holds bytes that are not UTF-8 text");
    assertThat(read.get(2).value("a")).isEqualTo(2L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"a\":1", "{\"a\":\"Rosebud", "{\"a\":tr", "{\"a\":1,", "{"})
  void a_last_line_that_is_cut_off_stops_all_the_same(String last) {
    assertThatIOException()
        .isThrownBy(() -> readAside("{\"a\":1}\n" + last))
        .withMessage(
            "customers.jsonl, line 2: the line ends in the middle of its JSON, and the file with"
                + " it: get it again.");
  }

  @Test
  void a_packed_file_that_is_cut_off_stops_all_the_same() throws IOException {
    byte[] packed = packed("{\"a\":1}\n".repeat(100_000));

    assertThatIOException()
        .isThrownBy(
            () -> readAll(Arrays.copyOf(packed, packed.length / 2), USUAL.withSetsAside(true)))
        .withMessageContaining("it is packed with gzip and cut off or damaged; get it again.");
  }

  @Test
  void values_are_converted_by_the_same_rules_as_those_of_csv() throws IOException {
    List<CustomerProfile> read =
        read(
            JsonLinesReader.open(
                FILE,
                stream(
                    "{\"id\":\"-\",\"LTV\":\"1.234,50\"}\n{\"LTV\":7,\"id\":1}\n{\"LTV\":\"x\"}\n"),
                USUAL
                    .withIdField("id")
                    .withConversions(
                        FieldConversions.NONE
                            .withEvery(Conversion.emptyWords("-"))
                            .with("LTV", Conversion.decimal(Locale.GERMANY)))));

    assertThat(read).extracting(CustomerProfile::id).containsExactly("line 1", "1", "line 3");
    assertThat(read.get(0).value("LTV")).isEqualTo(new BigDecimal("1234.50"));
    assertThat(read.get(1).value("LTV")).isEqualTo(7L);
    assertThat(read.get(2).value("LTV")).isInstanceOf(Unreadable.class);
  }

  @Test
  void the_file_is_closed_and_read_no_further_than_is_asked_for() throws IOException {
    CountingInputStream in = new CountingInputStream(stream("{\"a\":1}\n".repeat(1_000_000)));
    try (ProfileReader reader = JsonLinesReader.open(FILE, in, USUAL)) {
      assertThat(reader.next()).isNotNull();
      assertThat(in.count).isLessThan(200_000);
    }
    assertThat(in.closed).isTrue();
  }

  private static List<CustomerProfile> readAll(String text) throws IOException {
    return readAll(text.getBytes(StandardCharsets.UTF_8), USUAL);
  }

  private static List<CustomerProfile> readAside(String text) throws IOException {
    return readAll(text.getBytes(StandardCharsets.UTF_8), USUAL.withSetsAside(true));
  }

  private static List<CustomerProfile> readAll(byte[] content, JsonLinesFormat format)
      throws IOException {
    return read(JsonLinesReader.open(FILE, new ByteArrayInputStream(content), format));
  }

  private static @Nullable String reason(CustomerProfile customer) {
    Unreadable why = customer.unreadable();
    return why == null ? null : why.reason();
  }
}
