package io.github.klaviyoexport.internal.upload;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.internal.export.Lab;
import io.github.klaviyoexport.internal.keys.Fingerprint;
import io.github.klaviyoexport.internal.keys.IdentifierHolders;
import io.github.klaviyoexport.internal.keys.RowKeySpill;
import io.github.klaviyoexport.internal.keys.RowKeys;
import io.github.klaviyoexport.internal.keys.SeenIdentifiers;
import io.github.klaviyoexport.internal.record.Listeners;
import io.github.klaviyoexport.internal.record.Outcomes;
import io.github.klaviyoexport.internal.record.PendingWork;
import io.github.klaviyoexport.internal.record.RunCounts;
import io.github.klaviyoexport.internal.row.Batch;
import io.github.klaviyoexport.internal.run.RunMemory;
import io.github.klaviyoexport.internal.upload.Batcher.Filled;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.profile.ProfileField;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BatcherTest {
  private static final FieldMapping MAPPING =
      FieldMapping.email("Email").phone("Phone").property("Note", "LTV");
  private static final int ALL_BUT_THE_ENVELOPE =
      Batch.MAX_BYTES - new Batch(Lab.LIST, 1).bodyBytes();

  private final RunCounts counts = new RunCounts();
  private final List<Rejection> rejections = new ArrayList<>();
  private final List<Filled> handedOn = new ArrayList<>();
  private final Fingerprint fingerprint = new Fingerprint(1, 2);
  private final IdentifierHolders holders = new IdentifierHolders(new RowKeySpill());

  private final Outcomes outcomes = new Listeners(List.of()).outcomes(ListId.of("Y6nRLr"));

  private Batcher batcher(int batchSize) {
    return batcher(batchSize, PendingWork.everything(holders));
  }

  private Batcher batcher(int batchSize, PendingWork pending) {
    return new Batcher(
        Lab.LIST,
        batchSize,
        MAPPING,
        fingerprint,
        counts,
        pending,
        RunMemory.none(),
        rejections::add,
        outcomes,
        handedOn::add,
        (customer, verdict) -> true);
  }

  private static void take(Batcher batcher, CustomerProfile customer, @Nullable String after) {
    batcher.take(customer, after, 0);
  }

  private static CustomerProfile customer(int number, @Nullable String phone, Object note) {
    return CustomerProfile.of(Lab.id(number), Lab.FIELDS, Lab.email(number), phone, "London", note);
  }

  private static List<String> customers(RowKeys keys) {
    List<String> ids = new ArrayList<>();
    keys.eachCustomer(ids::add);
    return ids;
  }

  @Test
  void a_batch_is_handed_on_as_soon_as_it_has_all_its_rows() {
    Batcher batcher = batcher(2);

    take(batcher, Lab.customer(1), "p-1");
    assertThat(handedOn).isEmpty();
    take(batcher, Lab.customer(2), "p-2");

    assertThat(handedOn).hasSize(1);
    assertThat(handedOn.get(0).batch().rows()).isEqualTo(2);
    assertThat(customers(handedOn.get(0).keys())).containsExactly("c-1", "c-2");
    assertThat(handedOn.get(0).checkpoint().position()).isEqualTo("p-2");
    assertThat(batcher.rows()).isZero();
  }

  @Test
  void what_is_in_no_batch_yet_is_known_by_number_and_name() {
    Batcher batcher = batcher(10);
    take(batcher, Lab.customer(1), null);
    take(batcher, Lab.customer(2), null);

    List<String> waiting = new ArrayList<>();
    batcher.eachCustomer(waiting::add);

    assertThat(batcher.rows()).isEqualTo(2);
    assertThat(waiting).containsExactly("c-1", "c-2");
  }

  @Test
  void nothing_is_handed_on_when_there_is_nothing() {
    Batcher batcher = batcher(1);

    batcher.flush();
    take(batcher, Lab.customer(1), null);
    batcher.flush();

    assertThat(handedOn).hasSize(1);
  }

  @Test
  void a_row_that_does_not_fit_begins_the_next_batch_and_the_source_stands_before_it() {
    Batcher batcher = batcher(Batch.MAX_PROFILES);
    int number = 0;
    while (handedOn.isEmpty()) {
      number++;
      take(batcher, customer(number, null, "x".repeat(90_000)), "p-" + number);
    }

    Filled full = handedOn.get(0);
    int last = number - 1;
    assertThat(full.batch().rows()).isEqualTo(last);
    assertThat(full.batch().bodyBytes()).isBetween(Batch.MAX_BYTES - 91_000, Batch.MAX_BYTES);
    assertThat(full.checkpoint().position()).isEqualTo("p-" + last);
    assertThat(full.checkpoint().read()).isEqualTo(last);
    assertThat(batcher.rows()).isEqualTo(1);

    batcher.flush();
    assertThat(customers(handedOn.get(1).keys())).containsExactly(Lab.id(number));
    assertThat(new String(handedOn.get(1).batch().row(0))).contains(Lab.email(number));
  }

  @Test
  void a_batch_may_be_filled_to_the_last_byte() {
    byte[] row = new byte[ALL_BUT_THE_ENVELOPE];
    Batch batch = new Batch(Lab.LIST, 2);

    assertThat(batch.add(row, row.length)).isTrue();
    assertThat(batch.bodyBytes()).isEqualTo(Batch.MAX_BYTES);
    assertThat(batch.add(row, 1)).isFalse();
    assertThat(new Batch(Lab.LIST, 2).add(new byte[row.length + 1], row.length + 1)).isFalse();
  }

  @Test
  void of_two_rows_for_one_identifier_the_first_is_sent_and_the_second_counted() {
    Batcher batcher = batcher(10);

    take(batcher, customer(1, null, 1), null);
    take(batcher, customer(1, "12", Double.NaN), null);
    take(batcher, customer(2, "12", 1), null);
    batcher.flush();

    assertThat(customers(handedOn.get(0).keys())).containsExactly("c-1", "c-2");
    assertThat(counts.profilesRead()).isEqualTo(3);
    assertThat(counts.profilesDuplicate()).isEqualTo(1);
    assertThat(rejections)
        .as("what is wrong with a duplicate's fields is of no consequence")
        .containsExactly(Rejection.ofField("c-2", "Phone", Reason.PHONE_MALFORMED));
    assertThat(counts.fieldsRejected()).isEqualTo(1);
  }

  @Test
  void what_is_set_aside_is_counted_told_and_in_no_batch() {
    Batcher batcher = batcher(1);

    take(batcher, CustomerProfile.of("c-1", Map.of("Email", "no address")), "p-1");
    batcher.flush();
    take(batcher, Lab.customer(2), "p-2");

    assertThat(rejections)
        .containsExactly(Rejection.ofProfile("c-1", "Email", Reason.EMAIL_MALFORMED));
    assertThat(counts.profilesRejected()).isEqualTo(1);
    assertThat(customers(handedOn.get(0).keys())).containsExactly("c-2");
    assertThat(handedOn.get(0).checkpoint().rejections()).isEqualTo(rejections);
  }

  @Test
  void what_a_previous_run_settled_is_read_and_not_sent_again() {
    SeenIdentifiers settled = new SeenIdentifiers();
    settled.add(fingerprint.of(ProfileField.EMAIL, Lab.email(1)));
    PendingWork pending =
        new PendingWork(
            new SeenIdentifiers(), holders, new SeenIdentifiers[] {settled}, 1, Map.of(), null);
    Batcher batcher = batcher(10, pending);

    take(batcher, Lab.customer(1), null);
    take(batcher, Lab.customer(1), null);
    take(batcher, Lab.customer(2), null);
    batcher.flush();

    assertThat(customers(handedOn.get(0).keys())).containsExactly("c-2");
    assertThat(counts.profilesRead()).isEqualTo(3);
    assertThat(counts.profilesDuplicate()).isEqualTo(1);
    assertThat(pending.notMet()).isZero();
  }

  @Test
  void rows_of_a_batch_that_may_have_arrived_are_filled_into_one_of_their_own() {
    long second = fingerprint.of(ProfileField.EMAIL, Lab.email(2)).lane1();
    long third = fingerprint.of(ProfileField.EMAIL, Lab.email(3)).lane1();
    PendingWork pending =
        new PendingWork(
            new SeenIdentifiers(),
            holders,
            new SeenIdentifiers[0],
            0,
            Map.of(second, 4, third, 4),
            null);
    Batcher batcher = batcher(10, pending);

    for (int number = 1; number <= 5; number++) {
      take(batcher, Lab.customer(number), null);
    }
    batcher.flush();

    assertThat(handedOn)
        .extracting(filled -> customers(filled.keys()))
        .containsExactly(List.of("c-1"), List.of("c-2", "c-3"), List.of("c-4", "c-5"));
  }

  private static CustomerProfile doubtful(int number) {
    return CustomerProfile.of(
        Lab.id(number), Lab.FIELDS, "o'" + Lab.email(number), null, "Cork", number);
  }

  @Test
  void rows_in_doubt_are_filled_into_batches_of_their_own() {
    Batcher batcher = batcher(3);

    for (int number = 1; number <= 9; number++) {
      take(batcher, number % 2 == 0 ? doubtful(number) : Lab.customer(number), "p-" + number);
    }
    batcher.flush();

    assertThat(handedOn)
        .extracting(filled -> customers(filled.keys()))
        .containsExactly(
            List.of("c-1", "c-3", "c-5"),
            List.of("c-2", "c-4", "c-6"),
            List.of("c-8"),
            List.of("c-7", "c-9"));
    assertThat(handedOn)
        .as("a position is named only where no row before it waits")
        .extracting(filled -> filled.checkpoint().position())
        .containsExactly(null, "p-6", null, "p-9");
  }

  @Test
  void rows_in_doubt_are_counted_and_named_while_they_wait() {
    Batcher batcher = batcher(10);
    take(batcher, doubtful(1), null);
    take(batcher, Lab.customer(2), null);

    List<String> waiting = new ArrayList<>();
    batcher.eachCustomer(waiting::add);

    assertThat(batcher.rows()).isEqualTo(2);
    assertThat(waiting).containsExactlyInAnyOrder("c-1", "c-2");
  }

  @Test
  void a_sprinkle_of_rows_in_doubt_costs_one_batch_in_seventeen_at_most() {
    Batcher batcher = batcher(10);
    for (int number = 1; number <= 3_400; number++) {
      take(batcher, number % 50 == 1 ? doubtful(number) : Lab.customer(number), "p-" + number);
    }
    batcher.flush();

    assertThat(handedOn).hasSizeLessThanOrEqualTo(3_400 / 10 * 17 / 16 + 1);
    assertThat(handedOn.stream().filter(filled -> filled.checkpoint().position() != null))
        .as("positions to go on from")
        .hasSizeGreaterThan(15);
    assertThat(handedOn.stream().mapToInt(filled -> filled.batch().rows()).sum()).isEqualTo(3_400);
  }

  @Test
  void without_positions_rows_in_doubt_wait_until_their_batch_is_full() {
    Batcher batcher = batcher(10);
    for (int number = 1; number <= 1_000; number++) {
      take(batcher, number % 100 == 1 ? doubtful(number) : Lab.customer(number), null);
    }
    batcher.flush();

    assertThat(handedOn).hasSize(100);
  }

  @Test
  void rows_in_doubt_of_a_batch_that_may_have_arrived_stay_together() {
    PendingWork pending =
        new PendingWork(
            new SeenIdentifiers(),
            holders,
            new SeenIdentifiers[0],
            0,
            Map.of(
                fingerprint.of(ProfileField.EMAIL, "o'" + Lab.email(1)).lane1(),
                4,
                fingerprint.of(ProfileField.EMAIL, "o'" + Lab.email(400)).lane1(),
                4),
            null);
    Batcher batcher = batcher(10, pending);
    for (int number = 1; number <= 600; number++) {
      take(
          batcher,
          number == 1 || number == 400 || number == 500 ? doubtful(number) : Lab.customer(number),
          "p-" + number);
    }
    batcher.flush();

    assertThat(handedOn)
        .extracting(filled -> customers(filled.keys()))
        .contains(List.of("c-1", "c-400"));
  }

  private static final FieldNames IDENTIFIERS = FieldNames.of("Email", "Phone", "Key", "City");

  private Batcher identifying() {
    return new Batcher(
        Lab.LIST,
        100,
        FieldMapping.email("Email").phone("Phone").externalId("Key").city("City"),
        fingerprint,
        counts,
        PendingWork.everything(holders),
        RunMemory.none(),
        rejections::add,
        outcomes,
        handedOn::add,
        (customer, verdict) -> true);
  }

  private static CustomerProfile known(
      String id, @Nullable String email, @Nullable String phone, @Nullable Object key) {
    return CustomerProfile.of(id, IDENTIFIERS, email, phone, key, "London");
  }

  private List<String> rows() {
    List<String> rows = new ArrayList<>();
    for (Filled filled : handedOn) {
      for (int row = 0; row < filled.batch().rows(); row++) {
        rows.add(new String(filled.batch().row(row), StandardCharsets.UTF_8));
      }
    }
    return rows;
  }

  private static Rejection shared(String id, String field, String other) {
    return Rejection.ofField(id, field, Reason.SHARED_WITH_ANOTHER).withOtherCustomer(other);
  }

  @Test
  void the_second_of_two_customers_with_one_phone_number_is_sent_without_it_and_reported() {
    Batcher batcher = identifying();

    take(batcher, known("c-1", "ada@shop.example", "+358401234567", null), null);
    take(batcher, known("c-2", "ben@shop.example", "\t+358 (40) 123-4567 ", null), null);
    take(batcher, known("c-3", "cy@shop.example", "+358401234568", null), null);
    batcher.flush();

    assertThat(rows())
        .containsExactly(
            "{\"type\":\"profile\",\"attributes\":{\"email\":\"ada@shop.example\","
                + "\"phone_number\":\"+358401234567\",\"location\":{\"city\":\"London\"}}}",
            "{\"type\":\"profile\",\"attributes\":{\"email\":\"ben@shop.example\","
                + "\"location\":{\"city\":\"London\"}}}",
            "{\"type\":\"profile\",\"attributes\":{\"email\":\"cy@shop.example\","
                + "\"phone_number\":\"+358401234568\",\"location\":{\"city\":\"London\"}}}");
    assertThat(rejections).containsExactly(shared("c-2", "Phone", "c-1"));
    assertThat(counts.fieldsRejected()).isEqualTo(1);
    assertThat(counts.profilesRejected()).isZero();
    assertThat(counts.profilesDuplicate()).isZero();
  }

  @Test
  void external_ids_are_shared_when_they_are_the_same_but_for_white_space_around_them() {
    Batcher batcher = identifying();

    take(batcher, known("c-1", "ada@shop.example", null, "K-17"), null);
    take(batcher, known("c-2", "ben@shop.example", null, " K-17\n"), null);
    take(batcher, known("c-3", "cy@shop.example", null, "k-17"), null);
    take(batcher, known("c-4", "di@shop.example", null, "K -17"), null);
    take(batcher, known("c-5", "ed@shop.example", null, 17), null);
    take(batcher, known("c-6", "flo@shop.example", null, "17"), null);
    batcher.flush();

    assertThat(rejections)
        .containsExactly(shared("c-2", "Key", "c-1"), shared("c-6", "Key", "c-5"));
    assertThat(rows()).hasSize(6);
  }

  @Test
  void a_phone_number_and_an_external_id_of_the_same_text_are_two_things() {
    Batcher batcher = identifying();

    take(batcher, known("c-1", "ada@shop.example", "+358401234567", null), null);
    take(batcher, known("c-2", "ben@shop.example", null, "+358401234567"), null);
    batcher.flush();

    assertThat(rejections).isEmpty();
  }

  @Test
  void what_is_shared_with_two_customers_is_reported_with_each_of_them() {
    Batcher batcher = identifying();

    take(batcher, known("c-1", "ada@shop.example", "+358401234567", "k-1"), null);
    take(batcher, known("c-2", "ben@shop.example", "+358401234568", "k-2"), null);
    take(batcher, known("c-3", "cy@shop.example", "+358401234567", "k-2"), null);
    take(batcher, known("c-4", "di@shop.example", "+358401234567", "k-4"), null);
    batcher.flush();

    assertThat(rejections)
        .containsExactly(
            shared("c-3", "Phone", "c-1"),
            shared("c-3", "Key", "c-2"),
            shared("c-4", "Phone", "c-1"));
    assertThat(rows().get(2)).doesNotContain("phone", "external");
    assertThat(rows().get(3)).doesNotContain("phone").contains("\"external_id\":\"k-4\"");
  }

  @Test
  void a_customer_whose_only_identifiers_are_an_earlier_ones_is_a_duplicate() {
    Batcher batcher = identifying();

    take(batcher, known("c-1", "ada@shop.example", "+358401234567", "k-1"), null);
    take(batcher, known("c-2", null, "+358401234567", null), null);
    take(batcher, known("c-3", null, null, "k-1"), null);
    take(batcher, known("c-4", null, "+358401234567", "k-1"), null);
    take(batcher, known("c-5", null, "+358401234568", null), null);
    take(batcher, known("c-6", null, "+358401234568", null), null);
    batcher.flush();

    assertThat(counts.profilesDuplicate()).isEqualTo(4);
    assertThat(rejections).isEmpty();
    assertThat(customers(handedOn.get(0).keys())).containsExactly("c-1", "c-5");
  }

  @Test
  void a_customer_without_an_address_is_known_by_what_is_not_shared() {
    Batcher batcher = identifying();

    take(batcher, known("c-1", null, "+358401234567", "k-1"), null);
    take(batcher, known("c-2", null, "+358401234567", "k-2"), null);
    take(batcher, known("c-3", "cy@shop.example", "+358401234567", null), null);
    take(batcher, known("c-4", null, null, "k-2"), null);
    batcher.flush();

    assertThat(rows().get(1))
        .startsWith("{\"type\":\"profile\",\"attributes\":{\"external_id\":\"k-2\",");
    assertThat(rejections)
        .containsExactly(shared("c-2", "Phone", "c-1"), shared("c-3", "Phone", "c-1"));
    assertThat(counts.profilesDuplicate()).isEqualTo(1);
    RowKeys keys = handedOn.get(0).keys();
    assertThat(keys.find(fingerprint.of(ProfileField.EXTERNAL_ID, "k-2"))).isEqualTo(1);
    assertThat(keys.find(fingerprint.of(ProfileField.PHONE_NUMBER, "+358401234567"))).isZero();
  }

  @Test
  void a_customer_who_is_one_earlier_customer_by_phone_and_another_by_id_is_set_aside() {
    Batcher batcher = identifying();

    take(batcher, known("c-1", "ada@shop.example", "+358401234567", null), null);
    take(batcher, known("c-2", "ben@shop.example", null, "k-2"), null);
    take(batcher, known("c-3", null, "+358401234567", "k-2"), null);
    batcher.flush();

    assertThat(rejections)
        .containsExactly(
            Rejection.ofProfile("c-3", "Phone", Reason.SHARED_WITH_ANOTHER)
                .withOtherCustomer("c-1"));
    assertThat(counts.profilesRejected()).isEqualTo(1);
    assertThat(counts.profilesDuplicate()).isZero();
    assertThat(rows()).hasSize(2);
  }

  @Test
  void what_a_duplicate_or_a_refused_customer_has_is_not_taken_from_another() {
    Batcher batcher = identifying();

    take(batcher, known("c-1", "ada@shop.example", null, null), null);
    take(batcher, known("c-2", "ADA@shop.example", "+358401234567", "k-1"), null);
    take(batcher, known("c-3", "no address", "+358401234568", "k-2"), null);
    take(batcher, known("c-4", "di@shop.example", "+358401234567", "k-1"), null);
    take(batcher, known("c-5", "ed@shop.example", "+358401234568", "k-2"), null);
    batcher.flush();

    assertThat(rejections)
        .containsExactly(Rejection.ofProfile("c-3", "Email", Reason.EMAIL_MALFORMED));
    assertThat(rows().get(1)).contains("+358401234567", "k-1");
    assertThat(rows().get(2)).contains("+358401234568", "k-2");
  }

  @Test
  void what_else_is_wrong_with_a_customer_who_shares_is_reported_once() {
    Batcher batcher = identifying();

    take(batcher, known("c-1", "ada@shop.example", null, "k-1"), null);
    take(batcher, known("c-2", "ben@shop.example", "12", "k-1"), null);
    batcher.flush();

    assertThat(rejections)
        .containsExactly(
            Rejection.ofField("c-2", "Phone", Reason.PHONE_MALFORMED), shared("c-2", "Key", "c-1"));
    assertThat(counts.fieldsRejected()).isEqualTo(2);
  }

  @Test
  void a_holder_is_told_however_long_ago_it_came() {
    Batcher batcher = identifying();
    for (int number = 0; number < 30_000; number++) {
      String id = "c-" + number;
      take(batcher, known(id, id + "@shop.example", "+3584" + (10_000_000 + number), id), null);
    }
    assertThat(rejections).isEmpty();

    for (int number = 0; number < 30_000; number += 299) {
      rejections.clear();
      String id = "d-" + number;
      take(
          batcher,
          known(id, id + "@shop.example", "+3584" + (10_000_000 + number), "c-" + number),
          null);

      assertThat(rejections)
          .containsExactly(shared(id, "Phone", "c-" + number), shared(id, "Key", "c-" + number));
    }
  }

  @Test
  void duplicates_are_found_by_email_address_however_long_ago_the_first_came() {
    Batcher batcher = identifying();
    for (int number = 0; number < 30_000; number++) {
      String id = "c-" + number;
      take(batcher, known(id, id + "@shop.example", null, number % 2 == 0 ? id : null), null);
    }
    for (int number = 0; number < 30_000; number += 7) {
      take(batcher, known("d", "C-" + number + "@shop.example", null, "d-" + number), null);
    }
    batcher.flush();

    assertThat(counts.profilesDuplicate()).isEqualTo(30_000 / 7 + 1);
    assertThat(counts.profilesRejected()).isZero();
    assertThat(handedOn.stream().mapToInt(filled -> filled.batch().rows()).sum()).isEqualTo(30_000);
  }
}
