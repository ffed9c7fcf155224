package example.shop.loyalty;

import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.JdbcSource;
import io.github.klaviyoexport.source.ProfileSource;
import javax.sql.DataSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.scheduling.annotation.EnableScheduling;

/**
 * A service of the shop's that brings segments onto Klaviyo lists: at night, and when asked over
 * HTTP. Exporter, journal, catalog, health, metrics and the end of exports at shutdown come from
 * the auto-configuration.
 */
@SpringBootApplication
@EnableScheduling
public class LoyaltyService {
  /** Starts the service. */
  public static void main(String[] args) {
    SpringApplication.run(LoyaltyService.class, args);
  }

  @Bean
  ProfileSource segments(DataSource database) {
    return JdbcSource.of(database, "select * from customer where segment = :segment")
        .orderedBy("id");
  }

  @Bean
  FieldMapping mapping() {
    return FieldMapping.email("email").firstName("first_name").property("ltv");
  }
}
