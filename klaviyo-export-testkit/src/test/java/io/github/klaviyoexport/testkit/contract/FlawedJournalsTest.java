package io.github.klaviyoexport.testkit.contract;

import io.github.klaviyoexport.journal.ExportJournal;
import io.github.klaviyoexport.journal.JournalLog;
import io.github.klaviyoexport.journal.LogHeldException;
import io.github.klaviyoexport.journal.MemoryJournal;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Journals with a flaw break the rule that they are named for, and no other. */
class FlawedJournalsTest {
  private static final TreeMap<String, List<Supplier<ExportJournal>>> FLAWED = new TreeMap<>();
  private static final int MEGABYTE = 1_000_000;
  private static Supplier<ExportJournal> onTrial = MemoryJournal::create;

  static class Trial extends ExportJournalContract {
    private final ExportJournal journal = onTrial.get();

    @Override
    protected ExportJournal journal() {
      return journal;
    }
  }

  /** A journal that behaves as the one behind it; flaws are in what overrides it. */
  private static class Flawed implements ExportJournal {
    final ExportJournal behind = MemoryJournal.create();

    @Override
    public JournalLog open(String key) throws IOException {
      return log(key, behind.open(key));
    }

    JournalLog log(String key, JournalLog log) {
      return new FlawedLog(log);
    }

    @Override
    public List<String> list() throws IOException {
      return behind.list();
    }

    @Override
    public boolean delete(String key) throws IOException {
      return behind.delete(key);
    }
  }

  private static class FlawedLog implements JournalLog {
    final JournalLog behind;

    FlawedLog(JournalLog behind) {
      this.behind = behind;
    }

    @Override
    public void replay(Consumer<String> line) throws IOException {
      behind.replay(line);
    }

    List<String> lines() throws IOException {
      List<String> lines = new ArrayList<>();
      behind.replay(lines::add);
      return lines;
    }

    @Override
    public void append(String line) throws IOException {
      behind.append(line);
    }

    @Override
    public void restart(String line) throws IOException {
      behind.restart(line);
    }

    @Override
    public void keepAlive() throws IOException {
      behind.keepAlive();
    }

    @Override
    public void close() throws IOException {
      behind.close();
    }
  }

  /** What becomes of a log, given its key. */
  private interface Flaw {
    JournalLog of(String key, JournalLog log);
  }

  /** A journal that gives a log away that is open, to holders that may be silent. */
  private static final class Sharing extends Flawed {
    private record Held(JournalLog log, Thread holder) {}

    private final Predicate<Thread> shares;
    private final Map<String, Held> open = new HashMap<>();

    Sharing(Predicate<Thread> shares) {
      this.shares = shares;
    }

    @Override
    public synchronized JournalLog open(String key, Duration silence) throws IOException {
      Held there = open.get(key);
      if (there != null && shares.test(there.holder())) {
        return new FlawedLog(there.log()) {
          @Override
          public void close() {}
        };
      }
      Held mine = new Held(super.open(key), Thread.currentThread());
      open.put(key, mine);
      return new FlawedLog(mine.log()) {
        @Override
        public void close() throws IOException {
          synchronized (Sharing.this) {
            open.remove(key, mine);
          }
          super.close();
        }
      };
    }
  }

  private static void flawed(String rule, Supplier<ExportJournal> journal) {
    FLAWED.computeIfAbsent(rule, none -> new ArrayList<>()).add(journal);
  }

  private static void log(String rule, Supplier<Flaw> flaw) {
    flawed(
        rule,
        () -> {
          Flaw one = flaw.get();
          return new Flawed() {
            @Override
            JournalLog log(String key, JournalLog log) {
              return one.of(key, log);
            }
          };
        });
  }

  static {
    log(
        "A new log is empty.",
        () -> {
          Map<String, Boolean> opened = new ConcurrentHashMap<>();
          return (key, log) -> {
            boolean isNew = opened.put(key, true) == null;
            return new FlawedLog(log) {
              @Override
              public void replay(Consumer<String> line) throws IOException {
                if (isNew && lines().isEmpty()) {
                  line.accept("ghost");
                }
                super.replay(line);
              }
            };
          };
        });
    log(
        "Lines come back in the order in which they were written, and a log goes on where it was"
            + " left.",
        () ->
            (key, log) ->
                new FlawedLog(log) {
                  @Override
                  public void replay(Consumer<String> line) throws IOException {
                    List<String> lines = lines();
                    if (lines.size() > 50) {
                      Collections.reverse(lines);
                      lines.forEach(line);
                    } else {
                      super.replay(line);
                    }
                  }
                });
    log(
        "A restart replaces all lines by one, whether there were any or none, again and again.",
        () ->
            (key, log) ->
                new FlawedLog(log) {
                  private int restarts;

                  @Override
                  public void restart(String line) throws IOException {
                    if (++restarts > 5) {
                      append(line);
                    } else {
                      super.restart(line);
                    }
                  }
                });
    log(
        "Lines are the same text to the character.",
        () ->
            (key, log) ->
                new FlawedLog(log) {
                  @Override
                  public void append(String line) throws IOException {
                    super.append(line.strip());
                  }
                });
    log(
        "A line may have three megabytes, and so may a restart.",
        () ->
            (key, log) ->
                new FlawedLog(log) {
                  @Override
                  public void append(String line) throws IOException {
                    super.append(line.substring(0, Math.min(line.length(), MEGABYTE)));
                  }
                });
    log(
        "Logs have nothing to do with each other, and many are written at the same time.",
        () -> {
          Map<String, JournalLog> open = new ConcurrentHashMap<>();
          return (key, log) -> {
            open.put(key, log);
            return new FlawedLog(log) {
              @Override
              public void restart(String line) throws IOException {
                super.restart(line);
                for (JournalLog each : open.values()) {
                  each.restart(line);
                }
              }

              @Override
              public void close() throws IOException {
                open.remove(key);
                super.close();
              }
            };
          };
        });
    flawed(
        "A key may have 64 characters, and they all count.",
        () ->
            new Flawed() {
              @Override
              public JournalLog open(String key) throws IOException {
                return super.open(key.substring(0, Math.min(63, key.length())));
              }
            });
    flawed(
        "A log that is open is refused to all others with a LogHeldException that names the holder,"
            + " also when it was restarted.",
        () -> new Sharing(holder -> true));
    flawed(
        "A log that is open is refused to all others with a LogHeldException that names the holder,"
            + " also when it was restarted.",
        () -> new Sharing(holder -> holder != Thread.currentThread()));
    flawed(
        "A log that is open is refused to all others with a LogHeldException that names the holder,"
            + " also when it was restarted.",
        () ->
            new Flawed() {
              @Override
              public JournalLog open(String key) throws IOException {
                try {
                  return super.open(key);
                } catch (LogHeldException held) {
                  throw new LogHeldException(" ");
                }
              }
            });
    log(
        "A log that was closed can be opened at once.",
        () -> {
          Map<String, Integer> closed = new ConcurrentHashMap<>();
          return (key, log) ->
              new FlawedLog(log) {
                @Override
                public void close() throws IOException {
                  if (closed.merge(key, 1, Integer::sum) < 8) {
                    super.close();
                  }
                }
              };
        });
    log(
        "A closed log takes no more lines and gives none.",
        () ->
            (key, log) ->
                new FlawedLog(log) {
                  private boolean closed;

                  @Override
                  public void append(String line) throws IOException {
                    if (!closed) {
                      super.append(line);
                    }
                  }

                  @Override
                  public void close() throws IOException {
                    closed = true;
                    super.close();
                  }
                });
    log(
        "Closing again does nothing to the next holder.",
        () -> {
          Map<String, JournalLog> last = new ConcurrentHashMap<>();
          return (key, log) -> {
            last.put(key, log);
            return new FlawedLog(log) {
              @Override
              public void close() throws IOException {
                JournalLog holder = last.get(key);
                (holder == null ? behind : holder).close();
              }
            };
          };
        });
    log(
        "Being told often that the holder is alive does no harm.",
        () ->
            (key, log) ->
                new FlawedLog(log) {
                  private int times;

                  @Override
                  public void keepAlive() throws IOException {
                    if (++times > 5_000) {
                      throw new IOException("enough");
                    }
                  }
                });
    log(
        "What a reader of lines throws comes through, and the log is as it was.",
        () ->
            (key, log) ->
                new FlawedLog(log) {
                  @Override
                  public void replay(Consumer<String> line) throws IOException {
                    try {
                      super.replay(line);
                    } catch (IllegalStateException thrown) {
                      throw new IOException(thrown);
                    }
                  }
                });
    flawed(
        "Where logs can be listed and deleted, those that are kept are listed, and one that is open"
            + " is not deleted.",
        () ->
            new Flawed() {
              @Override
              public List<String> list() throws IOException {
                List<String> keys = new ArrayList<>(super.list());
                Collections.reverse(keys);
                return keys;
              }
            });
  }

  static Stream<String> flaws() {
    return FLAWED.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("flaws")
  void a_flawed_journal_breaks_its_rule_and_no_other(String rule) {
    for (Supplier<ExportJournal> flawed : FLAWED.getOrDefault(rule, List.of())) {
      onTrial = flawed;

      Trials.breaksOnly(Trial.class, rule);
    }
  }

  @Test
  void a_journal_without_a_flaw_breaks_none_and_every_rule_is_broken_by_some() {
    onTrial = MemoryJournal::create;

    Trials.keepsAll(Trial.class, FLAWED.keySet());
  }
}
