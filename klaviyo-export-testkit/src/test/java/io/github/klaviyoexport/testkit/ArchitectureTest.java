package io.github.klaviyoexport.testkit;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
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

/** Which room of the testkit may know which: one way down, from what users import to the ground. */
class ArchitectureTest {
  private static final String ROOT = "io.github.klaviyoexport.testkit";

  /** What users put in and get out; the engine may know it, and knows nothing else of the front. */
  private static final Class<?>[] VALUES = {
    Consent.class,
    Operation.class,
    OriginalPayload.class,
    RecordedRequest.class,
    SharedIdentifiers.class,
    Suppression.class
  };

  /**
   * Each room and the rooms of ours that it may know beside itself, from the ground up. The empty
   * name is the front, of which internal rooms know {@link #VALUES} only.
   */
  private static final Map<String, Set<String>> MAY_KNOW =
      Map.ofEntries(
          room("internal"),
          room("internal.customers"),
          room("internal.insights"),
          room("internal.api", ""),
          room("internal.account", "internal.api", ""),
          room("internal.endpoint", "internal.account internal.api", ""),
          room("internal.server", "internal.endpoint internal.account internal.api", ""),
          room(
              "",
              "internal.server internal.endpoint internal.account internal.api internal.customers",
              "internal.insights"),
          room("assertj", "internal.api", ""),
          room("contract", "internal.api", ""),
          room("junit", ""),
          room("quickstart", "internal", ""),
          room("server", "internal", ""),
          room("springboot", ""));

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
  void the_engine_knows_the_values_of_the_front_and_none_of_its_facades() {
    noClasses()
        .that()
        .resideInAPackage(fullName("internal.."))
        .should()
        .dependOnClassesThat(resideInAPackage(ROOT).and(not(belongToAnyOf(VALUES))))
        .check(CLASSES);
  }

  @Test
  void no_room_of_the_engine_comes_back_to_itself() {
    slices().matching(fullName("internal.(*)..")).should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void only_the_way_in_over_http_and_the_front_know_wiremock() {
    onlyIn("com.github.tomakehurst.wiremock..", ROOT, fullName("internal.server"));
  }

  @Test
  void only_the_engine_the_front_and_the_quick_start_know_jackson() {
    onlyIn("com.fasterxml.jackson..", ROOT, fullName("internal.."), fullName("quickstart"));
  }

  @Test
  void only_the_virtual_time_reads_the_machines_clock() {
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
  void only_programs_print() {
    noClasses()
        .that()
        .resideOutsideOfPackages(fullName("quickstart"), fullName("server"))
        .should()
        .accessTargetWhere(target(owner(type(System.class))).and(target(nameMatching("out|err"))))
        .check(CLASSES);
  }

  @Test
  void only_the_auto_configuration_knows_spring() {
    onlyIn("org.springframework..", fullName("springboot"));
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
