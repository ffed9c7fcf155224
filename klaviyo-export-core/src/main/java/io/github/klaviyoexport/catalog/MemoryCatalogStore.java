package io.github.klaviyoexport.catalog;

import io.github.klaviyoexport.internal.catalog.store.CatalogFormat;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A store in memory, which lasts as long as this object: for tests and trials.
 *
 * {@snippet class="io.github.klaviyoexport.catalog.CatalogExamplesTest" region="memory"}
 *
 * <p>Safe for use by many threads.
 */
public final class MemoryCatalogStore implements CatalogStore {
  private final Map<Kind, NavigableMap<String, Entry>> entries = new EnumMap<>(Kind.class);
  private final List<Entry> setAside = new ArrayList<>();

  private MemoryCatalogStore() {
    for (Kind kind : Kind.values()) {
      entries.put(kind, new TreeMap<>());
    }
  }

  /** Creates an empty store. */
  public static MemoryCatalogStore create() {
    return new MemoryCatalogStore();
  }

  @Override
  public synchronized List<Entry> list(Kind kind, String idPrefix) {
    return of(kind).values().stream().filter(entry -> entry.id().startsWith(idPrefix)).toList();
  }

  @Override
  public synchronized Optional<Entry> find(Kind kind, String id) {
    return Optional.ofNullable(of(kind).get(id));
  }

  @Override
  public synchronized Outcome put(Entry entry) {
    CatalogFormat.requireId(entry.id());
    Entry present = of(entry.kind()).get(entry.id());
    if (entry.version() != (present == null ? 1 : present.version() + 1)) {
      return Outcome.OTHER_VERSION;
    }
    if (isTaken(entry.uniqueName(), entry)) {
      return Outcome.NAME_TAKEN;
    }
    of(entry.kind()).put(entry.id(), entry);
    return Outcome.DONE;
  }

  private boolean isTaken(@Nullable String name, Entry by) {
    return name != null
        && of(by.kind()).values().stream()
            .anyMatch(other -> !other.id().equals(by.id()) && name.equals(other.uniqueName()));
  }

  @Override
  public synchronized boolean remove(Kind kind, String id, long version) {
    Entry present = of(kind).get(id);
    if (present == null || present.version() != version) {
      return false;
    }
    of(kind).remove(id);
    return true;
  }

  @Override
  public synchronized String setAside(Kind kind, String id) {
    Entry damaged = of(kind).remove(id);
    if (damaged != null) {
      setAside.add(damaged);
    }
    return "memory, until this process ends";
  }

  private NavigableMap<String, Entry> of(Kind kind) {
    return entries.computeIfAbsent(kind, any -> new TreeMap<>());
  }

  /** Returns that it is a store in memory. */
  @Override
  public String toString() {
    return "MemoryCatalogStore";
  }
}
