package io.github.klaviyoexport.testkit.behavior;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.klaviyoexport.ErasureException;
import io.github.klaviyoexport.ErasureReceipt;
import io.github.klaviyoexport.ErasureReceipt.Answer;
import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.journal.FileJournal;
import io.github.klaviyoexport.journal.JournalLog;
import io.github.klaviyoexport.memory.FileMemory;
import io.github.klaviyoexport.memory.MemoryKey;
import io.github.klaviyoexport.profile.CustomerIdentifier.Kind;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.Fault;
import io.github.klaviyoexport.testkit.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The receipt of an erasure says what is done and what is left to do, if anything. */
class ErasureReceiptTest extends ErasureSetting {
  @Test
  void without_a_memory_the_receipt_says_that_the_customer_may_come_back() {
    try (SegmentExporter exporter = builder(ada()).build()) {
      exporter.export(SEGMENT, klaviyo.listId());

      ErasureReceipt receipt = exporter.erase(adaBy(Kind.EMAIL));

      assertThat(receipt.answers()).containsExactly(Map.entry(Kind.EMAIL, Answer.REQUESTED));
      assertThat(receipt.isKeptOut()).isFalse();
      assertThat(receipt.leftToDo()).singleElement().asString().contains("has no memory");
      assertThatThrownBy(() -> exporter.forgetErasure(adaBy(Kind.EMAIL)))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void logs_of_runs_that_are_over_are_deleted_and_those_of_unfinished_ones_are_told()
      throws IOException {
    klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.none(), Fault.jobEndless());
    try (SegmentExporter exporter = exporter(ada())) {
      exporter.export(SEGMENT, klaviyo.listId());
      var unused =
          catchThrowableOfType(
              ExportException.class,
              () ->
                  exporter
                      .prepare(Segment.named("others"), klaviyo.listId())
                      .deadline(Duration.ofMinutes(1))
                      .run());

      ErasureReceipt receipt = exporter.erase(adaBy(Kind.EMAIL));

      assertThat(receipt.journalsDeleted()).hasSize(1);
      assertThat(receipt.leftToDo()).hasSize(2);
      assertThat(receipt.leftToDo().get(0)).contains("unfinished run");
      assertThat(receipt.leftToDo().get(1)).contains("1 import job");
      assertThat(journal.list()).hasSize(1);
      assertThat(exporter.unfinishedRun(Segment.named("others"), klaviyo.listId())).isPresent();
    }
  }

  @Test
  void an_export_that_runs_meanwhile_may_send_the_customer_and_the_receipt_says_so() {
    AtomicReference<ErasureReceipt> receipt = new AtomicReference<>();
    try (SegmentExporter exporter = exporter(ada(), bob())) {
      ExportReport running =
          exporter
              .prepare(SEGMENT, klaviyo.listId())
              .listener(
                  new ExportListener() {
                    @Override
                    public void batchSent(String jobId, int profiles, long bytes) {
                      receipt.set(exporter.erase(adaBy(Kind.EMAIL)));
                    }
                  })
              .run();

      assertThat(running.profiles().accepted()).isEqualTo(2);
      assertThat(receipt.get().isKeptOut()).isTrue();
      assertThat(receipt.get().leftToDo())
          .anySatisfy(left -> assertThat(left).contains("in use").contains("erase again"));

      ErasureReceipt again = exporter.erase(adaBy(Kind.EMAIL));
      time.advance(WHILE);

      assertThat(again.isComplete()).as(again.toString()).isTrue();
      assertThat(klaviyo.profile(ADA)).isEmpty();
      exporter.export(SEGMENT, klaviyo.listId());
      assertThat(klaviyo.profile(ADA)).isEmpty();
    }
  }

  @Test
  void a_key_without_the_scope_is_told_and_the_customer_is_kept_out_already() {
    klaviyo.close();
    klaviyo =
        account().scopes("lists:read", "lists:write", "profiles:read", "profiles:write").start();
    try (SegmentExporter exporter = exporter(ada())) {
      ErasureException failed =
          catchThrowableOfType(ErasureException.class, () -> exporter.erase(adaBy(Kind.EMAIL)));

      assertThat(failed).hasMessageContaining("data-privacy:write");
      assertThat(failed.receipt().isKeptOut()).isTrue();
      assertThat(failed.receipt().answers()).containsExactly(Map.entry(Kind.EMAIL, Answer.FAILED));
      assertThat(exporter.export(SEGMENT, klaviyo.listId()).profiles().rejected()).isEqualTo(1);
    }
  }

  private static Fault refused(int status) {
    return Fault.answered(
        status,
        Map.of("content-type", "application/vnd.api+json"),
        """
        {"errors":[{"id":"x","status":%d,"code":"invalid","title":"t","detail":"d"}]}"""
            .formatted(status));
  }

  @Test
  void the_receipt_of_what_klaviyo_did_not_do_says_so_and_is_not_complete() {
    klaviyo.script(DELETE, 100, Fault.serverError(500));
    try (SegmentExporter exporter = exporter(ada(), bob())) {
      exporter.export(SEGMENT, klaviyo.listId());

      ErasureException failed =
          catchThrowableOfType(
              ErasureException.class, () -> exporter.erase(adaBy(Kind.EMAIL, Kind.PHONE_NUMBER)));

      assertThat(failed.receipt().answers())
          .containsExactly(
              Map.entry(Kind.EMAIL, Answer.FAILED), Map.entry(Kind.PHONE_NUMBER, Answer.NOT_ASKED));
      assertThat(failed.receipt().leftToDo())
          .singleElement()
          .asString()
          .contains("answered 500")
          .contains("erase again");
      assertThat(failed.receipt().isComplete()).isFalse();
      assertThat(failed.receipt().memoriesChanged()).hasSize(1);
    }
  }

  @Test
  void what_klaviyo_refuses_of_one_identifier_does_not_keep_it_from_the_others() {
    klaviyo.script(DELETE, refused(400), Fault.none());
    try (SegmentExporter exporter = exporter(ada(), bob())) {
      exporter.export(SEGMENT, klaviyo.listId());

      ErasureException failed =
          catchThrowableOfType(
              ErasureException.class, () -> exporter.erase(adaBy(Kind.PHONE_NUMBER, Kind.EMAIL)));
      time.advance(WHILE);

      assertThat(failed.receipt().answers())
          .containsExactly(
              Map.entry(Kind.EMAIL, Answer.REQUESTED), Map.entry(Kind.PHONE_NUMBER, Answer.FAILED));
      assertThat(failed.receipt().isComplete()).isFalse();
      assertThat(klaviyo.profile(ADA)).isEmpty();
    }
  }

  @Test
  void one_memory_log_that_cannot_be_read_keeps_nothing_else_from_being_erased(
      @TempDir Path directory) {
    try (SegmentExporter other =
        builder(bob()).memory(FileMemory.in(directory, MemoryKey.random())).build()) {
      other.export(Segment.named("others"), klaviyo.listId());
    }
    try (SegmentExporter exporter =
        builder(ada(), bob()).memory(FileMemory.in(directory, key)).build()) {
      exporter.export(SEGMENT, klaviyo.listId());

      ErasureException failed =
          catchThrowableOfType(ErasureException.class, () -> exporter.erase(adaBy(Kind.EMAIL)));

      assertThat(failed).hasMessageContaining("another memory key");
      assertThat(failed.receipt().answers()).containsValue(Answer.REQUESTED);
      assertThat(failed.receipt().memoriesChanged()).hasSize(1);
      assertThat(failed.receipt().leftToDo()).singleElement().asString().contains("memory key");
      assertThat(failed.receipt().isComplete()).isFalse();
    }
  }

  @Test
  void one_journal_log_that_is_damaged_keeps_nothing_else_from_being_erased(@TempDir Path directory)
      throws IOException {
    FileJournal onDisk = FileJournal.in(directory);
    try (SegmentExporter exporter = builder(ada(), bob()).memory(memory).journal(onDisk).build()) {
      exporter.export(SEGMENT, klaviyo.listId());
      exporter.export(Segment.named("others"), klaviyo.listId());
      List<String> logs = onDisk.list();
      Path first = directory.resolve(logs.get(0) + ".journal");
      byte[] bytes = Files.readAllBytes(first);
      bytes[40] ^= 1;
      Files.write(first, bytes);

      ErasureException failed =
          catchThrowableOfType(ErasureException.class, () -> exporter.erase(adaBy(Kind.EMAIL)));

      assertThat(failed.receipt().answers()).containsValue(Answer.REQUESTED);
      assertThat(failed.receipt().journalsDeleted()).containsExactly(logs.get(1));
      assertThat(failed.receipt().isComplete()).isFalse();
    }
  }

  /** Has the next job take two hours, of which Klaviyo knows nothing for a while. */
  private void loseTheNextJob() {
    klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.jobTakes(Duration.ofHours(2)));
    klaviyo.script(Operation.GET_BULK_IMPORT_PROFILES_JOB, 17, refused(404));
    klaviyo.script(
        Operation.GET_BULK_IMPORT_PROFILES_JOBS,
        17,
        Fault.answered(200, Map.of("content-type", "application/vnd.api+json"), "{\"data\":[]}"));
  }

  @Test
  void a_job_in_doubt_is_still_waited_for_after_an_erasure_which_says_when_to_ask_again()
      throws IOException {
    loseTheNextJob();
    FieldMapping names = FieldMapping.email("Email").firstName("Id");
    try (SegmentExporter exporter = builder(bob()).mapping(names).journal(journal).build()) {
      assertThat(exporter.export(SEGMENT, klaviyo.listId()).profiles().unconfirmed()).isEqualTo(1);

      ErasureReceipt receipt = exporter.erase(adaBy(Kind.EMAIL));

      assertThat(receipt.journalsDeleted()).isEmpty();
      assertThat(receipt.leftToDo())
          .anySatisfy(left -> assertThat(left).contains("job").contains("again after 2026-09-02"));
    }
    CustomerProfile renamed =
        CustomerProfile.of("c-18", Map.of("Email", "bob@shop.example", "Id", "new"));
    try (SegmentExporter exporter =
        builder(renamed)
            .mapping(names)
            .journal(journal)
            .maxWaitForPriorJobs(Duration.ofHours(3))
            .build()) {
      exporter.export(SEGMENT, klaviyo.listId());
    }
    time.advance(Duration.ofHours(5));
    assertThat(klaviyo.profile("bob@shop.example").orElseThrow().attributes())
        .containsEntry("first_name", "new");
  }

  @Test
  void of_a_job_in_doubt_nothing_stays_that_tells_a_customer_and_in_a_day_nothing_at_all()
      throws IOException {
    loseTheNextJob();
    try (SegmentExporter exporter = exporter(bob())) {
      exporter.export(SEGMENT, klaviyo.listId());

      exporter.erase(adaBy(Kind.EMAIL));

      assertThat(journal.list()).hasSize(1);
      List<String> lines = new ArrayList<>();
      try (JournalLog log = journal.open(journal.list().get(0))) {
        log.replay(lines::add);
      }
      // One line takes the place of all, so that a crash leaves either those or this.
      assertThat(lines).singleElement().asString().doesNotContain("c-18").doesNotContain("filled");
      assertThat(exporter.unfinishedRun(SEGMENT, klaviyo.listId())).isEmpty();
      time.advance(Duration.ofDays(1).plus(WHILE));
      assertThat(exporter.erase(adaBy(Kind.EMAIL)).journalsDeleted()).hasSize(1);
      assertThat(exporter.erase(adaBy(Kind.EMAIL)).isComplete()).isTrue();
    }
  }

  @Test
  void a_job_that_is_under_way_may_bring_the_customer_back_and_the_receipt_says_so() {
    klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.jobTakes(Duration.ofHours(3)));
    try (SegmentExporter exporter =
        builder(ada(), bob()).memory(memory).deadline(Duration.ofMinutes(30)).build()) {
      var unused =
          catchThrowableOfType(
              ExportException.class, () -> exporter.export(SEGMENT, klaviyo.listId()));

      ErasureReceipt early = exporter.erase(adaBy(Kind.EMAIL));

      assertThat(early.leftToDo()).singleElement().asString().contains("1 import job");
      assertThat(exporter.erase(adaBy(Kind.EMAIL)).isComplete()).isFalse();
      time.advance(Duration.ofHours(4));
      assertThat(klaviyo.profile(ADA)).isPresent();
      assertThat(exporter.erase(adaBy(Kind.EMAIL)).isComplete()).isTrue();
      time.advance(WHILE);
      assertThat(klaviyo.profile(ADA)).isEmpty();
    }
  }

  @Test
  void a_damaged_memory_may_hold_the_customer_still_and_the_receipt_says_so(@TempDir Path directory)
      throws IOException {
    FileMemory onDisk = FileMemory.in(directory, key);
    try (SegmentExporter exporter = builder(ada(), bob()).memory(onDisk).build()) {
      exporter.export(SEGMENT, klaviyo.listId());
      String log = onDisk.list().get(0).key();
      Path file = directory.resolve(log + ".memory");
      byte[] bytes = Files.readAllBytes(file);
      bytes[bytes.length - 3] ^= 1;
      Files.write(file, bytes);

      ErasureReceipt receipt = exporter.erase(adaBy(Kind.EMAIL));

      assertThat(receipt.leftToDo())
          .singleElement()
          .asString()
          .contains("memory " + log)
          .contains("damaged");
      assertThat(receipt.memoriesChanged()).isEmpty();
      exporter.export(SEGMENT, klaviyo.listId());
      assertThat(exporter.erase(adaBy(Kind.EMAIL)).isComplete()).isTrue();
    }
  }
}
