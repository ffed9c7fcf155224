package io.github.klaviyoexport.testkit.behavior;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.KlaviyoRequest;
import io.github.klaviyoexport.klaviyo.KlaviyoResponse;
import io.github.klaviyoexport.klaviyo.KlaviyoTransport;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How fast a segment is handed over when nothing but Klaviyo's quota is in the way. */
class ThroughputTest {
  private static final int PROFILES = 1_000_000;
  private static final int ROW_BYTES = 450;

  private final VirtualTime time = VirtualTime.create();

  @Test
  void a_million_profiles_of_450_bytes_are_handed_over_in_12_seconds_without_a_429() {
    Sink klaviyo = new Sink(time);
    List<Integer> rowBytes = Collections.synchronizedList(new ArrayList<>());
    try (SegmentExporter exporter =
        SegmentExporter.builder()
            .source(segment -> new Rows())
            .klaviyo(KlaviyoConnection.of(ApiKey.of("pk_throughput")).transport(klaviyo))
            .mapping(FieldMapping.email("EMailAddress").property("Note"))
            .limit(PROFILES)
            .time(time)
            .listener(
                new ExportListener() {
                  @Override
                  public void batchSent(String jobId, int profiles, long bytes) {
                    rowBytes.add((int) (bytes / profiles));
                  }
                })
            .build()) {
      ExportReport report = exporter.export(Segment.named("everyone"), ListId.of("Y6nRLr"));

      assertThat(report.profiles().accepted()).isEqualTo(PROFILES);
      assertThat(rowBytes).as("a row and its comma").containsOnly(ROW_BYTES + 1);
      assertThat(klaviyo.lastImportAfter()).isLessThanOrEqualTo(Duration.ofSeconds(12));
      // In any stretch of time, so that no position of Klaviyo's windows could bring a 429.
      assertThat(klaviyo.mostImportsWithin(Duration.ofSeconds(1))).isEqualTo(10);
      assertThat(klaviyo.mostImportsWithin(Duration.ofMinutes(1))).isLessThanOrEqualTo(150);
    }
  }

  /** Customers whose rows have 450 bytes each, made while they are read. */
  private static final class Rows implements ProfileReader {
    private static final FieldNames FIELDS = FieldNames.of("EMailAddress", "Note");
    private static final String EMPTY_ROW =
        "{\"type\":\"profile\",\"attributes\":{\"email\":\"c1000000@shop.example\","
            + "\"properties\":{\"Note\":\"\"}}}";
    private static final String NOTE = "n".repeat(ROW_BYTES - EMPTY_ROW.length());

    private int next;

    @Override
    public OptionalLong size() {
      return OptionalLong.of(PROFILES);
    }

    @Override
    public @Nullable CustomerProfile next() {
      if (next == PROFILES) {
        return null;
      }
      int number = 1_000_000 + next++;
      return CustomerProfile.of("c-" + number, FIELDS, "c" + number + "@shop.example", NOTE);
    }
  }

  /** A Klaviyo that keeps no profile, only when imports came; every job is complete at once. */
  private static final class Sink implements KlaviyoTransport {
    private static final int PAGE = 100;

    private final VirtualTime time;
    private final long start;
    private final List<Long> imports = new ArrayList<>();

    Sink(VirtualTime time) {
      this.time = time;
      this.start = time.nanoTime();
    }

    @Override
    public synchronized CompletableFuture<KlaviyoResponse> send(KlaviyoRequest request) {
      if (request.method().equals("POST")) {
        imports.add(time.nanoTime());
        return answer(202, "{\"data\":" + job(imports.size() - 1) + "}");
      }
      if (request.uri().getPath().startsWith("/api/lists/")) {
        return answer(200, "{\"data\":{\"type\":\"list\",\"id\":\"Y6nRLr\"}}");
      }
      return answer(200, jobs(request.uri().getQuery()));
    }

    private static CompletableFuture<KlaviyoResponse> answer(int status, String body) {
      return CompletableFuture.completedFuture(
          KlaviyoResponse.of(
              status,
              Map.of("Content-Type", List.of("application/vnd.api+json")),
              body.getBytes(StandardCharsets.UTF_8)));
    }

    private String jobs(String query) {
      int end =
          query.contains("cursor=")
              ? Integer.parseInt(query.replaceAll(".*cursor=(\\d+).*", "$1"))
              : imports.size();
      int from = Math.max(0, end - PAGE);
      List<String> page = new ArrayList<>();
      for (int number = end - 1; number >= from; number--) {
        page.add(job(number));
      }
      String next =
          from == 0
              ? "null"
              : "\"https://a.klaviyo.com/api/profile-bulk-import-jobs?cursor=" + from + "\"";
      return page.stream()
          .collect(Collectors.joining(",", "{\"data\":[", "],\"links\":{\"next\":" + next + "}}"));
    }

    private String job(int number) {
      return "{\"type\":\"profile-bulk-import-job\",\"id\":\"job-"
          + number
          + "\",\"attributes\":{\"status\":\"complete\",\"failed_count\":0,\"created_at\":\""
          + time.now()
          + "\"}}";
    }

    synchronized Duration lastImportAfter() {
      return Duration.ofNanos(imports.get(imports.size() - 1) - start);
    }

    /** The largest number of imports in any stretch of time of that length. */
    synchronized int mostImportsWithin(Duration length) {
      int most = 0;
      for (int first = 0, last = 0; last < imports.size(); last++) {
        while (imports.get(last) - imports.get(first) >= length.toNanos()) {
          first++;
        }
        most = Math.max(most, last - first + 1);
      }
      return most;
    }
  }
}
