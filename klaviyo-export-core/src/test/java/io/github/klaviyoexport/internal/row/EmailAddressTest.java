package io.github.klaviyoexport.internal.row;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.profile.Rejection.Reason;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmailAddressTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ada@shop.example",
        "Ada.Lovelace+news_2026%x-y@mail.shop.example",
        "a@b.co",
        "1@1.co",
        "_@shop-2.example",
        "ada@xn--bcher-kva.example"
      })
  void takes_what_klaviyo_takes(String address) {
    assertThat(EmailAddress.fault(address)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ada",
        "@shop.example",
        "ada@",
        "ada@example",
        "ada@.example",
        "ada@shop..example",
        "ada@shop.example.",
        "ada@shop.e",
        "ada@shop.com1",
        "ada@shop.co-m",
        "ada@sh_op.example",
        "ada@bob@shop.example",
        "a da@shop.example",
        "ada!@shop.example",
        "ada'@shop.example",
        "mailto:ada@shop.example",
        "ada@shop.example\n",
        "ad\u00e4@shop.example",
        "ada@sh\u00f6p.example",
        "ada@shop.ex\uff41mple",
        "ada@shop,example"
      })
  void refuses_what_klaviyo_refuses(String address) {
    assertThat(EmailAddress.fault(address)).isEqualTo(Reason.EMAIL_MALFORMED);
  }

  @Test
  void takes_100_characters_and_no_more() {
    String domain = "@shop.example";
    String longest = "a".repeat(100 - domain.length()) + domain;

    assertThat(EmailAddress.fault(longest)).isNull();
    assertThat(EmailAddress.fault("a" + longest)).isEqualTo(Reason.EMAIL_TOO_LONG);
  }

  @Test
  void agrees_with_the_pattern_it_stands_for() {
    Random random = new Random(5322);
    String alphabet = "aZ09._%+-@!\u00e9";
    int taken = 0;
    for (int i = 0; i < 200_000; i++) {
      StringBuilder text = new StringBuilder("a.b@c-d.ef");
      for (int change = random.nextInt(5); change > 0; change--) {
        int at = random.nextInt(text.length());
        int from = random.nextInt(alphabet.length());
        text.replace(
            at, at + random.nextInt(2), alphabet.substring(from, from + random.nextInt(2)));
        text.append(random.nextBoolean() ? "" : "g");
      }
      String address = text.toString();
      boolean expected = address.matches("[a-zA-Z0-9._%+-]+@([a-zA-Z0-9-]+\\.)+[a-zA-Z]{2,}");
      assertThat(EmailAddress.fault(address) == null).as(address).isEqualTo(expected);
      taken += expected ? 1 : 0;
    }
    assertThat(taken).isBetween(50_000, 150_000);
  }
}
