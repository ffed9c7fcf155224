package io.github.klaviyoexport.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.klaviyoexport.profile.ProfileField;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The small picture of a segment by which two readings of it are compared. */
class SegmentSketchTest {
  private final SegmentSketch before = SegmentSketch.create();

  private static SegmentSketch add(
      SegmentSketch sketch, List<Integer> customers, IntFunction<String> row) {
    Fingerprint fingerprint = sketch.fingerprint();
    for (int customer : customers) {
      byte[] bytes = row.apply(customer).getBytes(StandardCharsets.UTF_8);
      sketch.add(fingerprint.of(ProfileField.EMAIL, "c" + customer), bytes, bytes.length);
    }
    return sketch;
  }

  private static List<Integer> numbers(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }

  private static String row(int customer) {
    return "{\"email\":\"c" + customer + "\"}";
  }

  @Test
  void the_same_rows_in_another_order_do_not_differ() {
    List<Integer> shuffled = new ArrayList<>(numbers(0, 20_000));
    Collections.shuffle(shuffled, new Random(1));

    assertThat(
            add(before, numbers(0, 20_000), SegmentSketchTest::row)
                .difference(add(before.another(), shuffled, SegmentSketchTest::row)))
        .isZero();
    assertThat(SegmentSketch.create().difference(SegmentSketch.create())).isZero();
  }

  @Test
  void of_a_segment_no_larger_than_the_sample_the_share_is_exact() {
    add(before, numbers(0, 1_000), SegmentSketchTest::row);

    assertThat(before.difference(add(before.another(), numbers(0, 1_010), SegmentSketchTest::row)))
        .isCloseTo(10 / 1_010.0, within(1e-9));
    assertThat(before.difference(add(before.another(), numbers(20, 1_020), SegmentSketchTest::row)))
        .isCloseTo(40 / 1_020.0, within(1e-9));
    assertThat(
            before.difference(
                add(before.another(), numbers(0, 1_000), i -> i < 7 ? "other" + i : row(i))))
        .isCloseTo(0.007, within(1e-9));
    assertThat(before.difference(before.another())).isEqualTo(1);
  }

  @Test
  void of_a_large_segment_the_share_is_estimated_within_a_few_standard_errors() {
    add(before, numbers(0, 200_000), SegmentSketchTest::row);

    assertThat(
            before.difference(
                add(before.another(), numbers(5_000, 205_000), SegmentSketchTest::row)))
        .isCloseTo(10_000 / 205_000.0, within(0.015));
    assertThat(
            before.difference(
                add(before.another(), numbers(0, 200_000), i -> i % 20 == 0 ? "x" + i : row(i))))
        .isCloseTo(0.05, within(0.015));
  }

  @Test
  void one_byte_of_one_row_in_a_large_segment_is_a_difference() {
    add(before, numbers(0, 50_000), SegmentSketchTest::row);

    assertThat(
            before.difference(
                add(before.another(), numbers(0, 50_000), i -> i == 77 ? "{}" : row(i))))
        .isBetween(1 / 50_000.0, 0.001);
  }
}
