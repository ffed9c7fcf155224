package io.github.klaviyoexport.catalog;

import io.github.klaviyoexport.internal.catalog.store.DirectoryStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A store in a directory, with one readable JSON file for each thing.
 *
 * {@snippet class="io.github.klaviyoexport.catalog.CatalogExamplesTest" region="files"}
 *
 * <p>The directory is made if it is not there; it and the files in it are readable for their owner
 * only, where the file system knows owners. Several processes may share it on one machine; over
 * network file systems use a {@link JdbcCatalogStore}. Safe for use by many threads.
 */
public final class FileCatalogStore implements CatalogStore {
  private final DirectoryStore store;

  private FileCatalogStore(DirectoryStore store) {
    this.store = store;
  }

  /**
   * Creates a store in a directory, which is made if it is missing.
   *
   * @throws CatalogException if the directory cannot be used
   */
  public static FileCatalogStore in(Path directory) {
    return new FileCatalogStore(new DirectoryStore(directory));
  }

  /** Creates what {@link #in} creates, which is a keyword in Kotlin. */
  public static FileCatalogStore directory(Path directory) {
    return in(directory);
  }

  @Override
  public List<Entry> list(Kind kind, String idPrefix) {
    return store.list(kind, idPrefix);
  }

  @Override
  public List<String> ids(Kind kind, String idPrefix) {
    return store.ids(kind, idPrefix);
  }

  @Override
  public Optional<Entry> find(Kind kind, String id) {
    return store.find(kind, id);
  }

  @Override
  public Outcome put(Entry entry) {
    return store.put(entry);
  }

  @Override
  public boolean remove(Kind kind, String id, long version) {
    return store.remove(kind, id, version);
  }

  @Override
  public String setAside(Kind kind, String id) {
    return store.setAside(kind, id);
  }

  /** Returns where it is. */
  @Override
  public String toString() {
    return "FileCatalogStore[" + store + "]";
  }
}
