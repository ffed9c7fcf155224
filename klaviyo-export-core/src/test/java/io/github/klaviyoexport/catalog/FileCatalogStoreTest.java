package io.github.klaviyoexport.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.catalog.CatalogStore.Entry;
import io.github.klaviyoexport.catalog.CatalogStore.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileCatalogStoreTest extends CatalogStoreContract {
  @TempDir private Path temp;

  @Override
  CatalogStore create() {
    return FileCatalogStore.in(temp.resolve("exports"));
  }

  @Override
  CatalogStore reopen(CatalogStore store) {
    return FileCatalogStore.in(temp.resolve("exports"));
  }

  @Test
  void a_file_can_be_read_by_people_and_by_its_owner_only() throws IOException {
    create().put(new Entry(Kind.CONNECTION, "klaviyo-eu-1", 1, "Klaviyo EU", "{\"n\":1}"));

    Path file = temp.resolve("exports/connections/klaviyo-eu-1.json");
    assertThat(file)
        .hasContent(
            """
            {
              "version" : 1,
              "unique_name" : "Klaviyo EU",
              "content" : {
                "n" : 1
              }
            }""");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(temp.resolve("exports"))))
        .isEqualTo("rwx------");
  }

  @Test
  void nothing_is_left_beside_the_files() throws IOException {
    CatalogStore store = create();
    store.put(new Entry(Kind.EXPORT, "a", 1, null, "{}"));
    store.put(new Entry(Kind.EXPORT, "a", 2, null, "{}"));

    try (Stream<Path> files = Files.walk(temp).filter(Files::isRegularFile)) {
      assertThat(files.map(file -> temp.relativize(file).toString()))
          .containsExactlyInAnyOrder("exports/.lock", "exports/exports/a.json");
    }
  }

  @Test
  void a_damaged_file_is_handed_on_for_the_catalog_to_judge() throws IOException {
    CatalogStore store = create();
    store.put(new Entry(Kind.EXPORT, "a", 1, null, "{}"));
    Files.writeString(temp.resolve("exports/exports/b.json"), "{\"version\": 1, \"con");

    assertThat(store.list(Kind.EXPORT, "")).extracting(Entry::id).containsExactly("a", "b");
    assertThat(store.setAside(Kind.EXPORT, "b")).endsWith("exports/exports/b.json.damaged");
    assertThat(temp.resolve("exports/exports/b.json.damaged")).hasContent("{\"version\": 1, \"con");
    assertThat(store.list(Kind.EXPORT, "")).extracting(Entry::id).containsExactly("a");
  }

  @Test
  void a_file_that_cannot_be_read_is_not_overwritten() throws IOException {
    CatalogStore store = create();
    Path file = temp.resolve("exports/exports/b.json");
    Files.writeString(file, "{\"sealed\":1}");

    assertThat(store.put(new Entry(Kind.EXPORT, "b", 1, null, "{}")))
        .isEqualTo(CatalogStore.Outcome.OTHER_VERSION);

    assertThat(file).hasContent("{\"sealed\":1}");
  }

  @Test
  void an_id_that_is_a_path_finds_nothing() throws IOException {
    Files.writeString(temp.resolve("secret.json"), "{\"version\": 1, \"content\": {}}");

    assertThat(create().find(Kind.EXPORT, "../../secret")).isEmpty();
  }

  @Test
  void a_place_that_is_no_directory_is_named() throws IOException {
    Path file = Files.writeString(temp.resolve("file"), "");

    assertThatThrownBy(() -> FileCatalogStore.in(file))
        .isInstanceOfSatisfying(
            CatalogException.class,
            failure -> assertThat(failure.reason()).isEqualTo(Reason.STORE_FAILED))
        .hasMessageContaining(file.toString())
        .hasMessageContaining("see that it exists, is writable");
  }
}
