package io.github.klaviyoexport.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.profile.FieldMapping;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The example of Customer Insights, and what is refused before anything is asked for. */
class CustomerInsightsExamplesTest {
  private static final URI ORGANIZATION = URI.create("https://contoso.crm.dynamics.com");

  @Test
  void an_exporter_reads_customer_insights() {
    // @start region="insights"
    URI organization = URI.create("https://contoso.crm.dynamics.com");
    EntraToken token =
        EntraToken.clientCredentials(
            "contoso.example", "client-id", () -> secret("entra"), organization);
    FieldMapping mapping = CustomerInsightsSource.usualMapping().property("Tier", "msdynci_tier");

    SegmentExporter exporter =
        SegmentExporter.builder()
            .source(CustomerInsightsSource.of(organization, token).columns(mapping))
            .klaviyo(KlaviyoConnection.of(ApiKey.of(secret("klaviyo"))))
            .mapping(mapping)
            .build();
    // @end

    assertThat(exporter).isNotNull();
    assertThat(token).hasToString("EntraToken[client-id for contoso.crm.dynamics.com]");
    exporter.close();
  }

  private static String secret(String name) {
    return "pk_" + name + "_123456";
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://contoso.crm.dynamics.com",
        "ftp://contoso.crm.dynamics.com",
        "contoso.crm.dynamics.com",
        "https:///api",
        "https://user:pw@contoso.crm.dynamics.com",
        "https://contoso.crm.dynamics.com/api/data/v9.2/",
        "https://contoso.crm.dynamics.com?x=1",
        "http://127.0.0.1.evil.example"
      })
  void an_organization_is_a_host_behind_https_and_nothing_else(String url) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CustomerInsightsSource.of(URI.create(url), () -> "token"))
        .withMessageContaining("https://");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EntraToken.clientCredentials("t", "c", () -> "s", URI.create(url)));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                EntraToken.clientCredentials("t", "c", () -> "s", ORGANIZATION)
                    .authority(URI.create(url)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "first name", "name,other", "name&$filter=x", "näme"})
  void a_column_is_called_by_its_logical_name(String column) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CustomerInsightsSource.of(ORGANIZATION, () -> "t").columns(column))
        .withMessageContaining("logical name");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 5_001})
  void a_page_has_as_many_rows_as_dataverse_allows(int rows) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CustomerInsightsSource.of(ORGANIZATION, () -> "t").pageSize(rows));
  }
}
