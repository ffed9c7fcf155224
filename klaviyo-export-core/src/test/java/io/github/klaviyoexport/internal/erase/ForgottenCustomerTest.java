package io.github.klaviyoexport.internal.erase;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ErasureReceipt;
import io.github.klaviyoexport.internal.api.KlaviyoAccess;
import io.github.klaviyoexport.internal.memory.ErasedCustomers;
import io.github.klaviyoexport.internal.memory.HandedRows;
import io.github.klaviyoexport.internal.memory.Remembered;
import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.memory.HeapMemory;
import io.github.klaviyoexport.memory.MemoryLog;
import io.github.klaviyoexport.profile.CustomerIdentifier;
import io.github.klaviyoexport.profile.ProfileField;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer;
import io.github.klaviyoexport.testing.SmallKlaviyo;
import io.github.klaviyoexport.testing.TestTime;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a memory holds of a customer is forgotten, and that the customer was erased is not. */
class ForgottenCustomerTest {
  private static final CustomerIdentifier ADA = CustomerIdentifier.email("ADA@shop.example");

  private final TestTime time = new TestTime();
  private final SmallKlaviyo klaviyo =
      new SmallKlaviyo(time)
          .on(
              "POST /api/data-privacy-deletion-jobs",
              Answer.of(202, "application/vnd.api+json", ""));
  private final KlaviyoAccess access =
      new KlaviyoAccess(KlaviyoConnection.of(ApiKey.of("pk_0123456789")).transport(klaviyo), time);
  private final HeapMemory memory = HeapMemory.create();

  private void remember(String key, String... emails) throws IOException {
    try (Remembered remembered = Remembered.open(memory, key, "mapping")) {
      HandedRows rows = remembered.rows();
      for (String email : emails) {
        long fingerprint = remembered.fingerprint().of(ProfileField.EMAIL, email).lane0();
        rows.add(fingerprint, 7, email, null, null);
      }
      remembered.handOn("run", 0, rows);
      remembered.confirm(
          "run", 0, null, new BitSet(), new BitSet(), Instant.EPOCH, Instant.EPOCH.plusSeconds(9));
    }
  }

  private long members(String key) throws IOException {
    try (Remembered remembered = Remembered.open(memory, key, null)) {
      return remembered.members();
    }
  }

  private ErasureReceipt erase(CustomerIdentifier... customer) {
    return Erasure.erase(access, memory, null, customer);
  }

  @Test
  void it_is_forgotten_in_each_log_that_holds_it_and_the_others_stay() throws IOException {
    remember("aa", "ada@shop.example", "bob@shop.example");
    remember("bb", "eve@shop.example");
    remember("cc", "ada@shop.example");

    ErasureReceipt receipt = erase(ADA);

    assertThat(receipt.memoriesChanged()).containsExactly("aa", "cc");
    assertThat(receipt.isComplete()).isTrue();
    assertThat(members("aa")).isEqualTo(1);
    assertThat(members("bb")).isEqualTo(1);
    assertThat(members("cc")).isZero();
    assertThat(erase(ADA).memoriesChanged()).as("the second time").isEmpty();
  }

  @Test
  void a_log_that_is_in_use_is_left_and_told() throws IOException {
    remember("aa", "ada@shop.example");
    try (MemoryLog held = memory.open("aa")) {
      ErasureReceipt receipt = erase(ADA);

      assertThat(receipt.memoriesChanged()).isEmpty();
      assertThat(receipt.leftToDo()).singleElement().asString().contains("memory aa is in use");
      assertThat(held.blocks()).isPositive();
    }
    assertThat(members("aa")).isEqualTo(1);
  }

  @Test
  void erasures_that_are_made_at_once_wait_for_each_other() throws IOException {
    MemoryLog held = memory.open(ErasedCustomers.LOG);
    time.in(
        Duration.ofSeconds(2),
        () -> {
          try {
            held.close();
          } catch (IOException impossible) {
            throw new AssertionError(impossible);
          }
        });

    assertThat(erase(ADA).isKeptOut()).isTrue();
  }

  @Test
  void many_are_kept_in_mind_and_told_from_everybody_else() throws IOException {
    int erased = 40_000;
    ErasedCustomers.add(
        memory,
        time,
        to -> to.identifier(ProfileField.EMAIL, "e0"),
        to -> IntStream.range(0, erased).forEach(n -> to.identifier(ProfileField.EMAIL, "e" + n)));

    ErasedCustomers customers = ErasedCustomers.read(memory, time);

    for (int n = 0; n < 2 * erased; n += 997) {
      assertThat(customers.contains(ProfileField.EMAIL, "e" + n)).isEqualTo(n < erased);
    }
    assertThat(customers.contains(ProfileField.PHONE_NUMBER, "e1")).isFalse();
    assertThat(customers.contains(ProfileField.EMAIL, null)).isFalse();
    assertThat(customers.isEmpty()).isFalse();
  }

  @Test
  void what_one_is_known_by_is_taken_out_together_and_what_another_has_too_stays()
      throws IOException {
    ErasedCustomers.add(
        memory,
        time,
        to -> to.identifier(ProfileField.EMAIL, "ada"),
        to -> {
          to.identifier(ProfileField.EMAIL, "ada");
          to.identifier(ProfileField.PHONE_NUMBER, "shared");
        });
    ErasedCustomers.add(
        memory,
        time,
        to -> to.identifier(ProfileField.EMAIL, "eve"),
        to -> {
          to.identifier(ProfileField.EMAIL, "eve");
          to.identifier(ProfileField.PHONE_NUMBER, "shared");
          to.identifier(ProfileField.EXTERNAL_ID, "e-1");
        });

    assertThat(ErasedCustomers.remove(memory, time, to -> to.identifier(ProfileField.EMAIL, "eve")))
        .isTrue();

    ErasedCustomers customers = ErasedCustomers.read(memory, time);
    assertThat(customers.contains(ProfileField.EMAIL, "eve")).isFalse();
    assertThat(customers.contains(ProfileField.EXTERNAL_ID, "e-1")).isFalse();
    assertThat(customers.contains(ProfileField.EMAIL, "ada")).isTrue();
    assertThat(customers.contains(ProfileField.PHONE_NUMBER, "shared")).isTrue();
    assertThat(ErasedCustomers.remove(memory, time, to -> to.identifier(ProfileField.EMAIL, "eve")))
        .isFalse();
  }

  @Test
  void nothing_is_read_nor_written_where_nobody_was_erased() throws IOException {
    assertThat(ErasedCustomers.read(memory, time).isEmpty()).isTrue();
    assertThat(memory.list()).isEmpty();
  }
}
