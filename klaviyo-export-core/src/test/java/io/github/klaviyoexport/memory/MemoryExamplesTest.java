package io.github.klaviyoexport.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.internal.memory.ErasedCustomers;
import io.github.klaviyoexport.profile.ProfileField;
import io.github.klaviyoexport.testing.Databases;
import io.github.klaviyoexport.testing.TestTime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples in this package's Javadoc. */
class MemoryExamplesTest {
  @TempDir private Path directory;

  @Test
  void a_memory_in_a_directory_keeps_what_it_is_told() throws IOException {
    Path file = directory.resolve("memory.key");
    Files.writeString(file, "c2VjcmV0IG9mIGFuIGV4YW1wbGUsIDMyIGJ5dGVzIG9yIG1vcmU=\n");

    // @start region="directory"
    // @replace substring='(file)' replacement='(Path.of("/run/secrets/klaviyo-memory-key"))':
    MemoryKey key = MemoryKey.fromFile(file);
    // @replace substring='(directory,' replacement='(Path.of("/var/lib/exports"),':
    ExportMemory memory = FileMemory.in(directory, key);
    // @end

    assertKeepsBlocks(memory);
  }

  @Test
  void a_memory_in_a_database_keeps_what_it_is_told() throws IOException {
    DataSource dataSource = Databases.h2();
    MemoryKey key = MemoryKey.random();

    // @start region="database"
    ExportMemory memory = JdbcMemory.on(dataSource, key);
    // @end

    assertKeepsBlocks(memory);
  }

  @Test
  void a_key_is_text_in_base64() {
    byte[] secret = new byte[32];
    secret[0] = 1;
    String text = Base64.getEncoder().encodeToString(secret);

    // @start region="key"
    // @replace substring='text' replacement='secrets.get("klaviyo-memory-key")':
    MemoryKey key = MemoryKey.of(text);
    // @end

    assertThat(key).isEqualTo(MemoryKey.of(secret));
  }

  @Test
  void memories_that_were_not_written_to_for_long_are_deleted_and_the_erased_stay_out()
      throws IOException {
    ExportMemory memory = HeapMemory.create();
    assertKeepsBlocks(memory);
    TestTime time = new TestTime();
    ErasedCustomers.add(
        memory,
        time,
        to -> to.identifier(ProfileField.EMAIL, "ada@shop.example"),
        to -> to.identifier(ProfileField.EMAIL, "ada@shop.example"));
    Instant now = Instant.now().plus(Duration.ofDays(400));

    // @start region="delete"
    for (KeptMemory kept : memory.list()) {
      if (!kept.holdsErasures() && kept.written().isBefore(now.minus(Duration.ofDays(365)))) {
        memory.delete(kept.key());
      }
    }
    // @end

    assertThat(memory.list()).singleElement().matches(KeptMemory::holdsErasures);
    assertThat(ErasedCustomers.read(memory, time).contains(ProfileField.EMAIL, "ada@shop.example"))
        .isTrue();
  }

  private static void assertKeepsBlocks(ExportMemory memory) throws IOException {
    byte[] block = "a block".getBytes(StandardCharsets.UTF_8);
    try (MemoryLog log = memory.open("vip-eu")) {
      log.append(block);
    }
    try (MemoryLog log = memory.open("vip-eu")) {
      assertThat(log.blocks()).isEqualTo(1);
      assertThat(log.read(0)).isEqualTo(block);
    }
  }
}
