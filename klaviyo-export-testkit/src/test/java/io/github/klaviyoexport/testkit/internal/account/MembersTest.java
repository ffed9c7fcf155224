package io.github.klaviyoexport.testkit.internal.account;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class MembersTest {
  @Test
  void members_are_those_who_joined_and_did_not_leave_in_the_order_of_joining() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Members members = new Members();
    Set<Integer> expected = new LinkedHashSet<>();

    for (int step = 0; step < 20_000; step++) {
      int number = random.nextInt(500);
      // Growing and shrinking by turns, so that empty places are given up now and then.
      if (random.nextInt(10) < (step / 2_000 % 2 == 0 ? 8 : 2)) {
        members.add(number, Instant.ofEpochMilli(step));
        expected.add(number);
      } else {
        members.remove(number);
        expected.remove(number);
      }
    }

    List<Integer> forwards = members.all().mapToObj(members::numberAt).toList();
    List<Integer> backwards =
        new ArrayList<>(
            members.backwards(0, Integer.MAX_VALUE).mapToObj(members::numberAt).toList());
    assertThat(forwards).as("seed %s", seed).isEqualTo(List.copyOf(expected));
    assertThat(members.size()).isEqualTo(expected.size());
    Collections.reverse(backwards);
    assertThat(backwards).isEqualTo(forwards);
    assertThat(members.all().mapToObj(members::joinedAt)).isSorted();
    for (int number = 0; number < 500; number++) {
      int place = members.place(number);
      assertThat(place >= 0).isEqualTo(expected.contains(number));
      assertThat(place < 0 || members.numberAt(place) == number).isTrue();
    }
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void a_million_leave_one_by_one() {
    Members members = new Members();
    for (int number = 0; number < 1_000_000; number++) {
      members.add(number, Instant.EPOCH);
    }

    for (int number = 0; number < 1_000_000; number++) {
      members.remove(number);
    }

    assertThat(members.size()).isZero();
    assertThat(members.all()).isEmpty();
  }
}
