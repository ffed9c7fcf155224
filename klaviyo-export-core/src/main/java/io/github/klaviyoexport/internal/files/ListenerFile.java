package io.github.klaviyoexport.internal.files;

import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.Flushable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.Objects;
import java.util.Set;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A file that a listener writes while an export runs, and no other at the same time. If it cannot
 * be written on, the export is not affected, and the file is given another name, so that it is not
 * taken for a whole one or written on behind the gap.
 */
public final class ListenerFile {
  /** Behind all lines, because on Windows what is locked cannot be read. */
  private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

  private static final String INCOMPLETE = ".incomplete";

  /**
   * The files that this process writes. A lock of the operating system keeps others out; looking
   * for one here would end it, since POSIX drops it as soon as any handle of the process is closed.
   */
  private static final Set<ListenerFile> OPEN = Collections.newSetFromMap(new WeakHashMap<>());

  private final String what;
  private final Path path;
  private final @Nullable Path place;
  private final @Nullable RandomAccessFile file;
  private final OutputStream out;
  private final Flushable disk;
  private final @Nullable Object identity;
  private @Nullable IOException failure;
  private boolean renamed;
  private boolean closed;

  private ListenerFile(String what, Path path, Path place, RandomAccessFile file)
      throws IOException {
    this.what = what;
    this.path = path;
    this.place = place;
    this.file = file;
    this.out = new FileOutputStream(file.getFD());
    this.disk = () -> file.getFD().sync();
    this.identity = PrivateFiles.identity(path);
  }

  /**
   * Creates one of a file that another has opened.
   *
   * @param what what the file holds, for people
   * @param disk makes safe what was written
   */
  public ListenerFile(String what, Path path, OutputStream out, Flushable disk) throws IOException {
    this.what = what;
    this.path = path;
    this.place = null;
    this.file = null;
    this.out = out;
    this.disk = disk;
    this.identity = PrivateFiles.identity(path);
  }

  /**
   * Makes a file; one that stands there is replaced, unless it is being written.
   *
   * @param what what the file holds, for people
   * @throws IOException if it cannot be made; the message says what to do
   */
  public static ListenerFile create(String what, Path path, String header) throws IOException {
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new IOException(path + " is not a file: pass the path of the file to write.");
    }
    synchronized (OPEN) {
      try {
        requireFree(path);
        // Made anew, so that neither the old one's permissions nor a link decide who can read it.
        Files.deleteIfExists(path);
        PrivateFiles.makeNewFile(path);
      } catch (NoSuchFileException noDirectory) {
        throw new IOException(
            "There is no directory for the file " + path + ": make it first.", noDirectory);
      } catch (AccessDeniedException denied) {
        throw new IOException(
            "The file " + path + " may not be written: check the permissions of its directory.",
            denied);
      } catch (FileAlreadyExistsException race) {
        throw new IOException(
            "Another program has just created the file " + path + ": pass a path of your own.",
            race);
      } catch (BusyException busy) {
        throw busy;
      } catch (IOException e) {
        throw PrivateFiles.unwritable(path, e);
      }
      ListenerFile file = open(what, path);
      try {
        file.out.write(header.getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        file.leave();
        throw PrivateFiles.unwritable(path, e);
      }
      return file;
    }
  }

  /**
   * Opens a file to be written on, and changes nothing in it yet: see what its {@link #whole lines}
   * are, and {@link #writeOn} or {@link #leave}.
   *
   * @param what what the file holds, for people
   * @throws IOException if it cannot be opened, or is being written; the message says what to do
   */
  public static ListenerFile continuing(String what, Path path) throws IOException {
    synchronized (OPEN) {
      try {
        PrivateFiles.requireOrdinary(path);
        requireFree(path);
      } catch (BusyException busy) {
        throw busy;
      } catch (IOException unreadable) {
        throw unreadable(what, unreadable);
      }
      return open(what, path);
    }
  }

  /** Requires a file, which may not be there, not to be open for writing. */
  private static void requireFree(Path path) throws IOException {
    Path place = place(path);
    for (ListenerFile open : OPEN) {
      if (place.equals(open.place)) {
        throw new BusyException(path);
      }
    }
    if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      try (RandomAccessFile there = new RandomAccessFile(path.toFile(), "rw")) {
        lock(there, path);
      } catch (FileNotFoundException | UnsupportedOperationException notOurs) {
        // It cannot be written, and what is wrong with it is found when it is to be.
      }
    }
  }

  private static Path place(Path path) throws IOException {
    Path whole = path.toAbsolutePath();
    return Objects.requireNonNull(whole.getParent(), "no directory")
        .toRealPath()
        .resolve(whole.getFileName());
  }

  /**
   * Takes the lock of a file until it is closed. The channel is used for nothing else: an interrupt
   * closes one that reads or writes.
   */
  private static void lock(RandomAccessFile file, Path path) throws IOException {
    try {
      if (file.getChannel().tryLock(LOCKED_BYTE, 1, false) == null) {
        throw new BusyException(path);
      }
    } catch (OverlappingFileLockException inAnotherClassLoader) {
      throw new BusyException(path);
    } catch (BusyException busy) {
      throw busy;
    } catch (IOException noLocks) {
      // Not every file system has them; that another took its place is found when it is closed.
    }
  }

  private static ListenerFile open(String what, Path path) throws IOException {
    RandomAccessFile file;
    try {
      file = new RandomAccessFile(path.toFile(), "rw");
    } catch (UnsupportedOperationException notOnDisk) {
      throw new IOException(
          "The file " + path + " is not on a disk: pass a path of the default file system.");
    } catch (IOException e) {
      throw PrivateFiles.unwritable(path, e);
    }
    try {
      lock(file, path);
      ListenerFile open = new ListenerFile(what, path, place(path), file);
      OPEN.add(open);
      return open;
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  /** Returns how much of it is whole lines. */
  public WholeLines whole() throws IOException {
    try {
      file().seek(0);
      // It is not closed, since that would close the file.
      return WholeLines.of(new FileInputStream(file().getFD()));
    } catch (IOException e) {
      leave();
      throw unreadable(what, e);
    }
  }

  private static IOException unreadable(String what, IOException why) {
    return new IOException(
        "The file of "
            + what
            + " cannot be read: "
            + PrivateFiles.reason(why)
            + ". Name the file that the run before has written.",
        why);
  }

  /**
   * Prepares to write behind so many bytes; what follows them is taken off.
   *
   * @throws IOException if it cannot be written; the message says what to do
   */
  public void writeOn(long bytes) throws IOException {
    try {
      file().setLength(bytes);
      file().seek(bytes);
    } catch (IOException e) {
      leave();
      throw PrivateFiles.unwritable(path, e);
    }
  }

  private RandomAccessFile file() {
    return Objects.requireNonNull(file, "a file that was opened here");
  }

  /** Closes it as it is. */
  public void leave() throws IOException {
    closed = true;
    synchronized (OPEN) {
      OPEN.remove(this);
      out.close();
    }
  }

  /** Returns whether it takes no more: it could not be written on, or was closed. */
  public boolean isOver() {
    return closed || failure != null;
  }

  /** Returns whether it was closed. */
  public boolean isClosed() {
    return closed;
  }

  /** Something that is written. */
  public interface Lines {
    /** Writes it to a file. */
    void writeTo(OutputStream out) throws IOException;
  }

  /** Writes lines; if that fails, the log says so, and no more are written. */
  public void write(Lines lines) {
    if (!isOver()) {
      try {
        lines.writeTo(out);
      } catch (IOException e) {
        fail(e);
      }
    }
  }

  /** Makes safe what was written. */
  public void sync() {
    if (!isOver()) {
      try {
        disk.flush();
      } catch (IOException e) {
        fail(e);
      }
    }
  }

  private void fail(IOException e) {
    failure = e;
    rename();
    System.getLogger("io.github.klaviyoexport")
        .log(
            System.Logger.Level.WARNING,
            "The file of {0} {1} cannot be written on ({2}); the export is not affected.",
            what,
            path,
            e.getClass().getName());
  }

  /** Gives it a name that says that it has a gap; a disk that is full still does that. */
  private void rename() {
    try {
      if (!renamed && isInPlace()) {
        Files.move(
            path,
            path.resolveSibling(path.getFileName() + INCOMPLETE),
            StandardCopyOption.REPLACE_EXISTING);
        renamed = true;
      }
    } catch (IOException gone) {
      // Or it is open on Windows: then it is renamed when it is closed.
    }
  }

  private boolean isInPlace() throws IOException {
    return PrivateFiles.isThere(path) && Objects.equals(identity, PrivateFiles.identity(path));
  }

  /**
   * Closes it.
   *
   * @param report what the report has nevertheless, in a sentence
   * @throws IOException if lines are missing, or may be; the message says what to do
   */
  public void close(String report) throws IOException {
    if (closed) {
      return;
    }
    boolean lost = false;
    try {
      lost = !renamed && !isInPlace();
    } catch (IOException e) {
      failure = failure == null ? e : failure;
    }
    try {
      leave();
    } catch (IOException e) {
      failure = failure == null ? e : failure;
    }
    if (failure != null) {
      rename();
      throw new IOException(
          "The file of "
              + what
              + " "
              + path
              + " is incomplete"
              + (renamed ? ", and called " + path.getFileName() + INCOMPLETE + " now" : "")
              + ": make room or mend the disk, and export again from the start. "
              + report,
          failure);
    }
    if (lost) {
      throw new IOException(
          "The file of "
              + what
              + " "
              + path
              + " was removed or replaced while it was written, and is lost: see what else uses that"
              + " path, and export again from the start. "
              + report);
    }
  }

  /** The failure to write a file that is being written. */
  private static final class BusyException extends IOException {
    private static final long serialVersionUID = 1L;

    BusyException(Path path) {
      super(
          "The file "
              + path
              + " is being written by another export: wait until that has ended and its file is"
              + " closed, or pass another path.");
    }
  }
}
