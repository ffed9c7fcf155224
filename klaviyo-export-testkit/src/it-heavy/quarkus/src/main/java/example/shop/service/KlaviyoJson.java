package example.shop.service;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.std.StdNodeBasedDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import io.github.klaviyoexport.catalog.ExportDefinition;
import io.github.klaviyoexport.profile.FieldMapping;
import io.quarkus.jackson.ObjectMapperCustomizer;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.function.Function;

/** How the service's Jackson 2 writes and reads what has {@code toJson()} and {@code fromJson}. */
@Singleton
class KlaviyoJson implements ObjectMapperCustomizer {
  private interface AsJson {
    @JsonValue
    @JsonRawValue
    String toJson();
  }

  @Override
  public void customize(ObjectMapper mapper) {
    SimpleModule module = new SimpleModule();
    add(module, FieldMapping.class, FieldMapping::fromJson);
    add(module, ExportDefinition.class, ExportDefinition::fromJson);
    mapper.registerModule(module);
  }

  private static <T> void add(SimpleModule module, Class<T> type, Function<String, T> fromJson) {
    module.setMixInAnnotation(type, AsJson.class);
    module.addDeserializer(
        type,
        new StdNodeBasedDeserializer<T>(type) {
          @Override
          public T convert(JsonNode json, DeserializationContext context) throws IOException {
            try {
              return fromJson.apply(json.toString());
            } catch (IllegalArgumentException refused) {
              return context.reportInputMismatch(type, "%s", refused.getMessage());
            }
          }
        });
  }
}
