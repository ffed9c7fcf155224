package io.github.klaviyoexport.testkit.simulation;

import io.github.klaviyoexport.journal.ExportJournal;
import io.github.klaviyoexport.journal.JournalLog;
import io.github.klaviyoexport.journal.MemoryJournal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A journal whose disk fails now and then, before a line is written or after it. */
final class FrailJournal implements ExportJournal {
  private static final Pattern TAKEN = Pattern.compile("\"entry\":\"taken\".*\"job\":\"([^\"]+)\"");

  private static final Pattern REFUSED =
      Pattern.compile("\"entry\":\"refused\".*\"customer\":\"([^\"]+)\",\"scope\":\"PROFILE\"");

  private final MemoryJournal journal;
  private final SplittableRandom random;
  private final RoughNetwork network;
  private final List<String> lines = new ArrayList<>();
  private boolean writtenAfterFailure;
  private Weather weather = Weather.calm();
  private Lifeline lifeline = Lifeline.endless();

  FrailJournal(SplittableRandom random, RoughNetwork network) {
    this(MemoryJournal.create(), random, network);
  }

  /** A journal that is kept in another one. */
  FrailJournal(MemoryJournal journal, SplittableRandom random, RoughNetwork network) {
    this.journal = journal;
    this.random = random;
    this.network = network;
  }

  void set(Weather weather, Lifeline lifeline) {
    this.weather = weather;
    this.lifeline = lifeline;
  }

  /** Whether a log was written to after it had failed. */
  boolean wasWrittenAfterFailure() {
    return writtenAfterFailure;
  }

  /** All that was ever written. */
  List<String> lines() {
    return lines;
  }

  @Override
  public JournalLog open(String key) throws IOException {
    return new Log(journal.open(key));
  }

  private interface Write {
    void to(JournalLog log) throws IOException;
  }

  private final class Log implements JournalLog {
    private final JournalLog log;
    private boolean failed;

    Log(JournalLog log) {
      this.log = log;
    }

    @Override
    public void replay(Consumer<String> line) throws IOException {
      log.replay(line);
    }

    @Override
    public void append(String line) throws IOException {
      write(line, to -> to.append(line));
    }

    @Override
    public void restart(String line) throws IOException {
      write(line, to -> to.restart(line));
    }

    private void write(String line, Write write) throws IOException {
      writtenAfterFailure |= failed;
      lifeline.step();
      failed = random.nextDouble() < weather.journalFailures();
      if (failed && random.nextBoolean()) {
        throw new IOException("the disk is full");
      }
      lines.add(line);
      write.to(log);
      if (line.contains("\"entry\":\"began\"")) {
        network.runBegan();
      }
      Matcher taken = TAKEN.matcher(line);
      if (taken.find()) {
        network.written(taken.group(1));
      }
      Matcher refused = REFUSED.matcher(line);
      if (refused.find()) {
        network.refused(Customers.emailOf(refused.group(1)));
      }
      if (failed) {
        throw new IOException("the disk does not answer");
      }
      lifeline.step();
    }

    @Override
    public void close() throws IOException {
      log.close();
    }
  }
}
