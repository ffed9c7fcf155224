package io.github.klaviyoexport.testkit.benchmark;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
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
abstract class BareLoop {
  private static final int MAX_PROFILES = 10_000;
  private static final int MAX_BYTES = 4_500_000;
  private static final int ROOM_FOR_ONE_MORE = 1_000;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final JsonFactory json = new JsonFactory();
  private final ByteArrayOutputStream body = new ByteArrayOutputStream(MAX_BYTES);
  private final URI jobs;

  BareLoop(URI baseUrl) {
    this.jobs = baseUrl.resolve("/api/profile-bulk-import-jobs");
  }

  /** Goes to the next customer; tells whether there is one. */
  abstract boolean next() throws Exception;

  /** Writes the attributes of the customer that it stands at. */
  abstract void write(JsonGenerator json) throws Exception;

  final void export() throws Exception {
    boolean more = next();
    while (more) {
      body.reset();
      try (JsonGenerator generator = json.createGenerator(body)) {
        generator.writeStartObject();
        generator.writeObjectFieldStart("data");
        generator.writeStringField("type", "profile-bulk-import-job");
        generator.writeObjectFieldStart("attributes");
        generator.writeObjectFieldStart("profiles");
        generator.writeArrayFieldStart("data");
        for (int rows = 0; more && rows < MAX_PROFILES && hasRoom(generator); rows++) {
          generator.writeStartObject();
          generator.writeStringField("type", "profile");
          generator.writeObjectFieldStart("attributes");
          write(generator);
          generator.writeEndObject();
          generator.writeEndObject();
          more = next();
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
