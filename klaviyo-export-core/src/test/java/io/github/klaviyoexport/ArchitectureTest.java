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
import io.github.klaviyoexport.klaviyo.TimeSource;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which package may know which: the arrows that keep the data flow readable from the outside. */
class ArchitectureTest {
  private static final String ROOT = "io.github.klaviyoexport";
  private static final String PROFILE = ROOT + ".profile";
  private static final String JOURNAL = ROOT + ".journal";
  private static final String SOURCE = ROOT + ".source";
  private static final String KLAVIYO = ROOT + ".klaviyo";
  private static final String KLAVIYO_INTERNAL = ROOT + ".klaviyo.internal";
  private static final String RUN = ROOT + ".internal.run";
  private static final String CATALOG = ROOT + ".catalog";
  private static final String CATALOG_INTERNAL = ROOT + ".internal.catalog";

  /** Each package and the packages of ours that it may know beside itself. */
  private static final Map<String, Set<String>> MAY_KNOW =
      Map.of(
          PROFILE, Set.of(),
          JOURNAL, Set.of(KLAVIYO),
          SOURCE, Set.of(PROFILE),
          KLAVIYO, Set.of(PROFILE),
          KLAVIYO_INTERNAL, Set.of(KLAVIYO, PROFILE),
          CATALOG,
              Set.of(ROOT, CATALOG_INTERNAL, JOURNAL, KLAVIYO, KLAVIYO_INTERNAL, PROFILE, SOURCE),
          CATALOG_INTERNAL, Set.of(ROOT, CATALOG, KLAVIYO, PROFILE, SOURCE),
          RUN, Set.of(ROOT, JOURNAL, KLAVIYO, KLAVIYO_INTERNAL, PROFILE, SOURCE),
          ROOT, Set.of(RUN, JOURNAL, KLAVIYO, KLAVIYO_INTERNAL, PROFILE, SOURCE));

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
  void only_the_klaviyo_packages_know_the_http_client() {
    onlyIn("java.net.http..", KLAVIYO, KLAVIYO_INTERNAL);
  }

  @Test
  void only_internal_packages_know_jackson() {
    onlyIn("com.fasterxml.jackson..", KLAVIYO_INTERNAL, ROOT + ".internal..");
  }

  @Test
  void only_the_wire_knows_resilience4j() {
    onlyIn("io.github.resilience4j..", KLAVIYO_INTERNAL);
  }

  @Test
  void only_the_sources_know_the_csv_reader() {
    onlyIn("de.siegmar.fastcsv..", SOURCE + "..");
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
