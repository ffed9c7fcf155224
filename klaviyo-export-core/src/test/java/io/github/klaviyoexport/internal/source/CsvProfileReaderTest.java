package io.github.klaviyoexport.internal.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.tuple;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import de.siegmar.fastcsv.writer.QuoteStrategies;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.source.BadRecords;
import io.github.klaviyoexport.source.CsvSource;
import io.github.klaviyoexport.source.ProfileReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a CSV file says is read as it was written: quotes, line ends, empty fields, marks, any
 * length.
 */
class CsvProfileReaderTest extends CsvFiles {
  @Test
  void takes_a_file_with_only_a_header_for_an_empty_segment() throws IOException {
    assertThat(read(file("Email,City\n"))).isEmpty();
    assertThat(read(file("Email,City"))).isEmpty();
  }

  @Test
  void takes_an_empty_field_for_no_value_whether_quoted_or_not() throws IOException {
    CustomerProfile customer = read(file("Email,City,Zip\nada@shop.example,,\"\"\n")).get(0);

    assertThat(customer.value("City")).isNull();
    assertThat(customer.value("Zip")).isNull();
  }

  @Test
  void keeps_white_space_and_reads_quotes_delimiters_and_line_breaks_inside_quotes()
      throws IOException {
    CustomerProfile customer =
        read(file("Email,Note\r\nada@shop.example,\" says \"\"hi, you\"\"\r\nand leaves \"\r\n"))
            .get(0);

    assertThat(customer.value("Note")).isEqualTo(" says \"hi, you\"\r\nand leaves ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\r"})
  void reads_any_line_end_and_skips_empty_lines_without_losing_count(String end)
      throws IOException {
    List<CustomerProfile> customers =
        read(file(String.join(end, "", "Email", "", "a@shop.example", "", "", "b@shop.example")));

    assertThat(customers)
        .extracting(CustomerProfile::id, customer -> customer.value("Email"))
        .containsExactly(tuple("line 4", "a@shop.example"), tuple("line 7", "b@shop.example"));
  }

  @Test
  void reads_utf_8_with_and_without_a_byte_order_mark() throws IOException {
    String text = "Émail,City\nada@shop.example,Zürich 🏔";

    for (String start : List.of("", "\uFEFF", "\uFEFF\"Id\",")) {
      String id = start.contains("Id") ? "c-1," : "";
      CustomerProfile customer = read(file(start + text.replace("\n", "\n" + id))).get(0);
      assertThat(customer.value("Émail")).isEqualTo("ada@shop.example");
      assertThat(customer.value("City")).isEqualTo("Zürich 🏔");
    }
  }

  @Test
  void leaves_columns_without_a_name_out() throws IOException {
    Path file =
        file(",Email,,City,\n0,ada@shop.example,x,Oslo,\n1,,\"two\nlines\",Bergen,y\n2,,,,\n");

    List<CustomerProfile> customers = read(file);

    assertThat(customers)
        .extracting(CustomerProfile::id)
        .containsExactly("line 2", "line 3", "line 5");
    assertThat(customers.get(0).fields()).isEqualTo(FieldNames.of("Email", "City"));
    assertThat(values(customers.get(0))).containsExactly("ada@shop.example", "Oslo");
    assertThat(values(customers.get(1))).containsExactly(null, "Bergen");
  }

  @Test
  void leaves_columns_with_the_same_name_out() throws IOException {
    CustomerProfile customer = read(file("Note,Email,Note\nx,ada@shop.example,y\n")).get(0);

    assertThat(customer.fields()).isEqualTo(FieldNames.of("Email"));
    assertThat(values(customer)).containsExactly("ada@shop.example");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\uFEFFEmail,City",
        "\"\uFEFFEmail\",City",
        "\uFEFF\uFEFF\"Email\",City",
        "Email\u00A0,City",
        " Email,City\t",
        "\"\u200EEmail\u200B\",\" City \""
      })
  void reads_a_name_without_what_is_invisible_around_it(String header) throws IOException {
    CustomerProfile customer = read(file(header + "\nada@shop.example,\u00A0Oslo \n")).get(0);

    assertThat(customer.value("Email")).isEqualTo("ada@shop.example");
    assertThat(customer.value("City")).isEqualTo("\u00A0Oslo ");
  }

  @Test
  void tells_names_apart_that_differ_in_case_or_in_what_is_invisible() throws IOException {
    CustomerProfile customer = read(file("Email,email,Email\u00A0\na,b,c\n")).get(0);

    assertThat(customer.fields()).isEqualTo(FieldNames.of("Email", "email", "Email\u00A0"));
    assertThat(values(customer)).containsExactly("a", "b", "c");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sep=;\n",
        "sep=;\r\n",
        "sep=;\r",
        "SEP=;\n",
        "\"sep=;\"\n",
        "\uFEFFsep=;\r\n",
        "\uFEFF\"sep=;\";;;\r\n",
        "sep=;;;\n"
      })
  void takes_the_delimiter_from_the_first_line(String line) throws IOException {
    CustomerProfile customer = read(file(line + "Email;City\nada@shop.example;Oslo, N\n")).get(0);

    assertThat(customer.id()).isEqualTo("line 3");
    assertThat(customer.value("City")).isEqualTo("Oslo, N");
  }

  @Test
  void takes_a_tab_from_the_first_line_as_such_or_as_it_is_written() throws IOException {
    for (String line : List.of("sep=\t\n", "sep=\\t\n", "\"sep=\t\"\n")) {
      assertThat(read(file(line + "Email\tCity\nada@shop.example\tOslo\n")).get(0).value("City"))
          .isEqualTo("Oslo");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sep=x", "sep=", "separator", "s", "se", "sep=;x", "sep=\uD83D\uDE00"})
  void takes_a_first_line_that_names_no_delimiter_for_the_header(String line) throws IOException {
    assertThat(read(file(line + "\nvalue\n")).get(0).value(line)).isEqualTo("value");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        " ",
        ",",
        " , ",
        "\u001A",
        "\u00A0",
        "\t,\t",
        ",,,,",
        "\"\",\" \"",
        "\u0000\u0000",
        "\uFEFF,"
      })
  void passes_over_lines_of_blanks_wherever_they_stand(String blanks) throws IOException {
    String line = blanks + "\n";
    String text =
        line + "Email,City\n" + line + "a@shop.example,Oslo\n" + line + "b@shop.example,\n" + line;

    assertThat(read(file(text + blanks)))
        .extracting(CustomerProfile::id)
        .containsExactly("line 4", "line 6");
  }

  @Test
  void passes_over_a_line_of_blanks_in_a_file_of_one_column() throws IOException {
    assertThat(read(file("Email\na@shop.example\n  \nb@shop.example\n\u001A"))).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Email,City",
        "\uFEFFEmail,City",
        "\"Email\",\"City\"",
        "\uFEFF\"Email\",\"City\"",
        " Email ,City\u00A0",
      })
  void passes_over_the_header_again_as_files_have_it_that_were_joined(String again)
      throws IOException {
    String text = "Email,City\na@shop.example,Oslo\n" + again + "\nb@shop.example,Bonn\n" + again;

    for (BadRecords bad : BadRecords.values()) {
      assertThat(read(CsvSource.of(file(text)).badRecords(bad)))
          .extracting(CustomerProfile::id)
          .containsExactly("line 2", "line 4");
    }
  }

  @Test
  void takes_for_a_customer_what_differs_from_the_header() throws IOException {
    assertThat(read(file("Email,City\nEmail,\nemail,City\nCity,Email\n,City\n"))).hasSize(4);
    assertThat(read(file(",Email,City\n,Email,City\n0,Email,City\n"))).hasSize(1);
    assertThat(read(file("Email\na@shop.example\n\uFEFFEmail\n"))).hasSize(1);
  }

  @Test
  void ends_at_the_mark_of_the_end_and_keeps_one_that_stands_before() throws IOException {
    for (String last : List.of("b", "\"b\"")) {
      List<CustomerProfile> customers = read(file("Note\na\u001A\n" + last + "\u001A"));

      assertThat(customers)
          .extracting(customer -> customer.value("Note"))
          .containsExactly("a\u001A", "b");
    }
  }

  @Test
  void reads_a_file_packed_with_gzip_whatever_it_is_called() throws IOException {
    byte[] one = packed("Email,City\nada@shop.example,Oslo\n");
    ByteArrayOutputStream two = new ByteArrayOutputStream();
    two.writeBytes(one);
    two.writeBytes(packed("bo@shop.example,Oslo\n"));
    Path file = directory.resolve("customers.csv");

    assertThat(read(Files.write(file, one))).hasSize(1);
    assertThat(read(Files.write(file, two.toByteArray()))).hasSize(2);
  }

  @Test
  void reads_names_with_an_at_sign_that_are_no_addresses() throws IOException {
    CustomerProfile customer =
        read(file("@timestamp,email,@version,name@en\n1,ada@shop.example,2,Ada\n")).get(0);

    assertThat(customer.fields())
        .isEqualTo(FieldNames.of("@timestamp", "email", "@version", "name@en"));
    assertThat(customer.value("@version")).isEqualTo("2");
    assertThat(read(file("user@id,email\nada@shop.example,ada@shop.example\n"))).hasSize(1);
  }

  @Test
  void reads_utf_16_that_its_byte_order_mark_tells() throws IOException {
    Path file = directory.resolve("customers.csv");
    for (Charset charset : List.of(StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE)) {
      Files.write(file, "\uFEFFsep=\t\r\nEmail\tCity\r\na\tZ\u00FCrich\r\n".getBytes(charset));

      assertThat(read(file).get(0).value("City")).isEqualTo("Z\u00FCrich");
    }
  }

  @Test
  void reads_a_record_of_a_million_characters() throws IOException {
    String note = "x".repeat(1_000_000);

    assertThat(read(file("Email,Note\na@shop.example,\"" + note + "\"\n")).get(0).value("Note"))
        .isEqualTo(note);
  }

  @Test
  void closes_the_file_when_it_is_closed() throws IOException {
    CountingInputStream in = new CountingInputStream(stream("Email\na@shop.example\n"));

    ProfileReader reader = CsvProfileReader.open(CUSTOMERS, in, UTF_8);
    assertThat(in.closed).isFalse();
    reader.close();

    assertThat(in.closed).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",,\n \n", "\"Email"})
  void closes_the_file_when_the_header_is_refused(String text) {
    CountingInputStream in = new CountingInputStream(stream(text));

    assertThatIOException().isThrownBy(() -> CsvProfileReader.open(CUSTOMERS, in, UTF_8));

    assertThat(in.closed).isTrue();
  }

  @Test
  void gives_back_whatever_fastcsv_wrote() throws IOException {
    Random random = new Random(4180);
    for (int round = 0; round < 300; round++) {
      int width = 1 + random.nextInt(6);
      char delimiter = ",;\t|".charAt(random.nextInt(4));
      List<String> names = IntStream.range(0, width).mapToObj(i -> "field " + i).toList();
      List<List<@Nullable String>> records = new ArrayList<>();
      for (int i = random.nextInt(40); i > 0; i--) {
        List<@Nullable String> record = new ArrayList<>();
        // A record of nothing but one empty field is an empty line.
        for (int j = 0; j < width; j++) {
          record.add(width > 1 && random.nextInt(4) == 0 ? null : randomText(random, delimiter));
        }
        records.add(record);
      }
      StringWriter text = new StringWriter();
      try (CsvWriter writer =
          CsvWriter.builder()
              .fieldSeparator(delimiter)
              .quoteStrategy(
                  random.nextBoolean() ? QuoteStrategies.ALWAYS : QuoteStrategies.REQUIRED)
              .lineDelimiter(random.nextBoolean() ? LineDelimiter.CRLF : LineDelimiter.LF)
              .build(text)) {
        writer.writeRecord(names);
        records.forEach(writer::writeRecord);
      }

      List<CustomerProfile> customers =
          read(
              CsvProfileReader.open(
                  CUSTOMERS,
                  stream(text.toString()),
                  CsvFormat.of(delimiter, StandardCharsets.UTF_8)));

      // A record of nothing that can be seen is no customer.
      records.removeIf(record -> record.stream().allMatch(CsvProfileReaderTest::isBlank));
      assertThat(customers.stream().map(CsvProfileReaderTest::values).toList())
          .as("round " + round)
          .isEqualTo(records);
    }
  }

  private static boolean isBlank(@Nullable String value) {
    return value == null || value.chars().allMatch(c -> c <= ' ');
  }

  private static String randomText(Random random, char delimiter) {
    String alphabet = "ab \"'\n\r" + delimiter + "é€漢\u0000";
    StringBuilder text = new StringBuilder();
    for (int i = 1 + random.nextInt(8); i > 0; i--) {
      text.append(
          random.nextInt(8) == 0
              ? Character.toString(0x1F600 + random.nextInt(80))
              : alphabet.substring(random.nextInt(alphabet.length())).substring(0, 1));
    }
    return text.toString();
  }

  private static List<@Nullable Object> values(CustomerProfile customer) {
    List<@Nullable Object> values = new ArrayList<>();
    for (int i = 0; i < customer.fields().size(); i++) {
      values.add(customer.value(i));
    }
    return values;
  }
}
