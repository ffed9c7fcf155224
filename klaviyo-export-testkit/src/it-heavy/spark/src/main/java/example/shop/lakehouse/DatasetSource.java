package example.shop.lakehouse;

import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Segments that are tables or views of Spark's catalog.
 *
 * <p>Rows come to the driver partition by partition, through {@code toLocalIterator}, so it holds
 * one partition at a time. One exporter on the driver is enough: Klaviyo takes 25,000 profiles a
 * second from an account, which is the work of one core.
 */
public final class DatasetSource implements ProfileSource {
  private final SparkSession spark;
  private final String idColumn;

  /** Reads from the tables of a session; a column of theirs holds the customer's id. */
  public DatasetSource(SparkSession spark, String idColumn) {
    this.spark = spark;
    this.idColumn = idColumn;
  }

  @Override
  public ProfileReader open(Segment segment) {
    Dataset<Row> customers = spark.table(segment.name());
    return new RowReader(customers.columns(), idColumn, customers.toLocalIterator());
  }
}
