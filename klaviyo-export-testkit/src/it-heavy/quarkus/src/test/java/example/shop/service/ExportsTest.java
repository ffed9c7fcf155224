package example.shop.service;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.catalog.ExportDefinition;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.quarkus.arc.Arc;
import io.quarkus.arc.InstanceHandle;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import jakarta.inject.Inject;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

@QuarkusTest
@QuarkusTestResource(FakeKlaviyoResource.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ExportsTest {
  FakeKlaviyo klaviyo;

  @Inject ObjectMapper json;

  @Test
  @Order(1)
  void an_export_is_started_and_its_report_waited_for_over_http() {
    given().post("/exports/vip-eu").then().statusCode(202);

    given()
        .get("/exports/vip-eu/report")
        .then()
        .statusCode(200)
        .contentType(ContentType.JSON)
        .body("accepted", is(1))
        .body("rejected", is(1));
    assertThat(klaviyo.list().emails()).containsExactly("ada@shop.example");
  }

  @Test
  @Order(1)
  void a_mapping_is_sent_as_json_and_tried() {
    given()
        .contentType(ContentType.JSON)
        .body(FieldMapping.email("email").property("LTV", "points").toJson())
        .post("/exports/vip-eu/sample")
        .then()
        .statusCode(200)
        .body(containsString("properties.LTV"));
    given()
        .contentType(ContentType.JSON)
        .body("{\"fields\": [{\"source\": \"email\", \"target\": \"E-MAIL\"}]}")
        .post("/exports/vip-eu/sample")
        .then()
        .statusCode(400);
  }

  @Test
  @Order(1)
  void what_holds_a_definition_is_written_and_read_with_it() throws Exception {
    record Request(String by, ExportDefinition export) {}
    Request request = new Request("kim", ExportDefinition.named("VIPs").segments("vip-eu"));

    String text = json.writeValueAsString(request);

    assertThat(json.readTree(text).at("/export/segments/0").asText()).isEqualTo("vip-eu");
    assertThat(json.readValue(text, Request.class)).isEqualTo(request);
  }

  @Test
  @Order(2)
  void the_exporter_is_closed_with_the_container() {
    InstanceHandle<SegmentExporter> bean = Arc.container().instance(SegmentExporter.class);
    SegmentExporter exporter = bean.get();

    bean.destroy();

    assertThatIllegalStateException()
        .isThrownBy(() -> exporter.export(Segment.named("vip-eu"), ListId.of("Y6nRLr")));
  }
}
