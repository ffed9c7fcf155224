package io.github.klaviyoexport.catalog;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A place where a {@link Catalog} keeps what it knows: small JSON texts under a kind and an id,
 * each with a version.
 *
 * <p>Ready to use are {@link FileCatalogStore}, {@link JdbcCatalogStore} and, for tests, {@link
 * MemoryCatalogStore}. The catalog does everything else, so a store of your own is five methods. No
 * secret ever reaches a store.
 *
 * <p>What makes it safe for several processes is {@link #put}: of two that change the same entry
 * from the same version, one succeeds. Safe for use by many threads. Every method throws a {@link
 * CatalogException} of reason {@link CatalogException.Reason#STORE_FAILED} when the store fails.
 *
 * <p>A store of your own owes a catalog what follows; the testkit's {@code CatalogStoreContract}
 * proves it.
 *
 * <ul>
 *   <li>An entry is found as it was kept, by its kind and whole id, in other processes too.
 *   <li>A listing has the entries of a kind whose id begins so, in the order of their ids.
 *   <li>An entry is changed from the version before only; else nothing is.
 *   <li>A unique name is one entry's of a kind, until that is renamed, removed or set aside.
 *   <li>An entry is removed in the version that was seen only.
 *   <li>What is set aside is out of the way, and the store says where it is.
 *   <li>Of many that change one version, or take one name, one succeeds.
 *   <li>An entry may have a megabyte of JSON, and an id 100 characters, which all count.
 *   <li>An id that no entry may have is refused when it is put, and never found or removed.
 * </ul>
 */
public interface CatalogStore {
  /** What an entry is. */
  enum Kind {
    /** A connection. */
    CONNECTION,
    /** A saved export. */
    EXPORT,
    /** One run of an export. */
    RUN,
    /** What is going on with an export right now. */
    STATE
  }

  /**
   * One thing that is kept.
   *
   * @param kind what it is
   * @param id lower-case letters, digits, hyphens and dots; at most 100 characters; unique within
   *     its kind
   * @param version counts its changes, from 1
   * @param uniqueName a name that no other entry of the kind may have; {@code null} for none
   * @param json a JSON object; a store may give it back with its members in another order and other
   *     white space, as PostgreSQL's binary JSON does
   */
  record Entry(Kind kind, String id, long version, @Nullable String uniqueName, String json) {
    /** Checks that the necessary is there. */
    public Entry {
      Objects.requireNonNull(kind, "kind");
      Objects.requireNonNull(id, "id");
      Objects.requireNonNull(json, "json");
    }
  }

  /** How an attempt to keep an entry ended. */
  enum Outcome {
    /** It is kept. */
    DONE,
    /** Another version is there, or none: nothing was changed. */
    OTHER_VERSION,
    /** Another entry has the unique name: nothing was changed. */
    NAME_TAKEN
  }

  /** Returns all entries of a kind whose id begins so, ordered by id. */
  List<Entry> list(Kind kind, String idPrefix);

  /**
   * Returns the ids of what {@link #list} returns, in the same order. Unless it is overridden they
   * are taken from there; a store that need not read the entries for it should override it, because
   * runs may be many and their reports large.
   */
  default List<String> ids(Kind kind, String idPrefix) {
    return list(kind, idPrefix).stream().map(Entry::id).toList();
  }

  /** Returns the entry of that id. */
  Optional<Entry> find(Kind kind, String id);

  /**
   * Keeps an entry, if the version that is there is the one before; version 1 if none is there. All
   * of it or nothing, and for good: it survives the end of the process, unless the store is in
   * memory.
   *
   * @throws IllegalArgumentException if the id is none that an entry may have
   */
  Outcome put(Entry entry);

  /** Removes an entry if it has that version still; returns whether it did. */
  boolean remove(Kind kind, String id, long version);

  /**
   * Takes an entry that is damaged out of the way, without destroying it or what was set aside
   * before.
   *
   * @return where it is now, for a person to find it
   */
  String setAside(Kind kind, String id);
}
