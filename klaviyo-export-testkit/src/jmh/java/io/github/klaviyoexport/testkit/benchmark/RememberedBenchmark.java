package io.github.klaviyoexport.testkit.benchmark;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.Sending;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.KlaviyoRequest;
import io.github.klaviyoexport.klaviyo.KlaviyoResponse;
import io.github.klaviyoexport.klaviyo.KlaviyoTransport;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.memory.FileMemory;
import io.github.klaviyoexport.memory.MemoryKey;
import io.github.klaviyoexport.source.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * What it takes to mirror a segment of which nothing has changed since the last time, with a memory
 * in files, in a heap that is limited by who starts it. The account is a count that says that all
 * went well, so the heap is the library's; customers are known by their email addresses.
 */
final class RememberedBenchmark {
  private static final int PROFILES = Integer.getInteger("benchmark.profiles", 1_000_000);

  private RememberedBenchmark() {}

  public static void main(String[] args) throws IOException {
    Path directory = Files.createTempDirectory("memory");
    FileMemory memory = FileMemory.in(directory, MemoryKey.random());
    CountingAccount account = new CountingAccount();
    boolean all = true;
    for (String what : List.of("first mirror", "unchanged mirror")) {
      long begin = System.nanoTime();
      ExportReport report = mirror(account, memory);
      Duration took = Duration.ofNanos(System.nanoTime() - begin);
      System.out.println(
          String.format(
              Locale.ROOT,
              "%s of %,d with a memory: %.1f s, %d calls, %,d unchanged, heap at most %,d MB",
              what,
              PROFILES,
              took.toMillis() / 1e3,
              report.traffic().calls(),
              report.profiles().unchanged(),
              Runtime.getRuntime().maxMemory() >> 20));
      all &= report.isConfirmed();
    }
    for (var kept : memory.list()) {
      System.out.println(
          String.format(Locale.ROOT, "the memory is %,d MB on disk", kept.bytes() >> 20));
      memory.delete(kept.key());
    }
    System.exit(all ? 0 : 1);
  }

  private static ExportReport mirror(CountingAccount account, FileMemory memory) {
    try (SegmentExporter exporter =
        SegmentExporter.builder()
            .source(segment -> new BenchmarkProfiles(PROFILES))
            .klaviyo(KlaviyoConnection.of(ApiKey.of("pk_benchmark")).transport(account).unpaced())
            .mapping(BenchmarkProfiles.byEmail())
            .memory(memory)
            .mode(SyncMode.MIRROR)
            .sending(Sending.CHANGED_ONLY)
            .limit(PROFILES)
            .build()) {
      return exporter.export(Segment.named("benchmark"), ListId.of("Y6nRLr"));
    }
  }

  /** An account that knows how many profiles it was sent, and says that all went well. */
  private static final class CountingAccount implements KlaviyoTransport {
    private static final byte[] ROW = "{\"type\":\"profile\",".getBytes(StandardCharsets.US_ASCII);

    private final List<String> jobs = new ArrayList<>();
    private int members;

    @Override
    public synchronized CompletableFuture<KlaviyoResponse> send(KlaviyoRequest request) {
      String path = request.uri().getPath();
      if (request.method().equals("POST")) {
        return answer(202, "{\"data\":" + job(request.body()) + "}");
      }
      if (path.endsWith("/profiles")) {
        return answer(200, "{\"data\":[],\"links\":{\"next\":null}}");
      }
      if (path.startsWith("/api/lists/")) {
        return answer(
            200,
            "{\"data\":{\"type\":\"list\",\"id\":\"Y6nRLr\",\"attributes\":{\"name\":\"VIP\","
                + "\"profile_count\":"
                + members
                + "}}}");
      }
      List<String> newest = new ArrayList<>(jobs);
      Collections.reverse(newest);
      return answer(200, "{\"data\":[" + String.join(",", newest) + "],\"links\":{\"next\":null}}");
    }

    private String job(List<ByteBuffer> body) {
      int rows = 0;
      int matched = 0;
      for (ByteBuffer part : body) {
        for (int at = part.position(); at < part.limit(); at++) {
          byte next = part.get(at);
          matched = next == ROW[matched] ? matched + 1 : next == ROW[0] ? 1 : 0;
          if (matched == ROW.length) {
            rows++;
            matched = 0;
          }
        }
      }
      members += rows;
      String now = Instant.now().toString();
      String job =
          "{\"type\":\"profile-bulk-import-job\",\"id\":\"job-"
              + jobs.size()
              + "\",\"attributes\":{\"status\":\"complete\",\"failed_count\":0,\"total_count\":"
              + rows
              + ",\"completed_count\":"
              + rows
              + ",\"created_at\":\""
              + now
              + "\",\"completed_at\":\""
              + now
              + "\"}}";
      jobs.add(job);
      return job;
    }

    private static CompletableFuture<KlaviyoResponse> answer(int status, String body) {
      return CompletableFuture.completedFuture(
          KlaviyoResponse.of(
              status,
              Map.of("Content-Type", List.of("application/vnd.api+json")),
              body.getBytes(StandardCharsets.UTF_8)));
    }
  }
}
