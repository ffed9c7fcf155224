package io.github.klaviyoexport.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.profile.ProfileField;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SeenIdentifiersTest {
  private static final long FIRST_PARTITION = 0;
  private static final long LAST_PARTITION = -1L;

  private final SeenIdentifiers seen = new SeenIdentifiers();

  @Test
  void knows_each_of_300000_identifiers_that_it_has_met_and_no_other() {
    Random random = new Random(20_26);
    Fingerprint fingerprint = new Fingerprint(random.nextLong(), random.nextLong());
    Set<String> reference = new HashSet<>();

    for (int i = 0; i < 400_000; i++) {
      String email = "customer." + random.nextInt(600_000) + "@shop.example";
      assertThat(seen.add(fingerprint.of(ProfileField.EMAIL, email)))
          .isEqualTo(reference.add(email));
    }
    assertThat(reference).hasSizeGreaterThan(290_000);
  }

  @Test
  void takes_at_most_16_bytes_an_identifier_at_every_size_from_100000_up() {
    Random random = new Random(7);
    for (int size = 1; size <= 3_000_000; size++) {
      seen.add(random.nextLong(), random.nextLong());
      if (size >= 100_000 && size % 10_000 == 0) {
        assertThat((double) seen.memoryBytes() / size)
            .as("bytes an identifier at " + size)
            .isBetween(8.0, 14.0);
      }
    }
  }

  @Test
  void takes_less_than_two_megabytes_below_100000_identifiers() {
    Random random = new Random(8);
    for (int size = 0; size < 100_000; size++) {
      seen.add(random.nextLong(), random.nextLong());
    }

    assertThat(seen.memoryBytes()).isBetween(800_000L, 2_000_000L);
  }

  @Test
  void takes_next_to_nothing_when_empty() {
    assertThat(seen.memoryBytes()).isLessThan(64 * 1024);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE})
  void knows_a_fingerprint_of_any_value_again(long lane1) {
    assertThat(seen.contains(FIRST_PARTITION, lane1)).isFalse();
    assertThat(seen.add(FIRST_PARTITION, lane1)).isTrue();
    assertThat(seen.contains(FIRST_PARTITION, lane1)).isTrue();
    assertThat(seen.contains(LAST_PARTITION, lane1)).isFalse();
    assertThat(seen.add(FIRST_PARTITION, lane1)).isFalse();
    assertThat(seen.add(LAST_PARTITION, lane1)).isTrue();
    assertThat(seen.add(LAST_PARTITION, lane1)).isFalse();
  }

  @Test
  void tells_a_fingerprint_of_zero_from_its_neighbours() {
    assertThat(seen.add(FIRST_PARTITION, 0)).isTrue();
    assertThat(seen.add(FIRST_PARTITION, 1)).isTrue();
    assertThat(seen.add(FIRST_PARTITION, 0)).isFalse();
    assertThat(seen.add(FIRST_PARTITION, 1)).isFalse();
  }

  @Test
  void holds_fingerprints_that_all_belong_in_one_slot() {
    for (int pass = 0; pass < 2; pass++) {
      for (long lane1 = -1_000; lane1 < 0; lane1++) {
        assertThat(seen.add(FIRST_PARTITION, lane1)).isEqualTo(pass == 0);
      }
    }
  }
}
