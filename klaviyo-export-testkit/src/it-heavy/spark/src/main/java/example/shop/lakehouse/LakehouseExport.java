package example.shop.lakehouse;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.Segment;
import org.apache.spark.sql.SparkSession;

/** Brings segments of the lakehouse onto lists of one Klaviyo account, from the driver. */
public final class LakehouseExport implements AutoCloseable {
  static final FieldMapping MAPPING =
      FieldMapping.email("email")
          .firstName("first_name")
          .property("Lifetime value", "ltv")
          .property("Last order", "last_order")
          .property("Interests", "interests");

  private final SegmentExporter exporter;

  /** Exports from the session's tables to an account. */
  public LakehouseExport(SparkSession spark, KlaviyoConnection klaviyo) {
    exporter =
        SegmentExporter.builder()
            .source(new DatasetSource(spark, "customer_id"))
            .klaviyo(klaviyo)
            .mapping(MAPPING)
            .limit(1_000_000)
            .build();
  }

  /** Exports the customers of a table or view. */
  public ExportReport export(String table, ListId list) {
    return exporter.export(Segment.named(table), list);
  }

  @Override
  public void close() {
    exporter.close();
  }
}
