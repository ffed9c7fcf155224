package io.github.klaviyoexport.testkit.internal.server;

import static io.github.klaviyoexport.testkit.Client.IMPORTS;
import static io.github.klaviyoexport.testkit.Client.LIST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.klaviyoexport.testkit.Client;
import io.github.klaviyoexport.testkit.Client.Reply;
import io.github.klaviyoexport.testkit.Entry;
import io.github.klaviyoexport.testkit.OpenAccount;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.internal.server.OpenApi.Described;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Every value that Klaviyo documents of every parameter of every operation that the fake has, as
 * its OpenAPI names them: done as documented, or refused with the word that the fake has it not.
 */
class ParameterWalkTest extends OpenAccount {
  private static final String ADA = "ada@shop.example";
  private static final String ABSENT = "predictive_analytics";
  private static final String SUBSCRIBE = "/api/profile-subscription-bulk-create-jobs";
  private static final String UNSUBSCRIBE = "/api/profile-subscription-bulk-delete-jobs";
  private static final Pattern FILTER = Pattern.compile("`([\\w.]+)`: ((?:`[a-z-]+`(?:, )?)+)");
  private static final Set<String> OPERATORS =
      Set.of(
          "any",
          "contains",
          "ends-with",
          "equals",
          "greater-or-equal",
          "greater-than",
          "has",
          "less-or-equal",
          "less-than",
          "starts-with");
  // What nothing in the account has: it is asked for, and not found.
  private static final Set<String> UNKNOWN = Set.of("_kx", "push_token", "segment_id");

  private final Map<String, String> ids = new HashMap<>();
  private final List<String> wrong = new ArrayList<>();
  private int walked;

  @Override
  public Entry entry() {
    return Entry.IN_PROCESS;
  }

  @Test
  void every_documented_value_is_treated_as_documented() {
    String folder = System.getProperty(OpenApiExtension.PROPERTY);
    assumeTrue(folder != null, "there is no document at hand");
    OpenApi openApi = OpenApi.in(Path.of(folder));
    fill();

    for (Operation operation : Operation.values()) {
      String path = operation.path().replace("{id}", ids.getOrDefault(operation.path(), LIST));
      Described described = openApi.operation(operation.method(), path).orElseThrow();
      for (JsonNode parameter : described.parameters("query")) {
        walk(operation, path, parameter);
      }
    }

    assertThat(wrong).as("of %s values", walked).isEmpty();
    assertThat(walked).isGreaterThan(1_500);
  }

  /** An account in which there is something of all. */
  private void fill() {
    fake(builder -> builder.quota(false));
    String whole =
        """
        {"type":"profile","attributes":{"email":"ada@shop.example","phone_number":"+447911123456",
        "external_id":"c-1","first_name":"Ada","last_name":"L","organization":"O","locale":"en-GB",
        "title":"T","image":"https://shop.example/a.png","location":{"address1":"1","address2":"2",
        "city":"C","country":"GB","latitude":1.5,"longitude":"2.5","region":"R","zip":"Z",
        "timezone":"Europe/London","ip":"127.0.0.1"},"properties":{"a":1}}}""";
    klaviyo.failProfiles("bad@shop.example");
    Reply job =
        imported(
            whole,
            Client.email("bo@shop.example"),
            Client.email("cy@shop.example"),
            Client.email("bad@shop.example"));
    String ada = klaviyo.profile(ADA).orElseThrow().id();
    consent(SUBSCRIBE, "SUBSCRIBED", ADA);
    consent(SUBSCRIBE, "SUBSCRIBED", "bo@shop.example");
    time.advance(Duration.ofHours(1));
    consent(UNSUBSCRIBE, "UNSUBSCRIBED", ADA);
    client.members("POST", List.of(ada));
    Reply suppressed = suppress("create");
    Reply lifted = suppress("delete");
    suppress("create");
    time.advance(JOB);
    for (Operation operation : Operation.values()) {
      String path = operation.path();
      if (path.startsWith("/api/profiles")) {
        ids.put(path, ada);
      } else if (path.startsWith(IMPORTS)) {
        ids.put(path, job.at("/data/id"));
      } else if (path.startsWith("/api/profile-suppression-bulk-create")) {
        ids.put(path, suppressed.at("/data/id"));
      } else if (path.startsWith("/api/profile-suppression-bulk-delete")) {
        ids.put(path, lifted.at("/data/id"));
      } else if (path.startsWith("/api/accounts")) {
        ids.put(path, client.get("/api/accounts").each("/id").get(0));
      }
    }
  }

  private void consent(String path, String consent, String email) {
    String type = path.substring("/api/".length(), path.length() - 1);
    Reply reply =
        client.send(
            "POST",
            path,
            """
            {"data":{"type":"%s","attributes":{"profiles":{"data":[{"type":"profile","attributes":
            {"email":"%s","subscriptions":{"email":{"marketing":{"consent":"%s"}}}}}]}},
            "relationships":{"list":{"data":{"type":"list","id":"Y6nRLr"}}}}}"""
                .formatted(type, email, consent));
    assertThat(reply.status()).as(reply.text()).isEqualTo(202);
    time.advance(JOB);
  }

  private Reply suppress(String kind) {
    String type = "profile-suppression-bulk-" + kind + "-job";
    Reply reply = client.send("POST", "/api/" + type + "s", suppression(type));
    assertThat(reply.status()).as(reply.text()).isEqualTo(202);
    time.advance(JOB);
    return reply;
  }

  private static String suppression(String type) {
    return "{\"data\":{\"type\":\""
        + type
        + "\",\"attributes\":{},\"relationships\":{\"list\":{\"data\":{\"type\":\"list\","
        + "\"id\":\"Y6nRLr\"}}}}}";
  }

  private void walk(Operation operation, String path, JsonNode parameter) {
    String name = parameter.path("name").asText();
    JsonNode schema = parameter.path("schema");
    List<String> values = new ArrayList<>();
    schema.at("/items/enum").forEach(value -> values.add(value.asText()));
    schema.path("enum").forEach(value -> values.add(value.asText()));
    Asked asked = new Asked(operation, path, name);
    if (name.startsWith("fields[")) {
      values.forEach(value -> field(asked, value));
      refused(asked, "nonsense");
    } else if (name.startsWith("additional-fields[")) {
      values.forEach(value -> additional(asked, value));
      refused(asked, "nonsense");
    } else if (name.equals("include")) {
      values.forEach(value -> included(asked, value));
      refused(asked, "nonsense");
    } else if (name.equals("sort")) {
      values.forEach(value -> sorted(asked, value));
      refused(asked, "nonsense");
    } else if (name.equals("page[size]")) {
      sizes(asked, schema);
    } else if (name.equals("page[cursor]")) {
      cursors(asked);
    } else if (name.equals("filter")) {
      filters(asked, parameter.path("description").asText());
    } else {
      wrong.add(asked + ": this test does not know the parameter");
    }
  }

  /** A parameter of an operation. */
  private record Asked(Operation operation, String path, String name) {
    String type() {
      return name.substring(name.indexOf('[') + 1, name.indexOf(']'));
    }
  }

  private Reply ask(Asked asked, String value, String... more) {
    List<String> all = new ArrayList<>(List.of(asked.name(), value));
    Collections.addAll(all, more);
    StringBuilder query = new StringBuilder(asked.path());
    for (int i = 0; i < all.size(); i += 2) {
      query
          .append(i == 0 ? '?' : '&')
          .append(encoded(all.get(i)))
          .append('=')
          .append(encoded(all.get(i + 1)));
    }
    walked++;
    return client.send(asked.operation().method(), query.toString(), body(asked.operation()));
  }

  private static String encoded(String text) {
    return java.net.URLEncoder.encode(text, java.nio.charset.StandardCharsets.UTF_8);
  }

  private String body(Operation operation) {
    String list = "{\"data\":{\"type\":\"list\",\"attributes\":{\"name\":\"x\"}}}";
    String mail = "walker" + walked + "@shop.example";
    return switch (operation) {
      case CREATE_LIST -> list;
      case UPDATE_LIST -> list.replace("\"type\"", "\"id\":\"Y6nRLr\",\"type\"");
      case CREATE_PROFILE, CREATE_OR_UPDATE_PROFILE -> "{\"data\":" + Client.email(mail) + "}";
      case UPDATE_PROFILE ->
          "{\"data\":"
              + Client.email(ADA)
                  .replace("\"type\"", "\"id\":\"" + ids.get(operation.path()) + "\",\"type\"")
              + "}";
      case BULK_IMPORT_PROFILES -> Client.importOf(Client.email(mail));
      case BULK_SUPPRESS_PROFILES -> suppression("profile-suppression-bulk-create-job");
      case BULK_UNSUPPRESS_PROFILES -> suppression("profile-suppression-bulk-delete-job");
      default -> "";
    };
  }

  private void check(Asked asked, String value, Reply reply, boolean right, String what) {
    if (!right) {
      wrong.add(asked + " " + value + ": " + reply.status() + ", but " + what);
    }
  }

  private boolean done(Asked asked, String value, Reply reply) {
    check(asked, value, reply, reply.status() / 100 == 2, "it is documented");
    return reply.status() / 100 == 2;
  }

  private void refused(Asked asked, String value) {
    Reply reply = ask(asked, value);
    boolean right =
        reply.status() == 400 && asked.name().equals(reply.at("/errors/0/source/parameter"));
    check(asked, value, reply, right, "it is not documented");
  }

  private void absent(Asked asked, String value) {
    Reply reply = ask(asked, value);
    boolean right =
        reply.status() == 400 && reply.at("/errors/0/detail").endsWith("not known to this fake.");
    check(asked, value, reply, right, "the fake has it not, which must be said");
  }

  private void field(Asked asked, String value) {
    if (value.startsWith(ABSENT)) {
      absent(asked, value);
      return;
    }
    String[] more = {};
    if (value.startsWith("subscriptions")) {
      more = new String[] {"additional-fields[profile]", "subscriptions"};
    } else if (value.equals("profile_count")) {
      more = new String[] {"additional-fields[list]", "profile_count"};
    } else if (asked.type().equals("list") && !asked.path().contains("lists")) {
      more = new String[] {"include", "lists"};
    }
    Reply reply = ask(asked, value, more);
    if (done(asked, value, reply)) {
      for (JsonNode resource : resources(reply, asked.type())) {
        JsonNode attributes = resource.path("attributes");
        boolean there = !attributes.at("/" + value.replace('.', '/')).isMissingNode();
        check(asked, value, reply, there || value.equals("id"), "it is not shown");
        Set<String> shown = new TreeSet<>();
        attributes.fieldNames().forEachRemaining(shown::add);
        shown.remove(value.split("\\.")[0]);
        check(asked, value, reply, shown.isEmpty(), "others are shown: " + shown);
      }
    }
  }

  private static List<JsonNode> resources(Reply reply, String type) {
    List<JsonNode> found = new ArrayList<>();
    for (String place : List.of("data", "included")) {
      JsonNode there = reply.json().path(place);
      for (JsonNode one : there.isArray() ? there : List.of(there)) {
        if (one.path("type").asText().equals(type)) {
          found.add(one);
        }
      }
    }
    return found;
  }

  private void additional(Asked asked, String value) {
    if (value.startsWith(ABSENT)) {
      absent(asked, value);
      return;
    }
    Reply reply = ask(asked, value);
    if (done(asked, value, reply)) {
      List<JsonNode> all = resources(reply, asked.type());
      boolean there = all.stream().allMatch(one -> one.path("attributes").has(value));
      check(asked, value, reply, there && !all.isEmpty(), "it is not shown");
    }
  }

  private void included(Asked asked, String value) {
    Reply reply = ask(asked, value);
    if (done(asked, value, reply)) {
      check(asked, value, reply, reply.json().path("included").isArray(), "nothing is included");
      JsonNode first = resources(reply, resources(reply)).get(0);
      JsonNode data = first.path("relationships").path(value).path("data");
      check(asked, value, reply, data.isArray(), "it is no relationship");
      check(
          asked,
          value,
          reply,
          data.isEmpty() == reply.json().path("included").isEmpty(),
          "what is included is not what is related");
    }
  }

  /** The type of what was asked for. */
  private static String resources(Reply reply) {
    JsonNode data = reply.json().path("data");
    return (data.isArray() ? data.path(0) : data).path("type").asText();
  }

  private void sorted(Asked asked, String value) {
    Reply reply = ask(asked, value);
    if (done(asked, value, reply)) {
      List<String> there = reply.each("/id");
      String other = value.startsWith("-") ? value.substring(1) : "-" + value;
      List<String> back = new ArrayList<>(client.get(asked.path(), "sort", other).each("/id"));
      Collections.reverse(back);
      check(asked, value, reply, there.equals(back), "the other way round it is not the reverse");
    }
  }

  private void sizes(Asked asked, JsonNode schema) {
    for (String word : List.of("minimum", "default", "maximum")) {
      String size = schema.path(word).asText();
      Reply reply = ask(asked, size);
      if (done(asked, size, reply)) {
        boolean fits = reply.json().path("data").size() <= Integer.parseInt(size);
        check(asked, size, reply, fits, "there are more");
      }
    }
    refused(asked, "" + (schema.path("minimum").asInt() - 1));
    refused(asked, "" + (schema.path("maximum").asInt() + 1));
    refused(asked, "ten");
  }

  private void cursors(Asked asked) {
    refused(asked, "nonsense");
    Reply whole = client.get(asked.path());
    if (whole.json().path("data").size() > 1 && !asked.path().contains("suppression")) {
      List<Reply> pages = client.pages(asked.path(), "page[size]", "1");
      List<String> all = pages.stream().flatMap(page -> page.each("/id").stream()).toList();
      walked += pages.size() - 1;
      check(asked, "links.next", whole, all.equals(whole.each("/id")), "it leads elsewhere");
    }
  }

  private void filters(Asked asked, String description) {
    Matcher field = FILTER.matcher(description);
    int fields = 0;
    while (field.find()) {
      fields++;
      Set<String> documented = new TreeSet<>(List.of(field.group(2).replace("`", "").split(", ")));
      for (String operator : OPERATORS) {
        if (documented.contains(operator)) {
          filter(asked, field.group(1), operator);
        } else {
          refused(asked, operator + "(" + field.group(1) + ",[\"x\"])");
        }
      }
    }
    check(asked, description, client.get(asked.path()), fields > 0, "no field was understood");
    refused(asked, "equals(nonsense,\"x\")");
    refused(asked, "any(" + firstNamed(description) + ",\"x\")");
  }

  private static String firstNamed(String description) {
    Matcher field = FILTER.matcher(description);
    return field.find() ? field.group(1) : "";
  }

  private void filter(Asked asked, String field, String operator) {
    String path = asked.path();
    boolean jobs = path.contains("-jobs");
    if (operator.startsWith("greater") || operator.startsWith("less")) {
      String early = operator + "(" + field + ",2000-01-01T00:00:00Z)";
      String late = operator + "(" + field + ",2100-01-01T00:00:00Z)";
      boolean greater = operator.startsWith("greater");
      found(asked, early, greater);
      found(asked, late, !greater);
      return;
    }
    String value =
        switch (field) {
          case "id" -> path.equals("/api/lists") ? LIST : ids.get("/api/profiles/{id}");
          case "name" -> klaviyo.list().name();
          case "email" -> ADA.toUpperCase(java.util.Locale.ROOT);
          case "phone_number" -> "+447911123456";
          case "external_id" -> "c-1";
          case "status" -> "complete";
          case "list_id" -> LIST;
          default ->
              field.endsWith("list_id")
                  ? LIST
                  : field.contains("list_suppressions")
                      ? "UNSUBSCRIBE"
                      : field.endsWith("suppression.reason") ? "USER_SUPPRESSED" : "x";
        };
    String values = operator.equals("any") ? "[\"nobody\",\"" + value + "\"]" : '"' + value + '"';
    if (jobs && operator.equals("any")) {
      values = "[\"queued\",\"complete\"]";
    }
    found(asked, operator + "(" + field + "," + values + ")", !UNKNOWN.contains(field));
  }

  private void found(Asked asked, String filter, boolean some) {
    Reply reply = ask(asked, filter);
    if (done(asked, filter, reply)) {
      boolean found = !reply.json().path("data").isEmpty();
      check(asked, filter, reply, found == some, "it finds " + (found ? "something" : "nothing"));
    }
  }
}
