package io.github.klaviyoexport.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import de.siegmar.fastcsv.writer.QuoteStrategies;
import io.github.klaviyoexport.internal.source.CsvFormat;
import io.github.klaviyoexport.internal.source.CsvProfileReader;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldNames;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
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
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvSourceTest {
  private static final Segment VIP = Segment.named("vip");
  private static final CsvFormat UTF_8 = new CsvFormat(',', StandardCharsets.UTF_8, null);

  @TempDir Path directory;

  @Test
  void reads_one_customer_a_record_under_the_names_in_the_header() throws IOException {
    List<CustomerProfile> customers =
        read(file("Email,City\nada@shop.example,London\nbo@shop.example,Oslo\n"));

    FieldNames fields = FieldNames.of("Email", "City");
    assertThat(customers)
        .containsExactly(
            CustomerProfile.of("line 2", fields, "ada@shop.example", "London"),
            CustomerProfile.of("line 3", fields, "bo@shop.example", "Oslo"));
  }

  @Test
  void tells_the_fields_before_the_first_record_and_never_a_size() throws IOException {
    try (ProfileReader reader = CsvSource.of(file("Email,City\n")).open(VIP)) {
      assertThat(reader.fields()).contains(FieldNames.of("Email", "City"));
      assertThat(reader.size()).isEmpty();
    }
  }

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
  void calls_a_customer_by_the_id_field_or_else_by_the_line_the_record_begins_in()
      throws IOException {
    Path file = file("Id,Note\nc-1,\"two\nlines\"\n,x\n\" \",y\nc-4,z\n");

    assertThat(read(CsvSource.of(file).idField("Id")))
        .extracting(CustomerProfile::id)
        .containsExactly("c-1", "line 4", "line 5", "c-4");
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

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16", "UTF-16LE", "windows-1252", "ISO-8859-15"})
  void reads_the_charset_and_the_delimiter_it_is_told(String name) throws IOException {
    Charset charset = Charset.forName(name);
    Path file = directory.resolve("customers.csv");
    Files.write(file, "Email;City\nada@shop.example;Zürich, CH\n".getBytes(charset));

    assertThat(read(CsvSource.of(file).charset(charset).delimiter(';')).get(0).value("City"))
        .isEqualTo("Zürich, CH");
  }

  @Test
  void finds_a_segment_in_the_file_of_its_name() throws IOException {
    Files.writeString(directory.resolve("vip.csv"), "Email\nada@shop.example\n");
    Files.writeString(directory.resolve("new-in-fi.csv"), "Email\n");
    CsvSource source = CsvSource.directory(directory);

    assertThat(read(source.open(VIP))).hasSize(1);
    assertThat(read(source.open(Segment.named("new-in-fi")))).isEmpty();
    assertThatIOException()
        .isThrownBy(() -> source.open(Segment.named("gone")))
        .withMessage(
            "There is no file %s for the segment 'gone': check the path.",
            directory.resolve("gone.csv"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"../vip", "..\\vip", "/etc/vip", "a/b", "C:vip"})
  void never_leaves_the_directory_whatever_the_segment_is_called(String name) throws IOException {
    Path inner = Files.createDirectory(directory.resolve("inner"));
    Files.writeString(directory.resolve("vip.csv"), "Email\n");

    assertThatIOException()
        .isThrownBy(() -> CsvSource.directory(inner).open(Segment.named(name)))
        .withMessage(
            "The segment name '%s' cannot be a file name: use letters, digits, - and _.", name);
  }

  @Test
  void says_that_a_file_is_not_there() {
    Path file = directory.resolve("customers.csv");

    assertThatIOException()
        .isThrownBy(() -> CsvSource.of(file).open(VIP))
        .withMessage("There is no file %s: check the path.", file);
  }

  @Test
  void says_that_a_file_is_empty() {
    for (String nothing : List.of("", "\uFEFF", "\n\r\n")) {
      assertThat(failureOf(nothing))
          .isEqualTo("The file customers.csv is empty: its first line must name the fields.");
    }
  }

  @Test
  void says_that_a_path_is_no_file() {
    assertThatIOException()
        .isThrownBy(() -> CsvSource.of(directory).open(VIP))
        .withMessage("The file %s could not be read on from line 1.", directory);
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
  void lists_the_known_fields_when_the_id_field_is_not_among_them() throws IOException {
    Path file = file("Email,City\n");

    assertThatIOException()
        .isThrownBy(() -> CsvSource.of(file).idField("CustomerId").open(VIP))
        .withMessage(
            "The file %s has no field 'CustomerId' to take the customers' ids from."
                + " It has: 'Email', 'City'.",
            file);
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
  void reads_a_record_of_a_million_characters() throws IOException {
    String note = "x".repeat(1_000_000);

    assertThat(read(file("Email,Note\na@shop.example,\"" + note + "\"\n")).get(0).value("Note"))
        .isEqualTo(note);
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

  @Test
  void closes_the_file_when_it_is_closed() throws IOException {
    CountingInputStream in = new CountingInputStream(stream("Email\na@shop.example\n"));

    ProfileReader reader = CsvProfileReader.open("customers.csv", in, UTF_8);
    assertThat(in.closed).isFalse();
    reader.close();

    assertThat(in.closed).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Email,Email\n", "\"Email"})
  void closes_the_file_when_the_header_is_refused(String text) {
    CountingInputStream in = new CountingInputStream(stream(text));

    assertThatIOException().isThrownBy(() -> CsvProfileReader.open("customers.csv", in, UTF_8));

    assertThat(in.closed).isTrue();
  }

  @ParameterizedTest
  @ValueSource(chars = {'"', '\n', '\r'})
  void refuses_a_delimiter_that_csv_uses_otherwise(char delimiter) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CsvSource.of(directory).delimiter(delimiter))
        .withMessage(
            "The delimiter must be neither a quote nor a line break: pass ',' or ';' or '\\t'.");
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
                  "customers.csv",
                  stream(text.toString()),
                  new CsvFormat(delimiter, StandardCharsets.UTF_8, null)));

      assertThat(customers.stream().map(CsvSourceTest::values).toList())
          .as("round " + round)
          .isEqualTo(records);
    }
  }

  @Test
  void says_which_library_is_missing() throws Exception {
    URL classes = CsvSource.class.getProtectionDomain().getCodeSource().getLocation();
    try (URLClassLoader withoutFastCsv =
        new URLClassLoader(new URL[] {classes}, ClassLoader.getPlatformClassLoader())) {
      Class<?> source = withoutFastCsv.loadClass(CsvSource.class.getName());

      assertThat(
              catchThrowableOfType(
                      InvocationTargetException.class,
                      () -> source.getMethod("of", Path.class).invoke(null, directory))
                  .getCause())
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(
              "CSV files are read by FastCSV, which is not on the class path: add"
                  + " de.siegmar:fastcsv (4.4.0 or a later 4.x) to your build.");
    }
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

  private static String failureOf(String text) {
    return String.valueOf(failure(text.getBytes(StandardCharsets.UTF_8)).getMessage());
  }

  private static Throwable failure(byte[] content) {
    return catchThrowableOfType(
        IOException.class,
        () ->
            read(CsvProfileReader.open("customers.csv", new ByteArrayInputStream(content), UTF_8)));
  }

  private Path file(String text) throws IOException {
    return Files.writeString(directory.resolve("customers.csv"), text);
  }

  private static List<CustomerProfile> read(Path file) throws IOException {
    return read(CsvSource.of(file));
  }

  private static List<CustomerProfile> read(CsvSource source) throws IOException {
    return read(source.open(VIP));
  }

  private static List<CustomerProfile> read(ProfileReader reader) throws IOException {
    try (reader) {
      List<CustomerProfile> customers = new ArrayList<>();
      CustomerProfile next = reader.next();
      while (next != null) {
        customers.add(next);
        next = reader.next();
      }
      return customers;
    }
  }

  private static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Counts what is read and notes that it is closed. */
  private static final class CountingInputStream extends FilterInputStream {
    long count;
    boolean closed;

    CountingInputStream(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int read = super.read(buffer, offset, length);
      count += Math.max(0, read);
      return read;
    }

    @Override
    public void close() throws IOException {
      closed = true;
      super.close();
    }
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
