package io.github.klaviyoexport.testkit.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** A {@link Sink} that runs, and ends when it is closed. */
final class SinkProcess implements AutoCloseable {
  private final Process process;
  private final BufferedReader output;
  private final String url;
  private final HttpClient http = HttpClient.newHttpClient();

  SinkProcess() throws IOException {
    process = MeasuredJvm.start("256m", Sink.class);
    output = MeasuredJvm.reader(process);
    url = output.readLine();
  }

  String url() {
    return url;
  }

  /** What it took since it was asked last: jobs and bytes. */
  String totals() throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/totals")).build();
    return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    output.close();
  }
}
