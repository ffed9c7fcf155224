package io.github.klaviyoexport.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RowKeysTest {
  private final Random random = new Random(11);
  private final List<String> ids = new ArrayList<>();
  private final List<Long> lanes0 = new ArrayList<>();
  private final List<Long> lanes1 = new ArrayList<>();

  @Test
  void finds_the_row_of_each_fingerprint_and_the_customer_of_each_row() {
    RowKeys keys = keys(3_000);

    for (int row = 0; row < 3_000; row++) {
      assertThat(keys.find(lanes1.get(row))).isEqualTo(row);
      assertThat(keys.customerId(row)).isEqualTo(ids.get(row));
    }
    assertThat(keys.find(42)).isEqualTo(-1);
  }

  @Test
  void an_id_may_be_longer_than_all_that_came_before() {
    RowKeys keys = new RowKeys();
    keys.add("a".repeat(3_000), 1, 1);
    keys.add("b".repeat(9_000), 2, 2);

    assertThat(keys.customerId(0)).isEqualTo("a".repeat(3_000));
    assertThat(keys.customerId(1)).isEqualTo("b".repeat(9_000));
  }

  @Test
  void keeps_as_much_of_a_fingerprint_as_tells_customers_apart() {
    RowKeys keys = keys(100);

    for (int row = 0; row < 100; row++) {
      assertThat(keys.lane0(row) >>> 48).isEqualTo(lanes0.get(row) >>> 48);
      assertThat(keys.lane1(row)).isEqualTo(lanes1.get(row));
    }
  }

  @Test
  void is_the_same_after_packing() {
    RowKeys keys = keys(1_000);

    RowKeys again = RowKeys.unpack(keys.pack());

    assertThat(again.rows()).isEqualTo(1_000);
    assertThat(again.pack()).isEqualTo(keys.pack());
    assertThat(again.customerId(999)).isEqualTo(ids.get(999));
  }

  @Test
  void some_of_the_rows_can_be_packed_in_their_order() {
    RowKeys keys = keys(500);
    int[] some = IntStream.range(0, 500).filter(row -> random.nextBoolean()).toArray();

    RowKeys packed = RowKeys.unpack(keys.pack(some));

    assertThat(packed.rows()).isEqualTo(some.length);
    for (int i = 0; i < some.length; i++) {
      assertThat(packed.customerId(i)).isEqualTo(ids.get(some[i]));
      assertThat(packed.find(lanes1.get(some[i]))).isEqualTo(i);
    }
  }

  @Test
  void none_can_be_packed() {
    assertThat(RowKeys.unpack(keys(5).pack(new int[0])).rows()).isZero();
    assertThat(RowKeys.unpack(new RowKeys().pack()).find(0)).isEqualTo(-1);
  }

  @Test
  void what_was_cut_off_or_never_packed_is_refused() {
    byte[] packed = keys(20).pack();

    for (int length = 0; length < packed.length; length++) {
      byte[] cut = Arrays.copyOf(packed, length);
      assertThatIllegalArgumentException().isThrownBy(() -> RowKeys.unpack(cut));
    }
    for (int i = 0; i < 2_000; i++) {
      byte[] garbage = new byte[random.nextInt(64)];
      random.nextBytes(garbage);
      assertThatIllegalArgumentException().isThrownBy(() -> RowKeys.unpack(garbage));
    }
  }

  private RowKeys keys(int rows) {
    RowKeys keys = new RowKeys();
    for (int row = 0; row < rows; row++) {
      ids.add(
          List.of("", "c-" + row, "Zoë-\ud83d\ude00-" + row, "x".repeat(300))
              .get(random.nextInt(4)));
      lanes0.add(random.nextLong());
      lanes1.add(random.nextLong());
      keys.add(ids.get(row), lanes0.get(row), lanes1.get(row));
    }
    return keys;
  }
}
