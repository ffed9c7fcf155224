package io.github.klaviyoexport.testkit.internal.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Klaviyo's OpenAPI document: its operations, and its schemas as plain JSON Schema.
 *
 * <p>An object takes the members that it names and no others, which the document does not say.
 */
final class OpenApi {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String DOCUMENT = "https://openapi.test/";
  private static final String REF = "$ref";
  private static final String COMPONENTS = "#/components/schemas/";
  private static final Set<String> METHODS = Set.of("get", "post", "patch", "put", "delete");

  private final JsonNode document;
  private final List<Described> operations = new ArrayList<>();
  private final SchemaRegistry registry;
  private final Map<JsonNode, Schema> schemas = new HashMap<>();

  /** An operation as the document describes it. */
  record Described(String method, Pattern path, JsonNode text) {
    /** The schema of the request's body, if it takes one. */
    Optional<JsonNode> body() {
      return schemaIn(text.path("requestBody"));
    }

    List<JsonNode> parameters(String place) {
      List<JsonNode> found = new ArrayList<>();
      text.path("parameters")
          .forEach(
              parameter -> {
                if (parameter.path("in").asText().equals(place)) {
                  found.add(parameter);
                }
              });
      return found;
    }
  }

  private OpenApi(JsonNode document) {
    this.document = document;
    document
        .path("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .properties()
                    .forEach(
                        method -> {
                          if (METHODS.contains(method.getKey())) {
                            operations.add(
                                new Described(
                                    method.getKey(),
                                    Pattern.compile(path.getKey().replaceAll("\\{\\w+}", "[^/]+")),
                                    method.getValue()));
                          }
                        }));
    ObjectNode plain = MAPPER.createObjectNode();
    ObjectNode converted = plain.putObject("components").putObject("schemas");
    document
        .at("/components/schemas")
        .properties()
        .forEach(schema -> converted.set(schema.getKey(), plain(schema.getValue())));
    registry =
        SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            registry ->
                registry
                    .schemas(Map.of(DOCUMENT, plain.toString()))
                    .schemaRegistryConfig(
                        SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));
  }

  /** Reads {@code stable.json} in a folder of Klaviyo's OpenAPI files. */
  static OpenApi in(Path folder) {
    try {
      return new OpenApi(MAPPER.readTree(folder.resolve("stable.json").toFile()));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(
          "klaviyo.openapi must name a folder that holds stable.json", unreadable);
    }
  }

  String revision() {
    return document.at("/info/version").asText();
  }

  /** What the document says of a method and a path; the path has no slash at its end. */
  Optional<Described> operation(String method, String path) {
    return operations.stream()
        .filter(operation -> operation.method().equalsIgnoreCase(method))
        .filter(operation -> operation.path().matcher(path).matches())
        .findFirst();
  }

  /** What an operation says of a status: that very status, or its hundred ({@code 4XX}). */
  Optional<JsonNode> answer(Described operation, int status) {
    JsonNode responses = operation.text().path("responses");
    JsonNode exact = responses.path(String.valueOf(status));
    JsonNode found = exact.isMissingNode() ? responses.path(status / 100 + "XX") : exact;
    return found.isMissingNode() ? Optional.empty() : Optional.of(resolved(found));
  }

  /** The schema in what the document says of a body; none if there is to be no body. */
  static Optional<JsonNode> schemaIn(JsonNode body) {
    JsonNode schema = body.path("content").path("application/vnd.api+json").path("schema");
    return schema.isMissingNode() ? Optional.empty() : Optional.of(schema);
  }

  /** A schema of the document, ready to judge. */
  synchronized Schema schema(JsonNode schema) {
    return schemas.computeIfAbsent(
        schema, one -> registry.getSchema(rooted(plain(one), DOCUMENT + COMPONENTS)));
  }

  /** A reference within the document, seen from outside of it. */
  private static JsonNode rooted(JsonNode schema, String root) {
    String text = schema.toString().replace('"' + COMPONENTS, '"' + root);
    try {
      return MAPPER.readTree(text);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /** A schema in which nothing is referred to at its top. */
  JsonNode merged(JsonNode schema) {
    JsonNode there = resolved(schema);
    if (!there.has("allOf")) {
      return there;
    }
    ObjectNode all = MAPPER.createObjectNode();
    there.get("allOf").forEach(part -> merge(all, resolved(part)));
    return all;
  }

  private JsonNode resolved(JsonNode node) {
    return node.has(REF) ? document.at(node.get(REF).asText().substring(1)) : node;
  }

  /** Of OpenAPI 3.0 into JSON Schema: only the words that judge, and null as a type. */
  private JsonNode plain(JsonNode schema) {
    if (schema.has("allOf")) {
      ObjectNode all = MAPPER.createObjectNode();
      schema.get("allOf").forEach(part -> merge(all, resolved(part)));
      return plain(all);
    }
    ObjectNode plain = MAPPER.createObjectNode();
    for (String word : List.of(REF, "type", "format", "enum", "required", "minimum", "maximum")) {
      if (schema.has(word)) {
        plain.set(word, schema.get(word).deepCopy());
      }
    }
    if (schema.has("items")) {
      plain.set("items", plain(schema.get("items")));
    }
    if (schema.has("oneOf")) {
      ArrayNode one = plain.putArray("oneOf");
      schema.get("oneOf").forEach(part -> one.add(plain(part)));
    }
    if (schema.has("properties")) {
      ObjectNode members = plain.putObject("properties");
      schema
          .get("properties")
          .properties()
          .forEach(member -> members.set(member.getKey(), plain(member.getValue())));
      plain.put("additionalProperties", false);
    }
    return schema.path("nullable").asBoolean() ? nullable(plain) : plain;
  }

  private static JsonNode nullable(ObjectNode plain) {
    if (!plain.has("type")) {
      ObjectNode either = MAPPER.createObjectNode();
      either.putArray("anyOf").add(MAPPER.createObjectNode().put("type", "null")).add(plain);
      return plain.isEmpty() ? plain : either;
    }
    plain.set("type", MAPPER.createArrayNode().add(plain.get("type")).add("null"));
    if (plain.has("enum")) {
      ((ArrayNode) plain.get("enum")).addNull();
    }
    return plain;
  }

  /** One object that is bound by both descriptions. */
  private static void merge(ObjectNode into, JsonNode more) {
    Consumer<Map.Entry<String, JsonNode>> add =
        member -> {
          JsonNode there = into.get(member.getKey());
          if (there instanceof ObjectNode object) {
            merge(object, member.getValue());
          } else if (there instanceof ArrayNode && member.getKey().equals("required")) {
            Set<String> both = new TreeSet<>();
            there.forEach(name -> both.add(name.asText()));
            member.getValue().forEach(name -> both.add(name.asText()));
            both.forEach(into.putArray("required")::add);
          } else {
            into.set(member.getKey(), member.getValue().deepCopy());
          }
        };
    more.properties().forEach(add);
  }
}
