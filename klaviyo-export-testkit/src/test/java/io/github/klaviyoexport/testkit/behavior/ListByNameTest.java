package io.github.klaviyoexport.testkit.behavior;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportRun;
import io.github.klaviyoexport.SegmentExport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.journal.MemoryJournal;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.klaviyo.ListName;
import io.github.klaviyoexport.klaviyo.ListRef;
import io.github.klaviyoexport.klaviyo.OptInProcess;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.FakeKlaviyoBuilder;
import io.github.klaviyoexport.testkit.FakeList;
import io.github.klaviyoexport.testkit.Fault;
import io.github.klaviyoexport.testkit.Fault.Moment;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A list is found by its name, and made when it is to be; never guessed, and never made twice. */
class ListByNameTest {
  private static final Segment SEGMENT = Segment.named("vip-eu");
  private static final ListName VIP = ListRef.named("VIP");
  private static final ListName NEW = ListRef.namedOrCreate("Spring");
  private static final Operation CREATE = Operation.CREATE_LIST;
  private static final Operation FIND = Operation.GET_LISTS;

  private final VirtualTime time = VirtualTime.create();
  private final List<String> warnings = new ArrayList<>();
  private final List<String> retried = new ArrayList<>();
  private FakeKlaviyo klaviyo = account().start();

  @AfterEach
  void close() {
    klaviyo.close();
  }

  private FakeKlaviyoBuilder account() {
    return FakeKlaviyo.builder().time(time).jobDuration(Duration.ofSeconds(20)).keepBodies(true);
  }

  private void account(Map<String, String> lists) {
    klaviyo.close();
    FakeKlaviyoBuilder account = account();
    lists.forEach(account::list);
    klaviyo = account.start();
  }

  private SegmentExporter.Builder builder() {
    return SegmentExporter.builder()
        .source(
            InMemorySegments.of(
                SEGMENT.name(),
                CustomerProfile.of("c-17", Map.of("EMailAddress", "ada@shop.example"))))
        .klaviyo(klaviyo.connection())
        .mapping(FieldMapping.email("EMailAddress"))
        .time(time)
        .listener(
            new ExportListener() {
              @Override
              public void warned(String what) {
                warnings.add(what);
              }

              @Override
              public void retried(String what, Duration wait) {
                retried.add(what);
              }
            });
  }

  private ExportReport export(ListRef list) {
    try (SegmentExporter exporter = builder().build()) {
      return exporter.export(SEGMENT, list);
    }
  }

  private ExportException stopped(ListRef list) {
    try (SegmentExporter exporter = builder().build()) {
      return stopped(exporter.prepare(SEGMENT, list));
    }
  }

  private static ExportException stopped(SegmentExport export) {
    ExportException stopped = catchThrowableOfType(ExportException.class, export::run);
    assertThat(stopped).as("what stopped the export").isNotNull();
    return stopped;
  }

  private List<FakeList> listsNamed(String name) {
    return klaviyo.lists().stream().filter(list -> list.name().equals(name)).toList();
  }

  @Test
  void a_list_is_found_by_its_name() {
    ExportReport report = export(VIP);

    assertThat(report.list()).isEqualTo(klaviyo.listId());
    assertThat(report.isClean()).isTrue();
    assertThat(klaviyo.list().emails()).containsExactly("ada@shop.example");
    assertThat(klaviyo.requests(FIND)).hasSize(1);
    assertThat(warnings).isEmpty();
  }

  static Stream<String> names() {
    return Stream.of(
        "Ada's \"best\" customers",
        "a\\b",
        "c:\\new\\\"list\"",
        "one, two, and three (all)",
        "equals(name,\"VIP\")",
        "Käyttäjät – Île-de-France",
        "東京の顧客",
        "100 % sure & more + 1 ? # /",
        "😀 fans");
  }

  @ParameterizedTest
  @MethodSource("names")
  void any_name_is_found_and_made_as_it_stands(String name) {
    ExportReport made = export(ListRef.namedOrCreate(name));
    ExportReport again = export(ListRef.named(name));

    assertThat(listsNamed(name)).hasSize(1);
    assertThat(again.list()).isEqualTo(made.list());
  }

  @Test
  void one_list_is_told_from_those_whose_names_look_like_it() {
    account(Map.of("AAAAA1", "vip", "AAAAA2", "VIP ", "AAAAA3", "VIP", "AAAAA4", "V\u200BIP"));

    assertThat(export(VIP).list()).isEqualTo(ListId.of("AAAAA3"));
  }

  @Test
  void an_accented_letter_is_the_same_in_one_character_or_in_two() {
    account(Map.of("AAAAA1", "Cafe\u0301"));

    assertThat(export(ListRef.namedOrCreate("Caf\u00E9")).list()).isEqualTo(ListId.of("AAAAA1"));
    assertThat(klaviyo.requests(CREATE)).isEmpty();
  }

  @Test
  void a_list_that_is_not_there_stops_the_export_before_the_segment_is_opened() {
    account(Map.of("AAAAA1", "Vip", "AAAAA2", "Newsletter"));

    ExportException stopped = stopped(VIP);

    assertThat(stopped.reason()).isEqualTo(Reason.LIST_NOT_FOUND);
    assertThat(stopped)
        .hasMessageContaining("to list 'VIP'")
        .hasMessageContaining("none of the 2 lists")
        .hasMessageContaining("'VIP' (did you mean 'Vip'?)")
        .hasMessageContaining("namedOrCreate");
    assertThat(stopped.report().list()).isNull();
    assertThat(stopped.report().traffic().calls()).isEqualTo(2);
    assertThat(stopped.report().toJson()).contains("\"list\" : \"\"");
    assertThat(stopped.report().toString()).contains("to a list not found");
    assertThat(klaviyo.requests(Operation.BULK_IMPORT_PROFILES)).isEmpty();
  }

  @Test
  void several_lists_of_a_name_on_any_page_are_not_guessed_between() {
    FakeKlaviyoBuilder account = account();
    for (int i = 10; i < 40; i++) {
      account.list("AAAA" + i, "VIP");
    }
    klaviyo.close();
    klaviyo = account.start();

    ExportException stopped = stopped(ListRef.namedOrCreate("VIP"));

    assertThat(stopped.reason()).isEqualTo(Reason.LIST_AMBIGUOUS);
    assertThat(stopped)
        .hasMessageContaining("30 lists called 'VIP' (AAAA10, AAAA11")
        .hasMessageContaining("ListRef.id(\"AAAA10\")");
    assertThat(klaviyo.requests(CREATE)).isEmpty();
  }

  @Test
  void a_list_that_the_filter_does_not_show_is_found_among_all_of_them() {
    String nothing = "{\"data\":[],\"links\":{\"next\":null}}";
    klaviyo.script(FIND, Fault.answered(200, JSON_API, nothing));

    assertThat(export(ListRef.namedOrCreate("VIP")).list()).isEqualTo(klaviyo.listId());
    assertThat(klaviyo.requests(CREATE)).isEmpty();
  }

  private static final Map<String, String> JSON_API =
      Map.of("Content-Type", "application/vnd.api+json");

  @Test
  void a_filter_that_klaviyo_refuses_is_done_without() {
    String refusal =
        "{\"errors\":[{\"id\":\"1\",\"status\":400,\"code\":\"invalid\",\"title\":\"Invalid\","
            + "\"detail\":\"no\",\"source\":{\"parameter\":\"filter\"}}]}";
    klaviyo.script(FIND, Fault.answered(400, JSON_API, refusal));

    assertThat(export(VIP).list()).isEqualTo(klaviyo.listId());
  }

  @Test
  void a_list_is_made_once_and_its_opt_in_process_is_told() {
    ExportReport report = export(NEW);
    ExportReport next = export(NEW);

    FakeList made = listsNamed("Spring").get(0);
    assertThat(listsNamed("Spring")).hasSize(1);
    assertThat(report.list()).isEqualTo(ListId.of(made.id()));
    assertThat(report.notices().newList()).isEqualTo(OptInProcess.SINGLE);
    assertThat(report.toJson()).contains("\"new_list\" : \"SINGLE\"");
    assertThat(report.toString()).contains("the list was made by this export, with single opt-in");
    assertThat(next.list()).isEqualTo(report.list());
    assertThat(next.notices().newList()).isNull();
    assertThat(warnings)
        .containsExactly(
            "List 'Spring' was not there and has been made, as "
                + made.id()
                + ", with single opt-in.");
  }

  @Test
  void a_list_is_made_with_the_opt_in_process_that_was_asked_for() {
    ExportReport report = export(ListRef.namedOrCreate("Spring", OptInProcess.DOUBLE));

    assertThat(report.notices().newList()).isEqualTo(OptInProcess.DOUBLE);
    assertThat(klaviyo.requests(CREATE))
        .singleElement()
        .extracting(request -> request.body())
        .asString()
        .contains("\"opt_in_process\":\"double_opt_in\"");
  }

  @Test
  void a_list_that_is_there_keeps_its_opt_in_process_and_that_is_told() {
    export(ListRef.namedOrCreate("VIP", OptInProcess.DOUBLE));

    assertThat(klaviyo.requests(CREATE)).isEmpty();
    assertThat(warnings)
        .containsExactly(
            "List 'VIP' (Y6nRLr) was there already, with single opt-in, which stays: to have double"
                + " opt-in, change it in Klaviyo.");
  }

  static Stream<Fault> lostAnswers() {
    return Stream.of(
        Fault.dropped(Moment.AFTER_PROCESSING),
        Fault.serverError(500, Moment.AFTER_PROCESSING),
        Fault.garbled(),
        Fault.emptied());
  }

  @ParameterizedTest
  @MethodSource("lostAnswers")
  void an_answer_that_is_lost_makes_no_second_list(Fault lost) {
    klaviyo.script(CREATE, lost);

    ExportReport report = export(NEW);

    assertThat(listsNamed("Spring")).hasSize(1);
    assertThat(klaviyo.requests(CREATE)).hasSize(1);
    assertThat(report.notices().newList()).isEqualTo(OptInProcess.SINGLE);
    assertThat(retried).contains("Klaviyo did not say whether it has made list 'Spring'");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 9})
  void an_attempt_that_made_nothing_is_repeated(int failures) {
    klaviyo.script(CREATE, failures, Fault.serverError(503));

    assertThat(export(NEW).list()).isEqualTo(ListId.of(listsNamed("Spring").get(0).id()));
    assertThat(listsNamed("Spring")).hasSize(1);
    assertThat(klaviyo.requests(CREATE)).hasSize(failures + 1);
  }

  @Test
  void it_is_not_repeated_for_ever() {
    klaviyo.script(CREATE, 20, Fault.serverError(503));

    assertThat(stopped(NEW).reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(klaviyo.requests(CREATE)).hasSize(10);
  }

  @Test
  void two_lists_that_were_made_at_one_moment_stop_the_export_and_are_told() {
    klaviyo.close();
    klaviyo = account().list("AAAAA1", "Newsletter").list("AAAAA2", "Spring").start();
    String nothing = "{\"data\":[],\"links\":{\"next\":null}}";
    klaviyo.script(FIND, 2, Fault.answered(200, JSON_API, nothing));

    ExportException stopped = stopped(NEW);

    assertThat(stopped.reason()).isEqualTo(Reason.LIST_AMBIGUOUS);
    assertThat(stopped).hasMessageContaining("2 lists called 'Spring' (AAAAA2, ");
  }

  @Test
  @SuppressWarnings("try") // A seat is held, not used.
  void exports_that_run_at_once_make_one_list() {
    klaviyo.script(CREATE, Fault.serverError(500, Moment.AFTER_PROCESSING));
    List<VirtualTime.Seat> seats = Stream.generate(time::join).limit(4).toList();
    try (SegmentExporter exporter = builder().build()) {
      List<CompletableFuture<ExportReport>> exports =
          seats.stream()
              .map(
                  seat ->
                      CompletableFuture.supplyAsync(
                          () -> {
                            try (seat) {
                              return exporter.export(SEGMENT, NEW);
                            }
                          },
                          command -> new Thread(command).start()))
              .toList();

      assertThat(exports.stream().map(export -> export.join().list()).distinct()).hasSize(1);
    }
    assertThat(listsNamed("Spring")).hasSize(1);
    assertThat(klaviyo.requests(CREATE)).hasSize(1);
  }

  @Test
  void the_end_of_the_days_lists_is_told_as_such() {
    for (int i = 0; i < 150; i++) {
      time.advance(Duration.ofSeconds(1));
      export(ListRef.namedOrCreate("List " + i));
    }

    ExportException stopped = stopped(NEW);

    assertThat(stopped.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(stopped)
        .hasMessageContaining("150 lists a day")
        .hasMessageContaining("Run the export again when the day is over");
  }

  @Test
  void a_key_that_may_not_make_lists_is_told_which_scope_it_lacks() {
    klaviyo.close();
    klaviyo = account().scopes("lists:read", "profiles:read", "profiles:write").start();

    ExportException stopped = stopped(NEW);

    assertThat(stopped.reason()).isEqualTo(Reason.FORBIDDEN);
    assertThat(stopped)
        .hasMessageContaining("'create list' (403)")
        .hasMessageContaining("lists:write");
  }

  @Test
  void the_search_is_within_the_deadline() {
    klaviyo.script(FIND, 99, Fault.serverError(503));
    try (SegmentExporter exporter = builder().deadline(Duration.ofMinutes(2)).build()) {
      ExportException stopped = stopped(exporter.prepare(SEGMENT, VIP));

      assertThat(stopped.reason()).isEqualTo(Reason.DEADLINE);
      assertThat(stopped.report().took()).isEqualTo(Duration.ofMinutes(2));
    }
  }

  @Test
  void what_the_search_took_of_the_deadline_is_not_there_for_the_rest() {
    klaviyo.script(FIND, Fault.rateLimited(Duration.ofMinutes(2)));
    klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.jobEndless());
    Duration begun = time.waited();
    try (SegmentExporter exporter = builder().deadline(Duration.ofMinutes(3)).build()) {
      ExportException stopped = stopped(exporter.prepare(SEGMENT, VIP));

      assertThat(stopped.reason()).isEqualTo(Reason.DEADLINE);
      assertThat(stopped).hasMessageContaining("to list 'VIP' (Y6nRLr) stopped");
    }
    assertThat(time.waited().minus(begun)).isEqualTo(Duration.ofMinutes(3));
  }

  @Test
  void the_search_can_be_cancelled_and_its_progress_is_heard_of() {
    klaviyo.script(FIND, Fault.rateLimited(Duration.ofMinutes(10)));
    List<Duration> heard = new ArrayList<>();
    try (SegmentExporter exporter = builder().build()) {
      SegmentExport export =
          exporter
              .prepare(SEGMENT, VIP)
              .listener(
                  new ExportListener() {
                    @Override
                    public void progressed(io.github.klaviyoexport.ExportProgress progress) {
                      heard.add(progress.elapsed());
                    }
                  });
      ExportException stopped =
          catchThrowableOfType(
              ExportException.class,
              () ->
                  export.run((ExportRun run) -> time.schedule(Duration.ofMinutes(1), run::cancel)));

      assertThat(stopped.reason()).isEqualTo(Reason.CANCELLED);
    }
    assertThat(heard).hasSize(6);
    assertThat(time.waited()).isLessThan(Duration.ofMinutes(2));
  }

  @Test
  void an_interrupt_ends_the_search() {
    klaviyo.script(FIND, Fault.rateLimited(Duration.ofMinutes(10)));
    Thread here = Thread.currentThread();
    time.schedule(Duration.ofMinutes(1), here::interrupt);

    ExportException stopped = stopped(VIP);

    assertThat(stopped.reason()).isEqualTo(Reason.INTERRUPTED);
    assertThat(Thread.interrupted()).as("the flag is set again").isTrue();
  }

  @Test
  void what_an_export_remembers_goes_by_the_id_whatever_it_was_asked_by() {
    MemoryJournal journal = MemoryJournal.create();
    klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.jobEndless());
    try (SegmentExporter exporter =
        builder().journal(journal).deadline(Duration.ofMinutes(1)).build()) {
      String run = stopped(exporter.prepare(SEGMENT, VIP)).report().run();

      assertThat(exporter.unfinishedRun(SEGMENT, klaviyo.listId())).contains(run);
    }
    try (SegmentExporter exporter = builder().journal(journal).build()) {
      assertThat(exporter.unfinishedRun(SEGMENT, klaviyo.listId())).isPresent();
      exporter.prepare(SEGMENT, VIP).mode(SyncMode.UPSERT).maxWaitForPriorJobs(Duration.ZERO).run();
      assertThat(exporter.unfinishedRun(SEGMENT, klaviyo.listId())).isEmpty();
    }
  }

  @Test
  void a_segment_goes_to_several_lists_by_id_and_by_name() {
    account(Map.of("AAAAA1", "VIP", "AAAAA2", "News"));
    try (SegmentExporter exporter = builder().build()) {
      Map<ListRef, ExportReport> reports =
          exporter.exportToEach(
              SEGMENT, List.of(ListId.of("AAAAA2"), VIP, ListRef.named("none of these")));

      assertThat(reports.get(VIP).list()).isEqualTo(ListRef.id("AAAAA1"));
      assertThat(reports.get(ListId.of("AAAAA2")).isClean()).isTrue();
      assertThat(reports.get(ListRef.named("none of these")).stopReason())
          .isEqualTo(Reason.LIST_NOT_FOUND);
    }
  }
}
