package io.github.klaviyoexport.testkit.benchmark;

import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import java.net.URI;
import java.util.List;
import java.util.function.Consumer;

/** The library at work: every check, duplicates, job watching, and a report that adds up. */
final class Exporter {
  private Exporter() {}

  /** Arguments: base URL, how many profiles, and perhaps "by email" or "one batch". */
  public static void main(String[] args) {
    int profiles = Integer.parseInt(args[1]);
    Consumer<SegmentExporter.Builder> settings =
        switch (args.length == 2 ? "" : args[2]) {
          case "" -> builder -> {};
          case "by email" -> builder -> builder.mapping(BenchmarkProfiles.byEmail());
          case "one batch" -> builder -> builder.batchesInFlight(1);
          default -> throw new IllegalArgumentException(args[2]);
        };
    export(args[0], segment -> new BenchmarkProfiles(profiles), profiles, settings);
  }

  static void export(
      String baseUrl, ProfileSource source, int profiles, ExportListener... listeners) {
    export(baseUrl, source, profiles, builder -> List.of(listeners).forEach(builder::listener));
  }

  static void export(
      String baseUrl,
      ProfileSource source,
      int profiles,
      Consumer<SegmentExporter.Builder> settings) {
    SegmentExporter.Builder builder =
        SegmentExporter.builder()
            .source(source)
            .klaviyo(
                KlaviyoConnection.of(ApiKey.of("pk_benchmark"))
                    .baseUrl(URI.create(baseUrl))
                    .unpaced())
            .mapping(BenchmarkProfiles.mapping())
            .limit(profiles);
    settings.accept(builder);
    try (SegmentExporter exporter = builder.build()) {
      ExportReport report = exporter.export(Segment.named("benchmark"), ListId.of("Y6nRLr"));
      Figures.print(report.profiles().accepted());
    }
  }
}
