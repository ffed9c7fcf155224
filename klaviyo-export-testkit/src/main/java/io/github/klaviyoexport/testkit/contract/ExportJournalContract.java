package io.github.klaviyoexport.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.journal.ExportJournal;
import io.github.klaviyoexport.journal.JournalLog;
import io.github.klaviyoexport.journal.LogHeldException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What an {@link ExportJournal} owes an exporter, as tests: extend it to prove your own.
 *
 * {@snippet class="io.github.klaviyoexport.testkit.contract.ExportJournalsTest" region="example"}
 *
 * <p>A store passes if its every test does. That lines survive a crash of the process and of the
 * machine is left for you to prove.
 */
@ExtendWith(RuleInMessage.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class ExportJournalContract {
  private static final String KEY = "vip-eu";
  private static final Duration SILENCE = Duration.ofMinutes(2);

  /** Creates the tests; for subclasses. */
  protected ExportJournalContract() {}

  /**
   * Returns a journal on the store of this test, which is empty when the test begins. It is called
   * several times in a test, as by one process after the other or by several at once; a journal
   * that lives in memory is the same one every time.
   */
  protected abstract ExportJournal journal();

  @Test
  @Rule("A new log is empty.")
  void a_new_log_is_empty() throws IOException {
    assertThat(reopened(KEY)).isEmpty();
  }

  @Test
  @Rule(
      "Lines come back in the order in which they were written, and a log goes on where it was left.")
  void lines_come_back_in_the_order_they_were_written() throws IOException {
    try (JournalLog log = journal().open(KEY)) {
      for (int i = 0; i < 100; i++) {
        log.append("line " + i);
      }
      assertThat(lines(log)).hasSize(100).startsWith("line 0", "line 1").endsWith("line 99");
    }
    assertThat(reopened(KEY)).hasSize(100).startsWith("line 0", "line 1").endsWith("line 99");
  }

  @Test
  @Rule(
      "Lines come back in the order in which they were written, and a log goes on where it was left.")
  void a_log_goes_on_where_it_was_left() throws IOException {
    write(KEY, "one", "two");
    write(KEY, "three");

    assertThat(reopened(KEY)).containsExactly("one", "two", "three");
  }

  @Test
  @Rule(
      "Lines come back in the order in which they were written, and a log goes on where it was left.")
  void a_log_that_was_opened_and_closed_is_as_it_was() throws IOException {
    write(KEY, "one");
    journal().open(KEY).close();

    assertThat(reopened(KEY)).containsExactly("one");
  }

  @Test
  @Rule("A restart replaces all lines by one, whether there were any or none, again and again.")
  void a_restart_replaces_all_lines_by_one() throws IOException {
    write(KEY, "old one", "old two");
    try (JournalLog log = journal().open(KEY)) {
      log.append("old three");
      log.restart("new one");
      log.append("new two");

      assertThat(lines(log)).containsExactly("new one", "new two");
    }
    assertThat(reopened(KEY)).containsExactly("new one", "new two");
  }

  @Test
  @Rule("A restart replaces all lines by one, whether there were any or none, again and again.")
  void a_new_log_can_be_restarted() throws IOException {
    try (JournalLog log = journal().open(KEY)) {
      log.restart("one");
    }

    assertThat(reopened(KEY)).containsExactly("one");
  }

  @Test
  @Rule("A restart replaces all lines by one, whether there were any or none, again and again.")
  void a_log_can_be_restarted_again_and_again() throws IOException {
    try (JournalLog log = journal().open(KEY)) {
      for (int i = 0; i < 20; i++) {
        log.restart("run " + i);
        log.append("more");
      }
    }

    assertThat(reopened(KEY)).containsExactly("run 19", "more");
  }

  @Test
  @Rule(
      "Where logs can be listed and deleted, those that are kept are listed, and one that is open is not deleted.")
  void logs_are_listed_and_deleted() throws IOException {
    List<String> before;
    try {
      before = journal().list();
    } catch (UnsupportedOperationException cannot) {
      return; // A journal need not.
    }
    assertThat(before).isEmpty();
    write("b", "one");
    write("a", "one", "two");

    assertThat(journal().list()).containsExactly("a", "b");
    assertThat(journal().delete("a")).isTrue();
    assertThat(journal().delete("a")).isFalse();
    assertThat(journal().list()).containsExactly("b");
    assertThat(reopened("a")).isEmpty();
    try (JournalLog open = journal().open("b")) {
      assertThat(journal().list()).containsExactly("b");
      assertThatThrownBy(() -> journal().delete("b")).isInstanceOf(LogHeldException.class);
      open.append("two");
    }
    assertThat(reopened("b")).containsExactly("one", "two");
  }

  @Test
  @Rule("Lines are the same text to the character.")
  void lines_are_the_same_text_to_the_character() throws IOException {
    List<String> lines =
        List.of(
            "{\"entry\":\"taken\",\"rows\":[0,9999]}",
            " spaces at both ends ",
            "quotes ' \" ` and \\ backslashes \\n % _ ? :name ${value}",
            "äöü ß é ñ 中文 العربية 🙂",
            "\u0085\u2028\u2029\u00a0\ufeff\u200b",
            "-- ; DROP TABLE");
    write(KEY, lines.toArray(String[]::new));

    assertThat(reopened(KEY)).isEqualTo(lines);
  }

  @Test
  @Rule("A line may have three megabytes, and so may a restart.")
  void a_line_may_have_three_megabytes() throws IOException {
    String ascii = "0123456789abcdef".repeat(3 * 65_536);
    String wide = "ä中🙂".repeat(350_000);
    write(KEY, "before", ascii, wide, "after");

    List<String> lines = reopened(KEY);

    assertThat(lines).hasSize(4);
    // Not compared by AssertJ, which would print megabytes.
    assertThat(lines.get(1).equals(ascii)).isTrue();
    assertThat(lines.get(2).equals(wide)).isTrue();
    assertThat(lines.get(3)).isEqualTo("after");
  }

  @Test
  @Rule("A line may have three megabytes, and so may a restart.")
  void a_restart_may_have_three_megabytes() throws IOException {
    String line = "0123456789abcdef".repeat(3 * 65_536);
    try (JournalLog log = journal().open(KEY)) {
      log.restart(line);
    }

    assertThat(reopened(KEY).equals(List.of(line))).isTrue();
  }

  @Test
  @Rule("Logs have nothing to do with each other, and many are written at the same time.")
  void logs_have_nothing_to_do_with_each_other() throws IOException {
    try (JournalLog one = journal().open("one");
        JournalLog other = journal().open("other")) {
      one.append("of one");
      other.append("of the other");
      one.restart("of one again");
      other.append("of the other again");
    }

    assertThat(reopened("one")).containsExactly("of one again");
    assertThat(reopened("other")).containsExactly("of the other", "of the other again");
  }

  @Test
  @Rule("A key may have 64 characters, and they all count.")
  void a_key_may_have_64_characters_and_they_all_count() throws IOException {
    String key = "0123456789abcdef-".repeat(4).substring(0, 64);
    write(key, "first");
    write(key.substring(0, 63) + "x", "second");

    assertThat(reopened(key)).containsExactly("first");
  }

  @Test
  @Rule(
      "A log that is open is refused to all others with a LogHeldException that names the holder, also when it was restarted.")
  void a_log_that_is_open_cannot_be_opened_again() throws IOException {
    try (JournalLog log = journal().open(KEY)) {
      log.append("before");

      assertThatThrownBy(() -> journal().open(KEY))
          .isInstanceOfSatisfying(
              LogHeldException.class,
              held -> {
                assertThat(held.holder()).isNotBlank();
                assertThat(held).hasMessageContaining(held.holder());
              });
      assertThatThrownBy(() -> journal().open(KEY, SILENCE)).isInstanceOf(LogHeldException.class);

      log.append("after");
      log.keepAlive();
    }
    assertThat(reopened(KEY)).containsExactly("before", "after");
  }

  @Test
  @Rule(
      "A log that is open is refused to all others with a LogHeldException that names the holder, also when it was restarted.")
  void a_log_opened_by_a_holder_that_says_how_long_it_may_be_silent_is_the_same_log()
      throws IOException {
    write(KEY, "before");
    try (JournalLog log = journal().open(KEY, SILENCE)) {
      log.append("after");
      log.keepAlive();

      assertThatThrownBy(() -> journal().open(KEY)).isInstanceOf(LogHeldException.class);
      assertThatThrownBy(() -> journal().open(KEY, SILENCE)).isInstanceOf(LogHeldException.class);
    }
    assertThat(reopened(KEY)).containsExactly("before", "after");
  }

  @Test
  @Rule(
      "A log that is open is refused to all others with a LogHeldException that names the holder, also when it was restarted.")
  void a_log_that_was_restarted_is_still_held() throws IOException {
    try (JournalLog log = journal().open(KEY)) {
      log.restart("new");

      assertThatThrownBy(() -> journal().open(KEY)).isInstanceOf(LogHeldException.class);
    }
  }

  @Test
  @Rule("A log that was closed can be opened at once.")
  void a_closed_log_can_be_opened_at_once() throws IOException {
    for (int i = 0; i < 10; i++) {
      write(KEY, "line " + i);
    }

    assertThat(reopened(KEY)).hasSize(10);
  }

  @Test
  @Rule(
      "A log that is open is refused to all others with a LogHeldException that names the holder, also when it was restarted.")
  void of_many_who_open_a_log_at_the_same_time_one_has_it() throws Exception {
    int many = 8;
    ExecutorService threads = Executors.newFixedThreadPool(many);
    try {
      for (int round = 0; round < 10; round++) {
        String key = "round-" + round;
        boolean plain = round % 2 == 0;
        var ready = new CountDownLatch(many);
        var opened = new AtomicInteger();
        var tried = new CountDownLatch(many);
        Callable<Boolean> open =
            () -> {
              ready.countDown();
              ready.await();
              try (JournalLog log = plain ? journal().open(key) : journal().open(key, SILENCE)) {
                opened.incrementAndGet();
                tried.countDown();
                // Nobody lets go before all have tried.
                tried.await();
                log.append("mine");
                return true;
              } catch (LogHeldException held) {
                tried.countDown();
                return false;
              } catch (IOException | RuntimeException | Error failure) {
                tried.countDown();
                throw failure;
              }
            };
        List<Future<Boolean>> all = threads.invokeAll(Collections.nCopies(many, open));
        for (Future<Boolean> one : all) {
          one.get();
        }

        assertThat(opened).hasValue(1);
        assertThat(reopened(key)).containsExactly("mine");
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  @Rule("Logs have nothing to do with each other, and many are written at the same time.")
  void many_logs_are_written_at_the_same_time() throws Exception {
    int many = 8;
    ExecutorService threads = Executors.newFixedThreadPool(many);
    try {
      List<Callable<Void>> writers = new ArrayList<>();
      for (int i = 0; i < many; i++) {
        String key = "log-" + i;
        writers.add(
            () -> {
              write(key, key + " one", key + " two", key + " three");
              return null;
            });
      }
      for (Future<Void> writer : threads.invokeAll(writers)) {
        writer.get();
      }
    } finally {
      threads.shutdownNow();
    }

    for (int i = 0; i < many; i++) {
      String key = "log-" + i;
      assertThat(reopened(key)).containsExactly(key + " one", key + " two", key + " three");
    }
  }

  @Test
  @Rule("A closed log takes no more lines and gives none.")
  void a_closed_log_takes_no_more_lines() throws IOException {
    JournalLog log = journal().open(KEY);
    log.append("kept");
    log.close();

    assertThatThrownBy(() -> log.append("lost")).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> log.restart("lost")).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> lines(log)).isInstanceOf(IOException.class);
    assertThat(reopened(KEY)).containsExactly("kept");
  }

  @Test
  @Rule("Closing again does nothing to the next holder.")
  void closing_again_does_nothing_to_the_next_who_has_it() throws IOException {
    JournalLog first = journal().open(KEY);
    first.close();
    try (JournalLog second = journal().open(KEY)) {
      first.close();

      assertThatThrownBy(() -> journal().open(KEY)).isInstanceOf(LogHeldException.class);
      second.append("kept");
    }
    assertThat(reopened(KEY)).containsExactly("kept");
  }

  @Test
  @Rule("Being told often that the holder is alive does no harm.")
  void being_told_often_that_the_holder_is_alive_does_no_harm() throws IOException {
    try (JournalLog log = journal().open(KEY)) {
      for (int i = 0; i < 10_000; i++) {
        log.keepAlive();
      }
      log.append("kept");
    }
    assertThat(reopened(KEY)).containsExactly("kept");
  }

  @Test
  @Rule("What a reader of lines throws comes through, and the log is as it was.")
  void what_a_reader_of_lines_throws_comes_through_and_the_log_is_as_it_was() throws IOException {
    write(KEY, "one", "two");
    try (JournalLog log = journal().open(KEY)) {
      assertThatThrownBy(
              () ->
                  log.replay(
                      line -> {
                        throw new IllegalStateException("enough");
                      }))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("enough");

      log.append("three");
      assertThat(lines(log)).containsExactly("one", "two", "three");
    }
  }

  private void write(String key, String... lines) throws IOException {
    try (JournalLog log = journal().open(key)) {
      for (String line : lines) {
        log.append(line);
      }
    }
  }

  private List<String> reopened(String key) throws IOException {
    try (JournalLog log = journal().open(key)) {
      return lines(log);
    }
  }

  private static List<String> lines(JournalLog log) throws IOException {
    var lines = new ArrayList<String>();
    log.replay(lines::add);
    return lines;
  }
}
