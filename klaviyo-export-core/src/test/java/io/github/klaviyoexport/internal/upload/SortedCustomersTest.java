package io.github.klaviyoexport.internal.upload;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.Outcome;
import io.github.klaviyoexport.internal.export.Lab;
import io.github.klaviyoexport.internal.keys.Fingerprint;
import io.github.klaviyoexport.internal.keys.IdentifierHolders;
import io.github.klaviyoexport.internal.keys.RowKeySpill;
import io.github.klaviyoexport.internal.record.Listeners;
import io.github.klaviyoexport.internal.record.Outcomes;
import io.github.klaviyoexport.internal.record.PendingWork;
import io.github.klaviyoexport.internal.record.RunCounts;
import io.github.klaviyoexport.internal.row.Batch;
import io.github.klaviyoexport.internal.run.RunMemory;
import io.github.klaviyoexport.internal.upload.DuplicateFinder.Verdict;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.profile.ProfileField;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is held of customers who are sorted by their email address. */
class SortedCustomersTest {
  private static final FieldNames FIELDS = FieldNames.of("Email");
  private static final int MANY = 50_000;

  private final RunCounts counts = new RunCounts();
  private final Fingerprint fingerprint = new Fingerprint(1, 2);
  private final IdentifierHolders holders = new IdentifierHolders(new RowKeySpill());
  private final PendingWork pending = PendingWork.everything(holders);
  private final List<Verdict> verdicts = new ArrayList<>();

  private Batcher batcher(Outcomes outcomes) {
    return new Batcher(
        Lab.LIST,
        Batch.MAX_PROFILES,
        FieldMapping.email("Email"),
        fingerprint,
        counts,
        pending,
        RunMemory.none(),
        rejection -> {},
        outcomes,
        filled -> {},
        (customer, verdict) -> verdicts.add(verdict));
  }

  private static Outcomes heard(List<Outcome> outcomes) {
    return new Listeners(
            List.of(
                new ExportListener() {
                  @Override
                  public void outcome(Outcome outcome) {
                    outcomes.add(outcome);
                  }
                }))
        .outcomes(ListId.of("Y6nRLr"));
  }

  private static String email(int number) {
    return "customer." + (1_000_000 + number) + "@shop.example";
  }

  private static void take(Batcher batcher, String id, String email) {
    batcher.take(CustomerProfile.of(id, FIELDS, email), null, 0);
  }

  private boolean isHeld(String email) {
    Fingerprint one = fingerprint.of(ProfileField.EMAIL, email);
    return pending.seen().contains(one) || holders.holderOfEmail(one) != null;
  }

  private void takeMany(Batcher batcher) {
    for (int i = 0; i < MANY; i++) {
      take(batcher, "c-" + i, email(i));
    }
    assertThat(counts.profilesRead()).isEqualTo(MANY);
    assertThat(verdicts).hasSize(MANY).containsOnly(Verdict.NEW);
  }

  @Test
  void none_is_held_however_many_they_are() {
    Batcher batcher = batcher(new Listeners(List.of()).outcomes(ListId.of("Y6nRLr")));
    batcher.expect(MANY);
    batcher.sorted();

    takeMany(batcher);

    for (int i = 0; i < MANY; i++) {
      assertThat(isHeld(email(i))).isFalse();
    }
  }

  @Test
  void none_is_held_where_each_duplicate_is_told_with_the_first_either() {
    List<Outcome> outcomes = new ArrayList<>();
    Batcher batcher = batcher(heard(outcomes));
    batcher.sorted();

    takeMany(batcher);
    take(batcher, "again", email(MANY - 1));

    assertThat(outcomes)
        .singleElement()
        .satisfies(outcome -> assertThat(outcome.id()).isEqualTo("again"))
        .satisfies(outcome -> assertThat(outcome.otherCustomerId()).isEqualTo("c-" + (MANY - 1)));
    for (int i = 0; i < MANY; i++) {
      assertThat(isHeld(email(i))).isFalse();
    }
  }

  @Test
  void those_that_have_no_place_in_the_order_are_held() {
    Batcher batcher = batcher(new Listeners(List.of()).outcomes(ListId.of("Y6nRLr")));
    batcher.sorted();

    take(batcher, "c-1", "zoe@b\u00fccher.example");
    take(batcher, "c-2", "ada@shop.example");
    take(batcher, "c-3", "Zoe@xn--bcher-kva.example");

    assertThat(verdicts).containsExactly(Verdict.NEW, Verdict.NEW, Verdict.DUPLICATE);
    assertThat(isHeld("zoe@xn--bcher-kva.example")).isTrue();
    assertThat(isHeld("ada@shop.example")).isFalse();
  }

  @Test
  void whoever_is_out_of_order_is_not_taken() {
    Batcher batcher = batcher(new Listeners(List.of()).outcomes(ListId.of("Y6nRLr")));
    batcher.sorted();

    take(batcher, "c-1", "bo@shop.example");
    take(batcher, "c-2", "ada@shop.example");

    assertThat(verdicts).containsExactly(Verdict.NEW, Verdict.OUT_OF_ORDER);
    assertThat(counts.profilesRead()).isEqualTo(1);
    assertThat(batcher.rows()).isEqualTo(1);
  }
}
