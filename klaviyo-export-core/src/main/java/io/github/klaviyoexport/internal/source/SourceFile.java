package io.github.klaviyoexport.internal.source;

import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** A file of a segment, and what its customers are called who have no id of their own. */
public final class SourceFile {
  private final Path path;
  private final String behindLine;
  private @Nullable BasicFileAttributes opened;

  /**
   * Creates a file.
   *
   * @param path where it is, as messages say it
   * @param name what tells it from the other files of its source; empty if there are none, so that
   *     a line alone names a record
   */
  public SourceFile(Path path, String name) {
    this.path = path;
    this.behindLine = name.isEmpty() ? "" : " of " + name;
  }

  /** Returns where it is. */
  public Path path() {
    return path;
  }

  /**
   * Notes how it is opened; returns whether it was the same when it was opened before, if it was.
   */
  boolean opensAsBefore(BasicFileAttributes now) {
    BasicFileAttributes before = opened;
    opened = now;
    return before == null || WatchedFile.isSame(before, now);
  }

  /**
   * Returns what a customer without an id is called, be it read or set aside: what is mended is
   * found by the name it was rejected by.
   */
  String customerIn(long line) {
    return "line " + line + behindLine;
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
