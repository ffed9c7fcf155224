package io.github.klaviyoexport.testkit.contract;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.catalog.CatalogStore;
import io.github.klaviyoexport.catalog.FileCatalogStore;
import io.github.klaviyoexport.catalog.JdbcCatalogStore;
import io.github.klaviyoexport.catalog.MemoryCatalogStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** Every store of ours keeps the contract. */
class CatalogStoresTest {
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final JsonMapper MAPPER = new JsonMapper();

  @Nested
  class In_memory extends CatalogStoreContract {
    private final CatalogStore store = MemoryCatalogStore.create();

    @Override
    protected CatalogStore store() {
      return store;
    }
  }

  @Nested
  // @start region="example"
  class In_a_directory extends CatalogStoreContract {
    @TempDir Path directory;

    @Override
    protected CatalogStore store() {
      return FileCatalogStore.in(directory);
    }
  }

  // @end

  @Nested
  class In_h2 extends CatalogStoreContract {
    private final JdbcDataSource database = new JdbcDataSource();

    In_h2() {
      database.setURL("jdbc:h2:mem:catalog" + COUNT.incrementAndGet() + ";DB_CLOSE_DELAY=-1");
    }

    @Override
    protected CatalogStore store() {
      return JdbcCatalogStore.on(database);
    }
  }

  /** A store that keeps JSON as values, and not as text. */
  @Nested
  class In_a_database_that_writes_json_anew extends CatalogStoreContract {
    private final CatalogStore store = new AnewStore(MemoryCatalogStore.create());

    @Override
    protected CatalogStore store() {
      return store;
    }
  }

  private record AnewStore(CatalogStore store) implements CatalogStore {
    private static Entry anew(Entry entry) {
      try {
        ObjectNode given = (ObjectNode) MAPPER.readTree(entry.json());
        List<String> names = new ArrayList<>();
        given.fieldNames().forEachRemaining(names::add);
        Collections.reverse(names);
        ObjectNode written = MAPPER.createObjectNode();
        names.forEach(name -> written.set(name, given.get(name)));
        return new Entry(
            entry.kind(),
            entry.id(),
            entry.version(),
            entry.uniqueName(),
            written.toPrettyString());
      } catch (JsonProcessingException impossible) {
        throw new AssertionError(impossible);
      }
    }

    @Override
    public List<Entry> list(Kind kind, String idPrefix) {
      return store.list(kind, idPrefix).stream().map(AnewStore::anew).toList();
    }

    @Override
    public Optional<Entry> find(Kind kind, String id) {
      return store.find(kind, id).map(AnewStore::anew);
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
  }
}
