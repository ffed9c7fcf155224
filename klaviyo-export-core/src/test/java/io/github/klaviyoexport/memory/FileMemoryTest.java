package io.github.klaviyoexport.memory;

import static java.nio.file.attribute.PosixFilePermission.OWNER_READ;
import static java.nio.file.attribute.PosixFilePermission.OWNER_WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.klaviyoexport.journal.LogHeldException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileMemoryTest {
  private static final String KEY = "vip-eu";
  private static final Duration SILENCE = Duration.ofSeconds(20);

  @TempDir Path temp;

  private FileMemory memory() {
    return FileMemory.in(temp.resolve("memory"), MemoryKey.random());
  }

  private Path file(String suffix) {
    return temp.resolve("memory").resolve(KEY + suffix);
  }

  @Test
  void only_the_owner_may_read_the_files() throws IOException {
    assumeThat(temp.getFileSystem().supportedFileAttributeViews()).contains("posix");
    write(memory(), "one", "two");

    assertThat(Files.getPosixFilePermissions(file(".memory")))
        .containsExactlyInAnyOrder(OWNER_READ, OWNER_WRITE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "UPPER", "../up", "a/b", "con", "lpt1"})
  void a_key_that_is_no_name_of_a_file_is_refused(String key) {
    assertThatThrownBy(() -> memory().open(key)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> memory().delete(key)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_directory_whose_parent_is_missing_is_told_with_advice() {
    FileMemory memory = FileMemory.in(temp.resolve("no/such"), MemoryKey.random());

    assertThatThrownBy(() -> memory.open(KEY))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("memory directory")
        .hasMessageContaining("pass another");
  }

  @Test
  void a_memory_that_was_never_used_has_nothing_to_list_or_delete() throws IOException {
    assertThat(memory().list()).isEmpty();
    assertThat(memory().delete(KEY)).isFalse();
    assertThat(temp).isEmptyDirectory();
  }

  @Test
  void a_draft_that_a_crash_left_is_put_away() throws IOException {
    write(memory(), "one");
    Files.writeString(file(".memory.draft"), "the beginning of what was to replace it");

    assertThat(reopened(memory())).containsExactly("one");
    assertThat(file(".memory.draft")).doesNotExist();
  }

  @Test
  void an_interrupt_disturbs_no_writing_and_stays_pending() throws IOException {
    try (MemoryLog log = memory().open(KEY)) {
      Thread.currentThread().interrupt();
      log.append(bytes("one"));
      List<byte[]> blocks = new ArrayList<>(List.of(bytes("two"), bytes("three")));
      log.replace(() -> blocks.isEmpty() ? null : blocks.remove(0));
      log.append(bytes("four"));
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(reopened(memory())).containsExactly("two", "three", "four");
  }

  @Test
  void a_silent_holder_is_taken_over_and_writes_no_more() throws IOException {
    assumeThat(temp.getFileSystem().supportedFileAttributeViews()).contains("posix");
    MemoryLog silent = memory().open(KEY, SILENCE);
    silent.append(bytes("one"));
    silent.append(bytes("two"));
    assertThatThrownBy(() -> memory().open(KEY, SILENCE))
        .isInstanceOfSatisfying(
            LogHeldException.class, held -> assertThat(held.left()).isPresent());
    Files.setLastModifiedTime(
        file(".memory-lock"), FileTime.from(Instant.now().minus(SILENCE).minusSeconds(1)));

    try (MemoryLog next = memory().open(KEY, SILENCE)) {
      assertThatThrownBy(() -> silent.append(bytes("late"))).hasMessageContaining("taken over");
      assertThatThrownBy(silent::keepAlive).hasMessageContaining("taken over");
      next.append(bytes("three"));
      silent.close();
      assertThatThrownBy(() -> memory().open(KEY)).isInstanceOf(LogHeldException.class);
    }
    assertThat(reopened(memory())).containsExactly("one", "two", "three");
  }

  @Test
  void a_link_in_place_of_the_file_is_not_followed() throws IOException {
    assumeThat(temp.getFileSystem().supportedFileAttributeViews()).contains("posix");
    write(memory(), "one");
    Path elsewhere = temp.resolve("elsewhere");
    Files.writeString(elsewhere, "somebody's");
    Files.delete(file(".memory"));
    Files.createSymbolicLink(file(".memory"), elsewhere);

    assertThatThrownBy(() -> memory().open(KEY)).hasMessageContaining("symbolic link");
    assertThat(memory().list()).isEmpty();
    assertThat(elsewhere).hasContent("somebody's");
  }

  @Test
  void a_file_that_cannot_be_written_is_told_with_advice_and_nothing_more_is_written()
      throws IOException {
    try (MemoryLog log = memory().open(KEY)) {
      log.append(bytes("one"));
      Files.delete(file(".memory"));

      assertThatThrownBy(() -> log.append(bytes("two")))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("could not be written")
          .hasMessageContaining("see to the disk");
      assertThatThrownBy(() -> log.append(bytes("three"))).hasMessageContaining("earlier write");
    }
  }

  private static void write(ExportMemory memory, String... blocks) throws IOException {
    try (MemoryLog log = memory.open(KEY)) {
      for (String block : blocks) {
        log.append(bytes(block));
      }
    }
  }

  private static List<String> reopened(ExportMemory memory) throws IOException {
    List<String> blocks = new ArrayList<>();
    try (MemoryLog log = memory.open(KEY)) {
      for (long number = 0; number < log.blocks(); number++) {
        blocks.add(new String(log.read(number), StandardCharsets.UTF_8));
      }
    }
    return blocks;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
