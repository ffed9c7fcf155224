package io.github.klaviyoexport.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.klaviyoexport.Sending;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.internal.catalog.store.AccountData;
import io.github.klaviyoexport.internal.catalog.store.CatalogFormats;
import io.github.klaviyoexport.internal.catalog.store.ConnectionData;
import io.github.klaviyoexport.internal.catalog.store.ConsentData;
import io.github.klaviyoexport.internal.catalog.store.RunData;
import io.github.klaviyoexport.internal.catalog.store.SavedExportData;
import io.github.klaviyoexport.internal.catalog.store.SummaryData;
import io.github.klaviyoexport.internal.catalog.store.UnreadExport;
import io.github.klaviyoexport.internal.report.ProgressData;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.Conversion;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.ProfileField;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Definitions, schedules and mappings are written as JSON and read again. */
class DefinitionJsonTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void whatever_is_defined_is_read_as_it_was_written() {
    for (long seed = 1; seed <= 300; seed++) {
      Random random = new Random(seed);
      assertReadAsWritten(
          seed, connection(random), ConnectionDefinition::toJson, ConnectionDefinition::fromJson);
      assertReadAsWritten(
          seed, export(random), ExportDefinition::toJson, ExportDefinition::fromJson);
      assertReadAsWritten(seed, mapping(random), FieldMapping::toJson, FieldMapping::fromJson);
      assertReadAsWritten(seed, schedule(random), Schedule::toJson, Schedule::fromJson);
    }
  }

  private static <T> void assertReadAsWritten(
      long seed, T value, Function<T, String> to, Function<String, T> from) {
    assertThat(from.apply(to.apply(value))).as("seed %d: %s", seed, value).isEqualTo(value);
  }

  private static ConnectionDefinition connection(Random random) {
    String name = text(random);
    ConnectionDefinition definition =
        random.nextBoolean()
            ? ConnectionDefinition.apiKey(name, "env:KEY_" + random.nextInt(9))
            : ConnectionDefinition.oauthToken(name, "file:/run/secrets/" + random.nextInt(9));
    definition = definition.sharedWithContributors(random.nextBoolean());
    return random.nextBoolean() ? definition : definition.exportUser(text(random));
  }

  private static ExportDefinition export(Random random) {
    ExportDefinition definition = ExportDefinition.named(text(random)).schedule(schedule(random));
    if (random.nextBoolean()) {
      definition = definition.connection("klaviyo-" + random.nextInt(9));
    }
    definition =
        switch (random.nextInt(3)) {
          case 0 -> definition.list(ListId.of("Y6nRLr"));
          case 1 -> definition.listNamed(text(random));
          default -> definition;
        };
    if (random.nextBoolean()) {
      definition = definition.segments("a" + text(random), "b" + text(random));
    }
    if (random.nextBoolean()) {
      definition = definition.mapping(mapping(random));
    }
    if (random.nextBoolean()) {
      definition =
          definition
              .mode(SyncMode.values()[random.nextInt(SyncMode.values().length)])
              .maxLeavers(random.nextDouble())
              .maxUnreadable(random.nextDouble())
              .maxRejected(random.nextDouble())
              .maxSizeChange(1 + random.nextDouble() * 100)
              .maxWaitForPriorJobs(Duration.ofMillis(random.nextInt(1_000_000)))
              .sending(Sending.values()[random.nextInt(Sending.values().length)])
              .limit(1 + random.nextInt(1_000_000));
    }
    return definition;
  }

  private static Schedule schedule(Random random) {
    Schedule schedule = Schedule.off();
    if (random.nextBoolean()) {
      Set<DayOfWeek> days = EnumSet.of(DayOfWeek.of(1 + random.nextInt(7)));
      days.add(DayOfWeek.of(1 + random.nextInt(7)));
      schedule =
          Schedule.weekly(
              "Europe/Helsinki",
              days,
              random
                  .ints(1 + random.nextInt(Schedule.MAX_TIMES_A_DAY), 0, 24 * 60)
                  .mapToObj(minute -> LocalTime.of(minute / 60, minute % 60))
                  .toArray(LocalTime[]::new));
    }
    return random.nextBoolean() ? schedule.andEveryRefresh() : schedule;
  }

  private static final List<Conversion> CONVERSIONS =
      List.of(
          Conversion.trim(),
          Conversion.upperCase(),
          Conversion.number(),
          Conversion.decimal(Locale.GERMANY),
          Conversion.yesNo(Set.of("sí, 'yes'"), Set.of("no")),
          Conversion.date("dd.MM.yyyy"),
          Conversion.dateTime("dd.MM.yyyy HH:mm", ZoneId.of("Asia/Kathmandu")),
          Conversion.emptyWords("N/A", "'", "\\").then(Conversion.list(";")),
          Conversion.json());

  private static final List<Object> CONSTANTS =
      List.of(
          "the \"CRM\"",
          "",
          17,
          1L << 40,
          (short) 3,
          (byte) -1,
          new BigInteger("123456789012345678901234567890"),
          new BigDecimal("0.10"),
          new BigDecimal("1E+7"),
          0.1f,
          1e300,
          -0.0,
          true,
          false);

  private static FieldMapping mapping(Random random) {
    FieldMapping mapping =
        switch (random.nextInt(3)) {
          case 0 -> FieldMapping.email(text(random));
          case 1 -> FieldMapping.identifiedBy(ProfileField.PHONE_NUMBER, text(random));
          default -> FieldMapping.identifiedBy(ProfileField.EXTERNAL_ID, text(random));
        };
    Set<ProfileField> own =
        EnumSet.complementOf(EnumSet.of(ProfileField.PROPERTY, mapping.fields().get(0).target()));
    for (ProfileField target : own) {
      switch (random.nextInt(4)) {
        case 0 -> mapping = converted(random, mapping.map(target, text(random)));
        case 1 ->
            mapping =
                Set.of(ProfileField.EMAIL, ProfileField.PHONE_NUMBER, ProfileField.EXTERNAL_ID)
                        .contains(target)
                    ? mapping
                    : mapping.constant(target, constant(random));
        default -> {}
      }
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      String property = i + text(random);
      mapping =
          switch (random.nextInt(4)) {
            case 0 -> converted(random, mapping.property(property, text(random))).orClear();
            case 1 -> mapping.constant(property, constant(random));
            case 2 ->
                converted(random, mapping.appendTo(property, text(random)))
                    .removeFrom(property, text(random));
            default -> converted(random, mapping.property(property, text(random)));
          };
    }
    if (mapping.fields().stream().anyMatch(line -> line.target() == ProfileField.PHONE_NUMBER)) {
      mapping = random.nextBoolean() ? mapping.phoneRegion("FI") : mapping;
      mapping = random.nextBoolean() ? mapping.phoneRegionFrom(text(random)) : mapping;
    }
    if (random.nextBoolean()) {
      mapping = mapping.allOthersPrefixed("crm_", "a" + text(random), "b" + text(random));
      mapping = converted(random, mapping);
      mapping = random.nextBoolean() ? mapping.orClear() : mapping;
    }
    return random.nextBoolean() ? mapping.zone(ZoneId.of("America/New_York")) : mapping;
  }

  private static FieldMapping converted(Random random, FieldMapping mapping) {
    return random.nextBoolean()
        ? mapping
        : mapping.as(CONVERSIONS.get(random.nextInt(CONVERSIONS.size())));
  }

  private static Object constant(Random random) {
    return CONSTANTS.get(random.nextInt(CONSTANTS.size()));
  }

  private static String text(Random random) {
    String letters = "aZ9 .'\"\\{}[]:,öß漢\uD83D\uDE00";
    StringBuilder text = new StringBuilder("x");
    for (int i = random.nextInt(12); i > 0; i--) {
      text.appendCodePoint(letters.codePointAt(random.nextInt(letters.length() - 1)));
    }
    return text.append('x').toString().replaceAll("[\uD800-\uDFFF]", "_");
  }

  @Test
  void what_is_left_out_is_as_by_default() {
    assertThat(ExportDefinition.fromJson("{\"name\": \"VIPs\"}"))
        .isEqualTo(ExportDefinition.named("VIPs"));
    assertThat(
            ConnectionDefinition.fromJson(
                """
                {"name": "Klaviyo", "kind": "API_KEY", "credentials": "env:KLAVIYO_API_KEY"}"""))
        .isEqualTo(ConnectionDefinition.apiKey("Klaviyo", "env:KLAVIYO_API_KEY"));
    assertThat(
            FieldMapping.fromJson(
                """
                {"fields": [{"source": "E", "target": "EMAIL"}], "others": {}}"""))
        .isEqualTo(FieldMapping.email("E").allOthers());
    assertThat(Schedule.fromJson("{}")).isEqualTo(Schedule.off());
    assertThat(Schedule.fromJson("{\"zone\": \"UTC\", \"times\": [\"06:00\"]}"))
        .isEqualTo(Schedule.daily("UTC", LocalTime.of(6, 0)));
  }

  /** In the quotation marks of JSON an apostrophe, to be read in a table. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'name': 7}| its 'name' is missing or of another type",
        "{'name': 'a\tb'}| it is not JSON, names a field twice or goes on after its end from line 1 on",
        "{'name': 'x', 'name': 'y'}| it is not JSON, names a field twice or goes on after its end from line 1 on",
        "[]| it is no JSON object",
        "{'name': ' '}| its 'name' has a value that it cannot have",
        "{'name': 'x', 'colour': 'red'}| it has a 'colour', which this version does not know",
        "{'name': 'x', 'format': 2}| a newer version of the library wrote it",
        "{'name': 'x', 'limit': -3}| its 'limit' has a value that it cannot have",
        "{'name': 'x', 'mode': 'REPLACE'}| its 'mode' is REPLACE, which this version does not know",
        "{'name': 'x', 'segments': ['a', 1]}| its 'segments[1]' is missing or of another type",
        "{'name': 'x', 'segments': ['a', 'a']}| its 'segments' has a value that it cannot have",
        "{'name': 'x', 'schedule': {'zone': 'Europe/Atlantis'}}| its 'schedule.zone' is Europe/Atlantis, a time zone that this Java does not know",
        "{'name': 'x', 'schedule': {'zone': 'UTC', 'times': []}}| what it says in 'schedule' does not go together: it takes a day, and one to 4 times that are exact to the minute",
        "{'name': 'x', 'list_asked_by_id': 'Y6nRLr', 'list_asked_by_name': 'VIP'}| what it says does not go together: a list is asked for by its id or by its name",
        "{'name': 'x', 'mapping': {'fields': []}}| its mapping is empty",
        "{'name': 'x', 'mapping': {'fields': [{'source': 'E', 'target': 'EMAIL'}, {'source': 'P'}]}}| its 'mapping.fields[1].target' is missing or of another type",
        "{'name': 'x', 'mapping': {'fields': [{'source': 'E', 'target': 'EMAIL'}, {'source': 'F', 'target': 'EMAIL'}]}}| what it says in 'mapping.fields[1]' does not go together: a line fills what no other line fills, and says only what can be said of its target",
        "{'name': 'x', 'mapping': {'fields': [{'source': 'E', 'target': 'EMAIL', 'as': 'rot13()'}]}}| its 'mapping.fields[0].as' is nothing that this version knows",
        "{'name': 'x', 'mapping': {'fields': [{'source': 'E', 'target': 'EMAIL', 'phone_region': 'FI'}]}}| it has a 'mapping.fields[0].phone_region', which this version does not know",
      })
  void what_cannot_be_read_is_named_by_its_place(String json, String why) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ExportDefinition.fromJson(json.replace('\'', '"')))
        .withMessage(
            "The JSON of an export definition cannot be read: "
                + why
                + ". Write it as toJson() does.")
        .withNoCause();
  }

  @Test
  void a_key_in_place_of_its_reference_is_not_quoted() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                ConnectionDefinition.fromJson(
                    "{\"name\": \"x\", \"kind\": \"API_KEY\", \"credentials\": \"pk_secret\"}"))
        .withMessageContaining("its 'credentials' has a value that it cannot have")
        .withMessageNotContaining("pk_secret");
    assertThatNullPointerException().isThrownBy(() -> ConnectionDefinition.fromJson(null));
  }

  @Test
  void code_in_a_mapping_cannot_be_written_and_is_named_with_advice() {
    FieldMapping mapping = FieldMapping.email("E").computed("Initials", customer -> "AL");
    ExportDefinition export = ExportDefinition.named("VIPs").mapping(mapping);

    String told =
        "The mapping cannot be written as JSON: properties.Initials is computed by a function, which"
            + " cannot be saved: have the source compute it, and map its field.";
    assertThatIllegalStateException().isThrownBy(mapping::toJson).withMessage(told);
    assertThatIllegalStateException().isThrownBy(export::toJson).withMessage(told);
    assertThatIllegalStateException()
        .isThrownBy(FieldMapping.email("E").as(Conversion.of(value -> value))::toJson)
        .withMessageContaining("the conversion of email holds a function");
  }

  @Test
  void the_store_keeps_an_export_in_the_same_form() throws Exception {
    ExportDefinition definition =
        ExportDefinition.named("VIPs")
            .listNamed("VIP")
            .segments("vip-eu")
            .mapping(FieldMapping.email("E").city("C"))
            .maxRejected(0.5)
            .schedule(Schedule.daily("UTC", LocalTime.NOON));
    SavedExportData saved =
        new SavedExportData(
            "vips-1",
            definition,
            ListId.of("Y6nRLr"),
            "VIP",
            Instant.EPOCH,
            "kim",
            Instant.EPOCH,
            0);

    JsonNode kept = JSON.readTree(CatalogFormats.EXPORTS.next(saved).json());

    JSON.readTree(definition.toJson())
        .properties()
        .forEach(field -> assertThat(kept.get(field.getKey())).isEqualTo(field.getValue()));
  }

  @Test
  void what_the_catalog_shows_is_read_as_the_definition_in_it() {
    ExportDefinition definition =
        ExportDefinition.named("VIPs")
            .connection("klaviyo-1")
            .listNamed("VIP")
            .segments("vip-eu")
            .mapping(FieldMapping.email("E"))
            .maxRejected(0.5);
    SavedExportData saved =
        new SavedExportData(
                "vips-1",
                definition,
                ListId.of("Y6nRLr"),
                "VIP",
                Instant.EPOCH,
                "kim",
                Instant.EPOCH,
                "klaviyo-0",
                List.of("former"),
                null,
                null,
                3)
            .warning("another export mirrors the list");
    assertThat(ExportDefinition.fromJson(saved.toJson())).isEqualTo(definition);

    ConnectionDefinition shared =
        ConnectionDefinition.apiKey("Klaviyo", "env:KEY").sharedWithContributors(true);
    Connection connection =
        new ConnectionData(
            "klaviyo-1",
            shared,
            new ConsentData("kim", Instant.EPOCH, Connection.PRIVACY_NOTICE),
            Instant.EPOCH,
            new AccountData("Ab12Cd", "Shop", "Europe/Helsinki", true),
            false,
            "kim",
            Instant.EPOCH,
            2);
    assertThat(ConnectionDefinition.fromJson(connection.toJson())).isEqualTo(shared);
  }

  @Test
  void what_may_not_be_all_of_an_export_is_not_read_as_its_definition() {
    String part =
        new UnreadExport(
                "x",
                ExportDefinition.named("VIPs").segments("vip-eu"),
                ListId.of("Y6nRLr"),
                "VIP",
                null,
                null,
                null,
                List.of(),
                4,
                "its mode is newer")
            .toJson();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> ExportDefinition.fromJson(part))
        .withMessage(
            "The JSON of an export definition cannot be read: it has a 'not_runnable_here', so what"
                + " could not be read where it was written may be missing. Write it as toJson()"
                + " does.");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ExportDefinition.fromJson("{\"name\": \"x\", \"list\": \"Y6nRLr\"}"))
        .withMessageContaining("it has a 'list', which this version does not know");
  }

  @Test
  void what_the_catalog_shows_is_json_for_machines_and_leaves_out_what_is_empty() throws Exception {
    ExportDefinition definition = ExportDefinition.named("VIPs").segments("vip-eu");
    SavedExport saved =
        new SavedExportData(
                "vips-1",
                definition,
                ListId.of("Y6nRLr"),
                "VIP",
                Instant.EPOCH,
                "kim",
                Instant.EPOCH,
                3)
            .warning("another export mirrors the list");
    RunRecord run =
        RunData.queued("vips-1.r1", saved, RunRecord.Trigger.ALL, "kim", Instant.EPOCH)
            .running(Instant.EPOCH, 1)
            .progress(new ProgressData(OptionalLong.of(9), 7, 6, 5, 1, 0, Duration.ofSeconds(2)));
    Connection connection =
        ConnectionData.added(
            "klaviyo-1",
            ConnectionDefinition.apiKey("Klaviyo", "env:KEY"),
            Actor.administrator("kim"),
            Instant.EPOCH);

    assertThat(JSON.readTree(saved.toJson()))
        .isEqualTo(
            JSON.readTree(
                """
                {"id": "vips-1", "name": "VIPs", "segments": ["vip-eu"], "mode": "UPSERT",
                 "max_leavers": 0.2, "limit": 100000, "schedule": {"every_refresh": true},
                 "list": "Y6nRLr", "list_name": "VIP", "scheduled_since": "1970-01-01T00:00:00Z",
                 "changed_by": "kim", "changed_at": "1970-01-01T00:00:00Z", "version": 3,
                 "active": false, "warning": "another export mirrors the list"}"""));
    assertThat(JSON.readTree(run.toJson()))
        .isEqualTo(
            JSON.readTree(
                """
                {"id": "vips-1.r1", "export": "vips-1", "export_name": "VIPs", "trigger": "ALL",
                 "started_by": "kim", "status": "RUNNING", "attempt": 1,
                 "queued_at": "1970-01-01T00:00:00Z", "started_at": "1970-01-01T00:00:00Z",
                 "version": 0,
                 "progress": {"size": 9, "read": 7, "sent": 6, "accepted": 5, "unchanged": 0,
                   "rejected": 1, "duplicates": 0, "compared": 0, "members": 0, "leavers": 0,
                   "removed": 0, "elapsed_ms": 2000}}"""));
    assertThat(JSON.readTree(connection.toJson()))
        .isEqualTo(
            JSON.readTree(
                """
                {"id": "klaviyo-1", "name": "Klaviyo", "type": "Klaviyo", "kind": "API_KEY",
                 "credentials": "env:KEY", "shared_with_contributors": false, "removing": false,
                 "changed_by": "kim", "changed_at": "1970-01-01T00:00:00Z", "version": 0}"""));
    assertThat(
            new SummaryData("klaviyo-1", "Klaviyo", "Klaviyo", false, "a newer version").toJson())
        .isEqualTo(
            "{\"id\":\"klaviyo-1\",\"name\":\"Klaviyo\",\"type\":\"Klaviyo\",\"usable\":false,"
                + "\"not_usable_here\":\"a newer version\"}");
    assertThat(
            new UnreadExport(
                    "x", definition, null, null, null, null, null, List.of(), 4, "it is newer")
                .toJson())
        .startsWith("{\"id\":\"x\",\"name\":\"VIPs\"")
        .endsWith("\"version\":4,\"active\":false,\"not_runnable_here\":\"it is newer\"}");
  }
}
