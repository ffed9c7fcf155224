package io.github.klaviyoexport;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.properties.HasName;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.github.klaviyoexport.internal.library.Library;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What a native image, which has no class or resource that its builder did not see in use, has to
 * be told of core: each use of reflection and resources is named here and in {@code
 * reachability-metadata.json}.
 */
class NativeImageTest {
  private static final String ROOT = "io.github.klaviyoexport.";
  private static final String METADATA =
      "/META-INF/native-image/io.github.klaviyoexport/klaviyo-export-core/"
          + "reachability-metadata.json";

  /** Classes that use reflection, and what they look for. */
  private static final Map<String, Set<String>> LOOKS_FOR =
      new TreeMap<>(
          Map.of(
              ROOT + "ConsoleProgress", Set.of("java.io.Console"),
              ROOT + "internal.row.RuntimeModules", Set.of("java.sql.Date"),
              ROOT + "internal.convert.PhoneRegions",
                  Set.of("com.google.i18n.phonenumbers.PhoneNumberUtil"),
              ROOT + "internal.library.Library", classesOfLibraries()));

  /** Looks for a method of a class that is the user's; without an answer it goes the safe way. */
  private static final String GETS_ALONG = ROOT + "internal.record.Listeners";

  /** Has views of arrays of bytes, which a builder of images knows. */
  private static final Set<String> VIEWS =
      Set.of(ROOT + "internal.keys.SegmentSketch", ROOT + "internal.memory.MemoryBytes");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.github.klaviyoexport");

  private static Set<String> classesOfLibraries() {
    try {
      Field classes = Library.class.getDeclaredField("classes");
      classes.setAccessible(true);
      Set<String> all = new TreeSet<>();
      for (Library library : Library.values()) {
        all.addAll(Arrays.asList((String[]) classes.get(library)));
      }
      return all;
    } catch (ReflectiveOperationException changed) {
      throw new AssertionError(changed);
    }
  }

  @Test
  void core_uses_reflection_resources_and_service_loaders_in_named_places_only() {
    DescribedPredicate<JavaAccess<?>> reflects =
        of(
                "java.lang.Class",
                "forName|get(Declared)?(Method|Field|Constructor).*|newInstance"
                    + "|getRecordComponents|getResource.*")
            .or(of("java.lang.ClassLoader", ".*[rR]esource.*|loadClass|findClass"))
            .or(of("java.lang.Module", "getResourceAsStream"))
            .or(of("java.lang.reflect.Method", "invoke"))
            .or(of("java.lang.reflect.Constructor", "newInstance"))
            .or(of("java.lang.reflect.Field", "get.*|set.*"))
            .or(of("java.lang.reflect.Proxy", ".*"))
            .or(of("java.lang.reflect.Array", "newInstance"))
            .or(of("java.lang.invoke.MethodHandles.*", ".*"))
            .or(of("java.util.ServiceLoader", ".*"))
            .or(of("java.util.ResourceBundle", ".*"))
            .or(of("java.io.ObjectInputStream", ".*"))
            .or(of("java.beans.*", ".*"))
            .or(
                of(
                    "com.fasterxml.jackson.databind.ObjectMapper",
                    "convertValue|valueToTree|treeToValue"
                        + "|registerModules|findAndRegisterModules"));

    Set<String> places =
        CLASSES.stream()
            .filter(type -> type.getAccessesFromSelf().stream().anyMatch(reflects::test))
            .map(type -> type.getName().replaceFirst("\\$.*", ""))
            .collect(Collectors.toCollection(TreeSet::new));

    Set<String> named = new TreeSet<>(LOOKS_FOR.keySet());
    named.add(GETS_ALONG);
    named.addAll(VIEWS);
    assertThat(places).isEqualTo(named);
  }

  private static DescribedPredicate<JavaAccess<?>> of(String type, String methods) {
    DescribedPredicate<HasName> owner =
        nameMatching(type.replace(".*", "~").replace(".", "\\.").replace("~", ".*"));
    return target(owner(owner)).and(target(nameMatching(methods)));
  }

  @Test
  void the_metadata_names_what_is_looked_for_where_it_is_looked_for() throws IOException {
    Map<String, Set<String>> told = new TreeMap<>();
    for (JsonNode entry : metadata().path("reflection")) {
      told.computeIfAbsent(
              entry.path("condition").path("typeReached").asText(), any -> new TreeSet<>())
          .add(entry.path("type").asText());
    }

    assertThat(told).isEqualTo(LOOKS_FOR);
    assertThat(metadata().path("reflection").findValuesAsText("name"))
        .containsExactly("isTerminal");
  }

  @Test
  void the_metadata_names_no_class_that_is_not_there() throws IOException {
    List<String> names = new ArrayList<>();
    metadata().path("reflection").forEach(entry -> names.add(entry.path("type").asText()));
    names.addAll(LOOKS_FOR.keySet());

    for (String name : names) {
      assertThatCode(() -> Class.forName(name, false, getClass().getClassLoader()))
          .as(name)
          .doesNotThrowAnyException();
    }
  }

  private static JsonNode metadata() throws IOException {
    try (InputStream file = NativeImageTest.class.getResourceAsStream(METADATA)) {
      return new ObjectMapper().readTree(file);
    }
  }

  @Test
  void the_data_of_the_library_of_phone_numbers_is_where_the_metadata_says() throws IOException {
    String glob = metadata().path("resources").path(0).path("glob").asText();

    assertThat(Stream.of("PhoneNumberMetadataProto_FI", "PhoneNumberMetadataProto_US"))
        .allSatisfy(
            name ->
                assertThat(getClass().getClassLoader().getResource(glob.replace("*", name)))
                    .as(name)
                    .isNotNull());
  }
}
