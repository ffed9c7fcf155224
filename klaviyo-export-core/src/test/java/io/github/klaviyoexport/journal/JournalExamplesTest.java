package io.github.klaviyoexport.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testing.Databases;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples in this package's Javadoc. */
class JournalExamplesTest {
  @TempDir private Path directory;

  @Test
  void an_exporter_is_given_the_journal_that_its_exports_are_written_to() {
    ProfileSource source = segment -> ProfileReader.of(List.of());
    KlaviyoConnection klaviyo = KlaviyoConnection.of(ApiKey.of("pk_0123456789"));
    FieldMapping mapping = FieldMapping.email("EMailAddress");

    // @start region="exporter"
    SegmentExporter exporter =
        SegmentExporter.builder()
            .source(source)
            .klaviyo(klaviyo)
            .mapping(mapping)
            // @replace substring='(directory)' replacement='(Path.of("/var/lib/exports"))':
            .journal(FileJournal.in(directory))
            .build();
    // @end

    try (exporter) {
      assertThat(exporter.unfinishedRun(Segment.named("vip-eu"), ListId.of("Y6nRLr"))).isEmpty();
    }
    assertThat(directory).isNotEmptyDirectory();
  }

  @Test
  void a_journal_in_a_directory_keeps_what_it_is_told() throws IOException {
    // @start region="directory"
    // @replace substring='(directory)' replacement='(Path.of("/var/lib/exports"))':
    ExportJournal journal = FileJournal.in(directory);
    // @end

    assertKeepsLines(journal);
  }

  @Test
  void a_journal_in_a_database_keeps_what_it_is_told() throws IOException {
    DataSource dataSource = Databases.h2();

    // @start region="database"
    ExportJournal journal = JdbcJournal.on(dataSource);
    // @end

    assertKeepsLines(journal);
  }

  private static void assertKeepsLines(ExportJournal journal) throws IOException {
    try (JournalLog log = journal.open("vip-eu")) {
      log.append("a line");
    }
    List<String> lines = new ArrayList<>();
    try (JournalLog log = journal.open("vip-eu")) {
      log.replay(lines::add);
    }
    assertThat(lines).containsExactly("a line");
  }
}
