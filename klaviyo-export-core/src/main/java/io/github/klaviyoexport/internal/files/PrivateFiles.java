package io.github.klaviyoexport.internal.files;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Files that only their owner can read, where their file system knows owners. */
public final class PrivateFiles {
  private static final String DIRECTORY = "rwx------";
  private static final String FILE = "rw-------";

  private PrivateFiles() {}

  /** Makes a directory that survives a crash of the machine; its parent must be there. */
  public static void makeDirectory(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    try {
      Files.createDirectory(directory, ownerOnly(directory, DIRECTORY));
      Path parent = directory.toAbsolutePath().getParent();
      if (parent != null) {
        sync(parent);
      }
    } catch (FileAlreadyExistsException present) {
      if (!Files.isDirectory(directory)) {
        throw present;
      }
    }
  }

  /**
   * Makes a directory and those above it that are missing.
   *
   * @throws IOException if it cannot be made; the message is for people
   */
  public static void makeDirectories(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      try {
        Files.createDirectories(directory, ownerOnly(directory, DIRECTORY));
      } catch (FileAlreadyExistsException other) {
        throw new IOException(directory + " is a file", other);
      }
    }
  }

  /** Makes an empty file unless it is there. */
  public static void makeFile(Path file) throws IOException {
    try {
      makeNewFile(file);
    } catch (FileAlreadyExistsException present) {
      // As we want it.
    }
  }

  /**
   * Makes an empty file.
   *
   * @throws FileAlreadyExistsException if it is there
   */
  public static void makeNewFile(Path file) throws IOException {
    Files.createFile(file, ownerOnly(file, FILE));
  }

  /** What the names of {@linkplain #makeTemporaryFile temporary files} are like. */
  public static final String TEMPORARY = "new-*.tmp";

  /** Makes an empty file in a directory, under a name that no other has. */
  public static Path makeTemporaryFile(Path directory) throws IOException {
    return Files.createTempFile(directory, "new-", ".tmp", ownerOnly(directory, FILE));
  }

  private static FileAttribute<?>[] ownerOnly(Path where, String permissions) {
    return where.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  /** Returns why a file could not be used; the JDK often says no more than its name. */
  public static String reason(IOException e) {
    if (e instanceof NoSuchFileException missing) {
      return missing.getFile() + " does not exist";
    }
    if (e instanceof FileAlreadyExistsException file) {
      return file.getFile() + " is a file";
    }
    if (e instanceof AccessDeniedException denied) {
      return denied.getFile() + " may not be accessed";
    }
    return String.valueOf(e.getMessage());
  }

  /**
   * Returns whether a failure is told in words that name a file, as this library does, where the
   * JDK often gives the bare reason, or no more than the name.
   */
  public static boolean names(IOException e, String file) {
    return !(e instanceof FileSystemException || e instanceof FileNotFoundException)
        && String.valueOf(e.getMessage()).contains(file);
  }

  /** Returns the failure to write a file that is to be made, in words that name it. */
  public static IOException unwritable(Path file, IOException e) {
    return new IOException(
        "The file "
            + file
            + " cannot be written ("
            + reason(e)
            + "): see to its disk, or pass another path.",
        e);
  }

  /**
   * Opens a file that is an ordinary one: no symbolic link is followed, and no pipe or device is
   * waited for.
   *
   * @throws IOException if it is something else; the message says what to do
   */
  public static FileChannel openOrdinary(Path file, StandardOpenOption... options)
      throws IOException {
    requireOrdinary(file);
    Set<OpenOption> all = new HashSet<>(Arrays.asList(options));
    all.add(LinkOption.NOFOLLOW_LINKS);
    return FileChannel.open(file, all);
  }

  /** Opens an ordinary file, as {@link #openOrdinary}, to be read; no interrupt closes it. */
  public static InputStream readOrdinary(Path file) throws IOException {
    requireOrdinary(file);
    return Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Requires a file to be an ordinary one.
   *
   * @throws IOException if it is something else; the message says what to do
   */
  static void requireOrdinary(Path file) throws IOException {
    BasicFileAttributes attributes =
        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!attributes.isRegularFile()) {
      throw new NotOrdinaryException(
          file
              + (attributes.isSymbolicLink()
                  ? " is a symbolic link, which is not followed"
                  : " is no ordinary file")
              + ": find out what put it there, and remove it");
    }
  }

  /** The failure to use something that is no ordinary file. */
  public static final class NotOrdinaryException extends IOException {
    private static final long serialVersionUID = 1L;

    NotOrdinaryException(String message) {
      super(message);
    }
  }

  /** Returns whether there is something of that name, if only a link to nothing. */
  public static boolean isThere(Path file) {
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Returns what tells a file from another that is given its name later; {@code null} if there is
   * none, or the file system does not say.
   */
  public static @Nullable Object identity(Path file) throws IOException {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
          .fileKey();
    } catch (NoSuchFileException none) {
      return null;
    }
  }

  /** Writes all bytes at a place in a file. */
  public static void write(FileChannel file, byte[] bytes, long position) throws IOException {
    ByteBuffer rest = ByteBuffer.wrap(bytes);
    while (rest.hasRemaining()) {
      file.write(rest, position + rest.position());
    }
  }

  /** What is done with files, from the start again if it has to be. */
  public interface Action<T> {
    T run() throws IOException;
  }

  /**
   * Does something that an interrupt would cut off, because it closes channels; does it again if
   * one did. The interrupt stays pending.
   */
  public static <T> T uninterrupted(Action<T> action) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try {
          return action.run();
        } catch (ClosedByInterruptException e) {
          // A cancelled export still writes down what it has sent.
          interrupted |= Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Makes names that were given in a directory survive a crash of the machine. */
  public static void sync(Path directory) throws IOException {
    uninterrupted(
        () -> {
          try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
          } catch (AccessDeniedException e) {
            // Windows opens no directories, and needs none to be synced.
          }
          return true;
        });
  }
}
