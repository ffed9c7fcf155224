package io.github.klaviyoexport.testkit.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Locale;

/**
 * Whether the fake holds a million profiles: they are imported over HTTP and read back page by
 * page, client and fake in one JVM, whose heap is limited by who starts it.
 *
 * <p>Beside it stand the same posts and as many bare requests against a {@link BareServer}.
 */
final class ManyProfilesBenchmark {
  private static final int PROFILES = Integer.getInteger("benchmark.profiles", 1_000_000);
  private static final int PAGE = 100;
  private static final String KEY = "pk_benchmark";
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private ManyProfilesBenchmark() {}

  public static void main(String[] args) throws Exception {
    long begin = System.nanoTime();
    double bareImport;
    double bareRead;
    try (BareServer server = new BareServer()) {
      new LowerBound(server.baseUrl(), new BenchmarkProfiles(PROFILES)).export();
      bareImport = seconds(begin);
      begin = System.nanoTime();
      for (int page = 0; page < PROFILES / PAGE; page++) {
        get(server.baseUrl());
      }
      bareRead = seconds(begin);
    }
    try (FakeKlaviyo klaviyo = FakeKlaviyo.builder().apiKey(KEY).quota(false).start()) {
      begin = System.nanoTime();
      new LowerBound(klaviyo.baseUrl(), new BenchmarkProfiles(PROFILES)).export();
      double imported = seconds(begin);
      begin = System.nanoTime();
      int read = read(klaviyo.baseUrl());
      double readBack = seconds(begin);
      URI sorted =
          URI.create(klaviyo.baseUrl() + "/api/profiles?sort=email&page%5Bsize%5D=" + PAGE);
      begin = System.nanoTime();
      JsonNode first = MAPPER.readTree(get(sorted));
      double firstSorted = seconds(begin);
      begin = System.nanoTime();
      get(URI.create(first.at("/links/next").asText()));
      double nextSorted = seconds(begin);
      System.out.println(
          String.format(
              Locale.ROOT,
              "%,d profiles imported into the fake over HTTP and %,d read back, heap at most %,d MB,"
                  + " JDK %s%n"
                  + "  import    %6.1f s, %5.1f times bare posts (%.1f s)%n"
                  + "  read back %6.1f s, %5.1f times bare requests (%.1f s)%n"
                  + "  sorted by address: first page %.2f s, next page %.3f s",
              PROFILES,
              read,
              Runtime.getRuntime().maxMemory() >> 20,
              Runtime.version(),
              imported,
              imported / bareImport,
              bareImport,
              readBack,
              readBack / bareRead,
              bareRead,
              firstSorted,
              nextSorted));
      System.exit(read == PROFILES ? 0 : 1);
    }
  }

  private static int read(URI baseUrl) throws IOException, InterruptedException {
    int read = 0;
    String next =
        baseUrl
            + "/api/lists/Y6nRLr/profiles?page%5Bsize%5D="
            + PAGE
            + "&fields%5Bprofile%5D=email";
    while (next != null) {
      JsonNode page = MAPPER.readTree(get(URI.create(next)));
      read += page.path("data").size();
      next = page.at("/links/next").asText(null);
    }
    return read;
  }

  private static byte[] get(URI uri) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .header("Authorization", "Klaviyo-API-Key " + KEY)
            .header("revision", "2026-07-15")
            .build();
    return HTTP.send(request, HttpResponse.BodyHandlers.ofByteArray()).body();
  }

  private static double seconds(long begin) {
    return (System.nanoTime() - begin) / 1e9;
  }
}
