package io.github.klaviyoexport.internal.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.internal.text.InWords;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A source that fails stops its run, with what was read before confirmed and nothing of it quoted.
 */
class FailingSourceTest {
  private static final String HIDDEN = ": its message is not shown, since it may quote data";

  private final Lab lab = new Lab();

  static List<Exception> failures() {
    return List.of(
        new IOException("The table customers is locked."),
        new IllegalStateException("ada@shop.example"),
        new IllegalArgumentException("ada@shop.example"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void a_source_that_cannot_be_opened_stops_the_export(Exception failure) {
    ExportException stopped =
        lab.stopped(
            segment -> {
              throw NumberedSource.sneaky(failure);
            });

    assertSourceFailed(stopped, failure, 0);
    assertThat(lab.klaviyo.asked()).isEmpty();
  }

  @Test
  void a_source_that_opens_nothing_stops_the_export() {
    assertThat(lab.stopped(segment -> null).reason()).isEqualTo(Reason.SOURCE_FAILED);
  }

  @ParameterizedTest
  @MethodSource("failures")
  void a_source_that_fails_at_once_stops_the_export_and_is_closed(Exception failure) {
    NumberedSource source = new NumberedSource(5, OptionalLong.empty());
    source.failAt(0, failure);

    assertSourceFailed(lab.stopped(source), failure, 0);
    assertThat(source.closed).isEqualTo(1);
    assertThat(lab.klaviyo.asked()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("failures")
  void what_was_read_before_a_source_failed_is_handed_over_and_confirmed(Exception failure) {
    NumberedSource source = new NumberedSource(5_000, OptionalLong.empty());
    source.failAt(1_234, failure);

    ExportException stopped = lab.stopped(source);

    assertSourceFailed(stopped, failure, 1_234);
    assertThat(stopped.report().profiles().accepted()).isEqualTo(1_234);
    assertThat(stopped.report().isConfirmed()).isTrue();
    assertThat(lab.klaviyo.emails()).hasSize(1_234);
    assertThat(source.closed).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("failures")
  void a_source_that_does_not_close_does_not_disturb_the_export(Exception failure) {
    NumberedSource source = new NumberedSource(5, OptionalLong.empty());
    source.closing = failure;

    assertThat(lab.export(source).profiles().accepted()).isEqualTo(5);
  }

  @Test
  void what_a_parser_says_that_throws_an_io_exception_of_its_own_is_not_shown() {
    JsonProcessingException failure =
        catchThrowableOfType(
            JsonProcessingException.class,
            () -> new ObjectMapper().readValue("{\"n\":\"ada@shop.example\"}", JsonNodes.class));
    assertThat(failure).hasMessageContaining("ada@shop.example");
    NumberedSource source = new NumberedSource(5, OptionalLong.empty());
    source.failAt(3, failure);

    ExportException stopped = lab.stopped(source);

    assertThat(stopped)
        .hasMessageContaining(
            "its source failed after 3 profiles (" + failure.getClass().getName() + " in next())");
    assertThat(stopped.getCause()).hasToString(failure.getClass().getName() + HIDDEN);
  }

  /** What JSON is to be read as. */
  record JsonNodes(int n) {}

  @Test
  void what_a_source_says_in_several_lines_is_told_in_one() {
    ExportException stopped =
        lab.stopped(
            segment -> {
              throw new IOException("The table is locked.\r\n  Unlock it.\n");
            });

    assertThat(stopped)
        .hasMessageContaining("(The table is locked. Unlock it); mend the source and try");
  }

  private static void assertSourceFailed(
      ExportException stopped, Exception failure, int afterProfiles) {
    assertThat(stopped.reason()).isEqualTo(Reason.SOURCE_FAILED);
    if (failure instanceof IOException) {
      assertThat(stopped).hasCause(failure);
    } else {
      assertThat(stopped.getCause()).hasToString(failure.getClass().getName() + HIDDEN);
      assertThat(stopped.getCause().getStackTrace()).isEqualTo(failure.getStackTrace());
    }
    assertThat(stopped)
        .message()
        .contains(
            "its source failed after " + InWords.count(afterProfiles, "profile") + " (",
            failure instanceof IOException
                ? "The table customers is locked)"
                : failure.getClass().getName())
        .doesNotContain("ada@");
    assertThat(stopped.report().profiles().read()).isEqualTo(afterProfiles);
  }
}
