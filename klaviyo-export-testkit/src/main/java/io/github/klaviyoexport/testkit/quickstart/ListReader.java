package io.github.klaviyoexport.testkit.quickstart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.ListId;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Asks Klaviyo over HTTP what a list holds, apart from the exporter, as any program could. */
final class ListReader {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final int SAMPLES = 3;

  private final KlaviyoConnection connection;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private final ObjectMapper json = new ObjectMapper();

  ListReader(KlaviyoConnection connection) {
    this.connection = connection;
  }

  /** Returns a sentence about the list: how many profiles it holds, and the ids of a few. */
  String describe(ListId list) {
    try {
      JsonNode found =
          ask("/api/lists/" + list.value() + "?additional-fields%5Blist%5D=profile_count");
      JsonNode members =
          ask("/api/lists/" + list.value() + "/relationships/profiles?page%5Bsize%5D=" + SAMPLES);
      List<String> ids = new ArrayList<>();
      members.path("data").forEach(member -> ids.add(member.path("id").asText()));
      return String.format(
          Locale.ROOT,
          "List %s now holds %s, as read back over HTTP%s.",
          list,
          InWords.count(
              found.path("data").path("attributes").path("profile_count").asLong(), "profile"),
          ids.isEmpty() ? "" : "; the first are " + String.join(", ", ids));
    } catch (IOException failed) {
      return "List " + list + " could not be read back: " + failed.getMessage() + ".";
    } catch (InterruptedException interrupt) {
      Thread.currentThread().interrupt();
      return "List " + list + " was not read back.";
    }
  }

  private JsonNode ask(String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(connection.baseUrl().resolve(path))
            .header("Authorization", connection.credentials().authorization())
            .header("Accept", "application/vnd.api+json")
            .header("revision", "2026-07-15")
            .timeout(TIMEOUT)
            .build();
    HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    if (response.statusCode() != 200) {
      throw new IOException("the server answered " + response.statusCode());
    }
    return json.readTree(response.body());
  }
}
