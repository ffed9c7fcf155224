package io.github.klaviyoexport.testkit.behavior;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.Sending;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.memory.HeapMemory;
import io.github.klaviyoexport.memory.MemoryKey;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.Client;
import io.github.klaviyoexport.testkit.Customer;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random histories of a segment and its list: customers join, leave, change and get other
 * addresses, and others add and remove members. The list becomes the same with a memory as without.
 */
class RememberedHistoryTest {
  private static final Segment SEGMENT = Segment.named("vip-eu");
  private static final int RUNS = 7;

  /** Customers by their number, with the email addresses that they have by now. */
  private final Map<Integer, String> customers = new TreeMap<>();

  private final Map<Integer, Integer> values = new TreeMap<>();

  /** An account with its list, and an export to it. */
  private final class House implements AutoCloseable {
    private final VirtualTime time = VirtualTime.create();
    private final FakeKlaviyo klaviyo = FakeKlaviyo.builder().time(time).start();
    private final HeapMemory memory = HeapMemory.create(MemoryKey.random());
    private final SyncMode mode;
    private final boolean remembers;

    House(SyncMode mode, boolean remembers) {
      this.mode = mode;
      this.remembers = remembers;
    }

    ExportReport export() {
      List<CustomerProfile> segment = new ArrayList<>();
      customers.forEach(
          (number, email) ->
              segment.add(
                  Customer.of("c-" + number)
                      .email(email)
                      .field("Key", "k-" + number)
                      .field("LTV", values.getOrDefault(number, 0))
                      .profile()));
      FieldMapping mapping = FieldMapping.email("EMailAddress").property("LTV");
      SegmentExporter.Builder builder =
          SegmentExporter.builder()
              .source(any -> ProfileReader.of(segment))
              .klaviyo(klaviyo.connection())
              .mapping(mode == SyncMode.MIRROR ? mapping.externalId("Key") : mapping)
              .maxLeavers(1)
              .maxSizeChange(1_000)
              .readListEvery(5)
              .time(time);
      if (remembers) {
        builder.memory(memory).sending(Sending.CHANGED_ONLY);
      }
      try (SegmentExporter exporter = builder.mode(mode).build()) {
        return exporter.export(SEGMENT, klaviyo.listId());
      } finally {
        time.advance(Duration.ofHours(12));
      }
    }

    void add(String email) {
      klaviyo.list().add(email);
    }

    void remove(String email) {
      klaviyo
          .profile(email)
          .ifPresent(profile -> Client.inProcess(klaviyo).members("DELETE", List.of(profile.id())));
    }

    void addAddress(String shown, String another) {
      if (klaviyo.profile(another).isEmpty()) {
        klaviyo.profile(shown).ifPresent(profile -> profile.addAddress(another));
      }
    }

    TreeSet<String> list() {
      return new TreeSet<>(klaviyo.list().emails());
    }

    @Override
    public void close() {
      klaviyo.close();
    }
  }

  private static String pick(Random random, Set<String> from) {
    return new ArrayList<>(from).get(random.nextInt(from.size()));
  }

  /** Lets the segment change. */
  private void change(Random random, int run) {
    if (run == 0 || random.nextInt(10) > 2) {
      int joins = run == 0 ? 5 + random.nextInt(40) : random.nextInt(6);
      for (int i = 0; i < joins; i++) {
        int number = random.nextInt(80);
        customers.putIfAbsent(number, "c" + number + "@shop.example");
      }
    }
    for (Integer number : List.copyOf(customers.keySet())) {
      switch (random.nextInt(40)) {
        case 0, 1 -> customers.remove(number);
        case 2, 3 -> values.merge(number, 1, Integer::sum);
        case 4 -> customers.put(number, "c" + number + "." + run + "@shop.example");
        case 5 -> customers.put(number, "c" + number + "@shop.example");
        default -> {}
      }
    }
    customers.putIfAbsent(99, "always@shop.example");
  }

  static LongStream seeds() {
    return LongStream.rangeClosed(1, Integer.getInteger("remembered.seeds", 60));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void a_mirror_with_a_memory_makes_of_its_list_what_one_without_makes(long seed) {
    Random random = new Random(seed);
    try (House fast = new House(SyncMode.MIRROR, true);
        House slow = new House(SyncMode.MIRROR, false)) {
      for (int run = 0; run < RUNS; run++) {
        change(random, run);
        for (int i = random.nextInt(4); i > 0; i--) {
          int what = random.nextInt(4);
          String other = "other" + random.nextInt(9) + "@shop.example";
          Set<String> members = slow.list();
          String member = members.isEmpty() ? other : pick(random, members);
          for (House house : List.of(fast, slow)) {
            switch (what) {
              case 0 -> house.add(other);
              case 1, 2 -> house.remove(member);
              default -> house.addAddress(member, "second." + member);
            }
          }
          if (what == 3 && random.nextBoolean()) {
            customers.replaceAll(
                (number, email) -> email.equals(member) ? "second." + email : email);
          }
        }

        ExportReport quick = fast.export();
        ExportReport thorough = slow.export();

        assertThat(fast.list()).as("seed %s, run %s", seed, run).isEqualTo(slow.list());
        assertThat(quick.leavers()).as("seed %s, run %s", seed, run).isEqualTo(thorough.leavers());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void nobody_but_the_exports_own_members_leaves_a_list_that_others_fill(long seed) {
    Random random = new Random(seed);
    Set<String> ours = new HashSet<>();
    try (House house = new House(SyncMode.TRACKED, true)) {
      for (int run = 0; run < RUNS; run++) {
        change(random, run);
        for (int i = random.nextInt(5); i > 0; i--) {
          String one = "c" + random.nextInt(80) + "@shop.example";
          switch (random.nextInt(3)) {
            case 0 -> house.add("other" + random.nextInt(9) + "@shop.example");
            case 1 -> house.add(one);
            default -> {
              Set<String> members = house.list();
              String member = members.isEmpty() ? one : pick(random, members);
              house.remove(member);
              ours.remove(member);
            }
          }
        }
        Set<String> before = house.list();
        Set<String> segment = new TreeSet<>(customers.values());
        TreeSet<String> expected = new TreeSet<>(before);
        expected.removeIf(member -> ours.contains(member) && !segment.contains(member));
        expected.addAll(segment);

        ExportReport report = house.export();

        assertThat(house.list()).as("seed %s, run %s", seed, run).isEqualTo(expected);
        ours.retainAll(expected);
        segment.stream().filter(member -> !before.contains(member)).forEach(ours::add);
        assertThat(report.leavers().notOurs()).isBetween(0L, (long) expected.size());
      }
    }
  }

  @Test
  void most_runs_of_such_histories_do_not_read_the_list() {
    try (House house = new House(SyncMode.MIRROR, true)) {
      Random random = new Random(1);
      for (int run = 0; run < 4; run++) {
        change(random, 0);
        house.export();
      }

      assertThat(house.klaviyo.requests(Operation.GET_LIST)).hasSize(4 + 4 + 3);
    }
  }
}
