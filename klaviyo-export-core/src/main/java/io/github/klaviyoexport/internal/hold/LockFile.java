package io.github.klaviyoexport.internal.hold;

import io.github.klaviyoexport.internal.files.PrivateFiles;
import io.github.klaviyoexport.journal.LogHeldException;
import io.github.klaviyoexport.time.TimeSource;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A hold on a log, which the operating system ends when the process dies.
 *
 * <p>The lock is on a file of its own that stays when the lock is let go: a lock on a file that
 * comes and goes can be held twice.
 *
 * <p>A process that is stopped, and not dead, keeps its lock. Where it has said after how much
 * silence it may be taken for dead, another then puts a new file, locked, in the place of the old
 * one, and by the identity of the file the first {@linkplain #isLost() finds} that its hold has
 * ended. Silence is measured by the clock of the file system, which is one for all.
 */
public final class LockFile implements Closeable {
  /** Behind the holder's name, because on Windows what is locked cannot be read. */
  private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

  private static final int LONGEST_NAME = 512;

  /**
   * The lock files this class has open. POSIX drops all locks of a process on a file as soon as the
   * process closes any handle to it, so each is opened once at most; and if the same class in
   * another class loader of this JVM holds the lock, the handle that met it stays open for the next
   * try.
   */
  private static final Map<Path, Handle> OPEN = new HashMap<>();

  private final Path path;
  private Handle handle;
  private final byte[] name;
  private final boolean renewed;
  private final boolean takenOver;

  /** An open file, and which one it is: its path may lead to another later. */
  private record Handle(FileChannel file, @Nullable Object identity) {}

  private LockFile(Path path, Handle handle, byte[] name, boolean renewed, boolean takenOver) {
    this.path = path;
    this.handle = handle;
    this.name = name;
    this.renewed = renewed;
    this.takenOver = takenOver;
  }

  /**
   * Takes the lock.
   *
   * @param path in the real path of a directory, so that it is the same for all
   * @param silence after how much silence it may be taken over; {@code null} for never
   * @throws LogHeldException if it is taken
   */
  public static LockFile take(Path path, @Nullable Duration silence) throws IOException {
    synchronized (OPEN) {
      return PrivateFiles.uninterrupted(() -> tryToTake(path, silence));
    }
  }

  private static LockFile tryToTake(Path path, @Nullable Duration silence) throws IOException {
    Handle handle = open(path);
    boolean thisProcess = false;
    try {
      if (tryToLock(path, handle.file)) {
        byte[] name = name(silence);
        write(handle.file, name);
        return new LockFile(path, handle, name, silence != null, false);
      }
    } catch (OverlappingFileLockException held) {
      thisProcess = true;
    } catch (IOException failure) {
      close(path, handle, failure);
      throw failure;
    }
    try {
      requireSilent(path, handle);
      LockFile taken = replace(path, handle, silence);
      handle.file.close();
      return taken;
    } catch (IOException held) {
      if (!thisProcess) {
        close(path, handle, held);
      }
      throw held;
    }
  }

  private static Handle open(Path path) throws IOException {
    while (true) {
      PrivateFiles.makeFile(path);
      Object identity = identity(path);
      Handle known = OPEN.get(path);
      if (known != null && known.file.isOpen() && Objects.equals(known.identity, identity)) {
        return known;
      }
      FileChannel file =
          PrivateFiles.openOrdinary(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
      if (Objects.equals(identity, identity(path))) {
        Handle handle = new Handle(file, identity);
        OPEN.put(path, handle);
        return handle;
      }
      // Just then another took it over.
      file.close();
    }
  }

  private static boolean tryToLock(Path path, FileChannel file) throws IOException {
    try {
      return file.tryLock(LOCKED_BYTE, 1, false) != null;
    } catch (ClosedByInterruptException interrupt) {
      throw interrupt;
    } catch (IOException e) {
      throw new IOException(
          "The file system of " + path + " gives no locks: keep this directory on a local disk.",
          e);
    }
  }

  /**
   * Checks that a lock may be taken over from its holder.
   *
   * @throws LogHeldException if it may not
   */
  private static void requireSilent(Path path, Handle held) throws IOException {
    String name = read(held.file);
    Instant heard = modified(path);
    LogHolder holder = LogHolder.read(name);
    Duration silence = holder.silence();
    if (silence == null) {
      // A holder that has just got the lock may not have written its name yet.
      throw new LogHeldException(name.isEmpty() ? "another process" : holder.since(heard));
    }
    // What is written now says what time it is for the file system.
    Path clock = PrivateFiles.makeTemporaryFile(directory(path));
    Duration left = silence.minus(Duration.between(heard, modified(clock)));
    Files.delete(clock);
    if (!left.isNegative() && !left.isZero()) {
      throw new LogHeldException(holder.since(heard), left);
    }
  }

  /** Puts a locked file in the place of one whose holder was silent too long. */
  private static LockFile replace(Path path, Handle held, @Nullable Duration silence)
      throws IOException {
    // One at a time, or the second would replace the new file of the first.
    LockFile guard = tryToTake(directory(path).resolve(path.getFileName() + ".guard"), null);
    try {
      if (!Objects.equals(held.identity, identity(path))) {
        throw new LogHeldException("another process, which has just taken it over");
      }
      requireSilent(path, held);
      return replaceNow(path, held, silence);
    } finally {
      guard.close();
    }
  }

  private static LockFile replaceNow(Path path, Handle held, @Nullable Duration silence)
      throws IOException {
    Path fresh = PrivateFiles.makeTemporaryFile(directory(path));
    FileChannel file =
        PrivateFiles.openOrdinary(fresh, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      byte[] name = name(silence);
      write(file, name);
      if (!tryToLock(fresh, file)) {
        throw new LogHeldException("another process");
      }
      Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
      PrivateFiles.sync(directory(path));
      Handle handle = new Handle(file, identity(path));
      OPEN.put(path, handle);
      return new LockFile(path, handle, name, silence != null, true);
    } catch (IOException e) {
      file.close();
      Files.deleteIfExists(fresh);
      throw e instanceof FileSystemException open ? refused(path, held, open) : e;
    }
  }

  /** Returns the failure to replace a file that Windows leaves alone as long as it is open. */
  private static IOException refused(Path path, Handle held, FileSystemException open)
      throws IOException {
    IOException failure =
        new LogHeldException(LogHolder.read(read(held.file)).since(modified(path)));
    failure.addSuppressed(open);
    return failure;
  }

  private static byte[] name(@Nullable Duration silence) {
    Instant since = silence == null ? null : TimeSource.system().now();
    return LogHolder.written(silence, since).getBytes(StandardCharsets.UTF_8);
  }

  private static void write(FileChannel file, byte[] name) throws IOException {
    file.truncate(0);
    PrivateFiles.write(file, name, 0);
  }

  private static String read(FileChannel file) throws IOException {
    ByteBuffer name = ByteBuffer.allocate(LONGEST_NAME);
    int length = Math.max(0, file.read(name, 0));
    return new String(name.array(), 0, length, StandardCharsets.UTF_8);
  }

  private static Path directory(Path path) {
    return Objects.requireNonNull(path.getParent());
  }

  private static Instant modified(Path path) throws IOException {
    return Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS).toInstant();
  }

  private static @Nullable Object identity(Path path) throws IOException {
    return PrivateFiles.identity(path);
  }

  private static void close(Path path, Handle handle, IOException why) {
    try {
      OPEN.remove(path, handle);
      handle.file.close();
    } catch (IOException e) {
      why.addSuppressed(e);
    }
  }

  /** Returns whether it was taken over from a process that may be alive after all. */
  public boolean isTakenOver() {
    return takenOver;
  }

  /** Returns whether another has taken it over. */
  public boolean isLost() throws IOException {
    Object now = identity(path);
    return now != null && !now.equals(handle.identity);
  }

  /** Shows that its holder is alive. */
  public void renew() throws IOException {
    if (!renewed) {
      return;
    }
    synchronized (OPEN) {
      PrivateFiles.uninterrupted(
          () -> {
            if (!handle.file.isOpen()) {
              lockAgain();
            }
            PrivateFiles.write(handle.file, name, 0);
            return true;
          });
    }
  }

  /** Takes the lock again that an interrupt has ended, unless another has it by now. */
  private void lockAgain() throws IOException {
    Handle again = open(path);
    if (!tryToLock(path, again.file)
        || !read(again.file).equals(new String(name, StandardCharsets.UTF_8))) {
      throw new IOException("The lock " + path + " was lost to another process.");
    }
    handle = again;
  }

  @Override
  public void close() throws IOException {
    synchronized (OPEN) {
      // After the first closing the entry may be that of another holder in this process.
      OPEN.remove(path, handle);
      handle.file.close();
    }
  }
}
