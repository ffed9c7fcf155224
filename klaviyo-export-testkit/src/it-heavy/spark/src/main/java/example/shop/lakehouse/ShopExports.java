package example.shop.lakehouse;

import static org.apache.spark.sql.functions.col;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.source.Segment;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;

/**
 * Exports the customers of many shops, each to an account of its own, side by side on the
 * executors.
 *
 * <p>All rows of a shop stand in one partition, one after the other, so that one exporter at a time
 * works on an account, and keeps to its quota. Spark may run a task again: what is imported twice
 * is the same in Klaviyo.
 */
public final class ShopExports {
  private ShopExports() {}

  /**
   * Exports the rows of each shop, and returns the report of each as JSON.
   *
   * @param shops the shops by the value of the column {@code shop}
   */
  public static List<String> export(Dataset<Row> customers, Map<String, Shop> shops) {
    String[] columns = customers.columns();
    MapPartitionsFunction<Row, String> eachShop = rows -> export(columns, rows, shops);
    return customers
        .repartition(shops.size(), col("shop"))
        .sortWithinPartitions("shop")
        .mapPartitions(eachShop, Encoders.STRING())
        .collectAsList();
  }

  private static Iterator<String> export(
      String[] columns, Iterator<Row> rows, Map<String, Shop> shops) {
    int shopColumn = List.of(columns).indexOf("shop");
    RowsOfOneShop ofShop = new RowsOfOneShop(rows, shopColumn);
    List<String> reports = new ArrayList<>();
    for (String name = ofShop.next(null); name != null; name = ofShop.next(name)) {
      reports.add(export(shops.get(name), new RowReader(columns, "customer_id", ofShop)).toJson());
    }
    return reports.iterator();
  }

  private static ExportReport export(Shop shop, RowReader customers) {
    try (SegmentExporter exporter =
        SegmentExporter.builder()
            .source(segment -> customers)
            .klaviyo(shop.klaviyo())
            .mapping(LakehouseExport.MAPPING)
            .limit(1_000_000)
            .build()) {
      return exporter.export(Segment.named(shop.name()), shop.list());
    } catch (ExportException stopped) {
      return stopped.report(); // Its reason stands there too; the other shops go on.
    }
  }

  /** The rows of a partition that is sorted by shop, shop after shop. */
  private static final class RowsOfOneShop implements Iterator<Row> {
    private final Iterator<Row> rows;
    private final int shopColumn;
    private Row ahead;
    private String shop;

    RowsOfOneShop(Iterator<Row> rows, int shopColumn) {
      this.rows = rows;
      this.shopColumn = shopColumn;
      advance();
    }

    /** Passes what is left of a shop, and returns the next one, if there is one. */
    String next(String before) {
      while (ahead != null && ahead.getString(shopColumn).equals(before)) {
        advance();
      }
      shop = ahead == null ? null : ahead.getString(shopColumn);
      return shop;
    }

    @Override
    public boolean hasNext() {
      return ahead != null && ahead.getString(shopColumn).equals(shop);
    }

    @Override
    public Row next() {
      Row row = ahead;
      advance();
      return row;
    }

    private void advance() {
      ahead = rows.hasNext() ? rows.next() : null;
    }
  }
}
