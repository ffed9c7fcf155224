package example.shop.parquet;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.JdbcSource;
import io.github.klaviyoexport.source.Segment;
import java.nio.file.Path;

/** Brings segments that are Parquet files of a lakehouse onto Klaviyo lists. */
public final class ParquetExport implements AutoCloseable {
  private final SegmentExporter exporter;

  /** Exports from the files of a folder with a folder for each segment. */
  public ParquetExport(Path lakehouse, KlaviyoConnection klaviyo) {
    String files = "read_parquet('" + lakehouse + "/' || :segment || '/*.parquet')";
    exporter =
        SegmentExporter.builder()
            .source(
                JdbcSource.of(new DuckDb("256MB"), "select * from " + files)
                    .countQuery("select count(*) from " + files)
                    .idColumn("customer_id"))
            .klaviyo(klaviyo)
            .mapping(
                FieldMapping.email("email")
                    .firstName("first_name")
                    .property("Lifetime value", "ltv")
                    .property("Last order", "last_order")
                    .property("Interests", "interests"))
            .limit(1_000_000)
            .build();
  }

  /** Exports the customers of a segment. */
  public ExportReport export(String segment, ListId list) {
    return exporter.export(Segment.named(segment), list);
  }

  @Override
  public void close() {
    exporter.close();
  }
}
