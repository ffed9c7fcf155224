package example.shop.parquet;

import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.assertThat;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParquetExportTest {
  @TempDir Path lakehouse;

  private void segment(String name, int customers) throws Exception {
    Files.createDirectory(lakehouse.resolve(name));
    try (Connection duck = new DuckDb("256MB").getConnection();
        Statement statement = duck.createStatement()) {
      statement.execute(
          "copy (select 'c-' || i as customer_id,"
              + " 'customer.' || i || '@shop.example' as email, 'Ada' as first_name,"
              + " (i / 100)::decimal(12, 2) as ltv,"
              + " timestamptz '2026-01-01 00:00:00+00' + interval (i) second as last_order,"
              + " ['tea', 'books'] as interests from range("
              + customers
              + ") t(i)) to '"
              + lakehouse.resolve(name)
              + "/part-0.parquet' (format parquet)");
    }
  }

  @Test
  void a_parquet_file_reaches_the_list_with_its_types() throws Exception {
    segment("vip", 1_000);
    try (FakeKlaviyo klaviyo = FakeKlaviyo.builder().quota(false).start();
        ParquetExport export = new ParquetExport(lakehouse, klaviyo.httpConnection())) {
      ExportReport report = export.export("vip", klaviyo.listId());

      assertThat(report).isConfirmed().isClean().hasAccepted(1_000);
      assertThat(klaviyo.list())
          .hasSize(1_000)
          .hasProperty("customer.12@shop.example", "Lifetime value", 0.12)
          .hasProperty("customer.12@shop.example", "Interests", List.of("tea", "books"))
          .hasProperty("customer.12@shop.example", "Last order", "2026-01-01T00:00:12Z");
    }
  }

  @Test
  void a_million_customers_pass_through_a_small_heap() throws Exception {
    segment("all", 1_000_000);
    try (KlaviyoProcess klaviyo = KlaviyoProcess.start();
        ParquetExport export = new ParquetExport(lakehouse, klaviyo.connection())) {
      ExportReport report = export.export("all", klaviyo.listId());

      assertThat(report).isConfirmed().isClean().hasAccepted(1_000_000);
    }
  }
}
