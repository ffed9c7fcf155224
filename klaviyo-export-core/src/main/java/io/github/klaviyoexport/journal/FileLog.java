package io.github.klaviyoexport.journal;

import io.github.klaviyoexport.internal.files.PrivateFiles;
import io.github.klaviyoexport.internal.hold.HeldFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A log of a {@link FileJournal}. */
final class FileLog implements JournalLog {
  /** What the name of a log's file ends with. */
  static final String SUFFIX = ".journal";

  private final HeldFile held;
  private long end;

  private FileLog(HeldFile held) {
    this.held = held;
  }

  /**
   * Opens a log that no other process may take over, as {@link #open(Path, String, Duration)} does.
   */
  static FileLog open(Path directory, String key) throws IOException {
    return open(directory, key, null);
  }

  /**
   * Opens a log, and puts away what a crash may have left of it.
   *
   * @param directory the real path of a directory that is there
   * @param silence after how much silence another may take it over; {@code null} for never
   */
  static FileLog open(Path directory, String key, @Nullable Duration silence) throws IOException {
    HeldFile held = take(directory, key, silence);
    try {
      FileLog log = new FileLog(held);
      log.recover();
      return log;
    } catch (IOException | RuntimeException | Error e) {
      try {
        held.close();
      } catch (IOException unclosed) {
        e.addSuppressed(unclosed);
      }
      throw e;
    }
  }

  /**
   * Deletes all lines of a log, be they damaged; returns whether there were any. The file of the
   * lock stays.
   *
   * @param directory the real path of a directory that is there
   */
  static boolean delete(Path directory, String key) throws IOException {
    try (HeldFile held = take(directory, key, null)) {
      held.deleteDraft();
      return held.delete();
    }
  }

  private static HeldFile take(Path directory, String key, @Nullable Duration silence)
      throws IOException {
    return HeldFile.take(directory, key + SUFFIX, key + ".lock", "journal file", silence);
  }

  /** Removes what a crash may have left: a draft, and the beginning of a line. */
  private void recover() throws IOException {
    held.deleteDraft();
    Path file = held.file();
    if (!PrivateFiles.isThere(file)) {
      return;
    }
    end = JournalFile.read(file, line -> {});
    if (held.isTakenOver()) {
      held.beginDraft();
      held.putInPlace(this::copyTo);
    } else if (end < Files.size(file)) {
      held.write(out -> out.truncate(end));
    }
  }

  private void copyTo(FileChannel out) throws IOException {
    out.truncate(0);
    try (FileChannel in = PrivateFiles.openOrdinary(held.file(), StandardOpenOption.READ)) {
      for (long copied = 0; copied < end; ) {
        copied += in.transferTo(copied, end - copied, out);
      }
    }
  }

  @Override
  public void replay(Consumer<String> line) throws IOException {
    held.requireOpen();
    if (PrivateFiles.isThere(held.file())) {
      JournalFile.read(held.file(), line);
    }
  }

  @Override
  public void append(String line) throws IOException {
    LogRules.requireLine(line);
    if (end == 0) {
      restart(line);
      return;
    }
    byte[] bytes = JournalFile.line(line);
    AtomicBoolean begun = new AtomicBoolean();
    held.write(
        out -> {
          if (out.size() != end && !begun.get()) {
            throw new IOException("somebody else has changed it");
          }
          begun.set(true);
          out.truncate(end);
          PrivateFiles.write(out, bytes, end);
        });
    end += bytes.length;
  }

  @Override
  public void restart(String line) throws IOException {
    LogRules.requireLine(line);
    byte[] bytes = JournalFile.of(line);
    held.beginDraft();
    held.putInPlace(out -> PrivateFiles.write(out, bytes, 0));
    end = bytes.length;
  }

  @Override
  public void keepAlive() throws IOException {
    held.keepAlive();
  }

  @Override
  public void close() throws IOException {
    held.close();
  }
}
