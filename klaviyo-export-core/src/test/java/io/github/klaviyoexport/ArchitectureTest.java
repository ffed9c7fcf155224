package io.github.klaviyoexport;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.github.klaviyoexport.time.TimeSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which package may know which: the arrows that keep the data flow readable from the outside. */
class ArchitectureTest {
  private static final String ROOT = "io.github.klaviyoexport";

  /**
   * Each room and the rooms of ours that it knows beside itself. The exported rooms hold values,
   * seams and facades; a facade knows the engine behind it. The internal rooms stand from the
   * ground up: each knows only those that come before it.
   */
  private static final Map<String, Set<String>> KNOWS =
      rooms(
          """
          time:
          profile: internal.text internal.convert internal.json
          source: time profile internal.library internal.source internal.source.jdbc internal.insights
             internal.text
          klaviyo: time internal.jdbc internal.text
          journal: time internal.files internal.jdbc internal.hold
          memory: time journal internal.files internal.jdbc internal.hold internal.text
          .: time profile source klaviyo journal memory internal.api internal.check internal.erase internal.export
             internal.files
             internal.preview internal.record internal.report internal.run internal.text
          catalog: . time profile source klaviyo journal memory internal.text internal.run
             internal.catalog.store internal.catalog.host internal.catalog
          micrometer: . catalog klaviyo source
          springboot: . catalog klaviyo internal.springboot

          internal.text:
          internal.files:
          internal.flight:
          internal.jdbc:
          internal.hold: time journal internal.files internal.jdbc internal.text
          internal.listen: internal.text
          internal.library:
          internal.convert: profile
          internal.json: profile
          internal.source.jdbc: profile source internal.text
          internal.keys: profile
          internal.memory: time profile journal memory internal.keys internal.text
          internal.insights: time profile source internal.keys
          internal.call: time klaviyo internal.text
          internal.row: profile klaviyo internal.text internal.convert
          internal.source: profile source internal.text internal.row
          internal.api: time profile klaviyo internal.text internal.library internal.call
             internal.row
          internal.page: internal.text
          internal.report: . profile source klaviyo internal.json internal.text internal.page
          internal.preview: . profile source klaviyo internal.json internal.text internal.row
             internal.page
          internal.record: . time profile source klaviyo journal internal.text internal.flight internal.listen
             internal.report internal.keys internal.call internal.api internal.row
          internal.check: . time klaviyo internal.text internal.call internal.api
          internal.erase: . time profile journal memory internal.call internal.api
             internal.memory internal.record internal.report internal.row internal.text
          internal.run: . time profile source klaviyo journal memory internal.text internal.library
             internal.keys internal.memory internal.call internal.api internal.record internal.row
             internal.source
          internal.upload: . time profile klaviyo internal.keys internal.memory internal.call internal.row
             internal.api internal.record internal.run internal.text
          internal.mirror: . profile internal.keys internal.memory internal.call internal.row internal.api
             internal.record internal.run
          internal.export: . time profile source klaviyo journal internal.flight internal.listen internal.keys
             internal.memory
             internal.call internal.api internal.preview internal.report internal.record internal.run internal.text
             internal.upload internal.mirror
          internal.catalog.store: . time catalog profile source klaviyo internal.files internal.jdbc
             internal.json internal.report internal.text
          internal.catalog.host: catalog time profile source klaviyo internal.text internal.call internal.api
             internal.catalog.store
          internal.catalog: . catalog time profile source klaviyo journal memory internal.listen
             internal.json internal.library internal.text internal.call internal.api internal.preview internal.report
             internal.record internal.run internal.catalog.store internal.catalog.host
          internal.springboot: . time profile source klaviyo journal memory catalog micrometer
             springboot internal.call internal.files internal.record internal.text
          """);

  /** Reads the rooms, one a paragraph; a full stop is the root's. */
  private static Map<String, Set<String>> rooms(String table) {
    Map<String, Set<String>> rooms = new LinkedHashMap<>();
    for (String room : table.strip().split("\n+(?! )")) {
      String[] parts = room.split(":", -1);
      rooms.put(
          fullName(parts[0]),
          Arrays.stream(parts[1].strip().split("\\s+"))
              .filter(name -> !name.isEmpty())
              .map(ArchitectureTest::fullName)
              .collect(Collectors.toCollection(TreeSet::new)));
    }
    return rooms;
  }

  private static String fullName(String room) {
    return room.equals(".") ? ROOT : ROOT + "." + room;
  }

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  static Stream<String> packages() {
    return CLASSES.stream().map(JavaClass::getPackageName).distinct().sorted();
  }

  @ParameterizedTest
  @MethodSource("packages")
  void a_room_knows_the_rooms_that_it_is_said_to_know_and_no_other(String name) {
    assertThat(KNOWS).as("every room says here which others it knows").containsKey(name);

    Set<String> known =
        CLASSES.stream()
            .filter(type -> type.getPackageName().equals(name))
            .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
            .map(arrow -> arrow.getTargetClass().getBaseComponentType().getPackageName())
            .filter(room -> room.startsWith(ROOT) && !room.equals(name))
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(known).isEqualTo(KNOWS.get(name));
  }

  @Test
  void an_internal_room_knows_no_internal_room_that_stands_above_it() {
    List<String> below = new ArrayList<>();
    KNOWS.forEach(
        (room, known) -> {
          if (room.contains(".internal.")) {
            assertThat(known.stream().filter(other -> other.contains(".internal.")))
                .as(room)
                .isSubsetOf(below);
            below.add(room);
          }
        });
  }

  @Test
  void only_connections_calls_and_sources_over_http_know_the_http_client() {
    onlyIn(
        "java.net.http..",
        fullName("klaviyo"),
        fullName("internal.call"),
        fullName("source"),
        fullName("internal.insights"));
  }

  @Test
  void only_internal_packages_know_jackson() {
    onlyIn("com.fasterxml.jackson..", fullName("internal.."));
  }

  @Test
  void only_calls_know_resilience4j() {
    onlyIn("io.github.resilience4j..", fullName("internal.call"));
  }

  @Test
  void only_sources_and_their_readers_know_the_csv_library() {
    onlyIn("de.siegmar.fastcsv..", fullName("source"), fullName("internal.source"));
  }

  @Test
  void only_metrics_and_what_makes_them_for_spring_know_micrometer() {
    onlyIn("io.micrometer..", fullName("micrometer"), fullName("internal.springboot"));
  }

  @Test
  void only_the_auto_configuration_knows_spring() {
    onlyIn("org.springframework..", fullName("springboot"), fullName("internal.springboot"));
  }

  @Test
  void only_conversions_know_the_library_of_phone_numbers() {
    onlyIn("com.google.i18n.phonenumbers..", fullName("internal.convert"));
  }

  @Test
  void only_the_time_source_reads_the_clock_or_sleeps() {
    noClasses()
        .that()
        .areNotAssignableTo(TimeSource.class)
        .should()
        .accessTargetWhere(
            target(owner(resideInAPackage("java.time..")))
                .and(target(nameMatching("now|system.*|tick.*"))))
        .orShould()
        .accessTargetWhere(
            target(owner(resideInAnyPackage("java.lang..", "java.util..")))
                .and(target(nameMatching("currentTimeMillis|nanoTime|sleep"))))
        .check(CLASSES);
  }

  @Test
  void nothing_is_printed_past_the_caller() {
    noClasses()
        .should()
        .accessTargetWhere(target(owner(type(System.class))).and(target(nameMatching("out|err"))))
        .orShould()
        .accessTargetWhere(target(nameMatching("printStackTrace")))
        .check(CLASSES);
  }

  @Test
  void what_an_export_tells_knows_no_engine_but_the_values_and_text_of_reports() {
    noClasses()
        .that()
        .haveNameMatching(
            ".*\\.(ExportReport|ExportProgress|ExportException|ExportListener|SyncMode"
                + "|ConsoleProgress|RejectionFile|Outcome|OutcomeFile)(\\$.*)?")
        .should()
        .dependOnClassesThat(
            resideInAPackage(fullName("internal.."))
                .and(
                    not(
                        resideInAnyPackage(
                            fullName("internal.files"),
                            fullName("internal.report"),
                            fullName("internal.text")))))
        .check(CLASSES);
  }

  @Test
  void text_is_joined_in_the_class_files_and_not_by_code_that_the_jvm_makes() throws Exception {
    Path classes =
        Path.of(SegmentExporter.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (Stream<Path> files = Files.walk(classes)) {
      assertThat(files.filter(file -> file.toString().endsWith(".class")))
          .hasSizeGreaterThan(100)
          .as("javac no longer heeds -XDstringConcat=inline: decision record 0083")
          .noneMatch(ArchitectureTest::joinsTextDynamically);
    }
  }

  private static boolean joinsTextDynamically(Path classFile) {
    try {
      return Files.readString(classFile, StandardCharsets.ISO_8859_1).contains("makeConcat");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void onlyIn(String library, String... packages) {
    noClasses()
        .that()
        .resideOutsideOfPackages(packages)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .check(CLASSES);
  }
}
