package io.github.klaviyoexport.internal.row;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonBufferTest {
  private final JsonBuffer json = new JsonBuffer(1);

  private boolean isWritten(double value) {
    json.rewind(0);
    return json.decimal(value);
  }

  private String written() {
    return new String(json.bytes(), 0, json.length(), StandardCharsets.US_ASCII);
  }

  @ParameterizedTest
  @ValueSource(
      doubles = {
        0.0,
        -0.0,
        0.001,
        0.01,
        0.1,
        0.125,
        0.29,
        1,
        1.1,
        4.35,
        10,
        19.9,
        100.01,
        1234.567,
        -2.5,
        -0.007,
        99_999.999,
        9_999_999,
        9_999_999.999,
        -9_999_999.99
      })
  void writes_decimals_as_double_does(double value) {
    assertThat(isWritten(value)).isTrue();
    assertThat(written()).isEqualTo(Double.toString(value));
  }

  @ParameterizedTest
  @ValueSource(
      doubles = {
        0.0009999999999999998,
        0.0005,
        0.0001,
        1.2345,
        0.1 + 0.2,
        1.0 / 3,
        10_000_000,
        1e22,
        Double.MIN_VALUE,
        Double.MAX_VALUE,
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY
      })
  void leaves_other_numbers_alone(double value) {
    assertThat(isWritten(value)).isFalse();
    assertThat(written()).isEmpty();
  }

  @Test
  void writes_every_decimal_of_three_places_and_what_is_beside_it_never_as_another() {
    Random random = new Random(754);
    for (int i = 0; i < 200_000; i++) {
      int places = random.nextInt(4);
      double scale = Math.pow(10, places);
      long most = random.nextBoolean() ? 9_999 : 9_999_999;
      double value = (1 + (long) (random.nextDouble() * most * scale)) / scale * sign(random);
      assertThat(isWritten(value)).as("%s", value).isTrue();
      assertThat(written()).isEqualTo(Double.toString(value));

      double beside = random.nextBoolean() ? Math.nextUp(value) : Math.nextDown(value);
      assertThat(isWritten(beside)).as("%s", beside).isFalse();
    }
  }

  @Test
  void writes_any_number_that_it_takes_so_that_it_is_read_as_that_number() {
    Random random = new Random(1985);
    int taken = 0;
    for (int i = 0; i < 300_000; i++) {
      double value = (1 + random.nextInt(9_999_999)) / (double) (1 << random.nextInt(16));
      if (isWritten(value)) {
        assertThat(Double.parseDouble(written())).isEqualTo(value);
        assertThat(written()).isEqualTo(Double.toString(value));
        taken++;
      }
    }
    assertThat(taken).isBetween(50_000, 150_000);
  }

  private static int sign(Random random) {
    return random.nextBoolean() ? 1 : -1;
  }
}
