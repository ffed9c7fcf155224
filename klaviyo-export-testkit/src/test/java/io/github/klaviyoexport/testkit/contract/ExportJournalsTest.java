package io.github.klaviyoexport.testkit.contract;

import static org.junit.jupiter.api.Assumptions.abort;

import io.github.klaviyoexport.journal.ExportJournal;
import io.github.klaviyoexport.journal.FileJournal;
import io.github.klaviyoexport.journal.JdbcJournal;
import io.github.klaviyoexport.journal.MemoryJournal;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** Every journal of ours keeps the contract. */
class ExportJournalsTest {
  private static final AtomicInteger COUNT = new AtomicInteger();

  @Nested
  class In_memory extends ExportJournalContract {
    private final ExportJournal journal = new MemoryJournal();

    @Override
    protected ExportJournal journal() {
      return journal;
    }
  }

  @Nested
  class In_a_directory extends ExportJournalContract {
    @TempDir Path directory;

    @Override
    protected ExportJournal journal() {
      return FileJournal.in(directory);
    }
  }

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
    private static EmbeddedPostgres server;

    private final String prefix = "test" + COUNT.incrementAndGet() + "_";

    @BeforeAll
    static void starts_a_server() throws IOException {
      try {
        server = EmbeddedPostgres.start();
      } catch (IllegalStateException e) {
        if ("Missing embedded postgres binaries".equals(e.getMessage())) {
          abort("There is no embedded PostgreSQL for this platform, so these tests are skipped.");
        }
        throw e;
      }
    }

    @AfterAll
    static void stops_it() throws IOException {
      if (server != null) {
        server.close();
      }
    }

    @Override
    protected ExportJournal journal() {
      return JdbcJournal.on(server.getPostgresDatabase()).tablePrefix(prefix);
    }
  }
}
