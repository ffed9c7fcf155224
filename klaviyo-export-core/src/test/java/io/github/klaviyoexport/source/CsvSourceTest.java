package io.github.klaviyoexport.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.klaviyoexport.internal.source.CsvFiles;
import io.github.klaviyoexport.profile.Conversion;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.profile.Unreadable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.math.BigDecimal;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A source of CSV files: which file a segment is, what its settings do, and what its customers are
 * called.
 */
class CsvSourceTest extends CsvFiles {
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
  void calls_a_customer_by_the_id_field_or_else_by_the_line_the_record_begins_in()
      throws IOException {
    Path file = file("Id,Note\nc-1,\"two\nlines\"\n,x\n\" \",y\nc-4,z\n");

    assertThat(read(CsvSource.of(file).idField("Id")))
        .extracting(CustomerProfile::id)
        .containsExactly("c-1", "line 4", "line 5", "c-4");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UTF-16",
        "UTF-16LE",
        "x-UTF-16LE-BOM",
        "UTF-32",
        "X-UTF-32LE-BOM",
        "X-UTF-32BE-BOM",
        "windows-1252",
        "ISO-8859-15"
      })
  void reads_the_charset_and_the_delimiter_it_is_told(String name) throws IOException {
    Charset charset = Charset.forName(name);
    Path file = directory.resolve("customers.csv");
    Files.write(file, "Email;City\nada@shop.example;Zürich, CH\n".getBytes(charset));

    assertThat(read(CsvSource.of(file).charset(charset).delimiter(';')).get(0).value("City"))
        .isEqualTo("Zürich, CH");
  }

  @Test
  void calls_no_two_customers_of_a_directory_the_same() throws IOException {
    Files.writeString(directory.resolve("vip.csv"), "Email\nada@shop.example\n");
    Files.writeString(directory.resolve("new.csv"), "Email\nbo@shop.example\n");
    CsvSource source = CsvSource.directory(directory);

    assertThat(read(source).get(0).id()).isEqualTo("line 2 of vip.csv");
    assertThat(read(source.open(Segment.named("new"))).get(0).id()).isEqualTo("line 2 of new.csv");
    Files.delete(directory.resolve("new.csv"));
    assertThat(read(CsvSource.of(directory)).get(0).id()).isEqualTo("line 2 of vip.csv");
  }

  @Test
  void nor_two_of_files_with_one_name_in_several_folders() throws IOException {
    Path eu = Files.createDirectories(directory.resolve("eu"));
    Path us = Files.createDirectories(directory.resolve("us"));
    Path one = Files.writeString(eu.resolve("part-0.csv"), "Email\nada@shop.example\n");
    Path other = Files.writeString(us.resolve("part-0.csv"), "Email\nbo@shop.example\n");
    String[] names = {"line 2 of eu/part-0.csv", "line 2 of us/part-0.csv"};

    for (CsvSource source : List.of(CsvSource.of(eu, us), CsvSource.of(one, other))) {
      assertThat(read(source)).extracting(CustomerProfile::id).containsExactly(names);
    }
    CsvSource source = CsvSource.directory(directory);
    assertThat(read(source.open(Segment.named("eu"))).get(0).id()).isEqualTo(names[0]);
    assertThat(read(source.open(Segment.named("us"))).get(0).id()).isEqualTo(names[1]);
  }

  @Test
  void says_that_a_part_is_a_link_to_nothing() throws IOException {
    Path folder = Files.createDirectory(directory.resolve("vip"));
    Files.writeString(folder.resolve("part-0.csv"), "Email\nada@shop.example\n");
    Path link = folder.resolve("part-1.csv");
    Files.createSymbolicLink(link, directory.resolve("gone"));

    assertThatIOException()
        .isThrownBy(() -> CsvSource.directory(directory).open(VIP))
        .withMessage("There is no file %s for the segment 'vip': check the path.", link);
  }

  @Test
  void lists_a_folder_by_the_name_of_its_segment() throws IOException {
    for (String name : List.of("vip.csv", "new", "empty.csv")) {
      Files.createDirectory(directory.resolve(name));
    }
    Files.writeString(directory.resolve("vip.csv/part-0.csv"), "Email\nada@shop.example\n");
    Files.writeString(directory.resolve("new/part-0.csv"), "Email\n");
    CsvSource source = CsvSource.directory(directory);

    assertThat(source.segments())
        .extracting(available -> available.segment().name())
        .containsExactly("new", "vip");
    assertThat(read(source.open(VIP))).hasSize(1);
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

  @Test
  void finds_a_segment_in_the_packed_file_of_its_name() throws IOException {
    Path packed = directory.resolve("vip.csv.gz");
    Files.write(packed, packed("Email\nada@shop.example\n".getBytes(StandardCharsets.UTF_8)));
    CsvSource source = CsvSource.directory(directory);

    assertThat(read(source.open(VIP))).hasSize(1);
    assertThat(read(CsvSource.of(packed))).hasSize(1);

    Path plain = Files.writeString(directory.resolve("vip.csv"), "Email\n");
    assertThatIOException()
        .isThrownBy(() -> source.open(VIP))
        .withMessage(
            "There are two files for the segment 'vip', %s and %s: remove the one that is out of"
                + " date.",
            plain, packed);
  }

  @Test
  void says_which_name_may_be_meant_when_the_id_field_is_not_there() throws IOException {
    Path file = file("Customer_ID,Email,Note,Note\n");

    assertThatIOException()
        .isThrownBy(() -> CsvSource.of(file).idField("CustomerId").open(VIP))
        .withMessageContaining("has no field 'CustomerId' (did you mean 'Customer_ID'?) to take");
    assertThatIOException()
        .isThrownBy(() -> CsvSource.of(file).idField("Note").open(VIP))
        .withMessageContaining("'Note' (columns 3 and 4 have this name: name each once) to take");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../vip", "..\\vip", "/etc/vip", "a/b", "C:vip", ".", ".."})
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
  void says_that_a_folder_holds_no_csv_file() {
    assertThatIOException()
        .isThrownBy(() -> CsvSource.of(directory).open(VIP))
        .withMessage(
            "The folder %s holds no file of which the name ends with .csv or .csv.gz: check the"
                + " path.",
            directory);
  }

  @ParameterizedTest
  @ValueSource(strings = {"vip", "vip.csv"})
  void reads_the_parts_of_a_folder_in_the_order_of_their_names(String name) throws IOException {
    Path folder = Files.createDirectory(directory.resolve(name));
    Files.writeString(folder.resolve("part-00002-x.csv"), "Email\nbo@shop.example\n");
    Files.write(
        folder.resolve("part-00010-x.csv.gz"),
        packed("Email\ncy@shop.example\n".getBytes(StandardCharsets.UTF_8)));
    Files.writeString(folder.resolve("part-00000-x.csv"), "Email\nada@shop.example\n");
    Files.writeString(folder.resolve("part-00001-x.csv"), "Email\n");
    Files.writeString(folder.resolve("part-00003-x.csv"), "");
    Files.writeString(folder.resolve("_SUCCESS"), "");
    Files.writeString(folder.resolve(".part-00000-x.csv.crc"), "crc");
    Files.writeString(folder.resolve("README.md"), "read me");

    for (CsvSource source : List.of(CsvSource.directory(directory), CsvSource.of(folder))) {
      String below = source.segments().isEmpty() ? "" : name + "/";
      assertThat(read(source))
          .extracting(CustomerProfile::id)
          .containsExactly(
              "line 2 of " + below + "part-00000-x.csv",
              "line 2 of " + below + "part-00002-x.csv",
              "line 2 of " + below + "part-00010-x.csv.gz");
      try (ProfileReader reader = source.open(VIP)) {
        assertThat(reader.fields()).contains(FieldNames.of("Email"));
      }
    }
  }

  @Test
  void takes_a_part_that_unpacks_to_nothing_for_one_without_a_byte() throws IOException {
    Path folder = Files.createDirectory(directory.resolve("vip"));
    Files.write(folder.resolve("part-0.csv.gz"), packed(new byte[0]));
    Files.writeString(folder.resolve("part-1.csv"), "Email\nada@shop.example\n");
    Files.write(folder.resolve("part-2.csv.gz"), new byte[0]);
    Files.write(
        folder.resolve("part-3.csv.gz"), packed("Email\n".getBytes(StandardCharsets.UTF_8)));

    assertThat(read(CsvSource.of(folder)))
        .extracting(CustomerProfile::id)
        .containsExactly("line 2 of part-1.csv");
  }

  @Test
  void says_that_a_part_is_empty_where_all_are() throws IOException {
    Path folder = Files.createDirectory(directory.resolve("vip"));
    Path first = Files.write(folder.resolve("part-0.csv.gz"), packed(new byte[0]));
    Files.write(folder.resolve("part-1.csv"), new byte[0]);

    assertThatIOException()
        .isThrownBy(() -> CsvSource.of(folder).open(VIP))
        .withMessage("The file %s is empty: its first line must name the fields.", first);
  }

  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void reads_a_pipe_once_and_does_not_wait_for_what_will_not_come_again() throws Exception {
    Path pipe = pipe();
    CsvSource source = CsvSource.of(pipe);
    Thread writer = new Thread(() -> write(pipe, "Email\nada@shop.example\n"));
    writer.start();
    assertThat(read(source)).hasSize(1);
    writer.join();

    for (CsvSource again : List.of(source, source.idField("Email"))) {
      assertThatIOException()
          .isThrownBy(() -> again.open(VIP))
          .withMessage(
              "The file %s is a pipe or a device, which can be read once, and has been: write what it"
                  + " gives to a file, and read that.",
              pipe);
    }
  }

  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void refuses_a_pipe_among_several_files_which_are_opened_twice() throws Exception {
    Path pipe = pipe();
    Path file = file("Email\nada@shop.example\n");

    for (CsvSource source : List.of(CsvSource.of(file, pipe), CsvSource.of(pipe, file))) {
      assertThatIOException()
          .isThrownBy(() -> source.open(VIP))
          .withMessage(
              "The file %s is a pipe or a device, which can be read once, and of several files each is"
                  + " opened twice: write what it gives to a file, and read that.",
              pipe);
    }
  }

  private Path pipe() throws Exception {
    Path pipe = directory.resolve("pipe.csv");
    assumeThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    return pipe;
  }

  private static void write(Path pipe, String text) {
    try {
      Files.writeString(pipe, text, StandardOpenOption.WRITE);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Test
  void reads_files_whatever_the_case_of_how_their_names_end() throws IOException {
    Path folder = Files.createDirectory(directory.resolve("parts"));
    Files.writeString(folder.resolve("a.csv"), "Email\nada@shop.example\n");
    Files.writeString(folder.resolve("B.CSV"), "Email\nbo@shop.example\n");
    Files.write(
        folder.resolve("c.Csv.GZ"),
        packed("Email\ncy@shop.example\n".getBytes(StandardCharsets.UTF_8)));
    Files.copy(folder.resolve("B.CSV"), directory.resolve("vip.CSV"));
    CsvSource source = CsvSource.directory(directory);

    assertThat(read(CsvSource.of(folder))).hasSize(3);
    assertThat(source.segments())
        .extracting(available -> available.segment().name())
        .containsExactly("parts", "vip");
    assertThat(read(source))
        .extracting(one -> one.value("Email"))
        .containsExactly("bo@shop.example");

    Path packed = Files.copy(folder.resolve("c.Csv.GZ"), directory.resolve("vip.csv.GZ"));
    assertThatIOException()
        .isThrownBy(() -> source.open(VIP))
        .withMessageContaining("vip.CSV and " + packed + ": remove the one that is out of date.");
    Files.writeString(folder.resolve("D.CSV.BZ2"), "BZh9");
    assertThatIOException()
        .isThrownBy(() -> CsvSource.of(folder).open(VIP))
        .withMessageContaining("holds D.CSV.BZ2, which is packed in a way that is not read");
  }

  @Test
  void says_which_name_may_be_meant_when_a_column_to_convert_is_not_there() throws IOException {
    Path file = file("Id,Lifetime Value\nc-1,7\n");

    assertThatIOException()
        .isThrownBy(
            () -> CsvSource.of(file).column("lifetime_value", Conversion.number()).open(VIP))
        .withMessage(
            "The file %s has no field 'lifetime_value' (did you mean 'Lifetime Value'?) to convert."
                + " It has: 'Id', 'Lifetime Value'.",
            file);
  }

  @Test
  void converts_each_field_behind_an_index_without_a_name_and_takes_the_id_as_it_is_written()
      throws IOException {
    Path file = file(",Id,LTV\n0,007,1e3\n1,NULL,x\n2,8,\n");
    CsvSource source =
        CsvSource.of(file)
            .idField("Id")
            .everyColumn(Conversion.emptyWords("NULL"))
            .column("LTV", Conversion.number())
            .column("Id", Conversion.number());

    List<CustomerProfile> read = read(source);

    assertThat(read).extracting(CustomerProfile::id).containsExactly("007", "line 3", "8");
    assertThat(read.get(0).value("Id")).isEqualTo(7L);
    assertThat(read.get(0).value("LTV")).isEqualTo(new BigDecimal("1e3"));
    assertThat(read.get(1).value("LTV")).isInstanceOf(Unreadable.class);
    assertThat(read.get(2).value("LTV")).isNull();
  }

  @Test
  void reads_several_files_as_one_segment_in_the_order_in_which_they_are_named()
      throws IOException {
    Path one = Files.writeString(directory.resolve("b.csv"), "Id,Email\nc-1,ada@shop.example\n");
    Path other = Files.writeString(directory.resolve("a.csv"), "Id,Email\nc-2,bo@shop.example\n");

    assertThat(read(CsvSource.of(one, other).idField("Id")))
        .extracting(CustomerProfile::id)
        .containsExactly("c-1", "c-2");
    assertThat(CsvSource.of(one, other)).hasToString("CsvSource[" + one + ", " + other + "]");
  }

  @Test
  void refuses_files_with_different_headers_before_it_gives_a_customer() throws IOException {
    Path one = Files.writeString(directory.resolve("a.csv"), "Id,Email\nc-1,ada@shop.example\n");
    Path other = Files.writeString(directory.resolve("b.csv"), "Email,Id\nbo@shop.example,c-2\n");

    assertThatIOException()
        .isThrownBy(() -> CsvSource.of(one, other).open(VIP))
        .withMessage(
            "The files %s and %s are one segment and name different fields, or in another order:"
                + " write them with the same header.",
            one, other);
    assertThatIOException()
        .isThrownBy(() -> CsvSource.of(one, directory.resolve("c.csv")).open(VIP))
        .withMessage("There is no file %s: check the path.", directory.resolve("c.csv"));
  }

  @Test
  void refuses_a_folder_that_is_not_whole_or_not_all_to_be_read() throws IOException {
    Path folder = Files.createDirectory(directory.resolve("vip"));
    Files.writeString(folder.resolve("part-00000.csv"), "Email\nada@shop.example\n");
    CsvSource source = CsvSource.directory(directory);

    Path temporary = Files.createDirectory(folder.resolve("_temporary"));
    assertThatIOException()
        .isThrownBy(() -> source.open(VIP))
        .withMessageContaining("still being written");
    Files.delete(temporary);

    Path packed = Files.writeString(folder.resolve("part-00001.csv.bz2"), "BZh9");
    assertThatIOException()
        .isThrownBy(() -> source.open(VIP))
        .withMessageContaining("holds part-00001.csv.bz2, which is packed in a way that is not");
    Files.delete(packed);

    Path partition = Files.createDirectory(folder.resolve("country=DE"));
    assertThatIOException()
        .isThrownBy(() -> source.open(VIP))
        .withMessageContaining("is partitioned: it holds the folder country=DE");
    Files.delete(partition);

    assertThat(read(source)).hasSize(1);
    Files.writeString(directory.resolve("vip.csv"), "Email\n");
    assertThatIOException()
        .isThrownBy(() -> source.open(VIP))
        .withMessageContaining("There are two files for the segment 'vip'");
  }

  @Test
  void closes_each_file_before_it_opens_the_next() throws IOException {
    Path folder = Files.createDirectory(directory.resolve("vip"));
    for (int part = 0; part < 5_000; part++) {
      Files.writeString(folder.resolve("part-" + part + ".csv"), "Email\nx@shop.example\n");
    }
    // Of 5,000 open files at a time a process has too many.
    assertThat(read(CsvSource.directory(directory))).hasSize(5_000);
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

  @ParameterizedTest
  @ValueSource(chars = {'"', '\n', '\r'})
  void refuses_a_delimiter_that_csv_uses_otherwise(char delimiter) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CsvSource.of(directory).delimiter(delimiter))
        .withMessage(
            "The delimiter must be neither a quote nor a line break: pass ',' or ';' or '\\t'.");
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
                      () ->
                          source
                              .getMethod("of", Path.class, Path[].class)
                              .invoke(null, directory, new Path[0]))
                  .getCause())
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(
              "CSV files are read by FastCSV, which is not on the class path: add"
                  + " de.siegmar:fastcsv (4.4.0 or a later 4.x) to your build.");
    }
  }
}
