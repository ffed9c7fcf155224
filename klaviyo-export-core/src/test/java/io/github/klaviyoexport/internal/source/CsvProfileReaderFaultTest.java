package io.github.klaviyoexport.internal.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.source.ProfileReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong with a CSV file is said with its line and field, and never with a value. */
class CsvProfileReaderFaultTest extends CsvFiles {
  @Test
  void says_that_a_file_is_empty() {
    for (String nothing : List.of("", "\uFEFF", "\n\r\n")) {
      assertThat(failureOf(nothing))
          .isEqualTo("The file customers.csv is empty: its first line must name the fields.");
    }
  }

  @Test
  void says_to_a_mapping_that_asks_for_it_which_columns_have_the_same_name() throws IOException {
    FieldNames fields = fieldsOf("Email,Note,Note\u00A0,City, Note,Note\n");

    assertThat(fields.names()).containsExactly("Email", "Note\u00A0", "City", " Note");
    assertThat(misfit(FieldMapping.email("Email").property("Note"), fields))
        .isEqualTo(
            "The mapping names a field the segment does not have: 'Note' (columns 2 and 6 have this"
                + " name: name each once). It has: 'Email', 'Note<U+00A0 no-break space>', 'City',"
                + " '<U+0020 space>Note'. Correct the mapping or the source.");
    assertThat(misfit(FieldMapping.email("Email"), fieldsOf("Email\u00A0, Email,City\n")))
        .contains(
            "'Email' (columns 1 and 2 are all called so but for characters that are invisible)");
  }

  @Test
  void says_that_no_column_has_a_name_of_its_own() {
    assertThat(failureOf("\nSmith,Smith\n"))
        .isEqualTo(
            "customers.csv, line 2: every name stands more than once: name each column once.");
    assertThat(failureOf("ada@shop.example\n"))
        .isEqualTo(
            "customers.csv, line 1: column 1 is headed by an email address: the first line must"
                + " name the fields.");
  }

  @Test
  void says_which_names_may_be_meant() throws IOException {
    FieldNames fields = fieldsOf("E-Mail,Vorname,first_name,Ciudad,Tel\u00E9phone\n");

    assertThat(
            misfit(
                FieldMapping.email("EMAIL")
                    .firstName("First Name")
                    .lastName("Familienname")
                    .city("Ciudat")
                    .phone("telephone"),
                fields))
        .startsWith(
            "The mapping names fields the segment does not have: 'EMAIL' (did you mean 'E-Mail'?),"
                + " 'First Name' (did you mean 'first_name'?), 'Familienname', 'Ciudat' (did you"
                + " mean 'Ciudad'?), 'telephone' (did you mean 'Tel\u00E9phone'?). It has: ");
    assertThat(misfit(FieldMapping.email("E-Mail\u200B"), fields))
        .contains("'E-Mail<U+200B zero width space>' (did you mean 'E-Mail'?)");
  }

  @Test
  void lists_names_with_an_at_sign_that_are_no_addresses() throws IOException {
    assertThat(misfit(FieldMapping.email("Email"), fieldsOf("@timestamp,email,name@en\n")))
        .contains("'Email' (did you mean 'email'?). It has: '@timestamp', 'email', 'name@en'.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {"; ;", "| |", "TAB \\t"})
  void asks_whether_the_delimiter_is_another(String delimiter, String shown) throws IOException {
    String between = delimiter.equals("TAB") ? "\t" : delimiter;

    assertThat(misfit(FieldMapping.email("Email"), fieldsOf("Email" + between + "City\na\n")))
        .isEqualTo(
            "The mapping names a field the segment does not have: 'Email'. The header is one field"
                + " with '%1$s' in it, and the delimiter is said to be ',': if it is '%1$s', tell"
                + " the source, delimiter('%1$s'). Correct the mapping or the source.",
            shown);
  }

  @Test
  void shows_nothing_of_a_first_line_that_may_be_a_customer() throws IOException {
    for (String line :
        List.of("Ada,ada@shop.example", "Ada,+358 40 123 4567", "Ada;+358401234567", "Ada,17")) {
      String message = misfit(FieldMapping.email("Email"), fieldsOf(line + "\n"));

      assertThat(message).doesNotContain("Ada", "ada@", "358", "17");
    }
    assertThat(misfit(FieldMapping.email("Email"), fieldsOf("Ada,ada@shop.example\n")))
        .contains(
            "'Email'. Column 2 is headed by an email address: the first line must name the"
                + " fields.");
    assertThat(misfit(FieldMapping.email("Email"), fieldsOf("Ada,+358 40 123 4567\n")))
        .contains(
            "'Email'. Its names are not shown, since some look like a customer's values: see that"
                + " the first line names the fields.");
  }

  @Test
  void says_what_a_file_is_that_is_no_text() {
    assertThat(failure(bytes("504b030414000600")))
        .hasMessage(
            "The file customers.csv is a zip archive or an Excel workbook: unpack it, or save the"
                + " sheet as CSV UTF-8 in Excel. CSV is read as it is or in gzip.");
    assertThat(failure(bytes("d0cf11e0a1b11ae1"))).hasMessageContaining("an Excel workbook");
    assertThat(failure(bytes("fd377a585a000004"))).hasMessageContaining("packed with xz");
    assertThat(failure(bytes("28b52ffd00000000"))).hasMessageContaining("packed with zstd");
    assertThat(failure(bytes("377abcaf271c0004"))).hasMessageContaining("a 7z archive");
  }

  private static byte[] bytes(String hexadecimal) {
    return HexFormat.of().parseHex(hexadecimal);
  }

  @Test
  void says_that_a_packed_file_is_cut_off_with_the_line_it_got_to() throws IOException {
    StringBuilder text = new StringBuilder("Email\n");
    Random random = new Random(1952);
    for (int line = 2; line <= 20_000; line++) {
      text.append(random.nextLong()).append("@shop.example\n");
    }
    byte[] whole = packed(text.toString());

    assertThat(failure(Arrays.copyOf(whole, whole.length / 2)).getMessage())
        .matches(
            "The file customers\\.csv could not be read on from line \\d{4,5}: it is packed with gzip"
                + " and cut off or damaged; get it again\\.");
    assertThat(failure(Arrays.copyOf(whole, 5))).hasMessageContaining("from line 1: it is packed");
    assertThat(failure(packed(packed("Email\n"))))
        .hasMessage("The file customers.csv is packed with gzip twice: unpack it once.");
  }

  @Test
  void says_that_a_file_is_in_another_unicode_than_was_named() {
    String text = "Email,City\nada@shop.example,Oslo\n";

    assertThat(failure(text.getBytes(StandardCharsets.UTF_16LE)))
        .hasMessage(
            "The file customers.csv is, without a byte order mark, text in UTF-16LE and was to be"
                + " read as UTF-8: name its charset to the source,"
                + " charset(StandardCharsets.UTF_16LE).");
    assertThat(failure(text.getBytes(StandardCharsets.UTF_16BE)))
        .hasMessageContaining("charset(StandardCharsets.UTF_16BE).");
    assertThat(
            failure(
                ("\uFEFF" + text).getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1))
        .hasMessage(
            "The file customers.csv begins with the byte order mark of UTF-8 and was to be read as"
                + " ISO-8859-1: name its charset to the source, charset(StandardCharsets.UTF_8).");
    assertThat(
            failure(
                ("\uFEFF" + text).getBytes(StandardCharsets.UTF_16BE), StandardCharsets.UTF_16LE))
        .hasMessageContaining("the byte order mark of UTF-16BE and was to be read as UTF-16LE");
    for (String name : List.of("UTF-8", "UTF-16", "windows-1252")) {
      for (String packed : List.of("UTF-32LE", "UTF-32BE")) {
        assertThat(
                failure(("\uFEFF" + text).getBytes(Charset.forName(packed)), Charset.forName(name)))
            .hasMessage(
                "The file customers.csv begins with the byte order mark of UTF-32 and was to be"
                    + " read as "
                    + name
                    + ": name its charset to the source, charset(Charset.forName(\"UTF-32\")).");
      }
    }
  }

  @Test
  void does_not_take_the_first_customer_for_a_header() {
    assertThat(failureOf("Ada,ada@shop.example\nBo,bo@shop.example\n"))
        .isEqualTo(
            "customers.csv, line 1: column 2 is headed by an email address: the first line must"
                + " name the fields.");
  }

  @Test
  void refuses_a_header_that_never_ends() {
    assertThat(failureOf(",".repeat(10_000)))
        .isEqualTo("customers.csv, line 1: the header has 10001 columns; at most 10,000 are read.");
  }

  @Test
  void says_in_which_line_a_record_has_too_few_or_too_many_fields() {
    assertThat(failureOf("Email,Note,City\na@shop.example,\"two\nlines\",Oslo\nb@shop.example\n"))
        .isEqualTo(
            "customers.csv, line 4: the record has 1 field and the header 3: complete the record,"
                + " and quote fields that contain the delimiter.");
    assertThat(failureOf("Email,City\na@shop.example,Oslo,Norway\n"))
        .isEqualTo(
            "customers.csv, line 2: the record has 3 fields and the header 2: complete the record,"
                + " and quote fields that contain the delimiter.");
  }

  @Test
  void says_where_a_quote_was_opened_that_is_not_closed() {
    assertThat(failureOf("Email,Note,City\na@shop.example,\"a\nb\r\n\",\"Oslo\nc@shop.example,,\n"))
        .isEqualTo(
            "customers.csv, line 4: field 3 ('City') begins with a quote that is not closed by the"
                + " end of the file: close it.");
    assertThat(failureOf("Email,Note\na@shop.example,\""))
        .isEqualTo(
            "customers.csv, line 2: field 2 ('Note') begins with a quote that is not closed by the"
                + " end of the file: close it.");
    assertThat(failureOf("Email,\"Note\n"))
        .isEqualTo(
            "customers.csv, line 1: field 2 begins with a quote that is not closed by the end of"
                + " the file: close it.");
  }

  @Test
  void says_which_field_goes_on_after_its_closing_quote() {
    assertThat(failureOf("Email,Note\na@shop.example,\"she said \"hi\" to me\"\n"))
        .isEqualTo(
            "customers.csv, line 2: field 2 ('Note') goes on after its closing quote: write a quote"
                + " inside a quoted field as two.");
  }

  @Test
  void says_which_field_is_not_text_in_the_charset_even_far_into_the_file() throws IOException {
    StringBuilder text = new StringBuilder("Email,City\n");
    for (int line = 2; line <= 20_000; line++) {
      text.append("customer.").append(line).append("@shop.example,Oslo\n");
    }
    text.append("ada@shop.example,Z\u00fcrich\n");
    Path file = directory.resolve("customers.csv");
    Files.write(file, text.toString().getBytes(StandardCharsets.ISO_8859_1));

    try (ProfileReader reader = io.github.klaviyoexport.source.CsvSource.of(file).open(VIP)) {
      for (int line = 2; line <= 20_000; line++) {
        CustomerProfile customer = reader.next();
        assertThat(customer).isNotNull();
        assertThat(customer.id()).isEqualTo("line " + line);
      }
      assertThatIOException()
          .isThrownBy(reader::next)
          .withMessage(
              "%s, line 20001: field 2 ('City') holds bytes that are not UTF-8 text: save the file"
                  + " in that charset, or name the right one to the source, for Western"
                  + " Europe most likely charset(Charset.forName(\"windows-1252\")).",
              file);
    }
  }

  @Test
  void does_not_read_a_huge_file_to_its_end_for_a_quote_that_is_not_closed() throws IOException {
    String header = "Email,Note\na@shop.example,Oslo\nb@shop.example,\"oops\n";
    CountingInputStream endless =
        new CountingInputStream(
            new SequenceInputStream(
                stream(header), new RepeatingInputStream("c@shop.example,x\n")));

    try (ProfileReader reader = CsvProfileReader.open(CUSTOMERS, endless, UTF_8)) {
      assertThat(reader.next()).isNotNull();
      assertThatIOException()
          .isThrownBy(reader::next)
          .withMessage(
              "customers.csv, line 3: field 2 ('Note') is part of a record of more than 4,000,000"
                  + " characters: close the quote that it begins with, most likely.");
    }
    assertThat(endless.count).isLessThan(4_200_000);
  }

  @Test
  void passes_on_that_the_disk_failed_with_the_line_it_got_to() throws IOException {
    InputStream failing =
        new SequenceInputStream(
            stream("Email\na@shop.example\n"),
            new InputStream() {
              @Override
              public int read() throws IOException {
                throw new IOException("Input/output error");
              }
            });

    try (ProfileReader reader = CsvProfileReader.open(CUSTOMERS, failing, UTF_8)) {
      assertThat(reader.next()).isNotNull();
      assertThatIOException()
          .isThrownBy(reader::next)
          .withMessage("The file customers.csv could not be read on from line 3.")
          .havingCause()
          .withMessage("Input/output error");
    }
  }

  @Test
  void never_puts_a_value_into_a_message_or_a_cause() {
    String secret = "Rosebud";
    for (String text :
        List.of(
            secret + "," + secret + "\n",
            "Email\n" + secret + "," + secret + "\n",
            "Email\n\"" + secret,
            "Email\n\"" + secret + "\"" + secret + "\n",
            "Email\n" + secret + "\u00e9\n")) {
      // As ISO 8859-1, so that the é is no UTF-8.
      Throwable failure = failure(text.getBytes(StandardCharsets.ISO_8859_1));
      for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
        assertThat(cause.toString()).doesNotContain(secret).doesNotContain("'R'");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "anna@shop.example,Anna,Virtanen",
        "Anna,Virtanen,+358401234567",
        "Anna,Virtanen,C-1001",
        "Anna,Virtanen,1999-12-31",
        "Anna,Virtanen,12 Main Street",
        "Anna,Virtanen,6f1c2d3e-aaaa-bbbb-cccc-0123456789ab",
        "Anna,,Virtanen"
      })
  void takes_no_value_of_a_customer_for_a_name_where_the_header_is_missing(String line)
      throws IOException {
    FieldNames fields = fieldsOf(line + "\n");
    CsvFormat format = CsvFormat.of(',', StandardCharsets.UTF_8).withIdField("Ann");

    List<String> messages =
        List.of(
            misfit(FieldMapping.email("Anne").lastName("Virtane"), fields),
            String.valueOf(
                catchThrowableOfType(
                        IOException.class,
                        () -> CsvProfileReader.open(CUSTOMERS, stream(line), format))
                    .getMessage()),
            failureOf(line + "\nx,\"y,z\n"));

    assertThat(messages)
        .noneMatch(message -> message.contains("'Anna'") || message.contains("'Virtanen'"));
    assertThat(messages.get(0)).contains("the first line");
  }

  @Test
  void a_name_may_hold_digits() throws IOException {
    assertThat(misfit(FieldMapping.email("Email"), fieldsOf("Address1,1st_name,Q1,H24\n")))
        .contains("It has: 'Address1', '1st_name', 'Q1', 'H24'.");
  }

  private static String failureOf(String text) {
    return String.valueOf(failure(text.getBytes(StandardCharsets.UTF_8)).getMessage());
  }

  private static Throwable failure(byte[] content) {
    return failure(content, StandardCharsets.UTF_8);
  }

  private static Throwable failure(byte[] content, Charset charset) {
    CsvFormat format = CsvFormat.of(',', charset);
    return catchThrowableOfType(
        IOException.class,
        () -> read(CsvProfileReader.open(CUSTOMERS, new ByteArrayInputStream(content), format)));
  }

  private static FieldNames fieldsOf(String text) throws IOException {
    try (ProfileReader reader = CsvProfileReader.open(CUSTOMERS, stream(text), UTF_8)) {
      return reader.fields().orElseThrow();
    }
  }

  private static String misfit(FieldMapping mapping, FieldNames fields) {
    return String.valueOf(
        catchThrowableOfType(IllegalArgumentException.class, () -> mapping.checkAgainst(fields))
            .getMessage());
  }

  /** The same text for ever. */
  private static final class RepeatingInputStream extends InputStream {
    private final byte[] text;
    private int next;

    RepeatingInputStream(String text) {
      this.text = text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public int read() {
      next = (next + 1) % text.length;
      return text[next];
    }
  }
}
