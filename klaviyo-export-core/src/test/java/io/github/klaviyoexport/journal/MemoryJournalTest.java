package io.github.klaviyoexport.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryJournalTest {
  private final MemoryJournal journal = MemoryJournal.create();

  private static List<String> lines(JournalLog log) throws IOException {
    List<String> lines = new ArrayList<>();
    log.replay(lines::add);
    return lines;
  }

  @Test
  void lines_stay_in_order_until_a_restart_and_after_closing() throws IOException {
    try (JournalLog log = journal.open("a")) {
      log.append("1");
      log.append("2");
      assertThat(lines(log)).containsExactly("1", "2");
      log.restart("3");
      log.append("4");
    }

    try (JournalLog log = journal.open("a");
        JournalLog other = journal.open("b")) {
      assertThat(lines(log)).containsExactly("3", "4");
      assertThat(lines(other)).isEmpty();
    }
  }

  @Test
  void whoever_has_a_log_open_has_it_alone_and_is_named() throws IOException {
    JournalLog log = journal.open("a");
    assertThatThrownBy(() -> journal.open("a"))
        .isInstanceOf(LogHeldException.class)
        .hasMessageContaining("thread " + Thread.currentThread().getName() + " of this process");

    log.close();
    JournalLog next = journal.open("a");
    log.close();

    assertThatThrownBy(() -> journal.open("a")).isInstanceOf(LogHeldException.class);
    assertThat(lines(next)).isEmpty();
  }

  @Test
  void a_closed_log_does_nothing_more() throws IOException {
    JournalLog log = journal.open("a");
    log.append("1");
    log.close();

    assertThatThrownBy(() -> log.append("2")).hasMessage("This log is closed: open it again.");
    assertThatThrownBy(() -> log.restart("2")).hasMessage("This log is closed: open it again.");
    assertThatThrownBy(() -> lines(log)).hasMessage("This log is closed: open it again.");
    assertThat(lines(journal.open("a"))).containsExactly("1");
  }

  @Test
  void keys_and_lines_that_other_stores_cannot_keep_are_refused_here_too() throws IOException {
    JournalLog log = journal.open("a");

    assertThatThrownBy(() -> journal.open("A")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> log.append("")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> log.restart("\n")).isInstanceOf(IllegalArgumentException.class);
    assertThat(lines(log)).isEmpty();
  }
}
