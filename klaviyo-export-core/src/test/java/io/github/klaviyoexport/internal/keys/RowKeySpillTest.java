package io.github.klaviyoexport.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.klaviyoexport.internal.keys.RowKeySpill.Kept;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RowKeySpillTest {
  private final RowKeySpill spill = new RowKeySpill();

  @Test
  void gives_back_what_was_put_away_beyond_what_memory_is_for() {
    Random random = new Random(5);
    List<byte[]> all = new ArrayList<>();
    List<Kept> kept = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      byte[] bytes = new byte[random.nextInt(RowKeySpill.MAX_BYTES_IN_MEMORY / 10)];
      random.nextBytes(bytes);
      all.add(bytes);
      kept.add(spill.keep(bytes));
    }

    for (int i = 59; i >= 0; i--) {
      assertThat(kept.get(i).read()).isEqualTo(all.get(i));
    }
    spill.close();
  }

  @Test
  void no_file_is_made_for_what_memory_is_for() throws IOException {
    assumeThat(Path.of("/proc/self/fd")).isDirectory();
    for (int i = 0; i < 100; i++) {
      spill.keep(new byte[RowKeySpill.MAX_BYTES_IN_MEMORY]).drop();
    }

    assertThat(openFiles()).isEmpty();
  }

  @Test
  void the_file_has_no_name_from_the_start_and_is_gone_when_closed() throws IOException {
    assumeThat(Path.of("/proc/self/fd")).isDirectory();

    spill.keep(new byte[RowKeySpill.MAX_BYTES_IN_MEMORY + 1]);

    assertThat(openFiles()).singleElement().asString().endsWith(" (deleted)");
    spill.close();
    assertThat(openFiles()).isEmpty();
  }

  @Test
  void an_interrupt_does_not_cost_what_was_put_away() {
    byte[] bytes = new byte[RowKeySpill.MAX_BYTES_IN_MEMORY + 1];
    bytes[17] = 4;
    Kept before = spill.keep(bytes);

    Thread.currentThread().interrupt();
    Kept meanwhile = spill.keep(bytes);
    byte[] read = before.read();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(read).isEqualTo(bytes);
    assertThat(meanwhile.read()).isEqualTo(bytes);
    spill.close();
  }

  @Test
  void closing_a_spill_twice_or_unused_does_nothing() {
    spill.close();
    spill.close();
  }

  /** The stores' files that this process has open. */
  private static List<String> openFiles() throws IOException {
    List<String> names = new ArrayList<>();
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      for (Path descriptor : open.toList()) {
        try {
          names.add(Files.readSymbolicLink(descriptor).toString());
        } catch (IOException closedMeanwhile) {
          // As the listing's own descriptor is.
        }
      }
    }
    names.removeIf(name -> !name.contains(".keys"));
    return names;
  }
}
