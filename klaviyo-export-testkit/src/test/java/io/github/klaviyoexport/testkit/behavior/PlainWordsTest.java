package io.github.klaviyoexport.testkit.behavior;

import static io.github.klaviyoexport.testkit.behavior.Office.ADMINISTRATOR;
import static io.github.klaviyoexport.testkit.behavior.Office.connected;
import static io.github.klaviyoexport.testkit.behavior.Office.exportOn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.ConnectionDefinition;
import io.github.klaviyoexport.catalog.ExportDefinition;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.journal.ExportJournal;
import io.github.klaviyoexport.journal.MemoryJournal;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.testkit.Fault;
import io.github.klaviyoexport.testkit.Operation;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What administrators read is in their language: no method, class, constant or cause to look up.
 */
@Timeout(60)
class PlainWordsTest {
  private static final List<Pattern> CODE =
      List.of(
          Pattern.compile("\\w\\("),
          Pattern.compile("\\(\\)"),
          Pattern.compile("\\b[a-z]+[A-Z]\\w*"),
          Pattern.compile("\\b(?:[a-z]+\\.){2,}[A-Z]\\w*"),
          Pattern.compile("\\w(?:Exception|Error)\\b"),
          Pattern.compile("\\b[A-Z]+_[A-Z_]+\\b"),
          Pattern.compile("\\bPT?[0-9]"),
          Pattern.compile("\\bcause\\b"),
          Pattern.compile("\\bnull\\b"));

  private static void assertPlain(String text) {
    for (Pattern code : CODE) {
      assertThat(text).doesNotContainPattern(code);
    }
  }

  /**
   * A run that does not end well.
   *
   * @param told what its message says, among other things
   */
  private record Trouble(
      String words, UnaryOperator<ExportDefinition> definition, Setting setting, String told) {
    private interface Setting {
      void of(Office office, Catalog.Builder catalog) throws Exception;
    }

    @Override
    public String toString() {
      return words;
    }
  }

  private static List<CustomerProfile> customers(Object email, Object other) {
    return IntStream.range(0, 20)
        .mapToObj(
            i -> {
              Map<String, Object> fields = new HashMap<>();
              fields.put(
                  "email", email instanceof String text ? text.replace("#", "a" + i) : email);
              fields.put("name", other);
              return CustomerProfile.of("c-" + i, fields);
            })
        .toList();
  }

  private static ProfileSource failing(Office office, Throwable failure, boolean[] saved) {
    return segment -> {
      ProfileReader reader = office.segments.open(segment);
      return new ProfileReader() {
        @Override
        public @Nullable CustomerProfile next() throws IOException {
          return saved[0] ? thrown(failure) : reader.next();
        }

        @Override
        public void close() throws IOException {
          reader.close();
        }
      };
    };
  }

  @SuppressWarnings("unchecked")
  private static <T> T thrown(Throwable failure) {
    if (failure instanceof RuntimeException known) {
      throw known;
    }
    throw (Error) failure;
  }

  private static Fault refused(int status) {
    return Fault.answered(
        status,
        Map.of("Content-Type", "application/vnd.api+json"),
        "{\"errors\":[{\"id\":\"e-1\",\"status\":"
            + status
            + ",\"code\":\"odd_request\","
            + "\"title\":\"Odd.\",\"detail\":\"\"}]}");
  }

  static Stream<Arguments> troubles() {
    UnaryOperator<ExportDefinition> asItIs = definition -> definition;
    return Stream.of(
            new Trouble(
                "too many leavers",
                export -> export.mode(SyncMode.MIRROR).segments("vip-eu"),
                (office, catalog) ->
                    office
                        .klaviyo
                        .list("Y6nRLr")
                        .add("x@shop.example", "ada@shop.example", "bo@shop.example"),
                "share of leavers of"),
            new Trouble(
                "too many profiles",
                export -> export.limit(1),
                (office, catalog) -> {},
                "raise the limit of the export"),
            new Trouble(
                "too many rejected",
                asItIs,
                (office, catalog) -> office.segments.segment("vip-eu", customers("", "x")),
                "Check the mapping and the source; if so many are to be set aside, allow the export"
                    + " a share of rejected profiles of 0.91 or more."),
            new Trouble(
                "too many values left out",
                asItIs,
                (office, catalog) ->
                    office.segments.segment(
                        "vip-eu", customers("#@shop.example", new PlainWordsTest())),
                "take it out of the mapping."),
            new Trouble(
                "a profile that is refused",
                asItIs,
                (office, catalog) -> office.klaviyo.failProfiles("ada@shop.example"),
                "rejected"),
            new Trouble(
                "an email field that is not there",
                asItIs,
                (office, catalog) -> {
                  for (String segment : List.of("vip-eu", "vip-us")) {
                    office.segments.segment(
                        segment, List.of(CustomerProfile.of("c-1", Map.of("mail", "x"))));
                  }
                },
                "Correct the mapping or the source"),
            new Trouble(
                "a mirror of nothing",
                export -> export.mode(SyncMode.MIRROR),
                (office, catalog) -> {
                  office.segments.segment("vip-eu", List.of());
                  office.segments.segment("vip-us", List.of());
                },
                "the segment is empty"),
            new Trouble(
                "a call that Klaviyo refuses",
                asItIs,
                (office, catalog) -> office.klaviyo.script(Operation.GET_LIST, refused(418)),
                "(418, odd_request; error id e-1)"),
            new Trouble(
                "a list that is gone",
                asItIs,
                (office, catalog) -> office.klaviyo.script(Operation.GET_LIST, refused(404)),
                "Klaviyo has no list Y6nRLr"),
            new Trouble(
                "a scope that is missing",
                asItIs,
                (office, catalog) ->
                    office.klaviyo.script(Operation.BULK_IMPORT_PROFILES, refused(403)),
                "lacks a scope"),
            new Trouble(
                "a Klaviyo that does not answer",
                asItIs,
                (office, catalog) -> {
                  for (int i = 0; i < 12; i++) {
                    office.klaviyo.script(Operation.GET_LIST, Fault.serverError(503));
                  }
                },
                "Klaviyo answered 503 ('get list', 10 attempts in "),
            new Trouble(
                "a Klaviyo that asks to wait a day",
                asItIs,
                (office, catalog) ->
                    office.klaviyo.script(
                        Operation.GET_LIST, Fault.rateLimited(Duration.ofDays(2))),
                "Klaviyo asks to wait a day or more (429)"),
            new Trouble(
                "credentials that are gone",
                asItIs,
                (office, catalog) -> office.vault.remove("klaviyo"),
                "cannot be used"),
            new Trouble(
                "a key that is no good",
                asItIs,
                (office, catalog) -> office.vault.put("klaviyo", "pk_of_nobody"),
                "does not know the API key"))
        .map(Arguments::of);
  }

  @ParameterizedTest
  @MethodSource("troubles")
  void a_run_that_does_not_end_well_says_so_in_plain_words(Trouble trouble) throws Exception {
    try (Office office = new Office()) {
      Catalog.Builder builder = office.catalog();
      try (Catalog catalog = builder.build()) {
        String export =
            catalog
                .save(ADMINISTRATOR, trouble.definition.apply(exportOn(connected(catalog))))
                .id();
        trouble.setting.of(office, builder);

        RunRecord run = ran(catalog, export);

        assertThat(run.message()).contains(trouble.told);
      }
    }
  }

  private static RunRecord ran(Catalog catalog, String export) {
    catalog.run(ADMINISTRATOR, export);
    RunRecord run = catalog.history(ADMINISTRATOR, export).get(0);
    assertPlain(String.valueOf(run.message()));
    if (run.details() != null) {
      assertPlain(run.details());
    }
    return run;
  }

  static Stream<Throwable> failures() {
    return Stream.of(
        new IllegalStateException("broken"),
        new java.io.UncheckedIOException(new IOException("broken")),
        new AssertionError("broken"),
        new StackOverflowError());
  }

  @ParameterizedTest
  @MethodSource("failures")
  void a_source_that_throws_is_told_without_the_name_of_a_class(Throwable failure) {
    boolean[] saved = {false};
    try (Office office = new Office()) {
      try (Catalog catalog = office.catalog().source(failing(office, failure, saved)).build()) {
        String export = catalog.save(ADMINISTRATOR, exportOn(connected(catalog))).id();
        saved[0] = true;

        assertThat(ran(catalog, export).message()).doesNotContain("broken");
      }
    }
  }

  @Test
  void a_journal_that_fails_is_told_so() {
    MemoryJournal kept = MemoryJournal.create();
    ExportJournal journal =
        key -> {
          if (kept != null) {
            throw new IOException("the disk is full");
          }
          return kept.open(key);
        };
    try (Office office = new Office();
        Catalog catalog = office.catalog().journal(journal).build()) {
      String export = catalog.save(ADMINISTRATOR, exportOn(connected(catalog))).id();

      assertThat(ran(catalog, export).message()).contains("the disk is full");
    }
  }

  @Test
  void what_is_refused_on_a_page_is_said_in_plain_words() {
    try (Office office = new Office();
        Catalog catalog = office.catalog().build()) {
      String connection = connected(catalog).id();
      ExportDefinition good = exportOn(catalog.connection(ADMINISTRATOR, connection));
      String export = catalog.save(ADMINISTRATOR, good).id();
      catalog.add(ADMINISTRATOR, ConnectionDefinition.apiKey("Elsewhere", "safe:klaviyo"));
      String odd =
          catalog.add(ADMINISTRATOR, ConnectionDefinition.apiKey("Other", "safe:klaviyo")).id();
      catalog.accept(ADMINISTRATOR, odd);
      List<ThrowingCallable> ways =
          List.of(
              () -> catalog.connect(ADMINISTRATOR, odd),
              () -> catalog.save(ADMINISTRATOR, good.name("A").segments("vip-moon")),
              () -> catalog.save(ADMINISTRATOR, good.name("A").mapping(FieldMapping.email("x"))),
              () -> catalog.save(ADMINISTRATOR, ExportDefinition.named("A").connection(odd)),
              () -> catalog.save(ADMINISTRATOR, good.detached()),
              () -> catalog.save(ADMINISTRATOR, good),
              () -> catalog.removeConnection(ADMINISTRATOR, connection),
              () -> {
                for (int i = 0; i < 12; i++) {
                  office.klaviyo.script(Operation.GET_LISTS, Fault.serverError(503));
                }
                catalog.edit(
                    ADMINISTRATOR, catalog.export(ADMINISTRATOR, export), good.listNamed("VIP"));
              });

      for (ThrowingCallable way : ways) {
        CatalogException refusal = refusal(way);
        assertPlain(refusal.getMessage().replaceAll("'[^']*' \\([^)]*\\)", "it"));
      }
    }
  }

  private static CatalogException refusal(ThrowingCallable way) {
    try {
      way.call();
    } catch (CatalogException refusal) {
      return refusal;
    } catch (Throwable other) {
      throw new AssertionError(other);
    }
    throw new AssertionError("It was not refused.");
  }

  @Test
  void a_segment_that_is_called_like_a_class_is_named() {
    try (Office office = new Office();
        Catalog catalog = office.catalog().build()) {
      ExportDefinition definition =
          exportOn(connected(catalog)).segments("warehouse.marketing.Vip").mode(SyncMode.MIRROR);
      assertThatThrownBy(() -> catalog.save(ADMINISTRATOR, definition))
          .hasMessageContaining("warehouse.marketing.Vip");
      office.segments.segment("warehouse.marketing.Vip", List.of());
      String id = catalog.save(ADMINISTRATOR, definition).id();

      assertThat(catalog.await(catalog.run(ADMINISTRATOR, id).id()).message())
          .contains("warehouse.marketing.Vip");
    }
  }
}
