package io.github.klaviyoexport.testkit.internal.endpoint;

import static io.github.klaviyoexport.testkit.Client.IMPORTS;
import static io.github.klaviyoexport.testkit.Client.LIST;
import static io.github.klaviyoexport.testkit.Client.customers;
import static io.github.klaviyoexport.testkit.Client.email;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.testkit.Client.Reply;
import io.github.klaviyoexport.testkit.FakeKlaviyoContract;
import io.github.klaviyoexport.testkit.Fault;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How bulk imports fare as jobs. */
class ImportJobContractTest extends FakeKlaviyoContract {
  @Test
  void a_job_is_queued_then_processing_then_complete_and_profiles_join_at_its_end() {
    Reply accepted = client.submit(customers(8));

    assertThat(client.job(accepted).at("/data/attributes/status")).isEqualTo("queued");
    time.advance(Duration.ofSeconds(25));
    Reply half = client.job(accepted);
    assertThat(half.at("/data/attributes/status")).isEqualTo("processing");
    assertThat(half.at("/data/attributes/started_at")).isEqualTo("2026-09-01T08:00:10+00:00");
    assertThat(half.at("/data/attributes/completed_count")).isEqualTo("4");
    assertThat(klaviyo.list().size()).isZero();
    time.advance(Duration.ofSeconds(15));
    Reply done = client.job(accepted);
    assertThat(done.at("/data/attributes/status")).isEqualTo("complete");
    assertThat(done.at("/data/attributes/completed_at")).isEqualTo("2026-09-01T08:00:40+00:00");
    assertThat(done.at("/data/attributes/completed_count")).isEqualTo("8");
    assertThat(klaviyo.list().size()).isEqualTo(8);
  }

  @Test
  void an_import_whose_job_takes_no_time_is_queued_in_the_answer_and_complete_at_the_next_look() {
    fake(builder -> builder.jobDuration(Duration.ZERO));

    Reply accepted = client.submit(email("ada@shop.example"));

    assertThat(accepted.at("/data/attributes/status")).isEqualTo("queued");
    assertThat(client.job(accepted).at("/data/attributes/status")).isEqualTo("complete");
  }

  /** A clock as the machine's: from one reading to the next some time passes. */
  private static final class PassingTime implements TimeSource {
    private static final long STEP = Duration.ofMillis(1).toNanos();

    private final AtomicLong nanos = new AtomicLong();

    @Override
    public Instant now() {
      return Instant.EPOCH.plusNanos(nanoTime());
    }

    @Override
    public long nanoTime() {
      return nanos.addAndGet(STEP);
    }

    @Override
    public boolean await(Semaphore signal, Duration atMost, boolean exchanging) {
      throw new UnsupportedOperationException();
    }
  }

  private Reply complete(Reply accepted) {
    Reply job = accepted;
    while (!job.at("/data/attributes/status").equals("complete")) {
      job = client.job(job);
    }
    return job;
  }

  @Test
  void a_job_is_told_to_be_complete_when_its_profiles_are_imported_whatever_the_clock_says() {
    PassingTime passing = new PassingTime();
    fake(builder -> builder.time(passing).quota(false).jobDuration(Duration.ofMillis(50)));
    klaviyo.failProfiles("bad@shop.example");
    for (int phase = 0; phase < 10; phase++) {
      Reply accepted = client.submit(email("bad@shop.example"), email("good@shop.example"));
      for (int reading = 0; reading < phase; reading++) {
        passing.nanoTime();
      }

      Reply job = complete(accepted);

      assertThat(job.at("/data/attributes/completed_count")).isEqualTo("1");
      assertThat(job.at("/data/attributes/failed_count")).isEqualTo("1");
    }
  }

  @Test
  void profiles_join_when_their_job_ends_to_the_microsecond() {
    fake(
        builder -> builder.time(new PassingTime()).quota(false).jobDuration(Duration.ofMillis(50)));

    Reply job = complete(client.submit(email("ada@shop.example")));

    assertThat(profile("ada@shop.example").path("joined_group_at").asText())
        .isEqualTo(job.at("/data/attributes/completed_at"));
  }

  @Test
  void jobs_are_listed_newest_first_or_oldest_first_and_by_status() {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      ids.add(client.submit(email("customer" + i + "@shop.example")).at("/data/id"));
      time.advance(Duration.ofSeconds(15));
    }

    assertThat(client.get(IMPORTS, "sort", "created_at").each("/id")).isEqualTo(ids);
    assertThat(client.get(IMPORTS, "sort", "-created_at").each("/id"))
        .containsExactly(ids.get(2), ids.get(1), ids.get(0));
    assertThat(client.get(IMPORTS, "sort", "created_at").each("/attributes/status"))
        .containsExactly("complete", "processing", "processing");
    assertThat(client.get(IMPORTS, "filter", "equals(status,'complete')").each("/id"))
        .containsExactly(ids.get(0));
    assertThat(client.get(IMPORTS, "filter", "any(status,[\"queued\",\"processing\"])").each("/id"))
        .containsExactly(ids.get(2), ids.get(1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"failed", "cancelled", "Complete"})
  void jobs_are_not_listed_by_a_status_that_is_not_to_be_asked_for(String status) {
    assertThat(client.get(IMPORTS, "filter", "equals(status,'" + status + "')").status())
        .isEqualTo(400);
  }

  @Test
  void pages_of_jobs_stay_right_while_jobs_come_and_finish() {
    fake(builder -> builder.quota(false));
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      ids.add(0, client.submit(email("customer" + i + "@shop.example")).at("/data/id"));
    }
    Reply first = client.get(IMPORTS, "page[size]", "4", "sort", "-created_at");
    client.submit(email("late@shop.example"));
    time.advance(JOB);

    String next = first.at("/links/next");
    Reply second = client.get(next.substring(next.indexOf("/api")));

    assertThat(first.each("/id")).isEqualTo(ids.subList(0, 4));
    assertThat(second.each("/id")).isEqualTo(ids.subList(4, 6));
    assertThat(second.at("/links/next")).isNull();
  }

  @Test
  void a_job_can_be_read_with_some_of_its_fields_and_with_its_lists() {
    Reply job = imported(email("ada@shop.example"));
    String path = IMPORTS + "/" + job.at("/data/id");

    Reply some =
        client.get(
            path, "fields[profile-bulk-import-job]", "status,total_count", "include", "lists");

    assertThat(some.json().at("/data/attributes"))
        .hasToString("{\"status\":\"complete\",\"total_count\":1}");
    assertThat(some.at("/included/0/attributes/name")).isEqualTo("VIP");
    assertThat(client.get(path, "fields[profile-bulk-import-job]", "state").status())
        .isEqualTo(400);
    assertThat(client.get(path + "/lists").each("/attributes/name")).containsExactly("VIP");
    assertThat(client.get(path + "/relationships/lists").each("/id")).containsExactly(LIST);
  }

  @Test
  void a_job_tells_which_profiles_it_touched() {
    Reply job = imported(customers(25));
    String path = IMPORTS + "/" + job.at("/data/id");

    Reply profiles = client.get(path + "/profiles", "page[size]", "100");
    List<Reply> ids = client.pages(path + "/relationships/profiles");

    assertThat(profiles.each("/attributes/email"))
        .containsExactlyInAnyOrderElementsOf(klaviyo.list().emails());
    assertThat(ids).hasSize(2);
    assertThat(ids.stream().flatMap(page -> page.each("/id").stream()))
        .isEqualTo(profiles.each("/id"));
  }

  @Test
  void a_job_is_forgotten_after_seven_days() {
    Reply accepted = client.submit(email("ada@shop.example"));
    time.advance(Duration.ofDays(7).minusNanos(1));
    assertThat(client.job(accepted).status()).isEqualTo(200);

    time.advance(Duration.ofNanos(1));

    Reply gone = client.job(accepted);
    assertThat(gone.status()).isEqualTo(404);
    assertThat(gone.at("/errors/0/detail")).isEqualTo("Invalid job id");
    assertThat(client.get(IMPORTS).each("/id")).isEmpty();
    assertThat(klaviyo.list().emails()).containsExactly("ada@shop.example");
  }

  @Test
  void a_job_can_be_scripted_to_be_cancelled_endless_or_slow() {
    klaviyo.script(
        Operation.BULK_IMPORT_PROFILES,
        Fault.jobCancelled(),
        Fault.jobEndless(),
        Fault.jobTakes(Duration.ofHours(2)));
    Reply cancelled = client.submit(email("ada@shop.example"));
    Reply endless = client.submit(email("bo@shop.example"));
    Reply slow = client.submit(email("cy@shop.example"));

    time.advance(Duration.ofHours(2));

    assertThat(client.job(cancelled).at("/data/attributes/status")).isEqualTo("cancelled");
    assertThat(client.job(cancelled).at("/data/attributes/completed_count")).isEqualTo("0");
    assertThat(client.job(endless).at("/data/attributes/status")).isEqualTo("processing");
    assertThat(client.job(slow).at("/data/attributes/status")).isEqualTo("complete");
    assertThat(klaviyo.list().emails()).containsExactly("cy@shop.example");
  }
}
