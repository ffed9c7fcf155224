package io.github.klaviyoexport.testkit.behavior;

import static io.github.klaviyoexport.testkit.behavior.Office.ADMINISTRATOR;
import static io.github.klaviyoexport.testkit.behavior.Office.VIEWER;
import static io.github.klaviyoexport.testkit.behavior.Office.connected;
import static io.github.klaviyoexport.testkit.behavior.Office.customer;
import static io.github.klaviyoexport.testkit.behavior.Office.exportOn;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.Leavers.Kept;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.FileCatalogStore;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.RunStatus;
import io.github.klaviyoexport.catalog.SavedExport;
import io.github.klaviyoexport.internal.report.LeaversData;
import io.github.klaviyoexport.journal.MemoryJournal;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.Customer;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.FakeKlaviyoBuilder;
import io.github.klaviyoexport.testkit.FakeProfile;
import io.github.klaviyoexport.testkit.GeneratedProfiles;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.RecordedRequest;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A list that is a mirror of its segment, by single exports and by saved ones. */
class MirroredListTest {
  private static final Segment SEGMENT = Segment.named("vip-eu");

  private static String[] strangers(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "stranger." + i + "@shop.example")
        .toArray(String[]::new);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void over_http_and_in_process_the_list_becomes_what_the_segment_is(boolean overHttp) {
    GeneratedProfiles profiles = GeneratedProfiles.of(2_000).withDuplicates(50);
    FakeKlaviyoBuilder builder = FakeKlaviyo.builder().quota(false);
    try (FakeKlaviyo klaviyo = builder.start()) {
      klaviyo.list().add(strangers(1_234));
      try (SegmentExporter exporter =
          SegmentExporter.builder()
              .source(InMemorySegments.of("vip-eu", profiles))
              .klaviyo(overHttp ? klaviyo.httpConnection() : klaviyo.connection())
              .mapping(profiles.mapping())
              .mode(SyncMode.MIRROR)
              .maxLeavers(1)
              .build()) {
        ExportReport report = exporter.export(SEGMENT, klaviyo.listId());

        assertThat(report.leavers()).isEqualTo(new LeaversData(1_234, 1_234, 1_234, 0, null));
      }
      assertThat(klaviyo.list().size()).isEqualTo(1_950);
      assertThat(klaviyo.list().emails()).noneMatch(email -> email.startsWith("stranger"));
    }
  }

  @Test
  void no_consent_is_asked_about_or_changed() {
    try (FakeKlaviyo klaviyo = mirrored(UnaryOperator.identity())) {
      assertThat(klaviyo.requests())
          .extracting(RecordedRequest::operation)
          .containsOnly(
              Operation.GET_LIST,
              Operation.GET_PROFILES_FOR_LIST,
              Operation.GET_PROFILES,
              Operation.BULK_IMPORT_PROFILES,
              Operation.GET_BULK_IMPORT_PROFILES_JOBS,
              Operation.REMOVE_PROFILES_FROM_LIST);
    }
  }

  @Test
  void alone_on_the_account_a_mirror_never_meets_a_429_and_keeps_to_every_quota() {
    try (FakeKlaviyo klaviyo = mirrored(builder -> builder.latency(Duration.ofMillis(1)))) {
      assertThat(klaviyo.requests()).noneMatch(request -> request.status() == 429);
      assertThat(klaviyo.mostRequests(Operation.REMOVE_PROFILES_FROM_LIST, Duration.ofSeconds(1)))
          .isEqualTo(10);
      assertThat(klaviyo.mostRequests(Operation.GET_PROFILES_FOR_LIST, Duration.ofSeconds(1)))
          .isEqualTo(75);
    }
  }

  /** An account with 12,000 strangers in its list, after a mirror of ten customers. */
  private static FakeKlaviyo mirrored(UnaryOperator<FakeKlaviyoBuilder> account) {
    VirtualTime time = VirtualTime.create();
    GeneratedProfiles profiles = GeneratedProfiles.of(10);
    FakeKlaviyo klaviyo = account.apply(FakeKlaviyo.builder().time(time)).start();
    klaviyo.list().add(strangers(12_000));
    try (SegmentExporter exporter =
        SegmentExporter.builder()
            .source(InMemorySegments.of("vip-eu", profiles))
            .klaviyo(klaviyo.connection())
            .mapping(profiles.mapping())
            .mode(SyncMode.MIRROR)
            .maxLeavers(1)
            .time(time)
            .build()) {
      assertThat(exporter.export(SEGMENT, klaviyo.listId()).leavers().removed()).isEqualTo(12_000);
    }
    return klaviyo;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_customer_whose_profile_shows_another_address_stays_and_two_mirrors_change_nothing(
      boolean overHttp) {
    FakeKlaviyoBuilder builder = FakeKlaviyo.builder().quota(false);
    try (FakeKlaviyo klaviyo = builder.start()) {
      klaviyo.list().add("ada@shop.example", "bo@home.example", "cy+old@shop.example");
      profile(klaviyo, "bo@home.example").addAddress("bo@shop.example");
      profile(klaviyo, "cy+old@shop.example").addAddress("cy+new%1_2@shop.example");
      try (SegmentExporter exporter =
          mirror(
              overHttp ? klaviyo.httpConnection() : klaviyo.connection(),
              known("c-1", "ada@shop.example"),
              known("c-2", "Bo@Shop.example"),
              known("c-3", "cy+new%1_2@shop.example"))) {
        for (int run = 1; run <= 2; run++) {
          ExportReport report = exporter.export(SEGMENT, klaviyo.listId());

          assertThat(report.profiles().accepted()).isEqualTo(3);
          assertThat(report.leavers()).isEqualTo(new LeaversData(3, 0, 0, 0, null));
          assertThat(klaviyo.list().emails())
              .containsExactly("ada@shop.example", "bo@home.example", "cy+old@shop.example");
        }
        assertThat(klaviyo.requests(Operation.REMOVE_PROFILES_FROM_LIST)).isEmpty();
        assertThat(klaviyo.requests(Operation.GET_PROFILES)).hasSize(2);
      }
    }
  }

  @Test
  void beside_a_customer_shown_under_another_address_leavers_leave() {
    try (FakeKlaviyo klaviyo = FakeKlaviyo.builder().quota(false).start()) {
      klaviyo.list().add("ada@shop.example", "bo@home.example", "di@shop.example");
      profile(klaviyo, "bo@home.example").addAddress("bo@shop.example");
      profile(klaviyo, "di@shop.example").addAddress("di@home.example");
      try (SegmentExporter exporter =
          mirror(
              klaviyo.connection(),
              known("c-1", "ada@shop.example"),
              known("c-2", "bo@shop.example"))) {
        ExportReport report = exporter.prepare(SEGMENT, klaviyo.listId()).maxLeavers(0.34).run();

        assertThat(report.leavers()).isEqualTo(new LeaversData(3, 1, 1, 0, null));
        assertThat(klaviyo.list().emails()).containsExactly("ada@shop.example", "bo@home.example");
      }
    }
  }

  @Test
  void one_customer_without_a_readable_address_does_not_keep_leavers_in_the_list() {
    GeneratedProfiles profiles = GeneratedProfiles.of(1_000);
    List<CustomerProfile> customers = new ArrayList<>();
    profiles.forEach(customers::add);
    customers.add(known("c-x", "no address at all"));
    try (FakeKlaviyo klaviyo = FakeKlaviyo.builder().quota(false).start()) {
      klaviyo.list().add(profiles).add("di@shop.example");
      try (SegmentExporter exporter =
          mirror(klaviyo.connection(), customers.toArray(CustomerProfile[]::new))) {
        assertThat(exporter.export(SEGMENT, klaviyo.listId()).leavers())
            .isEqualTo(new LeaversData(1_001, 1, 1, 0, 1, null));
      }
      assertThat(klaviyo.list().emails()).hasSize(1_000).doesNotContain("di@shop.example");
    }
  }

  private static CustomerProfile known(String id, String email) {
    return Customer.of(id).email(email).profile();
  }

  private static FakeProfile profile(FakeKlaviyo klaviyo, String email) {
    return klaviyo.profile(email).orElseThrow();
  }

  private static SegmentExporter mirror(KlaviyoConnection klaviyo, CustomerProfile... customers) {
    return SegmentExporter.builder()
        .source(InMemorySegments.of("vip-eu", customers))
        .klaviyo(klaviyo)
        .mapping(FieldMapping.email("EMailAddress"))
        .mode(SyncMode.MIRROR)
        .build();
  }

  @Test
  void a_run_is_not_resumed_in_another_mode_and_the_difference_is_named() {
    VirtualTime time = VirtualTime.create();
    MemoryJournal journal = MemoryJournal.create();
    GeneratedProfiles profiles = GeneratedProfiles.of(10);
    try (FakeKlaviyo klaviyo = FakeKlaviyo.builder().time(time).start()) {
      klaviyo.list().add(strangers(5));
      InMemorySegments source = InMemorySegments.of("vip-eu", profiles).failingAfter("vip-eu", 5);
      try (SegmentExporter exporter =
          SegmentExporter.builder()
              .source(source)
              .klaviyo(klaviyo.connection())
              .mapping(profiles.mapping())
              .journal(journal)
              .time(time)
              .build()) {
        ExportException failed = stopped(() -> exporter.export(SEGMENT, klaviyo.listId()));
        assertThat(failed.reason()).isEqualTo(Reason.SOURCE_FAILED);

        ExportException other =
            stopped(
                () ->
                    exporter
                        .prepare(SEGMENT, klaviyo.listId())
                        .mode(SyncMode.MIRROR)
                        .continueUnfinished()
                        .run());

        assertThat(other.reason()).isEqualTo(Reason.NOT_RESUMABLE);
        assertThat(other)
            .hasMessageContaining("was set up otherwise: the mode was UPSERT and is now MIRROR");
      }
      assertThat(klaviyo.list().emails()).contains(strangers(5));
    }
  }

  private static ExportException stopped(Runnable export) {
    try {
      export.run();
    } catch (ExportException stop) {
      return stop;
    }
    throw new AssertionError("The export did not stop.");
  }

  @Test
  void several_segments_of_a_saved_export_count_together() {
    try (Office office = new Office();
        Catalog catalog = office.catalog().build()) {
      office.klaviyo.list("Y6nRLr").add("ada@shop.example", "cy@shop.example", "di@shop.example");
      SavedExport export =
          catalog.save(
              ADMINISTRATOR, exportOn(connected(catalog)).mode(SyncMode.MIRROR).maxLeavers(0.5));

      RunRecord run = catalog.run(ADMINISTRATOR, export.id());

      assertThat(run(catalog, run).status()).isEqualTo(RunStatus.SUCCESSFUL);
      assertThat(run(catalog, run).report().leavers()).isEqualTo(new LeaversData(3, 1, 1, 0, null));
      assertThat(run(catalog, run).toString()).contains("0 rejected, 1 leaver removed");
      assertThat(office.klaviyo.list("Y6nRLr").emails())
          .containsExactlyInAnyOrder("ada@shop.example", "bo@shop.example", "cy@shop.example");
    }
  }

  @Test
  void too_many_leavers_fail_a_run_for_good_until_the_administrator_allows_them() {
    try (Office office = new Office();
        Catalog catalog = office.catalog().build()) {
      office.klaviyo.list("Y6nRLr").add("ada@shop.example", "di@shop.example");
      SavedExport export =
          catalog.save(ADMINISTRATOR, exportOn(connected(catalog)).mode(SyncMode.MIRROR));

      RunRecord run = run(catalog, catalog.run(ADMINISTRATOR, export.id()));

      assertThat(run.status()).isEqualTo(RunStatus.FAILED_PERMANENTLY);
      assertThat(run.message())
          .contains("1 of the list's 2 members is not in the segment", "a share of leavers of 0.5");
      assertThat(office.klaviyo.list("Y6nRLr").emails())
          .containsExactly("ada@shop.example", "di@shop.example");

      export = catalog.edit(ADMINISTRATOR, export, export.definition().maxLeavers(0.5));
      run = run(catalog, catalog.run(ADMINISTRATOR, export.id()));

      assertThat(run.status()).isEqualTo(RunStatus.SUCCESSFUL);
      assertThat(office.klaviyo.list("Y6nRLr").emails()).doesNotContain("di@shop.example");
    }
  }

  @Test
  void a_run_that_keeps_its_leavers_says_why() {
    try (Office office = new Office();
        Catalog catalog = office.catalog().build()) {
      office.segments.segment("vip-us", List.of(customer("c-9", "not an")));
      office.klaviyo.list("Y6nRLr").add("di@shop.example");
      SavedExport export =
          catalog.save(ADMINISTRATOR, exportOn(connected(catalog)).mode(SyncMode.MIRROR));

      RunRecord run = run(catalog, catalog.run(ADMINISTRATOR, export.id()));

      assertThat(run.status()).isEqualTo(RunStatus.PARTLY_SUCCESSFUL);
      assertThat(run.message())
          .isEqualTo(
              "1 profile was rejected and 0 remain unconfirmed: the report says which and why."
                  + " Leavers are still in the list, because customers of the segment have an email"
                  + " address or phone number that cannot be read and may be any member: mend those, or"
                  + " map your own id to Klaviyo's external id.");
      assertThat(run.report().leavers().kept()).isEqualTo(Kept.UNREADABLE);
      assertThat(office.klaviyo.list("Y6nRLr").emails()).contains("di@shop.example");
    }
  }

  @Test
  void mode_and_history_survive_a_restart_and_exports_of_before_add_and_update(
      @TempDir Path directory) throws IOException {
    try (Office office = new Office(FileCatalogStore.in(directory), account -> account)) {
      office.klaviyo.list("Y6nRLr").add("ada@shop.example", "di@shop.example");
      SavedExport export;
      RunRecord run;
      try (Catalog catalog = office.catalog().build()) {
        export =
            catalog.save(
                ADMINISTRATOR, exportOn(connected(catalog)).mode(SyncMode.MIRROR).maxLeavers(0.75));
        run = run(catalog, catalog.run(ADMINISTRATOR, export.id()));
      }
      try (Catalog later = office.catalog().build()) {
        assertThat(later.export(VIEWER, export.id())).isEqualTo(export);
        assertThat(later.history(VIEWER, export.id())).containsExactly(run);
        assertThat(run.report().leavers()).isEqualTo(new LeaversData(2, 1, 1, 0, null));
      }

      forget(directory.resolve("exports").resolve(export.id() + ".json"), "mode|max_leavers");
      forget(
          directory.resolve("runs").resolve(run.id() + ".json"),
          "mode|members|leavers|removed|undecided|unreadable_customers|not_ours|leavers_kept");
      try (Catalog later = office.catalog().build()) {
        assertThat(later.export(VIEWER, export.id()).definition())
            .isEqualTo(export.definition().mode(SyncMode.UPSERT).maxLeavers(0.2));
        ExportReport report = later.history(VIEWER, export.id()).get(0).report();
        assertThat(report.mode()).isEqualTo(SyncMode.UPSERT);
        assertThat(report.leavers()).isEqualTo(LeaversData.NONE);
        assertThat(report.profiles().accepted()).isEqualTo(run.report().profiles().accepted());
      }
    }
  }

  /** Takes lines out of a document, as if it had been written before there were such. */
  private static void forget(Path file, String names) throws IOException {
    String text = Files.readString(file);
    String before = text.replaceAll("(?m)^ *\"(" + names + ")\" : [^\n]*,\n", "");
    assertThat(before).hasSizeLessThan(text.length());
    Files.writeString(file, before);
  }

  private static RunRecord run(Catalog catalog, RunRecord run) {
    return catalog.history(VIEWER, run.exportId()).stream()
        .filter(each -> each.id().equals(run.id()))
        .findFirst()
        .orElseThrow();
  }
}
