package io.github.klaviyoexport.internal.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.Unreadable;
import io.github.klaviyoexport.source.BadRecords;
import io.github.klaviyoexport.source.CsvSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong with one record of a CSV file costs that record, if so is said, and no other. */
class CsvSetAsideTest extends CsvFiles {
  private static final CsvFormat SETS_ASIDE = UTF_8.withIdField("Id").withSetsAside(true);

  @Test
  void a_record_with_too_few_or_too_many_fields_is_set_aside_by_its_line() throws IOException {
    Path file =
        file("Id,Email\nc-1,a@shop.example\nc-2\nc-3,b@shop.example,more\nc-4,c@shop.example");

    List<CustomerProfile> read =
        read(CsvSource.of(file).idField("Id").badRecords(BadRecords.SET_ASIDE));

    assertThat(read)
        .extracting(CustomerProfile::id)
        .containsExactly("c-1", "line 3", "line 4", "c-4");
    assertThat(read.get(1).unreadable())
        .isEqualTo(
            Unreadable.because(
                "the record has 1 field and the header 2: complete the record, and quote fields"
                    + " that contain the delimiter"));
    assertThat(read.get(3).value("Email")).isEqualTo("c@shop.example");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\r"})
  void a_field_that_goes_on_after_its_closing_quote_costs_its_record(String end)
      throws IOException {
    List<CustomerProfile> read =
        readAside("Id,Note", "c-1,\"she said \"hi\" to me\"", "c-2,\"two", "lines\"", "c-3,x")
            .apply(end);

    assertThat(read).extracting(CustomerProfile::id).containsExactly("line 2", "c-2", "c-3");
    assertThat(reason(read.get(0)))
        .isEqualTo(
            "field 2 ('Note') goes on after its closing quote: write a quote inside a quoted field"
                + " as two");
    assertThat(read.get(1).value("Note")).isEqualTo("two" + end + "lines");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\r"})
  void no_customer_is_swallowed_by_a_quote_that_is_not_closed(String end) throws IOException {
    List<CustomerProfile> read =
        readAside("Id,Note", "c-1,\"oops", "c-2,x", "", "c-3,", "c-4,\"y\"", "c-5,\"two", "lines\"")
            .apply(end);

    assertThat(read)
        .extracting(CustomerProfile::id)
        .containsExactly("line 2", "c-2", "c-3", "c-4", "c-5");
  }

  @Test
  void nor_is_one_after_the_other() throws IOException {
    List<CustomerProfile> read =
        readAside("Id,Note", "c-1,\"oops", "c-2,\"oops", "c-3,\"oops", "c-4,\"y\"", "c-5")
            .apply("\n");

    assertThat(read)
        .extracting(CustomerProfile::id)
        .containsExactly("line 2", "line 3", "line 4", "c-4", "line 6");
  }

  @Test
  void nor_by_one_that_is_closed_only_after_megabytes() throws IOException {
    StringBuilder text = new StringBuilder("Id,Note\nc-1,\"oops\n");
    for (int customer = 2; customer <= 500_000; customer++) {
      text.append("c-").append(customer).append(",note\n");
    }
    List<CustomerProfile> read = readAside(text.toString());

    assertThat(read).hasSize(500_000);
    assertThat(reason(read.get(0))).startsWith("field 2 ('Note') is part of a record of more than");
    assertThat(read.get(1).id()).isEqualTo("c-2");
    assertThat(read.get(499_999).id()).isEqualTo("c-500000");
  }

  @Test
  void a_line_that_is_too_long_costs_its_record() throws IOException {
    List<CustomerProfile> read = readAside("Id,Note\nc-1," + "x".repeat(9_000_000) + "\nc-2,y\n");

    assertThat(read).extracting(CustomerProfile::id).containsExactly("line 2", "c-2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-8", "UTF-16LE", "Shift_JIS"})
  void bytes_that_are_not_text_cost_their_field(String name) throws IOException {
    Charset charset = Charset.forName(name);
    byte[] bad =
        name.equals("UTF-16LE")
            ? new byte[] {0, (byte) 0xdc}
            : new byte[] {(byte) 0x80, (byte) 0xff};
    byte[] start = "Id,Note\nc-1,a".getBytes(charset);
    byte[] end = "b\nc-2,y\n".getBytes(charset);
    byte[] content = Arrays.copyOf(start, start.length + bad.length + end.length);
    System.arraycopy(bad, 0, content, start.length, bad.length);
    System.arraycopy(end, 0, content, start.length + bad.length, end.length);

    List<CustomerProfile> read =
        read(
            CsvProfileReader.open(
                CUSTOMERS, new ByteArrayInputStream(content), SETS_ASIDE.withCharset(charset)));

    assertThat(read).extracting(CustomerProfile::id).containsExactly("c-1", "c-2");
    assertThat(read.get(0).value("Note"))
        .isInstanceOfSatisfying(
            Unreadable.class,
            why ->
                assertThat(why.reason())
                    .startsWith("holds bytes that are not " + charset + " text"));
    assertThat(read.get(1).value("Note")).isEqualTo("y");
  }

  @Test
  void a_pair_that_ends_like_the_mark_for_such_bytes_is_text() throws IOException {
    byte[] content = "Id,Note\nc-1,\uD800\uDFFF\nc-2,\u00fc\n".getBytes(StandardCharsets.UTF_8);
    content[content.length - 2] = 'x';

    List<CustomerProfile> read =
        read(CsvProfileReader.open(CUSTOMERS, new ByteArrayInputStream(content), SETS_ASIDE));

    assertThat(read.get(0).value("Note")).isEqualTo("\uD800\uDFFF");
    assertThat(read.get(1).value("Note")).isInstanceOf(Unreadable.class);
  }

  @Test
  void an_id_with_bytes_that_are_not_text_is_none() throws IOException {
    byte[] content = "Id,Note\n\u00fc,x\n".getBytes(StandardCharsets.ISO_8859_1);

    assertThat(
            read(CsvProfileReader.open(CUSTOMERS, new ByteArrayInputStream(content), SETS_ASIDE)))
        .extracting(CustomerProfile::id)
        .containsExactly("line 2");
  }

  @Test
  void a_fault_in_the_header_and_a_quote_that_is_not_closed_by_the_end_stop_all_the_same() {
    assertThatIOException()
        .isThrownBy(() -> readAside("Id,Note\nc-1,x\nc-2,\"cut o"))
        .withMessage(
            "customers.csv, line 3: field 2 ('Note') begins with a quote that is not closed by the"
                + " end of the file: close it.");
    assertThatIOException()
        .isThrownBy(() -> readAside("Id,\"Note\"x\nc-1,x\n"))
        .withMessageStartingWith("customers.csv, line 1: field 2 goes on after its closing quote");
    byte[] header = "Id,Not\u00e9\nc-1,x\n".getBytes(StandardCharsets.ISO_8859_1);
    assertThatIOException()
        .isThrownBy(
            () ->
                read(
                    CsvProfileReader.open(CUSTOMERS, new ByteArrayInputStream(header), SETS_ASIDE)))
        .withMessageStartingWith("customers.csv, line 1: field 2 holds bytes that are not UTF-8");
  }

  @ParameterizedTest
  @ValueSource(strings = {"c-2", "c-2,a@shop.exam", "c-2,\"two\nlines\""})
  void a_last_record_that_is_cut_off_stops_all_the_same(String last) {
    assertThatIOException()
        .isThrownBy(() -> readAside("Id,Email,Note\nc-1,a@shop.example,x\n" + last))
        .withMessageMatching(
            "customers.csv, line 3: the record has . fields? and the header 3, and the file ends"
                + " with it: get it again, or complete the record.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\r"})
  void one_that_ends_its_line_is_set_aside(String end) throws IOException {
    assertThat(readAside("Id,Note", "c-1,x", "c-2").apply(end))
        .extracting(CustomerProfile::id)
        .containsExactly("c-1", "line 3");
    assertThat(readAside("Id,Note" + end + "c-1,x" + end + "c-2,x,y"))
        .extracting(CustomerProfile::id)
        .containsExactly("c-1", "line 3");
  }

  @Test
  void a_last_record_that_ends_in_the_middle_of_a_character_stops_all_the_same()
      throws IOException {
    byte[] whole = "Id,Note\nc-1,x\nc-2,Z\u00fc".getBytes(StandardCharsets.UTF_8);
    byte[] cutOff = Arrays.copyOf(whole, whole.length - 1);

    assertThat(readBytes(whole)).hasSize(2);
    assertThatIOException()
        .isThrownBy(() -> readBytes(cutOff))
        .withMessage(
            "customers.csv, line 3: field 2 ('Note') ends with bytes that are not UTF-8 text, and"
                + " the file ends with them: get it again, or name the right charset to the"
                + " source.");
  }

  @Test
  void what_can_be_read_is_read_as_if_nothing_were_set_aside() throws IOException {
    String text =
        "sep=;\r\nId;Note\r\nc-1;\"two\r\nlines\"\r\n\r\nc-2;\"a \"\"b\"\" c\"\r\nc-3;"
            + "x".repeat(20_000)
            + "\rc-4;\u001A";
    Path file = file(text);

    assertThat(read(CsvSource.of(file).badRecords(BadRecords.SET_ASIDE)))
        .isEqualTo(read(CsvSource.of(file)))
        .hasSize(4);
  }

  @Test
  void nothing_of_a_bad_record_is_in_the_reason() throws IOException {
    for (String record : List.of("Rosebud", "c-1,\"Rosebud\"Rosebud", "c-1,x,Rosebud")) {
      CustomerProfile customer = readAside("Id,Note\n" + record + "\nc-2,x\n").get(0);

      assertThat(customer.id() + customer.unreadable()).doesNotContain("Rosebud");
    }
  }

  @Test
  void a_customer_with_an_id_of_several_files_is_not_mistaken_for_another() throws IOException {
    Files.writeString(directory.resolve("a.csv"), "Email\nada@shop.example\n");
    Files.writeString(directory.resolve("b.csv"), "Email\nbo@shop.example\nx,y\n");

    assertThat(
            read(
                CsvSource.of(directory.resolve("a.csv"), directory.resolve("b.csv"))
                    .badRecords(BadRecords.SET_ASIDE)))
        .extracting(CustomerProfile::id)
        .containsExactly("line 2 of a.csv", "line 2 of b.csv", "line 3 of b.csv");
  }

  /** What is still missing to a text: how its lines end. */
  private interface Lines {
    List<CustomerProfile> apply(String end) throws IOException;
  }

  private static Lines readAside(String first, String... more) {
    return end -> readAside(first + end + String.join(end, more) + end);
  }

  private static List<CustomerProfile> readAside(String text) throws IOException {
    return read(CsvProfileReader.open(CUSTOMERS, stream(text), SETS_ASIDE));
  }

  private static List<CustomerProfile> readBytes(byte[] content) throws IOException {
    return read(CsvProfileReader.open(CUSTOMERS, new ByteArrayInputStream(content), SETS_ASIDE));
  }

  private static @Nullable String reason(CustomerProfile customer) {
    Unreadable why = customer.unreadable();
    return why == null ? null : why.reason();
  }
}
