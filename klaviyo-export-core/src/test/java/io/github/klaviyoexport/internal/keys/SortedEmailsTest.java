package io.github.klaviyoexport.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SortedEmailsTest {
  @Test
  void an_address_follows_the_last_one_or_is_it_or_stands_before_it() {
    SortedEmails sorted = new SortedEmails();
    assertThat(sorted.isEmpty()).isTrue();
    assertThat(sorted.compareToLast("ada@shop.example")).isPositive();

    sorted.take("ada@shop.example");

    assertThat(sorted.isEmpty()).isFalse();
    assertThat(sorted.compareToLast("ada@shop.example")).isZero();
    assertThat(sorted.compareToLast("ben@shop.example")).isPositive();
    assertThat(sorted.compareToLast("abe@shop.example")).isNegative();
    assertThat(sorted.compareToLast("ada@shop.example.org")).isPositive();
  }

  @Test
  void the_order_is_that_of_bytes() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      String one = address(random);
      String other = address(random);
      SortedEmails sorted = new SortedEmails();
      sorted.take(one);

      assertThat(Integer.signum(sorted.compareToLast(other)))
          .as("%s and %s, seed %d", one, other, seed)
          .isEqualTo(Integer.signum(Arrays.compareUnsigned(utf8(other), utf8(one))));
    }
  }

  private static String address(Random random) {
    return random
        .ints(1 + random.nextInt(4), '!', '~' + 1)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .append("@shop.example")
        .toString();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void what_sources_spell_in_two_ways_has_no_place() {
    assertThat(SortedEmails.hasPlace("ada@shop.example")).isTrue();
    assertThat(SortedEmails.hasPlace("o'brien+x_y%z@shop-1.example")).isTrue();
    assertThat(SortedEmails.hasPlace("ada@xn--bcher-kva.example")).isFalse();
    assertThat(SortedEmails.hasPlace("ada@mail.xn--bcher-kva.example")).isFalse();
    assertThat(SortedEmails.hasPlace("adélie@shop.example")).isFalse();
  }
}
