package io.github.klaviyoexport.testkit.behavior;

import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.journal.MemoryJournal;
import io.github.klaviyoexport.memory.HeapMemory;
import io.github.klaviyoexport.memory.MemoryKey;
import io.github.klaviyoexport.profile.CustomerIdentifier;
import io.github.klaviyoexport.profile.CustomerIdentifier.Kind;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.FakeKlaviyoBuilder;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;

/** Two customers, an exporter with memory and journal, and an account from which one is erased. */
abstract class ErasureSetting {
  static final Segment SEGMENT = Segment.named("vip-eu");
  static final String ADA = "Ada.Canary@shop.example";
  static final String PHONE = "+358401234567";
  static final Operation DELETE = Operation.REQUEST_PROFILE_DELETION;
  static final Duration WHILE = Duration.ofMinutes(1);

  final VirtualTime time = VirtualTime.create();
  final MemoryKey key = MemoryKey.random();
  final HeapMemory memory = HeapMemory.create(key);
  final MemoryJournal journal = MemoryJournal.create();
  FakeKlaviyo klaviyo = account().start();

  FakeKlaviyoBuilder account() {
    return FakeKlaviyo.builder().time(time).jobDuration(Duration.ofSeconds(20));
  }

  @AfterEach
  void close() {
    klaviyo.close();
  }

  static CustomerProfile ada() {
    return CustomerProfile.of("c-17", Map.of("Email", ADA, "Phone", PHONE, "Id", "ada-17"));
  }

  static CustomerProfile bob() {
    return CustomerProfile.of(
        "c-18", Map.of("Email", "bob@shop.example", "Phone", "+358401234568", "Id", "bob-18"));
  }

  SegmentExporter.Builder builder(CustomerProfile... customers) {
    InMemorySegments segments = InMemorySegments.of(SEGMENT.name(), customers);
    segments.segment("others", customers);
    return SegmentExporter.builder()
        .source(segments)
        .klaviyo(klaviyo.connection())
        .mapping(FieldMapping.email("Email").phone("Phone").externalId("Id"))
        .time(time);
  }

  SegmentExporter exporter(CustomerProfile... customers) {
    return builder(customers).memory(memory).journal(journal).build();
  }

  static CustomerIdentifier[] adaBy(Kind... kinds) {
    return Stream.of(kinds)
        .map(
            kind ->
                switch (kind) {
                  case EMAIL -> CustomerIdentifier.email("ada.CANARY@Shop.example");
                  case PHONE_NUMBER -> CustomerIdentifier.phone(PHONE);
                  case EXTERNAL_ID -> CustomerIdentifier.externalId("ada-17");
                  case PROFILE_ID -> throw new IllegalArgumentException();
                })
        .toArray(CustomerIdentifier[]::new);
  }
}
