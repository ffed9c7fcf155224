package io.github.klaviyoexport.testkit.contract;

import io.github.klaviyoexport.memory.ExportMemory;
import io.github.klaviyoexport.memory.FileMemory;
import io.github.klaviyoexport.memory.HeapMemory;
import io.github.klaviyoexport.memory.JdbcMemory;
import io.github.klaviyoexport.memory.MemoryKey;
import io.github.klaviyoexport.testkit.Postgres;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** Every memory of ours keeps the contract. */
class ExportMemoriesTest {
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final MemoryKey KEY = MemoryKey.random();

  @Nested
  class In_the_heap extends ExportMemoryContract {
    private final ExportMemory memory = HeapMemory.create();

    @Override
    protected ExportMemory memory() {
      return memory;
    }
  }

  @Nested
  // @start region="example"
  class In_a_directory extends ExportMemoryContract {
    private final MemoryKey key = MemoryKey.random();
    @TempDir Path directory;

    @Override
    protected ExportMemory memory() {
      return FileMemory.in(directory, key);
    }
  }

  // @end

  @Nested
  class In_h2 extends ExportMemoryContract {
    private final JdbcDataSource database = new JdbcDataSource();

    In_h2() {
      database.setURL("jdbc:h2:mem:memory" + COUNT.incrementAndGet() + ";DB_CLOSE_DELAY=-1");
    }

    @Override
    protected ExportMemory memory() {
      return JdbcMemory.on(database, KEY);
    }
  }

  @Nested
  class In_postgresql extends ExportMemoryContract {
    private final String prefix = "test" + COUNT.incrementAndGet() + "_";

    @Override
    protected ExportMemory memory() {
      return JdbcMemory.on(Postgres.server().getPostgresDatabase(), KEY).tablePrefix(prefix);
    }
  }
}
