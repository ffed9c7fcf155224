package io.github.klaviyoexport.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.profile.ProfileField;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdentifierHoldersTest {
  private final RowKeySpill spill = new RowKeySpill();
  private final IdentifierHolders holders = new IdentifierHolders(spill);
  private final RowKeys row = new RowKeys();
  private final Fingerprint fingerprint = new Fingerprint(5, 6);

  @AfterEach
  void close() {
    spill.close();
  }

  /** Adds a customer who has no email address, so that what is counted is what is added. */
  private void add(String customer, long phone, long externalId) {
    row.clear();
    row.add(customer, 0, phone == RowKeys.NONE ? externalId : phone, phone, externalId);
    holders.add(row, 0);
  }

  @Test
  void tells_the_first_customer_of_each_identifier_exactly_and_of_no_other() {
    Random random = new Random(20_26);
    Map<Long, String> reference = new HashMap<>();
    for (int number = 0; number < 150_000; number++) {
      String customer = random.nextInt(50) == 0 ? "Zo\u00eb-" + number : "c-" + number;
      long phone = random.nextInt(4) == 0 ? RowKeys.NONE : random.nextLong();
      long externalId = random.nextInt(4) == 0 ? RowKeys.NONE : random.nextLong();
      add(customer, phone, externalId);
      reference.put(phone, customer);
      reference.put(externalId, customer);
      assertThat(holders.holderOf(random.nextLong())).isNull();
    }
    reference.remove(RowKeys.NONE);

    assertThat(holders.holderOf(RowKeys.NONE)).isNull();
    int asked = 0;
    for (Map.Entry<Long, String> known : reference.entrySet()) {
      if (asked++ % 11 == 0) {
        assertThat(holders.peek(known.getKey())).isNotZero();
        assertThat(holders.holderOf(known.getKey())).isEqualTo(known.getValue());
      }
    }
  }

  @Test
  void identifiers_that_differ_only_in_bits_that_memory_does_not_hold_are_told_apart() {
    long phone = 0x0123_4567_89ab_cdefL;
    add("c-1", phone, RowKeys.NONE);
    add("c-2", phone ^ 1, RowKeys.NONE);

    assertThat(holders.holderOf(phone)).isEqualTo("c-1");
    assertThat(holders.holderOf(phone ^ 1)).isEqualTo("c-2");
    assertThat(holders.holderOf(phone ^ 2)).isNull();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, -1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 32, 1L << 31, 1L << 50})
  void an_identifier_of_any_fingerprint_is_known_again(long lane1) {
    assertThat(holders.holderOf(lane1)).isNull();
    add("c-1", RowKeys.NONE, lane1);
    assertThat(holders.holderOf(lane1)).isEqualTo("c-1");
    assertThat(holders.holderOf(~lane1)).isNull();
  }

  @Test
  void a_holder_may_have_an_id_of_any_length() {
    add("", 1, 2);
    add("x".repeat(100_000), 3, RowKeys.NONE);
    add("c-3", 4, RowKeys.NONE);
    for (int more = 0; more < IdentifierHolders.ROWS_PER_BLOCK; more++) {
      add("m", 1_000 + more, RowKeys.NONE);
    }

    assertThat(holders.holderOf(2)).isEmpty();
    assertThat(holders.holderOf(3)).isEqualTo("x".repeat(100_000));
    assertThat(holders.holderOf(4)).isEqualTo("c-3");
  }

  @Test
  void a_block_is_found_whose_number_has_more_bits_than_memory_holds_of_it() {
    Random random = new Random(3);
    int blocks = (1 << 14) + 2;
    long[] ofEachBlock = new long[blocks];
    for (int block = 0; block < blocks; block++) {
      ofEachBlock[block] = random.nextLong();
      for (int number = 0; number < IdentifierHolders.ROWS_PER_BLOCK; number++) {
        add("b-" + block, number == 7 ? ofEachBlock[block] : random.nextLong(), RowKeys.NONE);
      }
    }

    for (int block : new int[] {0, 1, 2, 700, (1 << 14) - 1, 1 << 14, (1 << 14) + 1}) {
      assertThat(holders.holderOf(ofEachBlock[block])).isEqualTo("b-" + block);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void takes_at_most_7_bytes_an_identifier_from_300000_up(boolean expected) {
    if (expected) {
      holders.expect(3_000_000);
    }
    Random random = new Random(7);
    for (int number = 1; number <= 3_000_000; number++) {
      add("", random.nextLong(), RowKeys.NONE);
      if (number % 100_000 == 0 && number >= (expected ? 3_000_000 : 300_000)) {
        assertThat((double) holders.memoryBytes() / number)
            .as("bytes an identifier at " + number)
            .isBetween(4.0, 7.0);
      }
    }
  }

  @Test
  void takes_less_than_two_megabytes_below_300000_identifiers_and_nothing_when_empty() {
    assertThat(holders.memoryBytes()).isZero();
    Random random = new Random(8);
    for (int number = 0; number < 300_000; number++) {
      add("", random.nextLong(), RowKeys.NONE);
    }

    assertThat(holders.memoryBytes()).isLessThan(2_100_000);
  }

  @Test
  void knows_nobody_after_letting_go() {
    for (int number = 1; number <= 3_000; number++) {
      add("c-" + number, number, RowKeys.NONE);
    }

    holders.drop();

    assertThat(holders.memoryBytes()).isZero();
    assertThat(holders.holderOf(1)).isNull();
    add("c-x", 1, RowKeys.NONE);
    assertThat(holders.holderOf(1)).isEqualTo("c-x");
    assertThat(holders.holderOf(2)).isNull();
  }

  private void addWithEmail(String customer, String email, long phone) {
    row.clear();
    row.add(customer, fingerprint.of(ProfileField.EMAIL, email), phone, RowKeys.NONE);
    holders.add(row, 0);
  }

  @Test
  void knows_each_of_150000_email_addresses_that_it_has_met_and_no_other() {
    Random random = new Random(20_27);
    Set<String> reference = new HashSet<>();
    for (int number = 0; number < 250_000; number++) {
      String email = random.nextInt(300_000) + "@shop.example";
      boolean known = holders.hasEmail(fingerprint.of(ProfileField.EMAIL, email));
      if (known != reference.contains(email)) {
        throw new AssertionError("address number " + number);
      }
      if (reference.add(email)) {
        addWithEmail("c-" + number, email, RowKeys.NONE);
      }
    }
    assertThat(reference).hasSizeGreaterThan(150_000);
  }

  @Test
  void names_the_first_customer_of_each_of_5000_email_addresses() {
    for (int number = 0; number < 5_000; number++) {
      addWithEmail("c-" + "x".repeat(number % 5) + number, number + "@shop.example", RowKeys.NONE);
    }

    for (int number = 0; number < 5_000; number++) {
      assertThat(
              holders.holderOfEmail(fingerprint.of(ProfileField.EMAIL, number + "@shop.example")))
          .isEqualTo("c-" + "x".repeat(number % 5) + number);
    }
    assertThat(holders.holderOfEmail(fingerprint.of(ProfileField.EMAIL, "ada@shop.example")))
        .isNull();
  }

  @Test
  void an_email_address_is_no_phone_number_whose_fingerprint_looks_like_it() {
    long lane1 = fingerprint.of(ProfileField.EMAIL, "ada@shop.example").lane1();
    add("c-1", lane1, RowKeys.NONE);

    assertThat(holders.hasEmail(fingerprint.of(ProfileField.EMAIL, "ada@shop.example"))).isFalse();
    addWithEmail("c-2", "bo@shop.example", RowKeys.NONE);
    assertThat(holders.holderOf(fingerprint.of(ProfileField.EMAIL, "bo@shop.example").lane1()))
        .isNull();
    assertThat(holders.hasEmail(fingerprint)).isTrue();
  }

  @Test
  void a_row_that_is_known_by_its_phone_number_has_no_email_address() {
    Fingerprint phone = fingerprint.of(ProfileField.PHONE_NUMBER, "+358401234567");
    row.clear();
    row.add("c-1", phone, phone.lane1(), RowKeys.NONE);
    holders.add(row, 0);

    assertThat(holders.holderOf(phone.lane1())).isEqualTo("c-1");
    assertThat(holders.hasEmail(phone)).isFalse();
  }
}
