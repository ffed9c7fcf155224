package io.github.klaviyoexport.internal.row;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.profile.ProfileField;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import io.github.klaviyoexport.profile.Unreadable;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What a customer is known by when a row is written is what a mirror recognises it by: were they to
 * differ, a mirror would remove people from the list whom it has just put there.
 */
class CustomerIdentifiersTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final FieldNames FIELDS = FieldNames.of("email", "phone", "id");
  private static final FieldMapping MAPPING =
      FieldMapping.email("email").phone("phone").externalId("id");

  private static final List<@Nullable Object> EMAILS =
      Arrays.asList(
          null,
          "",
          " \t",
          "ada@shop.example",
          " Ada.L+1@Shop.Example\n",
          new StringBuilder("bo@shop.example"),
          "ada",
          "ada@shop",
          "ada!@shop.example",
          "o'brien@shop.example",
          "ada@B\u00fccher.example",
          "ada@xn--bcher-kva.EXAMPLE",
          "\u200bada@shop.example\u00a0",
          "mailto:ada@shop.example",
          "\u0130da@shop.example",
          "a".repeat(90) + "@shop.example",
          "ada@shop.example\uD83D",
          17,
          'a',
          Unreadable.because("not text"),
          new Object());

  private static final List<@Nullable Object> PHONES =
      Arrays.asList(
          null,
          " ",
          "+358401234567",
          " +1 (212) 555-0100 ",
          "'+380993456789",
          "\u202a+380 99\u00a0345\u201067\u201189\u202c",
          new StringBuilder("+44 20.7946.0958"),
          "040 123",
          "+44 (0)20 7946 0958",
          "+123456",
          "+1234567890123456",
          "+35840123456\uDE00",
          358_401_234_567L,
          Unreadable.because("not text"),
          List.of("+358401234567"));

  private static final List<@Nullable Object> EXTERNAL_IDS =
      Arrays.asList(
          null,
          "\u2003",
          "c-17",
          " c 17\u00A0 ",
          new StringBuilder("c-18"),
          17,
          17L,
          17.0,
          17.5f,
          Double.NaN,
          -0.0,
          new BigDecimal("1E+3"),
          BigInteger.ONE.shiftLeft(400_000),
          true,
          '7',
          '\uD83D',
          ProfileField.EMAIL,
          new UUID(1, 2),
          URI.create("urn:c-17"),
          Instant.EPOCH,
          Instant.MAX,
          LocalDate.EPOCH,
          new java.sql.Time(0),
          new Object(),
          Unreadable.because("not text"),
          Map.of("a", 1),
          new int[0],
          "x".repeat(255),
          "x".repeat(256),
          "  " + "x".repeat(255) + "  ",
          "\uD83D\uDE00".repeat(255),
          "\uD83D\uDE00".repeat(256),
          "\uD83D\uDE00",
          "c\uD83D",
          "\uDE00c",
          "\uDE00\uD83D",
          "\u0000\u001f\u007f\uffff");

  private final RowWriter writer = new RowWriter(MAPPING);
  private final CustomerIdentifiers identifiers = new CustomerIdentifiers(MAPPING);

  @Test
  void a_row_holds_just_the_identifiers_that_the_customer_is_recognised_by() throws IOException {
    int rows = 0;
    for (CustomerProfile customer : customers()) {
      identifiers.look(customer);
      if (writer.write(customer, rejection -> {})) {
        List<Identifier> sent = sent();
        assertThat(identifiers.readable()).as("%s", customer.id()).isEqualTo(kinds(sent));
        assertThat(identifiers.found()).as("%s", customer.id()).containsAll(sent);
        assertThat(Identifier.of(writer.identifierKind(), writer.identifier()))
            .as("%s", customer.id())
            .isEqualTo(sent.get(0));
        rows++;
      }
    }
    assertThat(rows).isGreaterThan(1_000);
  }

  @Test
  void what_is_reported_of_an_identifier_is_what_a_customer_is_not_recognised_by() {
    int refused = 0;
    for (CustomerProfile customer : customers()) {
      identifiers.look(customer);
      List<Rejection> rejections = new ArrayList<>();
      boolean row = writer.write(customer, rejections::add);

      Set<ProfileField> faulty = EnumSet.noneOf(ProfileField.class);
      rejections.stream()
          .map(Rejection::field)
          .filter(field -> field != null)
          .forEach(field -> faulty.add(kind(field)));
      assertThat(Collections.disjoint(identifiers.readable(), faulty))
          .as("%s", customer.id())
          .isTrue();
      if (!row) {
        refused++;
        boolean nothingIsGiven = rejections.get(0).reason() == Reason.NO_IDENTIFIER;
        assertThat(identifiers.isInDoubt()).as("%s", customer.id()).isEqualTo(!nothingIsGiven);
      } else {
        assertThat(identifiers.isInDoubt()).as("%s", customer.id()).isFalse();
      }
    }
    assertThat(refused).isGreaterThan(1_000);
  }

  @Test
  void a_row_without_some_identifier_that_is_given_reports_it() throws IOException {
    for (CustomerProfile customer : customers()) {
      identifiers.look(customer);
      List<Rejection> rejections = new ArrayList<>();
      if (writer.write(customer, rejections::add)) {
        Set<ProfileField> missing = EnumSet.copyOf(Identifier.KINDS);
        missing.removeAll(kinds(sent()));
        Set<ProfileField> reported =
            rejections.stream().map(r -> kind(r.field())).collect(Collectors.toSet());

        Set<ProfileField> told = EnumSet.copyOf(identifiers.telling());

        assertThat(missing.containsAll(reported)).as("%s", customer.id()).isTrue();
        assertThat(told.size() < 3).as("%s", customer.id()).isEqualTo(!reported.isEmpty());
        told.addAll(reported);
        assertThat(told).as("%s", customer.id()).hasSize(3);
      }
    }
  }

  @Test
  void a_customer_of_whom_nothing_could_be_read_may_be_any_member() {
    identifiers.look(CustomerProfile.of("c-1", FIELDS, "ada@shop.example", null, "c-1"));
    identifiers.look(CustomerProfile.unreadable("line 3", Unreadable.because("has 2 fields")));

    assertThat(identifiers.isInDoubt()).isTrue();
    assertThat(identifiers.found()).isEmpty();
    assertThat(identifiers.readable()).isEmpty();
    assertThat(identifiers.telling()).isEmpty();
  }

  @Test
  void an_email_address_that_cannot_be_read_is_compared_as_it_stands() {
    identifiers.look(CustomerProfile.of("c", FIELDS, " Ada @Shop.example", null, "c-17"));

    assertThat(identifiers.found())
        .containsExactly(
            new Identifier(ProfileField.EMAIL, "ada @shop.example"),
            new Identifier(ProfileField.EXTERNAL_ID, "c-17"));
    assertThat(identifiers.readable()).containsExactly(ProfileField.EXTERNAL_ID);
    assertThat(identifiers.isInDoubt()).isTrue();
  }

  @Test
  void in_doubt_only_a_kind_of_which_the_customer_has_a_good_one_tells() {
    identifiers.look(CustomerProfile.of("c", FIELDS, "ada!", "040", "c-17"));

    assertThat(identifiers.telling()).containsExactly(ProfileField.EXTERNAL_ID);
    assertThat(identifiers.unreadable())
        .containsExactly(
            new Identifier(ProfileField.EMAIL, "ada!"),
            new Identifier(ProfileField.PHONE_NUMBER, "040"));
    assertThat(identifiers.address()).isNull();
  }

  @Test
  void what_was_found_of_one_customer_is_not_told_of_the_next() {
    identifiers.look(CustomerProfile.of("c-1", FIELDS, "ada@shop.example", "040", 17));
    identifiers.look(CustomerProfile.of("c-2", FIELDS, null, null, null));

    assertThat(identifiers.found()).isEmpty();
    assertThat(identifiers.readable()).isEmpty();
    assertThat(identifiers.isInDoubt()).isFalse();
    assertThat(identifiers.telling()).hasSize(3);
    assertThat(identifiers.unreadable()).isEmpty();
    assertThat(identifiers.address()).isNull();
  }

  @Test
  void fields_that_stand_elsewhere_are_found_there() {
    identifiers.look(CustomerProfile.of("c-1", FIELDS, "ada@shop.example", null, null));
    identifiers.look(
        CustomerProfile.of("c-2", FieldNames.of("id", "email"), "c-2", "bo@shop.example"));

    assertThat(identifiers.found())
        .containsExactly(
            new Identifier(ProfileField.EMAIL, "bo@shop.example"),
            new Identifier(ProfileField.EXTERNAL_ID, "c-2"));
  }

  @Test
  void a_member_is_recognised_by_an_international_domain_in_either_form() {
    identifiers.look(CustomerProfile.of("c", FIELDS, "Ada@B\u00dcCHER.example", null, null));

    assertThat(identifiers.found())
        .containsExactly(Identifier.of(ProfileField.EMAIL, "ada@b\u00fccher.example"))
        .containsExactly(Identifier.of(ProfileField.EMAIL, "ada@xn--bcher-kva.example"))
        .containsExactly(Identifier.of(ProfileField.EMAIL, " Ada@XN--BCHER-KVA.Example"));
    assertThat(identifiers.isInDoubt()).isFalse();
  }

  private static List<CustomerProfile> customers() {
    List<CustomerProfile> customers = new ArrayList<>();
    for (int e = 0; e < EMAILS.size(); e++) {
      for (int p = 0; p < PHONES.size(); p++) {
        for (int x = 0; x < EXTERNAL_IDS.size(); x++) {
          String id = "email " + e + ", phone " + p + ", external id " + x;
          customers.add(
              CustomerProfile.of(id, FIELDS, EMAILS.get(e), PHONES.get(p), EXTERNAL_IDS.get(x)));
        }
      }
    }
    return customers;
  }

  /** The identifiers that the written row holds, in Klaviyo's order. */
  private List<Identifier> sent() throws IOException {
    JsonNode attributes =
        JSON.readTree(Arrays.copyOf(writer.bytes(), writer.length())).path("attributes");
    return Identifier.KINDS.stream()
        .filter(kind -> attributes.has(kind.path()))
        .map(kind -> Identifier.of(kind, attributes.path(kind.path()).asText()))
        .toList();
  }

  private static Set<ProfileField> kinds(List<Identifier> identifiers) {
    return identifiers.stream().map(Identifier::kind).collect(Collectors.toSet());
  }

  private static ProfileField kind(@Nullable String field) {
    return MAPPING.fields().stream()
        .filter(mapped -> mapped.source().equals(field))
        .findFirst()
        .orElseThrow()
        .target();
  }
}
