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
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which package may know which: the arrows that keep the data flow readable from the outside. */
class ArchitectureTest {
  private static final String ROOT = "io.github.klaviyoexport";

  /**
   * Each room and the rooms of ours that it may know beside itself, both from the ground up. The
   * exported rooms hold values, seams and facades; a facade knows the engine behind it.
   */
  private static final Map<String, Set<String>> MAY_KNOW =
      Map.ofEntries(
          room("time"),
          room("profile"),
          room("source", "profile", "internal.source"),
          room("klaviyo", "time", "profile"),
          room("journal", "time", "internal.files", "internal.jdbc"),
          room(
              "",
              "time profile source klaviyo journal",
              "internal.api internal.export internal.record internal.report internal.row",
              "internal.run"),
          room(
              "catalog",
              "time profile source klaviyo journal",
              "internal.api internal.call internal.catalog.store",
              ""),
          room("internal.files"),
          room("internal.jdbc"),
          room("internal.source", "profile source"),
          room("internal.keys", "profile"),
          room("internal.call", "time klaviyo"),
          room("internal.row", "profile klaviyo"),
          room("internal.api", "time profile klaviyo internal.call internal.row"),
          room("internal.report", "profile source klaviyo", ""),
          room(
              "internal.record",
              "profile journal internal.api internal.call internal.keys internal.row internal.run",
              ""),
          room(
              "internal.run",
              "profile source klaviyo journal internal.api internal.call internal.record",
              ""),
          room(
              "internal.upload",
              "time profile klaviyo internal.api internal.call internal.keys internal.row",
              "internal.record internal.run internal.export internal.mirror",
              ""),
          room(
              "internal.mirror",
              "profile klaviyo internal.api internal.call internal.keys internal.row",
              "internal.record internal.run internal.export",
              ""),
          room(
              "internal.export",
              "time profile source klaviyo journal internal.api internal.call internal.keys",
              "internal.row internal.record internal.report internal.run internal.upload",
              "internal.mirror",
              ""),
          room("internal.catalog.store", "profile source klaviyo catalog", ""));

  /** A room; the empty name is the root's. */
  private static Map.Entry<String, Set<String>> room(String name, String... known) {
    return Map.entry(
        fullName(name),
        Arrays.stream(known)
            .flatMap(line -> Arrays.stream(line.split(" ")))
            .map(ArchitectureTest::fullName)
            .collect(Collectors.toUnmodifiableSet()));
  }

  private static String fullName(String room) {
    return room.isEmpty() ? ROOT : ROOT + "." + room;
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
  void a_package_knows_only_what_it_may(String name) {
    assertThat(MAY_KNOW).as("every package says here which others it may know").containsKey(name);

    noClasses()
        .that()
        .resideInAPackage(name)
        .should()
        .dependOnClassesThat(
            resideInAPackage(ROOT + "..")
                .and(not(resideInAPackage(name)))
                .and(not(resideInAnyPackage(MAY_KNOW.get(name).toArray(String[]::new)))))
        .check(CLASSES);
  }

  @Test
  void only_the_connection_and_its_calls_know_the_http_client() {
    onlyIn("java.net.http..", fullName("klaviyo"), fullName("internal.call"));
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
