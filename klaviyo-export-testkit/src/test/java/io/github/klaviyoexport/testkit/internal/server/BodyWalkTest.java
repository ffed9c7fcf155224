package io.github.klaviyoexport.testkit.internal.server;

import static io.github.klaviyoexport.testkit.Client.LIST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.testkit.Client.Reply;
import io.github.klaviyoexport.testkit.Entry;
import io.github.klaviyoexport.testkit.OpenAccount;
import io.github.klaviyoexport.testkit.Operation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Every attribute that Klaviyo documents of every body that the fake takes, and every value where
 * it names them: taken, or refused with the word that the fake has it not.
 */
class BodyWalkTest extends OpenAccount {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final String ROW = "/data/attributes/profiles/data/0";
  // Of these there is nothing here: refused, and said so.
  private static final List<String> ABSENT = List.of("/push/", "/patch_identifiers/", "/segment/");

  private final List<String> wrong = new ArrayList<>();
  private String ada;
  private int walked;

  @Override
  public Entry entry() {
    return Entry.IN_PROCESS;
  }

  @Test
  void every_documented_attribute_of_a_body_is_taken_or_said_to_be_unknown() {
    String folder = System.getProperty(OpenApiExtension.PROPERTY);
    assumeTrue(folder != null, "there is no document at hand");
    OpenApi openApi = OpenApi.in(Path.of(folder));
    fake(builder -> builder.quota(false));
    klaviyo.list().add("ada@shop.example");
    ada = klaviyo.profile("ada@shop.example").orElseThrow().id();

    for (Operation operation : Operation.values()) {
      String path = operation.path().replace("{id}", id(operation));
      openApi
          .operation(operation.method(), path)
          .flatMap(OpenApi.Described::body)
          .ifPresent(schema -> walk(openApi, operation, path, schema, ""));
    }

    assertThat(wrong).as("of %s attributes", walked).isEmpty();
    assertThat(walked).isGreaterThan(220);
  }

  private String id(Operation operation) {
    return operation.path().startsWith("/api/profiles") ? ada : LIST;
  }

  private void walk(
      OpenApi openApi, Operation operation, String path, JsonNode schema, String pointer) {
    JsonNode whole = openApi.merged(schema);
    if (whole.has("items")) {
      walk(openApi, operation, path, whole.get("items"), pointer + "/0");
    } else if (whole.has("properties")) {
      whole
          .get("properties")
          .properties()
          .forEach(
              member ->
                  walk(
                      openApi,
                      operation,
                      path,
                      member.getValue(),
                      pointer + "/" + member.getKey()));
    } else if (whole.has("enum")) {
      whole.get("enum").forEach(value -> send(operation, path, pointer, value));
    } else {
      send(operation, path, pointer, sample(operation, pointer, whole));
    }
  }

  private JsonNode sample(Operation operation, String pointer, JsonNode schema) {
    String name = pointer.substring(pointer.lastIndexOf('/') + 1);
    return switch (name) {
      case "id" ->
          JSON.textNode(
              pointer.contains("/list")
                      || (operation.path().contains("/lists") && pointer.equals("/data/id"))
                  ? LIST
                  : ada);
      case "email" -> JSON.textNode("walker" + walked + "@shop.example");
      case "phone_number" -> JSON.textNode("+44791112" + (1000 + walked));
      case "consented_at" -> JSON.textNode("2025-03-01T09:00:00Z");
      case "age_gated_date_of_birth" -> JSON.textNode("1990-02-01");
      case "append", "unappend", "properties" -> JSON.objectNode().put("x", 1);
      default ->
          schema.path("type").asText().equals("boolean")
              ? JSON.booleanNode(false)
              : JSON.textNode("sample" + walked);
    };
  }

  private void send(Operation operation, String path, String pointer, JsonNode value) {
    ObjectNode body = base(operation, pointer);
    put(body, pointer, value);
    Reply reply = client.send(operation.method(), path, body.toString());
    walked++;
    boolean absent = ABSENT.stream().anyMatch(pointer::contains);
    String detail = reply.status() == 400 ? reply.at("/errors/0/detail") : "";
    boolean right =
        absent
            ? detail.endsWith("not known to this fake.") || detail.contains("no segment")
            : reply.status() / 100 == 2;
    if (!right) {
      wrong.add(operation + " " + pointer + " " + value + ": " + reply.status() + " " + detail);
    }
  }

  /** A body that does, to which what is looked at is added. */
  private ObjectNode base(Operation operation, String pointer) {
    String mail = "base" + walked + "@shop.example";
    ObjectNode body = JSON.objectNode();
    switch (operation) {
      case CREATE_LIST, UPDATE_LIST -> {
        put(body, "/data/type", JSON.textNode("list"));
        put(body, "/data/attributes/name", JSON.textNode("x"));
        if (operation == Operation.UPDATE_LIST) {
          put(body, "/data/id", JSON.textNode(LIST));
        }
      }
      case ADD_PROFILES_TO_LIST, REMOVE_PROFILES_FROM_LIST -> {
        put(body, "/data/0/type", JSON.textNode("profile"));
        put(body, "/data/0/id", sample(operation, "/data/0/id", body));
      }
      case CREATE_PROFILE, CREATE_OR_UPDATE_PROFILE, UPDATE_PROFILE -> {
        put(body, "/data/type", JSON.textNode("profile"));
        put(body, "/data/attributes/email", JSON.textNode(mail));
        if (operation == Operation.UPDATE_PROFILE) {
          body.withObject("/data/attributes").remove("email");
          put(body, "/data/id", sample(operation, "/data/id", body));
        } else if (pointer.equals("/data/id")) {
          body.withObject("/data").putObject("attributes").put("title", "x");
        }
      }
      case BULK_IMPORT_PROFILES -> {
        put(body, "/data/type", JSON.textNode("profile-bulk-import-job"));
        row(body, mail);
        put(body, "/data/relationships/lists/data/0/type", JSON.textNode("list"));
        put(body, "/data/relationships/lists/data/0/id", JSON.textNode(LIST));
      }
      case BULK_SUPPRESS_PROFILES, BULK_UNSUPPRESS_PROFILES -> {
        typed(body, operation);
        if (pointer.contains("/relationships/")) {
          String relation = pointer.contains("segment") ? "segment" : "list";
          String to = "/data/relationships/" + relation + "/data/";
          body.withObject("/data").putObject("attributes");
          put(body, to + "type", JSON.textNode(relation));
          put(body, to + "id", JSON.textNode(LIST));
        } else {
          row(body, mail);
        }
      }
      case BULK_SUBSCRIBE_PROFILES, BULK_UNSUBSCRIBE_PROFILES -> {
        typed(body, operation);
        row(body, mail);
        String consent =
            operation == Operation.BULK_SUBSCRIBE_PROFILES ? "SUBSCRIBED" : "UNSUBSCRIBED";
        String channel = ROW + "/attributes/subscriptions/email/marketing";
        if (pointer.endsWith("consented_at") && !pointer.contains("/push/")) {
          put(body, "/data/attributes/historical_import", JSON.booleanNode(true));
          channel = pointer.substring(0, pointer.lastIndexOf('/'));
        }
        put(body, channel + "/consent", JSON.textNode(consent));
        put(body, ROW + "/attributes/phone_number", JSON.textNode("+44791112" + (1000 + walked)));
        put(body, "/data/relationships/list/data/type", JSON.textNode("list"));
        put(body, "/data/relationships/list/data/id", JSON.textNode(LIST));
      }
      default -> {
        typed(body, operation);
        String profile = "/data/attributes/profile/data/";
        put(body, profile + "type", JSON.textNode("profile"));
        body.withObject("/data/attributes/profile/data").putObject("attributes");
        if (!pointer.matches(".*/(id|email|phone_number)")) {
          put(body, profile + "id", sample(operation, "/data/0/id", body));
        } else if (!pointer.endsWith("id")) {
          String name = pointer.substring(pointer.lastIndexOf('/') + 1);
          put(body, profile + "attributes/" + name, known(sample(operation, pointer, body), name));
        }
      }
    }
    return body;
  }

  /** Makes a profile of that identifier, so that it can be deleted. */
  private JsonNode known(JsonNode identifier, String name) {
    ObjectNode profile = JSON.objectNode();
    put(profile, "/data/type", JSON.textNode("profile"));
    put(profile, "/data/attributes/" + name, identifier);
    client.send("POST", "/api/profiles", profile.toString());
    return identifier;
  }

  private static void typed(ObjectNode body, Operation operation) {
    String path = operation.path();
    put(body, "/data/type", JSON.textNode(path.substring(5, path.length() - 1)));
  }

  private static void row(ObjectNode body, String mail) {
    put(body, ROW + "/type", JSON.textNode("profile"));
    put(body, ROW + "/attributes/email", JSON.textNode(mail));
  }

  private static void put(ObjectNode body, String pointer, JsonNode value) {
    String[] parts = pointer.substring(1).split("/");
    JsonNode at = body;
    for (int i = 0; i < parts.length; i++) {
      boolean last = i == parts.length - 1;
      JsonNode next =
          last ? value : parts[i + 1].equals("0") ? JSON.arrayNode() : JSON.objectNode();
      if (at instanceof ArrayNode array) {
        if (array.isEmpty()) {
          array.add(next);
        }
        at = array.get(0);
      } else {
        ObjectNode object = (ObjectNode) at;
        if (last || !object.has(parts[i])) {
          object.set(parts[i], next);
        }
        at = object.get(parts[i]);
      }
    }
  }
}
