package io.github.klaviyoexport.testkit.benchmark;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.source.Segment;
import java.net.URI;

/**
 * The library at work on customers who are sorted by their email address, which is all they are
 * known by: the last one is held, in place of all.
 */
final class SortedExporter {
  private SortedExporter() {}

  /** Arguments: base URL, how many profiles. */
  public static void main(String[] args) {
    int profiles = Integer.parseInt(args[1]);
    try (SegmentExporter exporter =
        SegmentExporter.builder()
            .source(segment -> BenchmarkProfiles.sortedByEmail(profiles))
            .klaviyo(
                KlaviyoConnection.of(ApiKey.of("pk_benchmark"))
                    .baseUrl(URI.create(args[0]))
                    .unpaced())
            .mapping(BenchmarkProfiles.byEmail())
            .limit(profiles)
            .build()) {
      ExportReport report = exporter.export(Segment.named("benchmark"), ListId.of("Y6nRLr"));
      Figures.print(report.profiles().accepted());
    }
  }
}
