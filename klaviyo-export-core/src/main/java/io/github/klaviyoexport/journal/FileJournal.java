package io.github.klaviyoexport.journal;

import io.github.klaviyoexport.internal.files.PrivateFiles;
import io.github.klaviyoexport.internal.hold.LogKey;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A journal in a directory: exports can be resumed after a crash of the process or of the machine.
 *
 * {@snippet class="io.github.klaviyoexport.journal.JournalExamplesTest" region="directory"}
 *
 * <p>Each log is a file {@code KEY.journal}, to which lines with checksums are added and synced to
 * the disk, and a file {@code KEY.lock}, which is locked while the log is open and then stays. The
 * beginning of a line that a crash left is cut off when the log is opened. Damage anywhere else is
 * an {@link IOException} that names the file and the line. Only the owner may read the files; so it
 * is with the directory if it is made here, which needs its parent to be there.
 *
 * <p>The operating system ends the hold of a killed process at once. One that is stopped, and not
 * dead, keeps it, unless it was opened {@linkplain #open(String, Duration) with a silence} after
 * which it may be taken for dead, as a catalog does. The directory must be on a file system with
 * locks that work: any local one, and not every network share. Several journals in one directory,
 * in any number of processes, are one.
 *
 * <p>An interrupt disturbs no writing. Instances are immutable and safe for use by many threads.
 */
public final class FileJournal implements ExportJournal {
  private final Path directory;

  private FileJournal(Path directory) {
    this.directory = directory;
  }

  /**
   * Creates a journal in a directory, which is made on first use if it is missing and its parent is
   * there.
   *
   * @throws IllegalArgumentException if the path is not of the default file system
   */
  public static FileJournal in(Path directory) {
    if (!directory.getFileSystem().equals(FileSystems.getDefault())) {
      throw new IllegalArgumentException(
          "A journal needs a directory of the default file system, such as Path.of(\"journal\").");
    }
    return new FileJournal(directory);
  }

  /** Creates what {@link #in} creates, which is a keyword in Kotlin. */
  public static FileJournal directory(Path directory) {
    return in(directory);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the key is not one
   */
  @Override
  public JournalLog open(String key) throws IOException {
    return openLog(key, null);
  }

  /**
   * {@inheritDoc}
   *
   * <p>By the clock of the file system. On Windows only a process that has ended loses its hold.
   *
   * @throws IllegalArgumentException if the key is not one, or the silence not positive
   */
  @Override
  public JournalLog open(String key, Duration silence) throws IOException {
    return openLog(key, LogKey.checkedSilence(silence));
  }

  private JournalLog openLog(String key, @Nullable Duration silence) throws IOException {
    LogKey.requireFileName(key);
    try {
      PrivateFiles.makeDirectory(directory);
      return FileLog.open(directory.toRealPath(), key, silence);
    } catch (IOException e) {
      throw inWords(e, key);
    }
  }

  private IOException inWords(IOException e, String key) {
    return e instanceof LogHeldException || PrivateFiles.names(e, key + ".") ? e : unusable(e);
  }

  private IOException unusable(IOException e) {
    return new IOException(
        "The journal directory "
            + directory
            + " cannot be used ("
            + PrivateFiles.reason(e)
            + "): see that it is a directory which this user may read and write, or pass another.",
        e);
  }

  @Override
  public List<String> list() throws IOException {
    List<String> keys = new ArrayList<>();
    if (Files.exists(directory)) {
      try (DirectoryStream<Path> files =
          Files.newDirectoryStream(directory, "*" + FileLog.SUFFIX)) {
        for (Path file : files) {
          String name = String.valueOf(file.getFileName());
          String key = name.substring(0, name.length() - FileLog.SUFFIX.length());
          if (LogKey.isKey(key) && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            keys.add(key);
          }
        }
      } catch (FileSystemException e) {
        throw unusable(e);
      }
    }
    Collections.sort(keys);
    return keys;
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the key is not one
   */
  @Override
  public boolean delete(String key) throws IOException {
    LogKey.requireFileName(key);
    if (!Files.exists(directory)) {
      return false;
    }
    try {
      return FileLog.delete(directory.toRealPath(), key);
    } catch (IOException e) {
      throw inWords(e, key);
    }
  }

  /** Returns the directory. */
  @Override
  public String toString() {
    return "FileJournal[" + directory + "]";
  }
}
