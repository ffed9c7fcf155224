package io.github.klaviyoexport.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.internal.text.InWords;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryKeyTest {
  private static final byte[] SECRET = secret(32);
  private static final String BASE64 = Base64.getEncoder().encodeToString(SECRET);

  @TempDir Path directory;

  private static byte[] secret(int length) {
    byte[] secret = new byte[length];
    new Random(length).nextBytes(secret);
    return secret;
  }

  @Test
  void the_same_bytes_are_the_same_key_wherever_they_come_from() throws IOException {
    Path file = directory.resolve("key");
    Files.writeString(file, BASE64 + "\r\n");
    MemoryKey key = MemoryKey.of(SECRET);

    assertThat(MemoryKey.of(" " + BASE64 + "\n")).isEqualTo(key).hasSameHashCodeAs(key);
    assertThat(MemoryKey.fromFile(file)).isEqualTo(key);
    assertThat(MemoryKey.fromEnvironment("KEY", Map.of("KEY", BASE64)::get)).isEqualTo(key);
    assertThat(MemoryKey.of(secret(33))).isNotEqualTo(key);
  }

  @Test
  void a_key_is_its_own_copy_of_the_bytes() {
    byte[] bytes = SECRET.clone();
    MemoryKey key = MemoryKey.of(bytes);
    bytes[0]++;

    assertThat(key).isEqualTo(MemoryKey.of(SECRET));
  }

  @Test
  void random_keys_differ() {
    assertThat(MemoryKey.random()).isNotEqualTo(MemoryKey.random());
  }

  @Test
  void each_purpose_has_a_secret_of_its_own_that_is_always_the_same() {
    MemoryKey key = MemoryKey.of(SECRET);

    assertThat(key.derive("one"))
        .hasSize(32)
        .isEqualTo(MemoryKey.of(BASE64).derive("one"))
        .isNotEqualTo(key.derive("another"))
        .isNotEqualTo(MemoryKey.random().derive("one"))
        .isNotEqualTo(SECRET);
  }

  @Test
  void the_derivation_is_hmac_sha_256() {
    // The figures are those of openssl dgst -sha256 -mac HMAC.
    byte[] counting = new byte[32];
    for (int i = 0; i < counting.length; i++) {
      counting[i] = (byte) i;
    }

    assertThat(HexFormat.of().formatHex(MemoryKey.of(counting).derive("label")))
        .isEqualTo("163f81d115e39b6a9db6dd218bc05d177e58072ba01fb918d19e2b8968bef55d");
  }

  @Test
  void it_is_never_shown() {
    assertThat(MemoryKey.of(SECRET).toString()).isEqualTo("MemoryKey[***]");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 31, 1025})
  void a_key_that_is_too_short_or_too_long_is_refused_with_advice(int length) {
    assertRefused(
        text -> MemoryKey.of(text),
        Base64.getEncoder().encodeToString(secret(length)),
        "has " + InWords.count(length, "byte") + ",",
        "openssl rand -base64 32");
  }

  @Test
  void text_that_is_no_base64_is_refused_and_not_quoted() {
    assertRefused(
        text -> MemoryKey.of(text), BASE64 + "#s3cret", "is not Base64", "openssl rand -base64 32");
  }

  @Test
  void one_byte_over_and_over_is_no_secret() {
    assertThatThrownBy(() -> MemoryKey.of(new byte[32]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("over and over");
  }

  @Test
  void a_variable_that_is_not_set_is_told_by_its_name() {
    assertThatThrownBy(() -> MemoryKey.fromEnvironment("KLAVIYO_MEMORY_KEY", name -> null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("KLAVIYO_MEMORY_KEY is not set")
        .hasMessageContaining("openssl rand -base64 32");
    assertRefused(
        text -> MemoryKey.fromEnvironment("KLAVIYO_MEMORY_KEY", name -> text),
        "c2hvcnQ=",
        "KLAVIYO_MEMORY_KEY",
        "has 5 bytes");
  }

  @Test
  void a_file_that_is_missing_is_told_by_its_name() {
    Path missing = directory.resolve("missing");

    assertThatThrownBy(() -> MemoryKey.fromFile(missing))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(missing + " does not exist");
  }

  private static void assertRefused(
      Function<String, MemoryKey> of, String text, String... messages) {
    assertThatThrownBy(() -> of.apply(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(messages)
        .hasNoCause()
        .satisfies(
            refused -> {
              if (text.length() > 4) {
                assertThat(refused.getMessage()).doesNotContain(text).doesNotContain("s3cret");
              }
            });
  }
}
