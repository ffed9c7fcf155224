package io.github.klaviyoexport.internal.record;

import io.github.klaviyoexport.internal.keys.IdentifierHolders;
import io.github.klaviyoexport.internal.keys.RowKeySpill;
import io.github.klaviyoexport.internal.record.JournalEntry.Began;
import io.github.klaviyoexport.internal.record.JournalEntry.Setup;
import io.github.klaviyoexport.journal.ExportJournal;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A run's hold on its log in the journal, for this process alone, with what the run before has left
 * there; without a journal, a hold on nothing.
 *
 * <p>One log belongs to each segment, list and server. A run's id begins with the log's key, so
 * that the id alone leads to the log.
 */
public final class RunSession implements Closeable {
  private static final int KEY_BYTES = 12;
  private static final int RUN_BYTES = 6;
  private static final Pattern ID =
      Pattern.compile("([0-9a-f]{" + KEY_BYTES * 2 + "})-[0-9a-f]{" + RUN_BYTES * 2 + "}");

  private final String key;
  private final RunJournal journal;
  private final RowKeySpill spill;
  private final RunCounts counts;
  private final @Nullable PreviousRun previous;

  private RunSession(
      String key,
      RunJournal journal,
      RowKeySpill spill,
      RunCounts counts,
      @Nullable PreviousRun previous) {
    this.key = key;
    this.journal = journal;
    this.spill = spill;
    this.counts = counts;
    this.previous = previous;
  }

  /**
   * Opens the log of the runs that are set up like this, and replays it.
   *
   * @param journal where the log is; {@code null} for nowhere
   * @param goesOn whether an unfinished run is to be gone on with, for which its rows are held
   * @throws IOException if it cannot be opened or read
   */
  public static RunSession openAndReplay(
      Setup setup, @Nullable ExportJournal journal, boolean goesOn) throws IOException {
    return openAndReplayLog(key(setup.segment(), setup.list(), setup.server()), journal, goesOn);
  }

  /** Returns the key of the log of a segment, a list and a server. */
  public static String key(String segment, String list, String server) {
    return key(segment + '\n' + list + '\n' + server);
  }

  /**
   * Opens the log of the run with that id, and replays it.
   *
   * @throws IllegalArgumentException if it is no run's id
   * @throws IOException if it cannot be opened or read
   */
  public static RunSession openAndReplay(String run, ExportJournal journal) throws IOException {
    var id = ID.matcher(run);
    if (!id.matches()) {
      throw new IllegalArgumentException(
          "This is not the id of a run: take it from a report, or from unfinishedRun(...).");
    }
    return openAndReplayLog(id.group(1), journal, true);
  }

  private static RunSession openAndReplayLog(
      String key, @Nullable ExportJournal journal, boolean goesOn) throws IOException {
    RunJournal log = journal == null ? new RunJournal(null) : RunJournal.open(key, journal);
    RowKeySpill spill = new RowKeySpill();
    try {
      RunCounts counts = new RunCounts();
      return new RunSession(key, log, spill, counts, log.replay(spill, counts, goesOn));
    } catch (Throwable failure) {
      close(log, spill);
      throw failure;
    }
  }

  static String key(String target) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(target.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, KEY_BYTES);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("Every JDK has SHA-256.", impossible);
    }
  }

  /**
   * Returns what a run begins with that goes on where the unfinished one has stopped.
   *
   * @param sourceCanBePositioned whether the source can be opened elsewhere than at its start
   */
  public RunStart goOn(boolean sourceCanBePositioned) {
    PreviousRun unfinished = Objects.requireNonNull(unfinished());
    return new RunStart(
        unfinished.began(), counts, unfinished.pendingWork(sourceCanBePositioned), unfinished);
  }

  /** Returns what a run begins with that does everything anew. */
  public RunStart startOver(Setup setup, Instant now) {
    SecureRandom random = new SecureRandom();
    byte[] id = new byte[RUN_BYTES];
    random.nextBytes(id);
    if (previous != null) {
      previous.startOver();
    }
    String run = key + "-" + HexFormat.of().formatHex(id);
    return new RunStart(
        new Began(run, setup, now, random.nextLong(), random.nextLong(), false),
        new RunCounts(),
        PendingWork.everything(new IdentifierHolders(spill)),
        null);
  }

  /** Returns the key of the log, which is that of the export's memory as well. */
  public String key() {
    return key;
  }

  /** Returns the journal to write to. */
  public RunJournal journal() {
    return journal;
  }

  /** Returns where the keys of rows wait. */
  public RowKeySpill spill() {
    return spill;
  }

  /** Returns the run before, finished or not. */
  public @Nullable PreviousRun previous() {
    return previous;
  }

  /** Returns the run before, if it is unfinished. */
  public @Nullable PreviousRun unfinished() {
    return previous == null || previous.isFinished() ? null : previous;
  }

  /** Returns the id of the unfinished run, if there is one. */
  public @Nullable String unfinishedRun() {
    PreviousRun unfinished = unfinished();
    return unfinished == null ? null : unfinished.began().run();
  }

  @Override
  public void close() {
    close(journal, spill);
  }

  private static void close(RunJournal journal, RowKeySpill spill) {
    spill.close();
    close(journal);
  }

  /** Closes a log, or what has one; a failure is logged. */
  static void close(Closeable journal) {
    try {
      journal.close();
    } catch (IOException failure) {
      System.getLogger("io.github.klaviyoexport")
          .log(
              System.Logger.Level.WARNING,
              "The journal did not close ({0}); what was written in it stands.",
              failure.getClass().getName());
    }
  }
}
