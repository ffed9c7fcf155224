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
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a journal in a directory adds to the contract: crashes, damage, processes, permissions. */
class FileJournalTest {
  private static final String KEY = "vip-eu";

  @TempDir Path temp;
  private Path directory;
  private Path file;
  private FileJournal journal;

  @BeforeEach
  void makes_a_journal_in_a_directory_that_is_not_there_yet() {
    directory = temp.resolve("exports");
    file = directory.resolve(KEY + ".journal");
    journal = FileJournal.in(directory);
  }

  // What a crash leaves

  @Test
  void a_last_line_cut_off_at_any_byte_is_no_line() throws IOException {
    long seed = 20261123;
    List<String> whole = randomLines(new Random(seed), 3);
    write(whole);
    byte[] before = Files.readAllBytes(file);
    write(List.of(randomLine(new Random(seed + 1))));
    byte[] after = Files.readAllBytes(file);

    for (int length = before.length; length < after.length; length++) {
      Files.write(file, Arrays.copyOf(after, length));

      try (JournalLog log = journal.open(KEY)) {
        assertThat(linesOf(log)).as("cut at %d, seed %d", length, seed).isEqualTo(whole);
        assertThat(file).hasBinaryContent(before);
        log.append("goes on");
      }
      assertThat(lines()).startsWith(whole.toArray(String[]::new)).endsWith("goes on").hasSize(4);
    }
  }

  @Test
  void a_last_line_of_which_parts_never_reached_the_disk_is_no_line() throws IOException {
    write(List.of("kept"));
    int before = (int) Files.size(file);
    write(List.of("x".repeat(10_000)));
    byte[] bytes = Files.readAllBytes(file);
    Arrays.fill(bytes, before + 4096, before + 8192, (byte) 0);
    Files.write(file, bytes);

    assertThat(lines()).containsExactly("kept");
  }

  @Test
  void a_draft_left_by_a_crash_is_deleted() throws IOException {
    write(List.of("old"));
    Path draft = directory.resolve(KEY + ".journal.draft");
    Files.writeString(draft, "half a lin");

    assertThat(lines()).containsExactly("old");
    assertThat(draft).doesNotExist();
  }

  @Test
  void an_empty_file_is_an_empty_log() throws IOException {
    Files.createDirectory(directory);
    Files.createFile(file);

    write(List.of("first"));

    assertThat(lines()).containsExactly("first");
  }

  // Damage

  @Test
  void every_flipped_bit_is_found_and_named_or_cut_off_with_the_last_line() throws IOException {
    List<String> written = List.of("one", "two €", "three");
    write(written);
    byte[] sound = Files.readAllBytes(file);
    int[] lineOf = lineNumbers(sound);
    int last = lineOf[sound.length - 1];

    for (int bit = 0; bit < sound.length * 8; bit++) {
      int index = bit / 8;
      byte[] flipped = sound.clone();
      flipped[index] ^= (byte) (1 << bit % 8);
      Files.write(file, flipped);
      int line = lineOf[index];
      boolean joinsTheLastTwo = line == last - 1 && sound[index] == '\n';
      boolean splitsTheLast = flipped[index] == '\n';

      if (joinsTheLastTwo || line == last && !splitsTheLast) {
        assertThat(lines())
            .as("bit %d", bit)
            .isEqualTo(joinsTheLastTwo ? List.of("one") : List.of("one", "two €"));
      } else {
        assertThatThrownBy(() -> journal.open(KEY))
            .as("bit %d", bit)
            .isInstanceOf(IOException.class)
            .hasMessageStartingWith("Line " + line + " of the journal file " + file);
      }
    }
  }

  @Test
  void damage_says_what_to_do_and_shows_nothing_of_the_lines() throws IOException {
    write(List.of("secret-one", "secret-two"));
    String text = Files.readString(file);
    Files.writeString(file, text.replace("secret-one", "secret-0ne"));

    assertThatThrownBy(() -> journal.open(KEY))
        .hasMessage(
            "Line 2 of the journal file "
                + file
                + " is damaged, and not by a crash, because more follows it. Put back a good copy"
                + " of the file; or delete it, and the next export starts over and sends every"
                + " profile again.")
        .hasNoCause();
  }

  @Test
  void a_damaged_log_can_be_opened_again_once_it_is_repaired() throws IOException {
    write(List.of("one", "two"));
    String sound = Files.readString(file);
    Files.writeString(file, sound.replace("one", "0ne"));
    assertThatThrownBy(() -> journal.open(KEY)).isInstanceOf(IOException.class);

    Files.writeString(file, sound);

    assertThat(lines()).containsExactly("one", "two");
  }

  @Test
  void a_file_of_another_version_is_left_alone() throws IOException {
    Files.createDirectory(directory);
    byte[] other = JournalFile.line("klaviyo-export journal 2");
    Files.write(file, other);

    assertThatThrownBy(() -> journal.open(KEY))
        .isInstanceOf(IOException.class)
        .hasMessage(
            file
                + " was written by another version of this library: finish its export with that"
                + " version, or delete the file, and the next export starts over.");
    assertThat(file).hasBinaryContent(other);
  }

  @Test
  void gigabytes_without_a_line_end_are_damage_and_not_read_into_memory() throws IOException {
    write(List.of("one"));
    try (var out = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
      out.position(2L << 30).write(ByteBuffer.wrap(new byte[] {'x'}));
    }

    assertThatThrownBy(() -> journal.open(KEY)).hasMessageStartingWith("Line 3 of");
  }

  @Test
  void lines_of_any_length_are_read_as_they_were_written() throws IOException {
    long seed = 20261124;
    Random random = new Random(seed);
    List<String> written = new ArrayList<>();
    for (int length = 1; length < 400_000; length = 2 * length + random.nextInt(5)) {
      written.add("x".repeat(length));
      written.add("y".repeat(1 + random.nextInt(length)));
    }
    write(written);

    assertThat(lines()).as("seed %d", seed).isEqualTo(written);
  }

  // Writes that fail

  @Test
  void a_log_whose_write_failed_takes_no_more_lines_until_it_is_opened_again() throws IOException {
    try (JournalLog log = journal.open(KEY)) {
      log.append("kept");
      Path draft = Files.createDirectory(directory.resolve(KEY + ".journal.draft"));

      assertThatThrownBy(() -> log.restart("lost"))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("The journal file " + file + " could not be written (")
          .hasMessageEndingWith(
              "): see to the disk, then run the export again; it goes on from what is written.");
      Files.delete(draft);
      assertThatThrownBy(() -> log.append("too soon"))
          .hasMessage("An earlier write to " + file + " failed: close the log and open it again.");
      assertThat(linesOf(log)).containsExactly("kept");
    }
    write(List.of("goes on"));

    assertThat(lines()).containsExactly("kept", "goes on");
  }

  @Test
  void a_file_that_somebody_else_has_changed_is_not_written_to() throws IOException {
    try (JournalLog log = journal.open(KEY)) {
      log.append("ours");
      Files.write(file, JournalFile.line("theirs"), StandardOpenOption.APPEND);

      assertThatThrownBy(() -> log.append("more"))
          .hasMessageContaining("somebody else has changed it");
    }
    assertThat(lines()).containsExactly("ours", "theirs");
  }

  @Test
  void an_interrupt_disturbs_nothing_and_stays_pending() throws IOException {
    Thread.currentThread().interrupt();
    try (JournalLog log = journal.open(KEY)) {
      log.restart("one");
      log.append("two");

      assertThat(linesOf(log)).containsExactly("one", "two");
      assertThatThrownBy(() -> journal.open(KEY)).isInstanceOf(LogHeldException.class);
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    } finally {
      Thread.interrupted();
    }
    assertThat(lines()).containsExactly("one", "two");
  }

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

  private void write(List<String> lines) throws IOException {
    try (JournalLog log = journal.open(KEY)) {
      for (String line : lines) {
        log.append(line);
      }
    }
  }

  private List<String> lines() throws IOException {
    try (JournalLog log = journal.open(KEY)) {
      return linesOf(log);
    }
  }

  private static List<String> linesOf(JournalLog log) throws IOException {
    var lines = new ArrayList<String>();
    log.replay(lines::add);
    return lines;
  }

  private static List<String> randomLines(Random random, int count) {
    return Stream.generate(() -> randomLine(random)).limit(count).toList();
  }

  /** Of one to four bytes a character. */
  private static String randomLine(Random random) {
    return random
        .ints(20 + random.nextInt(20), 0, 4)
        .map(width -> new int[] {'a', 'é', '€', 0x1F600}[width] + random.nextInt(20))
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static int[] lineNumbers(byte[] text) {
    int[] numbers = new int[text.length];
    int number = 1;
    for (int i = 0; i < text.length; i++) {
      numbers[i] = number;
      if (text[i] == '\n') {
        number++;
      }
    }
    return numbers;
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
