package io.github.klaviyoexport.internal.catalog.store;

import io.github.klaviyoexport.catalog.CatalogStore.Entry;
import io.github.klaviyoexport.catalog.CatalogStore.Kind;
import io.github.klaviyoexport.fuzz.Canary;
import io.github.klaviyoexport.internal.json.UnreadableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Any bytes are a thing of the catalog, or damaged, or nothing that can be read here, said without
 * quoting them; what was read, written again, is read as the same.
 *
 * <p>The first byte chooses what the rest is taken for.
 */
public final class CatalogFileFuzz {
  private static final List<CatalogFormat<?>> FORMATS =
      List.of(
          CatalogFormats.CONNECTIONS,
          CatalogFormats.EXPORTS,
          CatalogFormats.RUNS,
          CatalogFormats.STATES);

  private static final Path DIRECTORY = directory();
  private static final DirectoryStore STORE = new DirectoryStore(DIRECTORY);

  private CatalogFileFuzz() {}

  private static Path directory() {
    try {
      Path directory = Files.createTempDirectory("catalog-fuzz-");
      directory.toFile().deleteOnExit();
      return directory;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Reads a file. */
  public static void fuzzerTestOneInput(byte[] bytes) {
    int kind = bytes.length == 0 ? 0 : Math.floorMod(bytes[0] - '0', FORMATS.size());
    read(
        FORMATS.get(kind),
        Canary.in(Arrays.copyOfRange(bytes, Math.min(1, bytes.length), bytes.length)));
  }

  private static <T> void read(CatalogFormat<T> format, byte[] bytes) {
    Path file = file(format.kind());
    try {
      Files.write(file, bytes);
      Entry entry = STORE.find(format.kind(), "x").orElseThrow();
      CatalogFormats.exportInPart(entry, "it is not known").words();
      T value = format.read(entry);
      String unread = format.unread(value);
      if (unread != null) {
        Canary.assertNotIn(unread);
        return;
      }
      T again = format.read(format.next(value));
      if (!format.next(again).json().equals(format.next(value).json())) {
        throw new AssertionError("What was read is read as something else when written again.");
      }
    } catch (DamagedException | UnreadableException told) {
      Canary.assertNotIn(told);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } finally {
      file.toFile().delete();
    }
  }

  private static Path file(Kind kind) {
    return DIRECTORY.resolve(kind.name().toLowerCase(Locale.ROOT) + "s").resolve("x.json");
  }
}
