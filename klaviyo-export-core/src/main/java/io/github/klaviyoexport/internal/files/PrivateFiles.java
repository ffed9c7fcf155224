package io.github.klaviyoexport.internal.files;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

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

  /** Makes names that were given in a directory survive a crash of the machine. */
  public static void sync(Path directory) throws IOException {
    boolean interrupted = false;
    try {
      while (true) {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
          channel.force(true);
          return;
        } catch (ClosedByInterruptException e) {
          // A cancelled export still writes down what it has sent.
          interrupted |= Thread.interrupted();
        } catch (AccessDeniedException e) {
          // Windows opens no directories, and needs none to be synced.
          return;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
