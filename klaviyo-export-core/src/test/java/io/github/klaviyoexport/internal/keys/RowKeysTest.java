package io.github.klaviyoexport.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.klaviyoexport.profile.ProfileField;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
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

  @Test
  void finds_a_row_by_its_phone_number_and_its_external_id_too() {
    RowKeys keys = withSecondaries(1_000);

    for (RowKeys each : List.of(keys, RowKeys.unpack(keys.pack()))) {
      assertThat(each.rows()).isEqualTo(1_000);
      for (int row = 0; row < 1_000; row++) {
        boolean hasPhone = row % 3 == 1;
        boolean hasExternalId = row % 5 == 1;
        assertThat(each.customerId(row)).isEqualTo("c-" + row);
        assertThat(each.find(fingerprint.of(ProfileField.EMAIL, "e" + row))).isEqualTo(row);
        assertThat(each.find(fingerprint.of(ProfileField.PHONE_NUMBER, "p" + row)))
            .isEqualTo(hasPhone ? row : -1);
        assertThat(each.find(fingerprint.of(ProfileField.EXTERNAL_ID, "x" + row)))
            .isEqualTo(hasExternalId ? row : -1);
      }
      assertThat(each.pack()).isEqualTo(keys.pack());
    }
  }

  @Test
  void some_of_the_rows_keep_their_phone_numbers_and_external_ids() {
    int[] some = {4, 1, 6, 7};

    RowKeys packed = RowKeys.unpack(withSecondaries(20).pack(some));

    assertThat(packed.rows()).isEqualTo(4);
    assertThat(packed.customerId(0)).isEqualTo("c-4");
    assertThat(packed.find(fingerprint.of(ProfileField.PHONE_NUMBER, "p4"))).isZero();
    assertThat(packed.find(fingerprint.of(ProfileField.EXTERNAL_ID, "x6"))).isEqualTo(2);
    assertThat(packed.find(fingerprint.of(ProfileField.PHONE_NUMBER, "p10"))).isEqualTo(-1);
  }

  @Test
  void what_was_packed_before_there_were_any_is_read_as_it_was() {
    RowKeys keys = new RowKeys();
    keys.add("c-1", 0x1234_0000_0000_0000L, 0x0102_0304_0506_0708L);
    byte[] before =
        HexFormat.of().parseHex("00000001" + "0102030405060708" + "1234" + "00000003" + "632d31");

    assertThat(keys.pack()).isEqualTo(before);
    RowKeys read = RowKeys.unpack(before);
    assertThat(read.customerId(0)).isEqualTo("c-1");
    assertThat(read.phone(0)).isEqualTo(RowKeys.NONE);
    assertThat(read.externalId(0)).isEqualTo(RowKeys.NONE);
  }

  @Test
  void what_was_cut_off_is_refused_with_phone_numbers_and_external_ids_too() {
    byte[] packed = withSecondaries(20).pack();

    for (int length = 0; length < packed.length; length++) {
      byte[] cut = Arrays.copyOf(packed, length);
      assertThatIllegalArgumentException().isThrownBy(() -> RowKeys.unpack(cut));
    }
    for (int kinds : new int[] {-1, 0, 4, 7}) {
      byte[] changed = packed.clone();
      changed[Integer.BYTES] = (byte) kinds;
      assertThatIllegalArgumentException().isThrownBy(() -> RowKeys.unpack(changed));
    }
  }

  @Test
  void cleared_it_knows_nothing_of_before() {
    RowKeys keys = withSecondaries(20);

    keys.clear();
    keys.add("c-0", fingerprint.of(ProfileField.EMAIL, "e0"));

    assertThat(keys.rows()).isEqualTo(1);
    assertThat(keys.phone(0)).isEqualTo(RowKeys.NONE);
    assertThat(keys.find(fingerprint.of(ProfileField.PHONE_NUMBER, "p1"))).isEqualTo(-1);
  }

  private final Fingerprint fingerprint = new Fingerprint(3, 4);

  /** Every third has a phone number, every fifth an external id; the first of them have neither. */
  private RowKeys withSecondaries(int rows) {
    RowKeys keys = new RowKeys();
    for (int row = 0; row < rows; row++) {
      long phone = fingerprint.of(ProfileField.PHONE_NUMBER, "p" + row).lane1();
      long externalId = fingerprint.of(ProfileField.EXTERNAL_ID, "x" + row).lane1();
      keys.add(
          "c-" + row,
          fingerprint.of(ProfileField.EMAIL, "e" + row),
          row % 3 == 1 ? phone : RowKeys.NONE,
          row % 5 == 1 ? externalId : RowKeys.NONE);
    }
    return keys;
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
