package io.github.klaviyoexport.internal.export;

import static io.github.klaviyoexport.testing.SmallKlaviyo.IMPORT;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.SegmentExport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.internal.mirror.MirrorInLab;
import io.github.klaviyoexport.internal.record.StoreGuardedJournal;
import io.github.klaviyoexport.journal.ExportJournal;
import io.github.klaviyoexport.journal.FileJournal;
import io.github.klaviyoexport.journal.MemoryJournal;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.Segment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two segments cannot be mirrored into one list: each would take out the other's members. */
class MirrorGuardTest extends MirrorInLab {
  private static final Segment OTHER = Segment.named("other");

  private final List<SegmentExporter> exporters = new ArrayList<>();

  private SegmentExport mirrorOf(Segment segment, ExportJournal journal) {
    SegmentExporter exporter =
        builder(any -> ProfileReader.of(Lab.customers(10))).journal(journal).build();
    exporters.add(exporter);
    return exporter.prepare(segment, Lab.LIST);
  }

  @Override
  protected void nothing_is_left_of_an_interrupt() {
    exporters.forEach(SegmentExporter::close);
    super.nothing_is_left_of_an_interrupt();
  }

  @Test
  void a_journal_that_knows_the_list_as_a_mirror_of_another_segment_refuses() {
    ExportJournal journal = MemoryJournal.create();
    mirrorOf(Lab.VIP, journal).run();
    int sent = lab.klaviyo.asked(IMPORT).size();

    ExportException stopped = Lab.stopped(mirrorOf(OTHER, journal).maxLeavers(1));

    assertThat(stopped.reason()).isEqualTo(Reason.OTHER_MIRROR);
    assertThat(stopped)
        .hasMessageContaining(
            "stopped: list Y6nRLr is a mirror of segment vip, last made at 2026-09-01 08:00:00 UTC."
                + " Two mirrors of one list take out each other's members");
    assertThat(lab.klaviyo.asked(IMPORT)).hasSize(sent);
    mirrorOf(Lab.VIP, journal).run();
  }

  @Test
  void a_journal_in_files_remembers_too(@TempDir Path directory) {
    mirrorOf(Lab.VIP, FileJournal.in(directory)).run();

    assertThat(Lab.stopped(mirrorOf(OTHER, FileJournal.in(directory))).reason())
        .isEqualTo(Reason.OTHER_MIRROR);
  }

  @Test
  void a_mirror_that_takes_the_place_of_another_says_so_and_the_other_is_refused_then() {
    ExportJournal journal = MemoryJournal.create();
    mirrorOf(Lab.VIP, journal).run();

    assertThat(mirrorOf(OTHER, journal).replacing(Lab.VIP).run().isConfirmed()).isTrue();

    assertThat(mirrorOf(OTHER, journal).run().isConfirmed()).isTrue();
    assertThat(Lab.stopped(mirrorOf(Lab.VIP, journal)).reason()).isEqualTo(Reason.OTHER_MIRROR);
    assertThat(Lab.stopped(mirrorOf(Lab.VIP, journal).replacing(Segment.named("third"))).reason())
        .isEqualTo(Reason.OTHER_MIRROR);
  }

  @Test
  void a_mirror_that_stopped_before_it_sent_anything_has_not_made_the_list_its_own() {
    ExportJournal journal = MemoryJournal.create();
    for (int i = 1; i <= 10; i++) {
      lab.klaviyo.member("gone-" + i, "email", "gone." + i + "@shop.example");
    }
    Lab.stopped(mirrorOf(Lab.VIP, journal));

    assertThat(Lab.stopped(mirrorOf(OTHER, journal)).reason()).isEqualTo(Reason.TOO_MANY_LEAVERS);
    assertThat(mirrorOf(OTHER, journal).maxLeavers(1).run().isConfirmed()).isTrue();
  }

  @Test
  void exports_that_add_and_update_and_mirrors_of_other_lists_are_not_concerned() {
    ExportJournal journal = MemoryJournal.create();
    mirrorOf(Lab.VIP, journal).run();

    mirrorOf(OTHER, journal).mode(SyncMode.UPSERT).run();
  }

  @Test
  void a_catalogs_store_decides_and_its_mirrors_are_remembered() {
    ExportJournal journal = MemoryJournal.create();
    mirrorOf(Lab.VIP, journal).run();

    mirrorOf(OTHER, new StoreGuardedJournal(journal)).run();

    assertThat(Lab.stopped(mirrorOf(Lab.VIP, journal)).reason()).isEqualTo(Reason.OTHER_MIRROR);
  }

  @Test
  void while_one_mirror_of_a_list_runs_in_this_process_another_is_refused_without_a_journal() {
    List<ExportException> refused = new ArrayList<>();
    try (SegmentExporter exporter = builder(any -> ProfileReader.of(Lab.customers(3))).build();
        SegmentExporter another = builder(any -> ProfileReader.of(Lab.customers(3))).build()) {
      exporter
          .prepare(Lab.VIP, Lab.LIST)
          .listener(
              new ExportListener() {
                @Override
                public void started(Segment segment, ListId list) {
                  refused.add(Lab.stopped(another.prepare(OTHER, Lab.LIST)));
                }
              })
          .run();
      assertThat(another.export(OTHER, Lab.LIST).isConfirmed()).isTrue();
    }

    assertThat(refused).hasSize(1);
    assertThat(refused.get(0).reason()).isEqualTo(Reason.ALREADY_RUNNING);
    assertThat(refused.get(0))
        .hasMessageContaining("is being mirrored by this process, from segment vip");
  }

  @Test
  void when_most_of_the_list_would_leave_nobody_is_told_to_allow_it() {
    for (int i = 1; i <= 10; i++) {
      lab.klaviyo.member("theirs-" + i, "email", "theirs." + i + "@shop.example");
    }

    ExportException stopped = Lab.stopped(prepared(Lab.customers(10)));

    assertThat(stopped.reason()).isEqualTo(Reason.TOO_MANY_LEAVERS);
    assertThat(stopped)
        .message()
        .contains("10 of the list's 10 members are not in the segment")
        .contains("two exports that mirror one list take out each other's members")
        .doesNotContain("maxLeavers(");
  }
}
