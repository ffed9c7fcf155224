package io.github.klaviyoexport.internal.call;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.klaviyoexport.klaviyo.KlaviyoRequest;
import io.github.klaviyoexport.klaviyo.KlaviyoResponse;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Any answer within the bound is read in a heap of 48 MB, or found unreadable; a larger one is
 * refused with advice. The heap is that of a process of its own, which reads one after the other.
 */
@Timeout(240)
class AnswerMemoryTest extends BadServer {
  private static final int MOST = LimitedBody.MAX_BYTES;

  /** The process: it asks a server for each path, reads the answer, and says what came of it. */
  static final class Reading {
    private Reading() {}

    public static void main(String[] args) throws Exception {
      try (HttpTransport transport = new HttpTransport(null)) {
        for (int i = 1; i < args.length; i++) {
          System.out.println(args[i] + ": " + read(transport, URI.create(args[0] + args[i])));
        }
      }
    }

    private static String read(HttpTransport transport, URI uri) throws Exception {
      KlaviyoResponse response;
      try {
        response =
            transport
                .send(KlaviyoRequest.of("GET", uri, Map.of(), List.of()))
                .get(GUARD_SECONDS, TimeUnit.SECONDS);
      } catch (ExecutionException failure) {
        return failure.getCause().getMessage();
      }
      JsonNode json = Json.object(response.body());
      if (json == null) {
        return "unreadable";
      }
      int errors = ApiError.of(json).size();
      return response.status()
          + (errors > 0 ? " with " + errors + " errors" : " with " + json.path("data").size());
    }
  }

  private static String filled(String before, String item, String after) {
    int times = (MOST - before.length() - after.length()) / item.getBytes(UTF_8).length;
    return before + item.repeat(times) + after;
  }

  /** A page of as many import errors as there can be, which repeat as much as fits. */
  private static String importErrors() {
    String property = "\"Größe in Zoll\":[1.5,{\"a\":null}],";
    String profile = property.repeat((MOST / 100 - 400) / property.getBytes(UTF_8).length);
    List<String> errors = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      errors.add(
          """
          {"type":"import-error","id":"e","attributes":{"code":"invalid","title":"No.","detail":"No",\
          "source":{"pointer":"/data"},"original_payload":{"email":"c%d@shop.example",\
          "properties":{%s"last":1}}}}"""
              .formatted(i, profile));
    }
    return "{\"data\":[" + String.join(",", errors) + "]}";
  }

  private static String refusal() {
    return filled(
        "{\"errors\":[",
        """
        {"id":"6b1f6b1f-6b1f-6b1f-6b1f-6b1f6b1f6b1f","status":400,"code":"invalid","title":"Invalid.",\
        "detail":"Invalid email address","source":{"pointer":"/data/attributes/profiles/data/7/\
        attributes/email"},"links":{},"meta":{}},""",
        "{}]}");
  }

  @Test
  void any_answer_within_the_bound_is_read_in_48_mb() throws Exception {
    Map<String, String> answers = new LinkedHashMap<>();
    answers.put("import-errors", importErrors());
    answers.put("refusal", refusal());
    answers.put("items", filled("{\"data\":[", "{},", "{}]}"));
    answers.put("errors-of-nothing", filled("{\"errors\":[", "{},", "{}]}"));
    answers.put("nested-items", filled("{\"data\":[", "{\"data\":{\"data\":{}}},", "{}]}"));
    answers.put("names", filled("{", "\"data\":{\"id\":1},", "\"data\":[]}"));
    answers.put("string", filled("{\"data\":[{\"id\":\"", "x", "\"}]}"));
    answers.put("foreign-string", filled("{\"title\":\"", "ж", "\",\"data\":[{}]}"));
    answers.put(
        "many-strings", filled("{\"errors\":[", "{\"id\":\"" + "ж".repeat(90) + "\"},", "{}]}"));
    answers.put("number", filled("{\"data\":[{\"id\":", "9", "}]}"));
    answers.put("foreign-number", filled("{\"title\":", "9", ",\"data\":[{}]}"));
    answers.put("long-name", filled("{\"", "x", "\":1}"));
    answers.put("arrays", filled("{\"title\":[", "[[[1]]],", "1],\"data\":[{}]}"));
    answers.put("deep", filled("{\"title\":", "[", "1"));
    answers.put("blanks", filled("{", " ", "\"data\":[{}]}"));
    StringBuilder distinct = new StringBuilder("{");
    for (int i = 0; distinct.length() < MOST - 40; i++) {
      distinct.append("\"n").append(Integer.toString(i, 36)).append("\":0,");
    }
    answers.put("distinct-names", distinct.append("\"data\":[{}]}").toString());
    answers.put("refusal-too-large", refusal().replace("{}]}", "") + refusal().substring(11));
    answers.put("too-large", "x".repeat(MOST + 1));

    List<String> said = read(answers);

    assertThat(said)
        .containsExactly(
            "import-errors: 200 with 100",
            "refusal: 400 with 10000 errors",
            "items: unreadable",
            "errors-of-nothing: 200 with 10000 errors",
            "nested-items: unreadable",
            "names: unreadable",
            "string: unreadable",
            "foreign-string: 200 with 1",
            "many-strings: 200 with 10000 errors",
            "number: unreadable",
            "foreign-number: unreadable",
            "long-name: unreadable",
            "arrays: 200 with 1",
            "deep: unreadable",
            "blanks: 200 with 1",
            "distinct-names: 200 with 1",
            "refusal-too-large: 400 with 10000 errors",
            "too-large: the response is larger than the 6 MiB that are read, and Klaviyo's are not:"
                + " is the base URL Klaviyo's?");
  }

  private List<String> read(Map<String, String> answers) throws Exception {
    URI server =
        serving(
            exchange -> {
              while (true) {
                exchange.readRequest();
                String name = exchange.head.split("[ /]+")[1];
                byte[] body = answers.getOrDefault(name, "").getBytes(UTF_8);
                String status = name.startsWith("refusal") ? "400 No" : "200 OK";
                boolean announced = name.length() % 2 == 0;
                exchange.write(
                    "HTTP/1.1 "
                        + status
                        + (announced
                            ? "\r\nContent-Length: " + body.length
                            : "\r\nConnection: close")
                        + "\r\n\r\n");
                exchange.write(new String(body, StandardCharsets.ISO_8859_1));
                if (!announced) {
                  return;
                }
              }
            });
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx48m",
                "-cp",
                System.getProperty("java.class.path"),
                Reading.class.getName(),
                "http://127.0.0.1:" + server.getPort() + "/"));
    command.addAll(answers.keySet());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    // A JVM that takes options from its environment says so before anything else.
    List<String> said =
        process
            .inputReader(UTF_8)
            .lines()
            .filter(line -> !line.startsWith("Picked up JAVA_TOOL_OPTIONS:"))
            .toList();
    process.waitFor();
    return said;
  }
}
