package io.github.klaviyoexport.journal;

import io.github.klaviyoexport.internal.files.PrivateFiles;
import io.github.klaviyoexport.internal.hold.LockFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A log of a {@link FileJournal}.
 *
 * <p>Between calls only the lock file is open. An interrupt disturbs no writing, since a cancelled
 * export still writes down what it has sent.
 *
 * <p>A log that is taken over from a process that may be alive after all is copied to a new file.
 * So what that process still writes to the one it has open is lost; and it finds that its lock is
 * lost before it writes to one that it opens later.
 */
final class FileLog implements JournalLog {
  /** What the name of a log's file ends with. */
  static final String SUFFIX = ".journal";

  private final LockFile lock;
  private final Path directory;
  private final Path file;
  private final Path draft;
  private long end;
  private boolean failed;
  private boolean closed;

  private FileLog(LockFile lock, Path directory, String key) {
    this.lock = lock;
    this.directory = directory;
    this.file = directory.resolve(key + SUFFIX);
    this.draft = directory.resolve(key + SUFFIX + ".draft");
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
    LockFile lock = LockFile.take(directory.resolve(key + ".lock"), silence);
    try {
      FileLog log = new FileLog(lock, directory, key);
      log.recover();
      return log;
    } catch (IOException | RuntimeException | Error e) {
      try {
        lock.close();
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
    try (LockFile lock = LockFile.take(directory.resolve(key + ".lock"), null)) {
      FileLog log = new FileLog(lock, directory, key);
      return PrivateFiles.uninterrupted(
          () -> {
            boolean deleted = Files.deleteIfExists(log.file) | Files.deleteIfExists(log.draft);
            PrivateFiles.sync(directory);
            return deleted;
          });
    }
  }

  /** Removes what a crash may have left: a draft, and the beginning of a line. */
  private void recover() throws IOException {
    Files.deleteIfExists(draft);
    if (!PrivateFiles.isThere(file)) {
      return;
    }
    end = JournalFile.read(file, line -> {});
    PrivateFiles.uninterrupted(
        () -> {
          if (lock.isTakenOver()) {
            putInPlace(
                out -> {
                  try (FileChannel in = PrivateFiles.openOrdinary(file, StandardOpenOption.READ)) {
                    for (long copied = 0; copied < end; ) {
                      copied += in.transferTo(copied, end - copied, out);
                    }
                  }
                });
          } else if (end < Files.size(file)) {
            try (FileChannel out = PrivateFiles.openOrdinary(file, StandardOpenOption.WRITE)) {
              out.truncate(end);
              out.force(true);
            }
          }
          return true;
        });
  }

  private interface Content {
    void writeTo(FileChannel out) throws IOException;
  }

  /** Puts a new file in the place of the one that is there, whole or not at all. */
  private void putInPlace(Content content) throws IOException {
    PrivateFiles.makeFile(draft);
    try (FileChannel out = PrivateFiles.openOrdinary(draft, StandardOpenOption.WRITE)) {
      out.truncate(0);
      content.writeTo(out);
      out.force(true);
    }
    requireHeld();
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    PrivateFiles.sync(directory);
  }

  @Override
  public void replay(Consumer<String> line) throws IOException {
    requireOpen();
    if (PrivateFiles.isThere(file)) {
      JournalFile.read(file, line);
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
    write(
        () -> {
          try (FileChannel out = PrivateFiles.openOrdinary(file, StandardOpenOption.WRITE)) {
            // After the opening: what was opened while the log was held is not read any more.
            requireHeld();
            if (out.size() != end && !begun.get()) {
              throw new IOException("somebody else has changed it");
            }
            begun.set(true);
            out.truncate(end);
            PrivateFiles.write(out, bytes, end);
            out.force(true);
          }
        });
    end += bytes.length;
  }

  @Override
  public void restart(String line) throws IOException {
    LogRules.requireLine(line);
    byte[] bytes = JournalFile.of(line);
    write(() -> putInPlace(out -> PrivateFiles.write(out, bytes, 0)));
    end = bytes.length;
  }

  @Override
  public void keepAlive() throws IOException {
    requireOpen();
    requireHeld();
    lock.renew();
  }

  private void requireHeld() throws IOException {
    if (lock.isLost()) {
      throw new LostException(
          "The log "
              + file
              + " was taken over by another process, because this one was silent for too long: this"
              + " export stops here, and the other goes on from what is written.");
    }
  }

  /** The end of a hold. */
  private static final class LostException extends IOException {
    private static final long serialVersionUID = 1L;

    LostException(String message) {
      super(message);
    }
  }

  private interface Write {
    void run() throws IOException;
  }

  private void write(Write write) throws IOException {
    requireOpen();
    if (failed) {
      throw new IOException(
          "An earlier write to " + file + " failed: close the log and open it again.");
    }
    // After a write that failed it is not known what is on the disk, and asking the operating
    // system to sync once more would be answered with yes.
    failed = true;
    try {
      PrivateFiles.uninterrupted(
          () -> {
            write.run();
            return true;
          });
    } catch (LostException lost) {
      throw lost;
    } catch (IOException e) {
      throw new IOException(
          "The journal file "
              + file
              + " could not be written ("
              + PrivateFiles.reason(e)
              + "): see to the disk, then run the export again; it goes on from what is written.",
          e);
    }
    failed = false;
  }

  private void requireOpen() throws IOException {
    if (closed) {
      throw new IOException("This log is closed: open it again.");
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    lock.close();
  }
}
