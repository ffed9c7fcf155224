package io.github.klaviyoexport.internal.catalog;

import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.catalog.CatalogStore;
import io.github.klaviyoexport.catalog.CatalogStore.Entry;
import io.github.klaviyoexport.catalog.CatalogStore.Outcome;
import io.github.klaviyoexport.internal.catalog.store.CatalogFormat;
import io.github.klaviyoexport.internal.catalog.store.DamagedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** All things of one type in a store; those that cannot be read are set aside. */
public final class Repository<T> {
  private static final System.Logger LOG = System.getLogger("io.github.klaviyoexport.catalog");

  private final CatalogStore store;
  private final CatalogFormat<T> format;
  private final Consumer<String> damaged;

  /**
   * Creates the repository of one type.
   *
   * @param damaged hears what was set aside, and what to do about it
   */
  public Repository(CatalogStore store, CatalogFormat<T> format, Consumer<String> damaged) {
    this.store = store;
    this.format = format;
    this.damaged = damaged;
  }

  /** Returns those that can be read and whose id begins so, ordered by id. */
  public List<T> list(String idPrefix) {
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
   * Returns the one of that id.
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

  /** Returns the one of that id; what cannot be read counts as absent. */
  public Optional<T> findReadable(String id) {
    try {
      return find(id);
    } catch (CatalogException failure) {
      if (failure.reason() == Reason.DAMAGED) {
        return Optional.empty();
      }
      throw failure;
    }
  }

  /** Keeps a thing unless it was changed meanwhile; returns it with its new version. */
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

  /**
   * What is to become of a thing.
   *
   * @param next what it is to be; {@code null} to leave it as it is
   * @param result what the one who asked is told when that is done
   */
  record Change<T, R>(@Nullable T next, R result) {
    static <T, R> Change<T, R> to(T next, R result) {
      return new Change<>(next, result);
    }

    static <T, R> Change<T, R> none(R result) {
      return new Change<>(null, result);
    }
  }

  /**
   * Changes a thing, whatever others do to it at the same time.
   *
   * @param absent what there is of that id when nothing is kept that can be read
   * @param decide what is to become of it; asked again when the thing was changed before that could
   *     be written
   */
  <R> R change(String id, Function<String, T> absent, Function<? super T, Change<T, R>> decide) {
    while (true) {
      T present = findReadable(id).orElseGet(() -> absent.apply(id));
      Change<T, R> change = decide.apply(present);
      T next = change.next();
      if (next == null || put(next).isPresent()) {
        return change.result();
      }
    }
  }

  /** Removes a thing unless it was changed meanwhile; returns whether it did. */
  boolean remove(T value) {
    return store.remove(format.kind(), format.id(value), format.version(value));
  }

  /**
   * Creates the exception for a thing that was changed after it was read.
   *
   * @param what what it is, to begin a sentence
   * @param by who changed it; {@code null} if that is not known
   */
  static CatalogException changedMeanwhile(String what, @Nullable String by, @Nullable Instant at) {
    return new CatalogException(
        Reason.CHANGED_MEANWHILE,
        what
            + " was changed"
            + (by == null ? "" : " by " + by + " at " + at)
            + " after it was read: nothing was overwritten. Read it again, and make your change to"
            + " what it is now.");
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
