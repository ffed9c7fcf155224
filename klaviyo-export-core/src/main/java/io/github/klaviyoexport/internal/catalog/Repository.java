package io.github.klaviyoexport.internal.catalog;

import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.catalog.CatalogStore;
import io.github.klaviyoexport.catalog.CatalogStore.Entry;
import io.github.klaviyoexport.catalog.CatalogStore.Outcome;
import io.github.klaviyoexport.internal.catalog.host.GuardedStore;
import io.github.klaviyoexport.internal.catalog.store.CatalogFormat;
import io.github.klaviyoexport.internal.catalog.store.DamagedException;
import io.github.klaviyoexport.internal.json.UnreadableException;
import io.github.klaviyoexport.internal.text.LookAlikes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All things of one type in a store. What is damaged is set aside; what this version or this Java
 * cannot read, while another may, stays where it is and is never written.
 */
public final class Repository<T> {
  private static final System.Logger LOG = System.getLogger("io.github.klaviyoexport.catalog");

  private final CatalogStore store;
  private final CatalogFormat<T> format;
  private final Consumer<String> damaged;
  private final Consumer<String> unreadable;
  private final Set<String> told = ConcurrentHashMap.newKeySet();

  /**
   * Creates the repository of one type.
   *
   * @param damaged hears what was set aside, and what to do about it
   * @param unreadable hears once of each thing that cannot be read here
   */
  public Repository(
      CatalogStore store,
      CatalogFormat<T> format,
      Consumer<String> damaged,
      Consumer<String> unreadable) {
    this.store = new GuardedStore(store);
    this.format = format;
    this.damaged = damaged;
    this.unreadable = unreadable;
  }

  /**
   * An entry that cannot be read here.
   *
   * @param entry the entry as it is kept
   * @param advice which it is, why it cannot be read, and what to do
   */
  record Unread(Entry entry, String advice) {}

  /**
   * The things of a listing, each ordered by id.
   *
   * @param values those that can be read
   * @param unread those that cannot be read here
   */
  record Listing<T>(List<T> values, List<Unread> unread) {}

  /** Returns those that can be read and whose id begins so, ordered by id. */
  public List<T> list(String idPrefix) {
    return listing(idPrefix).values();
  }

  /** Returns those whose id begins so, ordered by id, also those that cannot be read here. */
  Listing<T> listing(String idPrefix) {
    List<T> values = new ArrayList<>();
    List<Unread> unread = new ArrayList<>();
    for (Entry entry : store.list(format.kind(), idPrefix)) {
      try {
        values.add(format.read(entry));
      } catch (DamagedException damage) {
        setAside(entry, damage);
      } catch (UnreadableException unknown) {
        unread.add(left(entry, unknown));
      }
    }
    return new Listing<>(values, unread);
  }

  /** Returns the ids that begin so, in their order, also of those that cannot be read here. */
  List<String> ids(String idPrefix) {
    return store.ids(format.kind(), idPrefix);
  }

  /**
   * Returns the one of that id.
   *
   * @throws CatalogException if it is damaged, or cannot be read here
   */
  Optional<T> find(String id) {
    requireId(id);
    Optional<Entry> entry = store.find(format.kind(), id);
    if (entry.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(format.read(entry.get()));
    } catch (DamagedException damage) {
      throw new CatalogException(Reason.DAMAGED, setAside(entry.get(), damage));
    } catch (UnreadableException unknown) {
      throw new CatalogException(Reason.NEWER_FORMAT, left(entry.get(), unknown).advice());
    }
  }

  /** Returns the one of that id if there is one that cannot be read here. */
  Optional<Unread> findUnread(String id) {
    requireId(id);
    Optional<Entry> entry = store.find(format.kind(), id);
    try {
      if (entry.isPresent()) {
        format.read(entry.get());
      }
      return Optional.empty();
    } catch (DamagedException damage) {
      return Optional.empty();
    } catch (UnreadableException unknown) {
      return Optional.of(left(entry.orElseThrow(), unknown));
    }
  }

  private void requireId(String id) {
    Objects.requireNonNull(id, () -> word() + "Id");
  }

  /** Removes one that cannot be read here, unless it was changed meanwhile. */
  boolean remove(Unread unread) {
    return store.remove(format.kind(), unread.entry().id(), unread.entry().version());
  }

  /**
   * Returns the one of that id; what is damaged counts as absent.
   *
   * @throws CatalogException if it cannot be read here
   */
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

  /**
   * Checks that no other thing has a name that people take for the same, one that cannot be read
   * here neither. Of two that are named at the same moment, the store refuses the later.
   *
   * @param own the id of the thing that is to have the name
   * @throws CatalogException if another has
   */
  void checkNameIsFree(String own, String name, Function<T, String> nameOf) {
    Listing<T> all = listing("");
    Stream<String> others =
        Stream.concat(
            all.values().stream().filter(other -> !format.id(other).equals(own)).map(nameOf),
            all.unread().stream()
                .map(Unread::entry)
                .filter(other -> !other.id().equals(own))
                .map(CatalogFormat::nameOf));
    others
        .filter(other -> LookAlikes.areAlike(other, name))
        .findFirst()
        .ifPresent(
            other -> {
              throw nameTaken(other, name);
            });
  }

  private CatalogException nameTaken(Entry refused) {
    String name = CatalogFormat.nameOf(refused);
    return store.list(format.kind(), "").stream()
        .filter(other -> !other.id().equals(refused.id()))
        .filter(other -> Objects.equals(other.uniqueName(), refused.uniqueName()))
        .findFirst()
        .map(other -> nameTaken(CatalogFormat.nameOf(other), name))
        .orElseGet(() -> nameTaken(name, name));
  }

  private CatalogException nameTaken(String other, String name) {
    return new CatalogException(
        Reason.NAME_TAKEN,
        "Another "
            + word()
            + " is called '"
            + other
            + "'"
            + (other.equals(name)
                ? ""
                : ", which people cannot tell from this name: upper and lower case, white space"
                    + " and what cannot be seen do not count")
            + ": choose another name.");
  }

  /** Keeps a thing unless it was changed meanwhile; returns it with its new version. */
  Optional<T> put(T value) {
    String unread = format.unread(value);
    if (unread != null) {
      throw new CatalogException(
          Reason.NEWER_FORMAT, advice(format.id(value), unread) + " Nothing was changed.");
    }
    Entry entry = format.next(value);
    Outcome outcome = store.put(entry);
    if (outcome == Outcome.NAME_TAKEN) {
      throw nameTaken(entry);
    }
    try {
      return outcome == Outcome.DONE ? Optional.of(format.read(entry)) : Optional.empty();
    } catch (DamagedException | UnreadableException impossible) {
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
   * @param absent what there is of that id when nothing is kept
   * @param decide what is to become of it; asked again when the thing was changed before that could
   *     be written
   * @throws CatalogException if it cannot be read here
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
   * @param by who changed it; {@code null} if it is gone
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
    boolean changed =
        CatalogFormat.isId(entry.id())
            && !store.find(format.kind(), entry.id()).filter(entry::equals).isPresent();
    if (changed) {
      // Another process has set it aside, and it may have been restored since.
      return "The " + word() + " " + entry.id() + " was damaged: look at it again.";
    }
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

  private Unread left(Entry entry, UnreadableException unknown) {
    String advice = advice(entry.id(), String.valueOf(unknown.getMessage()));
    if (told.add(entry.id())) {
      LOG.log(System.Logger.Level.WARNING, advice);
      unreadable.accept(advice);
    }
    return new Unread(entry, advice);
  }

  private String advice(String id, String why) {
    return "The "
        + word()
        + " "
        + id
        + " cannot be read here: "
        + why
        + ". It stays as it is, for processes that can read it: update this library or its Java"
        + " here, or change it where it was written.";
  }

  private String word() {
    return format.kind().name().toLowerCase(Locale.ROOT);
  }
}
