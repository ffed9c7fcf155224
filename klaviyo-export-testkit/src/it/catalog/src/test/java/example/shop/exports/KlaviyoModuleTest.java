package example.shop.exports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.catalog.ConnectionDefinition;
import io.github.klaviyoexport.catalog.ExportDefinition;
import io.github.klaviyoexport.catalog.Schedule;
import io.github.klaviyoexport.profile.FieldMapping;
import java.time.LocalTime;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.json.JsonMapper;

class KlaviyoModuleTest {
  private final JsonMapper json = JsonMapper.builder().addModule(new KlaviyoModule()).build();

  private record Request(
      String by,
      ConnectionDefinition connection,
      ExportDefinition export,
      FieldMapping mapping,
      Schedule schedule) {}

  @Test
  void a_request_is_written_and_read_with_what_is_decided() {
    FieldMapping mapping = FieldMapping.email("email").constant("Source", "CRM");
    Schedule schedule = Schedule.daily("Europe/Helsinki", LocalTime.of(6, 0));
    Request request =
        new Request(
            "kim",
            ConnectionDefinition.apiKey("Klaviyo", "env:KLAVIYO_API_KEY"),
            ExportDefinition.named("VIPs").segments("vip").mapping(mapping).schedule(schedule),
            mapping,
            schedule);

    String text = json.writeValueAsString(request);

    assertThat(json.readTree(text).at("/export/mapping/fields/0/target").asString())
        .isEqualTo("EMAIL");
    assertThat(json.readValue(text, Request.class)).isEqualTo(request);
  }

  @Test
  void what_is_wrong_is_told_with_its_place() {
    assertThatThrownBy(
            () -> json.readValue("{\"export\": {\"name\": \"x\", \"limit\": 0}}", Request.class))
        .isInstanceOf(MismatchedInputException.class)
        .hasMessageContaining("its 'limit' has a value that it cannot have");
  }
}
