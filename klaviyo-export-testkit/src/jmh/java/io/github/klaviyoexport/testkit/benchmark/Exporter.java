package io.github.klaviyoexport.testkit.benchmark;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.source.Segment;
import java.net.URI;

/** The library at work: every check, duplicates, job watching, and a report that adds up. */
final class Exporter {
  private Exporter() {}

  public static void main(String[] args) {
    int profiles = Integer.parseInt(args[1]);
    try (SegmentExporter exporter =
        SegmentExporter.builder()
            .source(segment -> new BenchmarkProfiles(profiles))
            .klaviyo(
                KlaviyoConnection.of(ApiKey.of("pk_benchmark"))
                    .baseUrl(URI.create(args[0]))
                    .unpaced())
            .mapping(BenchmarkProfiles.mapping())
            .limit(profiles)
            .build()) {
      ExportReport report = exporter.export(Segment.named("benchmark"), ListId.of("Y6nRLr"));
      Figures.print(report.profiles().accepted());
    }
  }
}
