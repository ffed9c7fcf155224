package example.shop.cluster;

import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.CatalogListener;
import io.github.klaviyoexport.catalog.JdbcCatalogStore;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.source.ProfileReader;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * One process of the cluster. Its arguments: the database's JDBC URL and Klaviyo's base URL; the
 * key is in the environment variable {@code KLAVIYO_API_KEY}.
 */
public final class Node {
  private Node() {}

  /** Runs until it is stopped. */
  public static void main(String[] arguments) throws InterruptedException {
    PGSimpleDataSource database = new PGSimpleDataSource();
    database.setUrl(arguments[0]);
    try (Catalog catalog = catalog(database, URI.create(arguments[1]));
        ClusterScheduler scheduler =
            new ClusterScheduler(catalog, database, Duration.ofSeconds(1))) {
      System.out.println("ready");
      new CountDownLatch(1).await();
    }
  }

  /** The catalog of a process, over the store that all of them share. */
  static Catalog catalog(PGSimpleDataSource database, URI klaviyo) {
    return builder(database, klaviyo).build();
  }

  static Catalog.Builder builder(PGSimpleDataSource database, URI klaviyo) {
    return Catalog.builder()
        .store(JdbcCatalogStore.on(database))
        .source(segment -> ProfileReader.of(customers(segment.name())))
        .klaviyo(connection -> connection.baseUrl(klaviyo))
        .takeOverAfter(Duration.ofSeconds(20))
        .listener(
            new CatalogListener() {
              @Override
              public void started(RunRecord run) {
                System.out.println("started " + run.id());
              }
            });
  }

  private static List<CustomerProfile> customers(String segment) {
    return List.of(
        CustomerProfile.of(segment + "-1", Map.of("email", segment + "-1@shop.example")),
        CustomerProfile.of(segment + "-2", Map.of("email", segment + "-2@shop.example")));
  }
}
