package io.github.klaviyoexport.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is left of a log after a crash, damage to its file, or a write that failed. */
class FileJournalFaultTest extends JournalInDirectory {
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
}
