package io.github.klaviyoexport.internal.source;

import java.nio.file.Path;

/**
 * A file of a segment, and what it is called.
 *
 * @param path where it is, as messages say it
 * @param several whether the segment has other files too, so that a line alone names no record
 */
public record SourceFile(Path path, boolean several) {
  /** Returns what a customer without an id of their own is called. */
  String customerIn(long line) {
    return several ? recordIn(line) : "line " + line;
  }

  /** Returns what a record that cannot be read is called. */
  String recordIn(long line) {
    return "line " + line + " of " + path.getFileName();
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
