package io.github.klaviyoexport.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.journal.ExportJournal;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.JdbcSource;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.springboot.KlaviyoExportAutoConfiguration;
import io.github.klaviyoexport.testkit.springboot.FakeKlaviyoAutoConfiguration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the README says of Spring Boot is run as it stands there, with a fake for Klaviyo. */
class ReadmeSpringBootTest {
  private static String[] properties() throws Exception {
    Matcher block =
        Pattern.compile("```properties\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Path.of("..", "README.md")));
    assertThat(block.find()).isTrue();
    List<String> lines = block.group(1).lines().toList();
    assertThat(lines).hasSize(4).allMatch(line -> line.startsWith("klaviyo.export."));
    return lines.toArray(String[]::new);
  }

  private static DataSource database() {
    JdbcDataSource database = new JdbcDataSource();
    database.setURL("jdbc:h2:mem:readme-spring;DB_CLOSE_DELAY=-1;DATABASE_TO_LOWER=TRUE");
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "create table customer as select 'c-17' id, 'vip-eu' segment, 'ada@shop.example' email,"
              + " 'Ada' first_name, 120 ltv");
    } catch (java.sql.SQLException failure) {
      throw new IllegalStateException(failure);
    }
    return database;
  }

  @Test
  void four_properties_a_source_and_a_mapping_make_an_exporter_and_a_catalog() throws Exception {
    new ApplicationContextRunner()
        .withConfiguration(
            AutoConfigurations.of(
                FakeKlaviyoAutoConfiguration.class, KlaviyoExportAutoConfiguration.class))
        .withPropertyValues(properties())
        .withPropertyValues("klaviyo.export.fake.enabled=true")
        .withBean(DataSource.class, ReadmeSpringBootTest::database)
        .withUserConfiguration(LoyaltyConfiguration.class)
        .run(
            context -> {
              assertThat(context).hasSingleBean(Catalog.class).hasSingleBean(ExportJournal.class);
              FakeKlaviyo klaviyo = context.getBean(FakeKlaviyo.class);

              ExportReport report =
                  context
                      .getBean(SegmentExporter.class)
                      .export(Segment.named("vip-eu"), klaviyo.listId());

              assertThat(report.isClean()).isTrue();
              assertThat(klaviyo.list().emails()).containsExactly("ada@shop.example");
            });
  }
}

@Configuration
class LoyaltyConfiguration {
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
