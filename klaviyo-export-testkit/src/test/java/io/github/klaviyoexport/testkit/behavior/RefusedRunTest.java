package io.github.klaviyoexport.testkit.behavior;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.journal.MemoryJournal;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.GeneratedProfiles;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** No export is run that somebody else runs, and none is resumed as something else. */
class RefusedRunTest {
  private static final Segment SEGMENT = Segment.named("vip-eu");
  private static final GeneratedProfiles PROFILES = GeneratedProfiles.of(300);

  private final VirtualTime time = VirtualTime.create();
  private final MemoryJournal journal = MemoryJournal.create();
  private final FakeKlaviyo klaviyo = FakeKlaviyo.builder().time(time).start();

  @AfterEach
  void close() {
    klaviyo.close();
  }

  @Test
  void an_export_that_somebody_else_runs_is_refused_before_anything_is_sent_for_it() {
    List<ExportException> refused = new ArrayList<>();
    try (SegmentExporter one = exporter(klaviyo.connection(), PROFILES.mapping(), 300);
        SegmentExporter other = exporter(klaviyo.connection(), PROFILES.mapping(), 300)) {
      ExportListener rival =
          new ExportListener() {
            @Override
            public void started(Segment segment, ListId list) {
              try {
                other.export(segment, list);
              } catch (ExportException held) {
                refused.add(held);
                assertThat(klaviyo.requests()).isEmpty();
              }
            }
          };

      one.prepare(SEGMENT, klaviyo.listId()).listener(rival).run();
    }

    ExportException held = refused.get(0);
    assertThat(held.reason()).isEqualTo(Reason.ALREADY_RUNNING);
    assertThat(held)
        .hasMessageStartingWith(
            "The export of segment vip-eu to list Y6nRLr stopped: This export is being run by ")
        .hasMessageContaining(
            ": wait until it ends, or stop it there before running it here. So far 0 read");
    assertThat(held.report().run()).isEmpty();
  }

  @Test
  void a_run_is_not_resumed_when_mapping_or_server_are_others_and_the_difference_is_named() {
    try (SegmentExporter failing = exporter(klaviyo.connection(), PROFILES.mapping(), 200)) {
      assertThatThrownBy(() -> failing.export(SEGMENT, klaviyo.listId()))
          .isInstanceOf(ExportException.class);
    }
    int requests = klaviyo.requests().size();
    KlaviyoConnection elsewhere = klaviyo.connection().baseUrl(URI.create("https://other.example"));

    try (SegmentExporter same = exporter(klaviyo.connection(), PROFILES.mapping(), 300);
        SegmentExporter other = exporter(elsewhere, FieldMapping.email("EMailAddress"), 300)) {
      String run = same.unfinishedRun(SEGMENT, klaviyo.listId()).orElseThrow();

      assertThatThrownBy(() -> other.resume(run))
          .isInstanceOfSatisfying(
              ExportException.class,
              refused -> assertThat(refused.reason()).isEqualTo(Reason.NOT_RESUMABLE))
          .hasMessageContaining("its unfinished run " + run + " was set up otherwise: ")
          .hasMessageContaining(
              "the server was https://a.klaviyo.com and is now https://other.example")
          .hasMessageContaining("the mapping was FieldMapping[EMailAddress -> email, ")
          .hasMessageContaining(" and is now FieldMapping[EMailAddress -> email]")
          .hasMessageContaining("Set it up as it was to resume it, or start the export over");
      assertThat(klaviyo.requests()).hasSize(requests);

      assertThat(same.resume(run).profiles().accepted()).isEqualTo(300);
    }
  }

  /** An exporter whose source fails after so many profiles. */
  private SegmentExporter exporter(
      KlaviyoConnection connection, FieldMapping mapping, long failsAfter) {
    InMemorySegments segments = InMemorySegments.of(SEGMENT.name(), PROFILES);
    return SegmentExporter.builder()
        .source(failsAfter < 300 ? segments.failingAfter(SEGMENT.name(), failsAfter) : segments)
        .klaviyo(connection)
        .mapping(mapping)
        .journal(journal)
        .batchSize(60)
        .time(time)
        .build();
  }
}
