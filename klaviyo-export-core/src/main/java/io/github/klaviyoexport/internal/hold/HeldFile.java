package io.github.klaviyoexport.internal.hold;

import io.github.klaviyoexport.internal.files.PrivateFiles;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The file of a log that is held by a {@link LockFile} beside it.
 *
 * <p>Between writes only the lock file is open. An interrupt disturbs no writing, since a cancelled
 * export still writes down what it has sent. Once a write has failed there are no more, because it
 * is not known what is on the disk, and asking the operating system to sync once more would be
 * answered with yes.
 *
 * <p>A log that is taken over from a process that may be alive after all is put in a new file by
 * the log. So what that process still writes to the one it has open is lost; and it finds that its
 * lock is lost before it writes to one that it opens later.
 *
 * <p>Belongs to one thread.
 */
public final class HeldFile implements Closeable {
  private final LockFile lock;
  private final Path directory;
  private final Path file;
  private final Path draft;
  private final String what;
  private boolean failed;
  private boolean closed;

  private HeldFile(LockFile lock, Path directory, String name, String what) {
    this.lock = lock;
    this.directory = directory;
    this.file = directory.resolve(name);
    this.draft = directory.resolve(name + ".draft");
    this.what = what;
  }

  /**
   * Takes a file, which need not be there.
   *
   * @param directory the real path of a directory that is there
   * @param name of the file
   * @param lockName of the lock file
   * @param what what messages call it, as in "the journal file"
   * @param silence after how much silence another may take it over; {@code null} for never
   */
  public static HeldFile take(
      Path directory, String name, String lockName, String what, @Nullable Duration silence)
      throws IOException {
    LockFile lock = LockFile.take(directory.resolve(lockName), silence);
    return new HeldFile(lock, directory, name, what);
  }

  /** Returns the file. */
  public Path file() {
    return file;
  }

  /** Returns whether it was taken over from a process that may be alive after all. */
  public boolean isTakenOver() {
    return lock.isTakenOver();
  }

  /** Returns whether a write has failed, or another process has taken it over. */
  public boolean isUnusable() throws IOException {
    return failed || lock.isLost();
  }

  /** Deletes what a crash may have left of a file that was to take the place of this one. */
  public void deleteDraft() throws IOException {
    Files.deleteIfExists(draft);
  }

  /** What is written to a file that is open. */
  public interface Content {
    /** Writes it; a second time if an interrupt has cut off the first. */
    void writeTo(FileChannel out) throws IOException;
  }

  /** Begins a new file, which is to take the place of this one. */
  public void beginDraft() throws IOException {
    write(
        () -> {
          PrivateFiles.makeFile(draft);
          try (FileChannel out = PrivateFiles.openOrdinary(draft, StandardOpenOption.WRITE)) {
            out.truncate(0);
          }
        });
  }

  /** Writes to the new file. */
  public void writeDraft(Content content) throws IOException {
    write(
        () -> {
          try (FileChannel out = PrivateFiles.openOrdinary(draft, StandardOpenOption.WRITE)) {
            content.writeTo(out);
          }
        });
  }

  /** Puts the new file, with the last that is written to it, in place; whole or not at all. */
  public void putInPlace(Content last) throws IOException {
    write(
        () -> {
          try (FileChannel out = PrivateFiles.openOrdinary(draft, StandardOpenOption.WRITE)) {
            last.writeTo(out);
            out.force(true);
          }
          requireHeld();
          Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
          PrivateFiles.sync(directory);
        });
  }

  /** Writes to the file, which is there, and syncs it to the disk. */
  public void write(Content content) throws IOException {
    write(
        () -> {
          try (FileChannel out = PrivateFiles.openOrdinary(file, StandardOpenOption.WRITE)) {
            // After the opening: what was opened while the log was held is not read any more.
            requireHeld();
            content.writeTo(out);
            out.force(true);
          }
        });
  }

  /** Deletes the file; returns whether it was there. */
  public boolean delete() throws IOException {
    boolean[] deleted = new boolean[1];
    write(
        () -> {
          requireHeld();
          deleted[0] |= Files.deleteIfExists(file);
          PrivateFiles.sync(directory);
        });
    return deleted[0];
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
          "The "
              + what
              + " "
              + file
              + " could not be written ("
              + PrivateFiles.reason(e)
              + "): see to the disk, then run the export again; it goes on from what is written.",
          e);
    }
    failed = false;
  }

  /** Shows that its holder is alive. */
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

  /** Requires that it was not let go. */
  public void requireOpen() throws IOException {
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
