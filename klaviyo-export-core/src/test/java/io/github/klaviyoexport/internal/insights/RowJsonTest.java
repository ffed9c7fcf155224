package io.github.klaviyoexport.internal.insights;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowJsonTest {
  @Test
  void numbers_are_exact() {
    var row = RowJson.object("{\"a\":17,\"b\":0.15}".getBytes(UTF_8));

    assertThat(RowJson.value(row.path("a"))).isEqualTo(17L);
    assertThat(RowJson.value(row.path("b"))).isEqualTo(new BigDecimal("0.15"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{\"a\":", "{} {}", "{\"a\":1e9999999999}"})
  void what_is_no_object_or_cannot_be_held_is_none(String json) {
    assertThat(RowJson.object(json.getBytes(UTF_8))).isNull();
  }
}
