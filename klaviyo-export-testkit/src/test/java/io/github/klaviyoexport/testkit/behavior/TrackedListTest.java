package io.github.klaviyoexport.testkit.behavior;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.Sending;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.journal.MemoryJournal;
import io.github.klaviyoexport.memory.HeapMemory;
import io.github.klaviyoexport.memory.MemoryKey;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.Client;
import io.github.klaviyoexport.testkit.Customer;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.FakeProfile;
import io.github.klaviyoexport.testkit.Fault;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A list that others fill too, of which an export takes its own members for its own only. */
class TrackedListTest {
  private static final Segment VIP = Segment.named("vip");
  private static final Segment NEW = Segment.named("new");

  private final VirtualTime time = VirtualTime.create();
  private final FakeKlaviyo klaviyo = FakeKlaviyo.builder().time(time).start();
  private final InMemorySegments segments = InMemorySegments.of("vip");
  private final HeapMemory memory = HeapMemory.create(MemoryKey.random());
  private final MemoryJournal journal = MemoryJournal.create();

  @AfterEach
  void close() {
    klaviyo.close();
  }

  private void given(Segment segment, String... names) {
    segments.segment(
        segment.name(),
        Stream.of(names)
            .map(
                name ->
                    Customer.of("c-" + name)
                        .email(name + "@shop.example")
                        .field("Key", "k-" + name)
                        .profile())
            .toArray(CustomerProfile[]::new));
  }

  private SegmentExporter.Builder exporter() {
    return SegmentExporter.builder()
        .source(segments)
        .klaviyo(klaviyo.connection())
        .mapping(FieldMapping.email("EMailAddress"))
        .journal(journal)
        .maxLeavers(1)
        .time(time);
  }

  private ExportReport export(SyncMode mode, Segment segment) {
    try (SegmentExporter exporter = exporter().memory(memory).mode(mode).build()) {
      return exporter.export(segment, klaviyo.listId());
    } finally {
      time.advance(Duration.ofHours(24));
    }
  }

  private ExportReport export(SegmentExporter.Builder builder) {
    return export(builder, klaviyo, Duration.ofHours(24));
  }

  private ExportReport export(SegmentExporter.Builder builder, FakeKlaviyo to, Duration then) {
    try (SegmentExporter exporter = builder.memory(memory).build()) {
      return exporter.export(VIP, to.listId());
    } finally {
      time.advance(then);
    }
  }

  private List<String> list() {
    return klaviyo.list().emails().stream()
        .map(email -> email.replace("@shop.example", ""))
        .toList();
  }

  @Test
  void only_those_leave_whom_the_export_has_added() {
    klaviyo.list().add("form@shop.example", "both@shop.example");
    given(VIP, "ada", "bo", "both");
    export(SyncMode.TRACKED, VIP);
    given(VIP, "ada");

    ExportReport report = export(SyncMode.TRACKED, VIP);

    assertThat(list()).containsExactlyInAnyOrder("form", "both", "ada");
    assertThat(report.leavers().found()).isEqualTo(1);
    assertThat(report.leavers().removed()).isEqualTo(1);
    assertThat(report.leavers().notOurs()).isEqualTo(2);
    assertThat(report.toString()).contains("2 members were added by others, and left alone");
    assertThat(report.isClean()).isTrue();
  }

  @Test
  void who_left_and_came_back_by_other_ways_is_not_ours_any_more() {
    given(VIP, "ada", "bo");
    export(SyncMode.TRACKED, VIP);
    Client.inProcess(klaviyo)
        .members("DELETE", List.of(klaviyo.profile("bo@shop.example").orElseThrow().id()));
    time.advance(Duration.ofHours(2));
    klaviyo.list().add("bo@shop.example");
    given(VIP, "ada");

    ExportReport report = export(SyncMode.TRACKED, VIP);

    assertThat(list()).containsExactlyInAnyOrder("ada", "bo");
    assertThat(report.leavers().removed()).isZero();
    assertThat(report.leavers().notOurs()).isEqualTo(1);
  }

  @Test
  void the_list_is_not_read_to_find_them() {
    klaviyo
        .list()
        .add(
            Stream.iterate(0, i -> i + 1)
                .limit(1_000)
                .map(i -> "form" + i + "@shop.example")
                .toArray(String[]::new));
    given(VIP, "ada", "bo");
    export(SyncMode.TRACKED, VIP);
    given(VIP, "ada");
    int before = klaviyo.requests(Operation.GET_PROFILES_FOR_LIST).size();
    export(SyncMode.TRACKED, VIP);

    assertThat(list()).hasSize(1_001);
    // Who has joined since, and one look-up.
    assertThat(klaviyo.requests(Operation.GET_PROFILES_FOR_LIST)).hasSize(before + 2);
  }

  @Test
  void several_share_a_list_and_none_shares_it_with_a_mirror_of_all_members() {
    given(VIP, "ada", "bo");
    given(NEW, "cy", "dee");
    export(SyncMode.TRACKED, VIP);
    export(SyncMode.TRACKED, NEW);
    given(VIP, "ada");

    export(SyncMode.TRACKED, VIP);

    assertThat(list()).containsExactlyInAnyOrder("ada", "cy", "dee");
    ExportException refused =
        catchThrowableOfType(ExportException.class, () -> export(SyncMode.MIRROR, NEW));
    assertThat(refused.reason()).isEqualTo(Reason.OTHER_MIRROR);
    assertThat(list()).hasSize(3);
  }

  @Test
  void a_list_that_is_a_mirror_of_another_segment_is_not_shared() {
    given(VIP, "ada", "bo");
    given(NEW, "cy");
    export(SyncMode.MIRROR, VIP);

    ExportException refused =
        catchThrowableOfType(ExportException.class, () -> export(SyncMode.TRACKED, NEW));

    assertThat(refused.reason()).isEqualTo(Reason.OTHER_MIRROR);
  }

  @ParameterizedTest
  @EnumSource
  void a_customer_whose_profile_shows_the_address_of_one_who_left_stays(Sending sending) {
    klaviyo.list().add("ada@shop.example");
    FakeProfile both = klaviyo.profile("ada@shop.example").orElseThrow();
    both.addAddress("bo@shop.example");
    Client.inProcess(klaviyo).members("DELETE", List.of(both.id()));
    klaviyo.list().add("form@shop.example", "shop@shop.example");
    given(VIP, "ada", "bo", "cy");
    for (int night = 0; night < 3; night++) {
      export(exporter().mode(SyncMode.TRACKED).sending(sending));
    }
    given(VIP, "bo", "cy");

    ExportReport report = export(exporter().mode(SyncMode.TRACKED).sending(sending));

    assertThat(report.leavers().removed()).isZero();
    assertThat(list()).containsExactlyInAnyOrder("form", "shop", "ada", "cy");
  }

  @Test
  void one_who_is_shown_under_another_address_is_known_by_its_external_id_and_leaves() {
    given(VIP, "ada", "bo");
    export(keyed());
    klaviyo.profile("bo@shop.example").orElseThrow().addAddress("b@home.example");
    klaviyo.profile("bo@shop.example").orElseThrow().showAddress("b@home.example");

    assertThat(export(keyed()).profiles().unchanged()).isEqualTo(2);
    assertThat(export(keyed()).profiles().unchanged()).isEqualTo(2);
    given(VIP, "ada");

    assertThat(export(keyed()).leavers().removed()).isEqualTo(1);
    assertThat(list()).containsExactly("ada");
  }

  private SegmentExporter.Builder keyed() {
    return exporter()
        .mapping(FieldMapping.email("EMailAddress").externalId("Key"))
        .mode(SyncMode.TRACKED)
        .sending(Sending.CHANGED_ONLY)
        .readListEvery(1);
  }

  @Test
  void members_that_show_late_are_ours_all_the_same() {
    try (FakeKlaviyo late =
        FakeKlaviyo.builder().time(time).membersShowAfter(Duration.ofMinutes(10)).start()) {
      SegmentExporter.Builder exporter = keyed().klaviyo(late.connection());
      given(VIP, "ada", "bo", "cy");
      export(exporter, late, Duration.ofMinutes(5));
      export(exporter, late, Duration.ofDays(1));
      given(VIP, "ada");

      assertThat(export(exporter, late, Duration.ofDays(1)).leavers().removed()).isEqualTo(2);
      assertThat(late.list().emails()).containsExactly("ada@shop.example");
    }
  }

  @Test
  void those_whom_a_run_has_added_that_was_cut_off_are_ours_when_it_is_resumed() {
    given(VIP, "ada");
    export(keyed());
    given(VIP, "ada", "bo", "cy");
    klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.jobTakes(Duration.ofMinutes(30)));
    SegmentExporter.Builder impatient = keyed().deadline(Duration.ofMinutes(5));
    assertThatThrownBy(() -> export(impatient, klaviyo, Duration.ZERO))
        .isInstanceOf(ExportException.class);
    try (SegmentExporter exporter = keyed().memory(memory).build()) {
      exporter.prepare(VIP, klaviyo.listId()).continueUnfinished().run();
    }
    time.advance(Duration.ofDays(1));

    assertThat(export(keyed()).profiles().unchanged()).isEqualTo(3);
    given(VIP, "ada");

    assertThat(export(keyed()).leavers().removed()).isEqualTo(2);
    assertThat(list()).containsExactly("ada");
  }

  @Test
  void it_takes_a_memory_and_says_so() {
    assertThatThrownBy(() -> exporter().mode(SyncMode.TRACKED).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("call memory(...)");
  }

  @Test
  void more_than_may_leave_of_its_own_stop_it_however_many_others_there_are() {
    klaviyo
        .list()
        .add(
            Stream.iterate(0, i -> i + 1)
                .limit(100)
                .map(i -> "form" + i + "@shop.example")
                .toArray(String[]::new));
    given(VIP, "ada", "bo", "cy", "dee");
    export(SyncMode.TRACKED, VIP);
    given(VIP, "ada", "bo");

    ExportException stopped;
    try (SegmentExporter exporter =
        exporter().memory(memory).mode(SyncMode.TRACKED).maxLeavers(0.2).build()) {
      stopped =
          catchThrowableOfType(ExportException.class, () -> exporter.export(VIP, klaviyo.listId()));
    }

    assertThat(stopped.reason()).isEqualTo(Reason.TOO_MANY_LEAVERS);
    assertThat(list()).hasSize(104);
  }
}
