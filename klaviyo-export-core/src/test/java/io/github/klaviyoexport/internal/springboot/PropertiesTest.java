package io.github.klaviyoexport.internal.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.DefaultValue;

/** What editors and people are told of the properties is what is read. */
class PropertiesTest {
  private static final Map<Class<?>, Class<?>> BOXES =
      Map.of(boolean.class, Boolean.class, int.class, Integer.class);
  private static final Pattern ROW =
      Pattern.compile("^\\| `([a-z.-]+)` \\| (?:`([^`]*)`)? ?\\| .+ \\|$", Pattern.MULTILINE);

  /** Returns the type of each property that is read, by its name. */
  private static Map<String, RecordComponent> read(Class<?> type, String prefix) {
    Map<String, RecordComponent> found = new TreeMap<>();
    for (RecordComponent component : type.getRecordComponents()) {
      String name =
          prefix + component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
      if (component.getType().isRecord()) {
        found.putAll(read(component.getType(), name + "."));
      } else {
        found.put(name, component);
      }
    }
    return found;
  }

  private static Map<String, JsonNode> toldEditors() throws IOException {
    Map<String, JsonNode> told = new TreeMap<>();
    JsonNode metadata =
        new ObjectMapper()
            .readTree(
                Files.readString(
                    Path.of("src/main/resources/META-INF/spring-configuration-metadata.json")));
    for (JsonNode property : metadata.get("properties")) {
      String name = property.get("name").asText();
      if (name.startsWith("klaviyo.export.")) {
        told.put(name, property);
      }
    }
    return told;
  }

  @Test
  void editors_are_told_of_each_property_with_its_type_its_default_and_what_it_says()
      throws IOException {
    Map<String, RecordComponent> read = read(ExportProperties.class, "klaviyo.export.");
    Map<String, JsonNode> told = toldEditors();

    assertThat(told.keySet()).hasSizeGreaterThan(15).isEqualTo(read.keySet());
    read.forEach(
        (name, component) -> {
          JsonNode property = told.get(name);
          Class<?> type = BOXES.getOrDefault(component.getType(), component.getType());
          assertThat(property.get("type").asText()).as(name).isEqualTo(type.getName());
          assertThat(property.get("description").asText()).as(name).endsWith(".");
          assertThat(property.get("sourceType").asText())
              .as(name)
              .isEqualTo(component.getDeclaringRecord().getName());
          DefaultValue byDefault =
              Stream.of(component.getDeclaringRecord().getDeclaredConstructors()[0].getParameters())
                  .filter(parameter -> parameter.getName().equals(component.getName()))
                  .findFirst()
                  .orElseThrow()
                  .getAnnotation(DefaultValue.class);
          if (byDefault != null) {
            assertThat(property.get("defaultValue").asText())
                .as(name)
                .isEqualTo(byDefault.value()[0]);
          }
        });
  }

  @Test
  void the_table_for_people_lists_the_same_properties_with_the_same_defaults() throws IOException {
    Map<String, String> told = new TreeMap<>();
    toldEditors()
        .forEach((name, property) -> told.put(name, property.path("defaultValue").asText("")));
    Map<String, String> listed = new TreeMap<>();
    ArrayList<String> order = new ArrayList<>();
    String document = Files.readString(Path.of("docs/spring-boot.md"));
    String table = document.substring(0, document.indexOf("## Beans"));
    for (MatchResult row : ROW.matcher(table).results().toList()) {
      String byDefault = row.group(2) == null ? "" : row.group(2);
      order.add(row.group(1));
      listed.put("klaviyo.export." + row.group(1), byDefault);
    }

    assertThat(listed).isEqualTo(told);
    assertThat(order).isSorted();
  }

  @Test
  void properties_show_no_key() {
    ExportProperties properties =
        new ExportProperties(
            "pk_secret", null, null, null, null, null, null, null, null, null, null, null);

    assertThat(properties.toString()).doesNotContain("pk_secret");
  }
}
