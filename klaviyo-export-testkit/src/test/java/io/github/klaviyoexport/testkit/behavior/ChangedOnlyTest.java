package io.github.klaviyoexport.testkit.behavior;

import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.assertThat;
import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.assertThatIllegalArgumentException;
import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.assertThatIllegalStateException;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.Sending;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.journal.MemoryJournal;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.memory.HeapMemory;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.Customer;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.Fault;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.RecordedRequest;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With a memory, only what is not what Klaviyo has confirmed last is sent. */
class ChangedOnlyTest {
  private static final Segment VIPS = Segment.named("vip-eu");
  private static final Pattern EMAIL = Pattern.compile("\"email\":\"([^\"@]+)@");
  private static final FieldMapping MAPPING =
      FieldMapping.email("Email").phone("Phone").property("LTV").orClear().property("City");

  private final VirtualTime time = VirtualTime.create();
  private final FakeKlaviyo klaviyo =
      FakeKlaviyo.builder()
          .time(time)
          .jobDuration(Duration.ofSeconds(30))
          .list("Y6nRLr", "VIP")
          .list("QwErTy", "Others")
          .keepBodies(true)
          .start();
  private final HeapMemory memory = HeapMemory.create();
  private final Map<String, Customer> customers = new LinkedHashMap<>();
  private int requestsBefore;

  @AfterEach
  void close() {
    klaviyo.close();
  }

  private void haveCustomers(int count) {
    for (int i = 1; i <= count; i++) {
      have(i, i);
    }
  }

  private Customer have(int number, Object lifetimeValue) {
    Customer customer =
        Customer.of("c-" + number)
            .field("Email", "c" + number + "@shop.example")
            .field("Phone", null)
            .field("LTV", lifetimeValue)
            .field("City", "London");
    customers.put("c-" + number, customer);
    return customer;
  }

  private List<CustomerProfile> profiles() {
    return customers.values().stream().map(Customer::profile).toList();
  }

  private SegmentExporter.Builder exporter() {
    List<CustomerProfile> profiles = profiles();
    return SegmentExporter.builder()
        .source(InMemorySegments.of(VIPS.name(), profiles).segment("vip-us", profiles))
        .klaviyo(klaviyo.connection())
        .mapping(MAPPING)
        .memory(memory)
        .sending(Sending.CHANGED_ONLY)
        .batchSize(100)
        .time(time);
  }

  private ExportReport export() {
    return export(exporter());
  }

  private ExportReport export(SegmentExporter.Builder builder) {
    return export(builder, VIPS, "Y6nRLr");
  }

  private ExportReport export(SegmentExporter.Builder builder, Segment segment, String list) {
    requestsBefore = klaviyo.requests(Operation.BULK_IMPORT_PROFILES).size();
    try (SegmentExporter exporter = builder.build()) {
      return exporter.export(segment, ListId.of(list));
    }
  }

  /** Returns whose rows the last export has sent, as often as it has. */
  private List<String> sent() {
    List<String> sent = new ArrayList<>();
    List<RecordedRequest> requests = klaviyo.requests(Operation.BULK_IMPORT_PROFILES);
    for (RecordedRequest request : requests.subList(requestsBefore, requests.size())) {
      Matcher emails = EMAIL.matcher(String.valueOf(request.body()));
      while (emails.find()) {
        sent.add(emails.group(1));
      }
    }
    return sent;
  }

  /** Has a customer leave the list, of which this export's memory learns nothing. */
  private void takeOut(String customer) {
    Customer out = customers.remove(customer);
    time.advance(Duration.ofMinutes(1));
    List<CustomerProfile> others = customers.values().stream().map(Customer::profile).toList();
    export(
        SegmentExporter.builder()
            .source(InMemorySegments.of(VIPS.name(), others))
            .klaviyo(klaviyo.connection())
            .mapping(MAPPING)
            .mode(SyncMode.MIRROR)
            .time(time));
    customers.put(customer, out);
  }

  private Object valueOf(int number) {
    Map<String, ?> attributes =
        klaviyo.profile("c" + number + "@shop.example").orElseThrow().attributes();
    return ((Map<?, ?>) attributes.get("properties")).get("LTV");
  }

  @Test
  void a_second_export_of_an_unchanged_segment_makes_no_import_call() {
    haveCustomers(250);
    assertThat(export()).isClean().hasAccepted(250).hasUnchanged(0);

    ExportReport again = export();

    assertThat(again).isClean().hasRead(250).hasUnchanged(250).hasAccepted(0);
    assertThat(sent()).isEmpty();
    assertThat(again.jobs()).isEmpty();
    assertThat(again.toString()).contains("nothing that can be sent has changed");
  }

  @Test
  void only_the_customers_that_have_changed_or_are_new_are_sent() {
    haveCustomers(250);
    export();
    have(17, 1_700);
    have(251, 1);

    assertThat(export()).isClean().hasAccepted(2).hasUnchanged(249);

    assertThat(sent()).containsExactly("c17", "c251");
    assertThat(valueOf(17)).isEqualTo(1_700);
    assertThat(export()).isClean().hasUnchanged(251);
  }

  @Test
  void a_value_that_is_to_be_cleared_is_a_change_and_one_that_is_left_out_is_none() {
    haveCustomers(2);
    export();
    customers.computeIfPresent("c-1", (id, customer) -> customer.field("LTV", null));
    customers.computeIfPresent("c-2", (id, customer) -> customer.field("City", null));

    assertThat(export()).hasAccepted(2);
    assertThat(valueOf(1)).isNull();
    assertThat(export()).hasUnchanged(2);
  }

  @Test
  void without_the_option_everything_is_sent_and_remembered() {
    haveCustomers(5);
    export(exporter().sending(Sending.EVERYTHING));

    assertThat(export(exporter().sending(Sending.EVERYTHING))).hasAccepted(5).hasUnchanged(0);
    assertThat(export()).hasAccepted(0).hasUnchanged(5);
  }

  @Test
  void a_profile_that_failed_in_a_job_goes_again_by_itself() {
    haveCustomers(10);
    klaviyo.failProfiles("c3@shop.example");
    assertThat(export()).hasAccepted(9).hasRejected(1);

    assertThat(export()).hasRejected(1).hasUnchanged(9);

    assertThat(sent()).containsExactly("c3");
  }

  @Test
  void a_profile_that_was_refused_goes_again_by_itself() {
    haveCustomers(10);
    klaviyo.refuseProfiles("email", "c3@shop.example");
    assertThat(export()).hasAccepted(9).hasRejected(1);

    assertThat(export()).hasRejected(1).hasUnchanged(9);

    assertThat(sent()).containsExactly("c3");
  }

  @Test
  void a_profile_that_was_sent_without_a_refused_field_goes_again_by_itself() {
    haveCustomers(10);
    have(3, 3).field("Phone", "+358401234567");
    customers.computeIfPresent("c-3", (id, it) -> it.field("Phone", "+358401234567"));
    klaviyo.refuseProfiles("phone_number", "c3@shop.example");
    assertThat(export()).hasAccepted(10).hasRejected(0);

    ExportReport again = export();

    assertThat(again).hasAccepted(1).hasUnchanged(9);
    assertThat(again.rejections().fields()).isEqualTo(1);
    assertThat(Set.copyOf(sent())).containsExactly("c3");
  }

  @Test
  void what_we_set_aside_ourselves_is_told_by_every_run_and_what_is_left_of_it_is_unchanged() {
    haveCustomers(2);
    customers.computeIfPresent("c-1", (id, customer) -> customer.field("Phone", "none"));
    customers.computeIfPresent("c-2", (id, customer) -> customer.field("Email", "nobody"));
    assertThat(export(exporter().maxRejected(1))).hasAccepted(1).hasRejected(1);

    ExportReport again = export(exporter().maxRejected(1));

    assertThat(again).hasUnchanged(1).hasRejected(1);
    assertThat(again.rejections().fields()).isEqualTo(1);
  }

  @Test
  void the_profiles_of_a_job_that_was_cancelled_go_again_and_no_others() {
    haveCustomers(200);
    klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.none(), Fault.jobCancelled());
    assertThat(export()).hasAccepted(100).hasUnconfirmed(100);

    assertThat(export()).isClean().hasAccepted(100).hasUnchanged(100);

    assertThat(sent()).contains("c101", "c200").doesNotContain("c1", "c100");
  }

  @Test
  void a_job_that_counts_too_few_confirms_nobody() {
    haveCustomers(10);
    klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.jobMiscounts(1));
    assertThat(export()).hasAccepted(9).hasUnconfirmed(1);

    assertThat(export()).isClean().hasAccepted(10);
  }

  @Test
  void a_job_that_counts_nothing_confirms_nobody() {
    haveCustomers(10);
    klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.jobCountsNothing());
    assertThat(export()).hasUnconfirmed(10);

    assertThat(export()).isClean().hasAccepted(10);
  }

  @Test
  void a_job_of_which_it_is_not_known_whose_rows_it_has_confirms_nobody() {
    haveCustomers(200);
    klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.none(), Fault.jobOfImportBefore());
    ExportReport report = export();

    assertThat(export()).isClean().hasRead(200);

    assertThat(klaviyo.list("Y6nRLr").size()).isEqualTo(200);
    assertThat(sent().size()).isGreaterThanOrEqualTo((int) report.profiles().unconfirmed());
  }

  @Test
  void a_new_mapping_sends_everything_once_and_so_does_another_order_of_its_fields() {
    haveCustomers(10);
    export();
    FieldMapping more = MAPPING.property("Email");
    assertThat(export(exporter().mapping(more))).hasAccepted(10);
    assertThat(export(exporter().mapping(more))).hasUnchanged(10);

    FieldMapping turned =
        FieldMapping.email("Email").phone("Phone").property("City").property("LTV").orClear();
    assertThat(export(exporter().mapping(turned))).hasAccepted(10);
    assertThat(export(exporter().mapping(turned))).hasUnchanged(10);
  }

  @Test
  void every_so_many_runs_everything_is_sent() {
    haveCustomers(10);
    List<Long> unchanged = new ArrayList<>();

    for (int run = 0; run < 7; run++) {
      unchanged.add(export(exporter().resendAllEvery(3)).profiles().unchanged());
    }

    assertThat(unchanged).containsExactly(0L, 10L, 10L, 0L, 10L, 10L, 0L);
  }

  @Test
  void a_part_of_the_segment_in_between_takes_no_turn_of_the_whole() {
    haveCustomers(10);
    export();
    List<Long> unchanged = new ArrayList<>();

    for (int run = 0; run < 7; run++) {
      have(1, "value " + run);
      InMemorySegments segments = InMemorySegments.of(VIPS.name(), profiles());
      export(exporter().source(segments.only(Set.of("c-1"))).resendAllEvery(3));
      unchanged.add(export(exporter().resendAllEvery(3)).profiles().unchanged());
    }

    assertThat(unchanged).containsExactly(10L, 10L, 0L, 10L, 10L, 0L, 10L);
  }

  @Test
  void a_share_of_the_unchanged_is_sent_by_turns_whatever_parts_are_sent_in_between() {
    haveCustomers(400);
    export();
    Set<String> all = new TreeSet<>();

    for (int run = 0; run < 4; run++) {
      have(1, "value " + run);
      InMemorySegments segments = InMemorySegments.of(VIPS.name(), profiles());
      export(exporter().source(segments.only(Set.of("c-1"))).resendAllEvery(0));
      export(exporter().resendShare(0.25).resendAllEvery(0));
      all.addAll(sent());
    }

    assertThat(all).hasSizeGreaterThanOrEqualTo(399);
  }

  @Test
  void everything_is_sent_by_every_tenth_run_unless_told_otherwise() {
    haveCustomers(3);
    List<Long> unchanged = new ArrayList<>();
    List<Long> withoutEnd = new ArrayList<>();

    for (int run = 0; run < 11; run++) {
      unchanged.add(export().profiles().unchanged());
    }
    for (int run = 0; run < 11; run++) {
      withoutEnd.add(export(exporter().resendAllEvery(0)).profiles().unchanged());
    }

    assertThat(unchanged).containsExactly(0L, 3L, 3L, 3L, 3L, 3L, 3L, 3L, 3L, 3L, 0L);
    assertThat(withoutEnd).containsOnly(3L);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.25, 0.3, 0.07, 1})
  void a_share_of_the_unchanged_is_sent_by_turns(double share) {
    haveCustomers(400);
    export();
    int runs = (int) Math.ceil(1 / share);
    Set<String> all = new TreeSet<>();

    for (int run = 0; run < runs; run++) {
      ExportReport report = export(exporter().resendShare(share).resendAllEvery(0));
      assertThat(report.profiles().accepted() / 400.0)
          .isBetween(share - 0.1, Math.min(1, share + 0.1));
      assertThat(report).isClean();
      all.addAll(sent());
    }

    assertThat(all).hasSize(400);
  }

  @Test
  void duplicates_of_the_unchanged_are_duplicates() {
    haveCustomers(3);
    customers.put("again", have(2, 99).as("again"));
    have(2, 2);
    assertThat(export()).hasAccepted(3).hasDuplicates(1);

    assertThat(export()).hasUnchanged(3).hasDuplicates(1).hasAccepted(0);
  }

  @Test
  void an_unchanged_customer_keeps_the_phone_number_that_another_shares() {
    haveCustomers(2);
    customers.computeIfPresent("c-1", (id, it) -> it.field("Phone", "+358401234567"));
    customers.computeIfPresent("c-2", (id, it) -> it.field("Phone", "+358401234567"));
    export();
    customers.computeIfPresent("c-2", (id, it) -> it.field("LTV", 5));

    ExportReport report = export();

    assertThat(report).hasAccepted(1).hasUnchanged(1);
    assertThat(report.rejections().fields()).isEqualTo(1);
    assertThat(klaviyo.profile("c1@shop.example").orElseThrow().attributes())
        .containsEntry("phone_number", "+358401234567");
  }

  @Test
  void each_segment_of_a_list_and_each_list_of_a_segment_is_remembered_for_itself() {
    haveCustomers(10);
    export();

    assertThat(export(exporter(), Segment.named("vip-us"), "Y6nRLr")).hasAccepted(10);
    assertThat(export(exporter(), VIPS, "QwErTy")).hasAccepted(10);

    assertThat(export(exporter(), Segment.named("vip-us"), "Y6nRLr")).hasUnchanged(10);
    assertThat(export(exporter(), VIPS, "QwErTy")).hasUnchanged(10);
    assertThat(export()).hasUnchanged(10);
  }

  @Test
  void a_mirror_sends_what_has_changed_and_removes_who_has_left() {
    haveCustomers(20);
    export(exporter().mode(SyncMode.MIRROR));
    customers.remove("c-7");
    have(8, 800);

    ExportReport report = export(exporter().mode(SyncMode.MIRROR));

    assertThat(report).isClean().hasAccepted(1).hasUnchanged(18);
    assertThat(report.leavers().removed()).isEqualTo(1);
    assertThat(klaviyo.list("Y6nRLr").emails())
        .hasSize(19)
        .doesNotContain("c7@shop.example")
        .contains("c1@shop.example");
  }

  @Test
  void a_customer_who_comes_back_as_before_is_not_taken_for_unchanged_after_leaving_a_mirror() {
    haveCustomers(20);
    export(exporter().mode(SyncMode.MIRROR));
    customers.remove("c-7");
    export(exporter().mode(SyncMode.MIRROR));
    have(7, 7);

    export(exporter().mode(SyncMode.MIRROR));

    assertThat(klaviyo.list("Y6nRLr").emails()).contains("c7@shop.example");
  }

  @Test
  void a_mirror_sends_whom_others_have_taken_out_of_the_list_though_nothing_has_changed() {
    haveCustomers(20);
    export(exporter().mode(SyncMode.MIRROR));
    takeOut("c-7");

    assertThat(export(exporter().mode(SyncMode.MIRROR))).isClean().hasAccepted(1).hasUnchanged(19);

    assertThat(klaviyo.list("Y6nRLr").emails()).hasSize(20).contains("c7@shop.example");
  }

  @Test
  void who_left_with_a_mirror_and_comes_back_with_an_upsert_is_added_again() {
    haveCustomers(20);
    export(exporter().mode(SyncMode.MIRROR));
    customers.remove("c-7");
    export(exporter().mode(SyncMode.MIRROR));
    have(7, 7);

    assertThat(export()).hasAccepted(1).hasUnchanged(19);

    assertThat(klaviyo.list("Y6nRLr").emails()).hasSize(20).contains("c7@shop.example");
  }

  @Test
  void profiles_of_jobs_that_an_older_run_may_still_write_over_are_sent_once_more() {
    haveCustomers(3);
    export();
    have(1, 100);
    klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.jobEndless());
    MemoryJournal journal = MemoryJournal.create();
    SegmentExporter.Builder stopped =
        exporter()
            .journal(journal)
            .deadline(Duration.ofMinutes(5))
            .maxWaitForPriorJobs(Duration.ZERO);
    org.assertj.core.api.Assertions.assertThatThrownBy(() -> export(stopped))
        .hasMessageContaining("deadline");
    have(1, 101);

    assertThat(export(exporter().journal(journal).maxWaitForPriorJobs(Duration.ZERO)))
        .hasAccepted(1)
        .hasUnchanged(2);

    assertThat(export(exporter().journal(journal))).hasAccepted(1).hasUnchanged(2);
    assertThat(export(exporter().journal(journal))).hasUnchanged(3);
  }

  @Test
  void to_send_only_what_has_changed_takes_a_memory() {
    SegmentExporter.Builder builder =
        SegmentExporter.builder()
            .source(InMemorySegments.empty())
            .klaviyo(klaviyo.connection())
            .mapping(MAPPING);
    SegmentExport prepared = builder.build().prepare(VIPS, ListId.of("Y6nRLr"));
    String advice =
        "Only what has changed can be sent where it is remembered what Klaviyo has confirmed: call"
            + " memory(...) when building the exporter, or send everything.";

    assertThatIllegalStateException()
        .isThrownBy(() -> prepared.sending(Sending.CHANGED_ONLY))
        .withMessage(advice);
    assertThatIllegalStateException()
        .isThrownBy(() -> builder.sending(Sending.CHANGED_ONLY).build())
        .withMessage(advice);
  }

  @Test
  void what_cannot_be_is_refused_with_advice() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> exporter().resendShare(1.1))
        .withMessageContaining("from 0 to 1 (0.1 sends each within ten runs); it is 1.1.");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> exporter().resendAllEvery(-1))
        .withMessageContaining("never with 0; it is -1.");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> exporter().maxSizeChange(0.5))
        .withMessageContaining("must be 1 or more");
  }
}
