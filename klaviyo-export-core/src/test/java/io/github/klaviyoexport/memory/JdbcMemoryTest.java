package io.github.klaviyoexport.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.journal.LogHeldException;
import io.github.klaviyoexport.testing.Databases;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JdbcMemoryTest {
  private static final String KEY = "vip-eu";

  static Stream<DataSource> databases() {
    return Stream.of(Databases.h2(), Databases.postgres());
  }

  @ParameterizedTest
  @MethodSource("databases")
  void what_a_crash_left_of_a_replacement_is_put_away(DataSource database) throws Exception {
    write(database, "one", "two");
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      for (int number = 0; number < 450; number++) {
        statement.addBatch(
            "INSERT INTO klaviyo_export_memory_block (log_key, generation, seq, block)"
                + " SELECT log_key, 1, "
                + number
                + ", block FROM klaviyo_export_memory_block WHERE seq = 0 AND generation = 0");
      }
      statement.executeBatch();
    }

    assertThat(reopened(database)).containsExactly("one", "two");
    assertThat(rows(database)).isEqualTo(2);
  }

  @ParameterizedTest
  @MethodSource("databases")
  void nothing_of_what_was_replaced_or_deleted_stays(DataSource database) throws Exception {
    JdbcMemory memory = write(database, "one", "two", "three");
    try (MemoryLog log = memory.open(KEY)) {
      List<byte[]> blocks = new ArrayList<>(List.of(bytes("new")));
      log.replace(() -> blocks.isEmpty() ? null : blocks.remove(0));
    }
    assertThat(rows(database)).isEqualTo(1);

    assertThat(memory.delete(KEY)).isTrue();

    assertThat(rows(database)).isZero();
    assertThat(memory.list()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("databases")
  void a_block_that_is_missing_is_told_as_damage(DataSource database) throws Exception {
    JdbcMemory memory = write(database, "one", "two", "three");
    execute(database, "DELETE FROM klaviyo_export_memory_block WHERE seq = 1");

    try (MemoryLog log = memory.open(KEY)) {
      assertThat(log.blocks()).isEqualTo(3);
      assertThatThrownBy(() -> log.read(1))
          .isInstanceOf(DamagedMemoryException.class)
          .hasMessageContaining("Block 1");
      assertThat(log.read(2)).isEqualTo(bytes("three"));
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void a_holder_that_is_taken_for_dead_writes_no_more(DataSource database) throws Exception {
    JdbcMemory memory = write(database, "one");
    try (MemoryLog silent = memory.open(KEY)) {
      takeForDead(database);
      try (MemoryLog next = memory.open(KEY)) {
        assertThatThrownBy(() -> silent.append(bytes("late"))).hasMessageContaining("taken over");
        next.append(bytes("two"));
      }
    }
    assertThat(reopened(database)).containsExactly("one", "two");
  }

  @ParameterizedTest
  @MethodSource("databases")
  void a_holder_that_is_taken_for_dead_writes_no_more_after_its_log_was_deleted_either(
      DataSource database) throws Exception {
    JdbcMemory memory = JdbcMemory.on(database, MemoryKey.random());
    MemoryLog silent = memory.open(KEY);
    silent.append(bytes("one"));
    takeForDead(database);
    assertThat(memory.delete(KEY)).isTrue();

    try (MemoryLog next = memory.open(KEY)) {
      next.append(bytes("two"));
      assertThatThrownBy(() -> silent.append(bytes("late"))).hasMessageContaining("taken over");
      silent.close();

      assertThatThrownBy(() -> memory.open(KEY)).isInstanceOf(LogHeldException.class);
      next.append(bytes("three"));
    }
    assertThat(reopened(database)).containsExactly("two", "three");
  }

  @ParameterizedTest
  @MethodSource("databases")
  void tables_may_have_other_names(DataSource database) throws Exception {
    JdbcMemory memory = JdbcMemory.on(database, MemoryKey.random()).tablePrefix("shop_");
    memory.open(KEY).close();

    assertThat(memory.toString()).isEqualTo("JdbcMemory[shop_memory_log, shop_memory_block]");
    execute(database, "DELETE FROM shop_memory_block");
  }

  @ParameterizedTest
  @MethodSource("databases")
  void tables_of_another_version_are_left_alone(DataSource database) throws Exception {
    write(database, "one");
    execute(database, "UPDATE klaviyo_export_memory_schema SET version = 2");

    assertThatThrownBy(() -> JdbcMemory.on(database, MemoryKey.random()).open(KEY))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("The memory's tables are of version 2");
  }

  private static JdbcMemory write(DataSource database, String... blocks) throws IOException {
    JdbcMemory memory = JdbcMemory.on(database, MemoryKey.random());
    try (MemoryLog log = memory.open(KEY)) {
      for (String block : blocks) {
        log.append(bytes(block));
      }
    }
    return memory;
  }

  private static void takeForDead(DataSource database) throws SQLException {
    execute(
        database,
        "UPDATE klaviyo_export_memory_log SET renewed_at ="
            + " CURRENT_TIMESTAMP - INTERVAL '3' MINUTE");
  }

  private static List<String> reopened(DataSource database) throws IOException {
    List<String> blocks = new ArrayList<>();
    try (MemoryLog log = JdbcMemory.on(database, MemoryKey.random()).open(KEY)) {
      for (long number = 0; number < log.blocks(); number++) {
        blocks.add(new String(log.read(number), StandardCharsets.UTF_8));
      }
    }
    return blocks;
  }

  private static void execute(DataSource database, String sql) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static int rows(DataSource database) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT COUNT(*) FROM klaviyo_export_memory_block")) {
      rows.next();
      return rows.getInt(1);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
