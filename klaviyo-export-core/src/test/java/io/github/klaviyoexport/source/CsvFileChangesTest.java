package io.github.klaviyoexport.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.github.klaviyoexport.internal.source.CsvFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A file of CSV that is written anew, replaced or removed while its segment is read. */
class CsvFileChangesTest extends CsvFiles {
  private static final String CHANGED =
      "The file %s changed while its segment was read, so that customers may be missing or mixed up:"
          + " write it elsewhere, rename it when it is whole, and try again.";

  @ParameterizedTest
  @ValueSource(ints = {0, 1_000, 2_000, 3_000})
  void refuses_a_file_that_is_written_anew_while_it_is_read(int customers) throws IOException {
    Path file = file(customers(0, 2_000));

    try (ProfileReader reader = CsvSource.of(file).open(VIP)) {
      reader.next();
      Files.writeString(file, customers(1, customers));
      assertThatIOException().isThrownBy(() -> read(reader)).withMessage(CHANGED, file);
    }
  }

  @Test
  void refuses_a_packed_file_that_is_written_anew_while_it_is_read() throws IOException {
    Path file = directory.resolve("vip.csv.gz");
    Random random = new Random(1);
    StringBuilder text = new StringBuilder("Email\n");
    for (int customer = 0; customer < 20_000; customer++) {
      text.append(random.nextLong()).append("@shop.example\n");
    }
    byte[] packed = packed(text.toString().getBytes(StandardCharsets.UTF_8));
    Files.write(file, packed);

    try (ProfileReader reader = CsvSource.of(file).open(VIP)) {
      reader.next();
      Files.write(file, Arrays.copyOf(packed, 100_000));
      assertThatIOException().isThrownBy(() -> read(reader)).withMessage(CHANGED, file);
    }
  }

  @Test
  void reads_to_its_end_a_file_that_is_replaced_or_removed_while_it_is_read() throws IOException {
    Path file = file(customers(0, 2_000));

    try (ProfileReader reader = CsvSource.of(file).open(VIP)) {
      reader.next();
      Path other = Files.writeString(directory.resolve("other"), customers(1, 2_000));
      Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
      assertThat(read(reader)).hasSize(1_999);
    }
    try (ProfileReader reader = CsvSource.of(file).open(VIP)) {
      reader.next();
      Files.delete(file);
      assertThat(read(reader)).hasSize(1_998);
    }
  }

  @Test
  void refuses_a_file_that_is_cut_off_and_then_replaced_while_it_is_read() throws IOException {
    Path file = file(customers(0, 2_000));

    try (ProfileReader reader = CsvSource.of(file).open(VIP)) {
      reader.next();
      Files.writeString(file, customers(0, 1_000));
      Path other = Files.writeString(directory.resolve("other"), customers(0, 2_000));
      Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
      assertThatIOException().isThrownBy(() -> read(reader)).withMessage(CHANGED, file);
    }
  }

  @Test
  void takes_no_notice_of_what_becomes_of_a_file_that_has_been_read() throws IOException {
    Path file = file("Email\nada@shop.example\nbo@shop.example\n");

    try (ProfileReader reader = CsvSource.of(file).open(VIP)) {
      Files.writeString(file, "Email\n");
      assertThat(read(reader)).hasSize(2);
    }
  }

  @Test
  void refuses_a_part_that_is_written_anew_or_replaced_before_its_turn() throws IOException {
    Path folder = Files.createDirectory(directory.resolve("vip"));
    Files.writeString(folder.resolve("part-0.csv"), customers(0, 10));
    Path part = Files.writeString(folder.resolve("part-1.csv"), customers(10, 20));

    try (ProfileReader reader = CsvSource.directory(directory).open(VIP)) {
      Files.writeString(part, customers(10, 15));
      assertThatIOException().isThrownBy(() -> read(reader)).withMessage(CHANGED, part);
    }
    try (ProfileReader reader = CsvSource.directory(directory).open(VIP)) {
      Path other = Files.writeString(directory.resolve("other"), customers(10, 20));
      Files.move(other, part, StandardCopyOption.REPLACE_EXISTING);
      assertThatIOException().isThrownBy(() -> read(reader)).withMessage(CHANGED, part);
    }
    assertThat(read(CsvSource.directory(directory))).hasSize(20);
  }

  /** Returns a file of customers with a note that is long enough to be read in several pieces. */
  private static String customers(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(
            customer -> "c-%1$04d@shop.example,%2$s\n".formatted(customer, "note ".repeat(20)))
        .collect(Collectors.joining("", "Email,Note\n", ""));
  }
}
