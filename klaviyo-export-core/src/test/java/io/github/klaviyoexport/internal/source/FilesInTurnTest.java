package io.github.klaviyoexport.internal.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.github.klaviyoexport.source.ProfileReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The files of a segment are one segment when they are read, and not only when it begins. */
class FilesInTurnTest extends CsvFiles {
  private static final List<SourceFile> FILES =
      List.of(new SourceFile(Path.of("a.csv"), "a.csv"), new SourceFile(Path.of("b.csv"), "b.csv"));

  @Test
  void a_file_that_got_another_header_before_its_turn_is_read_under_none() throws IOException {
    Map<String, String> texts =
        new HashMap<>(Map.of("a.csv", "Id,LTV\n1,5\n", "b.csv", "Id,LTV\n"));

    try (ProfileReader reader =
        FilesInTurn.open(
            FILES,
            file ->
                CsvProfileReader.open(file, stream(texts.get(file.toString())), CsvFiles.UTF_8))) {
      texts.put("b.csv", "Id,CLV\n2,6\n");
      assertThat(reader.next()).isNotNull();
      assertThatIOException()
          .isThrownBy(reader::next)
          .withMessageStartingWith(
              "The files a.csv and b.csv are one segment and name different fields");
    }
  }
}
