package io.github.klaviyoexport.testkit.benchmark;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.KlaviyoResponse;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.InMemorySegments;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * How long it takes in a warm JVM from the first line about an exporter to the arrival of its first
 * request: it is built, and begins to export.
 *
 * <p>Each is a new one, which the server refuses, so that it ends at once. Each is the first of its
 * account too: those of one account share its quota, and 75 calls a second would be measured. The
 * ways to the server take turns. Beside them stands what nobody can do without over HTTP: a client
 * of the JDK is made and sends a request.
 */
final class StartBenchmark {
  private static final int WARM_UP = 1_000;
  private static final int MEASURED = 500;
  private static final int UNAUTHORIZED = 401;
  private static final Duration MOST = Duration.ofMillis(5);
  private static final Segment SEGMENT = Segment.named("vip-eu");
  private static final ListId LIST = ListId.of("Y6nRLr");
  private static final FieldMapping MAPPING =
      FieldMapping.email("EMailAddress").firstName("FirstName");

  private static final CustomerProfile CUSTOMER =
      CustomerProfile.of("c-ada", Map.of("EMailAddress", "ada@shop.example", "FirstName", "ada"));

  private static volatile long arrived;
  private static int accounts;

  private interface Work {
    void run() throws Exception;
  }

  private StartBenchmark() {}

  public static void main(String[] args) throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", StartBenchmark::refuse);
    server.start();
    URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    Work[] works = {
      () -> export(anotherAccount().baseUrl(url)),
      () -> export(anotherAccount().transport(request -> refuse())),
      () -> request(url)
    };
    long[][] nanos = new long[works.length][MEASURED];
    for (int i = -WARM_UP; i < MEASURED; i++) {
      for (int which = 0; which < works.length; which++) {
        long begin = System.nanoTime();
        works[which].run();
        nanos[which][Math.max(0, i)] = arrived - begin;
      }
    }
    server.stop(0);
    Arrays.stream(nanos).forEach(Arrays::sort);
    print("From an exporter's first line to its first call, JDK %s", Runtime.version());
    print("  %-42s %10s %10s", "of " + MEASURED, "median ms", "p90 ms");
    String[] names = {"over HTTP", "in process", "lower bound: JDK's client, a bare request"};
    for (int which = 0; which < works.length; which++) {
      print("  %-42s %10.2f %10.2f", names[which], at(nanos[which], 0.5), at(nanos[which], 0.9));
    }
    Figures.tell(FigureRow.START, at(nanos[0], 0.5));
    boolean quick = at(nanos[0], 0.5) <= MOST.toMillis();
    print(quick ? "" : "FAILED: 5 ms are promised");
    System.exit(quick ? 0 : 1);
  }

  private static KlaviyoConnection anotherAccount() {
    return KlaviyoConnection.of(ApiKey.of("pk_benchmark_" + accounts++));
  }

  private static void export(KlaviyoConnection account) {
    try (SegmentExporter exporter =
        SegmentExporter.builder()
            .source(InMemorySegments.of(SEGMENT.name(), CUSTOMER))
            .klaviyo(account)
            .mapping(MAPPING)
            .build()) {
      exporter.export(SEGMENT, LIST);
      throw new IllegalStateException("The account was to refuse the export.");
    } catch (ExportException refused) {
      // As it should be: there has been one call.
    }
  }

  private static void request(URI url) throws IOException, InterruptedException {
    HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.ofString());
  }

  private static void refuse(HttpExchange exchange) throws IOException {
    arrived = System.nanoTime();
    try (exchange) {
      exchange.sendResponseHeaders(UNAUTHORIZED, -1);
    }
  }

  private static CompletableFuture<KlaviyoResponse> refuse() {
    arrived = System.nanoTime();
    return CompletableFuture.completedFuture(
        KlaviyoResponse.of(UNAUTHORIZED, Map.of(), new byte[0]));
  }

  private static double at(long[] sorted, double share) {
    return sorted[(int) (sorted.length * share)] / 1e6;
  }

  private static void print(String pattern, Object... values) {
    System.out.println(String.format(Locale.ROOT, pattern, values));
  }
}
