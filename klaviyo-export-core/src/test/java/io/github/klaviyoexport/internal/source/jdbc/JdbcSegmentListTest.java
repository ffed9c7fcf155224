package io.github.klaviyoexport.internal.source.jdbc;

import static io.github.klaviyoexport.internal.source.jdbc.Customers.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.source.AvailableSegment;
import io.github.klaviyoexport.source.JdbcSource;
import io.github.klaviyoexport.source.Segment;
import java.io.IOException;
import java.util.OptionalLong;
import javax.sql.DataSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The segments that a database says there are. */
class JdbcSegmentListTest {
  @ParameterizedTest
  @EnumSource(Product.class)
  void segments_are_listed_with_their_sizes_where_the_query_gives_them(Product product)
      throws Exception {
    DataSource database = product.fresh();
    run(
        database,
        "create table segments (name varchar(40), size bigint)",
        "insert into segments values ('vip-eu', 12), ('vip-us', null), (null, 3), (' ', 4)");
    JdbcSource source = JdbcSource.of(database, "select * from customers where segment = :segment");

    assertThat(source.segmentsQuery("select name, size from segments order by name").segments())
        .containsExactly(
            new AvailableSegment(Segment.named("vip-eu"), OptionalLong.of(12)),
            new AvailableSegment(Segment.named("vip-us"), OptionalLong.empty()));
    assertThat(source.segmentsQuery("select name from segments").segments())
        .hasSize(2)
        .allMatch(available -> available.size().isEmpty());
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void a_list_that_cannot_be_had_is_refused_with_advice(Product product) throws Exception {
    DataSource database = product.fresh();
    JdbcSource source = JdbcSource.of(database, "select * from customers where segment = :segment");

    assertThatThrownBy(source::segments)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("name a query with segmentsQuery(...)");
    assertThatThrownBy(
            () -> source.segmentsQuery("select name from s where name = :segment").segments())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("leave it out");
    assertThatThrownBy(() -> source.segmentsQuery("select name from nosuch").segments())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("table that is not there");
  }
}
