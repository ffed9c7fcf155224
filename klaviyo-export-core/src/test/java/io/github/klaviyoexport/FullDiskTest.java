package io.github.klaviyoexport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.klaviyoexport.journal.FileJournal;
import io.github.klaviyoexport.memory.FileMemory;
import io.github.klaviyoexport.memory.MemoryKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A disk that takes no byte: what is opened there fails, and says where that is. */
@Timeout(60)
class FullDiskTest {
  @TempDir private Path temp;

  /** What is opened on the full disk, each below the directory that is given. */
  static final class Openings {
    private interface Opening {
      AutoCloseable at(Path path) throws IOException;
    }

    private Openings() {}

    public static void main(String[] args) {
      Path directory = Path.of(args[0]);
      tell(directory.resolve("journal"), path -> FileJournal.in(path).open("vip"));
      tell(
          directory.resolve("memory"), path -> FileMemory.in(path, MemoryKey.random()).open("vip"));
      tell(directory.resolve("outcomes.csv"), OutcomeFile::csv);
      tell(directory.resolve("rejections.csv"), RejectionFile::csv);
    }

    private static void tell(Path path, Opening opening) {
      try {
        opening.at(path).close();
        System.out.println("It was opened: " + path);
      } catch (Exception failure) {
        System.out.println(failure.getMessage());
      }
    }
  }

  @Test
  void what_cannot_be_opened_is_named() throws Exception {
    // A limit on the size of files stands for a full disk: the one that writes gets no room.
    Process process =
        new ProcessBuilder(
                "sh",
                "-c",
                "ulimit -f 0 && exec \"$0\" \"$@\"",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:-UsePerfData",
                "-cp",
                System.getProperty("java.class.path"),
                Openings.class.getName(),
                temp.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<String> told = new String(process.getInputStream().readAllBytes(), UTF_8).lines().toList();
    assumeTrue(process.waitFor() == 0);

    assertThat(told).hasSize(4);
    assertThat(told.get(0))
        .startsWith("The journal directory " + temp.resolve("journal") + " cannot be used (");
    assertThat(told.get(1))
        .startsWith("The memory directory " + temp.resolve("memory") + " cannot be used (");
    assertThat(told.get(2)).startsWith("The file " + temp.resolve("outcomes.csv") + " cannot be");
    assertThat(told.get(3)).startsWith("The file " + temp.resolve("rejections.csv") + " cannot be");
  }
}
