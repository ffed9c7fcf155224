package example.shop.loyalty;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.springboot.AutoConfigureFakeKlaviyo;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.jdbc.test.autoconfigure.JdbcTest;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** A slice of the service: its database, and exporter and account by one annotation. */
@JdbcTest(
    properties = {
      "spring.datasource.url=jdbc:h2:mem:slice;DATABASE_TO_LOWER=TRUE",
      "spring.test.database.replace=none"
    })
@AutoConfigureFakeKlaviyo
@Transactional(propagation = Propagation.NOT_SUPPORTED) // The source reads on a thread of its own.
class LoyaltySliceTest {
  @Autowired private SegmentExporter exporter;
  @Autowired private FakeKlaviyo klaviyo;
  @Autowired private JdbcTemplate database;

  @BeforeEach
  void beginTheAccountAnew() {
    klaviyo.reset();
  }

  @Test
  void who_joins_the_segment_is_on_the_list() {
    database.update("insert into customer values ('c-20', 'vip-fi', 'o@shop.example', 'O', 5)");

    exporter.export(Segment.named("vip-fi"), klaviyo.listId());

    assertThat(klaviyo.list().emails()).containsExactly("o@shop.example");
  }
}
