package io.github.klaviyoexport.testkit.behavior;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.KlaviyoCheck;
import io.github.klaviyoexport.KlaviyoCheck.Finding;
import io.github.klaviyoexport.KlaviyoCheck.Finding.Kind;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.Customer;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.Fault;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.RecordedRequest;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** An operator is told, before an export would be, that Klaviyo has moved on. */
class KlaviyoDriftTest {
  private final VirtualTime time = VirtualTime.create();
  private final FakeKlaviyo klaviyo = FakeKlaviyo.builder().time(time).start();

  private List<Kind> found() {
    return KlaviyoCheck.of(klaviyo.connection(), time).findings().stream()
        .map(Finding::kind)
        .toList();
  }

  private void export() {
    try (SegmentExporter exporter =
        SegmentExporter.builder()
            .source(
                InMemorySegments.of(
                    "vip-eu", Customer.of("c-1").email("ada@shop.example").profile()))
            .klaviyo(klaviyo.connection())
            .mapping(FieldMapping.email("EMailAddress"))
            .time(time)
            .build()) {
      exporter.export(Segment.named("vip-eu"), klaviyo.listId());
    }
  }

  @Test
  void klaviyo_as_it_is_known_is_fit_and_nothing_is_changed_by_looking() {
    export();
    int before = klaviyo.requests().size();

    KlaviyoCheck check = KlaviyoCheck.of(klaviyo.connection(), time);

    assertThat(check.findings()).isEmpty();
    assertThat(check.isFit()).isTrue();
    assertThat(check.toString()).doesNotContain("ada");
    assertThat(klaviyo.requests().subList(before, klaviyo.requests().size()))
        .hasSize(9)
        .extracting(RecordedRequest::method)
        .containsOnly("GET");
  }

  @Test
  void an_account_without_members_and_jobs_is_fit_and_told_to_be_known_in_part() {
    assertThat(found()).containsExactly(Kind.NOT_CHECKED, Kind.NOT_CHECKED);
  }

  @Test
  void a_state_of_jobs_a_name_of_a_field_and_a_quota_that_are_not_known_are_told() {
    export();
    klaviyo.script(
        Operation.GET_BULK_IMPORT_PROFILES_JOBS, Fault.rewritten("\"complete\"", "\"paused\""));
    klaviyo.script(
        Operation.GET_PROFILES_FOR_LIST, Fault.rewritten("joined_group_at", "joined_list_at"));
    klaviyo.script(
        Operation.GET_LISTS, Fault.withHeaders(Map.of("RateLimit-Limit", "10, 10;w=1, 150;w=60")));

    assertThat(found()).containsExactly(Kind.QUOTA, Kind.FIELD_MISSING, Kind.UNKNOWN_VALUE);
  }

  @Test
  void a_revision_that_is_retired_is_told_as_such() {
    klaviyo.script(Operation.GET_ACCOUNTS, Fault.revisionRetired());

    assertThat(found()).containsExactly(Kind.REVISION_RETIRED);
  }

  @Test
  void a_key_without_scopes_is_told_which_it_lacks() {
    FakeKlaviyo narrow = FakeKlaviyo.builder().time(time).scopes("lists:read").start();

    KlaviyoCheck check = KlaviyoCheck.of(narrow.connection(), time);

    assertThat(check.isReached()).isTrue();
    assertThat(check.isFit()).isFalse();
    assertThat(check.findings())
        .extracting(Finding::kind)
        .containsExactly(
            Kind.NOT_CHECKED, Kind.SCOPE_MISSING, Kind.SCOPE_MISSING, Kind.SCOPE_MISSING);
  }
}
