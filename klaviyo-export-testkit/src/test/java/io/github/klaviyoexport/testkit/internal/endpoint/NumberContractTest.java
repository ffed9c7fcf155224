package io.github.klaviyoexport.testkit.internal.endpoint;

import static io.github.klaviyoexport.testkit.Client.LIST;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.testkit.Client;
import io.github.klaviyoexport.testkit.Client.Reply;
import io.github.klaviyoexport.testkit.FakeKlaviyoContract;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers are stored and given back with all the digits that were sent. */
class NumberContractTest extends FakeKlaviyoContract {
  private static String ada(String properties) {
    return Client.row("'email':'ada@shop.example','properties':{%s}".formatted(properties))
        .replace('\'', '"');
  }

  private String shown() {
    return client.get("/api/lists/" + LIST + "/profiles").text();
  }

  @ParameterizedTest
  @CsvSource({
    "1e400, 1E+400",
    "-2.5e-400, -2.5E-400",
    "1.10, 1.10",
    "0.1000000000000000055511151231257827, 0.1000000000000000055511151231257827",
    "12345678901234567890.125, 12345678901234567890.125",
    "123456789012345678901234567890, 123456789012345678901234567890",
    "9007199254740993, 9007199254740993",
    "0, 0"
  })
  void a_number_keeps_its_digits(String sent, String given) {
    String id = imported(ada("'x':%s,'l':[{'y':%s}]".formatted(sent, sent))).at("/data/id");
    assertThat(id).isNotNull();
    assertThat(shown()).contains("\"x\":" + given + ",\"l\":[{\"y\":" + given + "}]");

    imported(ada("'z':null,'other':1"));
    assertThat(shown()).as("after a change").contains("\"x\":" + given + ",");

    Reply single =
        client.send("POST", "/api/profile-import", "{\"data\":" + ada("'s':" + sent) + "}");
    assertThat(single.text()).contains("\"s\":" + given);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e99999999999", "[1,{'a':-1.5E-12345678901}]"})
  void a_number_that_nothing_can_hold_is_refused(String number) {
    Reply refused = client.submit(ada("'x':" + number));

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.pointers())
        .containsExactly("/data/attributes/profiles/data/0/attributes/properties/x");
    assertThat(
            client
                .submit(
                    ada("'y':1").replace("{\"type\"", "{\"links\":{\"x\":1e99999999999},\"type\""))
                .pointers())
        .containsExactly("/data/attributes/profiles/data/0/links");
    assertThat(
            client
                .send("POST", "/api/profiles", "{\"data\":" + ada("'x':1e99999999999") + "}")
                .status())
        .isEqualTo(400);
  }

  @Test
  void a_test_sees_doubles_where_they_are_those_very_numbers() {
    imported(ada("'a':120.5,'b':1e400,'c':7,'d':123456789012345678901234567890,'e':[0.1]"));

    assertThat(klaviyo.profile("ada@shop.example").orElseThrow().attributes())
        .containsEntry(
            "properties",
            Map.of(
                "a",
                120.5,
                "b",
                new BigDecimal("1e400"),
                "c",
                7,
                "d",
                new BigInteger("123456789012345678901234567890"),
                "e",
                List.of(0.1)));
  }
}
