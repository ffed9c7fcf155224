package io.github.klaviyoexport.testkit.contract;

import io.github.klaviyoexport.catalog.CatalogStore;
import io.github.klaviyoexport.catalog.MemoryCatalogStore;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Stores with a flaw break the rule that they are named for, and no other. */
class FlawedCatalogStoresTest {
  private static final TreeMap<String, List<Supplier<CatalogStore>>> FLAWED = new TreeMap<>();
  private static Supplier<CatalogStore> onTrial = MemoryCatalogStore::create;

  static class Trial extends CatalogStoreContract {
    private final CatalogStore store = onTrial.get();

    @Override
    protected CatalogStore store() {
      return store;
    }
  }

  /** A store that behaves as the one behind it; flaws are in what overrides it. */
  private static class Flawed implements CatalogStore {
    final CatalogStore behind = MemoryCatalogStore.create();

    @Override
    public List<Entry> list(Kind kind, String idPrefix) {
      return behind.list(kind, idPrefix);
    }

    @Override
    public Optional<Entry> find(Kind kind, String id) {
      return behind.find(kind, id);
    }

    @Override
    public Outcome put(Entry entry) {
      return behind.put(entry);
    }

    @Override
    public boolean remove(Kind kind, String id, long version) {
      return behind.remove(kind, id, version);
    }

    @Override
    public String setAside(Kind kind, String id) {
      return behind.setAside(kind, id);
    }
  }

  /** A store in which a name stays the id's that had it, though its entry is out of the way. */
  private static class KeepingNames extends Flawed {
    private final Map<String, String> owners = new HashMap<>();

    void keepName(Kind kind, String id) {
      super.find(kind, id).ifPresent(entry -> owners.put(kind + " " + entry.uniqueName(), id));
    }

    @Override
    public Outcome put(Entry entry) {
      String owner = owners.get(entry.kind() + " " + entry.uniqueName());
      return owner == null || owner.equals(entry.id()) ? super.put(entry) : Outcome.NAME_TAKEN;
    }
  }

  private static void flawed(String rule, Supplier<CatalogStore> store) {
    FLAWED.computeIfAbsent(rule, none -> new ArrayList<>()).add(store);
  }

  static {
    flawed(
        "An entry is found as it was kept, by its kind and whole id, in other processes too.",
        () ->
            new Flawed() {
              @Override
              public Optional<Entry> find(Kind kind, String id) {
                List<Entry> all = super.list(kind, id);
                return id.length() > 2 && !all.isEmpty()
                    ? Optional.of(all.get(0))
                    : super.find(kind, id);
              }
            });
    flawed(
        "A listing has the entries of a kind whose id begins so, in the order of their ids.",
        () ->
            new Flawed() {
              @Override
              public List<Entry> list(Kind kind, String idPrefix) {
                List<Entry> all = new ArrayList<>(super.list(kind, idPrefix));
                Collections.reverse(all);
                return all;
              }
            });
    flawed(
        "An entry is changed from the version before only; else nothing is.",
        () ->
            new Flawed() {
              @Override
              public Outcome put(Entry entry) {
                long behindBy = entry.version() - 2;
                Optional<Entry> there = super.find(entry.kind(), entry.id());
                return there.isPresent() && there.get().version() == behindBy
                    ? Outcome.DONE
                    : super.put(entry);
              }
            });
    flawed(
        "A unique name is one entry's of a kind, until that is renamed, removed or set aside.",
        () ->
            new Flawed() {
              @Override
              public Outcome put(Entry entry) {
                boolean renames = entry.version() > 1 && "Klaviyo".equals(entry.uniqueName());
                return renames ? Outcome.DONE : super.put(entry);
              }
            });
    flawed(
        "A unique name is one entry's of a kind, until that is renamed, removed or set aside.",
        () ->
            new KeepingNames() {
              @Override
              public boolean remove(Kind kind, String id, long version) {
                keepName(kind, id);
                return super.remove(kind, id, version);
              }
            });
    flawed(
        "A unique name is one entry's of a kind, until that is renamed, removed or set aside.",
        () ->
            new KeepingNames() {
              @Override
              public String setAside(Kind kind, String id) {
                keepName(kind, id);
                return super.setAside(kind, id);
              }
            });
    flawed(
        "An entry is removed in the version that was seen only.",
        () ->
            new Flawed() {
              @Override
              public boolean remove(Kind kind, String id, long version) {
                Optional<Entry> there = super.find(kind, id);
                return there.isPresent() && super.remove(kind, id, there.get().version());
              }
            });
    flawed(
        "What is set aside is out of the way, and the store says where it is.",
        () ->
            new Flawed() {
              @Override
              public String setAside(Kind kind, String id) {
                super.setAside(kind, id);
                return "";
              }
            });
    flawed(
        "What is set aside is out of the way, and the store says where it is.",
        () ->
            new Flawed() {
              private final Set<String> aside = new HashSet<>();

              @Override
              public String setAside(Kind kind, String id) {
                if (!aside.add(kind + " " + id)) {
                  throw new IllegalStateException("duplicate key");
                }
                return super.setAside(kind, id);
              }
            });
    flawed(
        "An entry may have a megabyte of JSON, and an id 100 characters, which all count.",
        () ->
            new Flawed() {
              @Override
              public Outcome put(Entry entry) {
                String json = entry.json();
                return super.put(
                    new Entry(
                        entry.kind(),
                        entry.id(),
                        entry.version(),
                        entry.uniqueName(),
                        json.substring(0, Math.min(json.length(), 4_000))));
              }
            });
    flawed(
        "An entry may have a megabyte of JSON, and an id 100 characters, which all count.",
        () ->
            new Flawed() {
              @Override
              public Outcome put(Entry entry) {
                if (entry.id().length() > 64 && entry.id().length() <= 100) {
                  throw new IllegalArgumentException("too long");
                }
                return super.put(entry);
              }
            });
    flawed(
        "Of many that change one version, or take one name, one succeeds.",
        () ->
            new Flawed() {
              private final ConcurrentHashMap<Thread, Boolean> threads = new ConcurrentHashMap<>();

              @Override
              public Outcome put(Entry entry) {
                // What comes from a second thread is not looked at.
                threads.put(Thread.currentThread(), true);
                Outcome outcome = super.put(entry);
                return threads.size() > 1 ? Outcome.DONE : outcome;
              }
            });
    flawed(
        "An id that no entry may have is refused when it is put, and never found or removed.",
        () ->
            new Flawed() {
              @Override
              public Outcome put(Entry entry) {
                return entry.id().equals("a_b") ? Outcome.DONE : super.put(entry);
              }
            });
  }

  static Stream<String> flaws() {
    return FLAWED.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("flaws")
  void a_flawed_store_breaks_its_rule_and_no_other(String rule) {
    for (Supplier<CatalogStore> flawed : FLAWED.getOrDefault(rule, List.of())) {
      onTrial = flawed;

      Trials.breaksOnly(Trial.class, rule);
    }
  }

  @Test
  void a_store_without_a_flaw_breaks_none_and_every_rule_is_broken_by_some() {
    onTrial = MemoryCatalogStore::create;

    Trials.keepsAll(Trial.class, FLAWED.keySet());
  }
}
