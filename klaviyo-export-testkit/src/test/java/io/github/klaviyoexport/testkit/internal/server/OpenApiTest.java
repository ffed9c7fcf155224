package io.github.klaviyoexport.testkit.internal.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.testkit.Client;
import io.github.klaviyoexport.testkit.internal.account.ScriptedFault;
import io.github.klaviyoexport.testkit.internal.api.ApiRequest;
import io.github.klaviyoexport.testkit.internal.api.ApiResponse;
import io.github.klaviyoexport.testkit.internal.api.ApiResponse.Ending;
import io.github.klaviyoexport.testkit.internal.server.Finding.Side;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds the exchanges of all tests to Klaviyo's OpenAPI finds what is wrong with them. */
@EnabledIfSystemProperty(
    named = OpenApiExtension.PROPERTY,
    matches = ".+",
    disabledReason =
        "Exchanges are not checked: -D"
            + OpenApiExtension.PROPERTY
            + "=FOLDER says where Klaviyo's stable.json is.")
class OpenApiTest {
  private static final String LISTS = "/api/lists";
  private static final String IMPORTS = "/api/profile-bulk-import-jobs";
  private static final String IMPORT =
      Client.importOf(
          Client.row(
              "\"email\":\"ada@shop.example\",\"location\":{\"latitude\":\"51.5\"},"
                  + "\"properties\":{\"anything\":[{\"goes\":null}]}"));
  private static final String PAGE =
      "{\"data\":[{\"type\":\"list\",\"id\":\"Y6nRLr\",\"attributes\":{\"name\":\"VIP\","
          + "\"created\":\"2026-01-01T00:00:00+00:00\",\"updated\":\"2026-01-01T00:00:00+00:00\","
          + "\"opt_in_process\":\"double_opt_in\"},\"relationships\":{},"
          + "\"links\":{\"self\":\"https://a.klaviyo.com/api/lists/Y6nRLr/\"}}],"
          + "\"links\":{\"self\":\"https://a.klaviyo.com/api/lists\"}}";
  private static final String REFUSAL =
      "{\"errors\":[{\"id\":\"1\",\"code\":\"invalid\",\"title\":\"Invalid input.\","
          + "\"detail\":\"No.\",\"source\":{\"pointer\":\"/data\"}}]}";

  private static OpenApiCheck check;

  @BeforeAll
  static void read_the_document() {
    check = new OpenApiCheck(OpenApi.in(Path.of(System.getProperty(OpenApiExtension.PROPERTY))));
  }

  private static ApiRequest call(String method, String path, String query, String body) {
    return call(method, path, query, body, headers -> {});
  }

  private static ApiRequest call(
      String method, String path, String query, String body, Consumer<Map<String, String>> change) {
    Map<String, String> headers =
        new HashMap<>(
            Map.of(
                "Authorization", "Klaviyo-API-Key pk_x",
                "revision", "2026-07-15",
                "Content-Type", "application/vnd.api+json"));
    change.accept(headers);
    return new ApiRequest(
        method,
        "https://a.klaviyo.com",
        path,
        query,
        headers,
        body.getBytes(StandardCharsets.UTF_8));
  }

  private static ApiResponse answer(int status, String body) {
    return new ApiResponse(
        status,
        Map.of("Content-Type", "application/vnd.api+json"),
        body.getBytes(StandardCharsets.UTF_8),
        Ending.COMPLETE);
  }

  private static List<Finding> findings(ApiRequest call, ApiResponse answer) {
    return check.findings(new Exchange(call, answer, null));
  }

  private static List<Finding> inRequest(ApiRequest call) {
    return findings(call, answer(400, REFUSAL));
  }

  private static List<Finding> inPage(String page) {
    return findings(call("GET", LISTS, "", ""), answer(200, page));
  }

  @Test
  void nothing_is_found_where_nothing_is_wrong() {
    assertThat(inRequest(call("POST", IMPORTS, "", IMPORT))).isEmpty();
    assertThat(inRequest(call("GET", LISTS + "/", "page%5Bsize%5D=10&sort=-name", ""))).isEmpty();
    assertThat(inPage(PAGE)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'type':'list',|''|required|/data/relationships/lists/data/0|type",
        "'email':'ada@shop.example'|'email':7|type|/data/attributes/profiles/data/0/attributes/email|''",
        "'email':'ada@shop.example'|'mail':'x'|additionalProperties|/data/attributes/profiles/data/0/attributes|mail",
        "'latitude':'51.5'|'latitude':true|type|/data/attributes/profiles/data/0/attributes/location/latitude|''",
        "'type':'profile-bulk-import-job'|'type':'job'|enum|/data/type|''",
        "{'data'|['data'|body|''|''"
      })
  void a_wrong_body_of_a_request_is_found(
      String good, String bad, String rule, String place, String member) {
    String body = IMPORT.replace(json(good), json(bad));
    assertThat(body).isNotEqualTo(IMPORT);

    assertThat(inRequest(call("POST", IMPORTS, "", body)))
        .anySatisfy(
            finding -> {
              assertThat(finding.side()).isEqualTo(Side.REQUEST);
              assertThat(finding.rule()).isEqualTo(rule);
              assertThat(finding.place()).isEqualTo(place);
              assertThat(finding.member()).isEqualTo(member);
              assertThat(finding.toString()).doesNotContain("shop.example");
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'id':'Y6nRLr',|''|required|/data/0|id",
        "'name':'VIP'|'name':7|type|/data/0/attributes/name|''",
        "double_opt_in|no_opt_in|enum|/data/0/attributes/opt_in_process|''",
        "'name':'VIP'|'name':'VIP','size':1|additionalProperties|/data/0/attributes|size",
        "'created':'2026-01-01T|'created':'2026-01-01 |format|/data/0/attributes/created|''",
        "'links':{'self':'https://a.klaviyo.com/api/lists'}|'links':{}|required|/links|self"
      })
  void a_wrong_body_of_an_answer_is_found(
      String good, String bad, String rule, String place, String member) {
    String page = PAGE.replace(json(good), json(bad));
    assertThat(page).isNotEqualTo(PAGE);

    assertThat(inPage(page))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.side()).isEqualTo(Side.ANSWER);
              assertThat(finding.rule()).isEqualTo(rule);
              assertThat(finding.place()).isEqualTo(place);
              assertThat(finding.member()).isEqualTo(member);
            });
  }

  private static String json(String text) {
    return text.replace('\'', '"');
  }

  @Test
  void a_status_that_is_not_described_is_found() {
    assertThat(findings(call("GET", LISTS, "", ""), answer(202, PAGE)))
        .containsExactly(new Finding(Side.ANSWER, "status", "202", "", "not described"));
  }

  @ParameterizedTest
  @CsvSource({
    "page%5Bnumber%5D=2,               parameter, page[number]",
    "page%5Bsize%5D=11,                parameter, page[size]",
    "page%5Bsize%5D=ten,               parameter, page[size]",
    "'fields%5Blist%5D=name,owner',    parameter, fields[list]",
    "sort=size,                        parameter, sort",
    "'filter=equals(owner,\"x\")',     filter,    filter",
    "'filter=contains(name,\"any(id,\")', filter, filter"
  })
  void a_wrong_parameter_is_found(String query, String rule, String place) {
    assertThat(inRequest(call("GET", LISTS, query, "")))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.rule()).isEqualTo(rule);
              assertThat(finding.place()).isEqualTo(place);
            });
  }

  @ParameterizedTest
  @CsvSource({
    "Authorization,        , header",
    "Authorization, Basic x, header",
    "revision,             , header",
    "revision,       latest, header",
    "Content-Type,         , media type",
    "Content-Type, text/csv, media type"
  })
  void a_missing_or_wrong_header_is_found(String name, String value, String rule) {
    ApiRequest call =
        call("POST", IMPORTS, "", IMPORT, headers -> headers.compute(name, (key, usual) -> value));

    assertThat(inRequest(call))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.rule()).isEqualTo(rule);
              assertThat(finding.place()).isEqualTo(name);
            });
  }

  @Test
  void a_body_where_none_is_to_be_is_found() {
    assertThat(inRequest(call("GET", LISTS, "", "{}")))
        .containsExactly(new Finding(Side.REQUEST, "body", "", "", "there is to be none"));
    assertThat(
            findings(
                call("POST", "/api/lists/Y6nRLr/relationships/profiles", "", "{\"data\":[]}"),
                answer(204, "{}")))
        .containsExactly(new Finding(Side.ANSWER, "body", "", "", "there is to be none"));
  }

  @Test
  void a_path_that_is_not_described_is_found_if_it_is_served() {
    assertThat(findings(call("PUT", LISTS, "", ""), answer(200, PAGE)))
        .containsExactly(new Finding(Side.REQUEST, "path", "PUT /api/lists", "", "not described"));
  }

  @Test
  void of_a_long_array_the_beginning_is_looked_at_and_the_rest_must_be_json() throws Exception {
    List<String> rows = new ArrayList<>(List.of(Client.customers(OpenApiCheck.MOST_ELEMENTS)));
    rows.add("{}");
    String body = Client.importOf(rows.toArray(String[]::new));

    assertThat(inRequest(call("POST", IMPORTS, "", body))).isEmpty();
    rows.set(OpenApiCheck.MOST_ELEMENTS - 1, "{}");
    assertThat(inRequest(call("POST", IMPORTS, "", Client.importOf(rows.toArray(String[]::new)))))
        .isNotEmpty();
    assertThat(inRequest(call("POST", IMPORTS, "", body.replace("{}", "{"))))
        .extracting(Finding::text)
        .containsExactly("not JSON");
  }

  /** For each allowance an exchange that it covers, and the like that it does not. */
  private static final Map<Allowance, List<Exchange>> ALLOWED = new EnumMap<>(Allowance.class);

  static {
    ApiRequest lists = call("GET", LISTS, "", "");
    ApiResponse garbage = answer(200, "{");
    ALLOWED.put(
        Allowance.SCRIPTED_ANSWER,
        List.of(
            new Exchange(lists, garbage, new ScriptedFault.Garbled()),
            new Exchange(lists, garbage, null)));
    ALLOWED.put(
        Allowance.EDGE,
        List.of(
            new Exchange(lists, NetworkEdge.challenge(), new ScriptedFault.EdgeChallenge()),
            new Exchange(lists, NetworkEdge.challenge(), null)));
    String more = REFUSAL.replace("\"id\"", "\"meta\":{},\"id\"");
    ALLOWED.put(
        Allowance.ERRORS_SAY_MORE,
        List.of(
            new Exchange(lists, answer(400, more), null),
            new Exchange(lists, answer(400, more.replace("meta", "more")), null)));
    String last = PAGE.replace("/api/lists\"}}", "/api/lists\",\"next\":null}}");
    ALLOWED.put(
        Allowance.NULL_LINKS,
        List.of(
            new Exchange(lists, answer(200, last), null),
            new Exchange(lists, answer(200, last.replace("null", "7")), null)));
    ApiResponse status =
        answer(
            200,
            "{\"data\":[{\"type\":\"profile-bulk-import-job\",\"id\":\"x\",\"attributes\":{"
                + "\"status\":\"queued\"},\"links\":{\"self\":\"https://a.klaviyo.com/\"}}],"
                + "\"links\":{\"self\":\"https://a.klaviyo.com/\"}}");
    String fields = "fields%5Bprofile-bulk-import-job%5D=status";
    ALLOWED.put(
        Allowance.SPARSE_FIELDSET,
        List.of(
            new Exchange(call("GET", IMPORTS, fields, ""), status, null),
            new Exchange(call("GET", IMPORTS, fields + ",created_at", ""), status, null)));
    ApiResponse accepted = answer(400, REFUSAL);
    ALLOWED.put(Allowance.PLAIN_JSON, headers(accepted, "Content-Type", "application/json", "x/y"));
    ALLOWED.put(Allowance.BEARER, headers(accepted, "Authorization", "Bearer at", "Bearers at"));
    ALLOWED.put(Allowance.OTHER_REVISION, headers(accepted, "revision", "2025-01-15", "2025"));
    ALLOWED.put(
        Allowance.NO_SUCH_OPERATION,
        List.of(
            new Exchange(call("PUT", LISTS, "", ""), answer(405, REFUSAL), null),
            new Exchange(call("PUT", LISTS, "", ""), answer(200, PAGE), null)));
  }

  private static List<Exchange> headers(ApiResponse answer, String name, String good, String bad) {
    return List.of(
        new Exchange(call("POST", IMPORTS, "", IMPORT, all -> all.put(name, good)), answer, null),
        new Exchange(call("POST", IMPORTS, "", IMPORT, all -> all.put(name, bad)), answer, null));
  }

  @ParameterizedTest
  @EnumSource
  void what_is_allowed_is_allowed_and_no_more(Allowance allowance) {
    List<Exchange> exchanges = ALLOWED.get(allowance);

    assertThat(check.findings(exchanges.get(0))).isEmpty();
    assertThat(check.findings(exchanges.get(1))).isNotEmpty();
  }
}
