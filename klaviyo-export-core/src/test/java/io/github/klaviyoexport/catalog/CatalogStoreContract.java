package io.github.klaviyoexport.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.klaviyoexport.catalog.CatalogStore.Entry;
import io.github.klaviyoexport.catalog.CatalogStore.Kind;
import io.github.klaviyoexport.catalog.CatalogStore.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store does. */
abstract class CatalogStoreContract {
  private CatalogStore store;

  /** An empty store. */
  abstract CatalogStore create();

  /** The same store, as another process sees it. */
  abstract CatalogStore reopen(CatalogStore store);

  @BeforeEach
  void an_empty_store() {
    store = create();
  }

  private static Entry entry(Kind kind, String id, long version, @Nullable String name, int n) {
    return new Entry(kind, id, version, name, "{\"n\":" + n + ",\"text\":\"ä \\\" \\n 漢\"}");
  }

  private static Entry export(String id, long version) {
    return entry(Kind.EXPORT, id, version, null, (int) version);
  }

  @Test
  void an_entry_is_found_as_it_was_kept() {
    Entry kept = entry(Kind.CONNECTION, "klaviyo-eu-1", 1, "Klaviyo EÜ", 7);

    assertThat(store.put(kept)).isEqualTo(Outcome.DONE);

    assertThat(store.find(Kind.CONNECTION, "klaviyo-eu-1")).contains(kept);
    assertThat(store.find(Kind.EXPORT, "klaviyo-eu-1")).isEmpty();
    assertThat(store.find(Kind.CONNECTION, "klaviyo-eu")).isEmpty();
  }

  @Test
  void another_process_finds_it_too() {
    store.put(export("a", 1));

    assertThat(reopen(store).find(Kind.EXPORT, "a")).contains(export("a", 1));
  }

  @Test
  void a_listing_is_ordered_by_id_and_holds_those_that_begin_so() {
    for (String id : List.of("b.2", "a-1", "b", "b.10", "bb.1", "b_2")) {
      store.put(export(id.replace('_', '-'), 1));
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
  void a_new_entry_does_not_replace_one_that_is_there() {
    store.put(export("a", 1));

    assertThat(store.put(entry(Kind.EXPORT, "a", 1, null, 99))).isEqualTo(Outcome.OTHER_VERSION);

    assertThat(store.find(Kind.EXPORT, "a")).contains(export("a", 1));
  }

  @Test
  void a_change_from_an_older_version_is_refused() {
    store.put(export("a", 1));
    store.put(export("a", 2));

    assertThat(store.put(entry(Kind.EXPORT, "a", 2, null, 99))).isEqualTo(Outcome.OTHER_VERSION);
    assertThat(store.put(entry(Kind.EXPORT, "a", 4, null, 99))).isEqualTo(Outcome.OTHER_VERSION);
    assertThat(store.put(entry(Kind.EXPORT, "b", 2, null, 99))).isEqualTo(Outcome.OTHER_VERSION);

    assertThat(store.find(Kind.EXPORT, "a")).contains(export("a", 2));
  }

  @Test
  void a_unique_name_is_taken_once_for_each_kind() {
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
  void an_entry_is_removed_in_the_version_that_was_seen_only() {
    store.put(export("a", 1));
    store.put(export("a", 2));

    assertThat(store.remove(Kind.EXPORT, "a", 1)).isFalse();
    assertThat(store.find(Kind.EXPORT, "a")).isPresent();
    assertThat(store.remove(Kind.EXPORT, "a", 2)).isTrue();
    assertThat(store.find(Kind.EXPORT, "a")).isEmpty();
    assertThat(store.remove(Kind.EXPORT, "a", 2)).isFalse();
  }

  @Test
  void what_is_set_aside_is_out_of_the_way_and_its_name_free() {
    store.put(entry(Kind.CONNECTION, "a", 1, "Klaviyo", 1));

    assertThat(store.setAside(Kind.CONNECTION, "a")).isNotBlank();

    assertThat(store.find(Kind.CONNECTION, "a")).isEmpty();
    assertThat(store.list(Kind.CONNECTION, "")).isEmpty();
    assertThat(store.put(entry(Kind.CONNECTION, "a", 1, "Klaviyo", 2))).isEqualTo(Outcome.DONE);
    store.setAside(Kind.CONNECTION, "a");
    assertThat(store.find(Kind.CONNECTION, "a")).isEmpty();
  }

  @Test
  void of_many_who_change_the_same_version_one_succeeds() throws Exception {
    store.put(export("a", 1));
    for (int version = 2; version < 12; version++) {
      Entry next = export("a", version);

      List<Outcome> outcomes = atOnce(4, i -> (i % 2 == 0 ? store : reopen(store)).put(next));

      assertThat(outcomes).filteredOn(outcome -> outcome == Outcome.DONE).hasSize(1);
      assertThat(outcomes).filteredOn(outcome -> outcome == Outcome.OTHER_VERSION).hasSize(3);
    }
  }

  @Test
  void of_many_who_take_the_same_name_one_succeeds() throws Exception {
    for (int round = 0; round < 5; round++) {
      String name = "Klaviyo " + round;
      int base = round * 4;

      List<Outcome> outcomes =
          atOnce(
              4,
              i ->
                  (i % 2 == 0 ? store : reopen(store))
                      .put(entry(Kind.CONNECTION, "c" + (base + i), 1, name, 1)));

      assertThat(outcomes).filteredOn(outcome -> outcome == Outcome.DONE).hasSize(1);
      assertThat(outcomes).filteredOn(outcome -> outcome == Outcome.NAME_TAKEN).hasSize(3);
    }
  }

  private static List<String> idsThatAreNone() {
    return List.of(
        "",
        ".",
        "..",
        "../a",
        "../../a",
        "a/b",
        "a/../b",
        "/a",
        "a\\b",
        "..\\a",
        "c:a",
        "a:b",
        "a\0",
        "a%2fb",
        "%2e%2e",
        "A",
        "Ä",
        "a b",
        "-a",
        "a_b",
        "con",
        "nul.x",
        "com1",
        "a".repeat(101),
        "a".repeat(100_000));
  }

  @Test
  void an_id_that_is_none_is_never_kept_found_or_removed() {
    store.put(export("a", 1));
    for (String id : idsThatAreNone()) {
      assertThatIllegalArgumentException().as(id).isThrownBy(() -> store.put(export(id, 1)));
      assertThatIllegalArgumentException().as(id).isThrownBy(() -> store.put(export(id, 2)));
      assertThat(store.find(Kind.EXPORT, id)).as(id).isEmpty();
      assertThat(store.remove(Kind.EXPORT, id, 1)).as(id).isFalse();
      assertThat(store.remove(Kind.EXPORT, id, 0)).as(id).isFalse();
      if (!id.isEmpty()) {
        assertThat(store.list(Kind.EXPORT, id)).as(id).hasSizeLessThanOrEqualTo(1);
      }
    }
    assertThat(store.list(Kind.EXPORT, "")).containsExactly(export("a", 1));
  }

  private interface Attempt {
    Outcome by(int i) throws Exception;
  }

  private static List<Outcome> atOnce(int threads, Attempt attempt) throws Exception {
    CyclicBarrier barrier = new CyclicBarrier(threads);
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<Callable<Outcome>> tasks = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        int number = i;
        tasks.add(
            () -> {
              barrier.await();
              return attempt.by(number);
            });
      }
      List<Outcome> outcomes = new ArrayList<>();
      for (Future<Outcome> future : executor.invokeAll(tasks)) {
        outcomes.add(future.get());
      }
      return outcomes;
    } finally {
      executor.shutdown();
    }
  }
}
