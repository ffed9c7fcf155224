package io.github.klaviyoexport.internal.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.source.CsvSource;
import io.github.klaviyoexport.source.ProfileReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

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
  void says_which_column_has_no_name_or_the_name_of_another_without_quoting_it() {
    assertThat(failureOf("Email,,City\n"))
        .isEqualTo("customers.csv, line 1: column 2 has no name: name every column.");
    assertThat(failureOf("Email,\" \"\n"))
        .isEqualTo("customers.csv, line 1: column 2 has no name: name every column.");
    assertThat(failureOf("\nSmith,Jones,Smith\n"))
        .isEqualTo(
            "customers.csv, line 2: column 3 has the same name as column 1: name each once.");
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

    try (ProfileReader reader = CsvSource.of(file).open(VIP)) {
      for (int line = 2; line <= 20_000; line++) {
        CustomerProfile customer = reader.next();
        assertThat(customer).isNotNull();
        assertThat(customer.id()).isEqualTo("line " + line);
      }
      assertThatIOException()
          .isThrownBy(reader::next)
          .withMessage(
              "%s, line 20001: field 2 ('City') holds bytes that are not UTF-8 text: save the file"
                  + " in that charset, or name the right one to the source.",
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

    try (ProfileReader reader = CsvProfileReader.open("customers.csv", endless, UTF_8)) {
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

    try (ProfileReader reader = CsvProfileReader.open("customers.csv", failing, UTF_8)) {
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

  private static String failureOf(String text) {
    return String.valueOf(failure(text.getBytes(StandardCharsets.UTF_8)).getMessage());
  }

  private static Throwable failure(byte[] content) {
    return catchThrowableOfType(
        IOException.class,
        () ->
            read(CsvProfileReader.open("customers.csv", new ByteArrayInputStream(content), UTF_8)));
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
