package io.github.klaviyoexport.internal.record;

import io.github.klaviyoexport.internal.keys.RowKeySpill;
import io.github.klaviyoexport.internal.record.JournalEntry.Setup;
import io.github.klaviyoexport.internal.run.ExportPlan;
import io.github.klaviyoexport.journal.ExportJournal;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A run's place in the journal, held by this process alone, with what the run before has left
 * there; without a journal, an empty place.
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
  private final RunJournal log;
  private final RowKeySpill keyStore = new RowKeySpill();
  private final RunCounts tally;
  private final @Nullable PreviousRun earlier;

  private RunSession(String key, @Nullable ExportJournal journal) throws IOException {
    this.key = key;
    this.log = new RunJournal(journal == null ? null : journal.open(key));
    this.tally = new RunCounts();
    try {
      this.earlier = log.readEarlier(keyStore, tally);
    } catch (IOException | RuntimeException | Error failure) {
      close();
      throw failure;
    }
  }

  /** The place of the runs that export the plan's segment to its list. */
  public static RunSession of(ExportPlan plan) throws IOException {
    Setup setup = plan.setup();
    String target = setup.segment() + '\n' + setup.list() + '\n' + setup.server();
    return new RunSession(key(target), plan.journal());
  }

  /**
   * The place of the run with that id.
   *
   * @throws IllegalArgumentException if it is no run's id
   */
  public static RunSession of(String run, ExportJournal journal) throws IOException {
    var id = ID.matcher(run);
    if (!id.matches()) {
      throw new IllegalArgumentException(
          "This is not the id of a run: take it from a report, or from unfinishedRun(...).");
    }
    return new RunSession(id.group(1), journal);
  }

  private static String key(String target) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(target.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, KEY_BYTES);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("Every JDK has SHA-256.", impossible);
    }
  }

  /** An id for a new run. */
  public String newId() {
    byte[] random = new byte[RUN_BYTES];
    new SecureRandom().nextBytes(random);
    return key + "-" + HexFormat.of().formatHex(random);
  }

  public RunJournal log() {
    return log;
  }

  public RowKeySpill keyStore() {
    return keyStore;
  }

  public RunCounts tally() {
    return tally;
  }

  /** What the run before has left, finished or not. */
  public @Nullable PreviousRun earlier() {
    return earlier;
  }

  /** What an unfinished run has left. */
  public @Nullable PreviousRun unfinished() {
    return earlier == null || earlier.isFinished() ? null : earlier;
  }

  /** The id of the unfinished run, if there is one. */
  public @Nullable String unfinishedRun() {
    PreviousRun unfinished = unfinished();
    return unfinished == null ? null : unfinished.began().run();
  }

  /** The segment of the unfinished run. */
  public String segment() {
    return Objects.requireNonNull(unfinished()).began().setup().segment();
  }

  /** The list of the unfinished run. */
  public String list() {
    return Objects.requireNonNull(unfinished()).began().setup().list();
  }

  /** In what the unfinished run was set up otherwise, in words; empty when in nothing. */
  public static String difference(Setup before, Setup now) {
    List<String> differences = new ArrayList<>();
    compare("segment", before.segment(), now.segment(), differences);
    compare("list", before.list(), now.list(), differences);
    compare("server", before.server(), now.server(), differences);
    compare("mapping", before.mapping(), now.mapping(), differences);
    compare("mode", before.mode().name(), now.mode().name(), differences);
    return String.join("; ", differences);
  }

  private static void compare(String what, String before, String now, List<String> differences) {
    if (!before.equals(now)) {
      differences.add("the " + what + " was " + before + " and is now " + now);
    }
  }

  @Override
  public void close() {
    keyStore.close();
    try {
      log.close();
    } catch (IOException failure) {
      System.getLogger("io.github.klaviyoexport")
          .log(
              System.Logger.Level.WARNING,
              "The journal did not close ({0}); what was written in it stands.",
              failure.getClass().getName());
    }
  }
}
