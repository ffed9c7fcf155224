package io.github.klaviyoexport.testkit.behavior;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.klaviyoexport.ErasureReceipt;
import io.github.klaviyoexport.ErasureReceipt.Answer;
import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.OutcomeFile;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.klaviyo.ListRef;
import io.github.klaviyoexport.memory.FileMemory;
import io.github.klaviyoexport.profile.CustomerIdentifier;
import io.github.klaviyoexport.profile.CustomerIdentifier.Kind;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.ProfileField;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.FakeSource;
import io.github.klaviyoexport.testkit.Fault;
import io.github.klaviyoexport.testkit.Operation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A customer who is erased is gone everywhere, and no later export brings the customer back. */
class ErasureTest extends ErasureSetting {
  static Stream<Kind> kinds() {
    return Stream.of(Kind.EMAIL, Kind.PHONE_NUMBER, Kind.EXTERNAL_ID, Kind.PROFILE_ID);
  }

  private CustomerIdentifier ada(Kind kind) {
    return kind == Kind.PROFILE_ID
        ? CustomerIdentifier.profileId(klaviyo.profile(ADA).orElseThrow().id())
        : adaBy(kind)[0];
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void a_customer_is_erased_by_any_identifier_and_kept_out_of_every_later_export(Kind kind) {
    try (SegmentExporter exporter = exporter(ada(), bob())) {
      exporter.export(SEGMENT, klaviyo.listId());

      ErasureReceipt receipt = exporter.erase(ada(kind));
      time.advance(WHILE);

      assertThat(receipt.answers()).containsExactly(Map.entry(kind, Answer.REQUESTED));
      assertThat(receipt.isKeptOut()).isTrue();
      assertThat(receipt.isComplete()).as(receipt.toString()).isTrue();
      assertThat(klaviyo.profile(ADA)).isEmpty();

      for (String segment : List.of(SEGMENT.name(), "others")) {
        ExportReport report = exporter.export(Segment.named(segment), klaviyo.listId());

        assertThat(report.rejections().first())
            .containsExactly(Rejection.ofProfile("c-17", null, Reason.ERASED));
        assertThat(report.profiles().accepted()).isEqualTo(1);
      }
      assertThat(klaviyo.list().emails()).containsExactly("bob@shop.example");
    }
  }

  @Test
  void it_holds_for_another_exporter_of_the_same_memory_and_for_a_mirror() {
    try (SegmentExporter exporter = exporter(bob())) {
      exporter.erase(adaBy(Kind.EMAIL, Kind.PHONE_NUMBER, Kind.EXTERNAL_ID));
    }
    CustomerProfile renamed =
        CustomerProfile.of("c-17", Map.of("Email", "ada@new.example", "Id", "ada-17"));
    try (SegmentExporter exporter = exporter(renamed, bob())) {
      ExportReport report =
          exporter.prepare(SEGMENT, ListRef.named("VIP")).mode(SyncMode.MIRROR).run();

      assertThat(report.rejections().reasons()).containsExactly(Map.entry(Reason.ERASED, 1L));
    }
    assertThat(klaviyo.profile("ada@new.example")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ada@b\u00fccher.example",
        "ada@shop\u3002example",
        "ada\uff20shop.example",
        "mailto:ada@shop.example",
        "\u200bada@shop.example\u00a0",
        "\u202aada@shop.example\u202c",
        "ada@sh\0op.example",
        "o'brien@shop.example"
      })
  void an_address_that_a_mapping_sends_is_erased_by_the_same_text(String address) {
    assertErasedBySameText("Email", address, CustomerIdentifier.email(address));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {" c-17 ", "\u200bc-17", "c-17\u00a0", "c\0 17", "C-17", "\u0d28\u0d4d\u200d"})
  void an_id_that_a_mapping_sends_is_erased_by_the_same_text(String id) {
    assertErasedBySameText("Id", id, CustomerIdentifier.externalId(id));
  }

  private void assertErasedBySameText(String field, String text, CustomerIdentifier same) {
    CustomerProfile customer = CustomerProfile.of("c-17", Map.of(field, text));
    try (SegmentExporter exporter = exporter(customer, bob())) {
      assertThat(exporter.export(SEGMENT, klaviyo.listId()).profiles().accepted()).isEqualTo(2);

      ErasureReceipt receipt = exporter.erase(same);
      time.advance(WHILE);

      assertThat(receipt.answers()).containsValue(Answer.REQUESTED);
      assertThat(receipt.isComplete()).as(receipt.toString()).isTrue();
      assertThat(klaviyo.list().emails()).containsExactly("bob@shop.example");
      ExportReport report = exporter.export(SEGMENT, klaviyo.listId());
      assertThat(report.rejections().reasons()).containsExactly(Map.entry(Reason.ERASED, 1L));
    }
  }

  @Test
  void a_customer_who_was_exported_and_is_not_found_may_be_there_under_another_address() {
    try (SegmentExporter exporter = exporter(ada(), bob())) {
      exporter.export(SEGMENT, klaviyo.listId());
    }
    klaviyo.close();
    klaviyo = account().start();
    try (SegmentExporter exporter = exporter(bob())) {
      ErasureReceipt first = exporter.erase(adaBy(Kind.EMAIL));
      assertThat(first.leftToDo()).singleElement().asString().contains("Look there");

      assertThat(exporter.erase(adaBy(Kind.EMAIL)).isComplete()).isTrue();
    }
  }

  @Test
  void a_profile_that_klaviyo_does_not_know_is_an_outcome() {
    try (SegmentExporter exporter = exporter(bob())) {
      ErasureReceipt receipt = exporter.erase(adaBy(Kind.EMAIL, Kind.EXTERNAL_ID));

      assertThat(receipt.answers())
          .containsExactly(
              Map.entry(Kind.EMAIL, Answer.UNKNOWN), Map.entry(Kind.EXTERNAL_ID, Answer.UNKNOWN));
      assertThat(receipt.isComplete()).isTrue();
    }
    assertThat(klaviyo.requests(DELETE)).hasSize(1);
  }

  @Test
  void an_erasure_that_is_forgotten_lets_the_customer_come_back() {
    try (SegmentExporter exporter = exporter(ada())) {
      exporter.erase(adaBy(Kind.EMAIL, Kind.PHONE_NUMBER));

      assertThat(exporter.forgetErasure(adaBy(Kind.EMAIL, Kind.PHONE_NUMBER))).isTrue();
      assertThat(exporter.forgetErasure(adaBy(Kind.EMAIL))).isFalse();
      assertThat(exporter.export(SEGMENT, klaviyo.listId()).isClean()).isTrue();
    }
  }

  @Test
  void customers_who_were_erased_are_no_reason_to_stop_an_export() {
    try (SegmentExporter exporter = exporter(ada())) {
      exporter.erase(adaBy(Kind.EMAIL));

      ExportReport report = exporter.export(SEGMENT, klaviyo.listId());

      assertThat(report.profiles().rejected()).isEqualTo(1);
      assertThat(report.isClean()).as("the customer is in the source still").isFalse();
    }
  }

  @Test
  void klaviyos_pace_is_kept_and_its_failures_are_waited_out() {
    klaviyo.script(DELETE, Fault.serverError(503), Fault.rateLimited(Duration.ofSeconds(7)));
    try (SegmentExporter exporter = exporter(bob())) {
      for (int i = 0; i < 10; i++) {
        exporter.erase(CustomerIdentifier.email("nobody" + i + "@shop.example"));
      }
    }
    assertThat(klaviyo.mostRequests(DELETE, Duration.ofSeconds(1))).isLessThanOrEqualTo(3);
    assertThat(klaviyo.requests(DELETE)).hasSize(12);
  }

  @Test
  void identifiers_are_of_one_customer_and_no_value_is_shown() {
    CustomerIdentifier ada = CustomerIdentifier.email(ADA);
    try (SegmentExporter exporter = exporter(ada())) {
      assertThatThrownBy(exporter::erase).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> exporter.erase(ada, CustomerIdentifier.email("other@shop.example")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageNotContaining("shop.example");
    }
    assertThat(ada).hasToString("CustomerIdentifier[EMAIL]");
    assertThatThrownBy(() -> CustomerIdentifier.email("canary")).hasMessageNotContaining("canary");
    assertThatThrownBy(() -> CustomerIdentifier.phone("0401234567"))
        .hasMessageNotContaining("0401234567")
        .hasMessageContaining("E.164");
  }

  @Test
  void nothing_of_the_customer_is_left_on_disk_nor_said(@TempDir Path directory)
      throws IOException {
    List<String> said = new ArrayList<>();
    FileMemory onDisk = FileMemory.in(directory, key);
    try (SegmentExporter exporter = builder(ada(), bob()).memory(onDisk).build()) {
      exporter.export(SEGMENT, klaviyo.listId());
      ErasureReceipt receipt =
          exporter.erase(adaBy(Kind.EMAIL, Kind.PHONE_NUMBER, Kind.EXTERNAL_ID));
      said.add(receipt.toString());
      said.add(receipt.toJson());
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        said.add(Files.readString(file, StandardCharsets.ISO_8859_1));
      }
    }

    assertThat(said).hasSizeGreaterThan(2);
    assertThat(said)
        .noneMatch(text -> text.toLowerCase(Locale.ROOT).contains("ada"))
        .noneMatch(text -> text.contains(PHONE.substring(1)));
    assertThat(onDisk.list()).extracting(kept -> kept.key()).contains("erased-customers");
  }

  @Test
  void erasures_that_cannot_be_read_stop_an_export_rather_than_bring_customers_back(
      @TempDir Path directory) throws IOException {
    FileMemory onDisk = FileMemory.in(directory, key);
    try (SegmentExporter exporter = builder(ada()).memory(onDisk).build()) {
      exporter.erase(adaBy(Kind.EMAIL));
      Path file = directory.resolve("erased-customers.memory");
      byte[] bytes = Files.readAllBytes(file);
      bytes[bytes.length - 3] ^= 1;
      Files.write(file, bytes);

      ExportException stopped =
          catchThrowableOfType(
              ExportException.class, () -> exporter.export(SEGMENT, klaviyo.listId()));

      assertThat(stopped.reason()).isEqualTo(ExportException.Reason.MEMORY_FAILED);
      assertThat(stopped).hasMessageContaining("erased-customers");
      assertThat(klaviyo.requests(Operation.BULK_IMPORT_PROFILES)).isEmpty();
    }
  }

  static Stream<Arguments> strangersToEachOther() {
    return Stream.of(
        Arguments.of(Kind.EXTERNAL_ID, FieldMapping.email("Email")),
        Arguments.of(Kind.EMAIL, FieldMapping.identifiedBy(ProfileField.PHONE_NUMBER, "Phone")),
        Arguments.of(Kind.PHONE_NUMBER, FieldMapping.identifiedBy(ProfileField.EXTERNAL_ID, "Id")));
  }

  @ParameterizedTest
  @MethodSource("strangersToEachOther")
  void an_export_that_knows_the_customer_otherwise_than_it_was_erased_by_keeps_it_out_as_well(
      Kind kind, FieldMapping otherwise) {
    try (SegmentExporter all = exporter(ada(), bob());
        SegmentExporter one = builder(ada(), bob()).mapping(otherwise).memory(memory).build()) {
      all.export(SEGMENT, klaviyo.listId());
      one.export(Segment.named("others"), klaviyo.listId());

      ErasureReceipt receipt = all.erase(adaBy(kind));
      time.advance(WHILE);

      assertThat(receipt.answers()).containsOnlyKeys(kind);
      assertThat(receipt.memoriesChanged()).hasSize(2);
      assertThat(receipt.isComplete()).isTrue();
      assertThat(one.export(Segment.named("others"), klaviyo.listId()).rejections().reasons())
          .containsExactly(Map.entry(Reason.ERASED, 1L));
      assertThat(klaviyo.profile(ADA)).isEmpty();
    }
  }

  @Test
  void what_a_memory_alone_knows_the_customer_by_is_kept_out_too() {
    try (SegmentExporter exporter = exporter(ada(), bob())) {
      exporter.export(SEGMENT, klaviyo.listId());
    }
    klaviyo.close();
    klaviyo = account().start();
    try (SegmentExporter exporter =
        builder(ada(), bob()).mapping(FieldMapping.email("Email")).memory(memory).build()) {
      ErasureReceipt receipt = exporter.erase(adaBy(Kind.EXTERNAL_ID));

      assertThat(receipt.answers()).containsValue(Answer.UNKNOWN);
      assertThat(receipt.memoriesChanged()).hasSize(1);
      assertThat(exporter.export(SEGMENT, klaviyo.listId()).profiles().rejected()).isEqualTo(1);
    }
  }

  @Test
  void a_customer_who_shares_what_was_found_only_is_not_erased_with_the_other() {
    CustomerProfile eve =
        CustomerProfile.of(
            "c-19", Map.of("Email", "eve@shop.example", "Phone", PHONE, "Id", "eve-19"));
    try (SegmentExporter couple = builder(eve).memory(memory).build()) {
      couple.export(Segment.named("others"), klaviyo.listId());
    }
    klaviyo.close();
    klaviyo = account().start();
    try (SegmentExporter exporter = exporter(ada())) {
      exporter.export(SEGMENT, klaviyo.listId());
      exporter.erase(adaBy(Kind.EMAIL));
    }
    try (SegmentExporter byEmail =
        builder(eve).mapping(FieldMapping.email("Email")).memory(memory).build()) {
      assertThat(byEmail.export(SEGMENT, klaviyo.listId()).profiles().accepted()).isEqualTo(1);
    }
  }

  @Test
  void an_erasure_is_forgotten_by_any_of_what_the_customer_was_known_by() {
    try (SegmentExporter exporter = exporter(ada())) {
      exporter.export(SEGMENT, klaviyo.listId());
      exporter.erase(adaBy(Kind.EXTERNAL_ID));
      exporter.erase(CustomerIdentifier.email("bob@shop.example"));
      time.advance(WHILE);

      assertThat(exporter.forgetErasure(adaBy(Kind.EMAIL))).isTrue();
      assertThat(exporter.forgetErasure(adaBy(Kind.EXTERNAL_ID))).isFalse();
      assertThat(exporter.export(SEGMENT, klaviyo.listId()).isClean()).isTrue();
      assertThat(exporter.forgetErasure(CustomerIdentifier.email("bob@shop.example"))).isTrue();
    }
  }

  @Test
  void who_was_erased_with_a_shared_phone_number_stays_out_when_the_other_comes_back() {
    CustomerIdentifier shared = CustomerIdentifier.phone("+358401234567");
    try (SegmentExporter exporter = exporter(bob())) {
      exporter.erase(shared, CustomerIdentifier.email("carl@shop.example"));
      exporter.erase(CustomerIdentifier.email("bob@shop.example"), shared);

      assertThat(exporter.forgetErasure(CustomerIdentifier.email("carl@shop.example"))).isTrue();

      assertThat(exporter.export(SEGMENT, klaviyo.listId()).profiles().rejected()).isEqualTo(1);
    }
  }

  @Test
  void a_customer_who_was_sent_before_the_erasure_counts_once_in_a_run_that_is_gone_on_with(
      @TempDir Path directory) throws IOException {
    FakeSource source = FakeSource.of(SEGMENT.name(), ada(), bob(), eve()).failsAfter(2);
    Path file = directory.resolve("outcomes.jsonl");
    try (SegmentExporter exporter =
        builder().source(source).memory(memory).journal(journal).batchSize(1).build()) {
      try (OutcomeFile outcomes = OutcomeFile.jsonLines(file)) {
        var unused =
            catchThrowableOfType(
                ExportException.class,
                () -> exporter.prepare(SEGMENT, klaviyo.listId()).listener(outcomes).run());
      }
      source.recovers();
      exporter.erase(adaBy(Kind.EMAIL));
      exporter.erase(CustomerIdentifier.email("eve@shop.example"));
      time.advance(WHILE);

      try (OutcomeFile outcomes = OutcomeFile.continuing(file)) {
        ExportReport report =
            exporter
                .prepare(SEGMENT, klaviyo.listId())
                .continueUnfinished()
                .listener(outcomes)
                .run();

        assertThat(report.profiles().read()).isEqualTo(3);
        assertThat(report.profiles().accepted()).isEqualTo(2);
        assertThat(report.profiles().rejected()).isEqualTo(1);
      }
      assertThat(Files.readAllLines(file)).hasSize(3);
      assertThat(klaviyo.profile(ADA)).isEmpty();
    }
  }

  private static CustomerProfile eve() {
    return CustomerProfile.of("c-19", Map.of("Email", "eve@shop.example", "Id", "eve-19"));
  }
}
