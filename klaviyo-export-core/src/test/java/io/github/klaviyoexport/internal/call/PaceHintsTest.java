package io.github.klaviyoexport.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.internal.call.Quota.Window;
import io.github.klaviyoexport.klaviyo.KlaviyoResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Klaviyo says of its quota is believed within bounds. */
class PaceHintsTest {
  private static String believed(Endpoint endpoint, String told) {
    KlaviyoResponse response =
        KlaviyoResponse.of(200, Map.of("RateLimit-Limit", List.of(told)), new byte[0]);
    return PaceHints.believed(endpoint, Headers.windows(response)).stream()
        .map(window -> window.calls() + ";w=" + window.length().toSeconds())
        .collect(Collectors.joining(", "));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // What Klaviyo has been seen to tell.
        "10, 10;w=1, 150;w=60               | 10;w=1, 150;w=60",
        "10, 10;w=1, 150;w=60, 150;w=86400  | 10;w=1, 150;w=60",
        // A little less, and a little more.
        "3, 3;w=1, 60;w=60                  | 3;w=1, 60;w=60",
        "20, 20;w=1, 350;w=60               | 20;w=1, 350;w=60",
        // Too little, and too much.
        "1, 1;w=60                          | 15;w=60",
        "1, 1;w=900                         | 225;w=900",
        "1, 1;w=999999                      | ''",
        "1, 1;w=1, 1;w=999999               | 1;w=1, 150;w=60",
        "9999999, 9999999;w=1, 9999999;w=60 | 100;w=1, 1500;w=60",
        "1, 99999999999999;w=99999999999    | ''",
        // One length twice.
        "1, 10;w=1, 5;w=1, 150;w=60         | 5;w=1, 150;w=60",
        // Nonsense.
        "0, 0;w=1, 150;w=60                 | ''",
        "1, 150;w=0                         | ''",
        "1, 150;w=-60                       | ''",
        "1, -150;w=60                       | ''",
        "1, 1.5;w=60                        | ''",
        "many                               | ''"
      })
  void windows_are_believed_from_a_tenth_to_ten_times_the_published_quota(
      String told, String believed) {
    assertThat(believed(Endpoint.IMPORT_PROFILES, told)).isEqualTo(believed);
  }

  @Test
  void an_endpoint_with_a_small_quota_lets_a_call_through_in_each_window() {
    assertThat(believed(Endpoint.GET_ACCOUNT, "1, 1;w=1, 1;w=60")).isEqualTo("1;w=1, 2;w=60");
  }

  @Test
  void no_more_than_eight_windows_are_looked_at() {
    assertThat(believed(Endpoint.IMPORT_PROFILES, "100;w=30, ".repeat(50_000) + "1;w=1"))
        .isEqualTo("100;w=30, 150;w=60");
  }

  @Test
  void nothing_told_is_nothing_believed() {
    assertThat(PaceHints.believed(Endpoint.GET_LIST, List.of())).isEmpty();
    assertThat(
            PaceHints.believed(Endpoint.GET_LIST, List.of(new Window(1, Duration.ofDays(10_000)))))
        .isEmpty();
  }
}
