package io.github.klaviyoexport.testkit.contract;

import io.github.klaviyoexport.journal.ExportJournal;
import io.github.klaviyoexport.journal.FileJournal;
import io.github.klaviyoexport.journal.JdbcJournal;
import io.github.klaviyoexport.journal.MemoryJournal;
import io.github.klaviyoexport.testkit.Postgres;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** Every journal of ours keeps the contract. */
class ExportJournalsTest {
  private static final AtomicInteger COUNT = new AtomicInteger();

  @Nested
  class In_memory extends ExportJournalContract {
    private final ExportJournal journal = MemoryJournal.create();

    @Override
    protected ExportJournal journal() {
      return journal;
    }
  }

  @Nested
  // @start region="example"
  class In_a_directory extends ExportJournalContract {
    @TempDir Path directory;

    @Override
    protected ExportJournal journal() {
      return FileJournal.in(directory);
    }
  }

  // @end

  @Nested
  class In_h2 extends ExportJournalContract {
    private final JdbcDataSource database = new JdbcDataSource();

    In_h2() {
      database.setURL("jdbc:h2:mem:journal" + COUNT.incrementAndGet() + ";DB_CLOSE_DELAY=-1");
    }

    @Override
    protected ExportJournal journal() {
      return JdbcJournal.on(database);
    }
  }

  @Nested
  class In_postgresql extends ExportJournalContract {
    private final String prefix = "test" + COUNT.incrementAndGet() + "_";

    @Override
    protected ExportJournal journal() {
      return JdbcJournal.on(Postgres.server().getPostgresDatabase()).tablePrefix(prefix);
    }
  }
}
