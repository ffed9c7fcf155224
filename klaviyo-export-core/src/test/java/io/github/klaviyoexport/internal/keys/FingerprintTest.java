package io.github.klaviyoexport.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.profile.ProfileField;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FingerprintTest {
  /** The key of SipHash's published test vectors, 00 01 02 … 0f. */
  private static final long KEY0 = 0x0706050403020100L;

  private static final long KEY1 = 0x0f0e0d0c0b0a0908L;

  /** Expected values: OpenSSL 3, SIPHASH with c-rounds 1, d-rounds 3 and 16 bytes of output. */
  @ParameterizedTest
  @CsvSource({
    "EMAIL, '', 2EE3DAC839B1F2DFBFB162228CEC79F1",
    "EMAIL, a, F5A130C67D01D6515A7060F0665DF4EC",
    "EMAIL, ab, 38103DD4CE5F94166BCF08059B096632",
    "EMAIL, abc, 87A091680726CAC5F0A44AFF0F33D25D",
    "EMAIL, ada@shop.example, 8475B2CD0CAC3DB923F9454E91CA3240",
    "PHONE_NUMBER, +358401234567, 35C7B1AC1E8A0A0DA13BF40362A33DA8",
    "EXTERNAL_ID, +358401234567, 5E04DE642DE12B26FB5B85584D7CB48D",
    "EXTERNAL_ID, \u00c5\ud83d\ude00, B003016FB1FD1A0E55B2C66322513658",
  })
  void is_siphash_1_3_of_the_kind_and_the_identifier(
      ProfileField kind, String identifier, String expected) {
    Fingerprint fingerprint = new Fingerprint(KEY0, KEY1);

    fingerprint.of(kind, identifier);

    assertThat(hex(fingerprint)).isEqualTo(expected);
  }

  @Test
  void wraps_the_length_of_a_long_identifier_as_siphash_does() {
    Fingerprint fingerprint = new Fingerprint(KEY0, KEY1);

    fingerprint.of(ProfileField.EXTERNAL_ID, "x".repeat(255));

    assertThat(hex(fingerprint)).isEqualTo("0783BC40751F668DBF35CD4F857457B7");
  }

  @Test
  void differs_by_kind_by_key_and_by_every_character() {
    Set<String> seen = new HashSet<>();
    Fingerprint one = new Fingerprint(1, 2);
    Fingerprint other = new Fingerprint(1, 3);
    String identifier = "ada@shop.example";

    for (ProfileField kind :
        new ProfileField[] {
          ProfileField.EMAIL, ProfileField.PHONE_NUMBER, ProfileField.EXTERNAL_ID
        }) {
      for (int i = 0; i < identifier.length(); i++) {
        String changed = identifier.substring(0, i) + 'z' + identifier.substring(i + 1);
        one.of(kind, changed);
        assertThat(seen.add(hex(one))).isTrue();
        other.of(kind, changed);
        assertThat(seen.add(hex(other))).isTrue();
      }
    }
  }

  private static String hex(Fingerprint fingerprint) {
    return String.format(
        "%016X%016X",
        Long.reverseBytes(fingerprint.lane0()), Long.reverseBytes(fingerprint.lane1()));
  }
}
