package io.github.klaviyoexport.memory;

import io.github.klaviyoexport.internal.files.PrivateFiles;
import io.github.klaviyoexport.internal.hold.LogKey;
import io.github.klaviyoexport.journal.LogHeldException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A memory in a directory, which outlives the process.
 *
 * {@snippet class="io.github.klaviyoexport.memory.MemoryExamplesTest" region="directory"}
 *
 * <p>Each log is a file {@code KEY.memory}, to which blocks are added and synced to the disk, and a
 * file {@code KEY.memory-lock}, which is locked while the log is open and then stays. A customer
 * takes some 60 bytes, and twice that while the file is written anew. The beginning of a block that
 * a crash left is cut off when the log is opened. Only the owner may read the files; so it is with
 * the directory if it is made here, which needs its parent to be there.
 *
 * <p>The directory may be that of a {@code FileJournal}; it must be on a file system with locks
 * that work: any local one, and not every network share. Several memories in one directory, in any
 * number of processes, are one; all need the same key. An old copy of a file in the place of the
 * newer one is not noticed: after a backup is restored, delete the memory, all but what {@linkplain
 * KeptMemory#holdsErasures() holds erasures}, and repeat the erasures since the backup.
 *
 * <p>An interrupt disturbs no writing. Instances are immutable and safe for use by many threads.
 */
public final class FileMemory implements ExportMemory {
  private static final String SUFFIX = ".memory";

  private final Path directory;
  private final MemoryKey key;

  private FileMemory(Path directory, MemoryKey key) {
    this.directory = directory;
    this.key = key;
  }

  /**
   * Creates a memory in a directory, which is made on first use if it is missing and its parent is
   * there.
   *
   * @throws IllegalArgumentException if the path is not of the default file system
   */
  public static FileMemory in(Path directory, MemoryKey key) {
    if (!directory.getFileSystem().equals(FileSystems.getDefault())) {
      throw new IllegalArgumentException(
          "A memory needs a directory of the default file system, such as Path.of(\"memory\").");
    }
    return new FileMemory(directory, key);
  }

  /** Creates what {@link #in} creates, which is a keyword in Kotlin. */
  public static FileMemory directory(Path directory, MemoryKey key) {
    return in(directory, key);
  }

  @Override
  public MemoryKey key() {
    return key;
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the key is not one
   */
  @Override
  public MemoryLog open(String key) throws IOException {
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
  public MemoryLog open(String key, Duration silence) throws IOException {
    return openLog(key, LogKey.checkedSilence(silence));
  }

  private FileMemoryLog openLog(String key, @Nullable Duration silence) throws IOException {
    LogKey.requireFileName(key);
    try {
      PrivateFiles.makeDirectory(directory);
      return FileMemoryLog.open(directory.toRealPath(), key, silence);
    } catch (IOException e) {
      throw inWords(e, key);
    }
  }

  private IOException inWords(IOException e, String key) {
    return e instanceof LogHeldException || PrivateFiles.names(e, key + ".") ? e : unusable(e);
  }

  private IOException unusable(IOException e) {
    return new IOException(
        "The memory directory "
            + directory
            + " cannot be used ("
            + PrivateFiles.reason(e)
            + "): see that it is a directory which this user may read and write, or pass another.",
        e);
  }

  @Override
  public List<KeptMemory> list() throws IOException {
    List<KeptMemory> kept = new ArrayList<>();
    if (!Files.exists(directory)) {
      return kept;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        add(name.substring(0, name.length() - SUFFIX.length()), file, kept);
      }
    } catch (FileSystemException e) {
      throw unusable(e);
    }
    kept.sort(Comparator.comparing(KeptMemory::key));
    return kept;
  }

  private static void add(String key, Path file, List<KeptMemory> to) throws IOException {
    try {
      BasicFileAttributes is =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (LogKey.isKey(key) && is.isRegularFile()) {
        to.add(new KeptMemory(key, is.lastModifiedTime().toInstant(), is.size()));
      }
    } catch (NoSuchFileException deleted) {
      // Just then.
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws LogHeldException if it is open
   * @throws IllegalArgumentException if the key is not one
   */
  @Override
  public boolean delete(String key) throws IOException {
    LogKey.requireFileName(key);
    if (!Files.exists(directory)) {
      return false;
    }
    try (FileMemoryLog log = openLog(key, null)) {
      return log.delete();
    }
  }

  /** Returns the directory. */
  @Override
  public String toString() {
    return "FileMemory[" + directory + "]";
  }
}
