package io.github.klaviyoexport.testkit.internal.server;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import io.github.klaviyoexport.testkit.internal.api.ApiErrorException;
import io.github.klaviyoexport.testkit.internal.api.ApiRequest;
import io.github.klaviyoexport.testkit.internal.api.ApiResponse;
import io.github.klaviyoexport.testkit.internal.server.Finding.Side;
import io.github.klaviyoexport.testkit.internal.server.OpenApi.Described;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/**
 * Holds an exchange to Klaviyo's OpenAPI: path, headers, parameters, filters, bodies and status.
 *
 * <p>Of an array of more than 50 elements the first 50 are looked at, so that an import of ten
 * thousand profiles, all written by the same hand, stays quick.
 */
final class OpenApiCheck {
  static final int MOST_ELEMENTS = 50;

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String MEDIA_TYPE = "application/vnd.api+json";
  private static final Pattern QUOTED =
      Pattern.compile("\"(\\\\.|[^\"\\\\])*\"|'(\\\\.|[^'\\\\])*'");
  private static final Pattern CONDITION = Pattern.compile("([a-z-]+)\\(([\\w.]+),");

  private final OpenApi openApi;

  OpenApiCheck(OpenApi openApi) {
    this.openApi = openApi;
  }

  /** What is wrong with an exchange, except what is {@linkplain Allowance allowed}. */
  List<Finding> findings(Exchange exchange) {
    List<Finding> all = new ArrayList<>();
    ApiRequest call = exchange.call();
    String path = call.path().replaceAll("/$", "");
    Optional<Described> operation = openApi.operation(call.method(), path);
    if (operation.isPresent()) {
      request(call, operation.get(), all);
      answer(exchange.answer(), openApi.answer(operation.get(), exchange.answer().status()), all);
    } else {
      all.add(new Finding(Side.REQUEST, "path", call.method() + " " + path, "", "not described"));
    }
    all.removeIf(
        finding ->
            Arrays.stream(Allowance.values())
                .anyMatch(allowance -> allowance.covers(finding, exchange)));
    return all;
  }

  private void request(ApiRequest call, Described operation, List<Finding> all) {
    String key = call.header("Authorization");
    if (key == null || !key.startsWith("Klaviyo-API-Key ")) {
      all.add(header("Authorization", "a private key is needed"));
    }
    for (JsonNode parameter : operation.parameters("header")) {
      String name = parameter.path("name").asText();
      if (parameter.path("required").asBoolean() && call.header(name) == null) {
        all.add(header(name, "missing"));
      }
    }
    String revision = call.header("revision");
    if (revision != null && !revision.equals(openApi.revision())) {
      all.add(header("revision", "the document is of " + openApi.revision()));
    }
    query(call, operation, all);
    if (operation.body().isPresent()) {
      String type = call.header("Content-Type");
      if (type == null || !type.startsWith(MEDIA_TYPE)) {
        all.add(new Finding(Side.REQUEST, "media type", "Content-Type", "", "not " + MEDIA_TYPE));
      }
      body(Side.REQUEST, operation.body().get(), call.body(), all);
    } else if (call.body().length > 0) {
      all.add(new Finding(Side.REQUEST, "body", "", "", "there is to be none"));
    }
  }

  private static Finding header(String name, String text) {
    return new Finding(Side.REQUEST, "header", name, "", text);
  }

  private void query(ApiRequest call, Described operation, List<Finding> all) {
    Map<String, String> given;
    try {
      given = call.parameters();
    } catch (ApiErrorException malformed) {
      all.add(new Finding(Side.REQUEST, "parameter", "", "", "not percent-encoded"));
      return;
    }
    List<JsonNode> known = operation.parameters("query");
    given.forEach(
        (name, value) ->
            known.stream()
                .filter(parameter -> parameter.path("name").asText().equals(name))
                .findFirst()
                .ifPresentOrElse(
                    parameter -> parameter(name, value, parameter.path("schema"), all),
                    () ->
                        all.add(
                            new Finding(Side.REQUEST, "parameter", name, "", "not described"))));
    known.forEach(
        parameter -> {
          String name = parameter.path("name").asText();
          if (parameter.path("required").asBoolean() && !given.containsKey(name)) {
            all.add(new Finding(Side.REQUEST, "parameter", name, "", "missing"));
          }
        });
    filter(given.getOrDefault("filter", ""), operation, all);
  }

  private void parameter(String name, String value, JsonNode schema, List<Finding> all) {
    JsonNode typed = JsonNodeFactory.instance.textNode(value);
    if (schema.path("type").asText().equals("array")) {
      ArrayNode values = MAPPER.createArrayNode();
      Arrays.stream(value.split(",")).forEach(values::add);
      typed = values;
    } else if (schema.path("type").asText().equals("integer") && value.matches("-?\\d{1,9}")) {
      typed = JsonNodeFactory.instance.numberNode(Integer.parseInt(value));
    }
    for (Error error : openApi.schema(schema).validate(typed)) {
      all.add(new Finding(Side.REQUEST, "parameter", name, "", "breaks " + error.getKeyword()));
    }
  }

  /** Each condition's field and operator must be among those that the operation lists. */
  private static void filter(String filter, Described operation, List<Finding> all) {
    Matcher condition = CONDITION.matcher(QUOTED.matcher(filter).replaceAll("\"\""));
    while (condition.find()) {
      String operator = condition.group(1);
      String field = condition.group(2);
      JsonNode operators = operation.text().path("x-klaviyo-filters").path(field).path("operators");
      if (StreamSupport.stream(operators.spliterator(), false)
          .flatMap(kind -> StreamSupport.stream(kind.spliterator(), false))
          .noneMatch(listed -> listed.asText().equals(operator))) {
        all.add(
            new Finding(
                Side.REQUEST, "filter", "filter", field, "'" + operator + "' is not described"));
      }
    }
  }

  private void answer(ApiResponse answer, Optional<JsonNode> described, List<Finding> all) {
    if (described.isEmpty()) {
      all.add(
          new Finding(Side.ANSWER, "status", String.valueOf(answer.status()), "", "not described"));
      return;
    }
    Optional<JsonNode> schema = OpenApi.schemaIn(described.get());
    if (schema.isEmpty()) {
      if (answer.body().length > 0) {
        all.add(new Finding(Side.ANSWER, "body", "", "", "there is to be none"));
      }
      return;
    }
    if (!MEDIA_TYPE.equals(answer.headers().get("Content-Type"))) {
      all.add(new Finding(Side.ANSWER, "media type", "Content-Type", "", "not " + MEDIA_TYPE));
    }
    body(Side.ANSWER, schema.get(), answer.body(), all);
  }

  private void body(Side side, JsonNode schema, byte[] body, List<Finding> all) {
    JsonNode json;
    try {
      json = sample(body);
    } catch (IOException notJson) {
      all.add(new Finding(side, "body", "", "", "not JSON"));
      return;
    }
    for (Error error : openApi.schema(schema).validate(json)) {
      String member = error.getProperty() == null ? "" : error.getProperty();
      all.add(
          new Finding(
              side,
              error.getKeyword(),
              error.getInstanceLocation().toString(),
              member,
              "found " + json.at(error.getInstanceLocation().toString()).getNodeType()));
    }
  }

  /** Reads JSON; of long arrays their beginnings. */
  static JsonNode sample(byte[] json) throws IOException {
    try (JsonParser in = MAPPER.createParser(json)) {
      if (in.nextToken() == null) {
        throw new IOException("empty");
      }
      JsonNode read = sample(in);
      if (in.nextToken() != null) {
        throw new IOException("something follows");
      }
      return read;
    }
  }

  private static JsonNode sample(JsonParser in) throws IOException {
    if (in.currentToken() == JsonToken.START_OBJECT) {
      ObjectNode object = MAPPER.createObjectNode();
      while (in.nextToken() != JsonToken.END_OBJECT) {
        String name = in.currentName();
        in.nextToken();
        object.set(name, sample(in));
      }
      return object;
    }
    if (in.currentToken() == JsonToken.START_ARRAY) {
      ArrayNode array = MAPPER.createArrayNode();
      while (in.nextToken() != JsonToken.END_ARRAY) {
        if (array.size() < MOST_ELEMENTS) {
          array.add(sample(in));
        } else {
          in.skipChildren();
        }
      }
      return array;
    }
    return MAPPER.readTree(in);
  }
}
