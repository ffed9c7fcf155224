package io.github.klaviyoexport;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** What a library calls internal changes in a patch release, so nothing here stands on it. */
class LibraryInternalsTest {
  @Test
  void no_class_knows_the_internals_of_a_library() {
    noClasses()
        .should()
        .dependOnClassesThat(
            resideInAPackage("..internal..")
                .and(not(resideInAPackage("io.github.klaviyoexport.."))))
        .check(
            new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.github.klaviyoexport"));
  }
}
