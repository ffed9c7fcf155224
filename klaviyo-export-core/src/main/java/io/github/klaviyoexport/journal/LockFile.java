package io.github.klaviyoexport.journal;

import io.github.klaviyoexport.internal.files.PrivateFiles;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;

/**
 * A hold on a log, which the operating system ends when the process dies.
 *
 * <p>The lock is on a file of its own that stays when the lock is let go: a lock on a file that
 * comes and goes can be held twice.
 */
final class LockFile implements Closeable {
  /** Behind the holder's name, because on Windows what is locked cannot be read. */
  private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

  private static final int LONGEST_NAME = 512;

  /**
   * The lock files this class has open. POSIX drops all locks of a process on a file as soon as the
   * process closes any handle to it, so each is opened once at most; and if the same class in
   * another class loader of this JVM holds the lock, the handle that met it stays open for the next
   * try.
   */
  private static final Map<Path, RandomAccessFile> OPEN = new HashMap<>();

  private final Path path;
  private final RandomAccessFile file;

  private LockFile(Path path, RandomAccessFile file) {
    this.path = path;
    this.file = file;
  }

  /**
   * Takes the lock.
   *
   * @param path in the real path of a directory, so that it is the same for all
   * @throws LogHeldException if it is taken
   */
  static LockFile take(Path path) throws IOException {
    synchronized (OPEN) {
      RandomAccessFile file = OPEN.get(path);
      if (file == null) {
        PrivateFiles.makeFile(path);
        file = new RandomAccessFile(path.toFile(), "rw");
        OPEN.put(path, file);
      }
      FileLock lock;
      try {
        lock = file.getChannel().tryLock(LOCKED_BYTE, 1, false);
      } catch (OverlappingFileLockException thisProcess) {
        throw heldBy(path, file);
      } catch (IOException e) {
        close(path, file, e);
        throw new IOException(
            "The file system of " + path + " gives no locks: keep the journal on a local disk.", e);
      }
      if (lock == null) {
        LogHeldException held = heldBy(path, file);
        close(path, file, held);
        throw held;
      }
      try {
        file.setLength(0);
        file.write(ThisProcess.NAME.getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        close(path, file, e);
        throw e;
      }
      return new LockFile(path, file);
    }
  }

  private static LogHeldException heldBy(Path path, RandomAccessFile file) throws IOException {
    byte[] name = new byte[LONGEST_NAME];
    file.seek(0);
    int length = file.read(name);
    // A holder that has just got the lock may not have written its name yet.
    String holder =
        length > 0 ? new String(name, 0, length, StandardCharsets.UTF_8) : "another process";
    return new LogHeldException(
        holder
            + " since "
            + Files.getLastModifiedTime(path).toInstant().truncatedTo(ChronoUnit.SECONDS));
  }

  private static void close(Path path, RandomAccessFile file, IOException why) {
    try {
      OPEN.remove(path);
      file.close();
    } catch (IOException e) {
      why.addSuppressed(e);
    }
  }

  @Override
  public void close() throws IOException {
    synchronized (OPEN) {
      // After the first closing the entry may be that of another holder in this process.
      if (OPEN.remove(path, file)) {
        file.close();
      }
    }
  }
}
