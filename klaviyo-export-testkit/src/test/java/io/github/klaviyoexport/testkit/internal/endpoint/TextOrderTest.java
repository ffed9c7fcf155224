package io.github.klaviyoexport.testkit.internal.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Texts in order, as comparing them would have it. */
class TextOrderTest {
  private static final String[] PARTS = {
    "", "a", "b", "customer", "ä", "ÿ", "\u0100", "\uffff", "\0", "@shop.example", "þ", "😀", "Z"
  };

  @Test
  void texts_are_sorted_as_comparing_does_and_equal_ones_stay_as_they_are() {
    SplittableRandom random = new SplittableRandom(7);
    for (int round = 0; round < 300; round++) {
      int parts = 1 + random.nextInt(6);
      String[] texts =
          IntStream.range(0, random.nextInt(400))
              .mapToObj(i -> text(random, parts))
              .toArray(String[]::new);
      Integer[] expected = IntStream.range(0, texts.length).boxed().toArray(Integer[]::new);
      Arrays.sort(expected, Comparator.comparing(place -> texts[place]));

      assertThat(TextOrder.of(texts)).as("round " + round).containsExactly(expected);
    }
  }

  private static String text(SplittableRandom random, int parts) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < parts; i++) {
      text.append(PARTS[random.nextInt(PARTS.length)]);
    }
    return text.toString();
  }
}
