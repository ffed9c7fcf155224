package io.github.klaviyoexport.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.github.klaviyoexport.internal.source.CsvFiles;
import io.github.klaviyoexport.profile.CustomerProfile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A source of JSON Lines: which file a segment is. */
class JsonLinesSourceTest extends CsvFiles {
  private static final String ADA = "{\"email\":\"ada@shop.example\"}\n";

  @ParameterizedTest
  @ValueSource(strings = {".jsonl", ".ndjson"})
  void finds_a_segment_in_the_file_of_its_name_packed_or_not(String ending) throws IOException {
    JsonLinesSource source = JsonLinesSource.directory(directory);
    Path plain = Files.writeString(directory.resolve("vip" + ending), ADA);
    assertThat(read(source.open(VIP))).hasSize(1);

    Path packed =
        Files.write(
            directory.resolve("vip" + ending + ".gz"),
            packed(ADA.getBytes(StandardCharsets.UTF_8)));
    assertThatIOException()
        .isThrownBy(() -> source.open(VIP))
        .withMessage(
            "There are two files for the segment 'vip', %s and %s: remove the one that is out of"
                + " date.",
            plain, packed);
    Files.delete(plain);
    assertThat(read(source.open(VIP))).hasSize(1);
  }

  @Test
  void says_which_file_is_not_there() {
    assertThatIOException()
        .isThrownBy(() -> JsonLinesSource.directory(directory).open(VIP))
        .withMessage(
            "There is no file %s for the segment 'vip': check the path.",
            directory.resolve("vip.jsonl"));
  }

  @Test
  void reads_the_parts_of_a_folder_as_spark_writes_them() throws IOException {
    Path folder = Files.createDirectory(directory.resolve("vip"));
    Files.writeString(folder.resolve("part-00001-x.json"), "{\"id\":\"c-2\"}\n");
    Files.writeString(folder.resolve("part-00000-x.json"), "{\"id\":\"c-1\",\"a\":1}\n");
    Files.writeString(folder.resolve("part-00002-x.json"), "");
    Files.writeString(folder.resolve("part-00003-x.json"), "{\"a\":1}\n");
    Files.writeString(folder.resolve("_SUCCESS"), "");

    assertThat(read(JsonLinesSource.directory(directory).open(VIP)))
        .extracting(CustomerProfile::id)
        .containsExactly(
            "line 1 of vip/part-00000-x.json",
            "line 1 of vip/part-00001-x.json",
            "line 1 of vip/part-00003-x.json");
  }

  @Test
  void takes_a_folder_of_parts_without_a_line_for_an_empty_segment() throws IOException {
    Path folder = Files.createDirectory(directory.resolve("vip"));
    Files.writeString(folder.resolve("part-00000-x.json"), "");
    assertThat(read(JsonLinesSource.of(folder).open(VIP))).isEmpty();

    Files.write(folder.resolve("part-00001-x.json.gz"), packed(new byte[0]));
    assertThat(read(JsonLinesSource.directory(directory).open(VIP))).isEmpty();
  }

  @Test
  void refuses_a_file_that_is_written_anew_while_it_is_read() throws IOException {
    Path file = Files.writeString(directory.resolve("vip.jsonl"), ADA.repeat(10_000));

    try (ProfileReader reader = JsonLinesSource.of(file).open(VIP)) {
      reader.next();
      Files.writeString(file, ADA.repeat(5_000));
      assertThatIOException()
          .isThrownBy(() -> read(reader))
          .withMessageStartingWith("The file %s changed while its segment was read", file);
    }
  }

  @Test
  void says_what_it_reads_and_no_value() throws IOException {
    Path one = Files.writeString(directory.resolve("a.jsonl"), ADA);
    Path other = Files.writeString(directory.resolve("b.jsonl"), ADA);

    assertThat(JsonLinesSource.of(one, other)).hasToString("JsonLinesSource" + List.of(one, other));
    assertThat(read(JsonLinesSource.of(one, other).open(VIP)))
        .extracting(CustomerProfile::id)
        .containsExactly("line 1 of a.jsonl", "line 1 of b.jsonl");
  }
}
