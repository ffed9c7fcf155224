package io.github.klaviyoexport.testkit.process;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.Sending;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.journal.FileJournal;
import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.memory.FileMemory;
import io.github.klaviyoexport.memory.MemoryKey;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.Customer;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.InMemorySegments;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A JVM of its own that mirrors a segment once, and remembers it in files. */
final class MirrorProcess {
  /** What it says when the mirror has come to a clean end. */
  static final String CLEAN = "clean";

  private static final MemoryKey KEY =
      MemoryKey.of("a key of thirty-two bytes or more".getBytes(StandardCharsets.US_ASCII));

  private MirrorProcess() {}

  /** Arguments: base URL, list, directory, and the segment's first, end and version. */
  public static void main(String[] args) throws IOException {
    Path directory = Path.of(args[2]);
    int first = Integer.parseInt(args[3]);
    int end = Integer.parseInt(args[4]);
    try (SegmentExporter exporter =
        SegmentExporter.builder()
            .source(InMemorySegments.of("vip-eu", segment(first, end, args[5])))
            .klaviyo(
                KlaviyoConnection.of(ApiKey.fromEnvironment("KLAVIYO_API_KEY"))
                    .baseUrl(URI.create(args[0])))
            .mapping(FieldMapping.email("EMailAddress").property("Version"))
            .journal(FileJournal.in(directory.resolve("journal")))
            .memory(FileMemory.in(directory.resolve("memory"), KEY))
            .mode(SyncMode.MIRROR)
            .sending(Sending.CHANGED_ONLY)
            .maxLeavers(1)
            .batchSize(20)
            .build()) {
      ExportReport report = exporter.export(Segment.named("vip-eu"), ListId.of(args[1]));
      System.out.println(report.isClean() ? CLEAN : report.toString());
    }
  }

  static String email(int number) {
    return "customer." + number + "@shop.example";
  }

  /** What a customer's version is in a segment of that version: a third change each time. */
  static String version(int number, String version) {
    return number % 3 == 0 ? version : "first";
  }

  private static List<CustomerProfile> segment(int first, int end, String version) {
    List<CustomerProfile> segment = new ArrayList<>();
    for (int i = first; i < end; i++) {
      segment.add(
          Customer.of("c-" + i).email(email(i)).field("Version", version(i, version)).profile());
    }
    return segment;
  }

  static Process start(FakeKlaviyo klaviyo, Path directory, int first, int end, String version)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx64m",
            "-cp",
            System.getProperty("java.class.path"),
            MirrorProcess.class.getName(),
            klaviyo.baseUrl().toString(),
            klaviyo.listId().value(),
            directory.toString(),
            Integer.toString(first),
            Integer.toString(end),
            version);
    builder.environment().put("KLAVIYO_API_KEY", klaviyo.apiKey().value());
    return builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }
}
