package io.github.klaviyoexport.internal.catalog.store;

import io.github.klaviyoexport.internal.files.PrivateFiles;
import io.github.klaviyoexport.time.TimeSource;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * The right to write to a directory, for one process at a time.
 *
 * <p>It is held for the moment of a write. A process that has it for much longer was stopped, and
 * another puts a new lock in the place of its own, and removes the file that it was about to move
 * into place. So if it goes on after all, it finds that it has lost the lock, or nothing to move.
 */
final class DirectoryLock implements Closeable {
  static final String NAME = ".lock";
  private static final String GUARD = ".lock.guard";
  private static final Duration PAUSE = Duration.ofMillis(20);

  private final Path path;
  private final FileChannel file;
  private final @Nullable Object identity;

  private DirectoryLock(Path path, FileChannel file, @Nullable Object identity) {
    this.path = path;
    this.file = file;
    this.identity = identity;
  }

  /**
   * Takes the lock of a directory.
   *
   * @param patience how long another may have it before it is taken over
   */
  static DirectoryLock take(Path directory, TimeSource time, Duration patience) throws IOException {
    Path path = directory.resolve(NAME);
    long from = time.nanoTime();
    Object before = PrivateFiles.identity(path);
    while (true) {
      DirectoryLock lock = tryToTake(path);
      if (lock != null) {
        return lock;
      }
      Object now = PrivateFiles.identity(path);
      if (!Objects.equals(before, now)) {
        before = now;
        from = time.nanoTime();
      } else if (time.nanoTime() - from > patience.toNanos()) {
        lock = takeOver(directory, path, now);
        if (lock != null) {
          return lock;
        }
      }
      pause(time);
    }
  }

  private static void pause(TimeSource time) throws ClosedByInterruptException {
    try {
      time.await(new Semaphore(0), PAUSE, false);
    } catch (InterruptedException interrupt) {
      Thread.currentThread().interrupt();
      throw new ClosedByInterruptException();
    }
  }

  /** Returns the lock; {@code null} if another has it. */
  private static @Nullable DirectoryLock tryToTake(Path path) throws IOException {
    PrivateFiles.makeFile(path);
    Object identity = PrivateFiles.identity(path);
    FileChannel file = PrivateFiles.openOrdinary(path, StandardOpenOption.WRITE);
    try {
      if (file.tryLock() != null && Objects.equals(identity, PrivateFiles.identity(path))) {
        return new DirectoryLock(path, file, identity);
      }
    } catch (OverlappingFileLockException sameProcess) {
      // Another class loader of this JVM has it.
    } catch (IOException | RuntimeException failure) {
      file.close();
      throw failure;
    }
    file.close();
    return null;
  }

  private static @Nullable DirectoryLock takeOver(
      Path directory, Path path, @Nullable Object stopped) throws IOException {
    // One at a time, or the second would replace the lock of the first.
    DirectoryLock guard = tryToTake(directory.resolve(GUARD));
    if (guard == null) {
      return null;
    }
    try {
      return Objects.equals(stopped, PrivateFiles.identity(path)) ? replace(directory, path) : null;
    } finally {
      guard.close();
    }
  }

  private static DirectoryLock replace(Path directory, Path path) throws IOException {
    Path fresh = PrivateFiles.makeTemporaryFile(directory);
    FileChannel file = PrivateFiles.openOrdinary(fresh, StandardOpenOption.WRITE);
    try {
      if (file.tryLock() == null) {
        throw new IOException("a new file is locked");
      }
      Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
      try (DirectoryStream<Path> left =
          Files.newDirectoryStream(directory, PrivateFiles.TEMPORARY)) {
        for (Path draft : left) {
          Files.deleteIfExists(draft);
        }
      }
      return new DirectoryLock(path, file, PrivateFiles.identity(path));
    } catch (IOException failure) {
      file.close();
      Files.deleteIfExists(fresh);
      throw new IOException(
          "its lock "
              + path
              + " is held by a process that does not go on: see which has it open, and end that",
          failure);
    }
  }

  /**
   * Requires the lock to be held still.
   *
   * @throws IOException if another has taken it over
   */
  void require() throws IOException {
    Object now = PrivateFiles.identity(path);
    if (now != null && !now.equals(identity)) {
      throw new IOException(
          "its lock was taken over, because this process was stopped for too long");
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
