package io.github.klaviyoexport.testkit.behavior;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportException;
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
import io.github.klaviyoexport.testkit.FakeKlaviyoBuilder;
import io.github.klaviyoexport.testkit.FakeProfile;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Exports to an account that counts late, shows and joins members late, sheds load and shows other
 * addresses than were sent: nobody leaves wrongly meanwhile, and when it has settled the list is
 * what the segment says.
 */
class LateAccountTest {
  private static final Segment SEGMENT = Segment.named("vip-eu");
  private static final int RUNS = 6;

  /** In what an account is unlike others. */
  enum Way {
    COUNTS_LAG {
      @Override
      FakeKlaviyoBuilder fit(FakeKlaviyoBuilder account) {
        return account.countsShowAfter(Duration.ofHours(20));
      }
    },
    MEMBERS_SHOW_LATE {
      @Override
      FakeKlaviyoBuilder fit(FakeKlaviyoBuilder account) {
        return account.membersShowAfter(Duration.ofHours(20));
      }
    },
    MEMBERS_JOIN_LATE {
      @Override
      FakeKlaviyoBuilder fit(FakeKlaviyoBuilder account) {
        return account.membersJoinAfter(Duration.ofHours(20));
      }
    },
    LOAD_IS_SHED,
    OTHER_ADDRESSES_SHOW,
    ALL {
      @Override
      FakeKlaviyoBuilder fit(FakeKlaviyoBuilder account) {
        return account
            .countsShowAfter(Duration.ofHours(30))
            .membersShowAfter(Duration.ofHours(3))
            .membersJoinAfter(Duration.ofHours(15));
      }
    };

    FakeKlaviyoBuilder fit(FakeKlaviyoBuilder account) {
      return account;
    }
  }

  static Stream<Arguments> histories() {
    return Stream.of(Way.values())
        .flatMap(
            way ->
                Stream.of(SyncMode.MIRROR, SyncMode.TRACKED)
                    .flatMap(
                        mode ->
                            Stream.of(true, false)
                                .filter(remembers -> remembers || mode == SyncMode.MIRROR)
                                .flatMap(
                                    remembers ->
                                        LongStream.rangeClosed(
                                                1, Integer.getInteger("late.seeds", 1))
                                            .mapToObj(
                                                seed ->
                                                    Arguments.of(way, mode, remembers, seed)))));
  }

  private final VirtualTime time = VirtualTime.create();
  private final HeapMemory memory = HeapMemory.create(MemoryKey.random());
  private final Set<Integer> customers = new TreeSet<>();

  private static String email(int number) {
    return "c" + number + "@shop.example";
  }

  private SegmentExporter exporter(FakeKlaviyo klaviyo, SyncMode mode, boolean remembers) {
    List<CustomerProfile> segment = new ArrayList<>();
    customers.forEach(
        number -> segment.add(Customer.of("c-" + number).email(email(number)).profile()));
    SegmentExporter.Builder builder =
        SegmentExporter.builder()
            .source(any -> ProfileReader.of(segment))
            .klaviyo(klaviyo.connection())
            .mapping(FieldMapping.email("EMailAddress"))
            .maxLeavers(1)
            .maxSizeChange(1_000)
            .readListEvery(5)
            .time(time);
    if (remembers) {
      builder.memory(memory).sending(Sending.CHANGED_ONLY);
    }
    return builder.mode(mode).build();
  }

  /** The customers of the segment who are members, by the profile that has their address. */
  private Set<Integer> present(FakeKlaviyo klaviyo) {
    Set<Integer> present = new TreeSet<>();
    for (int number : customers) {
      klaviyo
          .profile(email(number))
          .filter(profile -> profile.lists().contains("Y6nRLr"))
          .ifPresent(profile -> present.add(number));
    }
    return present;
  }

  private static Set<String> others(FakeKlaviyo klaviyo) {
    Set<String> others = new TreeSet<>(klaviyo.list().emails());
    others.removeIf(member -> !member.startsWith("other"));
    return others;
  }

  @ParameterizedTest
  @MethodSource("histories")
  void nobody_leaves_wrongly_and_what_has_settled_is_right(
      Way way, SyncMode mode, boolean remembers, long seed) {
    Random random = new Random(seed);
    try (FakeKlaviyo klaviyo =
        way.fit(FakeKlaviyo.builder().time(time).jobDuration(Duration.ofSeconds(20))).start()) {
      for (int run = 0; run < RUNS; run++) {
        change(random, klaviyo, way);
        Set<Integer> present = present(klaviyo);
        Set<String> others = others(klaviyo);

        export(klaviyo, mode, remembers);

        assertThat(present(klaviyo)).as("customers after run %s", run).containsAll(present);
        if (mode == SyncMode.TRACKED) {
          assertThat(others(klaviyo)).as("others' members after run %s", run).isEqualTo(others);
        }
        time.advance(Duration.ofHours(8 + random.nextInt(20)));
      }

      // It settles: everything has joined, shows and is counted, and the list is read once at
      // least.
      for (int run = 0; run < 4; run++) {
        time.advance(Duration.ofDays(4));
        assertThat(export(klaviyo, mode, remembers)).as("a run that was let in").isTrue();
      }
      time.advance(Duration.ofDays(4));

      assertThat(present(klaviyo)).as("customers who are members").isEqualTo(customers);
      if (mode == SyncMode.MIRROR) {
        assertThat(klaviyo.list().size()).as("members").isEqualTo(customers.size());
      }
      try (SegmentExporter exporter = exporter(klaviyo, mode, remembers)) {
        assertThat(exporter.verify(SEGMENT, klaviyo.listId()).missing()).isZero();
      }
    }
  }

  @Test
  void who_leaves_the_segment_before_klaviyo_shows_it_leaves_the_list_when_it_does() {
    try (FakeKlaviyo klaviyo =
        FakeKlaviyo.builder().time(time).membersShowAfter(Duration.ofHours(20)).start()) {
      klaviyo.list().add("form@shop.example");
      customers.addAll(Set.of(1, 2, 3));
      export(klaviyo, SyncMode.TRACKED, true);
      customers.remove(3);
      time.advance(Duration.ofHours(8));
      export(klaviyo, SyncMode.TRACKED, true);
      assertThat(klaviyo.list().emails()).contains(email(3));

      time.advance(Duration.ofHours(24));
      export(klaviyo, SyncMode.TRACKED, true);

      assertThat(klaviyo.list().emails())
          .containsExactlyInAnyOrder("form@shop.example", email(1), email(2));
    }
  }

  @Test
  void who_was_removed_by_others_and_comes_back_to_the_segment_soon_is_sent_again() {
    try (FakeKlaviyo klaviyo = FakeKlaviyo.builder().time(time).start()) {
      klaviyo.list().add("form@shop.example");
      customers.addAll(Set.of(1, 2, 3));
      export(klaviyo, SyncMode.TRACKED, true);
      Client.inProcess(klaviyo)
          .members("DELETE", List.of(klaviyo.profile(email(3)).orElseThrow().id()));
      customers.remove(3);
      time.advance(Duration.ofHours(8));
      export(klaviyo, SyncMode.TRACKED, true);
      customers.add(3);
      time.advance(Duration.ofHours(8));

      export(klaviyo, SyncMode.TRACKED, true);

      assertThat(klaviyo.list().emails()).contains(email(3));
    }
  }

  private void change(Random random, FakeKlaviyo klaviyo, Way way) {
    for (int i = 1 + random.nextInt(12); i > 0; i--) {
      customers.add(random.nextInt(40));
    }
    customers.removeIf(number -> number != 7 && random.nextInt(8) == 0);
    customers.add(7);
    Client client = Client.inProcess(klaviyo);
    for (int i = random.nextInt(4); i > 0; i--) {
      int number = random.nextInt(40);
      switch (random.nextInt(3)) {
        case 0 -> klaviyo.list().add("other" + random.nextInt(9) + "@shop.example");
        case 1 -> klaviyo.list().add(email(number));
        default ->
            klaviyo
                .profile(email(number))
                .ifPresent(profile -> client.members("DELETE", List.of(profile.id())));
      }
    }
    if (way == Way.LOAD_IS_SHED || way == Way.ALL) {
      time.schedule(
          Duration.ofMillis(random.nextInt(25_000)),
          () -> klaviyo.shedLoad(Duration.ofMinutes(1 + random.nextInt(8))));
    }
    if (way == Way.OTHER_ADDRESSES_SHOW || way == Way.ALL) {
      for (int number = 0; number < 40; number++) {
        int chosen = number;
        klaviyo
            .profile(email(number))
            .filter(any -> random.nextInt(4) == 0)
            .ifPresent(profile -> move(profile, chosen));
      }
    }
  }

  private static void move(FakeProfile profile, int number) {
    if (profile.addresses().size() == 1) {
      profile.addAddress("home" + number + "@home.example");
    }
    profile.showAddress(profile.addresses().get(1));
  }

  /** Returns whether the run came to its end. */
  private boolean export(FakeKlaviyo klaviyo, SyncMode mode, boolean remembers) {
    try (SegmentExporter exporter = exporter(klaviyo, mode, remembers)) {
      ExportReport report = exporter.export(SEGMENT, klaviyo.listId());
      assertThat(report.profiles().rejected()).isZero();
      return true;
    } catch (ExportException stopped) {
      assertThat(stopped.reason())
          .isIn(
              ExportException.Reason.FORBIDDEN,
              ExportException.Reason.EDGE_CHALLENGE,
              ExportException.Reason.UNAVAILABLE);
      return false;
    }
  }
}
