package io.github.klaviyoexport.internal.row;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.profile.Rejection.Reason;
import java.net.IDN;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EmailAddressTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ada@shop.example",
        "Ada.Lovelace+news_2026%x-y@mail.shop.example",
        "a@b.co",
        "1@1.co",
        "_@shop-2.example"
      })
  void takes_what_klaviyo_takes(String address) {
    assertThat(EmailAddress.fault(address)).isNull();
    assertThat(EmailAddress.ordinary(address)).isEqualTo(address.toLowerCase(Locale.ROOT));
    assertThat(EmailAddress.normalize(address)).isSameAs(address);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "o'brien@shop.example",
        "a&b@shop.example",
        "a/b@shop.example",
        "a=b@shop.example",
        "ada!@shop.example",
        "a#b@shop.example",
        "ada'@shop.example",
        "a..b@shop.example",
        ".ada@shop.example",
        "ada.@shop.example",
        "\"ada lovelace\\\"@x\"@shop.example",
        "\"a@b\"@shop.example",
        "{a|b}~$?^*`@shop.example",
        "ad\u00e4@shop.example",
        "\u0d2e\u0d4b\u0d39\u0d28\u0d4d\u200d@shop.example",
        "ada@sh_op.example",
        "ada@shop.example.",
        "ada@shop.e",
        "ada@shop.com1",
        "ada@shop.co-m",
        "ada@xn--bcher-kva.example",
        "ada@shop.xn--p1ai",
        "ada@[192.0.2.1]"
      })
  void does_not_judge_what_klaviyo_may_take_or_not(String address) {
    boolean hasSpace = address.contains(" ");
    assertThat(EmailAddress.fault(address)).isEqualTo(hasSpace ? Reason.EMAIL_MALFORMED : null);
    assertThat(EmailAddress.ordinary(address)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ada",
        "@shop.example",
        "ada@",
        "ada@example",
        "ada@.",
        "ada@example.",
        "ada@.example",
        "ada@shop..example",
        "ada@bob@shop.example",
        "ada@shop.example,bob@shop.example",
        "\"ada@shop.example",
        "\"ada@shop.example\"",
        "a da@shop.example",
        "a\u00a0da@shop.example",
        "ada@sh op.example",
        "a\u200bda@shop.example",
        "a\u0007da@shop.example",
        "\u202eada@shop.example",
        "ada@shop.example\u202e",
        "ada@sh\u200eop.example",
        "ada@sh\u00f6p\u3164.example",
        "ada@shop.example\n",
        "ada@shop,example",
        "a\ud83dda@shop.example"
      })
  void refuses_what_is_certainly_no_address(String address) {
    assertThat(EmailAddress.fault(EmailAddress.normalize(address)))
        .isEqualTo(Reason.EMAIL_MALFORMED);
    assertThat(EmailAddress.ordinary(address)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "mailto:ada@shop.example, ada@shop.example",
    "MAILTO: ada@shop.example, ada@shop.example",
    "ada@sh\u00f6p.example, ada@xn--shp-tna.example",
    "ada@B\u00dcCHER.example, ada@xn--bcher-kva.example",
    "ada@bu\u0308cher.example, ada@xn--bcher-kva.example",
    "ada@stra\u00dfe.example, ada@xn--strae-oqa.example",
    "ada@STRA\u1e9eE.example, ada@xn--strae-oqa.example",
    "ada@\u03b2\u03cc\u03bb\u03bf\u03c2.example, ada@xn--nxasmm1c.example",
    "ada@shop.\u0440\u0444, ada@shop.xn--p1ai",
    "ada@\u4f8b\u3048\u3002\u30c6\u30b9\u30c8, ada@xn--r8jz45g.xn--zckzah",
    "ada@shop.ex\uff41mple, ada@shop.example",
    "ada@shop\u00ad.ex\u200bample, ada@shop.example",
    "ada\uff20shop.example, ada@shop.example",
    "\u00e4da@sh\u00f6p.example, \u00e4da@xn--shp-tna.example",
    "ada@\ud83d\ude00.example, ada@xn--e28h.example",
  })
  void is_sent_in_the_form_that_mail_systems_know(String given, String sent) {
    assertThat(EmailAddress.normalize(given)).isEqualTo(sent);
    assertThat(EmailAddress.fault(sent)).isNull();
  }

  @Test
  void agrees_with_the_jdk_on_domains_of_which_its_standard_is_not_out_of_date() {
    Random random = new Random(3492);
    String letters =
        "abcxyz019-\u00e4\u00f6\u00fc\u00e9\u00f1\u0107\u0142\u03b1\u03c9\u0434\u0436\u4e2d\u6587\u3042\uac00\u0e01";
    for (int i = 0; i < 20_000; i++) {
      StringBuilder label = new StringBuilder("a");
      for (int more = random.nextInt(20); more > 0; more--) {
        label.append(letters.charAt(random.nextInt(letters.length())));
      }
      String domain = label + "z.example";
      assertThat(InternationalDomain.encode(domain)).as(domain).isEqualTo(IDN.toASCII(domain));
    }
  }

  @Test
  void measures_an_international_address_as_it_is_sent() {
    String label = "\u00fc".repeat(30);

    assertThat(
            EmailAddress.fault(EmailAddress.normalize("ada@" + label + "." + label + ".example")))
        .isNull();
    assertThat(EmailAddress.fault(EmailAddress.normalize("a".repeat(70) + "@b\u00fccher.example")))
        .isNull();
    assertThat(EmailAddress.fault(EmailAddress.normalize("a".repeat(84) + "@b\u00fccher.example")))
        .isEqualTo(Reason.EMAIL_TOO_LONG);
    assertThat(EmailAddress.fault("\ud83d\ude00".repeat(87) + "@shop.example")).isNull();
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
      boolean expected =
          address.matches("[a-zA-Z0-9_%+-]+(\\.[a-zA-Z0-9_%+-]+)*@([a-zA-Z0-9-]+\\.)+[a-zA-Z]{2,}");
      assertThat(EmailAddress.ordinary(address))
          .as(address)
          .isEqualTo(expected ? address.toLowerCase(Locale.ROOT) : null);
      assertThat(expected && EmailAddress.fault(address) != null).as(address).isFalse();
      taken += expected ? 1 : 0;
    }
    assertThat(taken).isBetween(50_000, 150_000);
  }
}
