package io.github.klaviyoexport.internal.catalog.host;

import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.catalog.CatalogStore;
import io.github.klaviyoexport.internal.text.UnquotedFailure;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/** A store of which everything that it throws is a failed store. */
public final class GuardedStore implements CatalogStore {
  private final CatalogStore store;

  public GuardedStore(CatalogStore store) {
    this.store = store;
  }

  private static <T> T asking(String method, Supplier<T> question) {
    try {
      return Objects.requireNonNull(question.get());
    } catch (CatalogException failure) {
      throw failure;
    } catch (Throwable failure) {
      throw new CatalogException(
          Reason.STORE_FAILED,
          "The catalog's store threw "
              + failure.getClass().getName()
              + " in "
              + method
              + ": mend the store, and try again.",
          UnquotedFailure.of(failure));
    }
  }

  @Override
  public List<Entry> list(Kind kind, String idPrefix) {
    return asking("list()", () -> store.list(kind, idPrefix));
  }

  @Override
  public List<String> ids(Kind kind, String idPrefix) {
    return asking("ids()", () -> store.ids(kind, idPrefix));
  }

  @Override
  public Optional<Entry> find(Kind kind, String id) {
    return asking("find()", () -> store.find(kind, id));
  }

  @Override
  public Outcome put(Entry entry) {
    return asking("put()", () -> store.put(entry));
  }

  @Override
  public boolean remove(Kind kind, String id, long version) {
    return asking("remove()", () -> store.remove(kind, id, version));
  }

  @Override
  public String setAside(Kind kind, String id) {
    return asking("setAside()", () -> store.setAside(kind, id));
  }
}
