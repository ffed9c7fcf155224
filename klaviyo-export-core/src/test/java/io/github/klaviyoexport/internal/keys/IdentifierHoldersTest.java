package io.github.klaviyoexport.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.internal.row.Identifier;
import io.github.klaviyoexport.profile.ProfileField;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

  /** The holder of a phone number or an external id; no test gives one lane to both. */
  private @Nullable String holderOf(long lane1) {
    String ofPhone = holders.holderOfPhone(lane1);
    return ofPhone == null ? holders.holderOfExternalId(lane1) : ofPhone;
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
      assertThat(holderOf(random.nextLong())).isNull();
    }
    reference.remove(RowKeys.NONE);

    assertThat(holderOf(RowKeys.NONE)).isNull();
    int asked = 0;
    for (Map.Entry<Long, String> known : reference.entrySet()) {
      if (asked++ % 11 == 0) {
        assertThat(holderOf(known.getKey())).isEqualTo(known.getValue());
      }
    }
  }

  @Test
  void identifiers_that_differ_only_in_bits_that_memory_does_not_hold_are_told_apart() {
    long phone = 0x0123_4567_89ab_cdefL;
    add("c-1", phone, RowKeys.NONE);
    add("c-2", phone ^ 1, RowKeys.NONE);

    assertThat(holderOf(phone)).isEqualTo("c-1");
    assertThat(holderOf(phone ^ 1)).isEqualTo("c-2");
    assertThat(holderOf(phone ^ 2)).isNull();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, -1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 32, 1L << 31, 1L << 50})
  void an_identifier_of_any_fingerprint_is_known_again(long lane1) {
    assertThat(holderOf(lane1)).isNull();
    add("c-1", RowKeys.NONE, lane1);
    assertThat(holderOf(lane1)).isEqualTo("c-1");
    assertThat(holderOf(~lane1)).isNull();
  }

  @Test
  void a_holder_may_have_an_id_of_any_length() {
    add("", 1, 2);
    add("x".repeat(100_000), 3, RowKeys.NONE);
    add("c-3", 4, RowKeys.NONE);
    for (int more = 0; more < IdentifierHolders.ROWS_PER_BLOCK; more++) {
      add("m", 1_000 + more, RowKeys.NONE);
    }

    assertThat(holderOf(2)).isEmpty();
    assertThat(holderOf(3)).isEqualTo("x".repeat(100_000));
    assertThat(holderOf(4)).isEqualTo("c-3");
  }

  @Test
  void a_block_is_found_whose_number_has_more_bits_than_memory_holds_of_it() {
    SplittableRandom random = new SplittableRandom(3);
    int blocks = (1 << 14) + 2;
    long[] ofEachBlock = new long[blocks];
    for (int block = 0; block < blocks; block++) {
      ofEachBlock[block] = random.nextLong();
      String customer = "b-" + block;
      for (int number = 0; number < IdentifierHolders.ROWS_PER_BLOCK; number++) {
        add(customer, number == 7 ? ofEachBlock[block] : random.nextLong(), RowKeys.NONE);
      }
    }

    for (int block : new int[] {0, 1, 2, 700, (1 << 14) - 1, 1 << 14, (1 << 14) + 1}) {
      assertThat(holderOf(ofEachBlock[block])).isEqualTo("b-" + block);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void takes_at_most_7_bytes_an_identifier_from_300000_up(boolean expected) {
    holders.expect(expected ? 3_000_000 : 0);
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

  /**
   * The identifiers of a group that is looked up: numbers, whose order is that of their texts, each
   * with a lane that is scattered.
   */
  private final class Group {
    final long[] numbers = new long[32 * IdentifierHolders.KINDS];
    final @Nullable String[] texts = new @Nullable String[numbers.length];
    final long[] lanes = new long[numbers.length];
    int customers;

    void add(long email, long phone, long externalId) {
      set(customers * IdentifierHolders.KINDS, email);
      set(customers * IdentifierHolders.KINDS + 1, phone);
      set(customers * IdentifierHolders.KINDS + 2, externalId);
      customers++;
    }

    private void set(int at, long number) {
      numbers[at] = number;
      texts[at] = number == 0 ? null : Long.toString(1_000_000_000_000L + number);
      lanes[at] = number == 0 ? RowKeys.NONE : scattered(at % IdentifierHolders.KINDS, number);
    }

    void look() {
      holders.look(texts, lanes, customers);
    }

    long lane(int customer, ProfileField kind) {
      return lanes[customer * IdentifierHolders.KINDS + Identifier.KINDS.indexOf(kind)];
    }

    void addToHolders(int customer, String id) {
      row.clear();
      row.add(
          id,
          0,
          lane(customer, ProfileField.EMAIL),
          lane(customer, ProfileField.PHONE_NUMBER),
          lane(customer, ProfileField.EXTERNAL_ID));
      holders.add(row, 0, customer);
    }
  }

  private static long scattered(int kind, long number) {
    long mixed = (number * IdentifierHolders.KINDS + kind) * 0x9e3779b97f4a7c15L;
    return (mixed ^ mixed >>> 32) * 0xbf58476d1ce4e5b9L;
  }

  /**
   * Looks groups of customers up, whose phone numbers and external ids come in order at first, now
   * and then twice in a row, and from a number on at random; gives each identifier to the first.
   */
  @ParameterizedTest
  @CsvSource({
    "0, 0, 0",
    "0, 0, 20000",
    "1, 1, 0",
    "40, 900, 20000",
    "1024, 11000, 20000",
    "15001, 0, 0",
    "20000, 20000, 20000"
  })
  void customers_that_are_looked_up_together_are_told_apart_as_one_after_the_other(
      int phonesInOrder, int externalIdsInOrder, int expected) {
    holders.expect(expected);
    Random random = new Random(20_28);
    Map<Long, String> phones = new HashMap<>();
    Map<Long, String> externalIds = new HashMap<>();
    int number = 0;
    int missing = 0;
    while (number < 19_000) {
      Group group = new Group();
      int size = 1 + random.nextInt(32);
      while (group.customers < size) {
        number++;
        int again = random.nextInt(20) == 0 ? 1 : 0;
        group.add(
            1 + random.nextInt(1_000_000_000),
            number(number - again, number < phonesInOrder, random),
            number(number - again, number < externalIdsInOrder, random));
      }
      group.look();
      for (int i = 0; i < group.customers; i++) {
        long phone = group.lane(i, ProfileField.PHONE_NUMBER);
        long externalId = group.lane(i, ProfileField.EXTERNAL_ID);
        boolean held = phones.containsKey(phone) || externalIds.containsKey(externalId);
        boolean saidToBeMissing = holders.areMissing(i);
        if (held && saidToBeMissing
            || !Objects.equals(holders.holderOfPhone(phone), phones.get(phone))
            || !Objects.equals(
                holders.holderOfExternalId(externalId), externalIds.get(externalId))) {
          throw new AssertionError("customer number " + number + ", " + i + " of its group");
        }
        missing += saidToBeMissing ? 1 : 0;
        if (!held) {
          String customer = "c-" + number + "-" + i;
          group.addToHolders(i, customer);
          phones.put(phone, customer);
          externalIds.put(externalId, customer);
          phones.remove(RowKeys.NONE);
          externalIds.remove(RowKeys.NONE);
        }
      }
    }
    assertThat(missing).isGreaterThan(4_000);
    if (phonesInOrder < number) {
      phones.forEach((lane, id) -> assertThat(holders.holderOfPhone(lane)).isEqualTo(id));
    }
    if (externalIdsInOrder < number) {
      externalIds.forEach((lane, id) -> assertThat(holders.holderOfExternalId(lane)).isEqualTo(id));
    }
  }

  private static long number(int number, boolean inOrder, Random random) {
    if (inOrder) {
      return number;
    }
    return random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(30_000);
  }

  @Test
  void email_addresses_that_come_in_order_are_told_by_their_whole_fingerprint() {
    Fingerprint first = new Fingerprint(5, 6).of(ProfileField.EMAIL, "ada@shop.example");
    row.clear();
    row.add("c-1", first, RowKeys.NONE, RowKeys.NONE);
    String[] texts = {"ada@shop.example", null, null};
    holders.look(texts, new long[] {first.lane1(), RowKeys.NONE, RowKeys.NONE}, 1);
    assertThat(holders.areMissing(0)).isTrue();
    holders.add(row, 0, 0);

    holders.look(texts, new long[] {first.lane1(), RowKeys.NONE, RowKeys.NONE}, 1);

    assertThat(holders.areMissing(0)).isFalse();
    assertThat(holders.hasEmail(first)).isTrue();
    assertThat(holders.holderOfEmail(first)).isEqualTo("c-1");
    assertThat(holders.hasEmail(fingerprint.of(ProfileField.EMAIL, "bo@shop.example"))).isFalse();
    assertThat(holders.memoryBytes()).isZero();
  }

  @Test
  void another_identifier_than_the_one_that_was_looked_up_may_be_added_in_its_place() {
    add("c-0", 1L << 51, 9L << 51);
    holders.look(new String[] {"a", "b", "c"}, new long[] {4L << 51, 2L << 51, 3L << 51}, 1);

    row.clear();
    row.add("c-1", 0, 7L << 51, RowKeys.NONE, 7L << 51);
    holders.add(row, 0, 0);

    assertThat(holders.holderOfExternalId(7L << 51)).isEqualTo("c-1");
    assertThat(holders.holderOfPhone(2L << 51)).isNull();
    assertThat(holders.holderOfExternalId(3L << 51)).isNull();
  }

  @Test
  void none_is_held_of_a_kind_that_comes_in_order_and_the_others_have_room_as_expected() {
    holders.expect(1_000_000);
    Random random = new Random(9);
    for (int number = 1; number <= 1_000_000; number++) {
      Group group = new Group();
      group.add(1 + random.nextInt(1_000_000_000), number, number);
      group.look();
      group.addToHolders(0, "");
    }
    assertThat((double) holders.memoryBytes() / 1_000_000).isBetween(4.0, 7.0);

    Group group = new Group();
    group.add(1, 1_000_001, 77);
    group.look();

    assertThat(holders.areMissing(0)).isFalse();
    assertThat(holders.holderOfExternalId(scattered(2, 77))).isNotNull();
    assertThat((double) holders.memoryBytes() / 2_000_000).isBetween(4.0, 7.0);
  }

  @Test
  void all_identifiers_of_a_row_have_a_holder_that_is_added_without_being_looked_up() {
    Fingerprint email = fingerprint.of(ProfileField.EMAIL, "ada@shop.example");
    row.clear();
    row.add("c-1", email, 5L << 51, RowKeys.NONE);
    row.add("c-2", fingerprint.another().of(ProfileField.EMAIL, "bo@shop.example"), 6L << 51, 7);
    holders.add(row, 0);
    holders.add(row, 1);

    assertThat(holders.holderOfEmail(email)).isEqualTo("c-1");
    assertThat(holders.holderOfPhone(5L << 51)).isEqualTo("c-1");
    assertThat(holders.holderOfPhone(6L << 51)).isEqualTo("c-2");
    assertThat(holders.holderOfExternalId(7)).isEqualTo("c-2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1 2 9 10 11 100", "C-1 C-2 C-9 C-10 C-11", "al alba ben bo", "a b cc dd eee"})
  void numbers_that_grow_and_texts_as_a_dictionary_has_them_are_in_order(String ids) {
    for (String id : ids.split(" ")) {
      lookAndAdd(id);
      lookedUp(id, false);
    }
    assertThat(holders.memoryBytes()).isZero();
  }

  @Test
  void what_is_in_none_of_the_two_orders_ends_both() {
    for (String id : "9 10 a".split(" ")) {
      lookAndAdd(id);
    }
    assertThat(holders.memoryBytes()).isPositive();
    for (String id : "9 10 a".split(" ")) {
      lookedUp(id, false);
    }
    lookedUp("b", true);
  }

  private void lookAndAdd(String externalId) {
    lookedUp(externalId, true);
    row.clear();
    row.add("of " + externalId, 0, laneOf(externalId), RowKeys.NONE, laneOf(externalId));
    holders.add(row, 0, 0);
  }

  /** Looks an external id up, and checks whether it has a holder, and which. */
  private void lookedUp(String externalId, boolean missing) {
    String[] texts = {null, null, externalId};
    holders.look(texts, new long[] {RowKeys.NONE, RowKeys.NONE, laneOf(externalId)}, 1);
    assertThat(holders.areMissing(0)).isEqualTo(missing);
    assertThat(holders.holderOfExternalId(laneOf(externalId)))
        .isEqualTo(missing ? null : "of " + externalId);
  }

  private static long laneOf(String externalId) {
    return scattered(2, externalId.hashCode());
  }

  @Test
  void an_order_begins_anew_after_letting_go() {
    lookAndAdd("2");

    holders.drop();

    lookAndAdd("1");
    lookAndAdd("2");
    lookedUp("2", false);
    assertThat(holders.memoryBytes()).isZero();
  }

  @Test
  void knows_nobody_after_letting_go() {
    for (int number = 1; number <= 3_000; number++) {
      add("c-" + number, number, RowKeys.NONE);
    }

    holders.drop();

    assertThat(holders.memoryBytes()).isZero();
    assertThat(holderOf(1)).isNull();
    add("c-x", 1, RowKeys.NONE);
    assertThat(holderOf(1)).isEqualTo("c-x");
    assertThat(holderOf(2)).isNull();
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
    assertThat(holderOf(fingerprint.of(ProfileField.EMAIL, "bo@shop.example").lane1())).isNull();
    assertThat(holders.hasEmail(fingerprint)).isTrue();
  }

  @Test
  void a_row_that_is_known_by_its_phone_number_has_no_email_address() {
    Fingerprint phone = fingerprint.of(ProfileField.PHONE_NUMBER, "+358401234567");
    row.clear();
    row.add("c-1", phone, phone.lane1(), RowKeys.NONE);
    holders.add(row, 0);

    assertThat(holderOf(phone.lane1())).isEqualTo("c-1");
    assertThat(holders.hasEmail(phone)).isFalse();
  }
}
