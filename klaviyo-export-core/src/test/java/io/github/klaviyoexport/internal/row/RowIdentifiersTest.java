package io.github.klaviyoexport.internal.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.ProfileField;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The identifiers of a row: which make it known, which set it aside, which are left out. */
class RowIdentifiersTest extends WrittenRows {
  @Test
  void unusual_addresses_are_told_from_ordinary_ones() {
    RowWriter writer = new RowWriter(MAPPING);

    assertThat(writer.write(profile("Email", "o'brien@shop.example"), rejections::add)).isTrue();
    assertThat(writer.isDoubtful()).isTrue();
    assertThat(writer.write(profile("Email", "ada@shop.example"), rejections::add)).isTrue();
    assertThat(writer.isDoubtful()).isFalse();
    assertThat(writer.write(profile("Phone", "+358401234567"), rejections::add)).isTrue();
    assertThat(writer.isDoubtful()).isFalse();
    assertThat(rejections).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"a@b\"@shop.example",
        "\"a\\\\b\"@shop.example",
        "ad\u00e4@shop.example",
        "\u0d2e\u0d4b@shop.example",
        "\uD83D\uDE00@shop.example"
      })
  void writes_unusual_addresses_as_json(String address) throws IOException {
    RowWriter writer = new RowWriter(MAPPING);

    writer.write(profile("Email", address, "Id", "\"\u00e4\\"), rejections::add);

    JsonNode attributes = new ObjectMapper().readTree(text(writer)).get("attributes");
    assertThat(attributes.get("email").textValue()).isEqualTo(address);
    assertThat(attributes.get("external_id").textValue()).isEqualTo("\"\u00e4\\");
    assertThat(writer.identifier()).isEqualTo(address);
    assertThat(rejections).isEmpty();
  }

  @Test
  void sends_an_international_domain_as_mail_systems_know_it() {
    RowWriter writer = new RowWriter(MAPPING);

    writer.write(profile("Email", "Ada@B\u00fccher.example"), rejections::add);

    assertThat(text(writer)).contains("\"email\":\"Ada@xn--bcher-kva.example\"");
    assertThat(writer.identifier()).isEqualTo("ada@xn--bcher-kva.example");
    assertThat(writer.isDoubtful()).isTrue();
  }

  @Test
  void trims_the_email_address_and_knows_the_customer_by_it_in_lower_case() {
    RowWriter writer = new RowWriter(MAPPING);

    writer.write(
        profile("Email", " Ada.I@Shop.Example\n", "Phone", "+358401234567"), rejections::add);

    assertThat(text(writer)).contains("\"email\":\"Ada.I@Shop.Example\"");
    assertThat(writer.identifierKind()).isEqualTo(ProfileField.EMAIL);
    assertThat(writer.identifier()).isEqualTo("ada.i@shop.example");
  }

  @Test
  void knows_a_customer_without_email_by_the_phone_number_and_else_by_the_external_id() {
    RowWriter writer = new RowWriter(MAPPING);

    writer.write(profile("Email", " ", "Phone", "+358 40 1234567", "Id", "17"), rejections::add);
    assertThat(text(writer))
        .isEqualTo(
            "{\"type\":\"profile\",\"attributes\":{\"phone_number\":\"+358401234567\","
                + "\"external_id\":\"17\"}}");
    assertThat(writer.identifierKind()).isEqualTo(ProfileField.PHONE_NUMBER);
    assertThat(writer.identifier()).isEqualTo("+358401234567");

    writer.write(profile("Phone", "", "Id", 17), rejections::add);
    assertThat(writer.identifierKind()).isEqualTo(ProfileField.EXTERNAL_ID);
    assertThat(writer.identifier()).isEqualTo("17");
    assertThat(rejections).isEmpty();
  }

  @Test
  void writes_an_external_id_that_is_a_number_as_text() {
    assertThat(row("Id", 17L)).contains("\"external_id\":\"17\"");
    assertThat(row("Id", 17.0)).contains("\"external_id\":\"17\"");
    assertThat(row("Id", new BigDecimal("17"))).contains("\"external_id\":\"17\"");
    assertThat(row("Id", new UUID(0, 1)))
        .contains("\"external_id\":\"00000000-0000-0000-0000-000000000001\"");
  }

  @Test
  void counts_the_255_characters_of_an_external_id_as_people_do() {
    String id = "\ud83d\ude00".repeat(255);

    assertThat(row("Id", id)).contains(id);
    assertThat(row("Email", "ada@shop.example", "Id", id + "x")).doesNotContain("external_id");
    assertThat(rejections)
        .containsExactly(Rejection.ofField("c-1", "Id", Reason.EXTERNAL_ID_TOO_LONG));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ada", "ada@bob@shop.example", "mailto:ada", "ada@shop", "a da@shop.example"})
  void sets_a_profile_with_a_malformed_email_address_aside_whatever_else_it_has(String email) {
    assertThat(row("Email", email, "Phone", "040", "Id", "17")).isNull();
    assertThat(rejections)
        .containsExactly(Rejection.ofProfile("c-1", "Email", Reason.EMAIL_MALFORMED));
  }

  @Test
  void sets_a_profile_aside_whose_email_address_is_too_long_or_no_text() {
    assertThat(row("Email", "a".repeat(100) + "@shop.example")).isNull();
    assertThat(row("Email", 17)).isNull();
    assertThat(row("Email", List.of("ada@shop.example"))).isNull();
    assertThat(rejections)
        .containsExactly(
            Rejection.ofProfile("c-1", "Email", Reason.EMAIL_TOO_LONG),
            Rejection.ofProfile("c-1", "Email", Reason.EMAIL_MALFORMED),
            Rejection.ofProfile("c-1", "Email", Reason.EMAIL_MALFORMED));
  }

  @Test
  void drops_a_bad_phone_number_or_external_id_beside_a_good_email_address() {
    assertThat(row("Email", "ada@shop.example", "Phone", "040 123", "Id", Double.NaN))
        .isEqualTo("{\"type\":\"profile\",\"attributes\":{\"email\":\"ada@shop.example\"}}");
    assertThat(row("Email", "ada@shop.example", "Phone", 358401234567L, "Id", "\ud800"))
        .isNotNull();
    assertThat(row("Email", "ada@shop.example", "Id", BigInteger.TEN.pow(200_000))).isNotNull();
    assertThat(row("Email", "ada@shop.example", "Id", new BigDecimal("1E+400"))).isNotNull();
    assertThat(rejections)
        .containsExactly(
            Rejection.ofField("c-1", "Phone", Reason.PHONE_MALFORMED),
            Rejection.ofField("c-1", "Id", Reason.NOT_A_NUMBER),
            Rejection.ofField("c-1", "Phone", Reason.PHONE_MALFORMED),
            Rejection.ofField("c-1", "Id", Reason.BROKEN_TEXT),
            Rejection.ofField("c-1", "Id", Reason.EXTERNAL_ID_TOO_LONG),
            Rejection.ofField("c-1", "Id", Reason.NOT_A_NUMBER));
  }

  @Test
  void sets_a_profile_aside_that_has_no_identifier() {
    assertThat(row("Email", "", "First", "Ada")).isNull();
    assertThat(rejections).containsExactly(Rejection.ofProfile("c-1", null, Reason.NO_IDENTIFIER));
  }

  @Test
  void says_what_is_wrong_with_the_only_identifier_there_is() {
    assertThat(row("Phone", "040 123", "Id", "x".repeat(256))).isNull();
    assertThat(row("Id", "\ud800")).isNull();
    assertThat(rejections)
        .containsExactly(
            Rejection.ofProfile("c-1", "Phone", Reason.PHONE_MALFORMED),
            Rejection.ofProfile("c-1", "Id", Reason.BROKEN_TEXT));
  }

  @Test
  void leaves_identifiers_out_of_a_row_that_is_written_and_knows_it_by_what_remains() {
    RowWriter writer = new RowWriter(MAPPING);
    CustomerProfile ada =
        profile("Email", "ada@shop.example", "Phone", "+358401234567", "Id", "k", "First", "Ada");
    String rest = ",\"first_name\":\"Ada\"}}";
    String begin = "{\"type\":\"profile\",\"attributes\":{";

    writer.write(ada, rejections::add);
    writer.leaveOut(Set.of(ProfileField.PHONE_NUMBER));
    assertThat(text(writer))
        .isEqualTo(begin + "\"email\":\"ada@shop.example\",\"external_id\":\"k\"" + rest);
    writer.leaveOut(Set.of(ProfileField.PHONE_NUMBER, ProfileField.EXTERNAL_ID));
    assertThat(text(writer)).isEqualTo(begin + "\"email\":\"ada@shop.example\"" + rest);

    writer.write(profile("Phone", "+358401234567", "Id", "k", "First", "Ada"), rejections::add);
    writer.leaveOut(Set.of(ProfileField.PHONE_NUMBER));
    assertThat(text(writer)).isEqualTo(begin + "\"external_id\":\"k\"" + rest);
    assertThat(writer.identifierKind()).isEqualTo(ProfileField.EXTERNAL_ID);
    assertThat(writer.identifier()).isEqualTo("k");

    writer.write(profile("Phone", "+358401234567", "Id", "k"), rejections::add);
    writer.leaveOut(Set.of(ProfileField.PHONE_NUMBER));
    assertThat(text(writer)).isEqualTo(begin + "\"external_id\":\"k\"}}");
    assertThatThrownBy(
            () -> writer.leaveOut(Set.of(ProfileField.PHONE_NUMBER, ProfileField.EXTERNAL_ID)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(rejections).isEmpty();
  }
}
