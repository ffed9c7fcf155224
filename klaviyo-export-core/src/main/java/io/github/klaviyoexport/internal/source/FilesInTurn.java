package io.github.klaviyoexport.internal.source;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.source.ProfileReader;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The files of one segment, read one after the other, of which one is open at a time.
 *
 * <p>Each is opened once at the start, so that one that is missing or has other fields is found
 * before anything is sent; and it is looked at again in its turn, since it may have been replaced.
 */
public final class FilesInTurn implements ProfileReader {
  /** What opens one of the files. */
  @FunctionalInterface
  public interface Opening {
    /** Returns the reader of a file. */
    ProfileReader open(SourceFile file) throws IOException;
  }

  private final Opening opening;
  private final SourceFile first;
  private final Iterator<SourceFile> rest;
  private final Optional<FieldNames> fields;
  private @Nullable ProfileReader current;

  private FilesInTurn(Opening opening, List<SourceFile> files, Optional<FieldNames> fields)
      throws IOException {
    this.opening = opening;
    this.first = files.get(0);
    this.rest = files.iterator();
    this.fields = fields;
    openNext();
  }

  private void openNext() throws IOException {
    SourceFile file = rest.next();
    ProfileReader opened = opening.open(file);
    current = opened;
    try {
      requireSame(first, fields, file, opened.fields());
    } catch (IOException other) {
      close();
      throw other;
    }
  }

  /** Opens the files: at least one. */
  public static ProfileReader open(List<SourceFile> files, Opening opening) throws IOException {
    if (files.size() == 1) {
      return opening.open(files.get(0));
    }
    SourceFile first = files.get(0);
    Optional<FieldNames> fields = fieldsOf(first, opening);
    for (SourceFile file : files.subList(1, files.size())) {
      requireSame(first, fields, file, fieldsOf(file, opening));
    }
    return new FilesInTurn(opening, files, fields);
  }

  private static Optional<FieldNames> fieldsOf(SourceFile file, Opening opening)
      throws IOException {
    try (ProfileReader reader = opening.open(file)) {
      return reader.fields();
    }
  }

  private static void requireSame(
      SourceFile first, Optional<FieldNames> fields, SourceFile file, Optional<FieldNames> own)
      throws IOException {
    if (!own.equals(fields)) {
      throw new IOException(
          "The files "
              + first
              + " and "
              + file
              + " are one segment and name different fields, or in another order: write them with"
              + " the same header.");
    }
  }

  @Override
  public @Nullable CustomerProfile next() throws IOException {
    while (current != null) {
      CustomerProfile profile = current.next();
      if (profile != null) {
        return profile;
      }
      close();
      if (rest.hasNext()) {
        openNext();
      }
    }
    return null;
  }

  @Override
  public Optional<FieldNames> fields() {
    return fields;
  }

  @Override
  public void close() throws IOException {
    ProfileReader open = current;
    current = null;
    if (open != null) {
      open.close();
    }
  }
}
