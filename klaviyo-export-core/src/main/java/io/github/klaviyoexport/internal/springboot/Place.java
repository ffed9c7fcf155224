package io.github.klaviyoexport.internal.springboot;

import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.internal.files.PrivateFiles;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The place that properties choose for what is kept: a directory or the database. */
final class Place {
  private Place() {}

  /** What keeps something in a directory. */
  interface InDirectory<T> {
    T of(Path directory) throws IOException;
  }

  /** Returns a directory that is there, and made if it was not, as a first export would. */
  static Path made(Path directory) throws IOException {
    PrivateFiles.makeDirectory(directory);
    requireWritable(directory);
    return directory;
  }

  /** Fails if nothing can be made in a directory that is there. */
  static void requireWritable(Path directory) throws IOException {
    if (!Files.isWritable(directory)) {
      throw new AccessDeniedException(directory.toString());
    }
  }

  /**
   * Returns what is kept in the place that is chosen.
   *
   * @param group the properties' name before {@code .directory} and {@code .database}
   * @throws UnfitPropertyException if both are chosen, or none, or the directory cannot be used
   */
  static <T> T chosen(
      String group,
      @Nullable Path directory,
      boolean database,
      InDirectory<? extends T> inDirectory,
      Supplier<? extends T> inDatabase) {
    if (directory != null && database) {
      throw new UnfitPropertyException(
          group + ".directory",
          "is set, and klaviyo.export." + group + ".database is true: it is kept in one place.",
          "Remove one of them.");
    }
    if (directory != null) {
      try {
        return inDirectory.of(directory);
      } catch (IOException | CatalogException unusable) {
        Throwable why = unusable instanceof CatalogException ? unusable.getCause() : unusable;
        throw new UnfitPropertyException(
            group + ".directory",
            "cannot be used ("
                + (why instanceof IOException bare ? PrivateFiles.reason(bare) : why)
                + ").",
            "See that it is a directory which this user may read and write, or set another.",
            unusable);
      }
    }
    if (database) {
      return inDatabase.get();
    }
    throw new UnfitPropertyException(
        group + ".directory",
        "is not set, and klaviyo.export." + group + ".database is not true: it is kept nowhere.",
        "Set one of them.");
  }
}
