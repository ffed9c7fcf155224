package io.github.klaviyoexport.testkit.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * How long a typical test of a user takes: an account and an exporter are made, three profiles
 * exported, list and report looked at, and both closed.
 *
 * <p>In one JVM, after a warm-up, the ways to the account taking turns, so that a machine that
 * slows down slows all of them down; some tests at a time, since the threads of a server that has
 * just been stopped are no part of a test that has none. Beside it stands what nobody can do
 * without over HTTP: a server of the JDK is started, as many bare requests are made as the export
 * makes, and it is stopped.
 */
final class UserTestBenchmark {
  private static final int WARM_UP = 600;
  private static final int MEASURED = 300;
  private static final int AT_A_TIME = 50;
  private static final Duration MOST_OVER_HTTP = Duration.ofMillis(50);
  private static final Duration MOST_IN_PROCESS = Duration.ofMillis(2);
  private static final Segment SEGMENT = Segment.named("vip-eu");
  private static final FieldMapping MAPPING =
      FieldMapping.email("EMailAddress").firstName("FirstName");

  private interface Work {
    void run() throws Exception;
  }

  private UserTestBenchmark() {}

  public static void main(String[] args) throws Exception {
    int calls = userTest(FakeKlaviyo::httpConnection);
    Work[] works = {
      () -> userTest(FakeKlaviyo::httpConnection),
      () -> userTest(FakeKlaviyo::connection),
      () -> bareServer(calls)
    };
    long[][] nanos = new long[works.length][MEASURED];
    for (int begun = -WARM_UP; begun < MEASURED; begun += AT_A_TIME) {
      for (int which = 0; which < works.length; which++) {
        for (int i = begun; i < begun + AT_A_TIME; i++) {
          long begin = System.nanoTime();
          works[which].run();
          nanos[which][Math.max(0, i)] = System.nanoTime() - begin;
        }
      }
    }
    Arrays.stream(nanos).forEach(Arrays::sort);
    print("A typical test: three profiles, one export, JDK %s", Runtime.version());
    print("  %-42s %10s %10s %12s", "of " + MEASURED, "median ms", "p90 ms", "times bound");
    String[] names = {
      "over HTTP", "in process", "lower bound: JDK's server, " + calls + " bare requests"
    };
    for (int which = 0; which < works.length; which++) {
      print(
          "  %-42s %10.2f %10.2f %12.2f",
          names[which],
          at(nanos[which], 0.5),
          at(nanos[which], 0.9),
          at(nanos[which], 0.5) / at(nanos[2], 0.5));
    }
    Figures.tell(FigureRow.TEST_OVER_HTTP, at(nanos[0], 0.5));
    Figures.tell(FigureRow.TEST_IN_PROCESS, at(nanos[1], 0.5));
    boolean quick =
        at(nanos[0], 0.5) <= MOST_OVER_HTTP.toMillis()
            && at(nanos[1], 0.5) <= MOST_IN_PROCESS.toMillis();
    print(quick ? "" : "FAILED: 50 ms over HTTP and 2 ms in process are promised");
    System.exit(quick ? 0 : 1);
  }

  /** Tells how many calls the export made. */
  private static int userTest(Function<FakeKlaviyo, KlaviyoConnection> way) {
    VirtualTime time = VirtualTime.create();
    try (FakeKlaviyo klaviyo =
            FakeKlaviyo.builder().time(time).jobDuration(Duration.ofMinutes(3)).start();
        SegmentExporter exporter =
            SegmentExporter.builder()
                .source(
                    InMemorySegments.of(
                        SEGMENT.name(), customer("ada"), customer("bo"), customer("cy")))
                .klaviyo(way.apply(klaviyo))
                .mapping(MAPPING)
                .time(time)
                .build()) {
      ExportReport report = exporter.export(SEGMENT, klaviyo.listId());

      assertThat(report.profiles().accepted()).isEqualTo(3);
      assertThat(klaviyo.list().emails())
          .containsExactlyInAnyOrder("ada@shop.example", "bo@shop.example", "cy@shop.example");
      return klaviyo.requests().size();
    }
  }

  private static CustomerProfile customer(String name) {
    return CustomerProfile.of(
        "c-" + name, Map.of("EMailAddress", name + "@shop.example", "FirstName", name));
  }

  private static void bareServer(int requests) throws IOException, InterruptedException {
    try (BareServer server = new BareServer()) {
      HttpClient client = HttpClient.newHttpClient();
      for (int i = 0; i < requests; i++) {
        client.send(
            HttpRequest.newBuilder(server.baseUrl()).build(), HttpResponse.BodyHandlers.ofString());
      }
    }
  }

  private static double at(long[] sorted, double share) {
    return sorted[(int) (sorted.length * share)] / 1e6;
  }

  private static void print(String pattern, Object... values) {
    System.out.println(String.format(Locale.ROOT, pattern, values));
  }
}
