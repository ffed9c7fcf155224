package io.github.klaviyoexport.internal.catalog.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.catalog.CatalogStore.Entry;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Documents that earlier builds have written are read as a whole. */
class KeptDocumentTest {
  static Stream<CatalogFormat<?>> formats() {
    return Stream.of(
        CatalogFormats.CONNECTIONS,
        CatalogFormats.EXPORTS,
        CatalogFormats.RUNS,
        CatalogFormats.STATES);
  }

  @ParameterizedTest
  @MethodSource("formats")
  void a_document_of_before_is_read_as_a_whole(CatalogFormat<?> format, @TempDir Path directory)
      throws Exception {
    assertReadAsAWhole(format, directory);
  }

  private static <T> void assertReadAsAWhole(CatalogFormat<T> format, Path directory)
      throws Exception {
    String kind = format.kind().name().toLowerCase(Locale.ROOT);
    DirectoryStore store = new DirectoryStore(directory);
    try (InputStream kept =
        KeptDocumentTest.class.getResourceAsStream("/fuzz/catalog-file/" + kind)) {
      byte[] bytes = kept.readAllBytes();
      // The fuzzer's first byte says what the rest is.
      Files.write(
          directory.resolve(kind + "s").resolve("x.json"),
          Arrays.copyOfRange(bytes, 1, bytes.length));
    }
    Entry entry = store.find(format.kind(), "x").orElseThrow();

    assertThat(format.unread(format.read(entry))).isNull();
  }
}
