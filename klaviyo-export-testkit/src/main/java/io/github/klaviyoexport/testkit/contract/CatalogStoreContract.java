package io.github.klaviyoexport.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.catalog.CatalogStore;
import io.github.klaviyoexport.catalog.CatalogStore.Entry;
import io.github.klaviyoexport.catalog.CatalogStore.Kind;
import io.github.klaviyoexport.catalog.CatalogStore.Outcome;
import io.github.klaviyoexport.testkit.internal.api.JsonValues;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What a {@link CatalogStore} owes a catalog, as tests: extend it to prove your own.
 *
 * {@snippet class="io.github.klaviyoexport.testkit.contract.CatalogStoresTest" region="example"}
 *
 * <p>That entries survive a crash of the process and of the machine, and that what was set aside is
 * kept, is left for you to prove.
 */
@ExtendWith(RuleInMessage.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class CatalogStoreContract {
  private static final int THREADS = 4;

  /** Creates the tests; for subclasses. */
  protected CatalogStoreContract() {}

  /**
   * Returns the store of this test, which is empty when the test begins. It is called several times
   * in a test, as by one process after the other or by several at once; a store that lives in
   * memory is the same one every time.
   */
  protected abstract CatalogStore store();

  private static Entry entry(Kind kind, String id, long version, @Nullable String name, int n) {
    return new Entry(kind, id, version, name, "{\"n\":" + n + ",\"text\":\"ä \\\" \\n 漢 🙂\"}");
  }

  private static Entry export(String id, long version) {
    return entry(Kind.EXPORT, id, version, null, (int) version);
  }

  /** Returns an entry with its JSON in one form: a database may order and space it in another. */
  private static Entry inOneForm(Entry entry) {
    try {
      return new Entry(
          entry.kind(),
          entry.id(),
          entry.version(),
          entry.uniqueName(),
          JsonValues.inOneForm(entry.json()));
    } catch (IOException broken) {
      throw new AssertionError("The JSON of '" + entry.id() + "' is no JSON object.", broken);
    }
  }

  private static Optional<Entry> found(CatalogStore store, Kind kind, String id) {
    return store.find(kind, id).map(CatalogStoreContract::inOneForm);
  }

  private static List<Entry> listed(CatalogStore store, Kind kind) {
    return store.list(kind, "").stream().map(CatalogStoreContract::inOneForm).toList();
  }

  @Test
  @Rule("An entry is found as it was kept, by its kind and whole id, in other processes too.")
  void an_entry_is_found_as_it_was_kept() {
    Entry kept = entry(Kind.CONNECTION, "klaviyo-eu-1", 1, "Klaviyo EÜ", 7);

    assertThat(store().put(kept)).isEqualTo(Outcome.DONE);

    assertThat(found(store(), Kind.CONNECTION, "klaviyo-eu-1")).contains(kept);
    assertThat(store().find(Kind.EXPORT, "klaviyo-eu-1")).isEmpty();
    assertThat(store().find(Kind.CONNECTION, "klaviyo-eu")).isEmpty();
  }

  @Test
  @Rule("A listing has the entries of a kind whose id begins so, in the order of their ids.")
  void a_listing_is_ordered_by_id_and_holds_those_that_begin_so() {
    CatalogStore store = store();
    for (String id : List.of("b.2", "a-1", "b", "b.10", "bb.1", "b-2")) {
      store.put(export(id, 1));
    }

    assertThat(store.list(Kind.EXPORT, ""))
        .extracting(Entry::id)
        .containsExactly("a-1", "b", "b-2", "b.10", "b.2", "bb.1");
    assertThat(store.list(Kind.EXPORT, "b.")).extracting(Entry::id).containsExactly("b.10", "b.2");
    assertThat(store.list(Kind.RUN, "")).isEmpty();
    assertThat(store.ids(Kind.EXPORT, ""))
        .containsExactly("a-1", "b", "b-2", "b.10", "b.2", "bb.1");
    assertThat(store.ids(Kind.EXPORT, "b.")).containsExactly("b.10", "b.2");
    assertThat(store.ids(Kind.RUN, "")).isEmpty();
  }

  @Test
  @Rule("An entry is changed from the version before only; else nothing is.")
  void an_entry_is_changed_from_the_version_before_only() {
    CatalogStore store = store();
    assertThat(store.put(export("a", 1))).isEqualTo(Outcome.DONE);
    assertThat(store.put(export("a", 1))).as("a new one again").isEqualTo(Outcome.OTHER_VERSION);
    assertThat(store.put(export("a", 2))).isEqualTo(Outcome.DONE);

    assertThat(store.put(entry(Kind.EXPORT, "a", 2, null, 99))).isEqualTo(Outcome.OTHER_VERSION);
    assertThat(store.put(entry(Kind.EXPORT, "a", 4, null, 99))).isEqualTo(Outcome.OTHER_VERSION);
    assertThat(store.put(entry(Kind.EXPORT, "b", 2, null, 99))).isEqualTo(Outcome.OTHER_VERSION);

    assertThat(found(store, Kind.EXPORT, "a")).contains(export("a", 2));
    assertThat(store.find(Kind.EXPORT, "b")).isEmpty();
  }

  @Test
  @Rule("A unique name is one entry's of a kind, until that is renamed, removed or set aside.")
  void a_unique_name_is_taken_once_for_each_kind() {
    CatalogStore store = store();
    assertThat(store.put(entry(Kind.CONNECTION, "a", 1, "Klaviyo", 1))).isEqualTo(Outcome.DONE);

    assertThat(store.put(entry(Kind.CONNECTION, "b", 1, "Klaviyo", 1)))
        .isEqualTo(Outcome.NAME_TAKEN);
    assertThat(store.put(entry(Kind.EXPORT, "b", 1, "Klaviyo", 1))).isEqualTo(Outcome.DONE);
    assertThat(store.put(entry(Kind.CONNECTION, "c", 1, "Other", 1))).isEqualTo(Outcome.DONE);
    assertThat(store.put(entry(Kind.CONNECTION, "c", 2, "Klaviyo", 1)))
        .isEqualTo(Outcome.NAME_TAKEN);

    assertThat(store.put(entry(Kind.CONNECTION, "a", 2, "Renamed", 1))).isEqualTo(Outcome.DONE);
    assertThat(store.put(entry(Kind.CONNECTION, "c", 2, "Klaviyo", 1))).isEqualTo(Outcome.DONE);
  }

  @Test
  @Rule("A unique name is one entry's of a kind, until that is renamed, removed or set aside.")
  void a_unique_name_is_free_again_when_its_entry_is_removed_or_set_aside() {
    CatalogStore store = store();
    store.put(entry(Kind.CONNECTION, "a", 1, "Klaviyo", 1));

    store.remove(Kind.CONNECTION, "a", 1);
    assertThat(store.put(entry(Kind.CONNECTION, "b", 1, "Klaviyo", 1)))
        .as("another's, after it was removed")
        .isEqualTo(Outcome.DONE);

    store.setAside(Kind.CONNECTION, "b");
    assertThat(store.put(entry(Kind.CONNECTION, "c", 1, "Klaviyo", 1)))
        .as("another's, after it was set aside")
        .isEqualTo(Outcome.DONE);
    assertThat(store.put(entry(Kind.CONNECTION, "a", 1, "Klaviyo", 1)))
        .as("the first one's, while it is another's")
        .isEqualTo(Outcome.NAME_TAKEN);
  }

  @Test
  @Rule("An entry is removed in the version that was seen only.")
  void an_entry_is_removed_in_the_version_that_was_seen_only() {
    CatalogStore store = store();
    store.put(export("a", 1));
    store.put(export("a", 2));

    assertThat(store.remove(Kind.EXPORT, "a", 1)).isFalse();
    assertThat(store.find(Kind.EXPORT, "a")).isPresent();
    assertThat(store.remove(Kind.EXPORT, "a", 2)).isTrue();
    assertThat(store.find(Kind.EXPORT, "a")).isEmpty();
    assertThat(store.remove(Kind.EXPORT, "a", 2)).isFalse();
  }

  @Test
  @Rule("What is set aside is out of the way, and the store says where it is.")
  void what_is_set_aside_is_out_of_the_way() {
    CatalogStore store = store();
    store.put(entry(Kind.CONNECTION, "a", 1, "Klaviyo", 1));

    assertThat(store.setAside(Kind.CONNECTION, "a")).isNotBlank();

    assertThat(store.find(Kind.CONNECTION, "a")).isEmpty();
    assertThat(store.list(Kind.CONNECTION, "")).isEmpty();
    assertThat(store.put(entry(Kind.CONNECTION, "a", 1, "Klaviyo", 2))).isEqualTo(Outcome.DONE);

    assertThat(store.setAside(Kind.CONNECTION, "a")).as("where the next is").isNotBlank();
    assertThat(store.find(Kind.CONNECTION, "a")).isEmpty();
  }

  @Test
  @Rule("Of many that change one version, or take one name, one succeeds.")
  void of_many_that_change_one_version_one_succeeds() throws Exception {
    store().put(export("a", 1));
    for (int version = 2; version < 8; version++) {
      Entry next = export("a", version);

      List<Outcome> outcomes = atOnce(number -> next);

      assertThat(outcomes).filteredOn(outcome -> outcome == Outcome.DONE).hasSize(1);
      assertThat(outcomes)
          .filteredOn(outcome -> outcome == Outcome.OTHER_VERSION)
          .hasSize(THREADS - 1);
    }
  }

  @Test
  @Rule("Of many that change one version, or take one name, one succeeds.")
  void of_many_that_take_one_name_one_succeeds() throws Exception {
    for (int round = 0; round < 5; round++) {
      String name = "Klaviyo " + round;
      int first = round * THREADS;

      List<Outcome> outcomes =
          atOnce(number -> entry(Kind.CONNECTION, "c" + (first + number), 1, name, 1));

      assertThat(outcomes).filteredOn(outcome -> outcome == Outcome.DONE).hasSize(1);
      assertThat(outcomes)
          .filteredOn(outcome -> outcome == Outcome.NAME_TAKEN)
          .hasSize(THREADS - 1);
    }
  }

  @Test
  @Rule("An id that no entry may have is refused when it is put, and never found or removed.")
  void an_id_that_no_entry_may_have_is_refused() {
    CatalogStore store = store();
    store.put(export("a", 1));
    for (String id : List.of("", "../a", "a/b", "a\\b", "A", "Ä", "a b", "a_b", "a".repeat(101))) {
      assertThatThrownBy(() -> store.put(export(id, 1)))
          .as("the id '%s'", id)
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(store.find(Kind.EXPORT, id)).as("the id '%s'", id).isEmpty();
      assertThat(store.remove(Kind.EXPORT, id, 1)).as("the id '%s'", id).isFalse();
    }
    assertThat(listed(store, Kind.EXPORT)).containsExactly(export("a", 1));
  }

  @Test
  @Rule("An entry may have a megabyte of JSON, and an id 100 characters, which all count.")
  void an_entry_may_have_a_megabyte_of_json() {
    Entry large =
        new Entry(Kind.RUN, "a", 1, null, "{\"text\":\"" + "ä漢🙂 ".repeat(100_000) + "\"}");
    store().put(large);

    // Not compared by AssertJ, which would print a megabyte.
    assertThat(found(store(), Kind.RUN, "a").equals(Optional.of(large))).isTrue();
    assertThat(listed(store(), Kind.RUN).equals(List.of(large))).isTrue();
  }

  @Test
  @Rule("An entry may have a megabyte of JSON, and an id 100 characters, which all count.")
  void an_id_may_have_100_characters_and_they_all_count() {
    String id = "0123456789abcdef-.".repeat(6).substring(0, 99);

    assertThat(store().put(export(id + "a", 1))).isEqualTo(Outcome.DONE);
    assertThat(store().put(export(id + "b", 1))).isEqualTo(Outcome.DONE);

    assertThat(found(store(), Kind.EXPORT, id + "a")).contains(export(id + "a", 1));
    assertThat(found(store(), Kind.EXPORT, id + "b")).contains(export(id + "b", 1));
  }

  /** Puts entries at the same time, each through a store of its own. */
  private List<Outcome> atOnce(IntFunction<Entry> entries) throws Exception {
    CyclicBarrier together = new CyclicBarrier(THREADS);
    List<Callable<Outcome>> puts = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      CatalogStore store = store();
      Entry entry = entries.apply(i);
      puts.add(
          () -> {
            together.await(1, TimeUnit.MINUTES);
            return store.put(entry);
          });
    }
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Outcome> outcomes = new ArrayList<>();
      for (Future<Outcome> put : threads.invokeAll(puts)) {
        outcomes.add(put.get());
      }
      return outcomes;
    } finally {
      threads.shutdownNow();
    }
  }
}
