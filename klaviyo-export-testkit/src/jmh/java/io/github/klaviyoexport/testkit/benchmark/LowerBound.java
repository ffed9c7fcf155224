package io.github.klaviyoexport.testkit.benchmark;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.github.klaviyoexport.profile.CustomerProfile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/**
 * The least that any exporter must do: a bare loop that writes the same JSON with Jackson's
 * generator and posts it in the same batches. It checks nothing, finds no duplicates, repeats
 * nothing and asks for no result.
 */
final class LowerBound {
  private static final int MAX_PROFILES = 10_000;
  private static final int MAX_BYTES = 4_500_000;
  private static final int ROOM_FOR_ONE_MORE = 1_000;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final JsonFactory json = new JsonFactory();
  private final ByteArrayOutputStream body = new ByteArrayOutputStream(MAX_BYTES);
  private final URI jobs;

  LowerBound(URI baseUrl) {
    this.jobs = baseUrl.resolve("/api/profile-bulk-import-jobs");
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    int profiles = Integer.parseInt(args[1]);
    new LowerBound(URI.create(args[0])).export(new BenchmarkProfiles(profiles));
    Figures.print(profiles);
  }

  void export(BenchmarkProfiles profiles) throws IOException, InterruptedException {
    CustomerProfile profile = profiles.next();
    while (profile != null) {
      body.reset();
      try (JsonGenerator generator = json.createGenerator(body)) {
        generator.writeStartObject();
        generator.writeObjectFieldStart("data");
        generator.writeStringField("type", "profile-bulk-import-job");
        generator.writeObjectFieldStart("attributes");
        generator.writeObjectFieldStart("profiles");
        generator.writeArrayFieldStart("data");
        for (int rows = 0; profile != null && rows < MAX_PROFILES && hasRoom(generator); rows++) {
          write(profile, generator);
          profile = profiles.next();
        }
        generator.writeEndArray();
        generator.writeEndObject();
        generator.writeEndObject();
        generator.writeObjectFieldStart("relationships");
        generator.writeObjectFieldStart("lists");
        generator.writeArrayFieldStart("data");
        generator.writeStartObject();
        generator.writeStringField("type", "list");
        generator.writeStringField("id", "Y6nRLr");
        generator.writeEndObject();
        generator.writeEndArray();
      }
      post();
    }
  }

  private boolean hasRoom(JsonGenerator generator) {
    return body.size() + generator.getOutputBuffered() < MAX_BYTES - ROOM_FOR_ONE_MORE;
  }

  private static void write(CustomerProfile profile, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("type", "profile");
    json.writeObjectFieldStart("attributes");
    json.writeStringField("email", (String) profile.value(1));
    json.writeStringField("phone_number", (String) profile.value(4));
    json.writeStringField("external_id", (String) profile.value(0));
    json.writeStringField("first_name", (String) profile.value(2));
    json.writeStringField("last_name", (String) profile.value(3));
    json.writeObjectFieldStart("location");
    json.writeStringField("city", (String) profile.value(5));
    json.writeStringField("country", (String) profile.value(6));
    json.writeEndObject();
    json.writeObjectFieldStart("properties");
    json.writeNumberField("Lifetime value", (Double) profile.value(7));
    json.writeNumberField("Orders", (Integer) profile.value(8));
    json.writeBooleanField("Loyalty member", (Boolean) profile.value(9));
    json.writeStringField("Last order", String.valueOf(profile.value(10)));
    json.writeStringField("Note", (String) profile.value(11));
    json.writeEndObject();
    json.writeEndObject();
    json.writeEndObject();
  }

  private void post() throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(jobs)
            .header("Authorization", "Klaviyo-API-Key pk_benchmark")
            .header("Content-Type", "application/vnd.api+json")
            .header("revision", "2026-07-15")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray()))
            .build();
    int status = client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    if (status != 202) {
      throw new IOException("The batch was not taken over: " + status);
    }
  }
}
