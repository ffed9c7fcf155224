package io.github.klaviyoexport.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

/** When the end of Klaviyo's support is told: from half a year before, and ever after. */
class RevisionTest {
  @Test
  void a_revision_is_supported_for_two_years() {
    assertThat(Revision.supportEnds()).isEqualTo("2028-07-15");
  }

  @Test
  void that_its_support_ends_is_told_half_a_year_before_and_not_sooner() {
    assertThat(Revision.supportEndsSoon(Instant.parse("2028-01-14T23:59:59Z"))).isNull();
    assertThat(Revision.supportEndsSoon(Instant.parse("2028-01-15T00:00:00Z")))
        .isEqualTo("2028-07-15");
  }

  @Test
  void that_it_has_ended_is_told_too() {
    assertThat(Revision.supportEndsSoon(Instant.parse("2031-01-01T00:00:00Z")))
        .isEqualTo("2028-07-15");
  }
}
