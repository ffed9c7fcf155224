package io.github.klaviyoexport.internal.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReadableIdTest {
  @Test
  void ids_are_readable_and_fit_for_file_names() {
    assertThat(ReadableId.of("Klaviyo Ünïcode / EU!")).matches("klaviyo-unicode-eu-[0-9a-f]{8}");
    assertThat(ReadableId.of("顧客")).matches("[0-9a-f]{8}");
    assertThat(ReadableId.of("x".repeat(200))).hasSizeLessThan(60);
    assertThat(ReadableId.of("same")).isNotEqualTo(ReadableId.of("same"));
  }
}
