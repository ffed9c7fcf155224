package io.github.klaviyoexport.catalog;

import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.catalog.CatalogStore.Entry;
import io.github.klaviyoexport.catalog.CatalogStore.Outcome;
import io.github.klaviyoexport.internal.catalog.store.CatalogFormat;
import io.github.klaviyoexport.internal.catalog.store.CatalogFormat.DamagedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/** All things of one type in a store; those that cannot be read are set aside. */
final class Documents<T> {
  private static final System.Logger LOG = System.getLogger("io.github.klaviyoexport.catalog");

  private final CatalogStore store;
  private final CatalogFormat<T> format;
  private final Consumer<String> damaged;

  Documents(CatalogStore store, CatalogFormat<T> format, Consumer<String> damaged) {
    this.store = store;
    this.format = format;
    this.damaged = damaged;
  }

  /** Those that can be read, ordered by id. */
  List<T> list(String idPrefix) {
    List<T> values = new ArrayList<>();
    for (Entry entry : store.list(format.kind(), idPrefix)) {
      try {
        values.add(format.read(entry));
      } catch (DamagedException damage) {
        setAside(entry, damage);
      }
    }
    return values;
  }

  /**
   * The one of that id.
   *
   * @throws CatalogException if it cannot be read
   */
  Optional<T> find(String id) {
    Optional<Entry> entry = store.find(format.kind(), id);
    if (entry.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(format.read(entry.get()));
    } catch (DamagedException damage) {
      throw new CatalogException(Reason.DAMAGED, setAside(entry.get(), damage));
    }
  }

  /** The one of that id; what cannot be read counts as absent. */
  Optional<T> findReadable(String id) {
    try {
      return find(id);
    } catch (CatalogException failure) {
      if (failure.reason() == Reason.DAMAGED) {
        return Optional.empty();
      }
      throw failure;
    }
  }

  /** Keeps a thing, if nobody else has changed it meanwhile; returns it with its new version. */
  Optional<T> put(T value) {
    Entry entry = format.next(value);
    Outcome outcome = store.put(entry);
    if (outcome == Outcome.NAME_TAKEN) {
      throw new CatalogException(
          Reason.NAME_TAKEN,
          "Another " + word() + " is called '" + entry.uniqueName() + "': choose another name.");
    }
    try {
      return outcome == Outcome.DONE ? Optional.of(format.read(entry)) : Optional.empty();
    } catch (DamagedException impossible) {
      throw new IllegalStateException("What was just written cannot be read.", impossible);
    }
  }

  boolean remove(T value) {
    return store.remove(format.kind(), format.id(value), format.version(value));
  }

  private String setAside(Entry entry, DamagedException damage) {
    String where = store.setAside(format.kind(), entry.id());
    String advice =
        "The "
            + word()
            + " "
            + entry.id()
            + " is damaged: "
            + damage.getMessage()
            + ". It was set aside and lies in "
            + where
            + ": restore it from a backup, or make it again.";
    LOG.log(System.Logger.Level.WARNING, advice);
    damaged.accept(advice);
    return advice;
  }

  private String word() {
    return format.kind().name().toLowerCase(Locale.ROOT);
  }
}
