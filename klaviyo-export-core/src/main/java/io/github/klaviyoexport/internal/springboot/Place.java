package io.github.klaviyoexport.internal.springboot;

import java.nio.file.Path;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The place that properties choose for what is kept: a directory or the database. */
final class Place {
  private Place() {}

  /**
   * Returns what is kept in the place that is chosen.
   *
   * @param group the properties' name before {@code .directory} and {@code .database}
   * @throws UnfitPropertyException if both are chosen, or none
   */
  static <T> T chosen(
      String group,
      @Nullable Path directory,
      boolean database,
      Function<Path, ? extends T> inDirectory,
      Supplier<? extends T> inDatabase) {
    if (directory != null && database) {
      throw new UnfitPropertyException(
          group + ".directory",
          "is set, and klaviyo.export." + group + ".database is true: it is kept in one place.",
          "Remove one of them.");
    }
    if (directory != null) {
      return inDirectory.apply(directory);
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
