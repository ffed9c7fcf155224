package io.github.klaviyoexport.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.FakeCustomerInsights;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Customer Insights keeps the contract of a source; in which order is for it to choose. */
class CustomerInsightsSourcesTest extends ProfileSourceContract {
  private static final Segment SEGMENT = Segment.named("Vip_customers");
  private static final List<String> IDS = List.of("c-1", "c-2", "c-3", "c-4");

  private final FakeCustomerInsights insights = FakeCustomerInsights.start();
  private List<String> order = List.of();

  @BeforeEach
  void has_a_segment_in_an_order_of_its_own() throws IOException {
    IDS.forEach(id -> insights.customer(id, Map.of("msdynci_emailaddress1", id + "@shop.example")));
    insights.segment(SEGMENT.name(), IDS);
    List<String> read = new ArrayList<>();
    try (ProfileReader reader = source().open(SEGMENT)) {
      for (CustomerProfile next = reader.next(); next != null; next = reader.next()) {
        read.add(next.id());
      }
    }
    assertThat(read).containsExactlyInAnyOrderElementsOf(IDS);
    order = read;
  }

  @AfterEach
  void stop() {
    insights.close();
  }

  @Override
  protected ProfileSource source() {
    return insights.source().columns("msdynci_emailaddress1");
  }

  @Override
  protected Segment segment() {
    return SEGMENT;
  }

  @Override
  protected List<String> ids() {
    return order;
  }
}
