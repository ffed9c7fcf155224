package example.shop.lakehouse;

import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.assertThat;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LakehouseTest {
  private static final int CUSTOMERS = 100_000;

  @TempDir static Path lakehouse;
  private static SparkSession spark;

  @BeforeAll
  static void a_lakehouse_with_customers_of_three_shops() {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .appName("exports")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "4")
            .config("spark.sql.warehouse.dir", lakehouse.resolve("warehouse").toUri().toString())
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1")
            .getOrCreate();
    spark
        .range(CUSTOMERS)
        .selectExpr(
            "concat('c-', id) customer_id",
            "concat('customer.', id, '@shop.example') email",
            "'Ada' first_name",
            "cast(id / 100 as decimal(12, 2)) ltv",
            "timestamp_seconds(1700000000 + id) last_order",
            "array('tea', 'books') interests",
            "concat('shop-', id % 3) shop")
        .write()
        .parquet(lakehouse.resolve("customers").toString());
    spark
        .read()
        .parquet(lakehouse.resolve("customers").toString())
        .createOrReplaceTempView("customers");
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void a_dataset_is_exported_from_the_driver() {
    try (FakeKlaviyo klaviyo = FakeKlaviyo.builder().quota(false).start();
        LakehouseExport exports = new LakehouseExport(spark, klaviyo.httpConnection())) {
      ExportReport report = exports.export("customers", klaviyo.listId());

      assertThat(report).isConfirmed().isClean().hasAccepted(CUSTOMERS);
      assertThat(klaviyo.list())
          .hasSize(CUSTOMERS)
          .hasProperty("customer.12@shop.example", "Lifetime value", 0.12)
          .hasProperty("customer.12@shop.example", "Interests", List.of("tea", "books"))
          .hasProperty("customer.12@shop.example", "Last order", "2023-11-14T22:13:32Z");
    }
  }

  @Test
  void the_customers_of_many_shops_go_side_by_side_to_the_account_of_each() {
    Map<String, FakeKlaviyo> accounts = new TreeMap<>();
    try {
      Map<String, Shop> shops = new HashMap<>();
      for (int i = 0; i < 3; i++) {
        String shop = "shop-" + i;
        FakeKlaviyo account =
            FakeKlaviyo.builder().quota(false).apiKey("pk_" + "abc".charAt(i) + "123456").start();
        accounts.put(shop, account);
        System.setProperty("key." + shop, account.apiKey().value());
        shops.put(
            shop,
            new Shop(shop, account.baseUrl().toString(), "key." + shop, account.listId().value()));
      }

      List<String> reports = ShopExports.export(spark.table("customers"), shops);

      assertThat(reports).hasSize(3).allMatch(json -> json.contains("\"unconfirmed\" : 0"));
      accounts.forEach(
          (shop, account) -> {
            int number = shop.charAt(shop.length() - 1) - '0';
            assertThat(account.list())
                .hasSize((CUSTOMERS + 2 - number) / 3)
                .contains("customer." + number + "@shop.example")
                .doesNotContain("customer." + (number + 1) + "@shop.example");
          });
    } finally {
      accounts.values().forEach(FakeKlaviyo::close);
    }
  }
}
