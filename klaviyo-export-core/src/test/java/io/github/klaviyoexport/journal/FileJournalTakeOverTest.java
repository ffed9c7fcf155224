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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A holder that said how long it may be silent, and was silent for longer, is taken for dead. */
class FileJournalTakeOverTest extends JournalInDirectory {
  private static final Duration SILENCE = Duration.ofSeconds(20);

  @BeforeEach
  void needs_files_that_can_be_replaced_while_they_are_open() {
    assumeThat(temp.getFileSystem().supportedFileAttributeViews()).contains("posix");
  }

  @Test
  void a_silent_holder_is_taken_over_with_all_it_wrote() throws IOException {
    JournalLog silent = journal.open(KEY, SILENCE);
    silent.append("one");
    silent.append("two");
    pass(SILENCE);

    try (JournalLog next = journal.open(KEY, SILENCE)) {
      assertThat(linesOf(next)).containsExactly("one", "two");
      next.append("three");

      assertThatThrownBy(() -> journal.open(KEY)).isInstanceOf(LogHeldException.class);
    }
    assertThat(lines()).containsExactly("one", "two", "three");
  }

  @Test
  void one_that_was_only_thought_dead_can_write_no_more() throws IOException {
    JournalLog slow = journal.open(KEY, SILENCE);
    slow.append("before");
    pass(SILENCE);

    try (JournalLog next = journal.open(KEY, SILENCE)) {
      String advice =
          "The log "
              + file.toRealPath()
              + " was taken over by another process, because this one was silent for too long: this"
              + " export stops here, and the other goes on from what is written.";
      assertThatThrownBy(slow::keepAlive).isInstanceOf(IOException.class).hasMessage(advice);
      assertThatThrownBy(() -> slow.append("too late")).hasMessage(advice);
      slow.close();

      assertThatThrownBy(() -> journal.open(KEY)).isInstanceOf(LogHeldException.class);
      next.append("after");
      assertThat(linesOf(next)).containsExactly("before", "after");
    }
  }

  @Test
  void one_that_was_only_thought_dead_cannot_start_the_log_over() throws IOException {
    JournalLog slow = journal.open(KEY, SILENCE);
    slow.append("before");
    pass(SILENCE);

    try (JournalLog next = journal.open(KEY, SILENCE)) {
      assertThatThrownBy(() -> slow.restart("too late"))
          .hasMessageContaining("was taken over by another process");
      assertThat(linesOf(next)).containsExactly("before");
    }
  }

  @Test
  void what_it_still_writes_to_the_file_it_has_open_reaches_no_reader() throws IOException {
    JournalLog slow = journal.open(KEY, SILENCE);
    slow.append("before");
    try (var open = Files.newByteChannel(file, java.nio.file.StandardOpenOption.APPEND)) {
      pass(SILENCE);
      try (JournalLog next = journal.open(KEY, SILENCE)) {
        open.write(java.nio.ByteBuffer.wrap(JournalFile.line("too late")));

        next.append("after");
        assertThat(linesOf(next)).containsExactly("before", "after");
      }
    }
    slow.close();
  }

  @Test
  void a_holder_is_named_with_how_long_it_may_still_be_silent() throws IOException {
    try (JournalLog log = journal.open(KEY, SILENCE)) {
      pass(Duration.ofSeconds(5));

      assertThatThrownBy(() -> journal.open(KEY))
          .isInstanceOfSatisfying(
              LogHeldException.class,
              held ->
                  assertThat(held.left().orElseThrow())
                      .isBetween(Duration.ofSeconds(10), Duration.ofSeconds(15)))
          .message()
          .matches(
              "This export is being run by process "
                  + ProcessHandle.current().pid()
                  + " on \\S+, which is this process, since 20\\S+Z: wait until it ends, or stop it"
                  + " there before running it here\\. If that process is dead, its hold ends in"
                  + " 1\\d s by itself\\.");
      log.append("still ours");
    }
  }

  @Test
  void a_word_from_the_holder_makes_the_silence_begin_anew() throws IOException {
    try (JournalLog log = journal.open(KEY, SILENCE)) {
      for (int i = 0; i < 3; i++) {
        pass(SILENCE.minusSeconds(1));
        log.keepAlive();
        assertThatThrownBy(() -> journal.open(KEY)).isInstanceOf(LogHeldException.class);
      }
      log.append("still ours");
    }
  }

  @Test
  void a_silent_holder_that_was_not_taken_over_goes_on() throws IOException {
    try (JournalLog log = journal.open(KEY, SILENCE)) {
      pass(Duration.ofHours(1));
      log.append("back");
      log.keepAlive();

      assertThatThrownBy(() -> journal.open(KEY)).isInstanceOf(LogHeldException.class);
    }
    assertThat(lines()).containsExactly("back");
  }

  @Test
  void a_holder_that_said_nothing_of_silence_is_never_taken_over() throws IOException {
    try (JournalLog log = journal.open(KEY)) {
      pass(Duration.ofDays(1));

      assertThatThrownBy(() -> journal.open(KEY, SILENCE))
          .isInstanceOfSatisfying(
              LogHeldException.class, held -> assertThat(held.left()).isEmpty());
      log.keepAlive();
      log.append("still ours");
    }
  }

  @Test
  void an_interrupt_ends_no_hold() throws IOException {
    Thread.currentThread().interrupt();
    try (JournalLog log = journal.open(KEY, SILENCE)) {
      log.keepAlive();
      log.append("one");

      assertThatThrownBy(() -> journal.open(KEY)).isInstanceOf(LogHeldException.class);
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    } finally {
      Thread.interrupted();
    }
  }

  @Test
  void of_many_who_take_over_one_has_it() throws Exception {
    int many = 6;
    ExecutorService threads = Executors.newFixedThreadPool(many);
    try {
      JournalLog silent = journal.open(KEY, SILENCE);
      silent.append("before");
      pass(SILENCE);
      CountDownLatch ready = new CountDownLatch(many);
      List<Callable<JournalLog>> attempts = new ArrayList<>();
      for (int i = 0; i < many; i++) {
        attempts.add(
            () -> {
              ready.countDown();
              ready.await();
              try {
                return journal.open(KEY, SILENCE);
              } catch (LogHeldException held) {
                return null;
              }
            });
      }
      List<JournalLog> taken = new ArrayList<>();
      for (Future<JournalLog> attempt : threads.invokeAll(attempts)) {
        if (attempt.get() != null) {
          taken.add(attempt.get());
        }
      }
      assertThat(taken).hasSize(1);
      taken.get(0).append("after");
      taken.get(0).close();
      silent.close();
      assertThat(lines()).containsExactly("before", "after");
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void a_process_that_is_stopped_is_taken_over_and_finds_out_when_it_goes_on() throws Exception {
    assumeThat(Files.isExecutable(Path.of("/bin/kill"))).isTrue();
    try (var other = JournalProcess.startSilent(directory, KEY, SILENCE, "first")) {
      assertThat(other.outcome()).isEqualTo(JournalProcess.OPEN);
      other.signal("-STOP");
      pass(SILENCE);

      try (JournalLog log = journal.open(KEY, SILENCE)) {
        log.append("second");
        other.signal("-CONT");

        assertThat(other.appended("too late")).contains("was taken over by another process");
        log.append("third");
      }
    }
    assertThat(lines()).containsExactly("first", "second", "third");
  }

  @Test
  void nothing_but_the_guard_is_left_beside_the_files() throws IOException {
    JournalLog silent = journal.open(KEY, SILENCE);
    silent.append("one");
    pass(SILENCE);
    journal.open(KEY, SILENCE).close();
    silent.close();

    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder(KEY + ".journal", KEY + ".lock", KEY + ".lock.guard");
    }
  }

  @Test
  void no_silence_at_all_is_none() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> journal.open(KEY, Duration.ZERO))
        .withMessageContaining("more than zero");
  }

  /** Makes the holder one that was not heard of for so long. */
  private void pass(Duration duration) throws IOException {
    Path lock = directory.resolve(KEY + ".lock");
    Files.setLastModifiedTime(
        lock, FileTime.from(Files.getLastModifiedTime(lock).toInstant().minus(duration)));
  }
}
