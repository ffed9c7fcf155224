package io.github.klaviyoexport.testkit.behavior;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.Sending;
import io.github.klaviyoexport.journal.MemoryJournal;
import io.github.klaviyoexport.memory.ExportMemory;
import io.github.klaviyoexport.memory.FileMemory;
import io.github.klaviyoexport.memory.HeapMemory;
import io.github.klaviyoexport.memory.KeptMemory;
import io.github.klaviyoexport.memory.MemoryKey;
import io.github.klaviyoexport.memory.MemoryLog;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.Customer;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a memory holds is true, wherever a run is cut off and whatever becomes of the memory. */
class MemoryAfterCrashTest {
  private static final Segment VIPS = Segment.named("vip-eu");
  private static final int CUSTOMERS = 4;

  private final List<String> warnings = new ArrayList<>();

  /** The end of the process, as far as an export can tell. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  /** Lets so many steps happen, and then none: each write and each exchange is two. */
  private static final class Lifeline {
    private int left;

    Lifeline(int steps) {
      left = steps;
    }

    void step() {
      if (left-- <= 0) {
        throw new Killed();
      }
    }
  }

  /** A memory whose writes are steps. */
  private record MortalMemory(HeapMemory memory, Lifeline lifeline) implements ExportMemory {
    @Override
    public MemoryKey key() {
      return memory.key();
    }

    @Override
    public MemoryLog open(String key) throws IOException {
      return new MortalLog(memory.open(key), lifeline::step);
    }

    @Override
    public List<KeptMemory> list() {
      return memory.list();
    }

    @Override
    public boolean delete(String key) throws IOException {
      return memory.delete(key);
    }
  }

  private interface Step {
    void step() throws IOException;
  }

  private record MortalLog(MemoryLog log, Step step) implements MemoryLog {
    @Override
    public long blocks() throws IOException {
      return log.blocks();
    }

    @Override
    public byte[] read(long number) throws IOException {
      return log.read(number);
    }

    @Override
    public void append(byte[] block) throws IOException {
      step.step();
      log.append(block);
      step.step();
    }

    @Override
    public void replace(Blocks blocks) throws IOException {
      step.step();
      log.replace(blocks);
      step.step();
    }

    @Override
    public void close() throws IOException {
      log.close();
    }
  }

  /** An account, a clock and what outlives a process. */
  private final class World implements AutoCloseable {
    private final VirtualTime time = VirtualTime.create();
    private final FakeKlaviyo klaviyo =
        FakeKlaviyo.builder().time(time).jobDuration(Duration.ofSeconds(30)).start();
    private final MemoryJournal journal = MemoryJournal.create();

    SegmentExporter.Builder exporter(ExportMemory memory, int value) {
      List<CustomerProfile> profiles =
          IntStream.range(0, CUSTOMERS).mapToObj(i -> customer("c-" + i, i, value)).toList();
      return SegmentExporter.builder()
          .source(InMemorySegments.of(VIPS.name(), profiles))
          .klaviyo(klaviyo.connection())
          .mapping(FieldMapping.email("Email").property("LTV"))
          .listener(
              new ExportListener() {
                @Override
                public void warned(String what) {
                  warnings.add(what);
                }
              })
          .memory(memory)
          .sending(Sending.CHANGED_ONLY)
          .batchSize(2)
          .time(time);
    }

    ExportReport export(SegmentExporter.Builder builder) {
      try (SegmentExporter exporter = builder.build()) {
        return exporter.export(VIPS, klaviyo.listId());
      }
    }

    /** Exports until killed; says whether the process lived to the end. */
    boolean exportUntilKilled(SegmentExporter.Builder builder, Lifeline lifeline) {
      try {
        export(
            builder.klaviyo(
                klaviyo
                    .connection()
                    .transport(
                        request -> {
                          lifeline.step();
                          var response = klaviyo.transport().send(request);
                          lifeline.step();
                          return response;
                        })));
        return true;
      } catch (ExportException killed) {
        return false;
      }
    }

    List<Object> values() {
      List<Object> values = new ArrayList<>();
      for (int i = 0; i < CUSTOMERS; i++) {
        Map<String, ?> attributes =
            klaviyo.profile("c" + i + "@shop.example").orElseThrow().attributes();
        values.add(((Map<?, ?>) attributes.get("properties")).get("LTV"));
      }
      return values;
    }

    int imports() {
      return klaviyo.requests(Operation.BULK_IMPORT_PROFILES).size();
    }

    @Override
    public void close() {
      klaviyo.close();
    }
  }

  @Test
  void killed_at_any_step_what_is_as_it_was_before_is_sent_again_over_what_came_between() {
    boolean finished = false;
    for (int step = 0; !finished; step++) {
      HeapMemory memory = HeapMemory.create();
      Lifeline lifeline = new Lifeline(step);
      try (World world = new World()) {
        world.export(world.exporter(memory, 1));
        finished =
            world.exportUntilKilled(
                world.exporter(new MortalMemory(memory, lifeline), 2), lifeline);
        world.time.advance(Duration.ofMinutes(1));

        ExportReport report = world.export(world.exporter(memory, 1));

        assertThat(report.isClean()).as("killed at step %d", step).isTrue();
        assertThat(world.values()).as("killed at step %d", step).containsOnly(1);
      }
    }
  }

  @Test
  void killed_at_any_step_and_started_over_it_waits_for_what_came_between() {
    boolean finished = false;
    for (int step = 0; !finished; step++) {
      HeapMemory memory = HeapMemory.create();
      Lifeline lifeline = new Lifeline(step);
      try (World world = new World()) {
        world.export(world.exporter(memory, 1).journal(world.journal));
        finished =
            world.exportUntilKilled(
                world.exporter(new MortalMemory(memory, lifeline), 2).journal(world.journal),
                lifeline);

        world.export(world.exporter(memory, 1).journal(world.journal));

        assertThat(world.values()).as("killed at step %d", step).containsOnly(1);
        world.time.advance(Duration.ofMinutes(1));
        assertThat(world.values()).as("killed at step %d", step).containsOnly(1);
      }
    }
  }

  @Test
  void killed_at_any_step_and_resumed_all_is_confirmed_in_the_memory() {
    boolean finished = false;
    for (int step = 0; !finished; step++) {
      HeapMemory memory = HeapMemory.create();
      Lifeline lifeline = new Lifeline(step);
      try (World world = new World()) {
        world.export(world.exporter(memory, 1).journal(world.journal));
        finished =
            world.exportUntilKilled(
                world.exporter(new MortalMemory(memory, lifeline), 2).journal(world.journal),
                lifeline);

        ExportReport report = resumed(world, world.exporter(memory, 2));

        assertThat(report.profiles().read()).as("killed at step %d", step).isEqualTo(CUSTOMERS);
        assertThat(report.profiles().accepted() + report.profiles().unchanged())
            .as("killed at step %d", step)
            .isEqualTo(CUSTOMERS);
        assertThat(world.values()).as("killed at step %d", step).containsOnly(2);
        int imports = world.imports();
        ExportReport again = world.export(world.exporter(memory, 2).journal(world.journal));
        assertThat(again.profiles().unchanged()).as("killed at step %d", step).isEqualTo(CUSTOMERS);
        assertThat(world.imports()).as("killed at step %d", step).isEqualTo(imports);
      }
    }
  }

  @Test
  void killed_at_any_step_and_resumed_a_duplicate_of_one_that_was_unchanged_is_known() {
    boolean finished = false;
    for (int step = 0; !finished; step++) {
      HeapMemory memory = HeapMemory.create();
      Lifeline lifeline = new Lifeline(step);
      try (World world = new World()) {
        world.export(world.exporter(memory, 1).journal(world.journal));
        InMemorySegments now =
            InMemorySegments.of(
                VIPS.name(),
                customer("c-0", 0, 1),
                customer("c-1", 1, 2),
                customer("c-2", 2, 2),
                customer("c-3", 3, 2),
                customer("c-4", 4, 2),
                customer("again", 0, 99));
        finished =
            world.exportUntilKilled(
                world
                    .exporter(new MortalMemory(memory, lifeline), 2)
                    .source(now)
                    .journal(world.journal),
                lifeline);

        ExportReport report = resumed(world, world.exporter(memory, 2).source(now));

        assertThat(report.profiles().read()).as("killed at step %d", step).isEqualTo(6);
        assertThat(report.profiles().duplicates()).as("killed at step %d", step).isEqualTo(1);
        assertThat(report.profiles().accepted() + report.profiles().unchanged())
            .as("killed at step %d", step)
            .isEqualTo(5);
        assertThat(world.values()).as("killed at step %d", step).containsExactly(1, 2, 2, 2);
      }
    }
  }

  private static CustomerProfile customer(String id, int email, int value) {
    return Customer.of(id)
        .field("Email", "c" + email + "@shop.example")
        .field("LTV", value)
        .profile();
  }

  private static ExportReport resumed(World world, SegmentExporter.Builder builder) {
    try (SegmentExporter exporter = builder.journal(world.journal).build()) {
      Optional<String> unfinished = exporter.unfinishedRun(VIPS, world.klaviyo.listId());
      return unfinished.isPresent()
          ? exporter.resume(unfinished.get())
          : exporter.export(VIPS, world.klaviyo.listId());
    }
  }

  private static ExportMemory failing(HeapMemory memory, Step failure) {
    return new ExportMemory() {
      @Override
      public MemoryKey key() {
        return memory.key();
      }

      @Override
      public MemoryLog open(String key) throws IOException {
        return new MortalLog(memory.open(key), failure);
      }

      @Override
      public List<KeptMemory> list() {
        return memory.list();
      }

      @Override
      public boolean delete(String key) throws IOException {
        return memory.delete(key);
      }
    };
  }

  private static @Nullable ExportException stopped(World world, SegmentExporter.Builder builder) {
    return catchThrowableOfType(ExportException.class, () -> world.export(builder));
  }

  @Test
  void a_memory_that_cannot_be_written_stops_the_export_before_anything_is_sent() {
    HeapMemory memory = HeapMemory.create();
    try (World world = new World()) {
      ExportMemory full =
          failing(
              memory,
              () -> {
                throw new IOException("the disk is full");
              });

      ExportException stopped = stopped(world, world.exporter(full, 1));

      assertThat(stopped.reason()).isEqualTo(Reason.MEMORY_FAILED);
      assertThat(stopped)
          .hasMessageContaining(
              "stopped: its memory failed, and it does not go on without it (the disk is full);"
                  + " mend the memory and try again: what is confirmed there stays so.");
      assertThat(world.imports()).isZero();
      assertThat(world.export(world.exporter(memory, 1)).profiles().accepted())
          .isEqualTo(CUSTOMERS);
    }
  }

  @Test
  void what_a_memory_throws_undeclared_is_told_by_its_type_only() {
    try (World world = new World()) {
      ExportMemory faulty =
          failing(
              HeapMemory.create(),
              () -> {
                throw new IllegalStateException("c1@shop.example");
              });

      ExportException stopped = stopped(world, world.exporter(faulty, 1));

      assertThat(stopped.reason()).isEqualTo(Reason.MEMORY_FAILED);
      assertThat(stopped)
          .hasMessageContaining("(the memory threw java.lang.IllegalStateException)")
          .hasMessageNotContaining("shop.example");
    }
  }

  @Test
  void a_memory_that_another_export_holds_stops_this_one_with_advice() throws IOException {
    HeapMemory memory = HeapMemory.create();
    try (World world = new World()) {
      world.export(world.exporter(memory, 1));
      try (MemoryLog held = memory.open(memory.list().get(0).key())) {
        ExportException stopped = stopped(world, world.exporter(memory, 2));

        assertThat(stopped.reason()).isEqualTo(Reason.ALREADY_RUNNING);
        assertThat(held.blocks()).isPositive();
      }
      assertThat(world.values()).containsOnly(1);
      assertThat(world.export(world.exporter(memory, 2)).profiles().accepted())
          .isEqualTo(CUSTOMERS);
    }
  }

  @Test
  void a_damaged_memory_is_told_of_and_everything_is_sent(@TempDir Path directory)
      throws IOException {
    MemoryKey key = MemoryKey.random();
    try (World world = new World()) {
      world.export(world.exporter(FileMemory.in(directory, key), 1));
      damage(directory);

      ExportReport report = world.export(world.exporter(FileMemory.in(directory, key), 1));

      assertThat(report.profiles().accepted()).isEqualTo(CUSTOMERS);
      assertThat(warnings).singleElement().asString().contains("damaged and not trusted");
      warnings.clear();
      report = world.export(world.exporter(FileMemory.in(directory, key), 1));
      assertThat(report.profiles().unchanged()).isEqualTo(CUSTOMERS);
      assertThat(warnings).isEmpty();
    }
  }

  private static void damage(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        if (bytes.length > 200) {
          bytes[bytes.length / 2] ^= 1;
          Files.write(file, bytes);
        }
      }
    }
  }

  @Test
  void a_memory_of_another_key_stops_the_export_and_is_left_as_it_is(@TempDir Path directory) {
    MemoryKey key = MemoryKey.random();
    try (World world = new World()) {
      world.export(world.exporter(FileMemory.in(directory, key), 1));

      ExportException stopped =
          stopped(world, world.exporter(FileMemory.in(directory, MemoryKey.random()), 1));

      assertThat(stopped.reason()).isEqualTo(Reason.MEMORY_FAILED);
      assertThat(
              world.export(world.exporter(FileMemory.in(directory, key), 1)).profiles().unchanged())
          .isEqualTo(CUSTOMERS);
    }
  }
}
