package io.github.klaviyoexport.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What another program has put in the place of a journal's files is neither read nor written. */
@Timeout(30)
class FileJournalLinksTest extends JournalInDirectory {
  private static final String PRECIOUS = "precious";

  private Path target;

  @BeforeEach
  void a_file_that_is_none_of_the_journals_business() throws IOException {
    assumeThat(temp.getFileSystem().supportedFileAttributeViews()).contains("posix");
    target = Files.writeString(temp.resolve("target"), PRECIOUS);
    Files.createDirectory(directory);
  }

  @ParameterizedTest
  @ValueSource(strings = {".lock", ".journal"})
  void a_link_to_a_file_is_not_followed(String suffix) throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve(KEY + suffix), target);

    assertThatThrownBy(() -> write(List.of("one")))
        .isInstanceOf(IOException.class)
        .hasMessage(
            link.toRealPath(java.nio.file.LinkOption.NOFOLLOW_LINKS)
                + " is a symbolic link, which is not followed: find out what put it there, and"
                + " remove it");
    assertThat(target).hasContent(PRECIOUS);
    Files.delete(link);
    write(List.of("one"));
    assertThat(lines()).containsExactly("one");
  }

  @ParameterizedTest
  @ValueSource(strings = {".lock", ".journal", ".journal.draft"})
  void a_link_to_nothing_makes_nothing(String suffix) throws IOException {
    Path nothing = temp.resolve("nothing");
    Files.createSymbolicLink(directory.resolve(KEY + suffix), nothing);

    try {
      write(List.of("one"));
    } catch (IOException refused) {
      assertThat(refused).hasMessageContaining("symbolic link");
    }

    assertThat(nothing).doesNotExist();
  }

  @Test
  void a_link_in_place_of_the_draft_is_removed() throws IOException {
    write(List.of("zero"));
    try (JournalLog log = journal.open(KEY)) {
      Files.createSymbolicLink(directory.resolve(KEY + ".journal.draft"), target);
      assertThatThrownBy(() -> log.restart("one")).hasMessageContaining("symbolic link");
    }

    assertThat(lines()).containsExactly("zero");
    assertThat(target).hasContent(PRECIOUS);
  }

  @Test
  void a_link_that_comes_while_the_log_is_open_is_not_written_to() throws IOException {
    try (JournalLog log = journal.open(KEY)) {
      log.append("one");
      Files.move(file, temp.resolve("moved"));
      Files.createSymbolicLink(file, target);

      assertThatThrownBy(() -> log.append("two")).hasMessageContaining("symbolic link");
      assertThatThrownBy(() -> linesOf(log)).hasMessageContaining("symbolic link");
    }
    assertThat(target).hasContent(PRECIOUS);
  }

  @Test
  void a_link_in_place_of_the_guard_is_not_followed() throws IOException {
    JournalLog silent = journal.open(KEY, Duration.ofSeconds(20));
    Path lock = directory.resolve(KEY + ".lock");
    Files.setLastModifiedTime(lock, FileTime.fromMillis(0));
    Files.createSymbolicLink(directory.resolve(KEY + ".lock.guard"), target);

    assertThatThrownBy(() -> journal.open(KEY)).hasMessageContaining("symbolic link");

    assertThat(target).hasContent(PRECIOUS);
    silent.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {".lock", ".journal"})
  void a_pipe_is_not_waited_for(String suffix) throws Exception {
    Path pipe = directory.resolve(KEY + suffix);
    assumeThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();

    assertThatThrownBy(() -> write(List.of("one")))
        .hasMessageEndingWith(" is no ordinary file: find out what put it there, and remove it");
  }

  @Test
  void the_path_of_the_directory_may_lead_through_links() throws IOException {
    Path link = Files.createSymbolicLink(temp.resolve("link"), directory);
    try (JournalLog log = FileJournal.in(link).open(KEY)) {
      log.append("one");

      assertThatThrownBy(() -> journal.open(KEY)).isInstanceOf(LogHeldException.class);
    }
    assertThat(lines()).containsExactly("one");
  }

  @Test
  void a_key_that_is_a_path_or_a_device_opens_nothing() {
    for (String key :
        List.of("../x", "a/b", "a\\b", "c:x", "a\0", "a%2fb", ".", "..", "con", "com1")) {
      assertThatIllegalArgumentException().as(key).isThrownBy(() -> journal.open(key));
      assertThatIllegalArgumentException()
          .as(key)
          .isThrownBy(() -> journal.open(key, Duration.ofMinutes(1)));
    }
    assertThat(directory).isEmptyDirectory();
  }
}
