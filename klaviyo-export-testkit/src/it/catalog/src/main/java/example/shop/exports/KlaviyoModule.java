package example.shop.exports;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonValue;
import io.github.klaviyoexport.catalog.ConnectionDefinition;
import io.github.klaviyoexport.catalog.ExportDefinition;
import io.github.klaviyoexport.catalog.Schedule;
import io.github.klaviyoexport.profile.FieldMapping;
import java.util.function.Function;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.deser.std.StdNodeBasedDeserializer;
import tools.jackson.databind.module.SimpleModule;

/** How the service's Jackson 3 writes and reads what has {@code toJson()} and {@code fromJson}. */
final class KlaviyoModule extends SimpleModule {
  private static final long serialVersionUID = 1L;

  private interface AsJson {
    @JsonValue
    @JsonRawValue
    String toJson();
  }

  KlaviyoModule() {
    add(ConnectionDefinition.class, ConnectionDefinition::fromJson);
    add(ExportDefinition.class, ExportDefinition::fromJson);
    add(FieldMapping.class, FieldMapping::fromJson);
    add(Schedule.class, Schedule::fromJson);
  }

  private <T> void add(Class<T> type, Function<String, T> fromJson) {
    setMixInAnnotation(type, AsJson.class);
    addDeserializer(
        type,
        new StdNodeBasedDeserializer<T>(type) {
          @Override
          public T convert(JsonNode json, DeserializationContext context) {
            try {
              return fromJson.apply(json.toString());
            } catch (IllegalArgumentException refused) {
              return context.reportInputMismatch(type, "%s", refused.getMessage());
            }
          }
        });
  }
}
