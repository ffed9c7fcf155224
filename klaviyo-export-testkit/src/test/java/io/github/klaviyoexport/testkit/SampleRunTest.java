package io.github.klaviyoexport.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.ExportProgress;
import io.github.klaviyoexport.catalog.CatalogListener;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.RunRecord.Trigger;
import io.github.klaviyoexport.catalog.RunStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SampleRunTest {
  /** A user's listener. */
  private record Pager(List<String> pages) implements CatalogListener {
    @Override
    public void failedPermanently(RunRecord run) {
      pages.add(run.exportName() + ": " + run.message());
    }
  }

  @Test
  void a_listener_is_tested_with_a_run_that_has_failed() {
    Pager pager = new Pager(new ArrayList<>());
    // @start region="example"
    RunRecord failed =
        SampleRun.of(RunStatus.FAILED_PERMANENTLY)
            .export("vips-17", "VIPs for the newsletter")
            .message("The source failed.")
            .build();
    pager.failedPermanently(failed);

    assertThat(pager.pages()).containsExactly("VIPs for the newsletter: The source failed.");
    // @end
  }

  @ParameterizedTest
  @EnumSource(RunStatus.class)
  void a_run_is_what_its_state_says(RunStatus status) {
    RunRecord run = SampleRun.of(status).build();

    assertThat(run.status()).isEqualTo(status);
    assertThat(run.id()).startsWith(run.exportId() + ".");
    if (status.isEnded()) {
      assertThat(run.endedAt()).isNotNull();
      assertThat(run.retryAt()).isNull();
    }
    if (status == RunStatus.FAILED) {
      assertThat(run.retryAt()).isAfter(run.endedAt());
    }
    assertThat(run.startedAt() == null).isEqualTo(run.attempt() == 0);
    assertThat(run.message() == null)
        .isEqualTo(
            List.of(RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.SUCCESSFUL).contains(status));
    assertThat(run).isEqualTo(SampleRun.of(status).build());
  }

  @Test
  void a_running_run_tells_how_far_it_is_and_others_do_not() {
    ExportProgress half = SampleExport.of("vip-eu").progress();

    assertThat(SampleRun.of(RunStatus.RUNNING).progress(half).build().progress()).contains(half);
    assertThat(SampleRun.of(RunStatus.SUCCESSFUL).progress(half).build().progress()).isEmpty();
  }

  @Test
  void a_run_holds_what_the_test_says() {
    Instant six = Instant.parse("2026-11-26T06:00:00Z");
    RunRecord run =
        SampleRun.of(RunStatus.FAILED)
            .startedBy(Trigger.SCHEDULE, "marketing-ops")
            .attempt(2)
            .queuedAt(six)
            .took(Duration.ofSeconds(30))
            .details("They are kept in env:KEY.")
            .build();

    assertThat(run.trigger()).isEqualTo(Trigger.SCHEDULE);
    assertThat(run.startedBy()).isEqualTo("marketing-ops");
    assertThat(run.attempt()).isEqualTo(2);
    assertThat(run.took()).contains(Duration.ofSeconds(30));
    assertThat(run.endedAt()).isEqualTo(six.plusSeconds(30));
    assertThat(run.details()).isEqualTo("They are kept in env:KEY.");
    assertThat(run.toString()).contains("FAILED").doesNotContain("env:KEY");
    assertThatThrownBy(() -> SampleRun.of(RunStatus.FAILED).attempt(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("it is -1");
  }
}
