package io.github.klaviyoexport.journal;

import static java.nio.file.attribute.PosixFilePermission.OWNER_READ;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What a journal in a directory adds to the contract: one process at a time has a log, and only its
 * owner may read what is made.
 */
class FileJournalTest extends JournalInDirectory {
  // Who has it

  @Test
  void another_process_is_told_who_holds_the_log_and_since_when() throws Exception {
    try (JournalLog log = journal.open(KEY);
        var other = JournalProcess.start(directory, KEY)) {
      assertThat(other.outcome())
          .matches(
              "This export is being run by process "
                  + ProcessHandle.current().pid()
                  + " on .+ since 20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ: wait until it ends,"
                  + " or stop it there before running it here\\.");
      log.append("still ours");
    }
  }

  @Test
  void a_killed_process_holds_nothing_and_what_it_wrote_is_there() throws Exception {
    try (var other = JournalProcess.start(directory, KEY, "first", "second")) {
      assertThat(other.outcome()).isEqualTo(JournalProcess.OPEN);
      assertThatThrownBy(() -> journal.open(KEY))
          .isInstanceOfSatisfying(
              LogHeldException.class,
              held -> assertThat(held.holder()).startsWith("process " + other.pid() + " on "));

      other.kill();

      assertThat(lines()).containsExactly("first", "second");
    }
  }

  @Test
  void two_journals_in_one_directory_are_one() throws IOException {
    var twin = FileJournal.in(temp.resolve("./exports"));
    try (JournalLog log = journal.open(KEY)) {
      assertThatThrownBy(() -> twin.open(KEY)).isInstanceOf(LogHeldException.class);
      log.append("still ours");
    }
    twin.open(KEY).close();
  }

  @Test
  void being_refused_in_the_same_jvm_does_not_let_other_processes_in() throws Exception {
    try (JournalLog log = journal.open(KEY)) {
      assertThatThrownBy(() -> journal.open(KEY)).isInstanceOf(LogHeldException.class);

      try (var other = JournalProcess.start(directory, KEY)) {
        assertThat(other.outcome()).startsWith("This export is being run by");
      }
      log.append("still ours");
    }
  }

  @Test
  void being_refused_in_another_class_loader_does_not_let_other_processes_in() throws Exception {
    URL classes = FileJournal.class.getProtectionDomain().getCodeSource().getLocation();
    try (var loader =
        new URLClassLoader(new URL[] {classes}, ClassLoader.getPlatformClassLoader())) {
      Class<?> type = loader.loadClass(FileJournal.class.getName());
      Object twin = type.getMethod("in", Path.class).invoke(null, directory);
      var open = type.getMethod("open", String.class);

      try (JournalLog log = journal.open(KEY)) {
        for (int attempt = 1; attempt <= 2; attempt++) {
          assertThatThrownBy(() -> open.invoke(twin, KEY))
              .isInstanceOf(InvocationTargetException.class)
              .cause()
              .hasMessageStartingWith("This export is being run by process ");
        }
        try (var other = JournalProcess.start(directory, KEY)) {
          assertThat(other.outcome()).startsWith("This export is being run by");
        }
        log.append("still ours");
      }

      var twinLog = (Closeable) open.invoke(twin, KEY);
      assertThatThrownBy(() -> journal.open(KEY)).isInstanceOf(LogHeldException.class);
      twinLog.close();
      try (var other = JournalProcess.start(directory, KEY)) {
        assertThat(other.outcome()).isEqualTo(JournalProcess.OPEN);
      }
    }
  }

  @Test
  void closing_again_does_not_let_go_of_the_next_hold() throws IOException {
    JournalLog first = journal.open(KEY);
    first.close();
    try (JournalLog second = journal.open(KEY)) {
      first.close();

      assertThatThrownBy(() -> journal.open(KEY)).isInstanceOf(LogHeldException.class);
      second.append("still ours");
    }
  }

  // Files

  @Test
  void only_the_owner_may_read_what_is_made() throws IOException {
    assumeThat(file.getFileSystem().supportedFileAttributeViews()).contains("posix");
    write(List.of("one"));

    assertThat(permissions(directory)).isEqualTo("rwx------");
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).hasSize(2).allMatch(made -> permissions(made).equals("rw-------"));
    }
  }

  @Test
  void no_handle_stays_open() throws IOException {
    Path handles = Path.of("/proc/self/fd");
    assumeThat(handles).as("a platform that shows the handles of a process").isDirectory();
    try (JournalLog log = journal.open(KEY)) {
      log.restart("one");
      log.append("two");
      linesOf(log);
      assertThatThrownBy(() -> journal.open(KEY)).isInstanceOf(LogHeldException.class);
      assertThat(handlesIn(directory, handles)).containsExactly(KEY + ".lock");
    }
    Files.writeString(file, Files.readString(file).replace("one", "0ne"));
    assertThatThrownBy(() -> journal.open(KEY)).isInstanceOf(IOException.class);

    assertThat(handlesIn(directory, handles)).isEmpty();
  }

  @Test
  void a_directory_whose_parent_is_missing_is_not_guessed() {
    Path orphan = temp.resolve("exprots/journal");

    assertThatThrownBy(() -> FileJournal.in(orphan).open(KEY))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "The journal directory "
                + orphan
                + " cannot be used ("
                + orphan
                + " does not exist): see that it is a directory which this user may read and write,"
                + " or pass another.");
    assertThat(temp).isEmptyDirectory();
  }

  @Test
  void a_file_in_place_of_the_directory_is_named() throws IOException {
    Files.createFile(directory);

    assertThatThrownBy(() -> journal.open(KEY))
        .hasMessageContaining("(" + directory + " is a file)");
  }

  @Test
  void a_directory_that_may_not_be_written_is_named() throws IOException {
    Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(Set.of(OWNER_READ)));
    assumeThat(Files.isWritable(directory)).as("the superuser may write anywhere").isFalse();

    assertThatThrownBy(() -> journal.open(KEY)).hasMessageContaining("may not be accessed");
  }

  @Test
  void a_key_is_checked_before_it_becomes_a_file_name() {
    for (String key : List.of("", "../vip", "VIP", "a".repeat(65), "a b", "ä")) {
      assertThatIllegalArgumentException().isThrownBy(() -> journal.open(key));
    }
    assertThat(directory).doesNotExist();
  }

  @Test
  void what_no_store_can_keep_is_refused_and_not_quoted() throws IOException {
    try (JournalLog log = journal.open(KEY)) {
      for (String line :
          List.of("", "two\nlines", "two\rlines", "nul\0", "torn \ud83d", "\ude00!")) {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> log.append(line))
            .satisfies(
                thrown ->
                    assertThat(thrown.getMessage()).doesNotContain("two", "lines", "nul", "torn"));
        assertThatIllegalArgumentException().isThrownBy(() -> log.restart(line));
      }
      log.append("goes on");
      assertThatIllegalArgumentException().isThrownBy(() -> log.append("two\nlines"));
      assertThat(linesOf(log)).containsExactly("goes on");
    }
  }

  @Test
  void a_closed_log_does_nothing_more() throws IOException {
    JournalLog log = journal.open(KEY);
    log.append("one");
    log.close();

    assertThatThrownBy(() -> linesOf(log)).hasMessage("This log is closed: open it again.");
    assertThatThrownBy(() -> log.append("two")).hasMessage("This log is closed: open it again.");
    assertThatThrownBy(() -> log.restart("two")).hasMessage("This log is closed: open it again.");
    assertThat(lines()).containsExactly("one");
  }

  private static String permissions(Path path) {
    try {
      return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> handlesIn(Path directory, Path handles) throws IOException {
    try (Stream<Path> all = Files.list(handles)) {
      return all.filter(Files::isSymbolicLink)
          .map(
              handle -> {
                try {
                  return Files.readSymbolicLink(handle);
                } catch (IOException closedMeanwhile) {
                  return handle;
                }
              })
          .filter(target -> target.startsWith(directory))
          .map(target -> target.getFileName().toString())
          .toList();
    }
  }
}
