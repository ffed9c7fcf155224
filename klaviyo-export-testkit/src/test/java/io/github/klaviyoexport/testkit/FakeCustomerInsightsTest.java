package io.github.klaviyoexport.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.Segment;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the fake Customer Insights answers to any client. */
class FakeCustomerInsightsTest {
  private static final String PROFILES = "/api/data/v9.2/msdynci_customerprofiles";

  @Test
  void a_segment_of_it_is_exported() {
    // @start region="fake"
    try (FakeCustomerInsights insights = FakeCustomerInsights.start();
        FakeKlaviyo klaviyo = FakeKlaviyo.start()) {
      insights
          .customer("c-17", Map.of("msdynci_emailaddress1", "ada@shop.example"))
          .customer("c-18", Map.of("msdynci_emailaddress1", "bo@shop.example"))
          .segment("Vip_customers", "c-17");
      FieldMapping mapping = FieldMapping.email("msdynci_emailaddress1");

      SegmentExporter exporter =
          SegmentExporter.builder()
              .source(insights.source().columns(mapping))
              .klaviyo(klaviyo.httpConnection())
              .mapping(mapping)
              .build();
      ExportReport report = exporter.export(Segment.named("Vip_customers"), klaviyo.listId());

      assertThat(report.isClean()).isTrue();
      assertThat(klaviyo.list().emails()).containsExactly("ada@shop.example");
    }
    // @end
  }

  @Test
  void pages_name_the_next_one_and_rows_come_in_another_order_for_each_query() throws Exception {
    try (FakeCustomerInsights insights = FakeCustomerInsights.builder().seed(7).start()) {
      for (int i = 0; i < 5; i++) {
        insights.customer("c-" + i, Map.of("msdynci_firstname", "Ada"));
      }
      String first = get(insights, PROFILES + "?$select=msdynci_customerid", 2).body();
      String other = get(insights, PROFILES + "?$select=msdynci_firstname", 5).body();

      assertThat(first)
          .contains("\"@odata.nextLink\":\"" + insights.organization() + PROFILES)
          .contains("$skiptoken=2\"");
      assertThat(other).doesNotContain("nextLink").doesNotContain("msdynci_customerid");
    }
  }

  @Test
  void what_it_does_not_know_is_refused_as_dataverse_does() throws Exception {
    try (FakeCustomerInsights insights = FakeCustomerInsights.start()) {
      assertThat(get(insights, PROFILES + "?$select=nosuch", 1).statusCode()).isEqualTo(400);
      assertThat(get(insights, PROFILES + "?$filter=x", 1).statusCode()).isEqualTo(400);
      assertThat(get(insights, "/api/data/v9.2/contacts?$select=x", 1).statusCode()).isEqualTo(404);
      assertThat(get(insights, "/", 1).statusCode()).isEqualTo(404);
      insights.throttle(1, Duration.ofSeconds(17));
      HttpResponse<String> throttled = get(insights, PROFILES, 1);
      assertThat(throttled.statusCode()).isEqualTo(429);
      assertThat(throttled.headers().firstValue("Retry-After")).contains("17");
      assertThat(insights.requests()).hasSize(5);
    }
  }

  @Test
  void six_thousand_requests_pass_in_five_minutes() throws Exception {
    VirtualTime time = VirtualTime.create();
    try (FakeCustomerInsights insights =
        FakeCustomerInsights.builder().requestsPerFiveMinutes(2).time(time).start()) {
      assertThat(get(insights, PROFILES, 1).statusCode()).isEqualTo(200);
      time.advance(Duration.ofMinutes(1));
      assertThat(get(insights, PROFILES, 1).statusCode()).isEqualTo(200);
      HttpResponse<String> throttled = get(insights, PROFILES, 1);
      assertThat(throttled.statusCode()).isEqualTo(429);
      assertThat(throttled.headers().firstValue("Retry-After")).contains("240");
      time.advance(Duration.ofMinutes(4));
      assertThat(get(insights, PROFILES, 1).statusCode()).isEqualTo(200);
    }
  }

  private static HttpResponse<String> get(FakeCustomerInsights insights, String path, int pageSize)
      throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(insights.organization() + path))
                .header("Authorization", "Bearer " + insights.token())
                .header("Prefer", "odata.maxpagesize=" + pageSize)
                .build(),
            BodyHandlers.ofString());
  }
}
