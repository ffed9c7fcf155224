package io.github.klaviyoexport.catalog;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.SPARSE;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.catalog.CatalogStore.Entry;
import io.github.klaviyoexport.catalog.CatalogStore.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileCatalogStoreTest extends CatalogStoreContract {
  private static final String SECRET = "{\"version\": 1, \"content\": {}}";

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

  @ParameterizedTest
  @ValueSource(strings = {"../../secret", "../secret", "/tmp/secret", "a/b", "a\0"})
  void an_id_that_is_a_path_moves_and_removes_nothing(String id) throws IOException {
    CatalogStore store = create();
    Path outside = Files.writeString(temp.resolve("secret.json"), SECRET);
    Path beside = Files.writeString(temp.resolve("exports/secret.json"), SECRET);

    assertThatThrownBy(() -> store.setAside(Kind.EXPORT, id))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(store.remove(Kind.EXPORT, id, 1)).isFalse();
    assertThatThrownBy(() -> store.put(new Entry(Kind.EXPORT, id, 1, null, "{}")))
        .isInstanceOf(IllegalArgumentException.class);

    assertThat(outside).hasContent(SECRET);
    assertThat(beside).hasContent(SECRET);
  }

  @Test
  void a_link_is_an_entry_that_cannot_be_read_and_its_target_is_left_alone() throws IOException {
    CatalogStore store = create();
    Path target = Files.writeString(temp.resolve("secret.json"), SECRET);
    Path link = temp.resolve("exports/exports/a.json");
    Files.createSymbolicLink(link, target);

    assertThat(store.find(Kind.EXPORT, "a")).contains(new Entry(Kind.EXPORT, "a", 0, null, "{}"));
    assertThat(store.list(Kind.EXPORT, "")).extracting(Entry::version).containsExactly(0L);
    assertThat(store.put(new Entry(Kind.EXPORT, "a", 2, null, "{}")))
        .isEqualTo(CatalogStore.Outcome.OTHER_VERSION);
    assertThat(store.remove(Kind.EXPORT, "a", 1)).isFalse();
    store.setAside(Kind.EXPORT, "a");

    assertThat(link).doesNotExist();
    assertThat(target).hasContent(SECRET);
  }

  @Test
  void a_pipe_is_an_entry_that_cannot_be_read_and_is_not_waited_for() throws Exception {
    CatalogStore store = create();
    store.put(new Entry(Kind.EXPORT, "b", 1, null, "{}"));
    Path pipe = temp.resolve("exports/exports/a.json");
    assumeThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();

    assertThat(store.list(Kind.EXPORT, "")).extracting(Entry::id).containsExactly("a", "b");
    assertThat(store.find(Kind.EXPORT, "a").orElseThrow().version()).isZero();
  }

  @Test
  void an_entry_of_gigabytes_is_not_read_into_memory() throws IOException {
    CatalogStore store = create();
    Path large = temp.resolve("exports/exports/a.json");
    try (var out = Files.newByteChannel(large, CREATE_NEW, WRITE, SPARSE)) {
      out.position(8L << 30).write(ByteBuffer.wrap(new byte[] {'x'}));
    }

    assertThat(store.find(Kind.EXPORT, "a")).contains(new Entry(Kind.EXPORT, "a", 0, null, "{}"));
    assertThat(store.put(new Entry(Kind.EXPORT, "a", 1, null, "{}")))
        .isEqualTo(CatalogStore.Outcome.OTHER_VERSION);
  }

  @Test
  void a_link_in_place_of_the_lock_is_not_followed() throws IOException {
    CatalogStore store = create();
    Path target = temp.resolve("target");
    Files.createSymbolicLink(temp.resolve("exports/.lock"), target);

    assertThatThrownBy(() -> store.put(new Entry(Kind.EXPORT, "a", 1, null, "{}")))
        .isInstanceOf(CatalogException.class)
        .hasMessageContaining("symbolic link");

    assertThat(target).doesNotExist();
  }

  @Test
  void a_link_in_place_of_a_folder_is_not_followed() throws IOException {
    CatalogStore store = create();
    Path elsewhere = Files.createDirectory(temp.resolve("elsewhere"));
    Files.delete(temp.resolve("exports/runs"));
    Files.createSymbolicLink(temp.resolve("exports/runs"), elsewhere);

    assertThatThrownBy(() -> store.put(new Entry(Kind.RUN, "a", 1, null, "{}")))
        .isInstanceOf(CatalogException.class)
        .hasMessageContaining("a link to one elsewhere");
    assertThatThrownBy(() -> store.list(Kind.RUN, "")).isInstanceOf(CatalogException.class);
    assertThatThrownBy(this::create).isInstanceOf(CatalogException.class);
    assertThat(elsewhere).isEmptyDirectory();
  }

  @Test
  void a_name_that_is_none_of_an_id_is_set_aside_in_its_folder() throws IOException {
    CatalogStore store = create();
    Files.writeString(temp.resolve("exports/exports/Not an id.json"), "{}");

    assertThat(store.list(Kind.EXPORT, "")).extracting(Entry::id).containsExactly("Not an id");
    assertThat(store.setAside(Kind.EXPORT, "Not an id")).endsWith("exports/Not an id.json.damaged");
    assertThat(store.list(Kind.EXPORT, "")).isEmpty();
  }

  @Test
  void what_was_set_aside_is_not_written_over_through_a_link() throws IOException {
    CatalogStore store = create();
    store.put(new Entry(Kind.EXPORT, "a", 1, null, "{}"));
    Path aside = temp.resolve("exports/exports/a.json.damaged");
    Files.createSymbolicLink(aside, temp.resolve("nothing"));

    assertThat(store.setAside(Kind.EXPORT, "a")).endsWith("a.json.damaged-2");

    assertThat(aside).isSymbolicLink();
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
