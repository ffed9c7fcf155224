package io.github.klaviyoexport.testkit.behavior;

import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.assertThat;
import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.catchThrowableOfType;
import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.tuple;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportProgress;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.Outcome;
import io.github.klaviyoexport.Outcome.Kind;
import io.github.klaviyoexport.Outcome.Why;
import io.github.klaviyoexport.OutcomeFile;
import io.github.klaviyoexport.RejectionFile;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.journal.MemoryJournal;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.FakeKlaviyoBuilder;
import io.github.klaviyoexport.testkit.Fault;
import io.github.klaviyoexport.testkit.GeneratedProfiles;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.OriginalPayload;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every profile that was read has an outcome, one in each run, whatever stops it. */
class OutcomeTest {
  private static final Segment SEGMENT = Segment.named("vip-eu");
  private static final FieldMapping MAPPING =
      FieldMapping.email("email").phone("phone").externalId("key").firstName("name");

  private static final FieldNames FIELDS = FieldNames.of("email", "phone", "key", "name");

  private final VirtualTime time = VirtualTime.create();
  private final List<Outcome> outcomes = new ArrayList<>();

  @TempDir private Path directory;

  private final ExportListener listener =
      new ExportListener() {
        @Override
        public void outcome(Outcome outcome) {
          outcomes.add(outcome);
        }
      };

  private FakeKlaviyo klaviyo(UnaryOperator<FakeKlaviyoBuilder> account) {
    return account.apply(FakeKlaviyo.builder().time(time)).start();
  }

  private SegmentExporter.Builder exporter(FakeKlaviyo klaviyo, CustomerProfile... customers) {
    return exporter(klaviyo, InMemorySegments.of("vip-eu", customers), MAPPING);
  }

  private SegmentExporter.Builder exporter(
      FakeKlaviyo klaviyo, ProfileSource source, FieldMapping mapping) {
    return SegmentExporter.builder()
        .source(source)
        .klaviyo(klaviyo.connection())
        .mapping(mapping)
        .maxRejected(1)
        .maxRejectedFields(1)
        .listener(listener)
        .time(time);
  }

  private static CustomerProfile[] customers(int count) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(OutcomeTest::customer)
        .toArray(CustomerProfile[]::new);
  }

  private static CustomerProfile customer(int number) {
    return customer("c-" + number, email(number), null, null);
  }

  private static CustomerProfile customer(
      String id, @Nullable String email, @Nullable String phone, @Nullable String key) {
    return CustomerProfile.of(id, FIELDS, email, phone, key, "Ada");
  }

  private static String email(int number) {
    return "customer." + number + "@shop.example";
  }

  private ExportReport export(SegmentExporter.Builder builder, FakeKlaviyo klaviyo) {
    try (SegmentExporter exporter = builder.build()) {
      return exporter.export(SEGMENT, klaviyo.listId());
    }
  }

  private ExportException stopped(SegmentExporter.Builder builder, FakeKlaviyo klaviyo) {
    return catchThrowableOfType(ExportException.class, () -> export(builder, klaviyo));
  }

  private Outcome of(String id) {
    return outcomes.stream().filter(outcome -> outcome.id().equals(id)).findFirst().orElseThrow();
  }

  private Map<Kind, Integer> counts() {
    Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
    outcomes.forEach(outcome -> counts.merge(outcome.kind(), 1, Integer::sum));
    return counts;
  }

  private void assertThatAll(int customers) {
    Set<String> ids = new HashSet<>();
    outcomes.forEach(outcome -> ids.add(outcome.id()));
    assertThat(outcomes).hasSize(customers);
    assertThat(ids).hasSize(customers);
  }

  @Test
  void a_confirmed_profile_is_accepted_in_its_job_without_the_fields_that_were_left_out() {
    try (FakeKlaviyo klaviyo = klaviyo(account -> account)) {
      klaviyo.refuseProfiles("first_name", email(3));
      ExportReport report =
          export(
              exporter(
                  klaviyo,
                  customer(1),
                  customer("c-2", email(2), "none", null),
                  customer("c-3", email(3), "040", null)),
              klaviyo);

      String job = report.jobs().get(0).id();
      assertThatAll(3);
      assertThat(outcomes)
          .allMatch(outcome -> outcome.kind() == Kind.ACCEPTED && job.equals(outcome.job()));
      assertThat(of("c-1").fieldsLeftOut()).isEmpty();
      assertThat(of("c-2").fieldsLeftOut())
          .containsExactly(Rejection.ofField("c-2", "phone", Rejection.Reason.PHONE_MALFORMED));
      assertThat(of("c-3").fieldsLeftOut())
          .extracting(Rejection::field, Rejection::reason)
          .containsExactly(
              tuple("phone", Rejection.Reason.PHONE_MALFORMED),
              tuple("name", Rejection.Reason.REFUSED_BY_KLAVIYO));
    }
  }

  @Test
  void a_duplicate_is_told_with_the_customer_that_came_first_by_email_phone_or_id() {
    try (FakeKlaviyo klaviyo = klaviyo(account -> account)) {
      export(
          exporter(
              klaviyo,
              customer("c-1", email(1), "+358401234567", "k-1"),
              customer("c-2", "Customer.1@Shop.Example", null, null),
              customer("c-3", null, "+358401234567", null),
              customer("c-4", null, null, "k-1")),
          klaviyo);

      assertThatAll(4);
      assertThat(List.of(of("c-2"), of("c-3"), of("c-4")))
          .allMatch(outcome -> outcome.kind() == Kind.DUPLICATE)
          .allMatch(outcome -> "c-1".equals(outcome.otherCustomerId()));
    }
  }

  @Test
  void of_whom_it_is_a_duplicate_is_known_among_many_where_addresses_are_all_that_is_mapped() {
    CustomerProfile[] customers = customers(6_000);
    for (int i = 3_000; i < 6_000; i++) {
      customers[i] = customer("again-" + (i - 2_999), email(i - 2_999), null, null);
    }
    try (FakeKlaviyo klaviyo = klaviyo(account -> account)) {
      export(
          exporter(klaviyo, InMemorySegments.of("vip-eu", customers), FieldMapping.email("email")),
          klaviyo);

      assertThatAll(6_000);
      assertThat(outcomes.stream().filter(outcome -> outcome.kind() == Kind.DUPLICATE))
          .hasSize(3_000)
          .allMatch(
              outcome -> outcome.id().equals("again-" + outcome.otherCustomerId().substring(2)));
    }
  }

  @Test
  void who_is_rejected_here_by_klaviyo_or_in_a_job_is_told_with_the_reason() {
    try (FakeKlaviyo klaviyo = klaviyo(account -> account)) {
      klaviyo.refuseProfiles("email", email(2));
      klaviyo.failProfiles(email(3));
      ExportReport report =
          export(
              exporter(
                  klaviyo,
                  customer(1),
                  customer(2),
                  customer("c-3", email(3), "none", null),
                  customer("c-4", "none", null, null)),
              klaviyo);

      assertThatAll(4);
      assertThat(of("c-2").rejection().reason()).isEqualTo(Rejection.Reason.REFUSED_BY_KLAVIYO);
      assertThat(of("c-2").job()).isNull();
      assertThat(of("c-3").rejection().reason()).isEqualTo(Rejection.Reason.FAILED_IN_KLAVIYO);
      assertThat(of("c-3").job()).isEqualTo(report.jobs().get(0).id());
      assertThat(of("c-3").fieldsLeftOut()).hasSize(1);
      assertThat(of("c-4").rejection().reason()).isEqualTo(Rejection.Reason.EMAIL_MALFORMED);
      assertThat(counts()).isEqualTo(Map.of(Kind.ACCEPTED, 1, Kind.REJECTED, 3));
      assertThat(report).hasAccepted(1).hasRejected(3);
    }
  }

  @Test
  void where_klaviyo_counts_failures_without_naming_them_nobody_is_said_to_be_accepted() {
    try (FakeKlaviyo klaviyo =
        klaviyo(account -> account.originalPayload(OriginalPayload.ABSENT))) {
      klaviyo.failProfiles(email(2));
      ExportReport report = export(exporter(klaviyo, customers(3)), klaviyo);

      assertThat(report).hasAccepted(2).hasRejected(1);
      assertThatAll(3);
      assertThat(outcomes).allMatch(outcome -> outcome.why() == Why.NOT_NAMED);
    }
  }

  @Test
  void where_all_of_a_job_have_failed_it_need_not_name_them() {
    try (FakeKlaviyo klaviyo =
        klaviyo(account -> account.originalPayload(OriginalPayload.ABSENT))) {
      klaviyo.failProfiles(email(1));
      klaviyo.failProfiles(email(2));
      export(exporter(klaviyo, customers(2)), klaviyo);

      assertThatAll(2);
      assertThat(counts()).isEqualTo(Map.of(Kind.REJECTED, 2));
    }
  }

  @Test
  void an_export_that_stops_tells_of_each_whether_it_was_sent_and_in_which_job_it_is() {
    try (FakeKlaviyo klaviyo = klaviyo(account -> account.jobDuration(Duration.ofHours(9)))) {
      ProfileSource broken = InMemorySegments.of("vip-eu", customers(5)).failingAfter("vip-eu", 5);
      ExportException stopped =
          stopped(
              exporter(klaviyo, broken, MAPPING).batchSize(2).deadline(Duration.ofMinutes(5)),
              klaviyo);

      assertThat(stopped.reason()).isEqualTo(Reason.SOURCE_FAILED);
      assertThatAll(5);
      assertThat(outcomes)
          .allMatch(outcome -> outcome.kind() == Kind.UNCONFIRMED)
          .allMatch(
              outcome ->
                  outcome.why() == Why.JOB_RUNNING && outcome.job() != null
                      || outcome.why() == Why.UNSENT && outcome.job() == null);
      assertThat(stopped.report().profiles().unsent())
          .isEqualTo(outcomes.stream().filter(it -> it.why() == Why.UNSENT).count());
    }
  }

  @Test
  void what_was_sent_without_an_answer_is_told_as_such() {
    try (FakeKlaviyo klaviyo = klaviyo(account -> account)) {
      klaviyo.script(
          Operation.BULK_IMPORT_PROFILES, 1_000, Fault.dropped(Fault.Moment.AFTER_PROCESSING));
      ExportException stopped = stopped(exporter(klaviyo, customers(3)), klaviyo);

      assertThatAll(3);
      assertThat(outcomes).allMatch(outcome -> outcome.kind() == Kind.UNCONFIRMED);
      assertThat(stopped.report().profiles().unconfirmed()).isEqualTo(3);
    }
  }

  @Test
  void every_cause_of_a_stop_leaves_an_outcome_for_each_that_was_read() {
    Map<String, UnaryOperator<SegmentExporter.Builder>> causes =
        Map.of(
            "limit", builder -> builder.limit(4),
            "deadline", builder -> builder.deadline(Duration.ofSeconds(1)),
            "mapping", builder -> builder.mapping(FieldMapping.email("name")).maxRejected(0.5),
            "source",
                builder ->
                    builder.source(
                        InMemorySegments.of("vip-eu", customers(9)).failingAfter("vip-eu", 4)));
    causes.forEach(
        (cause, builder) -> {
          outcomes.clear();
          try (FakeKlaviyo klaviyo =
              klaviyo(account -> account.jobDuration(Duration.ofMinutes(5)))) {
            ProfileSource unsized =
                InMemorySegments.of("vip-eu", customers(9)).sizeUnknown("vip-eu");
            ExportException stopped =
                stopped(builder.apply(exporter(klaviyo, unsized, MAPPING).batchSize(2)), klaviyo);

            assertThat(stopped).as(cause).isNotNull();
            assertThat(outcomes).as(cause).hasSize((int) stopped.report().profiles().read());
          }
        });
  }

  @Test
  void a_mirror_tells_who_has_left_and_who_was_kept_and_why() {
    try (FakeKlaviyo klaviyo = klaviyo(account -> account)) {
      klaviyo.list().add("ada@shop.example", "bob@shop.example");
      time.advance(Duration.ofMinutes(1));
      SegmentExporter.Builder exporter =
          exporter(klaviyo, customers(2)).mode(SyncMode.MIRROR).maxLeavers(1);
      ExportReport report = export(exporter, klaviyo);

      assertThat(report.leavers().removed()).isEqualTo(2);
      assertThat(counts()).isEqualTo(Map.of(Kind.ACCEPTED, 2, Kind.LEFT, 2));

      outcomes.clear();
      klaviyo.list().add("cy@shop.example", "dan@shop.example");
      time.advance(Duration.ofMinutes(1));
      ExportException tooMany = stopped(exporter.maxLeavers(0.1), klaviyo);
      assertThat(tooMany.reason()).isEqualTo(Reason.TOO_MANY_LEAVERS);
      assertThat(outcomes).hasSize(2).allMatch(it -> it.why() == Why.STOPPED);

      outcomes.clear();
      klaviyo.script(Operation.REMOVE_PROFILES_FROM_LIST, 1_000, Fault.forbidden());
      ExportException refused = stopped(exporter.maxLeavers(1), klaviyo);
      assertThat(refused.report().leavers().removed()).isZero();
      assertThat(counts()).isEqualTo(Map.of(Kind.ACCEPTED, 2, Kind.KEPT, 2));
    }
  }

  @Test
  void the_file_of_a_resumed_run_continues_that_of_the_one_cut_off() throws IOException {
    MemoryJournal journal = MemoryJournal.create();
    Path path = directory.resolve("outcomes.csv");
    GeneratedProfiles profiles =
        GeneratedProfiles.of(90).withBadEmails(9).withBadPhones(9).withDuplicates(9);
    try (FakeKlaviyo klaviyo = klaviyo(account -> account.jobDuration(Duration.ofMinutes(1)))) {
      ProfileSource broken = InMemorySegments.of("vip-eu", profiles).failingAfter("vip-eu", 50);
      try (OutcomeFile file = OutcomeFile.csv(path)) {
        stopped(
            exporter(klaviyo, broken, profiles.mapping())
                .batchSize(10)
                .deadline(Duration.ofSeconds(30))
                .journal(journal)
                .listener(file),
            klaviyo);
      }
      assertThat(OutcomeFile.unresolved(path)).isNotEmpty();
      ExportReport report;
      try (OutcomeFile file = OutcomeFile.continuing(path);
          SegmentExporter exporter =
              exporter(klaviyo, InMemorySegments.of("vip-eu", profiles), profiles.mapping())
                  .batchSize(10)
                  .journal(journal)
                  .listener(file)
                  .build()) {
        Optional<String> unfinished = exporter.unfinishedRun(SEGMENT, klaviyo.listId());
        report = exporter.resume(unfinished.orElseThrow());
      }

      Map<String, Kind> last = new HashMap<>();
      OutcomeFile.read(path, outcome -> last.put(outcome.id(), outcome.kind()));
      assertThat(report).hasRead(90).isConfirmed();
      assertThat(last).hasSize(90);
      assertThat(last.values().stream().filter(kind -> kind == Kind.ACCEPTED).count())
          .isEqualTo(report.profiles().accepted());
      assertThat(OutcomeFile.unresolved(path)).isEmpty();
    }
  }

  @Test
  void the_file_of_rejections_of_a_resumed_run_has_those_of_both() throws IOException {
    MemoryJournal journal = MemoryJournal.create();
    Path path = directory.resolve("rejections.csv");
    CustomerProfile[] customers = customers(90);
    for (int i = 0; i < 90; i += 3) {
      customers[i] = customer("bad-" + i, "none", null, null);
    }
    InMemorySegments whole = InMemorySegments.of("vip-eu", customers);
    ExportReport report;
    try (FakeKlaviyo klaviyo = klaviyo(account -> account)) {
      try (RejectionFile file = RejectionFile.csv(path)) {
        ProfileSource broken = InMemorySegments.of("vip-eu", customers).failingAfter("vip-eu", 50);
        stopped(
            exporter(klaviyo, broken, MAPPING).batchSize(10).journal(journal).listener(file),
            klaviyo);
      }
      try (RejectionFile file = RejectionFile.continuing(path);
          SegmentExporter exporter =
              exporter(klaviyo, whole, MAPPING)
                  .batchSize(10)
                  .journal(journal)
                  .listener(file)
                  .build()) {
        report = exporter.prepare(SEGMENT, klaviyo.listId()).continueUnfinished().run();
      }
    }

    Set<String> rejected = new HashSet<>(Files.readAllLines(path));
    assertThat(rejected).contains("bad-0,PROFILE,email,EMAIL_MALFORMED,,");
    assertThat(rejected.size() - 1).isEqualTo((int) report.profiles().rejected()).isEqualTo(30);
  }

  @Test
  void of_lists_that_share_a_file_nobody_is_left_out_who_is_unresolved_for_one()
      throws IOException {
    Path path = directory.resolve("outcomes.jsonl");
    ListId first = ListId.of("AAAAAA");
    ListId second = ListId.of("BBBBBB");
    try (FakeKlaviyo klaviyo =
            klaviyo(account -> account.list("AAAAAA", "First").list("BBBBBB", "Second"));
        OutcomeFile file = OutcomeFile.jsonLines(path);
        SegmentExporter exporter = exporter(klaviyo, customers(3)).listener(file).build()) {
      klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.jobCancelled());

      exporter.exportToEach(SEGMENT, List.of(first, second));
      assertThat(klaviyo.list("AAAAAA")).hasSize(0);
      assertThat(klaviyo.list("BBBBBB")).hasSize(3);
    }

    assertThat(OutcomeFile.unresolved(path)).containsExactly("c-1", "c-2", "c-3");
    assertThat(outcomes)
        .filteredOn(outcome -> outcome.list().equals(second))
        .hasSize(3)
        .allMatch(outcome -> outcome.kind() == Kind.ACCEPTED);
  }

  @Test
  void nobody_who_hears_no_outcomes_makes_an_export_remember_for_them() {
    List<String> heard = new ArrayList<>();
    ExportListener other =
        new ExportListener() {
          @Override
          public void progressed(ExportProgress progress) {
            heard.add("progress");
          }

          @Override
          public void outcomesTold() {
            heard.add("told");
          }
        };
    try (FakeKlaviyo klaviyo = klaviyo(account -> account)) {
      SegmentExporter.Builder builder =
          SegmentExporter.builder()
              .source(segment -> ProfileReader.of(List.of(customers(3))))
              .klaviyo(klaviyo.connection())
              .mapping(MAPPING)
              .listener(other)
              .time(time);
      export(builder, klaviyo);

      assertThat(heard).contains("progress").doesNotContain("told");
    }
  }

  @Test
  void a_listener_that_throws_costs_no_profile_and_no_other_listener_anything() {
    Consumer<Outcome> throwing =
        outcome -> {
          throw new IllegalStateException("canary");
        };
    try (FakeKlaviyo klaviyo = klaviyo(account -> account)) {
      ExportReport report =
          export(
              exporter(klaviyo, customers(3))
                  .listener(
                      new ExportListener() {
                        @Override
                        public void outcome(Outcome outcome) {
                          throwing.accept(outcome);
                        }
                      }),
              klaviyo);

      assertThat(report).isConfirmed().hasAccepted(3);
      assertThatAll(3);
    }
  }
}
