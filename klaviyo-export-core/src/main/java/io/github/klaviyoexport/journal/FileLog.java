package io.github.klaviyoexport.journal;

import io.github.klaviyoexport.internal.files.PrivateFiles;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.Consumer;

/**
 * A log of a {@link FileJournal}.
 *
 * <p>Between calls only the lock file is open. Files are written by {@link RandomAccessFile},
 * because an interrupt closes channels, and a cancelled export still writes down what it has sent.
 */
final class FileLog implements JournalLog {
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
    this.file = directory.resolve(key + ".journal");
    this.draft = directory.resolve(key + ".journal.draft");
  }

  /**
   * Opens a log, and puts away what a crash may have left of it.
   *
   * @param directory the real path of a directory that is there
   */
  static FileLog open(Path directory, String key) throws IOException {
    LockFile lock = LockFile.take(directory.resolve(key + ".lock"));
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

  /** Removes what a crash may have left: a draft, and the beginning of a line. */
  private void recover() throws IOException {
    Files.deleteIfExists(draft);
    if (!Files.exists(file)) {
      return;
    }
    end = JournalFile.read(file, line -> {});
    if (end < Files.size(file)) {
      try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
        out.setLength(end);
        out.getFD().sync();
      }
    }
  }

  @Override
  public void replay(Consumer<String> line) throws IOException {
    requireOpen();
    if (Files.exists(file)) {
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
    write(
        () -> {
          try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            if (out.length() != end) {
              throw new IOException("somebody else has changed it");
            }
            out.seek(end);
            out.write(bytes);
            out.getFD().sync();
          }
          end += bytes.length;
        });
  }

  @Override
  public void restart(String line) throws IOException {
    LogRules.requireLine(line);
    byte[] bytes = JournalFile.of(line);
    write(
        () -> {
          PrivateFiles.makeFile(draft);
          try (RandomAccessFile out = new RandomAccessFile(draft.toFile(), "rw")) {
            out.write(bytes);
            out.getFD().sync();
          }
          Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
          PrivateFiles.sync(directory);
          end = bytes.length;
        });
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
      write.run();
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
