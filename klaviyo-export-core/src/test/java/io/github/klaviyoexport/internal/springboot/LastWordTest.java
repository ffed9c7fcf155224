package io.github.klaviyoexport.internal.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.Attempt;
import io.github.klaviyoexport.internal.report.AttemptData;
import io.github.klaviyoexport.internal.springboot.LastWord.Standing;
import io.github.klaviyoexport.testing.TestTime;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the health is made of: what Klaviyo has said to exports. */
class LastWordTest {
  private final TestTime time = new TestTime();
  private final LastWord word = new LastWord(time);

  private void hears(int status) {
    word.attempted(attempt(OptionalInt.of(status)));
  }

  private static Attempt attempt(OptionalInt status) {
    return new AttemptData("import profiles", 1, status, Duration.ofMillis(20), 100);
  }

  @Test
  void nothing_is_said_before_the_first_call() {
    assertThat(word.standing()).isEqualTo(Standing.NOT_ASKED);
    assertThat(word.details()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 202, 400, 404, 409, 413, 429})
  void klaviyo_is_up_while_it_answers_whatever_it_thinks_of_the_request(int status) {
    hears(status);

    assertThat(word.standing()).isEqualTo(Standing.ANSWERS);
    assertThat(word.details())
        .containsEntry(
            "lastAnswer",
            Map.of("operation", "import profiles", "status", "" + status, "at", "" + time.now()));
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 410})
  void a_key_or_revision_that_is_refused_is_for_people_to_look_at(int status) {
    hears(status);

    assertThat(word.standing()).isEqualTo(Standing.REFUSES);
  }

  @Test
  void a_hiccup_is_no_outage_and_three_failures_in_a_row_are() {
    hears(202);
    hears(503);
    word.attempted(attempt(OptionalInt.empty()));

    assertThat(word.standing()).isEqualTo(Standing.ANSWERS);
    assertThat(word.details()).containsEntry("failuresInARow", 2);

    hears(500);
    assertThat(word.standing()).isEqualTo(Standing.FAILS);

    hears(202);
    assertThat(word.standing()).isEqualTo(Standing.ANSWERS);
    assertThat(word.details()).doesNotContainKey("failuresInARow");
  }

  @Test
  void warnings_and_429s_are_told_with_their_times() {
    word.rateLimited(Duration.ofSeconds(3));
    word.warned("the field ltv was in no profile");

    assertThat(word.details())
        .containsEntry("rateLimitedAt", "" + time.now())
        .containsEntry(
            "lastWarning",
            Map.of("what", "the field ltv was in no profile", "at", "" + time.now()));
  }

  @Test
  void the_end_of_the_revisions_support_is_told_half_a_year_before() {
    time.pass(Duration.ofDays(500));
    assertThat(word.details()).isEmpty();

    time.pass(Duration.ofDays(1));

    assertThat(word.details()).containsEntry("revisionSupportEnds", "2028-07-15");
  }
}
